//! One lean tree for all files of a run: documents, mappings and the uniform model alike.
//!
//! Nodes are numbers into an arena, texts are slices of the source wherever no escape stands in them, and a place is a
//! byte offset until somebody asks for its line. So a document of 13 MB is read in tens of milliseconds. Who reads for
//! people walks it by [`Node`]s, which know the tree and the key that they stand under.

mod entries;
mod expect;
mod extent;
mod grow;
mod json;
mod node;
pub(crate) mod number;
mod place;
mod pointer;
mod read;
mod yaml;

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;

pub use entries::Entries;
pub(crate) use expect::{Keys, Mends};
pub use extent::Span;
pub use node::{Entry, Node, Spot};
pub use place::Place;
pub(crate) use place::steers;
pub(crate) use pointer::{Pointers, beside, steps};
pub use read::Unread;

/// What is taken of a file.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// How deep it may nest.
    pub depth: usize,
    /// How many values aliases may add, so that a few lines cannot grow without bound.
    pub aliased: usize,
}

impl Policy {
    /// Of a document from anywhere: deeper than any honest one, on a stack of its own.
    pub const DOCUMENT: Self = Self { depth: 256, aliased: 1_000_000 };
    /// Of specs, which are written by hand, and read on the stack of whoever calls.
    pub const SPECS: Self = Self { depth: 200, aliased: 100_000 };
}

impl Default for Policy {
    fn default() -> Self {
        Self::DOCUMENT
    }
}

/// Names a node of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// A text of the tree: a slice of a source, or of what was unescaped.
#[derive(Debug, Clone, Copy)]
struct Slice {
    start: u32,
    len: u32,
}

#[derive(Debug, Clone, Copy)]
enum Stored {
    Null,
    Bool(bool),
    Number(Slice),
    Text(Slice),
    List { first: u32, len: u32 },
    Map { first: u32, len: u32 },
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// Where it begins.
    offset: u32,
    stored: Stored,
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    key: Slice,
    /// Where the key begins.
    offset: u32,
    value: NodeId,
}

