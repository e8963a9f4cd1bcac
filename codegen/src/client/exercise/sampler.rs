//! Makes values that a schema allows: of the document's examples where they are right, otherwise of the schema alone.

mod tags;

use std::collections::HashMap;

use super::super::view::{More, Reader, View, types};
use super::holds::{holds, holds_view, single_type};
use super::scalar::{number, text};
use super::value::Sample;
use crate::tree::{NodeId, Tree};

/// How much of what a schema allows there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything that may be left out is there.
    All,
    /// That too, and null wherever it may be.
    Nulls,
    /// Only what has to be there.
    Least,
}

/// How many values are made before nothing optional is added any more.
pub(super) const PLENTY: usize = 3000;
/// How deep values nest.
const MAX_DEPTH: usize = 48;
/// Keys that allow less than a view knows.
const OPAQUE: &[&str] = &[
    "not",
    "if",
    "contains",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "propertyNames",
    "unevaluatedProperties",
    "patternProperties",
];

/// Makes values.
pub(super) struct Sampler<'t> {
    pub(super) reader: Reader<'t>,
    /// The schemas under `components`, and their names.
    names: HashMap<NodeId, &'t str>,
    extent: Extent,
    /// Of a request; otherwise of an answer.
    sent: bool,
    /// Null can be written.
    nulls: bool,
    /// The schemas that lead to the value.
    open: Vec<NodeId>,
    depth: usize,
    made: usize,
}

impl<'t> Sampler<'t> {
    pub(super) fn new(reader: Reader<'t>, root: NodeId) -> Self {
        let tree = reader.tree;
        let schemas = tree.get(root, "components").map(|components| tree.entries_of(components, "schemas"));
        let names = schemas.into_iter().flat_map(|all| all.iter()).map(|(name, node)| (node, name)).collect();
        Self { reader, names, extent: Extent::All, sent: true, nulls: false, open: Vec::new(), depth: 0, made: 0 }
    }

    /// A value of the schema at `node`, like one of `examples` if one is right. `None` if none is found.
    pub(super) fn value(
        &mut self,
        node: NodeId,
        examples: &[Sample],
        extent: Extent,
        (sent, nulls): (bool, bool),
    ) -> Option<Sample> {
        (self.extent, self.sent, self.nulls) = (extent, sent, nulls);
        (self.depth, self.made) = (0, 0);
        self.open.clear();
        let example = examples.iter().find(|example| holds(&mut self.reader, node, example, 0)).cloned();
        let turn = match extent {
            Extent::All => 0,
            Extent::Nulls => 1,
            Extent::Least => 2,
        };
        let made = self.sample(node, example.as_ref(), turn);
        made.filter(|made| holds(&mut self.reader, node, made, 0)).or(example)
    }

    fn sample(&mut self, node: NodeId, like: Option<&Sample>, turn: usize) -> Option<Sample> {
        let view = self.reader.view(node);
        self.of_view(view, like, turn)
    }

    fn of_view(&mut self, view: View<'t>, like: Option<&Sample>, turn: usize) -> Option<Sample> {
        if self.depth > MAX_DEPTH || view.broken.is_some() || view.untyped.is_some() {
            return None;
        }
        self.made += 1;
        self.depth += 1;
        let open = self.open.len();
        self.open.extend(&view.parts);
        let value = self.of_open(view, like, turn);
        self.open.truncate(open);
        self.depth -= 1;
        value
    }

    fn of_open(&mut self, mut view: View<'t>, like: Option<&Sample>, turn: usize) -> Option<Sample> {
        let tree = self.reader.tree;
        if view.only_null || view.nullable && self.nulls && self.depth > 1 && self.extent != Extent::All {
            return Some(Sample::Null);
        }
        let own = match like {
            Some(_) => None,
            None => self.example(&view, turn),
        };
        let like = like.or(own.as_ref()).filter(|like| **like != Sample::Null);
        if let Some(like) = like.filter(|_| is_opaque(tree, &view)) {
            return Some(like.clone());
        }
        if !view.groups.is_empty() {
            return self.alternative(view, like, turn);
        }
        if let Some(heir) = self.heir(&view, turn) {
            return self.sample(heir, like, turn);
        }
        if let Some(values) = view.values.take() {
            let mut values: Vec<Sample> = values.iter().map(|node| Sample::of(tree, *node)).collect();
            values.retain(|value| holds_view(&mut self.reader, &view, value, 0));
            let first = like.filter(|_| self.extent == Extent::All).cloned();
            return first.or_else(|| values.get(turn % values.len().max(1)).cloned());
        }
        match single_type(&view, turn) {
            types::LIST => self.list(&view, like, turn),
            types::OBJECT => self.object(&view, like, turn),
            _ if like.is_some() => like.cloned(),
            types::BOOL => Some(Sample::Bool(turn.is_multiple_of(2))),
            types::INT => number(&view, turn, true),
            types::NUMBER => number(&view, turn, false),
            _ => text(&view, turn),
        }
    }

