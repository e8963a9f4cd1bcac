//! Defaults, and whether they are values of their schema.

use std::cmp::Ordering;

use super::Lowering;
use super::scalar::{is_of_format, is_within, width};
use crate::client::view::{View, shown, types};
use crate::diag::Code;
use crate::tree::{NodeId, Tree, Value, number};

impl Lowering<'_> {
    /// The default of what is all of some schemas, which are `view` together: the first that is right. Tells of others.
    pub(in crate::client) fn default_of(&mut self, nodes: &[NodeId], view: Option<&View<'_>>) -> Option<NodeId> {
        let tree = self.reader.tree;
        let own: Vec<(NodeId, NodeId)> =
            nodes.iter().filter_map(|node| Some((*node, self.reader.flags(*node).default?))).collect();
        own.into_iter().find_map(|(node, default)| {
            let reason = match view {
                Some(view) => self.default_misfit(view, default),
                None => {
                    let view = self.reader.view(node);
                    self.default_misfit(&view, default)
                }
            };
            if let Some(reason) = &reason {
                self.reader.notes.warn(Code::S003, tree.offset(default), format!("{reason}: left out"));
            }
            reason.is_none().then_some(default)
        })
    }

    /// Why a value is none of its schema.
    fn default_misfit(&mut self, view: &View<'_>, default: NodeId) -> Option<String> {
        let tree = self.reader.tree;
        let value = tree.value(default);
        let said = match value {
            Value::Null => return None,
            Value::List(_) | Value::Map(_) => String::new(),
            _ => format!(" `{}`", shown(tree, default)),
        };
        if view.types != 0 && view.types & kinds(value) == 0 {
            let (kind, due) = (tree.kind(default), types::words(view.types));
            return Some(format!("the default{said} is {kind}, and the type {due}"));
        }
        if view.values.as_ref().is_some_and(|values| !values.iter().any(|value| same(tree, *value, default))) {
            return Some(format!("the default{said} is none of the values of the enumeration"));
        }
        let rules = &view.rules;
        let reason = match value {
            Value::Number(text) => number_misfit(view, text),
            Value::Text(text) => count_misfit(text.chars().count(), "characters", rules.min_length, rules.max_length)
                .or_else(|| self.text_misfit(view, text)),
            Value::List(items) => count_misfit(items.len(), "items", rules.min_items, rules.max_items),
            Value::Map(entries) => count_misfit(entries.len(), "entries", rules.min_entries, rules.max_entries),
            Value::Null | Value::Bool(_) => None,
        };
        reason.map(|reason| format!("the default{said} {reason}"))
    }

    fn text_misfit(&mut self, view: &View<'_>, text: &str) -> Option<String> {
        if let Some(format) = view.format.filter(|format| !is_of_format(text, format)) {
            return Some(format!("is not of the format `{format}`"));
        }
        let patterns = view.rules.patterns.iter().map(|pattern| &pattern.written);
        let mut missed = patterns.filter(|pattern| self.fitting.matches(pattern, text) == Some(false));
        missed.next().map(|pattern| format!("does not match `{pattern}`"))
    }
}

/// The types that a value is of.
fn kinds(value: Value<'_>) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => types::BOOL,
        Value::Number(text) if number::is_whole(text) => types::INT | types::NUMBER,
        Value::Number(_) => types::NUMBER,
        Value::Text(_) => types::TEXT,
        Value::List(_) => types::LIST,
        Value::Map(_) => types::OBJECT,
    }
}

fn number_misfit(view: &View<'_>, text: &str) -> Option<String> {
    let rules = &view.rules;
    let bounds = [
        (&rules.minimum, "less than", &[Ordering::Less][..]),
        (&rules.maximum, "more than", &[Ordering::Greater]),
        (&rules.above, "not more than", &[Ordering::Less, Ordering::Equal]),
        (&rules.below, "not less than", &[Ordering::Greater, Ordering::Equal]),
    ];
    for (bound, what, orders) in bounds {
        if let Some(bound) = bound.as_ref().filter(|bound| orders.contains(&number::compare(text, bound))) {
            return Some(format!("is {what} {bound}"));
        }
    }
    let divisor = rules.multiples_of.iter().find(|of| number::is_multiple(text, of) == Some(false));
    if let Some(of) = divisor {
        return Some(format!("is no multiple of {of}"));
    }
    let format = view.format.filter(|_| view.types == types::INT)?;
    let misfit = width(format).is_some_and(|width| !is_within(&number::plain(text), width));
    misfit.then(|| format!("does not fit the format `{format}`"))
}

fn count_misfit(found: usize, what: &str, min: Option<u64>, max: Option<u64>) -> Option<String> {
    let found = found as u64;
    let few = min.filter(|min| found < *min).map(|min| format!("has {found} {what}, and needs {min}"));
    few.or_else(|| max.filter(|max| found > *max).map(|max| format!("has {found} {what}, and may have {max}")))
}

/// Whether two plain values are the same: `1.0` is `1`.
fn same(tree: &Tree, one: NodeId, other: NodeId) -> bool {
    match (tree.value(one), tree.value(other)) {
        (Value::Number(one), Value::Number(other)) => number::plain(one) == number::plain(other),
        _ => shown(tree, one) == shown(tree, other),
    }
}

/// A default that a field can fall back on: a plain value, as JSON.
pub(super) fn plain(tree: &Tree, default: NodeId) -> Option<String> {
    match tree.value(default) {
        Value::Bool(_) | Value::Number(_) => Some(shown(tree, default)),
        Value::Text(text) if text.len() <= 200 => Some(shown(tree, default)),
        _ => None,
    }
}
