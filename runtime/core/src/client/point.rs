//! Exact numbers to and from binary floating point, for whoever computes with what a document calls a number. Nothing of
//! Kassa's own does: money has no place here.

use crate::{DecimalError, Number};

impl Number {
    /// The nearest binary floating point number: not for money.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.as_str().parse().unwrap_or(f64::NAN)
    }
}

impl TryFrom<f64> for Number {
    type Error = DecimalError;

    /// The shortest number that is read back as `value`; none for infinity and what is no number.
    fn try_from(value: f64) -> Result<Self, DecimalError> {
        if value.is_finite() { value.to_string().parse() } else { Err(DecimalError::NotDecimal) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_there_and_back() {
        let price: Number = "12.50".parse().unwrap();
        assert!(price.to_f64() == 12.5 && price == Number::try_from(12.5).unwrap());
        for value in [0.1, -0.0, 1e300, 5e-324, f64::MAX] {
            assert!(Number::try_from(value).unwrap().to_f64() == value, "{value}");
        }
        assert!(Number::try_from(f64::NAN).is_err() && Number::try_from(f64::INFINITY).is_err());
    }
}