    /// An example that stands at the schema, and is right.
    fn example(&mut self, view: &View<'t>, turn: usize) -> Option<Sample> {
        let tree = self.reader.tree;
        let mut right = Vec::new();
        for part in &view.parts {
            let several = tree.items_of(*part, "examples").iter().copied();
            let all = tree.get(*part, "example").into_iter().chain(several);
            right.extend(all.map(|node| Sample::of(tree, node)).take(20));
        }
        right.retain(|value| holds_view(&mut self.reader, view, value, 0));
        let at = turn % right.len().max(1);
        (at < right.len()).then(|| right.swap_remove(at))
    }

    /// A value of a schema that is one of several.
    fn alternative(&mut self, mut view: View<'t>, like: Option<&Sample>, turn: usize) -> Option<Sample> {
        let group = view.groups.remove(0);
        let mut order: Vec<NodeId> = group.of.to_vec();
        order.rotate_left(turn % group.of.len().max(1));
        if let Some(like) = like {
            order.sort_by_key(|node| !holds(&mut self.reader, *node, like, 0));
        } else {
            // What leads back here comes last.
            order.sort_by_key(|node| self.reader.view(*node).parts.iter().any(|part| self.open.contains(part)));
        }
        let mut otherwise = None;
        let writes_null = self.nulls && self.depth > 1 && self.extent != Extent::All;
        if writes_null && order.iter().any(|node| self.reader.view(*node).only_null) {
            return Some(Sample::Null);
        }
        for node in order {
            let of = self.reader.view(node);
            if of.only_null {
                continue;
            }
            let fitting = like.filter(|like| holds(&mut self.reader, node, like, 0));
            let mut joined = View { nullable: false, ..view.clone() };
            let parts = of.parts.clone();
            self.reader.join(&mut joined, View { nullable: false, ..of });
            joined.parts.extend(parts);
            let Some(mut value) = self.of_view(joined, fitting, turn) else { continue };
            self.tag(&group, node, &mut value);
            let whole = View { groups: vec![group.clone()], ..View::any(group.owner) };
            if holds_view(&mut self.reader, &whole, &value, 0) {
                return Some(value);
            }
            otherwise.get_or_insert(value);
        }
        otherwise
    }

    fn list(&mut self, view: &View<'t>, like: Option<&Sample>, turn: usize) -> Option<Sample> {
        let (min, max) = (view.rules.min_items.unwrap_or(0), view.rules.max_items.unwrap_or(u64::MAX));
        let given = like.map_or(&[][..], Sample::items);
        let wanted = match self.extent {
            // A parameter without items, or a field of a form, is as good as none.
            Extent::Least if self.depth == 1 || self.depth == 2 && !self.nulls => 1,
            Extent::Least => 0,
            _ if like.is_some() => given.len(),
            _ => view.prefix.len().max(2),
        };
        let wanted = (wanted as u64).max(min).min(max).min(PLENTY as u64);
        let mut items: Vec<Sample> = Vec::new();
        for n in 0..usize::try_from(wanted).ok()? {
            let of = view.item(n);
            // Further ones until one is not there yet.
            let next = (0..50).find_map(|again| {
                let item = match of {
                    [] => given.get(n).cloned().unwrap_or(Sample::text("item")),
                    of => self.every(of, given.get(n).filter(|_| again == 0), turn + n + again)?,
                };
                (!view.rules.unique || !items.iter().any(|had| had.is(&item))).then_some(item)
            });
            match next {
                Some(item) => items.push(item),
                None if n as u64 >= min => break,
                None => return None,
            }
        }
        Some(Sample::List(items))
    }

