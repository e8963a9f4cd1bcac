//! Check digits of INNs. Test accounts and documents use made-up ones, so a wrong digit warns and stops nothing.

use super::Findings;
use super::rules::INN_DIGITS;

/// Whether `inn` has 10 or 12 digits and its check digits are right.
#[must_use]
pub fn inn_is_sound(inn: &str) -> bool {
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let Some(digits) = inn.chars().map(|c| c.to_digit(10)).collect::<Option<Vec<_>>>() else { return false };
    // The check digit at `place` is made of all digits before it.
    let sound = |place: usize| {
        let weights = &WEIGHTS[WEIGHTS.len() - place..];
        let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
        sum % 11 % 10 == digits[place]
    };
    match digits.len() {
        10 => sound(9),
        12 => sound(10) && sound(11),
        _ => false,
    }
}

/// Looks at every text that is an INN by the name of its field.
pub(super) fn check(field: &str, text: &str, findings: &mut Findings) {
    let name = field.rsplit('.').next().unwrap_or(field);
    // One of another length breaks the pattern of the spec.
    if (name == "inn" || name.ends_with("_inn")) && matches!(text.len(), 10 | 12) && !inn_is_sound(text) {
        // It may be a buyer's, and what is told of it is kept with the outcome for good.
        INN_DIGITS.broken(findings, field, "has wrong check digits");
    }
}
