//! The commands of a document, checked against the text of the protocol.

use jiff::civil::Date;

use super::super::checks;
use super::super::document::{Entry, Operation};
use super::super::fields::{Checked, Fields, text, wrong};
use super::super::json::Tree;
use super::receipt;

pub(super) const SNO: [&str; 6] = ["sno_osn", "sno_ysn_d", "sno_ysn_dmr", "sno_envd", "sno_esn", "sno_psn"];
/// The amounts of a correction and the tags that they go to.
const VAT_AMOUNTS: [(&str, u16); 6] = [
    ("amountVatNone", 1105),
    ("amountVat0", 1104),
    ("amountVat10", 1103),
    ("amountVat20", 1102),
    ("amountVat110", 1107),
    ("amountVat120", 1106),
];
const SLIP: [&str; 5] = ["startSlip", "print", "printQR", "feed", "endSlip"];

/// What a document makes the register do.
#[derive(Debug, Clone)]
pub(super) struct Work {
    /// `type` of the first command, which is that of the document.
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    /// Where the register is when it stops, as `OpenSession`.
    pub(super) phase: &'static str,
    pub(super) entry: Entry,
}

/// How strictly numbers are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) rounds: bool,
}

/// Reads the commands: one that makes a document, or a row of those that print text. The document shows no other
/// mixture, so none is taken.
pub(super) fn read(commands: &Tree, key: &str, raw: &str, rules: Rules) -> Checked<Work> {
    let commands = match commands {
        Tree::List(commands) if !commands.is_empty() => commands,
        _ => return wrong("commands is empty or not a list"),
    };
    let kind = type_of(&commands[0])?;
    if let Some(kind) = SLIP.into_iter().find(|known| *known == kind) {
        slip(commands)?;
        let entry = Entry::draft(key, Operation::Slip, raw);
        return Ok(Work { kind, title: "text", phase: "Slip", entry });
    }
    let [command] = commands.as_slice() else {
        return wrong(format!("commands has more than one command, {kind} among them"));
    };
    let draft = |operation| Entry::draft(key, operation, raw);
    let mut fields = Fields::of(command, "a command")?;
    fields.required("type")?;
    let (kind, title, phase, entry) = match kind.as_str() {
        "openSession" => {
            let entry = common(&mut fields, draft(Operation::ShiftOpen), "tagCashierINN")?;
            ("openSession", "shift opening", "OpenSession", entry)
        }
        "closeSession" => {
            let entry = common(&mut fields, draft(Operation::ShiftClose), "tagCashierInn")?;
            ("closeSession", "shift closing", "CloseSession", entry)
        }
        "xReport" => {
            let entry = common(&mut fields, draft(Operation::XReport), "tagCashierInn")?;
            ("xReport", "X report", "XReport", entry)
        }
        "cashIn" => ("cashIn", "cash in", "CashIn", cash(&mut fields, draft(Operation::CashIn))?),
        "cashOut" => ("cashOut", "cash out", "CashOut", cash(&mut fields, draft(Operation::CashOut))?),
        "sale" => ("sale", "sale", "Sale", sale(&mut fields, draft(Operation::Receipt), 1, rules)?),
        "returnSale" => {
            let entry = sale(&mut fields, draft(Operation::Receipt), 2, rules)?;
            ("returnSale", "return of a sale", "ReturnSale", entry)
        }
        "buy" => ("buy", "purchase", "Buy", sale(&mut fields, draft(Operation::Receipt), 3, rules)?),
        "returnBuy" => {
            let entry = sale(&mut fields, draft(Operation::Receipt), 4, rules)?;
            ("returnBuy", "return of a purchase", "ReturnBuy", entry)
        }
        "correction" => {
            let entry = correction(&mut fields, draft(Operation::Correction))?;
            ("correction", "correction", "Correction", entry)
        }
        // "Sale" and "cashout" are misprints of the examples (IK1, IK3).
        other => return wrong(format!("type {other} is not a command")),
    };
    fields.finish()?;
    Ok(Work { kind, title, phase, entry })
}

fn type_of(command: &Tree) -> Checked<String> {
    match command {
        Tree::Object(members) => text(members.get("type").unwrap_or(&Tree::Null), "type"),
        _ => wrong("a command is not an object"),
    }
}

