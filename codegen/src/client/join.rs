//! What schemas say together: `allOf`, and what stands beside a reference.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::view::{More, Reader, View, shown, types};
use crate::diag::Code;
use crate::tree::NodeId;

impl<'t> Reader<'t> {
    /// Joins what another schema says.
    pub(crate) fn join(&mut self, into: &mut View<'t>, of: View<'t>) {
        self.append(into, of);
        into.settle();
    }

    /// Adds what another schema says, of which [`View::settle`] brings together what several say of the same thing: once,
    /// when all are there.
    pub(crate) fn append(&mut self, into: &mut View<'t>, mut of: View<'t>) {
        join_items(into, &of);
        into.title = into.title.or(of.title);
        into.doc = into.doc.or(of.doc);
        into.broken = into.broken.or(of.broken);
        into.clash |= of.clash;
        if into.types == 0 || of.types == 0 {
            into.types |= of.types;
        } else {
            let widened = |set: u8| if set & types::NUMBER != 0 { set | types::INT } else { set };
            let both = widened(into.types) & widened(of.types);
            if both == 0 {
                let offset = self.tree.offset(of.node);
                let message = format_args!(
                    "what is joined here contradicts itself, {} and {}: any value",
                    types::words(into.types),
                    types::words(of.types)
                );
                self.notes.warn(Code::S008, offset, message);
                into.untyped = Some("its parts contradict one another");
                into.clash = true;
            }
            into.types = if both & types::NUMBER != 0 && into.types & of.types & types::NUMBER != 0 {
                both & !types::INT
            } else {
                both
            };
        }
        into.format = match (into.format, of.format) {
            (Some(a), Some(b)) if is_apart(a, b) => {
                let message =
                    format!("the formats joined here, `{a}` and `{b}`, have no text in common: `{a}` is taken");
                self.notes.warn(Code::S008, self.tree.offset(of.node), message);
                into.clash = true;
                Some(a)
            }
            (Some(a), Some(b)) => Some(narrower(a, b)),
            (a, b) => a.or(b),
        };
        into.values = match (into.values.take(), of.values) {
            (Some(a), Some(b)) => {
                let text = |node: &NodeId| shown(self.tree, *node);
                let had: HashSet<String> = b.iter().map(text).collect();
                let both: Vec<NodeId> = a.iter().copied().filter(|node| had.contains(&text(node))).collect();
                if both.is_empty() {
                    let offset = self.tree.offset(of.node);
                    let message = format_args!(
                        "the enumerations joined here have no value in common, such as `{}` and `{}`: the first is taken",
                        a.first().map(text).unwrap_or_default(),
                        b.first().map(text).unwrap_or_default()
                    );
                    self.notes.warn(Code::S008, offset, message);
                    into.clash = true;
                    Some(a)
                } else {
                    Some(both)
                }
            }
            (a, b) => a.or(b),
        };
        into.props.append(&mut of.props);
        into.required.extend(of.required);
        into.more = match (std::mem::replace(&mut into.more, More::Unsaid), of.more) {
            (More::Of(mut nodes), More::Of(mut others)) => {
                nodes.append(&mut others);
                More::Of(nodes)
            }
            (More::Of(nodes), _) | (_, More::Of(nodes)) => More::Of(nodes),
            (More::Any, _) | (_, More::Any) => More::Any,
            // `false` speaks of the properties beside it alone; what `allOf` joins has others.
            _ => More::Unsaid,
        };
        into.names.append(&mut of.names);
        into.contains.append(&mut of.contains);
        into.groups.extend(of.groups);
        into.rules.dependent.append(&mut of.rules.dependent);
        into.rules.join(of.rules);
        into.encoded |= of.encoded;
        into.untyped = into.untyped.or(of.untyped);
    }
}

/// A place of one list is any item of a shorter one.
fn join_items(into: &mut View<'_>, of: &View<'_>) {
    for place in 0..into.prefix.len().max(of.prefix.len()) {
        if place == into.prefix.len() {
            into.prefix.push(into.items.clone());
        }
        into.prefix[place].extend(of.item(place));
    }
    into.items.extend(&of.items);
}

impl View<'_> {
    /// Brings together what several schemas say of one property, and leaves out what they say twice.
    pub(crate) fn settle(&mut self) {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut props: Vec<(&str, Vec<NodeId>)> = Vec::with_capacity(self.props.len());
        for (key, mut nodes) in std::mem::take(&mut self.props) {
            match places.entry(key) {
                Entry::Occupied(place) => props[*place.get()].1.append(&mut nodes),
                Entry::Vacant(place) => {
                    place.insert(props.len());
                    props.push((key, nodes));
                }
            }
        }
        props.iter_mut().for_each(|(_, nodes)| leave_once(nodes));
        self.props = props;
        self.prefix.iter_mut().for_each(leave_once);
        leave_once(&mut self.items);
        if let More::Of(nodes) = &mut self.more {
            leave_once(nodes);
        }
        leave_once(&mut self.names);
        leave_once(&mut self.contains);
        leave_once(&mut self.rules.dependent);
    }
}

/// Leaves out what stands there already.
fn leave_once<T: Clone + Eq + Hash>(all: &mut Vec<T>) {
    if all.len() > 1 {
        let mut seen = HashSet::with_capacity(all.len());
        all.retain(|one| seen.insert(one.clone()));
    }
}

/// Formats of which no text can have two.
const APART: &[&str] = &["date", "date-time", "duration", "email", "ipv4", "ipv6", "time", "uuid"];

fn is_apart(a: &str, b: &str) -> bool {
    let place = |format| APART.iter().position(|had| *had == if format == "guid" { "uuid" } else { format });
    place(a).zip(place(b)).is_some_and(|(a, b)| a != b)
}

/// Formats that others are narrower than, the widest last.
const WIDE: &[&str] = &["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"];

/// Of two formats the one that says more: the narrower number, or one that is known.
fn narrower<'f>(a: &'f str, b: &'f str) -> &'f str {
    let width = |format| WIDE.iter().position(|had| *had == format);
    match (width(a), width(b)) {
        (Some(wide), Some(narrow)) if narrow < wide => b,
        _ if APART.contains(&b) && !APART.contains(&a) => b,
        _ => a,
    }
}
