//! The constraints that can be held.

use std::collections::{HashMap, HashSet};

use super::scalar::{int_shape, number_shape};
use super::{Lowering, infer};
use crate::client::model::Shape;
use crate::client::pattern::{Fit, Unfit};
use crate::client::rules::{Contains, Pattern, Rules};
use crate::client::view::{Group, More, View, says_only, shown, types};
use crate::diag::Code;
use crate::tree::{NodeId, Value};

impl Lowering<'_> {
    /// The constraints that can be held.
    pub(in crate::client) fn rules(&mut self, view: &View<'_>) -> Option<Box<Rules>> {
        let mut rules = view.rules.clone();
        self.hold_patterns(&mut rules, view.node);
        // Every text is long enough.
        rules.min_length = rules.min_length.filter(|min| *min > 0);
        rules.min_items = rules.min_items.filter(|min| *min > 0);
        rules.min_entries = rules.min_entries.filter(|min| *min > 0);
        for bound in [&mut rules.minimum, &mut rules.maximum, &mut rules.above, &mut rules.below] {
            *bound = bound.take().filter(|bound| bound.parse::<f64>().is_ok_and(f64::is_finite));
        }
        rules.multiples_of.retain(|of| of.parse::<f64>().is_ok_and(|of| of > 0.0));
        // There is no type of one truth value.
        if let Some(values) = &view.values
            && values.iter().all(|value| matches!(self.reader.tree.value(*value), Value::Bool(_)))
        {
            rules.one_of = self.literals(view);
            rules.one_of.sort_unstable();
            rules.one_of.dedup();
            if rules.one_of.len() > 1 {
                rules.one_of.clear();
            }
        }
        self.tell_case(view);
        self.tell_closed(view);
        rules.required = undeclared(view).filter(|name| !self.is_received(view, name)).map(str::to_owned).collect();
        for names in &view.names {
            let names = self.reader.view(*names);
            let one_of = self.literals(&names);
            rules.names.push(Rules { one_of, names: Vec::new(), ..names.rules });
        }
        rules.names.iter_mut().for_each(|names| self.hold_patterns(names, view.node));
        rules.names.retain(|names| *names != Rules::default());
        rules.either = view.groups.iter().filter_map(|group| self.either(view, group)).collect();
        rules.contains = view.contains.iter().filter_map(|(node, min, max)| self.contains(*node, *min, *max)).collect();
        (rules != Rules::default()).then(|| Box::new(rules))
    }

    /// The patterns that can be held; some of them are lengths as well.
    fn hold_patterns(&mut self, rules: &mut Rules, node: NodeId) {
        let tree = self.reader.tree;
        let offset = tree.offset(tree.get(node, "pattern").unwrap_or(node));
        for Pattern { written, .. } in std::mem::take(&mut rules.patterns) {
            match self.fitting.fit(&written) {
                Ok(Fit { pattern: held, min, max }) => {
                    let patterns = vec![Pattern { written, held }];
                    rules.join(Rules { patterns, min_length: min, max_length: max, ..Rules::default() });
                }
                Err(Unfit::Unchecked(reason)) => {
                    self.reader.notes.remark(offset, format!("the pattern `{written}` is not checked: {reason}"));
                }
                // Another dialect may take it, such as `\p{Graph}` of Java.
                Err(Unfit::Foreign(reason)) => {
                    let message = format!("the pattern `{written}` is none of ECMA-262, {reason}: it is not checked");
                    self.reader.notes.remark(offset, message);
                }
                // That was told with the schema.
                Err(Unfit::Broken(_)) => {}
            }
        }
    }

    /// What alternatives ask for that only say what else is required.
    fn either(&mut self, view: &View<'_>, group: &Group<'_>) -> Option<Vec<Vec<String>>> {
        let tree = self.reader.tree;
        let of: Vec<NodeId> = group.of.iter().copied().filter(|node| !self.is_null(*node)).collect();
        let first = of.first().filter(|_| self.is_shapeless(view, &of))?;
        // Every object is what says nothing of it.
        let is_any = |node: &NodeId| {
            says_only(tree, *node, &["type"]) && matches!(tree.text(*node, "type"), None | Some("object"))
        };
        if of.iter().any(is_any) {
            return None;
        }
        let names = |node: &NodeId| -> Vec<String> {
            tree.items_of(*node, "required").iter().filter_map(|name| tree.as_text(*name)).map(str::to_owned).collect()
        };
        let sets: Vec<Vec<String>> = of.iter().map(names).collect();
        let mut may_send = |name: &String| {
            let property = view.props.iter().find(|(had, _)| had == name);
            property.is_some_and(|(_, nodes)| !self.reader.flags_of(nodes).read_only)
        };
        if of.iter().all(|node| says_only(tree, *node, &["required", "type"]))
            && sets.iter().all(|names| !names.is_empty() && names.iter().all(&mut may_send))
        {
            return Some(sets);
        }
        let message = "which of these has to hold is not checked, unless they only require properties that are sent";
        self.reader.notes.remark(tree.offset(*first), message);
        None
    }

    /// Items that have to be there, if they are plain values.
    fn contains(&mut self, node: NodeId, min: u64, max: Option<u64>) -> Option<Contains> {
        let view = self.reader.view(node);
        let shape = match infer(&view) {
            _ if view.values.is_some() => Shape::Any,
            types::BOOL => Shape::Bool,
            types::INT => int_shape(&view),
            types::NUMBER => number_shape(&view),
            types::TEXT => Shape::Text,
            _ => {
                let message = "which items a list has to contain is not checked, unless they are plain values";
                self.reader.notes.remark(self.reader.tree.offset(node), message);
                return None;
            }
        };
        let mut rules = Rules { one_of: self.literals(&view), ..view.rules };
        self.hold_patterns(&mut rules, node);
        Some(Contains { shape, rules, min, max })
    }

    /// Whether an alternative says that a property is only received: then it is never sent.
    fn is_received(&mut self, view: &View<'_>, name: &str) -> bool {
        view.groups.iter().flat_map(|group| group.of).any(|node| {
            let alternative = self.reader.view(*node);
            let property = alternative.props.iter().find(|(had, _)| *had == name);
            property.is_some_and(|(_, nodes)| self.reader.flags_of(nodes).read_only)
        })
    }

    /// Tells of a required name that is a property but for its case.
    fn tell_case(&mut self, view: &View<'_>) {
        let tree = self.reader.tree;
        let Some(required) = tree.get(view.node, "required") else { return };
        let names: HashMap<String, &str> =
            view.props.iter().map(|(name, _)| (name.to_ascii_lowercase(), *name)).collect();
        for name in &view.required {
            if let Some(had) = names.get(&name.to_ascii_lowercase()).filter(|had| *had != name)
                && view.props.iter().all(|(had, _)| had != name)
            {
                let message = format!("no property is called `{name}`, which is not asked for: did you mean `{had}`?");
                self.reader.notes.warn(Code::S008, tree.offset(required), message);
            }
        }
    }

    /// Tells of an object that has to have what it may not have. Services that hold to the letter would take nothing; what
    /// is meant is a slip in one of the names, so the object goes without.
    fn tell_closed(&mut self, view: &View<'_>) {
        // Alternatives may have it; by the letter they may not, and nobody means that.
        if view.more != More::None || infer(view) != types::OBJECT || !view.groups.is_empty() {
            return;
        }
        let tree = self.reader.tree;
        let declared: HashSet<String> = view.props.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let required = view.parts.iter().flat_map(|part| tree.items_of(*part, "required"));
        for at in required {
            if let Some(name) = tree.as_text(*at).filter(|name| !declared.contains(&name.to_ascii_lowercase())) {
                let message = format!(
                    "`{name}` is required, and no property of an object that may have no others: it is not asked for"
                );
                self.reader.notes.warn(Code::S008, tree.offset(*at), message);
            }
        }
    }

    /// The values of an enumeration, as JSON.
    fn literals(&self, view: &View<'_>) -> Vec<String> {
        view.values.iter().flatten().map(|value| shown(self.reader.tree, *value)).collect()
    }
}

/// What has to be in an object that says nothing else of it.
pub(super) fn undeclared<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v str> {
    // An object that is closed contradicts itself, which was told.
    let object = view.types == 0 || view.types & types::OBJECT != 0;
    let may = object && view.more != More::None && view.untyped.is_none();
    let mut declared: HashSet<String> = view.props.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    view.required.iter().copied().filter(move |name| may && declared.insert(name.to_ascii_lowercase()))
}
