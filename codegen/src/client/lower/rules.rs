//! The constraints that can be held.

use super::Lowering;
use crate::client::rules::Rules;
use crate::client::view::View;
use crate::diag::Code;

impl Lowering<'_> {
    /// The constraints that can be held.
    pub(super) fn rules(&mut self, view: &View<'_>) -> Option<Box<Rules>> {
        let mut rules = view.rules.clone();
        let tree = self.reader.tree;
        rules.patterns = rules
            .patterns
            .iter()
            .filter_map(|pattern| {
                let told = |reason| {
                    let node = tree.get(view.node, "pattern").unwrap_or(view.node);
                    self.reader.notes.warn(Code::S008, tree.offset(node), reason);
                };
                pattern_fits(pattern).map_err(told).ok()
            })
            .collect();
        // Every text is long enough.
        rules.min_length = rules.min_length.filter(|min| *min > 0);
        rules.min_items = rules.min_items.filter(|min| *min > 0);
        rules.min_entries = rules.min_entries.filter(|min| *min > 0);
        for bound in [&mut rules.minimum, &mut rules.maximum, &mut rules.above, &mut rules.below] {
            *bound = bound.take().filter(|bound| bound.parse::<f64>().is_ok_and(f64::is_finite));
        }
        rules.multiples_of.retain(|of| of.parse::<f64>().is_ok_and(|of| of > 0.0));
        (rules != Rules::default()).then(|| Box::new(rules))
    }
}

/// The expression as it is checked, or why it is not.
fn pattern_fits(pattern: &str) -> Result<String, String> {
    // Longer ones are data, or meant to hurt.
    if pattern.len() > 2000 {
        return Err("the pattern is too long: it is not checked".to_owned());
    }
    let translated = pattern
        .replace("\\/", "/")
        .replace("\\Z", "$")
        .replace("(?<", "(?P<")
        .replace("(?P<=", "(?<=")
        .replace("(?P<!", "(?<!");
    // Parsed and not compiled: that would take as long as the pattern asks for.
    match regex_syntax::Parser::new().parse(&translated) {
        Ok(_) => Ok(translated),
        Err(_) if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| translated.contains(look)) => {
            Err("the pattern looks around, which takes unbounded time: it is not checked".to_owned())
        }
        Err(_) => {
            Err("the pattern is no regular expression that can be checked in linear time: it is not checked".to_owned())
        }
    }
}
