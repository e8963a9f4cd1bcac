//! The register behind the service: the errors of its own numbering, and the document that goes into the book.

use std::collections::BTreeMap;

use super::super::document::{Entry, LedgerLine, Operation};
use super::codes::{self, TaxidDialect};
use super::request::{Body, Key, Line};

/// The FFD's limit of a sum, 99 999 999.99 roubles, in kopecks.
const MAX_SUM: i64 = 9_999_999_999;
/// The FFD's limit of a quantity (1023), in thousandths.
const MAX_QTY: i64 = 281_474_976_710;
const ADVANCE: i64 = 3;

/// Factory number of the one register there is.
pub(super) const DEVICE: &str = "00000003820034444449";

/// A refusal of the device (`Response.Error`), answered with HTTP 200.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) error: u32,
    pub(super) reason: String,
}

type Checked<T> = Result<T, Refusal>;

fn refuse<T>(error: u32, reason: impl Into<String>) -> Checked<T> {
    Err(Refusal { error, reason: reason.into() })
}

fn missing(field: &str) -> Refusal {
    Refusal { error: 52, reason: field.to_owned() }
}

/// Checks a request as the device does and makes its document.
pub(super) fn check(body: &Body, key: &Key, dialect: TaxidDialect, raw: &str) -> Checked<Entry> {
    if body.lines.is_empty() {
        return refuse(208, "Lines");
    }
    let document_type = body.document_type.ok_or_else(|| missing("DocumentType"))?;
    let Some(kind) = codes::operation_sign(document_type) else {
        return refuse(51, "DocumentType");
    };
    let mut lines = Vec::new();
    for line in &body.lines {
        lines.push(check_line(line, dialect)?);
    }
    let taxation = match body.tax_mode.unwrap_or(0) {
        // CO8: the mode of the registration.
        0 => None,
        bit @ (1 | 2 | 4 | 8 | 16 | 32) => Some(small(bit)),
        _ => return refuse(51, "TaxMode"),
    };
    let agent = agent_modes(body.agent_modes, "PaymentAgentModes")?;
    let non_cash = body.non_cash.as_ref().ok_or_else(|| missing("NonCash"))?;
    if non_cash.iter().chain([&body.cash]).any(|sum| !(0..=MAX_SUM).contains(sum)) {
        return refuse(51, "NonCash, Cash");
    }
    let is_email = body.contact.as_ref().is_some_and(|contact| contact.contains('@'));
    if let Some(contact) = body.contact.as_deref().filter(|_| !is_email)
        && !is_phone(contact)
    {
        return refuse(51, "PhoneOrEmail");
    }

    let total: i64 = lines.iter().map(|line| line.total_kopecks).sum();
    let cashless: i64 = non_cash.iter().sum();
    if total > MAX_SUM {
        return refuse(51, "Lines");
    }
    if total == 0 {
        return refuse(142, "");
    }
    if body.cash + cashless < total {
        return refuse(69, "");
    }
    if cashless > total {
        return refuse(77, "");
    }

    let mut entry = Entry::draft(&key.request, Operation::Receipt, raw);
    entry.scope = format!("{}/{}", key.group, key.client);
    entry.kind = Some(kind);
    entry.taxation = taxation;
    entry.total_kopecks = total;
    entry.cash_kopecks = body.cash;
    entry.cashless_kopecks = cashless;
    entry.lines = lines;
    entry.email = body.contact.clone().filter(|_| is_email);
    entry.phone = body.contact.clone().filter(|_| !is_email);
    entry.place = body.place.clone();
    entry.agent = agent;
    entry.device = DEVICE.to_owned();
    Ok(entry)
}