/// A value as it is looked at.
#[derive(Debug, Clone, Copy)]
pub enum Value<'t> {
    /// `null`, or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, digit for digit.
    Number(&'t str),
    /// A text.
    Text(&'t str),
    /// A list.
    List(&'t [NodeId]),
    /// A map.
    Map(Entries<'t>),
}

/// A file of the tree.
#[derive(Debug)]
struct Source {
    /// The folder that the path is relative to.
    folder: PathBuf,
    /// The path, as it is shown.
    path: String,
    /// The part of the text that is its own.
    text: Range<u32>,
    root: NodeId,
    /// The first node that is not its own.
    end: NodeId,
    /// Where its lines begin, once somebody asked.
    lines: OnceLock<Vec<u32>>,
}

/// All files of a run.
#[derive(Debug, Default)]
pub struct Tree {
    policy: Policy,
    /// The files one behind the other, and behind them what was unescaped.
    text: String,
    nodes: Vec<Slot>,
    items: Vec<NodeId>,
    pairs: Vec<Pair>,
    sources: Vec<Source>,
    /// Where large maps have which key.
    index: HashMap<NodeId, HashMap<Box<str>, u32>>,
    /// Keys that stand twice in a map: the second entry, and the first.
    twins: Vec<(Pair, Pair)>,
}

/// A key that stands twice in a map.
#[derive(Debug, Clone)]
pub(crate) struct Twin {
    pub(crate) key: String,
    pub(crate) first: Span,
    pub(crate) second: Span,
    /// What it says the first time, and the second.
    pub(crate) values: (NodeId, NodeId),
}

impl Tree {
    /// A tree of files that are read so.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// The value of a node.
    #[must_use]
    pub fn value(&self, id: NodeId) -> Value<'_> {
        match self.nodes[id.0 as usize].stored {
            Stored::Null => Value::Null,
            Stored::Bool(value) => Value::Bool(value),
            Stored::Number(slice) => Value::Number(self.slice(slice)),
            Stored::Text(slice) => Value::Text(self.slice(slice)),
            Stored::List { first, len } => Value::List(&self.items[first as usize..(first + len) as usize]),
            Stored::Map { first, len } => {
                Value::Map(Entries { tree: self, pairs: &self.pairs[first as usize..(first + len) as usize] })
            }
        }
    }

    fn slice(&self, slice: Slice) -> &str {
        &self.text[slice.start as usize..(slice.start + slice.len) as usize]
    }

    /// The value under `key`, of a map.
    #[must_use]
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.pair(id, key).map(|pair| pair.value)
    }

    fn pair(&self, id: NodeId, key: &str) -> Option<&Pair> {
        let Stored::Map { first, len } = self.nodes[id.0 as usize].stored else { return None };
        if let Some(index) = self.index.get(&id) {
            return index.get(key).map(|at| &self.pairs[*at as usize]);
        }
        let pairs = &self.pairs[first as usize..(first + len) as usize];
        pairs.iter().find(|pair| self.slice(pair.key) == key)
    }

    /// The text under `key`.
    #[must_use]
    pub fn text(&self, id: NodeId, key: &str) -> Option<&str> {
        self.get(id, key).and_then(|value| self.as_text(value))
    }

    /// The truth value under `key`; `false` if there is none.
    #[must_use]
    pub fn flag(&self, id: NodeId, key: &str) -> bool {
        self.get(id, key).is_some_and(|value| matches!(self.value(value), Value::Bool(true)))
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self, id: NodeId) -> Option<&str> {
        match self.value(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries, of a map; none of anything else.
    #[must_use]
    pub fn entries(&self, id: NodeId) -> Entries<'_> {
        match self.value(id) {
            Value::Map(entries) => entries,
            _ => Entries { tree: self, pairs: &[] },
        }
    }

    /// The entries under `key`.
    #[must_use]
    pub fn entries_of(&self, id: NodeId, key: &str) -> Entries<'_> {
        self.get(id, key).map_or(Entries { tree: self, pairs: &[] }, |value| self.entries(value))
    }

    /// The items, of a list; none of anything else.
    #[must_use]
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match self.value(id) {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The items under `key`.
    #[must_use]
    pub fn items_of(&self, id: NodeId, key: &str) -> &[NodeId] {
        self.get(id, key).map_or(&[], |value| self.items(value))
    }

    /// The keys that stand twice in a map, each told once.
    pub(crate) fn take_twins(&mut self) -> Vec<Twin> {
        let twins = std::mem::take(&mut self.twins);
        let twin = |(second, first): &(Pair, Pair)| Twin {
            key: self.slice(second.key).to_owned(),
            first: self.key_span(first),
            second: self.key_span(second),
            values: (first.value, second.value),
        };
        twins.iter().map(twin).collect()
    }

    /// Where a node begins.
    #[must_use]
    pub fn offset(&self, id: NodeId) -> u32 {
        self.nodes[id.0 as usize].offset
    }

    /// All nodes.
    pub(crate) fn ids(&self) -> impl Iterator<Item = NodeId> {
        (0..to_u32(self.nodes.len())).map(NodeId)
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What the node is, for a message.
    #[must_use]
    pub fn kind(&self, id: NodeId) -> &'static str {
        match self.value(id) {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tree: &Tree, id: NodeId) -> String {
        match tree.value(id) {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(text) => text.to_owned(),
            Value::Text(text) => format!("{text:?}"),
            Value::List(items) => {
                format!("[{}]", items.iter().map(|item| shown(tree, *item)).collect::<Vec<_>>().join(","))
            }
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("{key}:{}", shown(tree, value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
            }
        }
    }

    #[test]
    fn json_and_yaml_are_one_tree() {
        let json = "{\"a\": [1.50, \"x\\u00e9\\n\", null, true], \"b/c\": {\"d\": {}}}";
        let yaml = "a:\n- 1.50\n- \"xé\\n\"\n- ~\n- true\nb/c: &x\n  d: {}\n";
        for (path, text) in
            [("a.json", json), ("a.yaml", yaml), ("flow.yaml", "{a: [1.50, \"xé\\n\", null, true], b/c: {d: {}}}")]
        {
            let mut tree = Tree::default();
            let root = tree.add(path, text).unwrap();
            assert_eq!(shown(&tree, root), "{a:[1.50,\"xé\\n\",null,true],b/c:{d:{}}}", "{path}");
        }
    }

    #[test]
    fn the_first_of_twins_counts_and_they_are_told() {
        let many: Vec<String> = (0..40).map(|n| format!("\"k{}\": {n}", n % 39)).collect();
        for text in ["{\"k0\": 0, \"k0\": 39}".to_owned(), format!("{{{}}}", many.join(","))] {
            let mut tree = Tree::default();
            let root = tree.add("a.json", &text).unwrap();
            assert_eq!(shown(&tree, tree.get(root, "k0").unwrap()), "0");
            let [twin] = &tree.take_twins()[..] else { panic!("one key stands twice") };
            let values = (shown(&tree, twin.values.0), shown(&tree, twin.values.1));
            assert_eq!((twin.key.as_str(), values), ("k0", ("0".to_owned(), "39".to_owned())));
        }
    }

    #[test]
    fn what_is_hostile_ends_in_an_error() {
        let bomb = format!(
            "a: &a [x,x,x,x,x,x,x,x,x]\n{}",
            ('b'..='z')
                .map(|c| format!("{c}: &{c} [{}]\n", vec![format!("*{}", (c as u8 - 1) as char); 9].join(",")))
                .collect::<String>()
        );
        for text in [
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "- ".repeat(5_000),
            bomb,
            "{\"a\": \"".to_owned() + &"x".repeat(1_000_000),
        ] {
            assert!(Tree::default().add("a.yaml", &text).is_err(), "{}", &text[..20]);
        }
    }
}
