//! JSON read digit for digit: a number stays the text that was sent, so `70.1`, `70.10` and `70.10000000000001` differ.
//!
//! Stricter than most vendors on purpose: a name twice in one object is refused.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

const MAX_DEPTH: usize = 16;

/// A JSON value. Two objects are equal whatever the order of their members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tree {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Tree>),
    Object(BTreeMap<String, Tree>),
}

impl Tree {
    pub(super) fn parse(body: &[u8]) -> Result<Tree, String> {
        let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| error.to_string())?;
        grow(raw, 0)
    }

    /// A whole number written without point and exponent.
    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Tree::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Roubles with at most two decimals and no exponent, as kopecks.
    pub(super) fn kopecks(&self) -> Option<i64> {
        let Tree::Number(text) = self else {
            return None;
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if fraction.len() > 2 || text.contains(['e', 'E']) {
            return None;
        }
        format!("{whole}{fraction:0<2}").parse().ok()
    }
}

impl fmt::Display for Tree {
    /// As JSON, with the digits that came and the members in the order of their names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tree::Null => f.write_str("null"),
            Tree::Bool(flag) => write!(f, "{flag}"),
            Tree::Number(text) => f.write_str(text),
            Tree::Text(text) => f.write_str(&quote(text)),
            Tree::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    let comma = if at == 0 { "" } else { "," };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            Tree::Object(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    let comma = if at == 0 { "" } else { "," };
                    write!(f, "{comma}{}:{value}", quote(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

fn grow(raw: &RawValue, depth: usize) -> Result<Tree, String> {
    if depth > MAX_DEPTH {
        return Err("nested too deep".to_owned());
    }
    let text = raw.get();
    let wrong = |error: serde_json::Error| error.to_string();
    match text.as_bytes().first() {
        Some(b'{') => {
            let Members(members) = serde_json::from_str(text).map_err(wrong)?;
            let mut object = BTreeMap::new();
            for (name, value) in members {
                if object.contains_key(&name) {
                    return Err(format!("{name} is given twice"));
                }
                object.insert(name, grow(&value, depth + 1)?);
            }
            Ok(Tree::Object(object))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
            let items: Result<_, _> = items.into_iter().map(|item| grow(item, depth + 1)).collect();
            Ok(Tree::List(items?))
        }
        Some(b'"') => serde_json::from_str(text).map(Tree::Text).map_err(wrong),
        Some(b't') => Ok(Tree::Bool(true)),
        Some(b'f') => Ok(Tree::Bool(false)),
        Some(b'n') => Ok(Tree::Null),
        _ => Ok(Tree::Number(text.to_owned())),
    }
}

/// An object's members as written, repeated names included: a map type would quietly keep the last one.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// A string as a JSON literal.
pub(super) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kopecks(text: &str) -> Option<i64> {
        Tree::parse(text.as_bytes()).unwrap().kopecks()
    }

    #[test]
    fn roubles_are_read_digit_for_digit() {
        assert_eq!(kopecks("70"), Some(7_000));
        assert_eq!(kopecks("70.1"), Some(7_010));
        assert_eq!(kopecks("70.10"), Some(7_010));
        assert_eq!(kopecks("0.07"), Some(7));
        assert_eq!(kopecks("-0.5"), Some(-50));
        assert_eq!(kopecks("0.30000000000000004"), None);
        assert_eq!(kopecks("70.100"), None);
        assert_eq!(kopecks("7e1"), None);
        assert_eq!(kopecks("\"70\""), None);
        assert_eq!(kopecks("99999999999999999999"), None);
    }

    #[test]
    fn an_integer_has_no_point() {
        let integer = |text: &str| Tree::parse(text.as_bytes()).unwrap().integer();
        assert_eq!(integer("3"), Some(3));
        assert_eq!(integer("-3"), Some(-3));
        assert_eq!(integer("3.0"), None);
        assert_eq!(integer("3e0"), None);
        assert_eq!(integer("\"3\""), None);
    }

    #[test]
    fn refuses_what_is_not_json() {
        for body in ["", "{", "{\"a\":1,}", "{\"a\":00}", "{} {}", "{\"a\":1,\"a\":1}"] {
            assert!(Tree::parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(Tree::parse(b"\"\xff\"").is_err());
        assert!(Tree::parse("[".repeat(5_000).as_bytes()).is_err());
        let deep = "[".repeat(40) + &"]".repeat(40);
        assert!(Tree::parse(deep.as_bytes()).is_err());
    }

    #[test]
    fn is_written_as_it_was_read() {
        let text = r#"{"a":[1.50,true,null,[],{}],"b":"\"\\ \u001d ч"}"#;
        assert_eq!(Tree::parse(text.as_bytes()).unwrap().to_string(), text);
    }

    #[test]
    fn order_of_members_does_not_matter() {
        let one = Tree::parse(br#"{"a":1,"b":[true,null]}"#).unwrap();
        let two = Tree::parse(br#"{ "b": [true, null], "a": 1 }"#).unwrap();
        assert_eq!(one, two);
    }
}
