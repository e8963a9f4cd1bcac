//! Receipts: sale, returnSale, buy and returnBuy.

use std::collections::BTreeMap;

use super::super::checks::{self, MAX_SUM, Paid};
use super::super::document::{Entry, LedgerLine};
use super::super::fields::{Checked, Fields, small, wrong};
use super::super::json::Tree;
use super::command::{Rules, SNO};

const TAX: [(&str, &str); 6] = [
    ("vat_none", "none"),
    ("vat_0", "0 %"),
    ("vat_10", "10 %"),
    ("vat_20", "20 %"),
    ("vat_110", "10/110"),
    // So the document says; a misprint for 20/120.
    ("vat_120", "10/120"),
];
/// In the order of tag 1212, though the document's table ends with composite, agent commission and other.
const PPR: [&str; 13] = [
    "goods",
    "excise_goods",
    "job",
    "service",
    "bet_in_game",
    "winning_in_game",
    "lottery_ticket",
    "lottery_winning",
    "ipr",
    "payment",
    "agent_commission",
    "composite",
    "other",
];
/// In the order of tag 1214; `credit` is the partial payment, not the credit.
const PSR: [&str; 7] =
    ["prepayment_100", "prepayment", "advance", "full_settle", "credit", "credit_transfer", "credit_payment"];

/// What only a receipt has.
pub(super) fn fill(fields: &mut Fields<'_>, entry: &mut Entry, rules: Rules) -> Checked<()> {
    entry.taxation = fields.word_if_any("sno", &SNO)?.map(|index| 1 << index);
    entry.place = fields.text_if_any("tagSaleLocation")?;
    entry.agent = fields.code_if_any("tagAgentType", 1..=127)?.map(small);
    for (name, tag) in [
        ("tagAgentOperator", 1044),
        ("tagAgentContact", 1073),
        ("tagPayeeServiceOperatorContact", 1074),
        ("tagTransferServiceOperatorContact", 1075),
        ("tagTransferServiceOperatorTitle", 1026),
        ("tagTransferServiceOperatorAddress", 1005),
    ] {
        fields.tag(&mut entry.tags, name, tag)?;
    }
    fields.inn_tag(&mut entry.tags, "tagTransferServiceOperatorINN", 1016)?;
    entry.lines = fields.list("lines")?.iter().map(|found| line(found, rules)).collect::<Checked<_>>()?;
    entry.total_kopecks = entry.lines.iter().map(|line| line.total_kopecks).sum();
    // IK18: these are numbers, unlike the sums of the lines.
    let mut given = 0;
    let mut sum = |name| {
        let sum = fields.roubles_if_any(name)?;
        given += usize::from(sum.is_some());
        Ok::<_, String>(sum.unwrap_or(0))
    };
    let paid = Paid {
        cash: sum("amountCash")?,
        cashless: sum("amountElectronic")?,
        prepaid: sum("amountPrepaid")?,
        credit: sum("amountCredit")?,
        counter: sum("amountIncoming")?,
    };
    if given == 0 {
        return wrong("amountCash and the other amounts are all missing");
    }
    paid.change(entry.total_kopecks)?;
    paid.enter(entry);
    Ok(())
}

