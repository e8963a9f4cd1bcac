//! Constraints of a document, held against what is about to be sent.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use regex::Regex;

use super::Json;

/// What a document allows of a value. Each holds for values of its kind alone, as in JSON Schema.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// At least so many characters.
    pub min_length: Option<usize>,
    /// At most so many characters.
    pub max_length: Option<usize>,
    /// A text has to have a match of this expression.
    pub pattern: Option<&'static str>,
    /// A number may not be less.
    pub minimum: Option<f64>,
    /// A number may not be more.
    pub maximum: Option<f64>,
    /// A number has to be more.
    pub above: Option<f64>,
    /// A number has to be less.
    pub below: Option<f64>,
    /// A number has to be a multiple of this one.
    pub multiple_of: Option<&'static str>,
    /// At least so many items, or entries.
    pub min_items: Option<usize>,
    /// At most so many items, or entries.
    pub max_items: Option<usize>,
    /// No item may stand twice.
    pub unique: bool,
}

impl Rules {
    /// Allows everything.
    pub const NONE: Self = Self {
        min_length: None,
        max_length: None,
        pattern: None,
        minimum: None,
        maximum: None,
        above: None,
        below: None,
        multiple_of: None,
        min_items: None,
        max_items: None,
        unique: false,
    };
}

/// A value that breaks a constraint of its document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Broken {
    /// Where: `body.items[2].name`.
    pub place: String,
    /// How.
    pub reason: String,
}

/// A value under check.
#[derive(Debug)]
pub struct Check<'j> {
    json: &'j Json,
    place: String,
    broken: &'j mut Vec<Broken>,
}

impl<'j> Check<'j> {
    /// Checks `json`, which is called `place`.
    pub fn new(json: &'j Json, place: &str, broken: &'j mut Vec<Broken>) -> Self {
        Self { json, place: place.to_owned(), broken }
    }

