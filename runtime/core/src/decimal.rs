//! Exact decimal text, in and out, without binary floating point.

use std::fmt;

/// Why a text is not the exact decimal number that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The text is not a decimal number.
    #[error("is not a decimal number")]
    NotDecimal,
    /// The number has more digits after the point than the unit has.
    #[error("has more than {0} digits after the point")]
    TooFine(u32),
    /// The number is out of range.
    #[error("is out of range")]
    OutOfRange,
}

/// Reads `text` (`12`, `-3.50`, `1.2e3`) as a whole number of 10^-`scale`; never rounds.
pub(crate) fn parse(text: &str, scale: u32) -> Result<i64, DecimalError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(DecimalError::NotDecimal);
            }
            (mantissa, exponent.parse::<i32>().map_err(|_| DecimalError::OutOfRange)?)
        }
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return Err(DecimalError::NotDecimal),
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(DecimalError::NotDecimal);
    }
    // The digits as one integer, times 10^shift, is the number in the unit asked for.
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    let shift =
        i64::from(exponent) + i64::from(scale) - i64::try_from(fraction.len()).map_err(|_| DecimalError::OutOfRange)?;
    let mut text = significant.to_owned();
    if shift < 0 {
        let drop = usize::try_from(-shift).map_err(|_| DecimalError::TooFine(scale))?;
        let zeros = significant.len() - significant.trim_end_matches('0').len();
        if drop > zeros {
            return Err(DecimalError::TooFine(scale));
        }
        text.truncate(significant.len() - drop);
    } else {
        let add = usize::try_from(shift).map_err(|_| DecimalError::OutOfRange)?;
        if significant.len() + add > 19 {
            return Err(DecimalError::OutOfRange);
        }
        text.extend(std::iter::repeat_n('0', add));
    }
    if negative {
        text.insert(0, '-');
    }
    text.parse().map_err(|_| DecimalError::OutOfRange)
}

/// Writes `value`, a whole number of 10^-`scale`, with at least `places` digits after the point and no more than needed.
pub(crate) fn write(f: &mut impl fmt::Write, value: i64, scale: u32, places: u32) -> fmt::Result {
    let unit = 10_u64.pow(scale);
    let magnitude = value.unsigned_abs();
    if value < 0 {
        f.write_char('-')?;
    }
    write!(f, "{}", magnitude / unit)?;
    let mut fraction = format!("{:0width$}", magnitude % unit, width = scale as usize);
    while fraction.len() > places as usize && fraction.ends_with('0') {
        fraction.pop();
    }
    if scale == 0 || fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_exactly_or_refuses() {
        for (text, scale, value) in [
            ("70", 2, Ok(7000)),
            ("70.1", 2, Ok(7010)),
            ("70.10", 2, Ok(7010)),
            ("70.100", 2, Ok(7010)),
            ("70.101", 2, Err(DecimalError::TooFine(2))),
            ("-0.05", 2, Ok(-5)),
            ("1.5e2", 2, Ok(15000)),
            ("15000e-2", 2, Ok(15000)),
            ("1e-3", 2, Err(DecimalError::TooFine(2))),
            ("0e99999", 2, Ok(0)),
            ("92233720368547758.07", 2, Ok(i64::MAX)),
            ("-92233720368547758.08", 2, Ok(i64::MIN)),
            ("92233720368547758.08", 2, Err(DecimalError::OutOfRange)),
            ("1e400", 2, Err(DecimalError::OutOfRange)),
            ("1e99999999999", 2, Err(DecimalError::OutOfRange)),
            ("", 2, Err(DecimalError::NotDecimal)),
            (".5", 2, Err(DecimalError::NotDecimal)),
            ("5.", 2, Err(DecimalError::NotDecimal)),
            ("1,5", 2, Err(DecimalError::NotDecimal)),
            ("+5", 2, Err(DecimalError::NotDecimal)),
            ("NaN", 2, Err(DecimalError::NotDecimal)),
            ("١", 2, Err(DecimalError::NotDecimal)),
        ] {
            assert_eq!(parse(text, scale), value, "{text} at scale {scale}");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for (value, scale, places, text) in [
            (7010, 2, 2, "70.10"),
            (7010, 2, 0, "70.1"),
            (7000, 2, 0, "70"),
            (-5, 2, 2, "-0.05"),
            (i64::MIN, 2, 2, "-92233720368547758.08"),
            (1_500_000, 6, 0, "1.5"),
            (1, 6, 0, "0.000001"),
            (12, 0, 0, "12"),
        ] {
            let mut out = String::new();
            write(&mut out, value, scale, places).unwrap();
            assert_eq!(out, text);
            assert_eq!(parse(text, scale), Ok(value));
        }
    }
}
