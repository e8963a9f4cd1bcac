//! Values that are valid on certain days only: rates, taxation systems, subjects, modes.

use kassa_core::{Date, days};
use kassa_providers::uniform::{Correction, CorrectionType, Item, Receipt, Taxation};

use super::Findings;
use super::rules::{DAY_TO_COME, Rule, TAXATION_DAYS, VALUE_DAYS};

/// A value that a receipt states, and the days on which ordinary settlements may use it.
struct Dated {
    field: String,
    name: &'static str,
    since: Option<Date>,
    until: Option<Date>,
    /// The rule that its use outside those days breaks.
    rule: &'static Rule,
}

/// Every value of a document that has days.
fn dated(taxation: Option<Taxation>, items: &[Item]) -> Vec<Dated> {
    let taxation = taxation.into_iter().map(|value| Dated {
        field: "taxation".to_owned(),
        name: value.name(),
        since: value.since(),
        until: value.until(),
        rule: &TAXATION_DAYS,
    });
    taxation
        .chain(items.iter().enumerate().flat_map(|(index, item)| {
            let dated = |name: &str, value: &'static str, (since, until): (Option<Date>, Option<Date>)| {
                // Most are valid on any day.
                (since.is_some() || until.is_some()).then(|| Dated {
                    field: format!("items[{index}].{name}"),
                    name: value,
                    since,
                    until,
                    rule: &VALUE_DAYS,
                })
            };
            [
                dated("vat", item.vat.name(), item.vat.validity()),
                dated("subject", item.subject.name(), item.subject.validity()),
                dated("mode", item.mode.name(), item.mode.validity()),
            ]
            .into_iter()
            .flatten()
        }))
        .collect()
}

/// A settlement uses what is valid on its day. The return of an older one may use what has ended since; nothing may use
/// what has not begun.
///
/// A register dates its document with the day it prints it. So a settlement is not of a day to come, and one of an earlier
/// day than yesterday uses what is valid today as well.
pub(super) fn check_receipt(receipt: &Receipt, today: Date, findings: &mut Findings) {
    let date = receipt.date.unwrap_or(today);
    let is_return = receipt.kind.returns().is_some();
    let dated = || dated(receipt.taxation, &receipt.items);
    if date > today {
        let reason = format!("is {date}, and today is {today}: a settlement is not of a day to come");
        DAY_TO_COME.broken(findings, "date", reason);
    }
    let before = findings.errors.len();
    check_day(dated(), date, &format!("the receipt is of {date}"), is_return, findings);
    if findings.errors.len() == before && !is_return && days(today) - days(date) > 1 {
        check_day(dated(), today, &format!("the register will date it {today}"), is_return, findings);
    }
}

/// A correction is of an older settlement, so it may use what was valid then, and has ended since. Of a correction of
/// one's own the day is that of the settlement; of one by order it is the order's, which tells nothing of that.
pub(super) fn check_correction(correction: &Correction, today: Date, findings: &mut Findings) {
    let dated = || dated(correction.taxation, &correction.items);
    let before = findings.errors.len();
    check_day(dated(), today, &format!("the register will date it {today}"), true, findings);
    if findings.errors.len() == before && correction.correction.r#type == CorrectionType::SelfInitiated {
        let date = correction.correction.date;
        check_day(
            dated(),
            date,
            &format!("the corrected settlement is of {date}"),
            correction.kind.returns().is_some(),
            findings,
        );
    }
}

/// `older`: the document is about an older settlement.
fn check_day(dated: Vec<Dated>, date: Date, on: &str, older: bool, findings: &mut Findings) {
    for Dated { field, name, since, until, rule } in dated {
        if let Some(since) = since.filter(|since| date < *since) {
            rule.broken(findings, field, format!("is {name}, valid from {since}, and {on}"));
        } else if let Some(until) = until.filter(|until| *until < date && !older) {
            let reason = format!("is {name}, valid until {until}, and {on}; only returns may still use it");
            rule.broken(findings, field, reason);
        }
    }
}

/// Rates that were never valid on one day do not belong to one settlement. In an ordinary receipt one of them is an
/// error already; to a return and to a correction each has its own `rule`.
pub(super) fn check_mixture(items: &[Item], rule: &Rule, findings: &mut Findings) {
    let vats = items.iter().enumerate();
    let ended = vats
        .clone()
        .filter_map(|(_, item)| item.vat.until().map(|until| (item.vat, until)))
        .min_by_key(|(_, until)| *until);
    let Some((ended, until)) = ended else { return };
    for (index, item) in vats {
        if item.vat.since().is_some_and(|since| until < since) {
            let reason = format!("is {}, and another line has {ended}: they were never valid on one day", item.vat);
            rule.broken(findings, format!("items[{index}].vat"), reason);
        }
    }
}
