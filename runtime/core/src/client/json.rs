//! Any JSON value, in the order and with the digits that it was written in.

use std::fmt::{self, Write as _};

use super::{Wire, loose, parse};
use crate::{Number, Unreadable};

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Json {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, digit for digit.
    Number(Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(Object),
}

/// A JSON object, its entries in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object(pub(super) Vec<(String, Json)>);

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// When it is not JSON, or nested deeper than 128.
    pub fn parse(text: &[u8]) -> Result<Self, Unreadable> {
        parse::parse(text)
    }

    /// The value that the text of an enumeration writes; null if it writes none.
    #[must_use]
    pub fn literal(text: &'static str) -> Self {
        Self::parse(text.as_bytes()).unwrap_or_default()
    }

    /// The value under `key`, of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(object) => object.get(key),
            _ => None,
        }
    }

    /// The text under `key`, of an object: what a tag says.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Self::Text(text)) => Some(text),
            Some(Self::Number(number)) if loose::is_on() => Some(number.as_str()),
            _ => None,
        }
    }

    /// An object of a kind that the document does not have, as it is.
    ///
    /// # Errors
    /// When it is no object: then it is of no kind.
    pub fn other_kind(self) -> Result<Self, Unreadable> {
        Object::from_json(self).map(Self::Object)
    }

    /// Sets the text under `key` to the first of `tags`, unless it is one of them.
    #[must_use]
    pub fn with_tag(mut self, key: &str, tags: &[&str]) -> Self {
        if let (Self::Object(object), Some(first)) = (&mut self, tags.first()) {
            let right =
                object.get(key).is_some_and(|found| matches!(found, Self::Text(text) if tags.contains(&text.as_str())));
            if !right {
                object.set(key, Self::Text((*first).to_owned()));
            }
        }
        self
    }

    /// The value as the text of an enumeration has it: numbers without zeros that say nothing.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Number(number) => {
                number.exact().and_then(|exact| exact.plain()).unwrap_or_else(|| number.to_string())
            }
            other => other.to_string(),
        }
    }

    /// How many fields an object has that are not `known`.
    pub(super) fn strange(&self, known: &[&str]) -> usize {
        match self {
            Self::Object(object) => object.iter().filter(|(key, _)| !known.contains(key)).count(),
            _ => 0,
        }
    }

    /// Whether the field `name`, if it is there, has one of some `values`, each written as JSON.
    pub(super) fn is_marked(&self, name: &str, values: &[&'static str]) -> bool {
        self.get(name).is_none_or(|found| values.iter().any(|value| Self::literal(value) == *found))
    }

    /// What kind of value it is, for a message.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// An error that says what was expected instead.
    pub(super) fn misfit(&self, expected: &str) -> Unreadable {
        let found = if matches!(self, Self::Text(text) if text.is_empty()) { "an empty text" } else { self.kind() };
        Unreadable::new("", format!("expected {expected}, found {found}"))
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => f.write_str(number.as_str()),
            Self::Text(text) => quote(text, f),
            Self::List(items) => {
                f.write_char('[')?;
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        f.write_char(',')?;
                    }
                    item.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Object(object) => {
                f.write_char('{')?;
                for (n, (key, value)) in object.0.iter().enumerate() {
                    if n > 0 {
                        f.write_char(',')?;
                    }
                    quote(key, f)?;
                    f.write_char(':')?;
                    value.fmt(f)?;
                }
                f.write_char('}')
            }
        }
    }
}

fn quote(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        f.write_str(&rest[..at])?;
        match rest.as_bytes()[at] {
            b'"' => f.write_str("\\\"")?,
            b'\\' => f.write_str("\\\\")?,
            b'\n' => f.write_str("\\n")?,
            b'\r' => f.write_str("\\r")?,
            b'\t' => f.write_str("\\t")?,
            other => write!(f, "\\u{other:04x}")?,
        }
        rest = &rest[at + 1..];
    }
    f.write_str(rest)?;
    f.write_char('"')
}

impl Object {
    /// An object without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value under `key`: the last, if there are several.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.iter().rev().find(|(found, _)| found == key).map(|(_, value)| value)
    }

    /// Sets the value under `key`.
    pub fn set(&mut self, key: &str, value: Json) {
        match self.0.iter_mut().rev().find(|(found, _)| found == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    /// The entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl FromIterator<(String, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_one_value_have_one_plain_text() {
        let plain = |text: &str| Json::parse(text.as_bytes()).unwrap().plain();
        assert_eq!(["1.0", "1e0", "-0", "1.50", "\"a\"", "true"].map(plain), ["1", "1", "0", "1.5", "\"a\"", "true"]);
        assert_eq!(["1e3", "2.50e1", "1.5e-3", "-12.5e1", "1e40"].map(plain), ["1000", "25", "0.0015", "-125", "1e40"]);
        let long = format!("1{}", "0".repeat(50));
        assert_eq!(plain(&long), long);
    }
}
