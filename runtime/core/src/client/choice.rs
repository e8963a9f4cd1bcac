//! Values of one of several shapes, with nothing in them that says of which.

use super::{Json, Wire};
use crate::Unreadable;

/// Finds the shape that fits a value best: of those that can be read from it, the one that has a name for most of its
/// fields; of equals, the first.
#[derive(Debug)]
pub struct Choice<T> {
    json: Json,
    best: Option<(usize, T)>,
    reasons: Vec<String>,
}

impl<T> Choice<T> {
    /// To choose for `json`.
    #[must_use]
    pub const fn new(json: Json) -> Self {
        Self { json, best: None, reasons: Vec::new() }
    }

    /// Offers a shape; `known` are the fields that it has a name for.
    pub fn offer<S: Wire>(&mut self, wrap: impl FnOnce(S) -> T, known: &[&str]) {
        self.weigh(wrap, self.json.strange(known));
    }

    /// Offers a shape that has one of some `values`, each written as JSON, under `name`: with another it is the last resort.
    pub fn offer_marked<S: Wire>(
        &mut self,
        wrap: impl FnOnce(S) -> T,
        known: &[&str],
        name: &str,
        values: &[&'static str],
    ) {
        let marked = self.json.get(name).is_some_and(|found| values.iter().any(|value| Json::literal(value) == *found));
        let misfit = if marked { 0 } else { usize::MAX / 2 };
        self.weigh(wrap, misfit + self.json.strange(known));
    }

    fn weigh<S: Wire>(&mut self, wrap: impl FnOnce(S) -> T, strange: usize) {
        if self.best.as_ref().is_some_and(|(least, _)| *least <= strange) {
            return;
        }
        match S::from_json(self.json.clone()) {
            Ok(value) => self.best = Some((strange, wrap(value))),
            Err(error) => self.reasons.push(error.to_string()),
        }
    }

    /// The best.
    ///
    /// # Errors
    /// When no shape fits: says why for each.
    pub fn finish(self) -> Result<T, Unreadable> {
        match self.best {
            Some((_, value)) => Ok(value),
            None => Err(Unreadable::new("", format!("fits none of the shapes: {}", self.reasons.join("; or ")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq)]
    enum Any {
        Number(i64),
        Cat(BTreeMap<String, Json>),
        Dog(BTreeMap<String, Json>),
        Fish(BTreeMap<String, Json>),
    }

    fn choose(text: &str) -> Result<Any, Unreadable> {
        let mut choice = Choice::new(Json::parse(text.as_bytes()).unwrap());
        choice.offer(Any::Number, &[]);
        choice.offer(Any::Cat, &["name", "meow"]);
        choice.offer(Any::Dog, &["name", "bark"]);
        choice.offer_marked(Any::Fish, &["name", "kind"], "kind", &["1"]);
        choice.finish()
    }

    #[test]
    fn takes_what_knows_most() {
        assert_eq!(choose("1").unwrap(), Any::Number(1));
        assert!(matches!(choose(r#"{"name":"a","bark":1}"#).unwrap(), Any::Dog(_)));
        assert!(matches!(choose(r#"{"name":"a"}"#).unwrap(), Any::Cat(_)));
        assert!(matches!(choose(r#"{"name":"a","kind":1.0}"#).unwrap(), Any::Fish(_)));
        assert!(matches!(choose(r#"{"name":"a","kind":2}"#).unwrap(), Any::Cat(_)));
        assert!(choose("true").unwrap_err().to_string().contains("; or expected an object, found true or false"));
    }
}
