//! The request bodies, checked against the tables of the document.

use std::collections::BTreeMap;

use super::super::document::{Entry, LedgerLine, Operation};
use super::super::json::Tree;
use super::Denied;

/// The FFD's limit of a sum, 99 999 999.99 roubles, in kopecks.
const MAX_SUM: i64 = 9_999_999_999;
/// The FFD's limit of a quantity (1023), in whole pieces.
const MAX_QUANTITY: i64 = 281_474_976;

type Checked<T> = Result<T, Denied>;

fn wrong<T>(reason: impl Into<String>) -> Checked<T> {
    Err(Denied::new(400, reason))
}

/// The key of the request, found before anything else is looked at.
pub(super) fn operation_id(content: &Tree) -> Checked<&str> {
    let Tree::Object(members) = content else {
        return wrong("the body is not an object");
    };
    match members.get("operationId") {
        Some(Tree::Text(id)) if !id.is_empty() => Ok(id),
        _ => wrong("operationId is missing, empty or not a string"),
    }
}

/// The body of `formReceipt`. The entry's `device` is the wanted cashbox, empty if any will do.
pub(super) fn receipt(content: &Tree, raw: &str) -> Checked<Entry> {
    let mut fields = Fields::of(content, "the receipt")?;
    let mut entry = Entry::draft(operation_id(content)?, Operation::Receipt, raw);
    fields.required("operationId")?;
    // SC3: 4 is the expense return, whatever its text says; the four codes equal those of tag 1054.
    entry.kind = Some(fields.code("receiptType", 4)?);
    entry.print = Some(fields.flag("printReceipt")?);
    // One-based index of the bits of tag 1055; 5 «ЕСН» is the agricultural tax (SC4).
    entry.taxation = Some(1 << (fields.code("taxationSystem", 6)? - 1));
    entry.email = fields.contact("buyerEmail")?;
    entry.phone = fields.contact("buyerPhoneNumber")?;
    entry.cash_kopecks = fields.sum("cashPaymentSum")?;
    entry.cashless_kopecks = fields.sum("cashlessPaymentSum")?;
    entry.total_kopecks = fields.sum("totalSum")?;
    entry.lines = lines(fields.required("positions")?)?;
    fields.guid("juridicalPersonId")?;
    fields.guid("cashboxGroupId")?;
    entry.device = fields.guid("cashboxId")?;
    fields.finish()?;

    let due: i64 = entry.lines.iter().map(|line| line.total_kopecks).sum();
    if due != entry.total_kopecks {
        return wrong(format!("the positions make {due} kopecks, not {}", entry.total_kopecks));
    }
    if entry.cash_kopecks + entry.cashless_kopecks != entry.total_kopecks {
        return wrong("cashPaymentSum and cashlessPaymentSum do not make totalSum");
    }
    Ok(entry)
}

/// The body of `depositCash` and `withdrawCash`.
pub(super) fn cash(content: &Tree, raw: &str, operation: Operation) -> Checked<Entry> {
    let mut fields = Fields::of(content, "the request")?;
    let mut entry = Entry::draft(operation_id(content)?, operation, raw);
    fields.required("operationId")?;
    entry.total_kopecks = fields.sum("amount")?;
    entry.cash_kopecks = entry.total_kopecks;
    entry.device = fields.guid("cashboxId")?;
    fields.finish()?;
    if entry.device.is_empty() {
        return wrong("cashboxId is missing");
    }
    // SC6: the example's `00` is a misprint for some amount.
    if entry.total_kopecks == 0 {
        return wrong("amount is zero");
    }
    Ok(entry)
}

fn lines(positions: &Tree) -> Checked<Vec<LedgerLine>> {
    match positions {
        Tree::List(items) if !items.is_empty() => items.iter().map(line).collect(),
        _ => wrong("positions is empty or not a list"),
    }
}

