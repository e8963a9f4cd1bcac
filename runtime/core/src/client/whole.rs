//! Whole numbers of any size.

use std::fmt;
use std::str::FromStr;

use super::{Json, Wire};
use crate::decimal::DecimalError;
use crate::{Number, Unreadable};

/// A whole number of any size, kept digit for digit as it was written. By JSON Schema, `1.0` and `1e2` are such too.
///
/// ```
/// use kassa_core::client::Whole;
/// let atoms: Whole = "123456789012345678901234567890".parse()?;
/// assert!(atoms > 1.into());
/// assert!("1.5".parse::<Whole>().is_err());
/// # Ok::<(), kassa_core::DecimalError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole(Number);

impl Whole {
    /// The number that stands in code; zero if the text is no whole number.
    #[must_use]
    pub fn literal(text: &'static str) -> Self {
        text.parse().unwrap_or_else(|_| 0.into())
    }

    /// The number.
    #[must_use]
    pub const fn as_number(&self) -> &Number {
        &self.0
    }
}

impl TryFrom<Number> for Whole {
    type Error = DecimalError;

    /// Takes `number` if it is a whole one.
    fn try_from(number: Number) -> Result<Self, DecimalError> {
        if number.is_whole() { Ok(Self(number)) } else { Err(DecimalError::TooFine(0)) }
    }
}

impl From<Whole> for Number {
    fn from(whole: Whole) -> Self {
        whole.0
    }
}

impl FromStr for Whole {
    type Err = DecimalError;

    /// Takes `text` if it is a whole number by JSON's grammar.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        text.parse::<Number>()?.try_into()
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! from_whole {
    ($($type:ty),*) => { $(
        impl From<$type> for Whole {
            fn from(value: $type) -> Self {
                Self(value.into())
            }
        }
    )* };
}

from_whole!(i8, i16, i32, i64, i128, u8, u16, u32, u64, u128);

impl Wire for Whole {
    fn to_json(&self) -> Json {
        self.0.to_json()
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        let number = Number::from_json(json)?;
        let refusal = format!("expected a whole number, found {number}");
        Self::try_from(number).map_err(|_| Unreadable::new("", refusal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_no_fraction_and_any_size() {
        let read = |text: &str| Whole::from_json(Json::parse(text.as_bytes()).unwrap());
        for text in ["0", "-0.0", "1.0", "15e1", "1.5e1", "1e400", "-123456789012345678901234567890123456789012345"] {
            assert_eq!(read(text).unwrap().to_json().to_string(), text);
        }
        for text in ["1.5", "15e-1", "1e-400", "-123456789012345678901234567890123456789012345.1"] {
            assert_eq!(read(text).unwrap_err().to_string(), format!("expected a whole number, found {text}"));
            assert_eq!(text.parse::<Whole>(), Err(DecimalError::TooFine(0)));
        }
        assert!(read("\"1\"").is_err());
    }
}
