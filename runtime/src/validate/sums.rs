//! Money: line totals, the total, and what is paid.

use kassa_core::Money;
use kassa_providers::uniform::{Item, Payments};

use super::Findings;
use super::rules::{
    LINE_RANGE, LINE_TOTAL, ONLY_CASH_EXCEEDS, PAYMENTS_COVER, PAYMENTS_RANGE, TOTAL_POSITIVE, TOTAL_RANGE,
};

/// The largest amount that a fiscal document holds: 99 999 999.99 (FACTS A.0).
const LARGEST: Money = Money::from_units(9_999_999_999);

/// A line total is price × quantity, rounded half up; one that is stated may be a kopeck off, since registers and
/// merchants round at different places.
pub(super) fn check_line(item: &Item, at: &str, findings: &mut Findings) {
    let (price, quantity) = (item.price, item.quantity);
    let Some(product) = price.times(quantity) else {
        return LINE_RANGE.broken(findings, at, format!("price × quantity is out of range: {price} × {quantity}"));
    };
    match item.total {
        None if product > LARGEST => {
            LINE_RANGE.broken(
                findings,
                at,
                format!("price × quantity is {product}, and at most {LARGEST} can be registered"),
            );
        }
        None => {}
        Some(total) => {
            let off = total.units().abs_diff(product.units());
            if off > 1 {
                let reason = format!(
                    "is {total}, and {price} × {quantity} is {product}; leave it out, or state it within a kopeck"
                );
                LINE_TOTAL.broken(findings, format!("{at}.total"), reason);
            }
        }
    }
}

/// A receipt is about something, and its lines can be added up.
pub(super) fn check_total(items: &[Item], total: Option<Money>, findings: &mut Findings) {
    match total {
        // No lines is an error of its own, and so is a line that is out of range.
        _ if items.is_empty() => {}
        None if items.iter().any(|item| item.total_or_product().is_none()) => {}
        None => TOTAL_RANGE.broken(findings, "total", "is out of range: the lines cannot be added up"),
        Some(total) if total <= Money::ZERO => {
            TOTAL_POSITIVE.broken(findings, "total", format!("is {total}; it has to be more than 0"))
        }
        Some(total) if total > LARGEST => {
            TOTAL_RANGE.broken(findings, "total", format!("is {total}, and at most {LARGEST} can be registered"));
        }
        Some(_) => {}
    }
}

/// What is paid covers the total, and only cash may exceed it: the rest of it is change.
pub(super) fn check_payments(total: Option<Money>, paid: &Payments, findings: &mut Findings) {
    let Some(total) = total else { return };
    let without_cash = Money::checked_sum([paid.cashless, paid.prepaid, paid.credit, paid.counter_provision]);
    let sums = without_cash.and_then(|without_cash| Some((without_cash, without_cash.checked_add(paid.cash)?)));
    let Some((without_cash, all)) = sums else {
        return PAYMENTS_RANGE.broken(findings, "payments", "are out of range: they cannot be added up");
    };
    if all < total {
        PAYMENTS_COVER.broken(findings, "payments", format!("come to {all}, and the total is {total}"));
    }
    if without_cash > total {
        let reason = format!("come to {without_cash} without cash, and the total is {total}; only cash may exceed it");
        ONLY_CASH_EXCEEDS.broken(findings, "payments", reason);
    }
}
