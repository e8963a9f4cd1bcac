//! From YAML to the tree.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::{MAX_DEPTH, NodeId, Pair, Stored, Tree, Unread, Value, to_u32};
use crate::source::{Kind, scalar};

/// An open list or map.
enum Open {
    List { offset: u32, anchor: usize, items: Vec<NodeId> },
    Map { offset: u32, anchor: usize, pairs: Vec<Pair>, key: Option<(super::Slice, u32)> },
}

/// Reads one document. An alias shares the node that it names, so no bomb grows; what follows references bounds itself.
pub(super) fn parse(tree: &mut Tree, range: Range<u32>) -> Result<NodeId, Unread> {
    let text = tree.text[range.start as usize..range.end as usize].to_owned();
    let lines = LineStarts::of(&text);
    let place = |span: &Span| range.start + lines.offset(&text, span.start.line(), span.start.col());
    let mut builder = Builder { tree, open: Vec::new(), anchors: HashMap::new(), weights: HashMap::new(), root: None };
    for event in Parser::new_from_str(&text) {
        let (event, span) = event.map_err(|error| {
            let mark = error.marker();
            Unread {
                offset: range.start + lines.offset(&text, mark.line(), mark.col()),
                reason: format!("this is not YAML: {}", error.info()),
            }
        })?;
        builder.take(event, place(&span))?;
    }
    builder.root.ok_or_else(|| Unread { offset: range.end, reason: "the file is empty".to_owned() })
}

struct LineStarts(Vec<usize>);

impl LineStarts {
    fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(ends).collect())
    }

    /// Lines from 1, columns in characters from 0.
    fn offset(&self, text: &str, line: usize, column: usize) -> u32 {
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or(text.len());
        let within = text[start..].char_indices().nth(column).map_or(text.len() - start, |(at, _)| at);
        to_u32(start + within)
    }
}

struct Builder<'t> {
    tree: &'t mut Tree,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
    /// How many nodes an anchor stands for, aliases written out.
    weights: HashMap<NodeId, u64>,
    root: Option<NodeId>,
}

/// How many nodes aliases may add, so that a few lines cannot grow without bound.
const MAX_ALIASED: u64 = 1_000_000;
/// How many bytes of a text weigh as much as a value.
const TEXT_WEIGHT: u64 = 64;

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, offset: u32) -> Result<(), Unread> {
        let unread = |reason: String| Err(Unread { offset, reason });
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.tree.may_be(text.len(), offset)?;
                if let Some(Open::Map { key: key @ None, .. }) = self.open.last_mut() {
                    let slice = self.tree.push_text(&text);
                    *key = Some((slice, offset));
                    if anchor != 0 {
                        let id = self.tree.push(offset, Stored::Text(slice));
                        self.anchors.insert(anchor, id);
                    }
                    return Ok(());
                }
                let stored = if style == ScalarStyle::Plain {
                    match scalar(&text, style, tag.as_deref()) {
                        Kind::Null => Stored::Null,
                        Kind::Bool(value) => Stored::Bool(value),
                        Kind::Number(text) => Stored::Number(self.tree.push_text(&text)),
                        _ => Stored::Text(self.tree.push_text(&text)),
                    }
                } else {
                    Stored::Text(self.tree.push_text(&text))
                };
                let id = self.tree.push(offset, stored);
                self.add(id, anchor, offset)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).copied() {
                Some(id) => self.add(id, 0, offset),
                None => unread("an alias of a value that contains it".to_owned()),
            },
            Event::SequenceStart(..) | Event::MappingStart(..) if self.open.len() >= MAX_DEPTH => {
                unread(format!("values nested more than {MAX_DEPTH} deep"))
            }
            Event::SequenceStart(..) | Event::MappingStart(..)
                if matches!(self.open.last(), Some(Open::Map { key: None, .. })) =>
            {
                unread("a key has to be a text".to_owned())
            }
            Event::SequenceStart(anchor, _) => {
                self.open.push(Open::List { offset, anchor, items: Vec::new() });
                Ok(())
            }
            Event::MappingStart(anchor, _) => {
                self.open.push(Open::Map { offset, anchor, pairs: Vec::new(), key: None });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List { offset, anchor, items }) => {
                    let id = self.tree.push_list(offset, &items);
                    self.weigh(id, items.iter().copied(), offset)?;
                    self.add(id, anchor, offset)
                }
                Some(Open::Map { offset, anchor, pairs, .. }) => {
                    let pairs = self.merged(pairs);
                    let id = self.tree.push_map(offset, &pairs);
                    self.weigh(id, pairs.iter().map(|pair| pair.value), offset)?;
                    self.add(id, anchor, offset)
                }
                None => Ok(()),
            },
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Nothing => Ok(()),
            Event::DocumentStart(_) if self.root.is_some() => unread("a second document in one file".to_owned()),
            Event::DocumentStart(_) => Ok(()),
        }
    }

    /// The entries of a map, and those that it takes from others by `<<` and does not have itself.
    fn merged(&self, pairs: Vec<Pair>) -> Vec<Pair> {
        let tree = &*self.tree;
        let is_merge = |pair: &Pair| tree.slice(pair.key) == "<<" && !self.sources(pair.value).is_empty();
        if !pairs.iter().any(is_merge) {
            return pairs;
        }
        let (merges, mut all): (Vec<Pair>, Vec<Pair>) = pairs.into_iter().partition(is_merge);
        let mut had: HashSet<&str> = all.iter().map(|pair| tree.slice(pair.key)).collect();
        for pair in merges.iter().flat_map(|merge| self.sources(merge.value)).flatten() {
            if had.insert(tree.slice(pair.key)) {
                all.push(*pair);
            }
        }
        all
    }

    /// The entries of a map, or of each of a list of maps.
    fn sources(&self, id: NodeId) -> Vec<&[Pair]> {
        let entries = |id: &NodeId| match self.tree.value(*id) {
            Value::Map(entries) => Some(entries.pairs),
            _ => None,
        };
        match self.tree.value(id) {
            Value::List(items) => items.iter().map(entries).collect::<Option<_>>().unwrap_or_default(),
            _ => entries(&id).into_iter().collect(),
        }
    }

    fn weigh(&mut self, id: NodeId, of: impl Iterator<Item = NodeId>, offset: u32) -> Result<(), Unread> {
        let weight = of.fold(1_u64, |sum, id| sum.saturating_add(self.weights.get(&id).copied().unwrap_or(1)));
        if weight > self.tree.nodes.len() as u64 + MAX_ALIASED {
            return Err(Unread { offset, reason: "aliases repeat more values than any document has".to_owned() });
        }
        self.weights.insert(id, weight);
        Ok(())
    }

    fn add(&mut self, id: NodeId, anchor: usize, offset: u32) -> Result<(), Unread> {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
            if let Some(text) = self.tree.as_text(id) {
                self.weights.insert(id, 1 + text.len() as u64 / TEXT_WEIGHT);
            }
        }
        match self.open.last_mut() {
            None => self.root = Some(id),
            Some(Open::List { items, .. }) => items.push(id),
            Some(Open::Map { pairs, key, .. }) => match key.take() {
                Some((key, offset)) => pairs.push(Pair { key, offset, value: id }),
                None => {
                    // An alias as a key: of a text it is one.
                    let Stored::Text(slice) = self.tree.nodes[id.0 as usize].stored else {
                        return Err(Unread { offset, reason: "a key has to be a text".to_owned() });
                    };
                    *key = Some((slice, offset));
                }
            },
        }
        Ok(())
    }
}
