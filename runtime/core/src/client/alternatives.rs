//! Constraints of values of one of several shapes, with nothing in them that says of which.

use std::any::TypeId;
use std::rc::Rc;

use super::Wire;
use super::check::{Broken, Check, Told};
use super::seen::Search;

/// The shapes that a value may have. It has to keep the constraints of one that allows it; which one its sender had in
/// mind is no matter, as it is none to the receiver. Those that only keep it, as an open enumeration does, count if no
/// other is left.
#[derive(Debug)]
pub struct Alternatives<'c, 'j> {
    at: &'c mut Check<'j>,
    of: TypeId,
    /// What was found before.
    told: Option<Option<Rc<[Broken]>>>,
    all: Told,
    /// Each shape reads the value again.
    _reading: Search,
    misfit: bool,
    /// A shape was left out that is one of its own shapes.
    circular: bool,
    best: Option<(Rank, Vec<Broken>)>,
}

/// It does not allow the value; the value breaks a constraint of it; how many fields it does not know.
type Rank = (bool, bool, usize);

impl<'c, 'j> Alternatives<'c, 'j> {
    pub(super) fn new<T: 'static>(at: &'c mut Check<'j>) -> Self {
        let of = TypeId::of::<T>();
        let all = at.told.clone().unwrap_or_default();
        let key = (std::ptr::from_ref(at.json), of);
        let told = all.borrow().get(&key).cloned();
        if told.is_none() {
            // A shape that is one of its own shapes is none of them until it is checked.
            all.borrow_mut().insert(key, None);
        }
        Self { at, of, told, all, _reading: Search::hold(), misfit: false, circular: false, best: None }
    }

    /// Of the shape that is offered next, the field `name` has one of some `values`, each written as JSON.
    pub fn marked(&mut self, name: &str, values: &[&'static str]) -> &mut Self {
        self.misfit |= !self.at.json.is_marked(name, values);
        self
    }

    /// Offers a shape; `known` are the fields that it has a name for.
    pub fn offer<T: Wire>(&mut self, known: &[&str], rule: impl FnOnce(&mut Check<'_>)) {
        let misfit = std::mem::take(&mut self.misfit);
        if self.told.is_some() || matches!(self.best, Some(((false, false, _), _))) {
            return;
        }
        let json = self.at.json;
        let Ok(value) = T::from_json(json.clone()) else { return };
        let mut broken = Vec::new();
        let told = Some(self.all.clone());
        let mut at = Check { json, place: String::new(), broken: &mut broken, told, circular: false };
        rule(&mut at);
        if at.circular {
            self.circular = true;
            return;
        }
        let rank = (misfit || !value.is_documented(), !broken.is_empty(), json.strange(known));
        if self.best.as_ref().is_none_or(|(best, _)| rank < *best) {
            self.best = Some((rank, broken));
        }
    }

    /// Tells what is broken of the shape that fits best.
    pub fn finish(self) {
        let told = match (self.told, self.best) {
            (Some(told), _) => told,
            (None, None) if self.circular => None,
            (None, best) => Some(best.map(|(_, broken)| broken).unwrap_or_default().into()),
        };
        self.at.circular |= told.is_none();
        let place = &self.at.place;
        let within =
            |broken: &Broken| Broken { place: format!("{place}{}", broken.place), reason: broken.reason.clone() };
        self.at.broken.extend(told.iter().flat_map(|told| told.iter()).map(within));
        self.all.borrow_mut().insert((std::ptr::from_ref(self.at.json), self.of), told);
    }
}
