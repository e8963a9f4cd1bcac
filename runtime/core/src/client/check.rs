//! Constraints of a document, held against what is about to be sent.

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::{Alternatives, Json, Wire};

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
    pub(super) json: &'j Json,
    pub(super) place: String,
    pub(super) broken: &'j mut Vec<Broken>,
    pub(super) told: Option<Told>,
    /// It is one of the shapes that it is asked for itself.
    pub(super) circular: bool,
}

/// What is broken in values of one of several shapes, by their address and type; `None` while that is found out, and of
/// a shape that is nothing but one of those. What nests would else be checked again for each shape that what holds it may
/// have, twice as often at each level.
pub(super) type Told = Rc<RefCell<HashMap<(*const Json, TypeId), Option<Rc<[Broken]>>>>>;

impl<'j> Check<'j> {
    /// Checks `json`, which is called `place`.
    pub fn new(json: &'j Json, place: &str, broken: &'j mut Vec<Broken>) -> Self {
        Self { json, place: place.to_owned(), broken, told: None, circular: false }
    }

    /// The value.
    pub(super) const fn json(&self) -> &'j Json {
        self.json
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
        rule(&mut Check { json, place, broken: self.broken, told: self.told.clone(), circular: false });
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

    /// Checks the item at a place of a list, if it is there.
    pub fn item(&mut self, place: usize, rule: impl FnOnce(&mut Check<'_>)) {
        if let Json::List(items) = self.json
            && let Some(item) = items.get(place)
        {
            self.enter(item, &format!("[{place}]"), rule);
        }
    }

    /// Checks every item of a list from a place on.
    pub fn items_from(&mut self, place: usize, rule: impl Fn(&mut Check<'_>)) {
        if let Json::List(items) = self.json {
            for (n, item) in items.iter().enumerate().skip(place) {
                self.enter(item, &format!("[{n}]"), &rule);
            }
        }
    }

    /// A list needs at least `min` items, and may have at most `max`, that can be read as `T` and break no `rule`.
    pub fn contains<T: Wire>(&mut self, min: usize, max: Option<usize>, rule: impl Fn(&mut Check<'_>)) {
        let Json::List(items) = self.json else { return };
        let found = items.iter().filter(|item| self.allows::<T>(item, &rule)).count();
        if found < min || max.is_some_and(|max| found > max) {
            let most = max.map(|max| format!(", and may have {max}")).unwrap_or_default();
            self.fail(format_args!("has {found} items of a kind of which it needs {min}{most}"));
        }
    }

    /// Checks the names of the entries of an object, as texts.
    pub fn names(&mut self, rule: impl Fn(&mut Check<'_>)) {
        if let Json::Object(object) = self.json {
            for (key, _) in object.iter() {
                let mut place = self.place.clone() + ".";
                place.push_str(key);
                rule(&mut Check::new(&key.into(), &place, self.broken));
            }
        }
    }

    /// Where there is a field of this name, others have to be too.
    pub fn with(&mut self, name: &str, others: &[&str]) {
        if self.json.get(name).is_some() {
            for other in others.iter().filter(|other| self.json.get(other).is_none()) {
                self.fail(format_args!("`{other}` has to be sent with `{name}`"));
            }
        }
    }

    /// Of an object, all fields of one of several sets have to be there.
    pub fn either(&mut self, sets: &[&[&str]]) {
        let is_there = |names: &&[&str]| names.iter().all(|name| self.json.get(name).is_some());
        if matches!(self.json, Json::Object(_)) && !sets.iter().any(is_there) {
            let all: Vec<String> = sets.iter().map(|names| format!("`{}`", names.join("` and `"))).collect();
            self.fail(format_args!("{} has to be sent", all.join(", or ")));
        }
    }

    /// The text or other value has to be one of these, each written as JSON.
    pub fn one_of(&mut self, values: &[&'static str]) {
        if !values.iter().any(|value| Json::literal(value) == *self.json) {
            self.fail(format_args!("is none of {}", values.join(", ")));
        }
    }

    fn allows<T: Wire>(&self, item: &Json, rule: impl FnOnce(&mut Check<'_>)) -> bool {
        let mut broken = Vec::new();
        let told = self.told.clone();
        rule(&mut Check { json: item, place: String::new(), broken: &mut broken, told, circular: false });
        T::from_json(item.clone()).is_ok() && broken.is_empty()
    }

    /// Checks a value of type `T`: of one of several shapes, with nothing in it that says of which.
    pub fn any<T: 'static>(&mut self) -> Alternatives<'_, 'j> {
        Alternatives::new::<T>(self)
    }

    /// Whether the text under `name` is one of `tags`.
    #[must_use]
    pub fn is_tagged(&self, name: &str, tags: &[&str]) -> bool {
        self.json.tag(name).is_some_and(|tag| tags.contains(&tag))
    }

    pub(super) fn fail(&mut self, reason: impl std::fmt::Display) {
        self.broken.push(Broken { place: self.place.clone(), reason: reason.to_string() });
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::super::Rules;
    use super::*;

    pub(in super::super) fn broken(text: &str, rule: impl FnOnce(&mut Check<'_>)) -> Vec<String> {
        let json = Json::parse(text.as_bytes()).unwrap();
        let mut broken = Vec::new();
        rule(&mut Check::new(&json, "body", &mut broken));
        broken.iter().map(Broken::to_string).collect()
    }

    #[test]
    fn entries_and_items_are_checked_by_name_and_place() {
        let short = |at: &mut Check<'_>| at.hold(&Rules { max_length: Some(1), ..Rules::NONE });
        assert_eq!(broken(r#"{"ab":1,"c":2}"#, |at| at.names(short)), ["body.ab: has 2 characters, and may have 1"]);
        assert_eq!(
            broken(r#"{"a":1}"#, |at| {
                at.with("a", &["b"]);
                at.with("c", &["d"]);
            }),
            ["body: `b` has to be sent with `a`"]
        );
        let listed = |at: &mut Check<'_>| {
            at.item(0, short);
            at.items_from(2, short);
            at.contains::<String>(2, Some(3), short);
        };
        assert_eq!(
            broken(r#"["ab","cd","ef",1,"g"]"#, listed),
            [
                "body[0]: has 2 characters, and may have 1",
                "body[2]: has 2 characters, and may have 1",
                "body: has 1 items of a kind of which it needs 2, and may have 3",
            ]
        );
        assert_eq!(broken("1.0", |at| at.one_of(&["\"1\"", "1"])), [""; 0]);
        assert_eq!(broken("2", |at| at.one_of(&["\"1\"", "1"])), ["body: is none of \"1\", 1"]);
    }

    #[test]
    fn one_of_several_shapes_has_to_be_kept() {
        let either = |at: &mut Check<'_>| {
            let mut any = at.any::<Json>();
            any.offer::<BTreeMap<String, i64>>(&["a"], |at| {
                at.field("a", |at| at.hold(&Rules { minimum: Some("1"), ..Rules::NONE }));
            });
            any.offer::<String>(&[], |at| at.hold(&Rules { max_length: Some(1), ..Rules::NONE }));
            any.offer::<String>(&[], |at| at.hold(&Rules { patterns: &["^x"], ..Rules::NONE }));
            any.finish();
        };
        for right in [r#"{"a":1}"#, "\"a\"", "\"xy\"", "true"] {
            assert_eq!(broken(right, either), [""; 0], "{right}");
        }
        assert_eq!(broken(r#"{"a":0}"#, either), ["body.a: is 0, and may not be less than 1"]);
        assert_eq!(broken("\"ab\"", either), ["body: has 2 characters, and may have 1"]);
    }

    #[test]
    fn says_what_is_broken_and_where() {
        let text = r#"{"names":["a","bcde","ёжи"],"n":0.25,"m":null}"#;
        let found = broken(text, |at| {
            at.field("names", |at| {
                at.hold(&Rules { max_items: Some(2), ..Rules::NONE });
                at.each(|at| at.hold(&Rules { min_length: Some(2), max_length: Some(3), ..Rules::NONE }));
            });
            at.field("n", |at| at.hold(&Rules { above: Some("0.25"), multiples_of: &["0.1"], ..Rules::NONE }));
            at.field("m", |at| at.hold(&Rules { minimum: Some("1"), ..Rules::NONE }));
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
}
