//! Lines: how many, their names, marking codes and parts of a package.

use kassa_core::Quantity;
use kassa_providers::uniform::{Item, ItemSubject, Measure, PaymentMode, Receipt};

use super::Findings;

/// A fiscal document holds 32 KiB, about 250 lines (the spec's limit); some services take no more than 100.
pub(super) fn check_count(receipt: &Receipt, findings: &mut Findings) {
    let count = receipt.items.len();
    if (101..=250).contains(&count) {
        findings.warn("items", format!("are {count}; some services take at most 100"));
    }
}

/// A line has a name, unless it is an advance; income and contributions outside of sales are named by a number
/// (tag 1212, values 15 and 16).
pub(super) fn check_name(item: &Item, at: &str, findings: &mut Findings) {
    let field = format!("{at}.name");
    let numbers = match item.subject {
        ItemSubject::NonOperatingIncome => Some(1..=25),
        ItemSubject::OtherContributions => Some(26..=31),
        _ => None,
    };
    if let Some(mut numbers) = numbers {
        let range = format!("\"{}\" to \"{}\"", numbers.start(), numbers.end());
        if !numbers.any(|number: u8| number.to_string() == item.name) {
            findings.error(
                field,
                format!("is {:?}; the subject {} is named by a number, {range}", item.name, item.subject),
            );
        }
    } else if item.name.trim().is_empty() && item.mode != PaymentMode::Advance {
        findings.error(field, "is empty; only an advance may go without a name");
    }
}

/// The subject of a marked line says whether it has its code.
pub(super) fn check_marking(item: &Item, at: &str, findings: &mut Findings) {
    let subject = item.subject;
    match (subject, &item.marking) {
        (ItemSubject::ExciseMarked | ItemSubject::GoodsMarked, None) => {
            findings.warn(
                format!("{at}.marking"),
                format!("is missing; the subject {subject} is for goods with a marking code"),
            );
        }
        (ItemSubject::ExciseUnmarked | ItemSubject::GoodsUnmarked, Some(_)) => {
            findings.warn(
                format!("{at}.subject"),
                format!("is {subject}, for goods without a marking code, and there is one"),
            );
        }
        _ => {}
    }
}

/// A part of a marked package is less than the whole, of one piece.
pub(super) fn check_fraction(item: &Item, at: &str, findings: &mut Findings) {
    let Some(fraction) = item.marking.as_ref().and_then(|marking| marking.fraction.as_ref()) else { return };
    let (numerator, denominator) = (fraction.numerator, fraction.denominator);
    if !(0 < numerator && numerator < denominator) {
        let reason = format!("is {numerator}/{denominator}; it has to be more than 0 and less than 1");
        findings.error(format!("{at}.marking.fraction"), reason);
    }
    if item.quantity != Quantity::from_units(1_000_000) {
        let reason = format!("is {}; of a part of a marked package the quantity is 1", item.quantity);
        findings.error(format!("{at}.quantity"), reason);
    }
    if let Some(measure) = item.measure.filter(|measure| *measure != Measure::Piece) {
        let reason = format!("is {measure}; a part of a marked package is counted in pieces");
        findings.error(format!("{at}.measure"), reason);
    }
}

/// The payment of a credit stands alone in its document; some registers refuse anything beside it.
pub(super) fn check_credit_payment(receipt: &Receipt, findings: &mut Findings) {
    if receipt.items.len() < 2 {
        return;
    }
    for (index, item) in receipt.items.iter().enumerate() {
        if item.mode == PaymentMode::CreditPayment {
            let reason = format!("is {}; some registers take it as the only line of a receipt", item.mode);
            findings.warn(format!("items[{index}].mode"), reason);
        }
    }
}