    fn enter(&mut self, json: &Json, step: &str, rule: impl FnOnce(&mut Check<'_>)) {
        if matches!(json, Json::Null) {
            return;
        }
        let mut place = self.place.clone();
        if !step.starts_with('[') {
            place.push('.');
        }
        place.push_str(step);
        rule(&mut Check { json, place, broken: self.broken });
    }

    /// Checks a field, if it is there.
    pub fn field(&mut self, name: &str, rule: impl FnOnce(&mut Check<'_>)) {
        if let Some(value) = self.json.get(name) {
            self.enter(value, name, rule);
        }
    }

    /// A field that has to be sent.
    pub fn required(&mut self, name: &str) {
        if matches!(self.json, Json::Object(_)) && self.json.get(name).is_none() {
            self.fail(format_args!("`{name}` has to be sent"));
        }
    }

    /// Checks every item of a list.
    pub fn each(&mut self, rule: impl Fn(&mut Check<'_>)) {
        if let Json::List(items) = self.json {
            for (n, item) in items.iter().enumerate() {
                self.enter(item, &format!("[{n}]"), &rule);
            }
        }
    }

    /// Checks every value of an object, except those `named`.
    pub fn values(&mut self, named: &[&str], rule: impl Fn(&mut Check<'_>)) {
        if let Json::Object(object) = self.json {
            for (key, value) in object.iter().filter(|(key, _)| !named.contains(key)) {
                self.enter(value, key, &rule);
            }
        }
    }

    /// Checks the value, unless it is null.
    pub fn value(&mut self, rule: impl FnOnce(&mut Check<'_>)) {
        if !matches!(self.json, Json::Null) {
            rule(self);
        }
    }

    /// Whether the text under `name` is one of `tags`.
    #[must_use]
    pub fn is_tagged(&self, name: &str, tags: &[&str]) -> bool {
        self.json.tag(name).is_some_and(|tag| tags.contains(&tag))
    }

    fn fail(&mut self, reason: impl std::fmt::Display) {
        self.broken.push(Broken { place: self.place.clone(), reason: reason.to_string() });
    }

    /// Holds the value against rules.
    pub fn hold(&mut self, rules: &Rules) {
        match self.json {
            Json::Text(text) => self.text(text, rules),
            Json::Number(number) => self.number(number.as_str(), rules),
            Json::List(items) => {
                self.count(items.len(), "items", rules.min_items, rules.max_items);
                if rules.unique && has_twins(items) {
                    self.fail("has an item twice");
                }
            }
            Json::Object(object) => self.count(object.iter().count(), "entries", rules.min_items, rules.max_items),
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn text(&mut self, text: &str, rules: &Rules) {
        if rules.min_length.is_some() || rules.max_length.is_some() {
            self.count(text.chars().count(), "characters", rules.min_length, rules.max_length);
        }
        if let Some(pattern) = rules.pattern
            && !compiled(pattern).is_none_or(|regex| regex.is_match(text))
        {
            self.fail(format_args!("does not match {pattern}"));
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

    fn number(&mut self, digits: &str, rules: &Rules) {
        let Ok(value) = digits.parse::<f64>() else { return };
        let mut reason = String::new();
        let bounds = [
            (rules.minimum.filter(|bound| value < *bound), "may not be less than"),
            (rules.maximum.filter(|bound| value > *bound), "may not be more than"),
            (rules.above.filter(|bound| value <= *bound), "has to be more than"),
            (rules.below.filter(|bound| value >= *bound), "has to be less than"),
        ];
        for (bound, what) in bounds {
            if let Some(bound) = bound {
                let _ = write!(reason, "{}is {digits}, and {what} {bound}", if reason.is_empty() { "" } else { "; " });
            }
        }
        if let Some(of) = rules.multiple_of
            && is_multiple(digits, of) == Some(false)
        {
            let _ = write!(reason, "{}is {digits}, no multiple of {of}", if reason.is_empty() { "" } else { "; " });
        }
        if !reason.is_empty() {
            self.fail(reason);
        }
    }
}

/// Whether two items are alike; by their text, so that long lists are not compared each with each.
fn has_twins(items: &[Json]) -> bool {
    let mut texts: Vec<String> = items.iter().map(Json::to_string).collect();
    texts.sort_unstable();
    texts.windows(2).any(|pair| pair[0] == pair[1])
}

/// A pattern, compiled once. The generator has seen that it can be; of one that cannot, nothing is held.
fn compiled(pattern: &'static str) -> Option<Arc<Regex>> {
    type Patterns = HashMap<&'static str, Option<Arc<Regex>>>;
    static ALL: Mutex<Option<Patterns>> = Mutex::new(None);
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = all.get_or_insert_default().entry(pattern);
    entry.or_insert_with(|| Regex::new(pattern).ok().map(Arc::new)).clone()
}

/// Whether a decimal number is a multiple of another; `None` of numbers too long to say.
fn is_multiple(digits: &str, of: &str) -> Option<bool> {
    let (a, a_scale) = decimal(digits)?;
    let (b, b_scale) = decimal(of)?;
    let scale = a_scale.max(b_scale);
    let lift = |value: i128, from: u32| value.checked_mul(10_i128.checked_pow(scale - from)?);
    let (a, b) = (lift(a, a_scale)?, lift(b, b_scale)?);
    Some(b != 0 && a % b == 0)
}

/// A number as digits and how many of them stand behind the point.
fn decimal(text: &str) -> Option<(i128, u32)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let value: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    match u32::try_from(scale) {
        Ok(scale) => Some((value, scale)),
        Err(_) => Some((value.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str, rule: impl FnOnce(&mut Check<'_>)) -> Vec<String> {
        let json = Json::parse(text.as_bytes()).unwrap();
        let mut broken = Vec::new();
        rule(&mut Check::new(&json, "body", &mut broken));
        broken.iter().map(Broken::to_string).collect()
    }

    #[test]
    fn says_what_is_broken_and_where() {
        let text = r#"{"names":["a","bcde","ёжи"],"n":0.25,"m":null}"#;
        let found = broken(text, |at| {
            at.field("names", |at| {
                at.hold(&Rules { max_items: Some(2), ..Rules::NONE });
                at.each(|at| at.hold(&Rules { min_length: Some(2), max_length: Some(3), ..Rules::NONE }));
            });
            at.field("n", |at| at.hold(&Rules { above: Some(0.25), multiple_of: Some("0.1"), ..Rules::NONE }));
            at.field("m", |at| at.hold(&Rules { minimum: Some(1.0), ..Rules::NONE }));
            at.required("o");
        });
        assert_eq!(
            found,
            [
                "body.names: has 3 items, and may have 2",
                "body.names[0]: has 1 characters, and needs 2",
                "body.names[1]: has 4 characters, and may have 3",
                "body.n: is 0.25, and has to be more than 0.25; is 0.25, no multiple of 0.1",
                "body: `o` has to be sent",
            ]
        );
    }

    #[test]
    fn multiples_are_exact() {
        for (digits, of, whether) in
            [("0.3", "0.1", true), ("1e2", "5", true), ("7", "2", false), ("-4", "2", true), ("0.15", "1e-1", false)]
        {
            assert_eq!(is_multiple(digits, of), Some(whether), "{digits} of {of}");
        }
    }
}
