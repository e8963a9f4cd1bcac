//! Check digits of INNs. Test accounts and documents use made-up ones, so a wrong digit warns and stops nothing.

use kassa_providers::uniform::{Buyer, CashMovement, Cashier, Correction, Item, Receipt, ShiftAction, Slip};

use super::Findings;

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

pub(super) fn check_receipt(receipt: &Receipt, findings: &mut Findings) {
    check("seller_inn", receipt.seller_inn.as_ref(), findings);
    check_buyer(receipt.buyer.as_ref(), findings);
    check_cashier(receipt.cashier.as_ref(), findings);
    check_items(&receipt.items, findings);
}

pub(super) fn check_correction(correction: &Correction, findings: &mut Findings) {
    check("seller_inn", correction.seller_inn.as_ref(), findings);
    check_buyer(correction.buyer.as_ref(), findings);
    check_cashier(correction.cashier.as_ref(), findings);
    check_items(&correction.items, findings);
}

pub(super) fn check_movement(movement: &CashMovement, findings: &mut Findings) {
    check("seller_inn", movement.seller_inn.as_ref(), findings);
    check_cashier(movement.cashier.as_ref(), findings);
}

pub(super) fn check_shift(action: &ShiftAction, findings: &mut Findings) {
    check("seller_inn", action.seller_inn.as_ref(), findings);
    check_cashier(action.cashier.as_ref(), findings);
}

pub(super) fn check_slip(slip: &Slip, findings: &mut Findings) {
    check("seller_inn", slip.seller_inn.as_ref(), findings);
}

fn check_buyer(buyer: Option<&Buyer>, findings: &mut Findings) {
    check("buyer.inn", buyer.and_then(|buyer| buyer.inn.as_ref()), findings);
}

fn check_cashier(cashier: Option<&Cashier>, findings: &mut Findings) {
    check("cashier.inn", cashier.and_then(|cashier| cashier.inn.as_ref()), findings);
}

fn check_items(items: &[Item], findings: &mut Findings) {
    for (index, item) in items.iter().enumerate() {
        let supplier = item.supplier.as_ref().and_then(|supplier| supplier.inn.as_ref());
        check(&format!("items[{index}].supplier.inn"), supplier, findings);
        let operator = item.agent.as_ref().and_then(|agent| agent.transfer_operator.as_ref());
        let operator = operator.and_then(|operator| operator.inn.as_ref());
        check(&format!("items[{index}].agent.transfer_operator.inn"), operator, findings);
    }
}

fn check(field: &str, inn: Option<&String>, findings: &mut Findings) {
    // One of another length is refused by the spec's own pattern.
    if let Some(inn) = inn.filter(|inn| matches!(inn.len(), 10 | 12) && !inn_is_sound(inn)) {
        findings.warn(field, format!("is {inn}, whose check digits are wrong"));
    }
}
