//! What several vendors ask of a value: sums, numbers with a point, ids, phones and dates.

use jiff::civil::Date;

/// The FFD's limit of a sum, 99 999 999.99 roubles, in kopecks.
pub(super) const MAX_SUM: i64 = 9_999_999_999;
/// The FFD's limit of a quantity (1023), in millionths.
pub(super) const MAX_MICROS: i64 = 281_474_976_710_655;

/// A decimal number without an exponent in units of its last place, `1.5` with 3 places as 1500. Half a unit is
/// rounded up; the flag says whether nothing was rounded.
pub(super) fn scaled(text: &str, places: usize) -> Option<(i64, bool)> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let kept = &fraction[..fraction.len().min(places)];
    let rest = &fraction[kept.len()..];
    let number: i64 = format!("{whole}{kept:0<places$}").parse().ok()?;
    let up = i64::from(rest.as_bytes().first().is_some_and(|digit| *digit >= b'5'));
    Some((sign * number.checked_add(up)?, rest.bytes().all(|digit| digit == b'0')))
}

/// Kopecks for a quantity in millionths at a price, half a kopeck rounded up. None beyond the FFD's limit.
pub(super) fn line_total(price_kopecks: i64, quantity_micros: i64) -> Option<i64> {
    let total = (i128::from(price_kopecks) * i128::from(quantity_micros) + 500_000) / 1_000_000;
    i64::try_from(total).ok().filter(|total| (0..=MAX_SUM).contains(total))
}

/// The five ways of paying, in kopecks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Paid {
    pub(super) cash: i64,
    pub(super) cashless: i64,
    pub(super) prepaid: i64,
    pub(super) credit: i64,
    pub(super) counter: i64,
}

impl Paid {
    /// Only cash may be more than the total; the rest of it is the change, which is the result.
    pub(super) fn change(&self, total: i64) -> Result<i64, String> {
        let other = self.cashless + self.prepaid + self.credit + self.counter;
        if total <= 0 {
            return Err("the total is zero".to_owned());
        }
        if total > MAX_SUM {
            return Err("the total is out of range".to_owned());
        }
        if other > total {
            return Err(format!("{other} kopecks without the cash are more than the total of {total}"));
        }
        let change = other + self.cash - total;
        if change < 0 {
            return Err(format!("{} kopecks are paid of {total}", other + self.cash));
        }
        Ok(change)
    }

    pub(super) fn enter(&self, entry: &mut super::Entry) {
        entry.cash_kopecks = self.cash;
        entry.cashless_kopecks = self.cashless;
        entry.prepaid_kopecks = self.prepaid;
        entry.credit_kopecks = self.credit;
        entry.counter_kopecks = self.counter;
    }
}

/// `da2bb850-63ef-47e4-8b45-7b5b841eaa9b`
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A GUID that looks random and is the same for the same number.
pub(super) fn guid(number: u64) -> String {
    let mix = |seed: u64| {
        let mut mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^ (mixed >> 27)
    };
    let (high, low) = (mix(2 * number + 1), mix(2 * number + 2));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

pub(super) fn is_inn(text: &str) -> bool {
    matches!(text.len(), 10 | 12) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A plus and that many digits.
pub(super) fn is_phone(text: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    text.strip_prefix('+')
        .is_some_and(|number| digits.contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) fn is_email(text: &str) -> bool {
    text.len() <= 64
        && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

/// The date of the document behind a correction (1178) is not after today.
pub(super) fn is_past(date: Date) -> bool {
    date <= super::moscow::wall_clock(jiff::Timestamp::now()).date()
}

/// Base64 with its padding, and not empty.
pub(super) fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    !digits.is_empty()
        && text.len().is_multiple_of(4)
        && padding <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_scaled_and_rounded() {
        assert_eq!(scaled("1.5", 3), Some((1_500, true)));
        assert_eq!(scaled("30", 2), Some((3_000, true)));
        assert_eq!(scaled("0.005", 2), Some((1, false)));
        assert_eq!(scaled("0.0049", 2), Some((0, false)));
        assert_eq!(scaled("2.500", 2), Some((250, true)));
        assert_eq!(scaled("-1.25", 2), Some((-125, true)));
        for wrong in ["", ".", "1.", ".5", "1e3", "1,5", "+1", " 1", "1.5.0", "99999999999999999999"] {
            assert_eq!(scaled(wrong, 2), None, "{wrong}");
        }
    }

    #[test]
    fn half_a_kopeck_is_rounded_up() {
        assert_eq!(line_total(3_000, 1_500_000), Some(4_500));
        assert_eq!(line_total(1, 500_000), Some(1));
        assert_eq!(line_total(1, 499_999), Some(0));
        assert_eq!(line_total(MAX_SUM, MAX_MICROS), None);
    }

    #[test]
    fn only_cash_leaves_change() {
        let paid = Paid { cash: 500, cashless: 700, ..Paid::default() };
        assert_eq!(paid.change(1_000), Ok(200));
        assert!(paid.change(1_201).is_err() && paid.change(699).is_err() && paid.change(0).is_err());
    }

    #[test]
    fn ids_phones_and_codes() {
        assert!(is_guid(&guid(0)) && guid(0) != guid(1));
        assert!(
            is_phone("+70001234567", 11..=11) && !is_phone("70001234567", 11..=11) && !is_phone("+7000123456", 11..=11)
        );
        assert!(is_email("a@b.ru") && !is_email("a@b") && !is_email("@b.ru") && !is_email("a b@c.ru"));
        assert!(is_inn("0123456789") && is_inn("123456789047") && !is_inn("01234567890"));
        assert!(is_base64("AQ==") && is_base64("AAEC") && !is_base64("AAE") && !is_base64("=") && !is_base64("А==="));
    }
}
