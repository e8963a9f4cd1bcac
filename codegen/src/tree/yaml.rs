//! From YAML to the tree.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span as Marks, Tag};

use super::{NodeId, Pair, Slice, Span, Stored, Tree, Unread, Value, number, to_u32};

/// An open list or map.
enum Open {
    List { offset: u32, anchor: usize, items: Vec<NodeId> },
    Map { offset: u32, anchor: usize, pairs: Vec<Pair>, key: Option<(super::Slice, u32)> },
}

/// Reads one document. An alias shares the node that it names, so no bomb grows; what follows references bounds itself.
pub(super) fn parse(tree: &mut Tree, range: Range<u32>) -> Result<NodeId, Unread> {
    let text = tree.text[range.start as usize..range.end as usize].to_owned();
    let lines = Lines::of(&text, range.start);
    let (anchors, weights) = (HashMap::new(), HashMap::new());
    let mut builder = Builder { tree, lines: &lines, open: Vec::new(), anchors, weights, aliased: 0, root: None };
    for event in Parser::new_from_str(&text) {
        let (event, marks) = event
            .map_err(|error| Unread::at(lines.offset(error.marker()), format!("this is not YAML: {}", error.info())))?;
        builder.take(event, &marks)?;
    }
    builder.root.ok_or_else(|| Unread::over(Span { start: range.start, end: range.start }, "the file is empty"))
}

/// Where the lines of a text begin, and where the text itself does.
struct Lines<'x> {
    text: &'x str,
    starts: Vec<usize>,
    base: u32,
}

impl<'x> Lines<'x> {
    fn of(text: &'x str, base: u32) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect(), base }
    }

    fn span(&self, marks: &Marks) -> Span {
        Span { start: self.offset(&marks.start), end: self.offset(&marks.end) }
    }

    /// Lines from 1, columns in characters from 0.
    fn offset(&self, mark: &Marker) -> u32 {
        let start = self.starts.get(mark.line().saturating_sub(1)).copied().unwrap_or(self.text.len());
        let rest = &self.text[start..];
        let within = match rest.as_bytes().get(..mark.col()) {
            Some(before) if before.is_ascii() => before.len(),
            _ => rest.char_indices().nth(mark.col()).map_or(rest.len(), |(at, _)| at),
        };
        self.base + to_u32(start + within)
    }
}

/// How many bytes of a text weigh as much as a value.
const TEXT_WEIGHT: usize = 64;

struct Builder<'t> {
    tree: &'t mut Tree,
    lines: &'t Lines<'t>,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
    /// How many nodes a list or map stands for, aliases written out.
    weights: HashMap<NodeId, usize>,
    /// How many nodes aliases have added.
    aliased: usize,
    root: Option<NodeId>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, marks: &Marks) -> Result<(), Unread> {
        let offset = self.lines.offset(&marks.start);
        let begins = !matches!(
            event,
            Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(_)
                | Event::DocumentEnd
                | Event::Nothing
                | Event::SequenceEnd
                | Event::MappingEnd
        );
        if begins && self.open.is_empty() && self.root.is_some() {
            return Err(self.unread(marks, "a second document in one file"));
        }
        if begins && self.open.len() > self.tree.policy.depth {
            return Err(Unread::too_deep(offset, self.tree.policy));
        }
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
                let slice = self.tree.push_text(&text);
                let id = self.tree.push(offset, scalar(&text, slice, style, tag.as_deref()));
                self.add(id, anchor, offset, marks)
            }
            Event::Alias(anchor) => {
                let Some(id) = self.anchors.get(&anchor).copied() else {
                    return Err(self.unread(marks, "an alias of a value that contains it"));
                };
                self.aliased = self.aliased.saturating_add(self.weight(id));
                let most = self.tree.policy.aliased;
                if self.aliased > most {
                    return Err(self.unread(marks, format!("aliases repeat more than {most} values")));
                }
                self.add(id, 0, offset, marks)
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
                    self.weigh(id, items.iter().copied());
                    self.add(id, anchor, offset, marks)
                }
                Some(Open::Map { offset, anchor, pairs, .. }) => {
                    let pairs = self.merged(pairs);
                    let id = self.tree.push_map(offset, &pairs);
                    self.weigh(id, pairs.iter().map(|pair| pair.value));
                    self.add(id, anchor, offset, marks)
                }
                None => Ok(()),
            },
            _ => Ok(()),
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

    fn unread(&self, marks: &Marks, reason: impl Into<String>) -> Unread {
        Unread::over(self.lines.span(marks), reason)
    }

    fn weight(&self, id: NodeId) -> usize {
        self.weights.get(&id).copied().unwrap_or(1)
    }

    fn weigh(&mut self, id: NodeId, of: impl Iterator<Item = NodeId>) {
        let weight = of.fold(1_usize, |sum, id| sum.saturating_add(self.weight(id)));
        self.weights.insert(id, weight);
    }

    /// Puts a value where it belongs; `marks` are those of its end.
    fn add(&mut self, id: NodeId, anchor: usize, offset: u32, marks: &Marks) -> Result<(), Unread> {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
            if let Some(text) = self.tree.as_text(id) {
                self.weights.insert(id, 1 + text.len() / TEXT_WEIGHT);
            }
        }
        match self.open.last_mut() {
            None => self.root = Some(id),
            Some(Open::List { items, .. }) => items.push(id),
            Some(Open::Map { pairs, key, .. }) => match key.take() {
                Some((key, offset)) => pairs.push(Pair { key, offset, value: id }),
                None => {
                    // An alias as a key: of a text it is one.
                    let (Stored::Text(slice) | Stored::Number(slice)) = self.tree.nodes[id.0 as usize].stored else {
                        let span = Span { start: offset, end: self.lines.offset(&marks.end) };
                        return Err(Unread::over(span, "a key has to be a text"));
                    };
                    *key = Some((slice, offset));
                }
            },
        }
        Ok(())
    }
}

/// What a scalar is, by the core schema of YAML 1.2.
fn scalar(text: &str, slice: Slice, style: ScalarStyle, tag: Option<&Tag>) -> Stored {
    if style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str") {
        return Stored::Text(slice);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Stored::Null,
        "true" | "True" | "TRUE" => Stored::Bool(true),
        "false" | "False" | "FALSE" => Stored::Bool(false),
        _ if number::is_number(text) => Stored::Number(slice),
        _ => Stored::Text(slice),
    }
}