/// What any document of the register may carry. The cashier's INN is spelt in two ways, one for each command (IK2).
fn common(fields: &mut Fields<'_>, mut entry: Entry, cashier_inn: &str) -> Checked<Entry> {
    entry.print = Some(fields.flag("isPrintable")?);
    fields.tag(&mut entry.tags, "tagCashierName", 1021)?;
    fields.inn_tag(&mut entry.tags, cashier_inn, 1203)?;
    fields.tag(&mut entry.tags, "tagClientTitle", 1227)?;
    fields.inn_tag(&mut entry.tags, "tagClientINN", 1228)?;
    if let Some(contact) = fields.text_if_any("tagClientContact")? {
        if contact.contains('@') {
            if !checks::is_email(&contact) {
                return wrong("tagClientContact is not an e-mail");
            }
            entry.email = Some(contact);
        } else {
            // The format of a phone is not stated; 64 is the FFD's limit of tag 1008.
            let digits = contact.bytes().filter(u8::is_ascii_digit).count();
            if !(10..=15).contains(&digits) || contact.chars().count() > 64 {
                return wrong("tagClientContact is not a phone");
            }
            entry.phone = Some(contact);
        }
    }
    Ok(entry)
}

fn cash(fields: &mut Fields<'_>, entry: Entry) -> Checked<Entry> {
    let mut entry = common(fields, entry, "tagCashierInn")?;
    entry.total_kopecks = fields.roubles("amountCash")?;
    entry.cash_kopecks = entry.total_kopecks;
    match entry.total_kopecks {
        0 => wrong("amountCash is zero"),
        _ => Ok(entry),
    }
}

fn sale(fields: &mut Fields<'_>, entry: Entry, kind: u8, rules: Rules) -> Checked<Entry> {
    let mut entry = common(fields, entry, "tagCashierINN")?;
    entry.kind = Some(kind);
    if entry.print == Some(false) && entry.email.is_none() && entry.phone.is_none() {
        return wrong("tagClientContact is missing, and nothing is printed");
    }
    receipt::fill(fields, &mut entry, rules)?;
    Ok(entry)
}

/// FFD 1.05: no items and no payments (IK16), the sums by rate alone. The total is what they make.
fn correction(fields: &mut Fields<'_>, entry: Entry) -> Checked<Entry> {
    let mut entry = common(fields, entry, "tagCashierINN")?;
    entry.taxation = Some(1 << fields.word("sno", &SNO)?);
    let by_order = fields.word("correctionType", &["bySelf", "byDocument"])?;
    entry.tags.insert(1173, by_order.to_string());
    // Income and expense of tag 1054.
    entry.kind = Some([1, 3][fields.word("paymentSign", &["incoming", "outcoming"])?]);
    fields.tag(&mut entry.tags, "docNumber", 1179)?;
    entry.tags.insert(1177, fields.text("docDescription")?);
    let date = fields.text("docDate")?;
    let parsed: Option<Date> = date.parse().ok().filter(|_| date.len() == 10);
    if !parsed.is_some_and(checks::is_past) {
        return wrong("docDate is not a date YYYY-MM-DD up to today");
    }
    entry.tags.insert(1178, date);
    let mut given = 0;
    for (name, tag) in VAT_AMOUNTS {
        let Some(text) = fields.text_if_any(name)? else { continue };
        let Some(sum) = receipt::exact(&text, 2).filter(|sum| (0..=checks::MAX_SUM).contains(sum)) else {
            return wrong(format!("{name} is not a sum with at most two decimals"));
        };
        entry.tags.insert(tag, sum.to_string());
        entry.total_kopecks += sum;
        given += 1;
    }
    if given == 0 || entry.total_kopecks == 0 {
        return wrong("amountVat…: there is no sum");
    }
    if by_order == 1 && !entry.tags.contains_key(&1179) {
        return wrong("docNumber is missing, and the correction is byDocument");
    }
    Ok(entry)
}

/// Text on paper: `isPrintable` does not go with it.
fn slip(commands: &[Tree]) -> Checked<()> {
    let mut open = false;
    for command in commands {
        let mut fields = Fields::of(command, "a command")?;
        let kind = fields.text("type")?;
        match kind.as_str() {
            "startSlip" if open => return wrong("startSlip comes twice"),
            "startSlip" => open = true,
            "print" => {
                fields.text("text")?;
                fields.word_if_any("font", &["bold", "normal"])?;
            }
            "printQR" => {
                fields.text("text")?;
                let size = fields.text_if_any("size")?;
                if size.is_some_and(|size| size.parse::<u8>().map_or(true, |size| size == 0)) {
                    return wrong("size is not a number in a string");
                }
            }
            "feed" => {
                fields.code("count", 1..=255)?;
            }
            "endSlip" if open => {
                open = false;
                let flag = fields.take("disablePrintFooter");
                if !matches!(flag, None | Some(Tree::Bool(_))) {
                    return wrong("disablePrintFooter is not a logical value");
                }
            }
            "endSlip" => return wrong("endSlip without startSlip"),
            other => return wrong(format!("type {other} does not go with text")),
        }
        fields.finish()?;
    }
    match open {
        true => wrong("startSlip without endSlip"),
        false => Ok(()),
    }
}
