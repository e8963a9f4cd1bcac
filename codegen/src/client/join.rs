//! What schemas say together: `allOf`, and what stands beside a reference.

use std::collections::{HashMap, HashSet};

use super::view::{More, Reader, View, shown, types};
use crate::diag::Code;
use crate::tree::NodeId;

impl<'t> Reader<'t> {
    /// Joins what another schema says.
    pub(crate) fn join(&mut self, into: &mut View<'t>, of: View<'t>) {
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
        if into.props.is_empty() {
            into.props = of.props;
        } else if !of.props.is_empty() {
            let mut at: HashMap<&str, usize> = into.props.iter().enumerate().map(|(n, (key, _))| (*key, n)).collect();
            for (key, nodes) in of.props {
                match at.get(key) {
                    Some(n) => add(&mut into.props[*n].1, &nodes),
                    None => {
                        at.insert(key, into.props.len());
                        into.props.push((key, nodes));
                    }
                }
            }
        }
        into.required.extend(of.required);
        into.more = match (std::mem::replace(&mut into.more, More::Unsaid), of.more) {
            (More::Of(mut nodes), More::Of(others)) => {
                add(&mut nodes, &others);
                More::Of(nodes)
            }
            (More::Of(nodes), _) | (_, More::Of(nodes)) => More::Of(nodes),
            (More::Any, _) | (_, More::Any) => More::Any,
            // `false` speaks of the properties beside it alone; what `allOf` joins has others.
            _ => More::Unsaid,
        };
        for (key, twice) in [
            ("propertyNames", into.names.is_some() && of.names.is_some_and(|names| into.names != Some(names))),
            ("contains", into.contains.is_some() && of.contains.is_some() && into.contains != of.contains),
        ] {
            if twice {
                let message = format_args!("a second `{key}` is joined here, which is not checked");
                self.notes.remark(self.tree.offset(of.node), message);
            }
        }
        into.names = into.names.or(of.names);
        into.contains = into.contains.or(of.contains);
        into.groups.extend(of.groups);
        into.rules.join(of.rules);
        into.default = into.default.or(of.default);
        into.encoded |= of.encoded;
        into.read_only |= of.read_only;
        into.write_only |= of.write_only;
        into.deprecated |= of.deprecated;
        into.untyped = into.untyped.or(of.untyped);
    }
}

/// A place of one list is any item of a shorter one.
fn join_items(into: &mut View<'_>, of: &View<'_>) {
    for place in 0..into.prefix.len().max(of.prefix.len()) {
        if place == into.prefix.len() {
            into.prefix.push(into.items.clone());
        }
        add(&mut into.prefix[place], of.item(place));
    }
    add(&mut into.items, &of.items);
}

/// Adds what is not there yet.
fn add(into: &mut Vec<NodeId>, nodes: &[NodeId]) {
    for node in nodes {
        if !into.contains(node) {
            into.push(*node);
        }
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