    fn object(&mut self, view: &View<'t>, like: Option<&Sample>, turn: usize) -> Option<Sample> {
        let (min, max) = (view.rules.min_entries.unwrap_or(0), view.rules.max_entries.unwrap_or(u64::MAX));
        let (mut entries, mut left_out) = (Vec::new(), Vec::new());
        for (name, nodes) in &view.props {
            let of = self.property(nodes);
            let flags = self.reader.flags_of(nodes);
            if if self.sent { flags.read_only } else { flags.write_only } {
                continue;
            }
            let given = like.and_then(|like| like.get(name));
            let required = view.required.contains(name);
            let again = self.made > PLENTY
                || is_opaque(self.reader.tree, &of)
                || of.parts.iter().any(|part| self.open.contains(part));
            if !required && (self.extent == Extent::Least || given.is_none() && again) {
                left_out.push((*name, of));
                continue;
            }
            match self.of_view(of, given, turn) {
                Some(value) => entries.push((required, ((*name).to_owned(), value))),
                None if required => return None,
                None => {}
            }
        }
        // Names that the schema asks for and does not describe.
        for name in &view.required {
            if !view.props.iter().any(|(had, _)| had == name) {
                let value = self.more(view, like.and_then(|like| like.get(name)), turn)?;
                entries.push((true, ((*name).to_owned(), value)));
            }
        }
        for (name, of) in left_out {
            if entries.len() as u64 >= min {
                break;
            }
            entries.extend(self.of_view(of, None, turn).map(|value| (false, (name.to_owned(), value))));
        }
        self.add_more(view, like, turn, &mut entries);
        while entries.len() as u64 > max {
            let at = entries.iter().rposition(|(required, _)| !required)?;
            entries.remove(at);
        }
        let mut value = Sample::Map(entries.into_iter().map(|(_, entry)| entry).collect());
        self.tag_heir(view, &mut value);
        Some(value)
    }

    fn property(&mut self, nodes: &[NodeId]) -> View<'t> {
        let mut view = self.reader.view(nodes[0]);
        for node in &nodes[1..] {
            let other = self.reader.view(*node);
            let parts = other.parts.clone();
            self.reader.join(&mut view, other);
            view.parts.extend(parts);
        }
        view
    }

    /// A value that is all of some schemas.
    fn every(&mut self, nodes: &[NodeId], like: Option<&Sample>, turn: usize) -> Option<Sample> {
        match nodes {
            [only] => self.sample(*only, like, turn),
            several => {
                let view = self.property(several);
                self.of_view(view, like, turn)
            }
        }
    }

    /// The value of a property that has no schema of its own.
    fn more(&mut self, view: &View<'t>, like: Option<&Sample>, turn: usize) -> Option<Sample> {
        match &view.more {
            More::Of(nodes) => self.every(nodes, like, turn),
            More::None => None,
            More::Any | More::Unsaid => Some(like.cloned().unwrap_or(Sample::text("more"))),
        }
    }

    /// Adds properties that the schema does not name: those of the example, and as many as there have to be.
    fn add_more(
        &mut self,
        view: &View<'t>,
        like: Option<&Sample>,
        turn: usize,
        entries: &mut Vec<(bool, (String, Sample))>,
    ) {
        let min = view.rules.min_entries.unwrap_or(0);
        let is_map = view.props.is_empty() && matches!(view.more, More::Of(_) | More::Any);
        let mut names: Vec<(String, Option<&Sample>)> = Vec::new();
        if let Some(Sample::Map(given)) = like {
            names.extend(given.iter().map(|(name, value)| (name.clone(), Some(value))));
        }
        names.extend((0..10).map(|n| (format!("key{n}"), None)));
        for (name, given) in names {
            let few = (entries.len() as u64) < min || is_map && entries.is_empty() && self.extent != Extent::Least;
            let wanted = given.is_some() && self.extent != Extent::Least || few;
            let known =
                view.props.iter().any(|(had, _)| *had == name) || entries.iter().any(|(_, (had, _))| *had == name);
            if wanted && !known {
                entries.extend(self.more(view, given, turn).map(|value| (false, (name, value))));
            }
        }
    }
}

/// Whether a schema allows less than a view knows.
fn is_opaque(tree: &Tree, view: &View<'_>) -> bool {
    view.parts.iter().any(|node| OPAQUE.iter().any(|key| tree.get(*node, key).is_some()))
}

/// The examples that stand beside a schema: at a parameter, a media type or a header.
pub(super) fn examples_at(tree: &Tree, reader: &mut Reader<'_>, node: NodeId) -> Vec<Sample> {
    let mut all: Vec<Sample> = tree.get(node, "example").map(|node| Sample::of(tree, node)).into_iter().collect();
    for (_, example) in tree.entries_of(node, "examples").iter() {
        let Some(example) = reader.follow(example, "examples") else { continue };
        all.extend(tree.get(example, "value").map(|node| Sample::of(tree, node)));
    }
    all
}
