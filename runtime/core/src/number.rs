//! Numbers as JSON documents write them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

use crate::Fixed;
use crate::decimal::DecimalError;
use crate::exact::Exact;

/// A JSON number, kept digit for digit as it was written, and compared by its value.
///
/// ```
/// use kassa_core::Number;
/// let price: Number = "12.50".parse()?;
/// assert_eq!(price.to_string(), "12.50");
/// assert!(price == "12.5".parse()? && price > 12.into());
/// # Ok::<(), kassa_core::DecimalError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Number(Box<str>);

impl Number {
    /// The digits as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number that stands in code; zero if the text is none.
    #[must_use]
    pub fn literal(text: &'static str) -> Self {
        text.parse().unwrap_or_else(|_| Self("0".into()))
    }

    /// The whole number, if it is one (`2`, `2.0` and `2e0` are) and in range.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        self.whole()?.parse().ok()
    }

    /// The digits of a whole number.
    pub(crate) fn whole(&self) -> Option<String> {
        self.exact()?.whole()
    }

    /// Whether it has no fraction.
    pub(crate) fn is_whole(&self) -> bool {
        self.exact().is_some_and(|exact| exact.is_whole())
    }

    /// The number taken apart; `None` of what JSON has no number for.
    pub(crate) fn exact(&self) -> Option<Exact> {
        Exact::of(&self.0)
    }

    /// The number that `raw`, which was read as JSON already, is.
    fn of(raw: Box<RawValue>) -> Result<Self, Box<RawValue>> {
        if begins_number(raw.get()) { Ok(Self(raw.into())) } else { Err(raw) }
    }

    /// The digits that a number of Rust prints.
    pub(crate) fn of_digits(digits: String) -> Self {
        Self(digits.into())
    }
}

/// Whether the text, if it is JSON, is a number.
fn begins_number(text: &str) -> bool {
    text.bytes().next().is_some_and(|byte| byte == b'-' || byte.is_ascii_digit())
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Number {
    type Err = DecimalError;

    /// Takes `text` if it is a number by JSON's grammar.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        if begins_number(text) && serde_json::from_str::<&RawValue>(text).is_ok_and(|raw| raw.get() == text) {
            Ok(Self(text.into()))
        } else {
            Err(DecimalError::NotDecimal)
        }
    }
}

impl<const SCALE: u32> From<Fixed<SCALE>> for Number {
    /// The shortest exact number: `70.5` for 70 roubles 50 kopecks.
    fn from(value: Fixed<SCALE>) -> Self {
        Self(value.to_decimal(0).into())
    }
}

macro_rules! from_whole {
    ($($type:ty),*) => { $(
        impl From<$type> for Number {
            fn from(value: $type) -> Self {
                Self(value.to_string().into())
            }
        }
    )* };
}

from_whole!(i8, i16, i32, i64, i128, u8, u16, u32, u64, u128);

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.0 == other.0 {
            return Ordering::Equal;
        }
        match (self.exact(), other.exact()) {
            (Some(one), Some(other)) => one.cmp(&other),
            (None, None) => self.0.cmp(&other.0),
            (one, other) => one.is_some().cmp(&other.is_some()),
        }
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.exact() {
            Some(exact) => exact.hash(state),
            None => self.0.hash(state),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::of(raw).map_err(|raw| de::Error::custom(format_args!("expected a number, found {}", shorten(raw.get()))))
    }
}

/// A value that a document types as a number and shows as a text, or the other way round. Kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NumberOrString {
    /// It came, or goes, as a number.
    Number(Number),
    /// It came, or goes, as a text.
    String(String),
}

impl NumberOrString {
    /// The text, whichever way it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Number(number) => number.as_str(),
            Self::String(text) => text,
        }
    }

    /// Whether it is a text without characters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }

    /// The whole number that it states, leading zeros included.
    #[must_use]
    pub fn int(&self) -> Option<i64> {
        self.as_str().parse::<Fixed<0>>().ok().map(Fixed::units)
    }
}

impl Serialize for NumberOrString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for NumberOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('"') {
            return serde_json::from_str(raw.get()).map(Self::String).map_err(de::Error::custom);
        }
        let number = Number::of(raw).map(Self::Number);
        number
            .map_err(|raw| de::Error::custom(format_args!("expected a number or a text, found {}", shorten(raw.get()))))
    }
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(24).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_it_reads() {
        for text in ["0", "-1.50", "70", "1e5", "123456789012345678901234567890.5"] {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
        }
        for text in ["\"7\"", "true", "[1]", "null"] {
            assert!(serde_json::from_str::<Number>(text).is_err(), "{text}");
        }
        for text in ["", " 1", "1 ", "01", "1.", "NaN", "1,2"] {
            assert!(text.parse::<Number>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn is_compared_by_value() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert_eq!(number("1.50"), number("15e-1"));
        assert!(number("9007199254740993") > number("9007199254740992"));
        assert_eq!(std::collections::HashSet::from([number("1"), number("1.0"), 1_u8.into()]).len(), 1);
        assert_eq!([number("1e3").to_i64(), number("1.5").to_i64(), number("1e30").to_i64()], [Some(1000), None, None]);
    }

    #[test]
    fn number_or_string_comes_back_as_it_came() {
        for text in ["62848", "\"0637894524\""] {
            let value: NumberOrString = serde_json::from_str(text).unwrap();
            assert_eq!(value.as_str(), text.trim_matches('"'));
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
        }
        assert!(serde_json::from_str::<NumberOrString>("{}").is_err());
    }
}
