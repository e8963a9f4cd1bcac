//! Whether a schema allows a value.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use super::super::lower::infer;
use super::super::pattern::translate;
use super::super::rules::Rules;
use super::super::view::{Group, More, Reader, View, types};
use super::value::{Decimal, Sample};
use crate::tree::number::compare;
use crate::tree::{NodeId, Tree};

/// How deep a value is looked into.
const MAX_DEPTH: usize = 64;
/// How large a compiled pattern may be, in bytes.
const MAX_COMPILED: usize = 1 << 20;

/// Whether the schema at `node` allows a value, as far as views know schemas.
pub(super) fn holds(reader: &mut Reader<'_>, node: NodeId, value: &Sample, depth: usize) -> bool {
    let view = reader.view(node);
    holds_view(reader, &view, value, depth)
}

/// Whether a merged schema allows a value.
pub(super) fn holds_view(reader: &mut Reader<'_>, view: &View<'_>, value: &Sample, depth: usize) -> bool {
    if view.untyped.is_some() || depth > MAX_DEPTH {
        return false;
    }
    if *value == Sample::Null && (view.nullable || view.only_null) {
        return true;
    }
    let tree = reader.tree;
    (view.types == 0 || fits(view.types, value))
        && !(view.only_null && *value != Sample::Null)
        && view.values.as_ref().is_none_or(|values| values.iter().any(|node| Sample::of(tree, *node).is(value)))
        && holds_rules(&view.rules, value)
        && holds_within(reader, view, value, depth)
        && view.groups.iter().all(|group| {
            let fitting = group.of.iter().filter(|node| holds(reader, **node, value, depth + 1)).count();
            if is_one_of(tree, group) { fitting == 1 } else { fitting > 0 }
        })
}

/// Whether exactly one of the alternatives has to hold.
fn is_one_of(tree: &Tree, group: &Group<'_>) -> bool {
    std::ptr::eq(group.of, tree.items_of(group.owner, "oneOf"))
}

fn fits(set: u8, value: &Sample) -> bool {
    let kind = match value {
        Sample::Null => 0,
        Sample::Bool(_) => types::BOOL,
        Sample::Number(digits) if Decimal::parse(digits).is_some_and(Decimal::is_whole) => types::INT | types::NUMBER,
        Sample::Number(_) => types::NUMBER,
        Sample::Text(_) => types::TEXT,
        Sample::List(_) => types::LIST,
        Sample::Map(_) => types::OBJECT,
    };
    set & kind != 0
}

/// Whether a value keeps the constraints of its kind.
pub(super) fn holds_rules(rules: &Rules, value: &Sample) -> bool {
    let within = |count: usize, min: Option<u64>, max: Option<u64>| {
        min.is_none_or(|min| count as u64 >= min) && max.is_none_or(|max| count as u64 <= max)
    };
    let order = |digits: &str, bound: &Option<String>, wanted: &[Ordering]| match bound {
        Some(bound) => wanted.contains(&compare(digits, bound)),
        None => true,
    };
    match value {
        Sample::Null | Sample::Bool(_) => true,
        Sample::Number(digits) => {
            order(digits, &rules.minimum, &[Ordering::Greater, Ordering::Equal])
                && order(digits, &rules.maximum, &[Ordering::Less, Ordering::Equal])
                && order(digits, &rules.above, &[Ordering::Greater])
                && order(digits, &rules.below, &[Ordering::Less])
                && rules.multiples_of.iter().all(|of| match (Decimal::parse(of), Decimal::parse(digits)) {
                    (Some(of), Some(digits)) => digits.is_multiple(of),
                    _ => true,
                })
        }
        Sample::Text(text) => {
            within(text.chars().count(), rules.min_length, rules.max_length)
                && rules.patterns.iter().all(|pattern| matches(&pattern.written, text))
        }
        Sample::List(items) => {
            let twins = || items.iter().enumerate().any(|(n, item)| items[..n].iter().any(|had| had.is(item)));
            within(items.len(), rules.min_items, rules.max_items) && !(rules.unique && twins())
        }
        Sample::Map(entries) => {
            let there = |name: &String| value.get(name).is_some();
            within(entries.len(), rules.min_entries, rules.max_entries)
                && rules.dependent.iter().all(|(name, others)| !there(name) || others.iter().all(there))
        }
    }
}

/// Whether a text matches a pattern. What cannot be checked in linear time, or is very large, is believed.
fn matches(pattern: &str, text: &str) -> bool {
    thread_local! {
        /// The same pattern stands in many places, and is tried many times in each.
        static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|all| {
        let compile = || {
            let pattern = translate(pattern).ok()?;
            RegexBuilder::new(&pattern).size_limit(MAX_COMPILED).build().ok()
        };
        let regex = all.entry(pattern.to_owned()).or_insert_with(compile);
        regex.as_ref().is_none_or(|regex| regex.is_match(text))
    })
}

fn holds_within(reader: &mut Reader<'_>, view: &View<'_>, value: &Sample, depth: usize) -> bool {
    match value {
        Sample::List(items) => {
            let mut item = |(n, item)| view.item(n).iter().all(|node| holds(reader, *node, item, depth + 1));
            items.iter().enumerate().all(&mut item)
        }
        Sample::Map(entries) => {
            let all_there = view.required.iter().all(|name| {
                let of = view.props.iter().find(|(key, _)| key == name);
                value.get(name).is_some() || of.is_some_and(|(_, nodes)| one_way(reader, nodes))
            });
            all_there
                && entries.iter().all(|(key, value)| match view.props.iter().find(|(had, _)| had == key) {
                    Some((_, nodes)) => nodes.iter().all(|node| holds(reader, *node, value, depth + 1)),
                    None => match &view.more {
                        More::Of(nodes) => nodes.iter().all(|node| holds(reader, *node, value, depth + 1)),
                        More::None => false,
                        More::Any | More::Unsaid => true,
                    },
                })
        }
        _ => true,
    }
}

/// Whether a property goes in one direction only.
fn one_way(reader: &mut Reader<'_>, nodes: &[NodeId]) -> bool {
    let flags = reader.flags_of(nodes);
    flags.read_only || flags.write_only
}

/// The type that a value has to have to be written: that of the schema where it says one.
pub(super) fn single_type(view: &View<'_>, turn: usize) -> u8 {
    let set = infer(view);
    let each: Vec<u8> = (0..6).map(|bit| 1 << bit).filter(|bit| set & bit != 0).collect();
    each.get(turn % each.len().max(1)).copied().unwrap_or(0)
}
