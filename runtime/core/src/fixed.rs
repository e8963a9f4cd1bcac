//! Money and quantity: whole numbers of a decimal unit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

use crate::decimal::{self, DecimalError};

/// A whole number of 10^-`SCALE`.
///
/// In JSON it is read from a number (`70.5`) or a text (`"70.50"`), digit for digit, and written as a text, so that no
/// reader can take it through binary floating point. More digits than the unit has are an error, never rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fixed<const SCALE: u32>(i64);

/// An amount of money in whole kopecks (FFD type VLN).
///
/// ```
/// use kassa_core::Money;
/// let price: Money = "70.50".parse()?;
/// assert_eq!(price.units(), 7050);
/// assert_eq!(price.to_string(), "70.50");
/// # Ok::<(), kassa_core::DecimalError>(())
/// ```
pub type Money = Fixed<2>;

/// A quantity in millionths (FFD type FVLN, tag 1023, at most six digits after the point).
pub type Quantity = Fixed<6>;

impl<const SCALE: u32> Fixed<SCALE> {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The number of units of 10^-`SCALE`: kopecks of a [`Money`], millionths of a [`Quantity`].
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// The number of units of 10^-`SCALE`.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Whether this is zero.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// The sum, unless it is out of range.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, unless it is out of range.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum of all, unless it is out of range.
    #[must_use]
    pub fn checked_sum(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        all.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// The number as text with `places` digits after the point at least, and no more than needed.
    #[must_use]
    pub fn to_decimal(self, places: u32) -> String {
        let mut text = String::new();
        decimal::write(&mut text, self.0, SCALE, places).expect("a String takes everything");
        text
    }
}

impl Money {
    /// `self` × `quantity`, rounded half up to a kopeck (FACTS F, line total), unless it is out of range.
    #[must_use]
    pub fn times(self, quantity: Quantity) -> Option<Self> {
        let unit = 10_i128.pow(6);
        let product = i128::from(self.0) * i128::from(quantity.0);
        let rounded = (product.abs() + unit / 2) / unit * product.signum();
        i64::try_from(rounded).ok().map(Self)
    }

    /// The tax of so many percent within this amount, rounded half up: A·r/(100+r), for ordinary and calculated rates
    /// alike (FACTS A.6). `None` when it is out of range, or the rate is negative.
    #[must_use]
    pub fn tax_within(self, percent: i64) -> Option<Self> {
        let percent = i128::from(u32::try_from(percent).ok()?);
        let (amount, whole) = (i128::from(self.0), 100 + percent);
        let doubled = (amount.abs() * percent * 2 + whole) / (whole * 2) * amount.signum();
        i64::try_from(doubled).ok().map(Self)
    }
}

impl<const SCALE: u32> fmt::Display for Fixed<SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = if SCALE == 2 { 2 } else { 0 };
        decimal::write(f, self.0, SCALE, places)
    }
}

impl<const SCALE: u32> FromStr for Fixed<SCALE> {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        decimal::parse(text, SCALE).map(Self)
    }
}

impl<const SCALE: u32> Serialize for Fixed<SCALE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const SCALE: u32> Deserialize<'de> for Fixed<SCALE> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        let digits = match text.as_bytes().first() {
            Some(b'"') => serde_json::from_str::<String>(text).map_err(de::Error::custom)?,
            _ => text.to_owned(),
        };
        digits.parse().map_err(|error| de::Error::custom(format_args!("{text} {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_numbers_and_texts_are_exact() {
        for text in ["70.1", "\"70.10\"", "7010e-2"] {
            assert_eq!(serde_json::from_str::<Money>(text).unwrap(), Money::from_units(7010), "{text}");
        }
        assert_eq!(serde_json::to_string(&Money::from_units(7010)).unwrap(), "\"70.10\"");
        // 0.1 + 0.2 as binary floating point prints it.
        let error = serde_json::from_str::<Money>("0.30000000000000004").unwrap_err();
        assert!(error.to_string().contains("has more than 2 digits after the point"), "{error}");
        assert!(serde_json::from_str::<Money>("null").is_err());
        assert!(serde_json::from_str::<Money>("true").is_err());
    }

    #[test]
    fn tax_is_within_the_amount() {
        let money = |text: &str| text.parse::<Money>().unwrap();
        for (amount, percent, tax) in [
            ("120.00", 20, "20.00"),
            ("100.00", 22, "18.03"),
            ("0.05", 10, "0.00"),
            ("0.06", 10, "0.01"),
            ("7", 0, "0"),
        ] {
            assert_eq!(money(amount).tax_within(percent), Some(money(tax)), "{amount} at {percent}");
        }
        assert_eq!(Money::from_units(i64::MAX).tax_within(100), Some(Money::from_units(i64::MAX / 2 + 1)));
        assert_eq!(money("1").tax_within(-1), None);
    }

    #[test]
    fn line_totals_round_half_up() {
        let times =
            |kopecks, millionths| Money::from_units(kopecks).times(Quantity::from_units(millionths)).map(Money::units);
        assert_eq!(times(30_00, 1_500_000), Some(45_00));
        assert_eq!(times(1, 500_000), Some(1));
        assert_eq!(times(1, 499_999), Some(0));
        assert_eq!(times(-1, 500_000), Some(-1));
        assert_eq!(times(i64::MAX, 2_000_000), None);
    }
}
