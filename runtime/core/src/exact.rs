//! Decimal numbers of any length, taken apart to be compared without rounding.

/// `0.digits × 10^exponent`; the digits have no zero at either end, and zero has none at all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Exact {
    negative: bool,
    exponent: i64,
    digits: String,
}

/// Exponents further from zero count as this one: no two numbers that anybody means differ by it.
const FARTHEST: i64 = 1_000_000_000_000_000_000;

impl Exact {
    /// Takes a number apart; `None` of a text that is none.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, power(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = all.trim_start_matches('0');
        if digits.is_empty() {
            return Some(Self { negative: false, exponent: 0, digits: String::new() });
        }
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(all.len() - digits.len()).ok()?;
        let digits = digits.trim_end_matches('0').to_owned();
        Some(Self { negative, exponent: exponent + point, digits })
    }

    /// The digits of a whole number, sign included; `None` of one that has a fraction or more than forty digits.
    pub(crate) fn whole(&self) -> Option<String> {
        let length = usize::try_from(self.exponent).ok().filter(|length| (self.digits.len()..=40).contains(length))?;
        let sign = if self.negative { "-" } else { "" };
        Some(if length == 0 { "0".to_owned() } else { format!("{sign}{:0<length$}", self.digits) })
    }

    /// Whether it has no fraction.
    pub(crate) fn is_whole(&self) -> bool {
        i64::try_from(self.digits.len()).is_ok_and(|digits| digits == 0 || digits <= self.exponent)
    }

    /// The digits without an exponent, the same for all that are equal; `None` of what is very large or very small.
    pub(crate) fn plain(&self) -> Option<String> {
        let sign = if self.negative { "-" } else { "" };
        let (point, digits) = (usize::try_from(self.exponent.unsigned_abs()).ok()?, &self.digits);
        Some(match self.exponent {
            _ if digits.is_empty() => "0".to_owned(),
            _ if point > 40 => return None,
            ..=0 => format!("{sign}0.{}{digits}", "0".repeat(point)),
            _ if point < digits.len() => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
            _ => format!("{sign}{digits:0<point$}"),
        })
    }

    /// Whether this is a whole number of times `of`; `None` of a divisor with more than 37 digits.
    pub(crate) fn is_multiple(&self, of: &Self) -> Option<bool> {
        if self.digits.is_empty() || of.digits.is_empty() {
            return Some(self.digits.is_empty());
        }
        let divisor: u128 = of.digits.parse().ok().filter(|_| of.digits.len() <= 37)?;
        let last = |number: &Self| i128::from(number.exponent) - number.digits.len() as i128;
        let zeros = last(self) - last(of);
        // Only a zero at the end divides by ten, and there is none.
        if zeros < 0 {
            return Some(false);
        }
        let mut rest = self.digits.bytes().fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % divisor);
        // By then the divisor's twos and fives are used up: further zeros change nothing.
        for _ in 0..zeros.min(128) {
            rest = rest * 10 % divisor;
        }
        Some(rest == 0)
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then(if self.negative { size.reverse() } else { size })
    }
}

fn power(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().map_or(FARTHEST, |size: i64| size.min(FARTHEST));
    Some(if text.starts_with('-') { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::of(text).unwrap()
    }

    #[test]
    fn compares_by_value() {
        let sorted = [
            "-1e99999999999999999999",
            "-10",
            "-9.5",
            "-0.1",
            "0",
            "1e-400",
            "0.09",
            "0.1",
            "9007199254740992",
            "9007199254740993",
            "1e400",
        ];
        for pair in sorted.windows(2) {
            assert!(exact(pair[0]) < exact(pair[1]), "{pair:?}");
        }
        for same in [["1", "1.00"], ["1e2", "100"], ["0.5", "5E-1"], ["-0.0", "0"], ["120", "12e+1"]] {
            assert_eq!(exact(same[0]), exact(same[1]));
        }
        assert!(["", "NaN", "inf", "1e", "-", "."].iter().all(|text| Exact::of(text).is_none()));
    }

    #[test]
    fn whole_numbers_are_known() {
        for (text, whole) in [("1e3", Some("1000")), ("-12.00", Some("-12")), ("0.0", Some("0")), ("1.5", None)] {
            assert_eq!(exact(text).whole().as_deref(), whole, "{text}");
        }
        assert_eq!(exact("1e41").whole(), None);
    }

    #[test]
    fn multiples_are_exact() {
        for (number, of, whether) in [
            ("0.3", "0.1", true),
            ("1e2", "5", true),
            ("7", "2", false),
            ("-4", "2", true),
            ("0.15", "1e-1", false),
            ("0", "3", true),
            ("1e400", "0.01", true),
            ("1e400", "3", false),
            ("1e-400", "0.01", false),
            ("123456789012345678901234567890123456789012345.67", "0.01", true),
        ] {
            assert_eq!(exact(number).is_multiple(&exact(of)), Some(whether), "{number} of {of}");
        }
    }
}
