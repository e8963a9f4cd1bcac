//! Lists place by place.

use super::{Json, Wire, loose};
use crate::{Maybe, Unreadable};

/// A list that is written, whose places have types of their own.
#[derive(Debug, Default)]
pub struct Places(Vec<Option<Json>>);

impl Places {
    /// Writes a place that has to be filled.
    pub fn put<T: Wire>(&mut self, value: &T) {
        self.0.push(Some(value.to_json()));
    }

    /// Writes a place that may be left out; before one that is there, it is null.
    pub fn put_some<T: Wire>(&mut self, value: &Option<T>) {
        self.0.push(value.as_ref().map(Wire::to_json));
    }

    /// Writes a place that may be left out and may be null.
    pub fn put_maybe<T: Wire>(&mut self, value: &Maybe<T>) {
        self.0.push(if value.is_absent() { None } else { Some(value.to_json()) });
    }

    /// Writes the items behind.
    pub fn put_more<T: Wire>(&mut self, more: &[T]) {
        self.0.extend(more.iter().map(|value| Some(value.to_json())));
    }
}

impl From<Places> for Json {
    fn from(mut places: Places) -> Self {
        while places.0.last().is_some_and(Option::is_none) {
            places.0.pop();
        }
        Self::List(places.0.into_iter().map(Option::unwrap_or_default).collect())
    }
}

/// The items of a list that is read, from the first on.
#[derive(Debug)]
pub struct Items {
    items: std::vec::IntoIter<Json>,
    place: usize,
}

impl Items {
    /// The items of `json`.
    ///
    /// # Errors
    /// When it is no list.
    pub fn of(json: Json) -> Result<Self, Unreadable> {
        Ok(Self { items: loose::items(json)?.into_iter(), place: 0 })
    }

    fn next<T: Wire>(&mut self) -> Option<Result<T, Unreadable>> {
        let place = self.place;
        self.place += 1;
        let json = self.items.next()?;
        Some(loose::item(json).map_err(|error| error.within(&format!("[{place}]"))))
    }

    /// Takes the item of a place that has to be filled.
    ///
    /// # Errors
    /// When there is none, or it is of another type.
    pub fn take<T: Wire>(&mut self) -> Result<T, Unreadable> {
        let place = self.place;
        self.next().unwrap_or_else(|| Err(Unreadable::new(format!("[{place}]"), "is missing")))
    }

    /// Takes the item of a place that may be left out. Null is taken for that.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn take_some<T: Wire>(&mut self) -> Result<Option<T>, Unreadable> {
        self.next::<Option<T>>().unwrap_or(Ok(None))
    }

    /// Takes the item of a place that may be left out and may be null.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn take_maybe<T: Wire>(&mut self) -> Result<Maybe<T>, Unreadable> {
        self.next().unwrap_or(Ok(Maybe::Absent))
    }

    /// The items that nobody took.
    ///
    /// # Errors
    /// When one is of another type.
    pub fn rest<T: Wire>(mut self) -> Result<Vec<T>, Unreadable> {
        std::iter::from_fn(|| self.next()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_null_and_the_end_is_left_out() {
        let mut places = Places::default();
        places.put(&1_i64);
        places.put_some(&None::<i64>);
        places.put_maybe(&Maybe::Value(true));
        places.put_some(&None::<i64>);
        assert_eq!(Json::from(places).to_string(), "[1,null,true]");
    }

    #[test]
    fn says_which_place_is_wrong() {
        let items = |text: &str| Items::of(Json::parse(text.as_bytes()).unwrap());
        let mut short = items("[1]").unwrap();
        assert_eq!((short.take::<i64>().unwrap(), short.take_some::<i64>().unwrap()), (1, None));
        assert_eq!(short.take::<i64>().unwrap_err().to_string(), "[2]: is missing");
        let mut long = items("[null,2,3,\"x\"]").unwrap();
        assert_eq!((long.take_maybe::<i64>().unwrap(), long.take_maybe().unwrap()), (Maybe::Null, Maybe::Value(2_i64)));
        assert!(long.rest::<i64>().unwrap_err().to_string().starts_with("[3]: expected a number"));
        assert!(items("{}").is_err());
    }
}
