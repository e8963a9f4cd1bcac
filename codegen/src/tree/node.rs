//! Nodes as they are walked by what reads for people: with their tree, and the key that they stand under.

use std::fmt;

use super::expect::Mends;
use super::{NodeId, Pair, Span, Tree, Value};

/// A node of a tree.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    pub(super) tree: &'t Tree,
    pub(super) id: NodeId,
    pub(super) key: Option<Pair>,
    pub(super) mends: Option<&'t Mends>,
}

/// A key and its value.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'t> {
    /// The key, as text.
    pub key: &'t str,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node<'t>,
}

/// A node that outlives the look at it: [`Tree::node_at`] finds it again.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    id: NodeId,
    key: Option<Pair>,
}

impl Tree {
    /// A node, as the root of what is walked.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node { tree: self, id, key: None, mends: None }
    }

    /// The node of a spot.
    #[must_use]
    pub fn node_at(&self, spot: Spot) -> Node<'_> {
        Node { tree: self, id: spot.id, key: spot.key, mends: None }
    }
}

impl<'t> Node<'t> {
    /// Its number in the tree.
    #[must_use]
    pub fn id(self) -> NodeId {
        self.id
    }

    /// What outlives the look at it.
    #[must_use]
    pub fn spot(self) -> Spot {
        Spot { id: self.id, key: self.key }
    }

    /// What it is.
    #[must_use]
    pub fn value(self) -> Value<'t> {
        self.tree.value(self.id)
    }

    /// What it is, for a message.
    #[must_use]
    pub fn kind(self) -> &'static str {
        self.tree.kind(self.id)
    }

    /// Whether it is a map.
    #[must_use]
    pub fn is_map(self) -> bool {
        matches!(self.value(), Value::Map(_))
    }

    /// Where it begins.
    #[must_use]
    pub fn start(self) -> u32 {
        self.tree.offset(self.id)
    }

    /// Where it stands.
    #[must_use]
    pub fn span(self) -> Span {
        self.tree.span(self.id)
    }

    /// Where the key stands that it is the value of.
    #[must_use]
    pub fn key(self) -> Option<Span> {
        self.key.map(|pair| self.tree.key_span(&pair))
    }

    /// The value under `key`, of a map.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        match self.renamed() {
            None => self.tree.pair(self.id, key).map(|pair| self.under(pair)),
            Some(_) => self.entry(key).map(|entry| entry.value),
        }
    }

    /// The entry of `key`, of a map.
    #[must_use]
    pub fn entry(self, key: &str) -> Option<Entry<'t>> {
        match self.renamed() {
            None => self.tree.pair(self.id, key).map(|pair| self.entry_of(pair)),
            Some(_) => self.entries().find(|entry| entry.key == key),
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(self) -> Option<&'t str> {
        self.tree.as_text(self.id)
    }

    /// The text of a scalar that may be written without quotes.
    #[must_use]
    pub fn as_scalar(self) -> Option<String> {
        match self.value() {
            Value::Text(text) | Value::Number(text) => Some(text.to_owned()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_int(self) -> Option<i64> {
        match self.value() {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// `true` or `false`, if it is one.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.value() {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The elements, of a list; nothing of anything else.
    pub fn items(self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + 't {
        self.tree.items(self.id).iter().map(move |id| Self { id: *id, key: None, ..self })
    }

    /// The elements of the list under `key`.
    pub fn items_of(self, key: &str) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + 't {
        let items = self.get(key).map_or(&[][..], |list| self.tree.items(list.id));
        items.iter().map(move |id| Self { id: *id, key: None, ..self })
    }

    /// The entries, of a map; nothing of anything else.
    pub fn entries(self) -> impl ExactSizeIterator<Item = Entry<'t>> + 't {
        let renamed = self.renamed().unwrap_or_default();
        self.tree.entries(self.id).pairs.iter().enumerate().map(move |(n, pair)| {
            let entry = self.entry_of(pair);
            let mended = renamed.iter().find(|(at, _)| *at == n);
            mended.map_or(entry, |(_, key)| Entry { key, ..entry })
        })
    }

    /// The entries of the map under `key`.
    pub fn entries_of(self, key: &str) -> impl Iterator<Item = Entry<'t>> + 't {
        self.get(key).into_iter().flat_map(Self::entries)
    }

    fn entry_of(self, pair: &'t Pair) -> Entry<'t> {
        Entry { key: self.tree.slice(pair.key), key_span: self.tree.key_span(pair), value: self.under(pair) }
    }

    fn under(self, pair: &Pair) -> Self {
        Self { id: pair.value, key: Some(*pair), ..self }
    }

    fn renamed(self) -> Option<&'t [(usize, &'static str)]> {
        self.mends.and_then(|mends| mends.of(self.id))
    }

    /// A value that stands beside its key; the key of one that stands below it; the first line of one without a key.
    #[must_use]
    pub fn head(self) -> Span {
        let span = self.span();
        let breaks = |from: u32, to: u32| {
            self.tree.text.get(from as usize..to as usize).is_some_and(|between| between.contains('\n'))
        };
        let lines = breaks(span.start, span.end);
        if let Some(key) = self.key.filter(|key| lines || breaks(key.offset, span.start)) {
            return self.tree.key_span(&key);
        }
        if !lines {
            return span;
        }
        if let Some(first) = self.entries().next() {
            return first.key_span;
        }
        let first = self.tree.text.get(span.start as usize..).and_then(|text| text.chars().next());
        let len = first.map_or(1, char::len_utf8);
        Span { end: span.start + super::to_u32(len), ..span }
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("id", &self.id).field("key", &self.key).finish_non_exhaustive()
    }
}
