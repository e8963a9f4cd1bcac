//! Constraints, and what several of them come to.

use std::cmp::Ordering;

use super::model::Shape;
use crate::tree::number::compare;

/// Constraints; numbers as the document writes them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rules {
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) minimum: Option<String>,
    pub(crate) maximum: Option<String>,
    pub(crate) above: Option<String>,
    pub(crate) below: Option<String>,
    pub(crate) multiples_of: Vec<String>,
    pub(crate) min_items: Option<u64>,
    pub(crate) max_items: Option<u64>,
    pub(crate) unique: bool,
    pub(crate) min_entries: Option<u64>,
    pub(crate) max_entries: Option<u64>,
    /// Entries that have to be there, and of which nothing else is said.
    pub(crate) required: Vec<String>,
    /// The only values, as JSON, of a name or an item; elsewhere they are an enumeration.
    pub(crate) one_of: Vec<String>,
    /// What the names of entries have to be.
    pub(crate) names: Vec<Rules>,
    /// Fields, and those that have to be there with them.
    pub(crate) dependent: Vec<(String, Vec<String>)>,
    /// Sets of entries, of which one has to be there.
    pub(crate) either: Vec<Vec<Vec<String>>>,
    pub(crate) contains: Vec<Contains>,
}

/// A regular expression that texts have to have a match of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern {
    /// As the document has it.
    pub(crate) written: String,
    /// As it is held.
    pub(crate) held: String,
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Self {
        Self { written: text.to_owned(), held: text.to_owned() }
    }
}

/// How many items of a kind a list has to have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Contains {
    pub(crate) shape: Shape,
    pub(crate) rules: Rules,
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
}

impl Rules {
    /// Adds those of another schema, which hold as well.
    pub(crate) fn join(&mut self, of: Self) {
        self.min_length = self.min_length.max(of.min_length);
        self.max_length = least(self.max_length, of.max_length);
        self.min_items = self.min_items.max(of.min_items);
        self.max_items = least(self.max_items, of.max_items);
        self.min_entries = self.min_entries.max(of.min_entries);
        self.max_entries = least(self.max_entries, of.max_entries);
        extend(&mut self.patterns, of.patterns);
        extend(&mut self.multiples_of, of.multiples_of);
        extend(&mut self.dependent, of.dependent);
        extend(&mut self.required, of.required);
        extend(&mut self.either, of.either);
        tighten(&mut self.minimum, of.minimum, Ordering::Greater);
        tighten(&mut self.above, of.above, Ordering::Greater);
        tighten(&mut self.maximum, of.maximum, Ordering::Less);
        tighten(&mut self.below, of.below, Ordering::Less);
        self.unique |= of.unique;
        extend(&mut self.names, of.names);
        extend(&mut self.contains, of.contains);
        if self.one_of.is_empty() {
            self.one_of = of.one_of;
        }
    }
}

/// Both as one, where either may say nothing.
pub(crate) fn joined(one: Option<Box<Rules>>, other: Option<Box<Rules>>) -> Option<Box<Rules>> {
    match (one, other) {
        (Some(mut one), Some(other)) => {
            one.join(*other);
            Some(one)
        }
        (one, other) => one.or(other),
    }
}

fn extend<T: PartialEq>(into: &mut Vec<T>, of: Vec<T>) {
    for one in of {
        if !into.contains(&one) {
            into.push(one);
        }
    }
}

fn least(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Takes the other bound if it is `tighter`.
fn tighten(bound: &mut Option<String>, of: Option<String>, tighter: Ordering) {
    let Some(of) = of else { return };
    if bound.as_deref().is_none_or(|bound| compare(&of, bound) == tighter) {
        *bound = Some(of);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tighter_bound_holds() {
        let bounds = |minimum: &str, maximum: &str| Rules {
            minimum: Some(minimum.to_owned()),
            maximum: Some(maximum.to_owned()),
            ..Rules::default()
        };
        let mut rules = bounds("9", "9007199254740993");
        rules.join(bounds("10", "9007199254740992"));
        assert_eq!(rules, bounds("10", "9007199254740992"));
        rules.join(bounds("-1", "1e30"));
        assert_eq!(rules, bounds("10", "9007199254740992"));
    }
}
