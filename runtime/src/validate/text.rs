//! Characters that a register cannot print. A fiscal drive keeps texts in CP866; what is not in it is dropped, replaced
//! or refused, each device in its own way (FACTS A.0).

use std::collections::BTreeSet;

use kassa_providers::uniform::{CashMovement, Cashier, Correction, Item, Receipt, ShiftAction, Slip};

use super::Findings;

/// Whether CP866 has `character`, control characters left out.
fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~' | 'А'..='я' | 'Ё' | 'ё' | 'Є' | 'є' | 'Ї' | 'ї' | 'Ў' | 'ў' | '\u{a0}' | '°' | '·' | '¤')
        || matches!(character, '№' | '∙' | '√' | '■' | '▀' | '▄' | '█' | '▌' | '▐' | '░' | '▒' | '▓')
        || matches!(character, '═'..='╬' | '─' | '│' | '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼')
}

pub(super) fn check_receipt(receipt: &Receipt, findings: &mut Findings) {
    let mut check = |field: &str, text: Option<&String>| check(field, text, findings);
    let buyer = receipt.buyer.as_ref();
    check("buyer.name", buyer.and_then(|buyer| buyer.name.as_ref()));
    check("cashier.name", receipt.cashier.as_ref().map(|cashier| &cashier.name));
    check("place", receipt.place.as_ref());
    check("machine_number", receipt.machine_number.as_ref());
    check("additional_property", receipt.additional_property.as_ref());
    check("sender_email", receipt.sender_email.as_ref());
    check("user_property.name", receipt.user_property.as_ref().map(|property| &property.name));
    check("user_property.value", receipt.user_property.as_ref().map(|property| &property.value));
    check("additional_info", receipt.additional_info.as_ref());
    check_items(&receipt.items, findings);
}

pub(super) fn check_correction(correction: &Correction, findings: &mut Findings) {
    let mut check = |field: &str, text: Option<&String>| check(field, text, findings);
    check("correction.number", correction.correction.number.as_ref());
    check("correction.description", correction.correction.description.as_ref());
    check("buyer.name", correction.buyer.as_ref().and_then(|buyer| buyer.name.as_ref()));
    check("cashier.name", correction.cashier.as_ref().map(|cashier| &cashier.name));
    check("place", correction.place.as_ref());
    check("machine_number", correction.machine_number.as_ref());
    check("additional_property", correction.additional_property.as_ref());
    check("user_property.name", correction.user_property.as_ref().map(|property| &property.name));
    check("user_property.value", correction.user_property.as_ref().map(|property| &property.value));
    check_items(&correction.items, findings);
}

fn check_items(items: &[Item], findings: &mut Findings) {
    for (index, item) in items.iter().enumerate() {
        for (field, text) in item_texts(item) {
            check(&format!("items[{index}].{field}"), text, findings);
        }
    }
}

fn item_texts(item: &Item) -> [(&'static str, Option<&String>); 7] {
    let agent = item.agent.as_ref();
    let operator = agent.and_then(|agent| agent.transfer_operator.as_ref());
    [
        ("name", Some(&item.name)),
        ("declaration", item.declaration.as_ref()),
        ("additional_property", item.additional_property.as_ref()),
        ("agent.operation", agent.and_then(|agent| agent.operation.as_ref())),
        ("agent.transfer_operator.name", operator.and_then(|operator| operator.name.as_ref())),
        ("agent.transfer_operator.address", operator.and_then(|operator| operator.address.as_ref())),
        ("supplier.name", item.supplier.as_ref().and_then(|supplier| supplier.name.as_ref())),
    ]
}

pub(super) fn check_movement(movement: &CashMovement, findings: &mut Findings) {
    check_cashier(movement.cashier.as_ref(), findings);
}

pub(super) fn check_shift(action: &ShiftAction, findings: &mut Findings) {
    check_cashier(action.cashier.as_ref(), findings);
}

pub(super) fn check_slip(slip: &Slip, findings: &mut Findings) {
    for (index, line) in slip.lines.iter().enumerate() {
        // Several lines of text may stand in one; a QR code is a picture.
        for line in line.text.iter().flat_map(|text| text.split('\n')) {
            check(&format!("lines[{index}].text"), Some(&line.to_owned()), findings);
        }
    }
}

fn check_cashier(cashier: Option<&Cashier>, findings: &mut Findings) {
    check("cashier.name", cashier.map(|cashier| &cashier.name), findings);
}

fn check(field: &str, text: Option<&String>, findings: &mut Findings) {
    let strange: BTreeSet<char> =
        text.into_iter().flat_map(|text| text.chars()).filter(|c| !is_printable(*c)).collect();
    if strange.is_empty() {
        return;
    }
    let named: Vec<_> = strange
        .iter()
        .map(|c| if c.is_control() { c.escape_unicode().to_string() } else { format!("`{c}`") })
        .collect();
    findings.warn(field, format!("has characters that registers cannot print (not in CP866): {}", named.join(" ")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cp866_has_its_128_upper_characters_and_no_more() {
        let upper = ('\u{80}'..='\u{ffff}').filter(|character| is_printable(*character));
        assert_eq!(upper.count(), 128);
        for character in "Ёё№ яЯ~°■".chars() {
            assert!(is_printable(character), "{character}");
        }
        for character in "«»—€\n\tі😀é".chars() {
            assert!(!is_printable(character), "{character}");
        }
    }
}
