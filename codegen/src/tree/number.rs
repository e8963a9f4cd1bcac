//! Numbers, as JSON and the core schema of YAML 1.2 write them.

use std::cmp::Ordering;

/// Whether a plain scalar of YAML is a number. What JSON has no number for, `.inf` and `.nan`, is none.
pub(super) fn is_number(text: &str) -> bool {
    if radix(text).is_some() {
        return true;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    !(whole.is_empty() && fraction.is_empty())
        && digits(whole)
        && digits(fraction)
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// A number as JSON writes it: `+5`, `.5`, `1.`, `010` and `0x1F` are none there.
pub(crate) fn json(text: &str) -> String {
    if let Some(value) = radix(text) {
        return value.to_string();
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let end = unsigned.find(['e', 'E']).unwrap_or(unsigned.len());
    let (mantissa, exponent) = unsigned.split_at(end);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = Some(whole.trim_start_matches('0')).filter(|whole| !whole.is_empty()).unwrap_or("0");
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}{exponent}")
}

/// How far from the point digits may stand, to be written out.
const FARTHEST: i64 = 40;

/// A number as its digits alone, the same for all that are equal: `1`, `1.0` and `10e-1`. What is very large or very small
/// stays as JSON writes it. The runtime has the same rule.
pub(crate) fn plain(text: &str) -> String {
    let json = json(text);
    let (sign, unsigned) = json.strip_prefix('-').map_or(("", json.as_str()), |rest| ("-", rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    let Ok(exponent) = exponent.parse::<i64>() else { return json };
    let (Ok(whole), Ok(zeros)) = (i64::try_from(whole.len()), i64::try_from(all.len() - digits.len())) else {
        return json;
    };
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    let point = (whole - zeros).saturating_add(exponent);
    match usize::try_from(point.unsigned_abs()) {
        Ok(_) if point.abs() > FARTHEST => json,
        Ok(zeros) if point <= 0 => format!("{sign}0.{}{digits}", "0".repeat(zeros)),
        Ok(point) if point < digits.len() => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
        Ok(point) => format!("{sign}{digits:0<point$}"),
        Err(_) => json,
    }
}

/// Whether a number has no fraction.
pub(crate) fn is_whole(text: &str) -> bool {
    let plain = plain(text);
    !plain.contains('.') && !plain.contains("e-") && !plain.contains("E-")
}

/// Compares numbers by their digits.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (plain(a), plain(b));
    let is_written_out = |text: &String| !text.contains(['e', 'E']);
    if !is_written_out(&a) || !is_written_out(&b) {
        // So far apart from all others that rounding does not matter.
        let rounded = |text: &str| text.parse::<f64>().unwrap_or_default();
        return rounded(&a).total_cmp(&rounded(&b));
    }
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, None) => magnitude(&a).cmp(&magnitude(&b)),
        (Some(a), Some(b)) => magnitude(b).cmp(&magnitude(a)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

/// Whether a number is a whole number of times another one; `None` of those with too many digits to tell, and of zero.
pub(crate) fn is_multiple(number: &str, of: &str) -> Option<bool> {
    let (number, of) = (plain(number), plain(of));
    let places = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let scale = places(&number).max(places(&of));
    let digits = |text: &str| {
        let text = text.trim_start_matches('-');
        let zeros = "0".repeat(scale - places(text));
        Some(text.replace('.', "") + &zeros).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    // What remains of ten times a remainder has to be a number, too.
    let divisor = digits(&of)?.parse().ok().filter(|divisor| (1..=u128::MAX / 20).contains(divisor))?;
    let rest = digits(&number)?.bytes().fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % divisor);
    Some(rest == 0)
}

/// What orders numbers without a sign: how many digits stand before the point, these, and those behind it.
fn magnitude(plain: &str) -> (usize, &str, &str) {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    (whole.len(), whole, fraction)
}

/// What stands behind `0x` or `0o`.
fn radix(text: &str) -> Option<u128> {
    let (digits, radix) = match text.get(..2)? {
        "0x" => (&text[2..], 16),
        "0o" => (&text[2..], 8),
        _ => return None,
    };
    u128::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_core_schema() {
        for (text, as_json) in [
            ("+5", "5"),
            (".5", "0.5"),
            ("-.5", "-0.5"),
            ("1.", "1"),
            ("010", "10"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("1e3", "1e3"),
            ("1.50", "1.50"),
            ("-0", "-0"),
        ] {
            assert!(is_number(text), "{text}");
            assert_eq!(json(text), as_json);
        }
        for text in ["1_000", ".inf", ".nan", "-0x1F", "0x", "0x+1", "0b1", "1e", ".", "+", "0X1F", "é1"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn numbers_of_one_value_have_one_plain_text() {
        for (text, digits) in [
            ("1.0", "1"),
            ("10e-1", "1"),
            ("1e3", "1000"),
            ("2.50e1", "25"),
            ("1.5e-3", "0.0015"),
            ("-0.0", "0"),
            ("-12.5e1", "-125"),
            ("1e40", "1e40"),
            ("1e999999999999999999999", "1e999999999999999999999"),
        ] {
            assert_eq!(plain(text), digits);
        }
        assert!(["1", "-1.0", "1e3", "1.5e1", "1e99"].into_iter().all(is_whole));
        assert!(!["1.5", "15e-1", "1e-99"].into_iter().any(is_whole));
    }

    #[test]
    fn multiples_are_exact() {
        for (number, of) in
            [("0.3", "0.1"), ("-4.50", "1.5"), ("1e3", "2.5"), ("0", "7"), ("123456789012345678901.2", "0.4")]
        {
            assert_eq!(is_multiple(number, of), Some(true), "{number} {of}");
        }
        for (number, of) in [("0.31", "0.1"), ("9007199254740993", "2"), ("123456789012345678901.2", "0.5"), ("1", "3")]
        {
            assert_eq!(is_multiple(number, of), Some(false), "{number} {of}");
        }
        for (number, of) in
            [("1", "0"), ("1e99", "3"), ("1", "1e-99"), ("1", "123456789012345678901234567890123456789")]
        {
            assert_eq!(is_multiple(number, of), None, "{number} {of}");
        }
    }

    #[test]
    fn numbers_are_compared_by_their_digits() {
        for (less, more) in [
            ("0.1", "0.10000000000000000001"),
            ("-2", "-1.5"),
            ("-0.5", "0"),
            ("9.99", "10"),
            ("0.45", "0.5"),
            ("99e-1", "1e1"),
            ("5", "1e99"),
            ("-1e99", "-5"),
        ] {
            assert_eq!(
                (compare(less, more), compare(more, less)),
                (Ordering::Less, Ordering::Greater),
                "{less} {more}"
            );
        }
        for (one, other) in [("1", "1.0"), ("100", "1e2"), ("-0", "0.0"), ("0.10", "1e-1")] {
            assert_eq!(compare(one, other), Ordering::Equal);
        }
    }
}
