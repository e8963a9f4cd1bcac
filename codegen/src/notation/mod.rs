//! The notation of the specs: which maps there are, which keys each has, and what stands under them. What reads the files
//! and what describes them to editors (`schema`) are both made of these tables.

pub(crate) mod mapping;
mod schema;
pub(crate) mod uniform;

use crate::diag::Diagnostics;
use crate::tree::{Keys, Node};

pub use schema::schemas;

/// A map with certain keys and no others.
#[derive(Debug)]
pub(crate) struct Map {
    /// Its name among the maps of a file.
    pub(crate) name: &'static str,
    /// What it is called in messages.
    pub(crate) what: &'static str,
    pub(crate) keys: Vec<Key>,
    /// Exactly one of these keys has to be there.
    pub(crate) one_of: &'static [&'static str],
    /// At least one of these keys has to be there.
    pub(crate) any_of: &'static [&'static str],
}

/// A key of a [`Map`].
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) value: Value,
    /// Whether it has to be there.
    pub(crate) due: bool,
    /// What it is for.
    pub(crate) about: &'static str,
}

/// A map that the first of its keys tells from others.
#[derive(Debug)]
pub(crate) struct Form {
    /// The key.
    pub(crate) verb: &'static str,
    /// All that it may have, the key included.
    pub(crate) map: Map,
}

/// Forms of a map.
#[derive(Debug)]
pub(crate) struct Forms {
    /// Its name among the maps of a file.
    pub(crate) name: &'static str,
    /// What it is called in messages.
    pub(crate) what: &'static str,
    pub(crate) forms: Vec<Form>,
}

/// What may stand somewhere.
#[derive(Debug)]
pub(crate) enum Value {
    /// A text.
    Text,
    /// A text that is not empty.
    Reason,
    /// A text, a number, true or false: names and codes, quoted or not.
    Word,
    /// A whole number that is at least this.
    Int(i64),
    /// True or false.
    Bool,
    /// Just true.
    True,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A day such as `2026-01-01`.
    Day,
    /// A number, or a text like this.
    Digits(&'static str),
    /// A text like this.
    Matches(&'static str),
    /// A regular expression.
    Pattern,
    /// A list.
    List(Box<Value>),
    /// A list that is not empty.
    Some(Box<Value>),
    /// A list of so many.
    ListOf(usize, Box<Value>),
    /// A map from names.
    Each(Box<Value>),
    /// A map from names that is not empty.
    EachSome(Box<Value>),
    /// A map from names like this.
    EachLike(&'static str, Box<Value>),
    /// A map from names of the uniform model.
    EachName(Name, Box<Value>),
    /// A map with certain keys.
    Is(fn() -> Map),
    /// A map in one of several forms.
    Forms(fn() -> Forms),
    /// Any of these.
    Any(Vec<Value>),
    /// A name of the uniform model.
    Name(Name),
    /// A map with an entry for each uniform operation.
    Operations(Box<Value>),
    /// A map with an entry for each value of the enumeration that stands under `uniform`.
    Rows(Box<Value>),
}

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// A field of what some operation takes, the key, or a part of the page that is asked for.
    Taken,
    /// A field of what some operation takes, or an object that holds fields.
    Input,
    /// A field of a result, or where the next page begins.
    Output,
    /// An enumeration.
    Enumeration,
    /// An error class.
    Class,
}

/// A key that may be there.
pub(crate) fn may(name: &'static str, value: Value, about: &'static str) -> Key {
    Key { name, value, due: false, about }
}

/// A key that has to be there.
pub(crate) fn due(name: &'static str, value: Value, about: &'static str) -> Key {
    Key { name, value, due: true, about }
}

/// A map with these keys.
pub(crate) fn map(name: &'static str, what: &'static str, keys: Vec<Key>) -> Map {
    Map { name, what, keys, one_of: &[], any_of: &[] }
}

/// A map with these keys, exactly one of which is among the second.
pub(crate) fn one_of(name: &'static str, what: &'static str, keys: Vec<Key>, one_of: &'static [&'static str]) -> Map {
    Map { name, what, keys, one_of, any_of: &[] }
}

/// A map with these keys, at least one of which is among the second.
pub(crate) fn any_of(name: &'static str, what: &'static str, keys: Vec<Key>, any_of: &'static [&'static str]) -> Map {
    Map { name, what, keys, one_of: &[], any_of }
}

/// A form of a line.
pub(crate) fn form(verb: &'static str, what: &'static str, keys: Vec<Key>) -> Form {
    Form { verb, map: map(verb, what, keys) }
}

/// A map from names.
pub(crate) fn each(value: Value) -> Value {
    Value::Each(Box::new(value))
}

/// A map from names that is not empty.
pub(crate) fn each_some(value: Value) -> Value {
    Value::EachSome(Box::new(value))
}

/// A map from names like this.
pub(crate) fn each_like(pattern: &'static str, value: Value) -> Value {
    Value::EachLike(pattern, Box::new(value))
}

/// A list.
pub(crate) fn list(value: Value) -> Value {
    Value::List(Box::new(value))
}

/// A list that is not empty.
pub(crate) fn some(value: Value) -> Value {
    Value::Some(Box::new(value))
}

/// A list of so many.
pub(crate) fn list_of(count: usize, value: Value) -> Value {
    Value::ListOf(count, Box::new(value))
}

impl Map {
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }

    /// The names of those that have to be there.
    pub(crate) fn due(&self) -> Vec<&'static str> {
        self.keys.iter().filter(|key| key.due).map(|key| key.name).collect()
    }

    /// Expects a map with no other keys (S002). A misspelt one is told, and then taken for the one that it was most likely
    /// meant to be.
    pub(crate) fn keys<'n>(&self, node: Node<'n>, diags: &mut Diagnostics) -> Option<Keys<'n>> {
        node.expect_keys(self.what, &self.names(), diags)
    }

    /// Expects such a map: no other keys, and those that are due (S007).
    pub(crate) fn expect<'n>(&self, node: Node<'n>, diags: &mut Diagnostics) -> Option<Keys<'n>> {
        let keys = self.keys(node, diags)?;
        for key in self.keys.iter().filter(|key| key.due) {
            keys.node().expect(self.what, key.name, diags);
        }
        Some(keys)
    }
}

impl Forms {
    /// The form that a map has: that of the first key that is there.
    pub(crate) fn of(&self, node: Node<'_>) -> Option<&Form> {
        self.forms.iter().find(|form| node.get(form.verb).is_some())
    }

    /// The form with this key.
    ///
    /// # Panics
    /// When there is none.
    pub(crate) fn with(&self, verb: &str) -> &Map {
        &self.forms.iter().find(|form| form.verb == verb).expect("a form of the notation").map
    }

    /// The keys that tell the forms apart.
    pub(crate) fn verbs(&self) -> Vec<&'static str> {
        self.forms.iter().map(|form| form.verb).collect()
    }

    /// Expects a map with no other keys than some form has, of one that shows none.
    pub(crate) fn keys<'n>(&self, node: Node<'n>, diags: &mut Diagnostics) -> Option<Keys<'n>> {
        let mut all: Vec<&'static str> = Vec::new();
        for name in self.forms.iter().flat_map(|form| form.map.names()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        node.expect_keys(self.what, &all, diags)
    }
}
