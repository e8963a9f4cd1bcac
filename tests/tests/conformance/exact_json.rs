//! JSON with its numbers as they are written: two documents are equal when every number has the same digits.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Exact {
    Object(BTreeMap<String, Exact>),
    Array(Vec<Exact>),
    /// A number, text, truth value or null, as JSON.
    Leaf(String),
}

impl Exact {
    #[track_caller]
    pub(crate) fn read(text: &str) -> Self {
        let raw: Box<RawValue> = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"));
        Self::of(&raw)
    }

    fn of(raw: &RawValue) -> Self {
        let text = raw.get();
        match text.as_bytes()[0] {
            b'{' => {
                let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).unwrap();
                Self::Object(fields.into_iter().map(|(name, value)| (name, Self::of(&value))).collect())
            }
            b'[' => {
                let values: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap();
                Self::Array(values.iter().map(|value| Self::of(value)).collect())
            }
            // However its characters are escaped.
            b'"' => Self::Leaf(serde_json::to_string(&serde_json::from_str::<String>(text).unwrap()).unwrap()),
            _ => Self::Leaf(text.to_owned()),
        }
    }

    /// The leaf at a JSON pointer.
    #[track_caller]
    pub(crate) fn leaf(&self, pointer: &str) -> &str {
        let found = pointer.split('/').skip(1).try_fold(self, |value, step| match value {
            Self::Object(fields) => fields.get(step),
            Self::Array(values) => values.get(step.parse::<usize>().ok()?),
            Self::Leaf(_) => None,
        });
        match found {
            Some(Self::Leaf(text)) => text,
            other => panic!("{pointer} is {other:?}"),
        }
    }

    /// Every leaf and every empty list or object, by JSON pointer.
    fn flat(&self, at: &str, out: &mut BTreeMap<String, String>) {
        match self {
            Self::Object(fields) if !fields.is_empty() => {
                fields.iter().for_each(|(name, value)| value.flat(&format!("{at}/{name}"), out));
            }
            Self::Array(values) if !values.is_empty() => {
                values.iter().enumerate().for_each(|(index, value)| value.flat(&format!("{at}/{index}"), out));
            }
            Self::Object(_) => drop(out.insert(at.to_owned(), "{}".to_owned())),
            Self::Array(_) => drop(out.insert(at.to_owned(), "[]".to_owned())),
            Self::Leaf(text) => drop(out.insert(at.to_owned(), text.clone())),
        }
    }

    /// Where the two differ: pointer, here, there; `absent` where one has nothing.
    pub(crate) fn differences(&self, other: &Self) -> Vec<(String, String, String)> {
        let (mut ours, mut theirs) = (BTreeMap::new(), BTreeMap::new());
        self.flat("", &mut ours);
        other.flat("", &mut theirs);
        let mut pointers: Vec<_> = ours.keys().chain(theirs.keys()).cloned().collect();
        pointers.sort();
        pointers.dedup();
        let get = |flat: &BTreeMap<String, String>, pointer: &str| {
            flat.get(pointer).cloned().unwrap_or_else(|| "absent".to_owned())
        };
        pointers
            .into_iter()
            .map(|pointer| (get(&ours, &pointer), get(&theirs, &pointer), pointer))
            .filter(|(ours, theirs, _)| ours != theirs)
            .map(|(ours, theirs, pointer)| (pointer, ours, theirs))
            .collect()
    }
}

#[test]
fn digits_and_nothing_else_make_the_difference() {
    assert_eq!(Exact::read(r#"{"a":1,"b":"ё"}"#), Exact::read("{ \"b\": \"\\u0451\", \"a\": 1 }"));
    for (one, other) in [("70", "70.0"), ("70", "\"70\""), ("1e2", "100"), ("null", "\"\""), ("[1,2]", "[2,1]")] {
        assert_ne!(Exact::read(one), Exact::read(other), "{one} {other}");
    }
    let differences = Exact::read(r#"{"a":[1,{}],"c":0}"#).differences(&Exact::read(r#"{"a":[2],"b":""}"#));
    let expected = [("/a/0", "1", "2"), ("/a/1", "{}", "absent"), ("/b", "absent", "\"\""), ("/c", "0", "absent")];
    assert_eq!(differences, expected.map(|(at, ours, theirs)| (at.into(), ours.into(), theirs.into())));
}
