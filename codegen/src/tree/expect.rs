//! What is expected of a node, and told where it is not so.

use std::collections::HashMap;

use super::{Entry, Node, NodeId, Value};
use crate::diag::{Code, Diagnostics, list_of, nearest};

/// Misspelt keys of maps, and what they are taken for.
#[derive(Debug, Default)]
pub(crate) struct Mends(HashMap<NodeId, Vec<(usize, &'static str)>>);

impl Mends {
    /// Those of a map: which entry, and the key that it is taken for.
    pub(super) fn of(&self, id: NodeId) -> Option<&[(usize, &'static str)]> {
        self.0.get(&id).map(Vec::as_slice)
    }

    /// Takes those of others as well.
    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }
}

/// A map whose misspelt keys are taken for those that they were most likely meant to be.
#[derive(Debug)]
pub(crate) struct Keys<'t> {
    node: Node<'t>,
    mends: Mends,
}

impl<'t> Keys<'t> {
    /// A map, certain of its entries under other keys.
    pub(crate) fn new(node: Node<'t>, renamed: Vec<(usize, &'static str)>) -> Self {
        let mends = if renamed.is_empty() { HashMap::new() } else { HashMap::from([(node.id, renamed)]) };
        Self { node, mends: Mends(mends) }
    }

    /// The map, to be looked at.
    pub(crate) fn node(&self) -> Node<'_> {
        if self.is_mended() { self.node.mended(&self.mends) } else { self.node }
    }

    /// Whether a key was put right.
    pub(crate) fn is_mended(&self) -> bool {
        !self.mends.0.is_empty()
    }

    pub(crate) fn into_mends(self) -> Mends {
        self.mends
    }
}

impl<'t> Node<'t> {
    /// The node, and what is below it, with misspelt keys put right.
    pub(crate) fn mended<'m>(self, mends: &'m Mends) -> Node<'m>
    where
        't: 'm,
    {
        Node { mends: Some(mends), ..self }
    }

    /// Expects a map.
    pub fn expect_map(self, what: &str, diags: &mut Diagnostics) -> Option<Vec<Entry<'t>>> {
        if self.is_map() {
            return Some(self.entries().collect());
        }
        diags.error(Code::S003, self.span(), format!("{what} has to be a map, and this is {}", self.kind()));
        None
    }

    /// Expects a list.
    pub fn expect_list(self, what: &str, diags: &mut Diagnostics) -> Option<Vec<Self>> {
        if matches!(self.value(), Value::List(_)) {
            return Some(self.items().collect());
        }
        diags.error(Code::S003, self.span(), format!("{what} has to be a list, and this is {}", self.kind()));
        None
    }

    /// Expects a text; a number or a truth value is told to be quoted.
    pub fn expect_text(self, what: &str, diags: &mut Diagnostics) -> Option<&'t str> {
        let text = self.as_text();
        if text.is_none() {
            let message = format!("{what} has to be a text, and this is {}", self.kind());
            let diag = diags.error(Code::S003, self.span(), message);
            if let Some(text) = self.as_scalar() {
                diag.help(format!("write \"{text}\""));
            }
        }
        text
    }

    /// Expects `true` or `false`.
    pub fn expect_bool(self, what: &str, diags: &mut Diagnostics) -> Option<bool> {
        let value = self.as_bool();
        if value.is_none() {
            let found = self.kind();
            diags.error(Code::S003, self.span(), format!("{what} has to be true or false, and this is {found}"));
        }
        value
    }

    /// Expects a whole number.
    pub fn expect_int(self, what: &str, diags: &mut Diagnostics) -> Option<i64> {
        let value = self.as_int();
        if value.is_none() {
            let found = self.kind();
            diags.error(Code::S003, self.span(), format!("{what} has to be a whole number, and this is {found}"));
        }
        value
    }

    /// Expects a map with no other keys than `known`. A misspelt key is told, and then taken for the one that it was
    /// most likely meant to be, so that what it holds is not missed a second time.
    pub(crate) fn expect_keys(self, what: &str, known: &[&'static str], diags: &mut Diagnostics) -> Option<Keys<'t>> {
        let entries = self.expect_map(what, diags)?;
        let mut renamed: Vec<(usize, &'static str)> = Vec::new();
        for (n, entry) in entries.iter().enumerate().filter(|(_, entry)| !known.contains(&entry.key)) {
            let diag = diags.error(Code::S002, entry.key_span, format!("{what} has no key `{}`", entry.key));
            if let Some(name) = nearest(entry.key, known.iter().copied()) {
                diag.help(format!("there is `{name}`"));
                if self.get(name).is_none() && renamed.iter().all(|(_, other)| *other != name) {
                    renamed.push((n, name));
                }
            } else if n > 0
                && matches!(entry.value.value(), Value::Null)
                && self.tree.same_line(entries[n - 1].value.span().start, entry.key_span.start)
            {
                // Two entries in a line are between braces, where a comma ends the text before it.
                diag.help("a text with a comma has to be quoted");
            } else {
                diag.help(format!("it may have {}", list_of(known)));
            }
        }
        Some(Keys::new(self, renamed))
    }

    /// Expects the value under `key`.
    pub fn expect(self, what: &str, key: &str, diags: &mut Diagnostics) -> Option<Self> {
        let value = self.get(key);
        if value.is_none() {
            diags.error(Code::S007, self.head(), format!("{what} needs a key `{key}`"));
        }
        value
    }
}
