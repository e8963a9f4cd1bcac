//! The fields of one JSON object of a request. Each is taken once; what is left over is unknown to the vendor.

use std::collections::BTreeMap;

use super::checks::{self, MAX_SUM};
use super::json::Tree;

/// What is wrong, in words that name the field.
pub(super) type Checked<T> = Result<T, String>;

pub(super) fn wrong<T>(reason: impl Into<String>) -> Checked<T> {
    Err(reason.into())
}

pub(super) struct Fields<'a> {
    owner: &'static str,
    left: BTreeMap<&'a str, &'a Tree>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(tree: &'a Tree, owner: &'static str) -> Checked<Fields<'a>> {
        let Tree::Object(members) = tree else {
            return wrong(format!("{owner} is not an object"));
        };
        let left = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
        Ok(Fields { owner, left })
    }

    /// A field that may be absent, null included if it is there.
    pub(super) fn take(&mut self, name: &str) -> Option<&'a Tree> {
        self.left.remove(name)
    }

    /// A field that may be absent or null.
    pub(super) fn nullable(&mut self, name: &str) -> Option<&'a Tree> {
        self.take(name).filter(|value| **value != Tree::Null)
    }

    pub(super) fn required(&mut self, name: &str) -> Checked<&'a Tree> {
        self.take(name).ok_or_else(|| format!("{} has no {name}", self.owner))
    }

    /// A string of at least one character that is not a space.
    pub(super) fn text(&mut self, name: &str) -> Checked<String> {
        let value = self.required(name)?;
        text(value, name)
    }

    pub(super) fn text_if_any(&mut self, name: &str) -> Checked<Option<String>> {
        self.take(name).map(|value| text(value, name)).transpose()
    }

    pub(super) fn flag(&mut self, name: &str) -> Checked<bool> {
        match self.required(name)? {
            Tree::Bool(flag) => Ok(*flag),
            _ => wrong(format!("{name} is not a logical value")),
        }
    }

    /// A whole number of that range.
    pub(super) fn code(&mut self, name: &str, known: std::ops::RangeInclusive<i64>) -> Checked<i64> {
        let value = self.required(name)?;
        code(value, name, known)
    }

    pub(super) fn code_if_any(&mut self, name: &str, known: std::ops::RangeInclusive<i64>) -> Checked<Option<i64>> {
        self.take(name).map(|value| code(value, name, known)).transpose()
    }

    /// Roubles as a JSON number with at most two decimals, in kopecks.
    pub(super) fn roubles(&mut self, name: &str) -> Checked<i64> {
        let value = self.required(name)?;
        roubles(value, name)
    }

    pub(super) fn roubles_if_any(&mut self, name: &str) -> Checked<Option<i64>> {
        self.take(name).map(|value| roubles(value, name)).transpose()
    }

    /// A string of a vocabulary; the result is its place there.
    pub(super) fn word(&mut self, name: &str, known: &[&str]) -> Checked<usize> {
        let value = self.required(name)?;
        word(value, name, known)
    }

    pub(super) fn word_if_any(&mut self, name: &str, known: &[&str]) -> Checked<Option<usize>> {
        self.take(name).map(|value| word(value, name, known)).transpose()
    }

    /// A list of at least one element.
    pub(super) fn list(&mut self, name: &str) -> Checked<&'a [Tree]> {
        match self.required(name)? {
            Tree::List(items) if !items.is_empty() => Ok(items),
            _ => wrong(format!("{name} is empty or not a list")),
        }
    }

    /// An optional string for a tag of the book.
    pub(super) fn tag(&mut self, tags: &mut BTreeMap<u16, String>, name: &str, tag: u16) -> Checked<()> {
        if let Some(text) = self.text_if_any(name)? {
            tags.insert(tag, text);
        }
        Ok(())
    }

    /// An optional INN for a tag of the book. The check digits are not looked at: the documents' own examples fail them.
    pub(super) fn inn_tag(&mut self, tags: &mut BTreeMap<u16, String>, name: &str, tag: u16) -> Checked<()> {
        self.tag(tags, name, tag)?;
        match tags.get(&tag) {
            Some(inn) if !checks::is_inn(inn) => wrong(format!("{name} is not an INN")),
            _ => Ok(()),
        }
    }

    pub(super) fn finish(self) -> Checked<()> {
        match self.left.first_key_value() {
            Some((name, _)) => wrong(format!("{} has no field {name}", self.owner)),
            None => Ok(()),
        }
    }
}

pub(super) fn text(value: &Tree, name: &str) -> Checked<String> {
    match value {
        Tree::Text(text) if !text.trim().is_empty() => Ok(text.clone()),
        Tree::Text(_) => wrong(format!("{name} is empty")),
        _ => wrong(format!("{name} is not a string")),
    }
}

pub(super) fn code(value: &Tree, name: &str, known: std::ops::RangeInclusive<i64>) -> Checked<i64> {
    match value.integer() {
        Some(number) if known.contains(&number) => Ok(number),
        Some(number) => wrong(format!("{name} {number} is not one of {known:?}")),
        None => wrong(format!("{name} is not a whole number")),
    }
}

fn roubles(value: &Tree, name: &str) -> Checked<i64> {
    match value.kopecks() {
        Some(sum) if (0..=MAX_SUM).contains(&sum) => Ok(sum),
        _ => wrong(format!("{name} is not a sum of roubles with at most two decimals")),
    }
}

fn word(value: &Tree, name: &str, known: &[&str]) -> Checked<usize> {
    let Tree::Text(text) = value else {
        return wrong(format!("{name} is not a string"));
    };
    let place = known.iter().position(|word| word == text);
    place.ok_or_else(|| format!("{name} {text} is not one of {}", known.join(", ")))
}

/// A code that was checked against a table which ends below 256.
pub(super) fn small(code: i64) -> u8 {
    u8::try_from(code).expect("the table ends below 256")
}
