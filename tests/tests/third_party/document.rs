//! What a document says of its operations' answers, read without the generator.

use serde_yaml::Value;

use crate::openapi;

/// An operation of a document.
#[derive(Debug)]
pub(crate) struct Documented {
    pub(crate) id: String,
    method: String,
    path: String,
    pub(crate) answers: Vec<Answer>,
}

/// An answer that it may give.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) has_body: bool,
    /// Names of its examples.
    pub(crate) examples: Vec<String>,
}

impl Documented {
    fn takes(&self, method: &str, path: &str) -> bool {
        let (wanted, given): (Vec<_>, Vec<_>) = (self.path.split('/').collect(), path.split('/').collect());
        let fits = |(wanted, given): (&&str, &&str)| wanted.starts_with('{') || wanted == given;
        self.method == method && wanted.len() == given.len() && wanted.iter().zip(&given).all(fits)
    }
}

/// The operation that a request is for: of several that fit, the one whose path has the fewest parameters.
pub(crate) fn find<'a>(operations: &'a [Documented], method: &str, path: &str) -> Option<&'a Documented> {
    let fitting = operations.iter().filter(|operation| operation.takes(method, path));
    fitting.min_by_key(|operation| operation.path.matches('{').count())
}

/// The operations of a provider's document.
pub(crate) fn operations(provider: &str) -> Vec<Documented> {
    let text = std::fs::read_to_string(openapi(provider)).unwrap();
    let root: Value = serde_yaml::from_str(&text).unwrap();
    let mut operations = Vec::new();
    for (path, item) in entries(&root["paths"]) {
        for (method, operation) in entries(item) {
            let Some(id) = operation["operationId"].as_str() else { continue };
            let answers = entries(&operation["responses"]).into_iter().filter_map(|(status, response)| {
                let status = status.parse().ok()?;
                let content = &resolved(&root, response)["content"];
                let media = entries(content).into_iter().next().map(|(_, media)| media);
                let examples = media.map(|media| entries(&media["examples"])).unwrap_or_default();
                let examples = examples.into_iter().map(|(name, _)| name).collect();
                Some(Answer { status, has_body: media.is_some(), examples })
            });
            let answers = answers.collect();
            let method = method.to_uppercase();
            operations.push(Documented { id: id.to_owned(), method, path: path.clone(), answers });
        }
    }
    operations
}

/// The entries of a mapping; a key that is a number is one in text here.
fn entries(value: &Value) -> Vec<(String, &Value)> {
    let Value::Mapping(mapping) = value else { return Vec::new() };
    let name = |key: &Value| match key {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("a key is {other:?}"),
    };
    mapping.iter().map(|(key, value)| (name(key), value)).collect()
}

fn resolved<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        None => value,
        Some(pointer) => {
            let names = pointer.strip_prefix("#/").expect("a reference within the document").split('/');
            resolved(root, names.fold(root, |found, name| &found[name]))
        }
    }
}
