//! The constraints that can be held.

use regex_syntax::ast::ErrorKind;

use super::scalar::{int_shape, number_shape};
use super::{Lowering, infer};
use crate::client::model::Shape;
use crate::client::rules::{Contains, Rules};
use crate::client::view::{View, shown, types};
use crate::diag::Code;
use crate::tree::NodeId;

impl Lowering<'_> {
    /// The constraints that can be held.
    pub(super) fn rules(&mut self, view: &View<'_>) -> Option<Box<Rules>> {
        let mut rules = view.rules.clone();
        rules.patterns = self.patterns(&rules.patterns, view.node);
        // Every text is long enough.
        rules.min_length = rules.min_length.filter(|min| *min > 0);
        rules.min_items = rules.min_items.filter(|min| *min > 0);
        rules.min_entries = rules.min_entries.filter(|min| *min > 0);
        for bound in [&mut rules.minimum, &mut rules.maximum, &mut rules.above, &mut rules.below] {
            *bound = bound.take().filter(|bound| bound.parse::<f64>().is_ok_and(f64::is_finite));
        }
        rules.multiples_of.retain(|of| of.parse::<f64>().is_ok_and(|of| of > 0.0));
        if let Some(names) = view.names {
            let names = self.reader.view(names);
            let one_of = self.literals(&names);
            rules.names = Some(Box::new(Rules { one_of, names: None, ..names.rules }));
        }
        if let Some(names) = &mut rules.names {
            names.patterns = self.patterns(&names.patterns, view.node);
        }
        rules.names = rules.names.filter(|names| **names != Rules::default());
        if let Some((node, min, max)) = view.contains {
            rules.contains = self.contains(node, min, max);
        }
        (rules != Rules::default()).then(|| Box::new(rules))
    }

    /// The patterns that can be held.
    fn patterns(&mut self, patterns: &[String], node: NodeId) -> Vec<String> {
        let tree = self.reader.tree;
        let offset = tree.offset(tree.get(node, "pattern").unwrap_or(node));
        let mut held = Vec::new();
        for pattern in patterns {
            match pattern_fits(pattern) {
                Ok(pattern) => held.push(pattern),
                Err(Unfit::Unbounded) => {
                    let message = "the pattern looks around or back, which takes unbounded time: it is not checked";
                    self.reader.notes.remark(offset, message);
                }
                Err(Unfit::Long) => {
                    self.reader.notes.warn(Code::S008, offset, "the pattern is too long: it is not checked");
                }
                Err(Unfit::Broken) => {
                    let message =
                        "the pattern is no regular expression that can be checked in linear time: it is not checked";
                    self.reader.notes.warn(Code::S008, offset, message);
                }
            }
        }
        held
    }

    /// Items that have to be there, if they are plain values.
    fn contains(&mut self, node: NodeId, min: u64, max: Option<u64>) -> Option<Box<Contains>> {
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
        let patterns = self.patterns(&view.rules.patterns, node);
        let rules = Rules { one_of: self.literals(&view), patterns, ..view.rules };
        Some(Box::new(Contains { shape, rules, min, max }))
    }

    /// The values of an enumeration, as JSON.
    fn literals(&self, view: &View<'_>) -> Vec<String> {
        view.values.iter().flatten().map(|value| shown(self.reader.tree, *value)).collect()
    }
}

/// The expression as it is checked; `None` of one that is not.
pub(in crate::client) fn checked_pattern(pattern: &str) -> Option<String> {
    pattern_fits(pattern).ok()
}

/// The expression as it is checked, or why it is not.
fn pattern_fits(pattern: &str) -> Result<String, Unfit> {
    if pattern.len() > 2000 {
        return Err(Unfit::Long);
    }
    let translated = pattern
        .replace("\\/", "/")
        .replace("\\Z", "$")
        .replace("(?<", "(?P<")
        .replace("(?P<=", "(?<=")
        .replace("(?P<!", "(?<!");
    // Parsed and not compiled: that would take as long as the pattern asks for.
    let Err(error) = regex_syntax::Parser::new().parse(&translated) else { return Ok(translated) };
    Err(match error {
        regex_syntax::Error::Parse(error)
            if matches!(error.kind(), ErrorKind::UnsupportedLookAround | ErrorKind::UnsupportedBackreference) =>
        {
            Unfit::Unbounded
        }
        _ => Unfit::Broken,
    })
}

/// Why a pattern is not checked.
enum Unfit {
    /// Longer ones are data, or meant to hurt.
    Long,
    /// It looks around or back, which takes unbounded time.
    Unbounded,
    Broken,
}