fn line(position: &Tree) -> Checked<LedgerLine> {
    let mut fields = Fields::of(position, "a position")?;
    let name = fields.text("name")?;
    let quantity = fields.whole("quantity")?;
    let price = fields.sum("price")?;
    let tax = fields.code("taxType", 6)?;
    fields.finish()?;
    if name.trim().is_empty() {
        return wrong("name is empty");
    }
    if !(1..=MAX_QUANTITY).contains(&quantity) {
        return wrong(format!("quantity {quantity} is out of range"));
    }
    let Some(total) = price.checked_mul(quantity).filter(|total| *total <= MAX_SUM) else {
        return wrong("the position's cost is out of range");
    };
    Ok(LedgerLine {
        name,
        quantity_micros: quantity * 1_000_000,
        price_kopecks: price,
        total_kopecks: total,
        vat: tax.to_string(),
        vat_meaning: tax_meaning(tax).to_owned(),
        payment_mode: None,
        subject: None,
        agent: None,
        supplier_inn: None,
        tags: BTreeMap::new(),
    })
}

/// What the document says that a code prints. It lost the text of code 1 (SC1).
fn tax_meaning(code: u8) -> &'static str {
    match code {
        1 => "lost",
        2 => "10 %",
        3 => "18 %",
        4 => "none",
        5 => "10/110",
        _ => "18/118",
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

/// The fields of one object; each is taken once, and what is left over is unknown to the vendor.
struct Fields<'a> {
    owner: &'static str,
    left: BTreeMap<&'a str, &'a Tree>,
}

impl<'a> Fields<'a> {
    fn of(tree: &'a Tree, owner: &'static str) -> Checked<Fields<'a>> {
        let Tree::Object(members) = tree else {
            return wrong(format!("{owner} is not an object"));
        };
        let left = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
        Ok(Fields { owner, left })
    }

    fn required(&mut self, name: &str) -> Checked<&'a Tree> {
        let found = self.left.remove(name);
        found.ok_or_else(|| Denied::new(400, format!("{} has no {name}", self.owner)))
    }

    fn text(&mut self, name: &str) -> Checked<String> {
        match self.required(name)? {
            Tree::Text(text) => Ok(text.clone()),
            _ => wrong(format!("{name} is not a string")),
        }
    }

    fn flag(&mut self, name: &str) -> Checked<bool> {
        match self.required(name)? {
            Tree::Bool(flag) => Ok(*flag),
            _ => wrong(format!("{name} is not a logical value")),
        }
    }

    fn whole(&mut self, name: &str) -> Checked<i64> {
        match self.required(name)?.integer() {
            Some(number) => Ok(number),
            None => wrong(format!("{name} is not a whole number")),
        }
    }

    /// A code of a directory that starts at 1.
    fn code(&mut self, name: &str, last: u8) -> Checked<u8> {
        let number = self.whole(name)?;
        match u8::try_from(number) {
            Ok(code) if (1..=last).contains(&code) => Ok(code),
            _ => wrong(format!("{name} {number} is not in the directory")),
        }
    }

    /// Roubles, as kopecks.
    fn sum(&mut self, name: &str) -> Checked<i64> {
        match self.required(name)?.kopecks() {
            Some(sum) if (0..=MAX_SUM).contains(&sum) => Ok(sum),
            _ => wrong(format!("{name} is not a sum of roubles with at most two decimals")),
        }
    }

    /// An optional string; the example sends an empty one for "none" (SC14).
    fn contact(&mut self, name: &str) -> Checked<Option<String>> {
        if !self.left.contains_key(name) {
            return Ok(None);
        }
        let text = self.text(name)?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// An optional GUID, empty if there is none (SC14).
    fn guid(&mut self, name: &str) -> Checked<String> {
        let text = self.contact(name)?.unwrap_or_default();
        if text.is_empty() || is_guid(&text) {
            return Ok(text);
        }
        wrong(format!("{name} is not a GUID"))
    }

    fn finish(self) -> Checked<()> {
        match self.left.first_key_value() {
            Some((name, _)) => wrong(format!("{} has no field {name}", self.owner)),
            None => Ok(()),
        }
    }
}
