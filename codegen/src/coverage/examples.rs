//! Documented requests and answers: each has to fit the type that it is an example of.

use std::path::Path;

use super::{Count, Fate, Kind};
use crate::model::Ignored;
use crate::spec::{Api, Operation, Param, Place, Schema, SchemaKind, TypeKind};
use crate::tree::{Node, Span, Tree, Value};

/// Where an example does not fit, and how.
type Misfit = (Span, String);

/// What an example may be an example of.
enum Shape<'a> {
    /// A body.
    Body(&'a Schema),
    /// The parameters of a request without a body, by name.
    Params(&'a [Param]),
}

impl Count<'_, '_> {
    /// The examples of the document, and those in the files of `examples/`.
    pub(super) fn examples(&mut self, root: &Path, tree: &mut Tree) {
        let plan = self.plan;
        let (_, document) = tree.path_at(plan.api.span.start);
        let document = document.rsplit(['/', '\\']).next().unwrap_or(document).to_owned();
        for example in &plan.api.examples {
            let value = tree.node_at(example.value);
            let misfit = fits(&plan.api, &example.schema, value).err();
            let head = value.head();
            self.example(format!("{document}:{}", tree.line_and_column(head.start).0), head, misfit);
        }
        let below = Path::new("providers").join(&plan.name).join("examples");
        for file in files(&root.join(&below)) {
            let name = format!("examples/{file}");
            // Passed over, it need not even be JSON.
            if self.passed_over(&[Ignored::Example(name.clone())]) {
                let entry = plan.mapping.ignore.iter().find(|(word, _)| word.text == name);
                let (word, _) = entry.expect("an entry names it");
                self.add(Kind::Example, name, word.span, Fate::Dropped);
                continue;
            }
            let Some(id) = crate::load::read(tree, root, &below.join(&file), self.diags) else {
                let span = tree.start_of_last();
                self.add(Kind::Example, name, span, Fate::Open);
                continue;
            };
            let node = tree.node(id);
            self.example(name, node.head(), fits_some(&plan.api, &file, node).err());
        }
    }

    fn example(&mut self, name: String, span: Span, misfit: Option<Misfit>) {
        let fate = match misfit {
            None => Fate::Carried,
            Some((at, why)) => {
                let help = match name.starts_with("examples/") {
                    true => format!("mend the type, or say under `ignore`: `{name}: why`"),
                    false => "mend the type or the example".to_owned(),
                };
                self.open(at, format!("this example does not fit its type: {why}"), &help);
                Fate::Open
            }
        };
        self.add(Kind::Example, name, span, fate);
    }
}

/// The files of a folder, by name; none where there is no such.
fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// Whether a file fits what it may be an example of: `NAME.request.json` a request, `NAME.response.json` an answer,
/// `NAME.callback.json` a callback. A name that begins with that of an operation, in snake case, is of that one. A request may be written whole, with
/// `method`, `url` and what else it has.
fn fits_some(api: &Api, file: &str, node: Node<'_>) -> Result<(), Misfit> {
    if let (Some(method), Some(url)) = (node.get("method"), node.get("url")) {
        return whole(api, node, method, url);
    }
    let stem = file.split('.').next().unwrap_or_default();
    let named = |operation: &&Operation| {
        let name = crate::names::field_name(&operation.id);
        stem.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    let longest = api.operations.iter().filter(named).max_by_key(|operation| operation.id.len());
    let operations: Vec<&Operation> = match longest {
        Some(operation) => vec![operation],
        None => api.operations.iter().collect(),
    };
    if file.ends_with(".callback.json") {
        let bodies = api.callbacks.iter().filter_map(|callback| callback.body.as_ref());
        return best(bodies.map(|schema| fits(api, schema, node)).collect(), node);
    }
    let answer = file.ends_with(".response.json");
    let shapes = operations.iter().flat_map(|operation| match answer {
        true => operation.responses.iter().filter_map(|response| response.body.as_ref()).map(Shape::Body).collect(),
        false => vec![operation.body.as_ref().map_or(Shape::Params(&operation.params), Shape::Body)],
    });
    let tried: Vec<Result<(), Misfit>> = shapes
        .map(|shape| match shape {
            Shape::Body(schema) => fits(api, schema, node),
            Shape::Params(params) => {
                let props = params.iter().map(|param| (&*param.prop.wire, param.prop.required, &param.prop.schema));
                object(api, &props.collect::<Vec<_>>(), node)
            }
        })
        .collect();
    best(tried, node)
}

/// Whether one of these fits. Of those that do not, the misfit that comes last in the file is that of the type that was
/// most likely meant.
fn best(tried: Vec<Result<(), Misfit>>, node: Node<'_>) -> Result<(), Misfit> {
    let none = || (node.head(), "no operation has such a message".to_owned());
    match tried.iter().any(Result::is_ok) {
        true => Ok(()),
        false => Err(tried.into_iter().filter_map(Result::err).max_by_key(|(span, _)| *span).unwrap_or_else(none)),
    }
}

/// Whether a request that is written whole is of an operation.
fn whole(api: &Api, node: Node<'_>, method: Node<'_>, url: Node<'_>) -> Result<(), Misfit> {
    let text = url.as_text().unwrap_or_default();
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let is_of = |operation: &&Operation| {
        method.as_text() == Some(&operation.method) && path.rsplit('/').zip(operation.path.rsplit('/')).all(meets)
    };
    let Some(operation) = api.operations.iter().filter(is_of).max_by_key(|operation| operation.path.len()) else {
        return Err((url.span(), "no operation has this method and path".to_owned()));
    };
    let names: Vec<&str> =
        query.split('&').filter(|part| !part.is_empty()).map(|part| part.split('=').next().unwrap_or(part)).collect();
    let params = || operation.params.iter().filter(|param| param.place == Place::Query).map(|param| &param.prop);
    if let Some(name) = names.iter().find(|name| !params().any(|prop| prop.wire == **name)) {
        return Err((url.span(), format!("`{}` has no parameter `{name}`", operation.id)));
    }
    if let Some(prop) = params().find(|prop| prop.required && !names.contains(&prop.wire.as_str())) {
        return Err((url.span(), format!("the required parameter `{}` is not there", prop.wire)));
    }
    match (&operation.body, node.get("body")) {
        (Some(schema), Some(body)) => fits(api, schema, body),
        (None, Some(body)) => Err((body.head(), format!("`{}` has no body", operation.id))),
        (_, None) => Ok(()),
    }
}

/// Whether a step of a path is what the path of an operation has there; the server's own path may come before.
fn meets((found, template): (&str, &str)) -> bool {
    template.is_empty() || template.starts_with('{') || found == template
}

/// Whether a value is of a type, no field left over.
fn fits(api: &Api, schema: &Schema, node: Node<'_>) -> Result<(), Misfit> {
    let misfit = |what: &str| Err((node.span(), format!("{what} is due here, and this is {}", node.kind())));
    if matches!(node.value(), Value::Null) {
        return match api.nullable(schema) || matches!(api.shape(schema), SchemaKind::Json) {
            true => Ok(()),
            false => Err((node.head(), "the type has no null".to_owned())),
        };
    }
    match (api.shape(schema), node.value()) {
        (SchemaKind::Json, _)
        | (SchemaKind::Text { .. } | SchemaKind::DateTime, Value::Text(_))
        | (SchemaKind::Number, Value::Number(_))
        | (SchemaKind::NumberOrString, Value::Number(_) | Value::Text(_))
        | (SchemaKind::Bool, Value::Bool(_)) => Ok(()),
        (SchemaKind::Integer, Value::Number(text)) if text.parse::<i64>().is_ok() => Ok(()),
        (SchemaKind::List(inner), Value::List(_)) => node.items().try_for_each(|item| fits(api, inner, item)),
        (SchemaKind::Map(inner), Value::Map(_)) => node.entries().try_for_each(|entry| fits(api, inner, entry.value)),
        (SchemaKind::Named(id), _) => match &api.ty(*id).kind {
            TypeKind::Object(props) => {
                let props = props.iter().map(|prop| (&*prop.wire, prop.required, &prop.schema));
                object(api, &props.collect::<Vec<_>>(), node)
            }
            TypeKind::Enum(def) => {
                let number = matches!(node.value(), Value::Number(_));
                let text = node.as_scalar().filter(|_| number == def.numeric);
                match text.is_some_and(|text| def.values.iter().any(|value| value.wire == text)) {
                    true => Ok(()),
                    false => Err((node.span(), format!("`{}` has no such value", api.ty(*id).name))),
                }
            }
            TypeKind::OneOf(variants) => {
                let tried: Vec<_> = variants.iter().map(|variant| fits(api, &variant.schema, node)).collect();
                match tried.iter().any(Result::is_ok) {
                    true => Ok(()),
                    false => {
                        tried.into_iter().filter_map(Result::err).max_by_key(|(span, _)| *span).map_or(Ok(()), Err)
                    }
                }
            }
            TypeKind::Alias(inner) => fits(api, inner, node),
        },
        (SchemaKind::Text { .. } | SchemaKind::DateTime, _) => misfit("a text"),
        (SchemaKind::Integer, _) => misfit("a whole number"),
        (SchemaKind::Number, _) => misfit("a number"),
        (SchemaKind::NumberOrString, _) => misfit("a number or a text"),
        (SchemaKind::Bool, _) => misfit("true or false"),
        (SchemaKind::List(_), _) => misfit("a list"),
        (SchemaKind::Map(_), _) => misfit("a map"),
    }
}

/// Whether a value is an object with these fields: name, whether it is required, type.
fn object(api: &Api, props: &[(&str, bool, &Schema)], node: Node<'_>) -> Result<(), Misfit> {
    if !node.is_map() {
        return Err((node.head(), format!("an object is due here, and this is {}", node.kind())));
    }
    for entry in node.entries() {
        let Some((.., schema)) = props.iter().find(|(name, ..)| *name == entry.key) else {
            return Err((entry.key_span, format!("the type has no field `{}`", entry.key)));
        };
        fits(api, schema, entry.value)?;
    }
    match props.iter().find(|(name, required, _)| *required && node.get(name).is_none()) {
        Some((name, ..)) => Err((node.head(), format!("the required field `{name}` is not there"))),
        None => Ok(()),
    }
}
