//! The object Receipt, checked against the tables of the document.

use std::collections::BTreeMap;

use super::super::checks::{self, MAX_SUM, Paid};
use super::super::document::{Entry, LedgerLine};
use super::super::fields::{self, Checked, Fields, small, wrong};
use super::super::json::Tree;

/// Reads the receipt into the entry.
pub(super) fn fill(content: &Tree, entry: &mut Entry) -> Checked<()> {
    let mut fields = Fields::of(content, "the receipt")?;
    // Table 7 equals tag 1054.
    entry.kind = Some(small(fields.code("receiptType", 1..=4)?));
    let paid = payment(fields.required("payment")?)?;
    entry.lines = lines(fields.required("products")?)?;
    // Table 8 counts the bits of tag 1055 from zero (M2).
    entry.taxation = fields.code_if_any("taxSystem", 0..=5)?.map(|index| 1 << index);
    if let Some(found) = fields.take("agent") {
        agent(found, entry)?;
    }
    entry.place = fields.text_if_any("place")?;
    fields.tag(&mut entry.tags, "cashierName", 1021)?;
    fields.inn_tag(&mut entry.tags, "cashierINN", 1203)?;
    fields.tag(&mut entry.tags, "customerName", 1227)?;
    fields.inn_tag(&mut entry.tags, "customerINN", 1228)?;
    if let Some(contact) = fields.text_if_any("customerContact")? {
        match contact.contains('@') {
            true if checks::is_email(&contact) => entry.email = Some(contact),
            false if checks::is_phone(&contact, 11..=11) => entry.phone = Some(contact),
            _ => return wrong("customerContact is neither an e-mail nor +XXXXXXXXXXX"),
        }
    }
    fields.tag(&mut entry.tags, "additionalProps", 1192)?;
    fields.tag(&mut entry.tags, "userAttrName", 1085)?;
    fields.tag(&mut entry.tags, "userAttrValue", 1086)?;
    fields.tag(&mut entry.tags, "machineNumber", 1036)?;
    // Only on paper, so it has no tag.
    let printed = fields.text_if_any("additionalInfo")?;
    fields.finish()?;

    if printed.is_some_and(|text| text.chars().count() > 512) {
        return wrong("additionalInfo is longer than 512");
    }
    // The FFD's limit of tag 1192.
    if entry.tags.get(&1192).is_some_and(|text| text.chars().count() > 16) {
        return wrong("additionalProps is longer than 16");
    }
    if entry.tags.contains_key(&1085) != entry.tags.contains_key(&1086) {
        return wrong("userAttrName and userAttrValue go together");
    }
    entry.total_kopecks = entry.lines.iter().map(|line| line.total_kopecks).sum();
    paid.change(entry.total_kopecks)?;
    paid.enter(entry);
    Ok(())
}

/// Table 11. At least one of the five, none of them negative.
fn payment(content: &Tree) -> Checked<Paid> {
    let mut fields = Fields::of(content, "payment")?;
    if *content == Tree::Object(BTreeMap::new()) {
        return wrong("payment is empty");
    }
    let mut sum = |name| Ok::<_, String>(fields.code_if_any(name, 0..=MAX_SUM)?.unwrap_or(0));
    let paid = Paid {
        cash: sum("cash")?,
        cashless: sum("ecash")?,
        prepaid: sum("prepayment")?,
        credit: sum("credit")?,
        counter: sum("consideration")?,
    };
    fields.finish()?;
    Ok(paid)
}

/// What is paid for, in kopecks and thousandths.
pub(super) fn lines(products: &Tree) -> Checked<Vec<LedgerLine>> {
    match products {
        Tree::List(items) if !items.is_empty() => items.iter().map(line).collect(),
        _ => wrong("products is empty or not a list"),
    }
}

/// Table 12.
fn line(product: &Tree) -> Checked<LedgerLine> {
    let mut fields = Fields::of(product, "a product")?;
    let mut tags = BTreeMap::new();
    let name = fields.text("name")?;
    let quantity_micros = fields.code("quantity", 1..=checks::MAX_MICROS / 1_000)? * 1_000;
    let price_kopecks = fields.code("price", 0..=MAX_SUM)?;
    // The example's 0 is not in the table (M1).
    let tax = fields.code("taxType", 1..=6)?;
    // The client's own, which goes nowhere.
    fields.text_if_any("productId")?;
    let mode = fields.code_if_any("paymentMethod", 1..=7)?.unwrap_or(4);
    let subject = fields.code_if_any("productType", 1..=13)?.unwrap_or(1);
    fields.tag(&mut tags, "productCode", 1162)?;
    fields.finish()?;
    if tags.get(&1162).is_some_and(|code| !checks::is_base64(code)) {
        return wrong("productCode is not base64");
    }
    let total = checks::line_total(price_kopecks, quantity_micros);
    Ok(LedgerLine {
        name,
        quantity_micros,
        price_kopecks,
        total_kopecks: total.ok_or("the product's cost is out of range")?,
        vat: tax.to_string(),
        vat_meaning: tax_meaning(tax).to_owned(),
        payment_mode: Some(small(mode)),
        subject: Some(small(subject)),
        agent: None,
        supplier_inn: None,
        tags,
    })
}

/// What Table 13 says that a code prints.
fn tax_meaning(code: i64) -> &'static str {
    match code {
        1 => "20 %",
        2 => "10 %",
        3 => "20/120",
        4 => "10/110",
        5 => "0 %",
        _ => "none",
    }
}

/// Table 9: which fields go with which type. What goes with a type has to come with it, the supplier's apart.
fn agent(content: &Tree, entry: &mut Entry) -> Checked<()> {
    let mut fields = Fields::of(content, "agent")?;
    let kind = fields.code("agentType", 0..=6)?;
    entry.agent = Some(1 << kind);
    let tags = &mut entry.tags;
    for (name, tag, types, is_list) in [
        ("agentOperation", 1044, 0..=1, false),
        ("agentPhones", 1073, 0..=3, true),
        ("transferOperatorName", 1026, 0..=1, false),
        ("transferOperatorINN", 1016, 0..=1, false),
        ("transferOperatorAddress", 1005, 0..=1, false),
        ("transferOperatorPhones", 1075, 0..=1, true),
        ("paymentOperatorPhones", 1074, 2..=3, true),
    ] {
        match fields.take(name) {
            None if types.contains(&kind) => return wrong(format!("agent has no {name}")),
            Some(_) if !types.contains(&kind) => return wrong(format!("{name} is not for agentType {kind}")),
            None => {}
            Some(value) => {
                let text = if is_list { phones(value, name)? } else { fields::text(value, name)? };
                tags.insert(tag, text);
            }
        }
    }
    if let Some(value) = fields.take("supplierPhones") {
        tags.insert(1171, phones(value, "supplierPhones")?);
    }
    fields.inn_tag(tags, "supplierINN", 1226)?;
    fields.finish()?;
    match entry.tags.get(&1016) {
        Some(inn) if !checks::is_inn(inn) => wrong("transferOperatorINN is not an INN"),
        _ => Ok(()),
    }
}

/// A list of `+X`, X being 1 to 18 digits.
fn phones(value: &Tree, name: &str) -> Checked<String> {
    let Tree::List(items) = value else {
        return wrong(format!("{name} is not a list"));
    };
    let phones: Option<Vec<&str>> = items
        .iter()
        .map(|item| match item {
            Tree::Text(text) if checks::is_phone(text, 1..=18) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    match phones {
        Some(phones) if !phones.is_empty() => Ok(phones.join(" ")),
        _ => wrong(format!("{name} is empty or has something that is not +X")),
    }
}
