//! Values that a document writes as text of some form.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use super::{Json, Wire};
use crate::{Misfit, Unreadable};

/// A text that should be a `T`, kept as it was written: a date that a server prints oddly must not make the answer
/// unreadable. One that is parsed is of the form.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Written<T> {
    text: String,
    of: PhantomData<fn() -> T>,
}

impl<T: FromStr> Written<T> {
    /// Keeps `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), of: PhantomData }
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it says.
    ///
    /// # Errors
    /// When the text is no `T`.
    pub fn value(&self) -> Result<T, Misfit> {
        self.text.parse().map_err(|_| self.misfit())
    }

    fn misfit(&self) -> Misfit {
        let name = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default();
        Misfit::new(format!("{:?} is no {name}", self.text))
    }
}

impl<T> fmt::Debug for Written<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Written").field(&self.text).finish()
    }
}

impl<T: FromStr + fmt::Display> FromStr for Written<T> {
    type Err = Misfit;

    fn from_str(text: &str) -> Result<Self, Misfit> {
        let written = Self::new(text);
        if written.is_documented() { Ok(written) } else { Err(written.misfit()) }
    }
}

impl<T: FromStr + fmt::Display> From<T> for Written<T> {
    fn from(value: T) -> Self {
        Self::new(value.to_string())
    }
}

impl<T: FromStr + fmt::Display> Wire for Written<T> {
    fn to_json(&self) -> Json {
        self.as_str().into()
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        String::from_json(json).map(Self::new)
    }

    fn is_documented(&self) -> bool {
        // A date is read from the beginning of a point of time too.
        self.value().is_ok_and(|value| value.to_string().eq_ignore_ascii_case(&self.text))
    }
}

/// A universally unique identifier (RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Uuid(pub u128);

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl FromStr for Uuid {
    type Err = Misfit;

    fn from_str(text: &str) -> Result<Self, Misfit> {
        let misfit = || Misfit::new(format!("{text:?} is not a UUID"));
        let groups: Vec<&str> = text.split('-').collect();
        let digits = text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
        if !digits || !groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) {
            return Err(misfit());
        }
        u128::from_str_radix(&groups.concat(), 16).map(Self).map_err(|_| misfit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Date;

    #[test]
    fn what_is_parsed_is_of_the_form() {
        let day: Written<Date> = "2031-05-01".parse().unwrap();
        assert_eq!(format!("{day:?}"), "Written(\"2031-05-01\")");
        assert_eq!("soon".parse::<Written<Date>>().unwrap_err().to_string(), "\"soon\" is no Date");
        // A longer text that only begins with a date.
        assert!("2031-05-01T09:00:00Z".parse::<Written<Date>>().is_err());
        assert_eq!(Written::<Uuid>::new("7").value().unwrap_err().to_string(), "\"7\" is no Uuid");
    }

    #[test]
    fn keeps_what_is_no_uuid() {
        let text = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        let id: Written<Uuid> = Written::new(text);
        assert_eq!(Written::from(id.value().unwrap()), id);
        for text in ["", "67e55044-10b1-426f-9247-bb680e5fe0c", "+7e55044-10b1-426f-9247-bb680e5fe0c8"] {
            assert!(Written::<Uuid>::new(text).value().is_err(), "{text}");
        }
    }
}
