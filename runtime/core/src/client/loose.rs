//! What a text may be, where nothing but the type says so: in headers, parameters and forms. What looks like a number is
//! read as one until a text is due; where a list is due, one value is a list of one. Each place is decided by itself, so
//! that reading takes as long as what is read, however it looks.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::{Json, Wire};
use crate::Unreadable;

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// By itself.
    Whole,
    /// Under a name.
    Entry,
    /// In a list.
    Item,
}

thread_local! {
    /// Where the value stands that is being read, if all that is known of it is texts.
    static PLACE: Cell<Option<Place>> = const { Cell::new(None) };
    /// How many values were taken for something else than they look like.
    static BENDS: Cell<usize> = const { Cell::new(0) };
}

/// Until it is dropped, values are read as at a place.
struct At(Option<Place>);

impl At {
    fn new(place: Place) -> Self {
        Self(PLACE.replace(Some(place)))
    }
}

impl Drop for At {
    fn drop(&mut self) {
        PLACE.set(self.0);
    }
}

/// Whether a text may be something else.
pub(super) fn is_on() -> bool {
    place().is_some()
}

/// Where the value stands that is being read, if a text may be something else.
pub(super) fn place() -> Option<Place> {
    PLACE.get()
}

/// How many values were taken for something else so far.
pub(super) fn bends() -> usize {
    BENDS.get()
}

/// Forgets what was tried in vain.
pub(super) fn set_bends(bends: usize) {
    BENDS.set(bends);
}

/// Reads a value of whose leaves only the text is known. A text that is a JSON object is taken for one where no text is
/// due, and in a list so is one that is a JSON list.
pub(super) fn read<T: Wire>(json: Json, place: Place) -> Result<T, Unreadable> {
    let _at = At::new(place);
    let inner = match &json {
        Json::Text(text) if text.starts_with('{') || place == Place::Item && text.starts_with('[') => {
            Json::parse(text.as_bytes()).ok()
        }
        _ => None,
    };
    match (T::from_json(json), inner) {
        (Err(error), Some(inner)) if error.place.is_empty() => T::from_json(inner),
        (read, _) => read,
    }
}

/// Reads a value that stands under a name.
pub(super) fn entry<T: Wire>(json: Json) -> Result<T, Unreadable> {
    if is_on() { read(json, Place::Entry) } else { T::from_json(json) }
}

/// Reads a value that stands in a list.
pub(super) fn item<T: Wire>(json: Json) -> Result<T, Unreadable> {
    if is_on() { read(json, Place::Item) } else { T::from_json(json) }
}

/// Reads a value that may be left out: an empty text that cannot be one is none.
pub(super) fn some<T>(json: Json, read: impl FnOnce(Json) -> Result<T, Unreadable>) -> Result<Option<T>, Unreadable> {
    let is_empty = is_on() && matches!(&json, Json::Text(text) if text.is_empty());
    match read(json) {
        Err(_) if is_empty => Ok(None),
        read => read.map(Some),
    }
}

/// The text of what only looks like a number or a truth value.
pub(super) fn text(json: &Json) -> Option<String> {
    let is_text = is_on() && matches!(json, Json::Number(_) | Json::Bool(_));
    is_text.then(|| {
        set_bends(bends() + 1);
        json.to_string()
    })
}

/// The items of a list: of one that has only places (`a[0]=x`), those; of one value under a name, the value.
pub(super) fn items(json: Json) -> Result<Vec<Json>, Unreadable> {
    let at = match json {
        Json::List(items) => return Ok(items),
        Json::Object(_) | Json::Text(_) | Json::Number(_) | Json::Bool(_) => place(),
        Json::Null => None,
    };
    let Some(at) = at else { return Err(json.misfit("a list")) };
    let places = match &json {
        Json::Object(object) => object.iter().map(|(key, value)| Some((key.parse().ok()?, value))).collect(),
        _ => None,
    };
    let places: Option<BTreeMap<usize, &Json>> = places.filter(|places: &BTreeMap<_, _>| !places.is_empty());
    let items = match places {
        Some(places) => places.into_values().cloned().collect(),
        None if at == Place::Entry => vec![json],
        None => return Err(json.misfit("a list")),
    };
    set_bends(bends() + 1);
    Ok(items)
}

/// Takes texts for the numbers and truth values that they look like.
pub(super) fn guessed(json: Json) -> Json {
    match json {
        Json::Text(text) => match Json::parse(text.as_bytes()) {
            Ok(found @ (Json::Number(_) | Json::Bool(_))) if found.to_string() == text => found,
            _ => Json::Text(text),
        },
        Json::List(items) => Json::List(items.into_iter().map(guessed).collect()),
        Json::Object(object) => Json::Object(object.0.into_iter().map(|(key, value)| (key, guessed(value))).collect()),
        other => other,
    }
}
