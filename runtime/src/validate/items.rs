//! Lines: how many, their names, marking codes and parts of a package.

use kassa_core::Quantity;
use kassa_providers::uniform::{Item, ItemSubject, Measure, PaymentMode};

use super::Findings;
use super::rules::{CREDIT_PAYMENT_ALONE, FRACTION, ITEM_COUNT, MARKING_SUBJECT, NAME, NUMBERED_NAME, PREPAYMENT_RATE};

/// A fiscal document holds 32 KiB, about 250 lines (the spec's limit); some services take no more than 100.
pub(super) fn check_count(items: &[Item], findings: &mut Findings) {
    let count = items.len();
    if (101..=250).contains(&count) {
        ITEM_COUNT.broken(findings, "items", format!("are {count}; some services take at most 100"));
    }
}

/// A line has a name, unless it is an advance; income and contributions outside of sales are named by a number
/// (tag 1212, values 15 and 16).
pub(super) fn check_name(item: &Item, at: &str, findings: &mut Findings) {
    let field = || format!("{at}.name");
    let numbers = match item.subject {
        ItemSubject::NonOperatingIncome => Some(1..=25),
        ItemSubject::OtherContributions => Some(26..=31),
        _ => None,
    };
    if let Some(mut numbers) = numbers {
        let range = format!("\"{}\" to \"{}\"", numbers.start(), numbers.end());
        if !numbers.any(|number: u8| number.to_string() == item.name) {
            NUMBERED_NAME.broken(
                findings,
                field(),
                format!("is {:?}; the subject {} is named by a number, {range}", item.name, item.subject),
            );
        }
    } else if item.name.trim().is_empty() && item.mode != PaymentMode::Advance {
        NAME.broken(findings, field(), "is empty; only an advance may go without a name");
    }
}

/// The subject of a marked line says whether it has its code.
pub(super) fn check_marking(item: &Item, at: &str, findings: &mut Findings) {
    let subject = item.subject;
    match (subject, &item.marking) {
        (ItemSubject::ExciseMarked | ItemSubject::GoodsMarked, None) => {
            MARKING_SUBJECT.broken(
                findings,
                format!("{at}.marking"),
                format!("is missing; the subject {subject} is for goods with a marking code"),
            );
        }
        (ItemSubject::ExciseUnmarked | ItemSubject::GoodsUnmarked, Some(_)) => {
            MARKING_SUBJECT.broken(
                findings,
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
        FRACTION.broken(findings, format!("{at}.marking.fraction"), reason);
    }
    if item.quantity != Quantity::from_units(1_000_000) {
        let reason = format!("is {}; of a part of a marked package the quantity is 1", item.quantity);
        FRACTION.broken(findings, format!("{at}.quantity"), reason);
    }
    if let Some(measure) = item.measure.filter(|measure| *measure != Measure::Piece) {
        let reason = format!("is {measure}; a part of a marked package is counted in pieces");
        FRACTION.broken(findings, format!("{at}.measure"), reason);
    }
}

/// The payment of a credit stands alone in its document; some registers refuse anything beside it.
pub(super) fn check_credit_payment(items: &[Item], findings: &mut Findings) {
    if items.len() < 2 {
        return;
    }
    for (index, item) in items.iter().enumerate() {
        if item.mode == PaymentMode::CreditPayment {
            let reason = format!("is {}; some registers take it as the only line of a receipt", item.mode);
            CREDIT_PAYMENT_ALONE.broken(findings, format!("items[{index}].mode"), reason);
        }
    }
}

/// A prepayment is taxed at a calculated rate, anything else at a full one. Practice, and no rule of the law: it warns.
pub(super) fn check_rate(item: &Item, at: &str, findings: &mut Findings) {
    let prepays = matches!(item.mode, PaymentMode::FullPrepayment | PaymentMode::Prepayment | PaymentMode::Advance);
    let (vat, mode) = (item.vat, item.mode);
    let reason = match vat.percent() {
        Some((_, true)) if !prepays => format!("is {vat}, a calculated rate, and {mode} is no prepayment"),
        Some((1.., false)) if prepays => format!("is {vat}, and {mode} is a prepayment, which takes a calculated rate"),
        _ => return,
    };
    PREPAYMENT_RATE.broken(findings, format!("{at}.vat"), reason);
}
