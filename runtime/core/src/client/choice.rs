//! Values of one of several shapes, with nothing in them that says of which.

use super::seen::Search;
use super::{Json, Wire, loose};
use crate::Unreadable;

/// Finds the shape that fits a value best: of those that can be read from it, the one that has a name for most of its
/// fields; of equals, the first that the document allows the value for, or else the first.
#[derive(Debug)]
pub struct Choice<T> {
    json: Json,
    search: Search,
    /// What was read of such a value before, if any shape fitted.
    known: Option<Option<T>>,
    misfit: bool,
    bends: usize,
    best: Option<Best<T>>,
    reasons: Vec<String>,
}

/// What stands between the reasons why no shape fits.
const OR: &str = "; or ";

#[derive(Debug)]
struct Best<T> {
    /// It has a field that says otherwise; how many fields it does not know; the document does not list what it holds;
    /// how many texts were taken for what they need not be.
    rank: (bool, usize, bool, usize),
    value: T,
}

impl<T: Clone + 'static> Choice<T> {
    /// To choose for `json`. Whoever chooses a `T` has to offer the same shapes.
    #[must_use]
    pub fn new(json: Json) -> Self {
        let (search, known) = Search::begin::<T>(&json);
        Self { json, search, known, misfit: false, bends: loose::bends(), best: None, reasons: Vec::new() }
    }

    /// Of the shape that is offered next, the field `name` has one of some `values`, each written as JSON: where it has
    /// another, the shape is the last resort.
    pub fn marked(&mut self, name: &str, values: &[&'static str]) -> &mut Self {
        self.misfit |= !self.json.is_marked(name, values);
        self
    }

    /// Offers a shape; `known` are the fields that it has a name for.
    pub fn offer<S: Wire>(&mut self, wrap: impl FnOnce(S) -> T, known: &[&str]) {
        let misfit = std::mem::take(&mut self.misfit);
        if self.known.is_some() {
            return;
        }
        let strange = self.json.strange(known);
        let is_beaten = |rank| self.best.as_ref().is_some_and(|best| best.rank <= rank);
        if is_beaten((misfit, strange, false, 0)) {
            return;
        }
        loose::set_bends(self.bends);
        match S::from_json(self.json.clone()) {
            Ok(value) => {
                let rank = (misfit, strange, !value.is_documented(), loose::bends() - self.bends);
                if !is_beaten(rank) {
                    self.best = Some(Best { rank, value: wrap(value) });
                }
            }
            Err(error) => {
                let reason = error.to_string();
                self.reasons.push(if reason.contains(OR) { format!("({reason})") } else { reason });
            }
        }
    }

    /// The best.
    ///
    /// # Errors
    /// When no shape fits: says why for each.
    pub fn finish(self) -> Result<T, Unreadable> {
        if let Some(known) = self.known {
            return known.ok_or_else(|| Unreadable::new("", "fits none of the shapes, as said before"));
        }
        loose::set_bends(self.bends + self.best.as_ref().map_or(0, |best| best.rank.3));
        let value = self.best.map(|best| best.value);
        self.search.end(value.as_ref());
        match value {
            Some(value) => Ok(value),
            None => Err(Unreadable::new("", format!("fits none of the shapes: {}", self.reasons.join(OR)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone, PartialEq)]
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
        choice.marked("kind", &["1"]).offer(Any::Fish, &["name", "kind"]);
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