fn line(content: &Tree, rules: Rules) -> Checked<LedgerLine> {
    let mut fields = Fields::of(content, "a line")?;
    let mut tags = BTreeMap::new();
    let name = fields.text("title")?;
    if name.chars().count() > 250 {
        return wrong("title is longer than 250");
    }
    let price_kopecks = decimal(&mut fields, "price", 2, rules)?;
    let quantity_micros = decimal(&mut fields, "quantity", 3, rules)? * 1_000;
    if !(0..=MAX_SUM).contains(&price_kopecks) {
        return wrong("price is out of range");
    }
    if !(1..=checks::MAX_MICROS).contains(&quantity_micros) {
        return wrong("quantity is out of range");
    }
    let due = checks::line_total(price_kopecks, quantity_micros).ok_or("price times quantity is out of range")?;
    let total = match fields.text_if_any("total")? {
        None => due,
        Some(text) => exact(&text, 2).ok_or("total is not a sum with at most two decimals")?,
    };
    // A kopeck of rounding is nobody's fault.
    if (total - due).abs() > 1 {
        return wrong(format!("total is {total} kopecks, price times quantity {due}"));
    }
    // The registers of the document's example have no defaults for these three.
    let (vat, meaning) = TAX[fields.word("tax", &TAX.map(|(code, _)| code))?];
    let subject = fields.word("ppr", &PPR)?;
    let mode = fields.word("psr", &PSR)?;
    let agent = fields.code_if_any("tagAgentType", 1..=127)?.map(small);
    fields.inn_tag(&mut tags, "tagServiceProviderINN", 1226)?;
    fields.tag(&mut tags, "tagServiceProviderContact", 1171)?;
    fields.tag(&mut tags, "tagServiceProviderTitle", 1225)?;
    if let Some(excise) = fields.take("tagExcise") {
        let sum = match excise {
            Tree::Text(text) => exact(text, 2),
            other => other.kopecks(),
        };
        let sum = sum.filter(|sum| (0..=MAX_SUM).contains(sum)).ok_or("tagExcise is not a sum")?;
        tags.insert(1229, sum.to_string());
    }
    fields.tag(&mut tags, "tagCountry", 1230)?;
    if tags.get(&1230).is_some_and(|code| code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_digit())) {
        return wrong("tagCountry is not three digits");
    }
    fields.tag(&mut tags, "tagGtdNumber", 1231)?;
    if tags.get(&1231).is_some_and(|number| number.chars().count() > 32) {
        return wrong("tagGtdNumber is longer than 32");
    }
    fields.tag(&mut tags, "tagTrueSign", 1162)?;
    if let Some(raw) = fields.take("tags") {
        raw_tags(raw, &mut tags)?;
    }
    fields.finish()?;
    Ok(LedgerLine {
        name,
        quantity_micros,
        price_kopecks,
        total_kopecks: total,
        vat: vat.to_owned(),
        vat_meaning: meaning.to_owned(),
        payment_mode: u8::try_from(mode + 1).ok(),
        subject: u8::try_from(subject + 1).ok(),
        agent,
        supplier_inn: tags.remove(&1226),
        tags,
    })
}

/// A decimal number in a string, with a point or a comma. The vendor rounds what is too exact; unless the test wants
/// that, it is refused, since a client that sends it has lost something.
fn decimal(fields: &mut Fields<'_>, name: &str, places: usize, rules: Rules) -> Checked<i64> {
    let text = fields.text(name)?.replace(',', ".");
    match checks::scaled(&text, places) {
        Some((number, true)) => Ok(number),
        Some((number, false)) if rules.rounds => Ok(number),
        Some(_) => wrong(format!("{name} has more than {places} decimals")),
        None => wrong(format!("{name} is not a decimal number")),
    }
}

/// The same without rounding.
pub(super) fn exact(text: &str, places: usize) -> Option<i64> {
    match checks::scaled(&text.replace(',', "."), places) {
        Some((number, true)) => Some(number),
        _ => None,
    }
}

/// Tags by number: `{id, type, value}`, a list of bytes being hexadecimal with spaces.
fn raw_tags(content: &Tree, tags: &mut BTreeMap<u16, String>) -> Checked<()> {
    let Tree::List(items) = content else {
        return wrong("tags is not a list");
    };
    for item in items {
        let mut fields = Fields::of(item, "a tag")?;
        // A number in the text, a string in the example.
        let id = match fields.required("id")? {
            Tree::Text(digits) | Tree::Number(digits) => digits.parse::<u16>().ok(),
            _ => None,
        };
        let id = id.ok_or("id of a tag is not a number")?;
        let kind = fields.word("type", &["array", "byte", "int16", "int32", "double", "string"])?;
        let value = match fields.required("value")? {
            Tree::Text(value) | Tree::Number(value) => value.clone(),
            _ => return wrong("value of a tag is neither a string nor a number"),
        };
        fields.finish()?;
        let fits = match kind {
            0 => value.split(' ').all(|byte| byte.len() == 2 && u8::from_str_radix(byte, 16).is_ok()),
            1 => value.parse::<u8>().is_ok(),
            2 => value.parse::<u16>().is_ok(),
            3 => value.parse::<u32>().is_ok(),
            4 => checks::scaled(&value, 6).is_some(),
            _ => true,
        };
        if !fits {
            return wrong(format!("value {value} is not of the tag's type"));
        }
        if tags.insert(id, value).is_some() {
            return wrong(format!("tags: {id} comes twice"));
        }
    }
    Ok(())
}
