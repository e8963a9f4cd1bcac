//! Bodies in JSON, with errors that say where.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::object::straight;
use crate::{Maybe, NumberOrString, Reply, Unreadable, codec};

#[doc(hidden)]
pub use crate::sound::{only_list, sound};

/// The content type of every JSON body.
pub const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// Reads the body of a reply.
///
/// # Errors
/// When it is not JSON, or not of the shape that the document promises; says where.
pub fn read_reply<T: DeserializeOwned>(reply: &Reply) -> Result<T, Unreadable> {
    read(reply.body())
        .map_err(|error| Unreadable { reason: format!("{} (HTTP {})", error.reason, reply.status().as_u16()), ..error })
}

/// Reads a JSON body.
///
/// # Errors
/// When it is not JSON, or not of the shape that the document promises; says where.
pub fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Unreadable> {
    let start = body.iter().position(|b| !b.is_ascii_whitespace());
    match start.map(|at| body[at]) {
        None => return Err(Unreadable::new("body", "is empty where JSON is due")),
        Some(b'<') => {
            return Err(Unreadable::new("body", "is HTML or XML where JSON is due, most likely of a proxy on the way"));
        }
        Some(_) => {}
    }
    // Nearly every body is as it is expected. Another is read again, with care, to tell what is wrong with it and where.
    if let Ok(value) = straight(|| serde_json::from_slice(body)) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "body".to_owned() } else { format!("body.{path}") };
        Unreadable::new(place, error.inner().to_string())
    })?;
    deserializer.end().map_err(|error| Unreadable::new("body", error.to_string()))?;
    Ok(value)
}

/// Reads a text, or a number as its digits.
#[doc(hidden)]
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    NumberOrString::deserialize(deserializer).map(|value| value.as_str().to_owned())
}

/// Reads a text or a number, unless it is null.
#[doc(hidden)]
pub fn text_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Option::<NumberOrString>::deserialize(deserializer)?;
    Ok(value.map(|value| value.as_str().to_owned()))
}

/// Reads a text or a number, or null.
#[doc(hidden)]
pub fn text_maybe<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Maybe<String>, D::Error> {
    text_option(deserializer).map(|value| value.map_or(Maybe::Null, Maybe::Value))
}

/// Reads a whole number, also from a text.
#[doc(hidden)]
pub fn int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = NumberOrString::deserialize(deserializer)?;
    codec::digits_to_int(value.as_str()).map_err(serde::de::Error::custom)
}

/// Reads a whole number, also from a text, unless it is null.
#[doc(hidden)]
pub fn int_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = Option::<NumberOrString>::deserialize(deserializer)?;
    value.map(|value| codec::digits_to_int(value.as_str())).transpose().map_err(serde::de::Error::custom)
}

/// Reads a whole number, also from a text, or null.
#[doc(hidden)]
pub fn int_maybe<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Maybe<i64>, D::Error> {
    int_option(deserializer).map(|value| value.map_or(Maybe::Null, Maybe::Value))
}

/// Takes a value as text, to try several shapes on it.
#[doc(hidden)]
pub fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<RawValue>, D::Error> {
    Deserialize::deserialize(deserializer)
}

/// Tries a shape.
#[doc(hidden)]
pub fn from_raw<T: DeserializeOwned>(raw: &RawValue) -> Result<T, serde_json::Error> {
    serde_json::from_str(raw.get())
}

/// Whether the object has one of `values` under `field`.
#[doc(hidden)]
#[must_use]
pub fn tells(raw: &RawValue, field: &str, values: &[&str]) -> bool {
    let Ok(object) = from_raw::<std::collections::BTreeMap<String, Box<RawValue>>>(raw) else { return false };
    let told = object.get(field).and_then(|value| from_raw::<String>(value).ok());
    told.is_some_and(|told| values.contains(&told.as_str()))
}

/// No shape fits.
#[doc(hidden)]
pub fn no_variant<E: serde::de::Error>(name: &str) -> E {
    E::custom(format_args!("the value is of none of the shapes of `{name}`"))
}

/// What a field says to a person: its text, or several texts joined; nothing for null or an empty text.
pub fn plain<T: serde::Serialize>(value: &T) -> Option<String> {
    fn text(value: serde_json::Value) -> Option<String> {
        match value {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Array(items) => Some(items.into_iter().filter_map(text).collect::<Vec<_>>().join("; ")),
            other => Some(other.to_string()),
        }
    }
    text(serde_json::to_value(value).ok()?).map(|text| shorten(&text)).filter(|text| !text.is_empty())
}

/// The beginning of a body that no document describes, for a person; nothing of an empty one.
#[must_use]
pub fn excerpt(reply: &Reply) -> Option<String> {
    beginning(reply.body())
}

/// [`excerpt`] of any body.
#[must_use]
pub fn beginning(body: &[u8]) -> Option<String> {
    let text = shorten(&String::from_utf8_lossy(body));
    (!text.is_empty()).then_some(text)
}

/// At most 500 characters on one line.
fn shorten(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(500) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Outer {
        #[allow(dead_code)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Inner {
        #[allow(dead_code)]
        n: i64,
    }

    #[test]
    fn says_where() {
        let error = |body: &'static str| read::<Outer>(&Bytes::from_static(body.as_bytes())).unwrap_err().to_string();
        assert_eq!(error(""), "body: is empty where JSON is due");
        assert!(error("\n <html>").contains("HTML"));
        assert!(error(r#"{"inner":[{"n":1},{"n":"x"}]}"#).starts_with("body.inner[1].n: invalid type"));
        assert!(error(r#"{"inner":[{"n":1}"#).contains("EOF"));
        assert!(error(r#"{"inner":[]} trailing"#).contains("trailing"));
    }

    #[test]
    fn a_field_tells_what_it_is() {
        let raw = |text: &str| serde_json::from_str::<Box<RawValue>>(text).unwrap();
        assert!(tells(&raw(r#"{"a":1,"type":"s\u0061le"}"#), "type", &["buy", "sale"]));
        for other in [r#"{"type":"cut"}"#, r#"{"type":1}"#, r#"{"type":null}"#, "{}", "[]", "1"] {
            assert!(!tells(&raw(other), "type", &["buy", "sale"]), "{other}");
        }
    }
}
