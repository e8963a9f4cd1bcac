//! What was registered beside what was sent, where a provider says it again: somebody between us and the register may
//! have changed it.

use std::collections::BTreeMap;

use kassa_core::{Compared, Contact, Number};
use serde::Deserialize;
use serde_json::value::RawValue;

/// How many differences are told; a receipt that was made anew has too many to read.
const MAX_TOLD: usize = 50;

/// A JSON value whose numbers stay as they are written.
#[derive(Debug, PartialEq)]
enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    fn read(raw: &RawValue) -> Option<Self> {
        let text = raw.get();
        Some(match text.bytes().next()? {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'"' => Self::Text(serde_json::from_str(text).ok()?),
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Self::List(items.into_iter().map(Self::read).collect::<Option<_>>()?)
            }
            b'{' => {
                let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).ok()?;
                let read = |(name, raw): (String, Box<RawValue>)| Some((name, Self::read(&raw)?));
                Self::Object(fields.into_iter().map(read).collect::<Option<_>>()?)
            }
            _ => Self::Number(Number::deserialize(&mut serde_json::Deserializer::from_str(text)).ok()?),
        })
    }

    fn of(body: &[u8]) -> Option<Self> {
        Self::read(serde_json::from_slice(body).ok()?)
    }

    /// A field; names differ in case at times.
    fn field(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        fields.get(name).or_else(|| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v))
    }

    fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |json, name| json.field(name))
    }

    /// Whether it says nothing.
    fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Object(fields) => fields.values().all(Self::is_nothing),
            Self::Bool(_) | Self::Number(_) => false,
        }
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => plain(one.as_str()) == plain(other.as_str()),
            _ => self == other,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.to_string(),
            // That it differs is enough: differences are kept for good, and shown to whoever asks (F10).
            Self::Text(text) if is_contact(text) => "a contact".to_owned(),
            Self::Text(text) => format!("{text:?}"),
            Self::List(items) => format!("a list of {}", items.len()),
            Self::Object(_) => "an object".to_owned(),
        }
    }
}

/// Whether a text is an e-mail address or a phone.
fn is_contact(text: &str) -> bool {
    text.parse::<Contact>().is_ok_and(|contact| contact.email().or(contact.phone()).is_some())
}

/// A number without zeros at the end of its fraction.
fn plain(number: &str) -> &str {
    match number.contains('.') && !number.contains(['e', 'E']) {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    }
}

/// Where `answered` says something else than `sent`, path by path.
pub(crate) fn differences(compared: &[Compared], sent: &[u8], answered: &[u8]) -> Vec<String> {
    let mut told = Vec::new();
    // Most providers say nothing again.
    if compared.is_empty() {
        return told;
    }
    let (Some(sent), Some(answered)) = (Json::of(sent), Json::of(answered)) else { return told };
    for Compared { answered: there, sent: here } in compared {
        if let (Some(sent), Some(answered)) = (sent.at(here), answered.at(there)) {
            compare(here, sent, answered, &mut told);
        }
    }
    if told.len() > MAX_TOLD {
        let more = told.len() - MAX_TOLD;
        told.truncate(MAX_TOLD);
        told.push(format!("and {more} more"));
    }
    told
}

fn compare(path: &str, sent: &Json, answered: &Json, told: &mut Vec<String>) {
    match (sent, answered) {
        (Json::Object(fields), Json::Object(others)) => {
            for (name, value) in fields {
                compare(&format!("{path}.{name}"), value, answered.field(name).unwrap_or(&Json::Null), told);
            }
            for (name, value) in others.iter().filter(|(name, _)| sent.field(name).is_none()) {
                compare(&format!("{path}.{name}"), &Json::Null, value, told);
            }
        }
        (Json::List(items), Json::List(others)) => {
            for n in 0..items.len().max(others.len()) {
                let (one, other) = (items.get(n).unwrap_or(&Json::Null), others.get(n).unwrap_or(&Json::Null));
                compare(&format!("{path}[{n}]"), one, other, told);
            }
        }
        _ if sent.same(answered) || sent.is_nothing() && answered.is_nothing() => {}
        _ => told.push(format!("{path}: {} is registered, {} was sent", answered.shown(), sent.shown())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIPT: &[Compared] = &[Compared { answered: "order.receipt", sent: "receipt" }];

    fn told(sent: &str, answered: &str) -> Vec<String> {
        differences(RECEIPT, sent.as_bytes(), answered.as_bytes())
    }

    #[test]
    fn what_is_the_same_is_not_told() {
        let sent = r#"{"id":"1","receipt":{"sum":100.10,"kind":1,"lines":[{"name":"a"}],"note":""}}"#;
        let answered = r#"{"order":{"Receipt":{"kind":1,"sum":100.1,"lines":[{"name":"a","tags":[]}]},"more":1}}"#;
        assert_eq!(told(sent, answered), Vec::<String>::new());
    }

    #[test]
    fn what_was_changed_added_or_taken_away_is_told_by_path() {
        let sent = r#"{"receipt":{"sum":9007199254740993,"lines":[{"name":"a","price":3000}],"to":"x@y.ru"}}"#;
        let answered = r#"{"order":{"receipt":{"sum":9007199254740992,"lines":[{"name":"a","price":2500},{"name":"b"}],"place":"p"}}}"#;
        assert_eq!(
            told(sent, answered),
            [
                "receipt.lines[0].price: 2500 is registered, 3000 was sent",
                "receipt.lines[1]: an object is registered, nothing was sent",
                "receipt.sum: 9007199254740992 is registered, 9007199254740993 was sent",
                "receipt.to: nothing is registered, a contact was sent",
                "receipt.place: \"p\" is registered, nothing was sent",
            ]
        );
    }

    #[test]
    fn what_is_not_there_is_not_compared() {
        assert!(told(r#"{"receipt":{"a":1}}"#, r#"{"order":{}}"#).is_empty());
        assert!(told("no JSON", r#"{"order":{"receipt":{}}}"#).is_empty());
        let many = format!(r#"{{"receipt":{{"lines":{:?}}}}}"#, (0..80).collect::<Vec<_>>());
        assert_eq!(told(&many, r#"{"order":{"receipt":{"lines":[]}}}"#).len(), MAX_TOLD + 1);
    }
}
