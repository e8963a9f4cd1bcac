//! The tree of a YAML or JSON file, each node with its position.

use std::borrow::Cow;

use super::Span;
use crate::diag::{Code, Diagnostics, nearest};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// The key that it is the value of.
    pub key: Option<Span>,
    /// What it is.
    pub kind: Kind,
}

/// What a value is. Numbers keep their text.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, digit for digit.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key, as text.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Kind {
    /// What it is, for a message.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl Node {
    /// The value under `key`, of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value under `key`, of a map, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match &mut self.kind {
            Kind::Map(entries) => entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value),
            _ => None,
        }
    }

    /// The entry of `key`, of a map.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a scalar that may be written without quotes.
    #[must_use]
    pub fn as_scalar(&self) -> Option<String> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text.clone()),
            Kind::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match &self.kind {
            Kind::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// `true` or `false`, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The elements, of a list; nothing of anything else.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The entries, of a map; nothing of anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Expects a map.
    pub fn expect_map(&self, what: &str, diags: &mut Diagnostics) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            other => {
                diags.error(Code::S003, self.span, format!("{what} has to be a map, and this is {}", other.name()));
                None
            }
        }
    }

    /// Expects a list.
    pub fn expect_list(&self, what: &str, diags: &mut Diagnostics) -> Option<&[Node]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            other => {
                diags.error(Code::S003, self.span, format!("{what} has to be a list, and this is {}", other.name()));
                None
            }
        }
    }

    /// Expects a text; a number or a truth value is told to be quoted.
    pub fn expect_text(&self, what: &str, diags: &mut Diagnostics) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            other => {
                let diag = diags.error(
                    Code::S003,
                    self.span,
                    format!("{what} has to be a text, and this is {}", other.name()),
                );
                if let Some(text) = self.as_scalar() {
                    diag.help(format!("write \"{text}\""));
                }
                None
            }
        }
    }

    /// Expects `true` or `false`.
    pub fn expect_bool(&self, what: &str, diags: &mut Diagnostics) -> Option<bool> {
        let value = self.as_bool();
        if value.is_none() {
            let found = self.kind.name();
            diags.error(Code::S003, self.span, format!("{what} has to be true or false, and this is {found}"));
        }
        value
    }

    /// Expects a whole number.
    pub fn expect_int(&self, what: &str, diags: &mut Diagnostics) -> Option<i64> {
        let value = self.as_int();
        if value.is_none() {
            let found = self.kind.name();
            diags.error(Code::S003, self.span, format!("{what} has to be a whole number, and this is {found}"));
        }
        value
    }

    /// Expects a map with no other keys than `known`. A misspelt key is told, and then taken for the one that it was
    /// most likely meant to be, so that what it holds is not missed a second time.
    pub fn expect_keys(&self, what: &str, known: &[&str], diags: &mut Diagnostics) -> Option<Cow<'_, Self>> {
        let entries = self.expect_map(what, diags)?;
        let mut mended = Cow::Borrowed(self);
        for (n, entry) in entries.iter().enumerate().filter(|(_, entry)| !known.contains(&entry.key.as_str())) {
            let diag = diags.error(Code::S002, entry.key_span, format!("{what} has no key `{}`", entry.key));
            if let Some(name) = nearest(&entry.key, known.iter().copied()) {
                diag.help(format!("there is `{name}`"));
                if mended.get(name).is_none()
                    && let Kind::Map(entries) = &mut mended.to_mut().kind
                {
                    name.clone_into(&mut entries[n].key);
                }
            } else if n > 0
                && matches!(entry.value.kind, Kind::Null)
                && entries[n - 1].value.span.line == entry.key_span.line
            {
                // Two entries in a line are between braces, where a comma ends the text before it.
                diag.help("a text with a comma has to be quoted");
            } else {
                diag.help(format!("it may have {}", list_of(known)));
            }
        }
        Some(mended)
    }

    /// Expects the value under `key`.
    pub fn expect(&self, what: &str, key: &str, diags: &mut Diagnostics) -> Option<&Node> {
        let value = self.get(key);
        if value.is_none() {
            diags.error(Code::S007, self.head(), format!("{what} needs a key `{key}`"));
        }
        value
    }

    /// A value that stands beside its key; the key of one that stands below it; the first line of one without a key.
    #[must_use]
    pub fn head(&self) -> Span {
        let below = |key: &Span| key.line < self.span.line || self.span.line < self.span.end_line;
        if let Some(key) = self.key.filter(below) {
            return key;
        }
        if self.span.line == self.span.end_line {
            return self.span;
        }
        match &self.kind {
            Kind::Map(entries) if !entries.is_empty() => entries[0].key_span,
            _ => Span { end_line: self.span.line, end_column: self.span.column + 1, ..self.span },
        }
    }
}

/// `a`, `b` and `c`, for a message.
#[must_use]
pub(crate) fn list_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