fn check_line(line: &Line, dialect: TaxidDialect) -> Checked<LedgerLine> {
    let qty = line.qty.ok_or_else(|| missing("Qty"))?;
    let price = line.price.ok_or_else(|| missing("Price"))?;
    let taxid = line.taxid.ok_or_else(|| missing("Taxid"))?;
    let description = line.description.clone().ok_or_else(|| missing("Description"))?;
    let within = |value: Option<i64>, known: fn(i64) -> bool, field: &str| match value {
        Some(value) if !known(value) => refuse(51, field),
        value => Ok(value.map(small)),
    };
    let payment_mode = within(line.pay_attribute, |mode| (1..=7).contains(&mode), "PayAttribute")?;
    // Tag 1212 has 1..27 and, for marked goods, 30..33; the document's own table 2.3 is lost.
    let subject = within(line.line_attribute, |it| matches!(it, 1..=27 | 30..=33), "LineAttribute")?;
    if !(1..=MAX_QTY).contains(&qty) {
        return refuse(51, "Qty");
    }
    if !(0..=MAX_SUM).contains(&price) {
        return refuse(51, "Price");
    }
    if !(1..=10).contains(&taxid) {
        return refuse(51, "Taxid");
    }
    if description.trim().is_empty() && line.pay_attribute != Some(ADVANCE) {
        return refuse(51, "Description");
    }
    if !names_its_kind(line.line_attribute, &description) {
        return refuse(51, "Description");
    }
    let agent = agent_modes(line.agent_modes, "AgentModes")?;
    if line.provider_inn.as_deref().is_some_and(|inn| !is_inn(inn)) {
        return refuse(51, "INN");
    }
    Ok(LedgerLine {
        name: description,
        quantity_micros: qty * 1_000,
        price_kopecks: price,
        total_kopecks: line_total(qty, price).ok_or(()).or_else(|()| refuse(51, "Price"))?,
        vat: taxid.to_string(),
        vat_meaning: dialect.meaning(taxid).to_owned(),
        payment_mode,
        subject,
        agent,
        supplier_inn: line.provider_inn.clone(),
        tags: BTreeMap::new(),
    })
}

/// Kopecks for thousandths of a piece, half a kopeck rounded up.
fn line_total(qty: i64, price: i64) -> Option<i64> {
    let total = (i128::from(qty) * i128::from(price) + 500) / 1_000;
    i64::try_from(total).ok().filter(|total| *total <= MAX_SUM)
}

/// CO10: for non-operating income (15) the name is a number from 1 to 25, for contributions (16) from 26 to 31.
fn names_its_kind(subject: Option<i64>, name: &str) -> bool {
    let kinds = match subject {
        Some(15) => 1..=25,
        Some(16) => 26..=31,
        _ => return true,
    };
    // As text, so that "07" and "+7" are not taken for 7.
    kinds.into_iter().any(|kind: u8| kind.to_string() == name)
}

fn agent_modes(modes: Option<i64>, field: &str) -> Checked<Option<u8>> {
    match modes {
        None | Some(0) => Ok(None),
        Some(bits @ 1..=127) => Ok(Some(small(bits))),
        Some(_) => refuse(51, field),
    }
}

/// `7XXXXXXXXXX` or `7-XXX-XXX-XX-XX`, without a plus.
fn is_phone(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    text.starts_with('7') && matches!(shape.as_str(), "00000000000" | "0-000-000-00-00")
}

fn is_inn(text: &str) -> bool {
    matches!(text.len(), 10 | 12) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn small(code: i64) -> u8 {
    u8::try_from(code).expect("checked against a table that ends below 256")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_kopeck_is_rounded_up() {
        assert_eq!(line_total(1_000, 78_850), Some(78_850));
        assert_eq!(line_total(1, 78_850), Some(79));
        assert_eq!(line_total(500, 1), Some(1));
        assert_eq!(line_total(499, 1), Some(0));
        assert_eq!(line_total(1_500, 3_333), Some(5_000));
        assert_eq!(line_total(MAX_QTY, MAX_SUM), None);
    }

    #[test]
    fn phones_have_two_shapes() {
        assert!(is_phone("79878985623"));
        assert!(is_phone("7-987-898-56-23"));
        for wrong in ["+79878985623", "89878985623", "7987898562", "7X878985623", "7 987 898 56 23"] {
            assert!(!is_phone(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_name_of_subjects_15_and_16_is_a_number() {
        assert!(names_its_kind(Some(15), "25") && !names_its_kind(Some(15), "26"));
        assert!(names_its_kind(Some(16), "26") && !names_its_kind(Some(16), "32"));
        assert!(!names_its_kind(Some(15), "Доход") && !names_its_kind(Some(15), "07"));
        assert!(names_its_kind(Some(4), "Доход") && names_its_kind(None, "Доход"));
    }
}
