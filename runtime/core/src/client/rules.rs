//! What a document allows of a value by itself.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use regex::Regex;

use super::{Check, Json};
use crate::Number;
use crate::exact::Exact;

/// What a document allows of a value. Each holds for values of its kind alone, as in JSON Schema. Numbers are decimal
/// text, and compared as such.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// At least so many characters (Unicode scalar values).
    pub min_length: Option<usize>,
    /// At most so many characters.
    pub max_length: Option<usize>,
    /// A text has to have a match of each of these expressions.
    pub patterns: &'static [&'static str],
    /// The same as the document has them, for messages; empty where that is no different.
    pub written: &'static [&'static str],
    /// A number may not be less.
    pub minimum: Option<&'static str>,
    /// A number may not be more.
    pub maximum: Option<&'static str>,
    /// A number has to be more.
    pub above: Option<&'static str>,
    /// A number has to be less.
    pub below: Option<&'static str>,
    /// A number has to be a multiple of each of these.
    pub multiples_of: &'static [&'static str],
    /// A list has at least so many items.
    pub min_items: Option<usize>,
    /// A list has at most so many items.
    pub max_items: Option<usize>,
    /// No item of a list may stand twice.
    pub unique: bool,
    /// An object has at least so many entries.
    pub min_entries: Option<usize>,
    /// An object has at most so many entries.
    pub max_entries: Option<usize>,
}

impl Rules {
    /// Allows everything.
    pub const NONE: Self = Self {
        min_length: None,
        max_length: None,
        patterns: &[],
        written: &[],
        minimum: None,
        maximum: None,
        above: None,
        below: None,
        multiples_of: &[],
        min_items: None,
        max_items: None,
        unique: false,
        min_entries: None,
        max_entries: None,
    };
}

impl Check<'_> {
    /// Holds the value against rules.
    pub fn hold(&mut self, rules: &Rules) {
        match self.json() {
            Json::Text(text) => self.text(text, rules),
            Json::Number(number) => self.number(number, rules),
            Json::List(items) => {
                self.count(items.len(), "items", rules.min_items, rules.max_items);
                if rules.unique && has_twins(items) {
                    self.fail("has an item twice");
                }
            }
            Json::Object(object) => {
                self.count(object.iter().count(), "entries", rules.min_entries, rules.max_entries);
            }
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn text(&mut self, text: &str, rules: &Rules) {
        if rules.min_length.is_some() || rules.max_length.is_some() {
            self.count(text.chars().count(), "characters", rules.min_length, rules.max_length);
        }
        for (n, pattern) in rules.patterns.iter().enumerate() {
            if !compiled(pattern).is_none_or(|regex| regex.is_match(text)) {
                self.fail(format_args!("does not match {}", rules.written.get(n).unwrap_or(pattern)));
            }
        }
    }

    fn count(&mut self, found: usize, what: &str, min: Option<usize>, max: Option<usize>) {
        if let Some(min) = min.filter(|min| found < *min) {
            self.fail(format_args!("has {found} {what}, and needs {min}"));
        }
        if let Some(max) = max.filter(|max| found > *max) {
            self.fail(format_args!("has {found} {what}, and may have {max}"));
        }
    }

    fn number(&mut self, number: &Number, rules: &Rules) {
        let Some(value) = number.exact() else { return };
        let mut reasons = Vec::new();
        let broken = |bound: Option<&'static str>, by: &[Ordering]| {
            bound.filter(|bound| Exact::of(bound).is_some_and(|bound| by.contains(&value.cmp(&bound))))
        };
        let bounds = [
            (broken(rules.minimum, &[Ordering::Less]), "may not be less than"),
            (broken(rules.maximum, &[Ordering::Greater]), "may not be more than"),
            (broken(rules.above, &[Ordering::Less, Ordering::Equal]), "has to be more than"),
            (broken(rules.below, &[Ordering::Greater, Ordering::Equal]), "has to be less than"),
        ];
        for (bound, what) in bounds {
            if let Some(bound) = bound {
                reasons.push(format!("is {number}, and {what} {bound}"));
            }
        }
        for of in rules.multiples_of {
            if Exact::of(of).and_then(|of| value.is_multiple(&of)) == Some(false) {
                reasons.push(format!("is {number}, no multiple of {of}"));
            }
        }
        if !reasons.is_empty() {
            self.fail(reasons.join("; "));
        }
    }
}

/// Whether two items are alike; by their text, so that long lists are not compared each with each.
fn has_twins(items: &[Json]) -> bool {
    let mut texts: Vec<String> = items.iter().map(canonical).collect();
    texts.sort_unstable();
    texts.windows(2).any(|pair| pair[0] == pair[1])
}

/// A text that is the same for values that are: `1` and `1.0`, and objects in whichever order.
fn canonical(json: &Json) -> String {
    match json {
        Json::Number(number) => number.exact().map_or_else(|| number.to_string(), |exact| format!("{exact:?}")),
        Json::List(items) => items.iter().fold("[".to_owned(), |all, item| all + &canonical(item) + ",") + "]",
        Json::Object(object) => {
            let mut entries: Vec<(&str, &Json)> = object.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let mut text = String::from("{");
            for (key, value) in entries {
                let _ = write!(text, "{}:{},", Json::from(key), canonical(value));
            }
            text + "}"
        }
        other => other.to_string(),
    }
}

/// A pattern, compiled once. The generator has seen that it can be; of one that cannot, nothing is held.
fn compiled(pattern: &'static str) -> Option<Arc<Regex>> {
    type Patterns = HashMap<&'static str, Option<Arc<Regex>>>;
    static ALL: Mutex<Option<Patterns>> = Mutex::new(None);
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = all.get_or_insert_default().entry(pattern);
    entry.or_insert_with(|| Regex::new(pattern).ok().map(Arc::new)).clone()
}

#[cfg(test)]
mod tests {
    use super::super::check::tests::broken;
    use super::*;

    #[test]
    fn bounds_are_exact() {
        let rules = Rules { minimum: Some("0.1"), below: Some("9007199254740993"), ..Rules::NONE };
        for right in ["0.1", "1e-1", "9007199254740992", "0.10000000000000000000000001"] {
            assert!(broken(right, |at| at.hold(&rules)).is_empty(), "{right}");
        }
        for wrong in ["0.09999999999999999999999999", "9007199254740993.0", "-1"] {
            assert_eq!(broken(wrong, |at| at.hold(&rules)).len(), 1, "{wrong}");
        }
        let cents = Rules { multiples_of: &["0.01", "0.05"], ..Rules::NONE };
        assert_eq!(broken("0.07", |at| at.hold(&cents)), ["body: is 0.07, no multiple of 0.05"]);
    }

    #[test]
    fn twins_are_known_by_value() {
        let unique = Rules { unique: true, ..Rules::NONE };
        for twins in ["[1,1.0]", r#"[{"a":1,"b":[]},{"b":[],"a":1e0}]"#, r#"["é","\u00e9"]"#] {
            assert_eq!(broken(twins, |at| at.hold(&unique)), ["body: has an item twice"], "{twins}");
        }
        assert!(broken(r#"[1,"1",true,"true",[1],{"a":1}]"#, |at| at.hold(&unique)).is_empty());
    }

    #[test]
    fn characters_are_counted_as_json_schema_does() {
        let one = Rules { max_length: Some(1), ..Rules::NONE };
        assert!(broken("\"😀\"", |at| at.hold(&one)).is_empty());
        assert_eq!(broken("\"e\u{301}\"", |at| at.hold(&one)), ["body: has 2 characters, and may have 1"]);
    }
}
