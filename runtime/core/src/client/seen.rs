//! What was read of a value as one of several shapes: what nests would else be read again for each shape that what holds
//! it may have, twice as often at each level.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::marker::PhantomData;

use super::Json;
use super::loose::{self, Place};

/// A type, what a value says: a digest under secret keys, so that nobody can make two that are alike; and where it stands,
/// if that matters.
type Key = (TypeId, [u64; 2], Option<Place>);

thread_local! {
    static SEEN: RefCell<Seen> = RefCell::default();
}

#[derive(Default)]
struct Seen {
    /// How many choices stand within one another.
    depth: usize,
    keys: [RandomState; 2],
    /// Each an `Option` of its type: `None` where no shape fitted; and how often a text was taken for something else.
    values: HashMap<Key, (Box<dyn Any>, usize)>,
}

/// A choice that is being made. What is read within it is kept until the outermost ends.
#[derive(Debug)]
pub(super) struct Search {
    /// Of one within another.
    key: Option<Key>,
    /// How often a text had been taken for something else before.
    bends: usize,
    /// What is kept belongs to the thread.
    here: PhantomData<*const ()>,
}

impl Search {
    /// Begins to read `json` as a `T`; says what was read of such a value before.
    pub(super) fn begin<T: Clone + 'static>(json: &Json) -> (Self, Option<Option<T>>) {
        SEEN.with_borrow_mut(|seen| {
            let digests = || seen.keys.each_ref().map(|key| digest(json, key));
            let key = (seen.depth > 0).then(|| (TypeId::of::<T>(), digests(), loose::place()));
            let bends = loose::bends();
            let known = key.and_then(|key| {
                let (value, more) = seen.values.get(&key)?;
                loose::set_bends(bends + more);
                value.downcast_ref().cloned()
            });
            if let Some(key) = key.filter(|_| known.is_none()) {
                // A shape that is one of its own shapes is none of them until it is read.
                seen.values.insert(key, (Box::new(None::<T>), 0));
            }
            seen.depth += 1;
            (Self { key, bends, here: PhantomData }, known)
        })
    }

    /// Begins what reads the same values several times.
    pub(super) fn hold() -> Self {
        SEEN.with_borrow_mut(|seen| seen.depth += 1);
        Self { key: None, bends: loose::bends(), here: PhantomData }
    }

    /// Keeps what was read; `None` if no shape fits.
    pub(super) fn end<T: Clone + 'static>(self, value: Option<&T>) {
        if let Some(key) = self.key {
            let value = (Box::new(value.cloned()) as Box<dyn Any>, loose::bends() - self.bends);
            SEEN.with_borrow_mut(|seen| seen.values.insert(key, value));
        }
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        let done = SEEN.with_borrow_mut(|seen| {
            seen.depth -= 1;
            (seen.depth == 0).then(|| std::mem::take(&mut seen.values))
        });
        drop(done);
    }
}

fn digest(json: &Json, key: &RandomState) -> u64 {
    let mut state = key.build_hasher();
    feed(json, &mut state);
    state.finish()
}

/// Every sign of a value: `1` and `1.0` may be read as different shapes.
fn feed(json: &Json, state: &mut impl Hasher) {
    std::mem::discriminant(json).hash(state);
    match json {
        Json::Null => {}
        Json::Bool(value) => value.hash(state),
        Json::Number(number) => number.as_str().hash(state),
        Json::Text(text) => text.hash(state),
        Json::List(items) => {
            items.len().hash(state);
            items.iter().for_each(|item| feed(item, state));
        }
        Json::Object(object) => {
            object.0.len().hash(state);
            for (key, value) in object.iter() {
                key.hash(state);
                feed(value, state);
            }
        }
    }
}
