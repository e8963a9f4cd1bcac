//! Objects field by field.

use std::collections::BTreeMap;

use super::wire::read_entries;
use super::{Json, Object, Wire, loose};
use crate::{Maybe, Unreadable};

impl Object {
    /// Writes a field that has to be there.
    pub fn put<T: Wire>(&mut self, name: &str, value: &T) {
        self.0.push((name.to_owned(), value.to_json()));
    }

    /// Writes a field, if it is there.
    pub fn put_some<T: Wire>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// Writes a field that may be left out and may be null.
    pub fn put_maybe<T: Wire>(&mut self, name: &str, value: &Maybe<T>) {
        match value {
            Maybe::Absent => {}
            Maybe::Null => self.0.push((name.to_owned(), Json::Null)),
            Maybe::Value(value) => self.put(name, value),
        }
    }

    /// Writes fields that the document does not name; a name that is there already is that of another field.
    pub fn put_more<T: Wire>(&mut self, more: &BTreeMap<String, T>) {
        let named = self.0.len();
        for (key, value) in more {
            if self.0[..named].iter().all(|(had, _)| had != key) {
                self.0.push((key.clone(), value.to_json()));
            }
        }
    }
}

/// The fields of an object that is read, each of which is taken once.
#[derive(Debug)]
pub struct Fields(Vec<(String, Option<Json>)>);

impl Fields {
    /// The fields of `json`.
    ///
    /// # Errors
    /// When it is no object.
    pub fn of(json: Json) -> Result<Self, Unreadable> {
        let entries = Object::from_json(json)?.0;
        Ok(Self(entries.into_iter().map(|(key, value)| (key, Some(value))).collect()))
    }

    fn find(&mut self, name: &str) -> Option<Json> {
        // The last of several counts, as it does for most readers.
        let mut found = None;
        for (_, value) in self.0.iter_mut().filter(|(key, _)| key == name) {
            found = value.take().or(found);
        }
        found
    }

    /// Takes a field that has to be there.
    ///
    /// # Errors
    /// When it is not, or is of another type.
    pub fn take<T: Wire>(&mut self, name: &str) -> Result<T, Unreadable> {
        match self.find(name) {
            Some(json) => loose::entry(json).map_err(|error| error.within(name)),
            None => Err(Unreadable::new(name, "is missing")),
        }
    }

    /// Takes a field that may be left out. Null is taken for that.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn take_some<T: Wire>(&mut self, name: &str) -> Result<Option<T>, Unreadable> {
        match self.find(name) {
            None | Some(Json::Null) => Ok(None),
            Some(json) => loose::some(json, loose::entry).map_err(|error| error.within(name)),
        }
    }

    /// Takes a field that may be left out and may be null.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn take_maybe<T: Wire>(&mut self, name: &str) -> Result<Maybe<T>, Unreadable> {
        match self.find(name) {
            None => Ok(Maybe::Absent),
            Some(Json::Null) => Ok(Maybe::Null),
            Some(json) => match loose::some(json, loose::entry) {
                Ok(value) => Ok(value.map_or(Maybe::Absent, Maybe::Value)),
                Err(error) => Err(error.within(name)),
            },
        }
    }

    /// The fields that nobody took.
    ///
    /// # Errors
    /// When one is of another type.
    pub fn rest<T: Wire>(self) -> Result<BTreeMap<String, T>, Unreadable> {
        read_entries(self.0.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
    }
}

impl Unreadable {
    /// The same, told of the field or element `of` that holds the place.
    #[must_use]
    pub fn within(mut self, of: &str) -> Self {
        let dot = if self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        self.place = format!("{of}{dot}{}", self.place);
        self
    }
}
