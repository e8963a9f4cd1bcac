//! What is submitted, as the journal keeps it, and its hash: two submissions under one key are the same when these are.

use std::borrow::Cow;
use std::fmt;

use kassa_providers::uniform::Submission;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use sha2::{Digest, Sha256};

/// The room that most submissions need.
const ROOM: usize = 4096;

/// A submission with its canonical text and hash.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    /// What is submitted, normalised.
    pub(crate) submission: Submission,
    /// It as JSON, for the journal.
    pub(crate) json: String,
    /// SHA-256 of its canonical JSON, hexadecimal.
    pub(crate) hash: String,
}

impl Content {
    /// The content of `submission`.
    pub(crate) fn of(submission: Submission) -> Result<Self, serde_json::Error> {
        let submission = submission.normalised();
        let mut json = Vec::with_capacity(ROOM);
        serde_json::to_writer(&mut json, &submission)?;
        let json = String::from_utf8(json).map_err(serde::ser::Error::custom)?;
        let mut canonical = Vec::with_capacity(json.len());
        serde_json::from_str::<Tree<'_>>(&json)?.write(&mut canonical)?;
        let hash = hexadecimal(&Sha256::digest(canonical));
        Ok(Self { submission, json, hash })
    }

    /// The submission that the journal keeps.
    pub(crate) fn read(json: &str) -> Result<Submission, serde_json::Error> {
        serde_json::from_str(json)
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from_digit(u32::from(digit), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// JSON that was just written, taken apart where it stands: every submission is hashed. It has whole numbers alone; sums
/// and quantities are texts.
enum Tree<'j> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'j, str>),
    List(Vec<Tree<'j>>),
    Object(Vec<(Cow<'j, str>, Tree<'j>)>),
}

impl Tree<'_> {
    /// Writes it with sorted keys and without what is null or empty: a field that a later version adds, and that nobody
    /// states, must not make an old submission another one.
    fn write(self, text: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        match self {
            Self::Null => text.extend_from_slice(b"null"),
            Self::Bool(value) => serde_json::to_writer(text, &value)?,
            Self::Number(number) => serde_json::to_writer(text, &number)?,
            Self::Text(value) => serde_json::to_writer(text, &value)?,
            Self::List(values) => {
                text.push(b'[');
                for (n, value) in values.into_iter().enumerate() {
                    if n > 0 {
                        text.push(b',');
                    }
                    value.write(text)?;
                }
                text.push(b']');
            }
            Self::Object(mut fields) => {
                fields.retain(|(_, value)| !value.is_empty());
                fields.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
                text.push(b'{');
                for (n, (name, value)) in fields.into_iter().enumerate() {
                    if n > 0 {
                        text.push(b',');
                    }
                    serde_json::to_writer(&mut *text, &name)?;
                    text.push(b':');
                    value.write(text)?;
                }
                text.push(b'}');
            }
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::List(values) => values.is_empty(),
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Tree<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Tree::Text(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Tree::Text(value.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(Tree::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            fields.push((name.0, map.next_value()?));
        }
        Ok(Tree::Object(fields))
    }
}

/// The name of a field, where it stands.
struct Name<'j>(Cow<'j, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Tree::deserialize(deserializer)? {
            Tree::Text(name) => Ok(Self(name)),
            _ => Err(serde::de::Error::custom("a name is due")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{receipt, sale};

    #[test]
    fn the_same_however_it_is_written() {
        let hash = |text: &str| Content::of(Submission::CashIn(serde_json::from_str(text).unwrap())).unwrap().hash;
        let plain = hash(r#"{"amount":"70.50"}"#);
        assert_eq!(plain.len(), 64);
        assert_eq!(plain, hash(r#"{"cashier":null,"amount":70.5}"#));
        assert_ne!(plain, hash(r#"{"amount":"70.51"}"#));
        assert_ne!(plain, hash(r#"{"amount":"70.50","cashier":{"name":"x"}}"#));
    }

    #[test]
    fn the_hash_never_changes_from_version_to_version() {
        // A changed hash turns every stored key into a conflict: this value may not be mended to fit.
        let movement = serde_json::from_str(r#"{"amount":"70.50"}"#).unwrap();
        let canonical = Sha256::digest(r#"{"cash_in":{"amount":"70.50"}}"#);
        let hash: String = canonical.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(Content::of(Submission::CashIn(movement)).unwrap().hash, hash);
    }

    #[test]
    fn what_is_hashed_has_its_names_in_order_and_nothing_empty() {
        let canonical = |text: &str| {
            let mut canonical = Vec::new();
            serde_json::from_str::<Tree<'_>>(text).unwrap().write(&mut canonical).unwrap();
            String::from_utf8(canonical).unwrap()
        };
        let text = r#"{"b":[{"d":-7,"c":"a \"b\"\u0007é"},null,[]],"e":[],"a":{"z":null},"f":true,"é":-1,"g":18446744073709551615}"#;
        let expected =
            r#"{"a":{},"b":[{"c":"a \"b\"\u0007é","d":-7},null,[]],"f":true,"g":18446744073709551615,"é":-1}"#;
        assert_eq!(canonical(text), expected);
    }

    #[test]
    fn what_is_kept_reads_back() {
        let content = Content::of(sale()).unwrap();
        assert_eq!(Content::read(&content.json).unwrap(), content.submission);
        let other = Content::of(Submission::RegisterReceipt(receipt("71.00"))).unwrap();
        assert_ne!(other.hash, content.hash);
    }
}
