//! Values that are valid on certain days only: rates, taxation systems, subjects, modes.

use kassa_core::{Date, days};
use kassa_providers::uniform::Receipt;

use super::Findings;

/// A value that a receipt states, and the days on which ordinary settlements may use it.
struct Dated {
    field: String,
    name: &'static str,
    since: Option<Date>,
    until: Option<Date>,
    /// Whether its use outside those days is an error (FACTS F: rates) or a warning (the abolished taxation system).
    strict: bool,
}

/// Every value of `receipt` that has days.
fn dated(receipt: &Receipt) -> Vec<Dated> {
    let taxation = receipt.taxation.iter().map(|value| Dated {
        field: "taxation".to_owned(),
        name: value.name(),
        since: value.since(),
        until: value.until(),
        strict: false,
    });
    taxation
        .chain(receipt.items.iter().enumerate().flat_map(|(index, item)| {
            let field = |name: &str| format!("items[{index}].{name}");
            let dated = |name: &str, value: &'static str, (since, until)| Dated {
                field: field(name),
                name: value,
                since,
                until,
                strict: true,
            };
            [
                dated("vat", item.vat.name(), item.vat.validity()),
                dated("subject", item.subject.name(), item.subject.validity()),
                dated("mode", item.mode.name(), item.mode.validity()),
            ]
        }))
        .collect()
}

/// A settlement uses what is valid on its day. The return of an older one may use what has ended since; nothing may use
/// what has not begun.
///
/// A register dates its document with the day it prints it. So a settlement is not of a day to come, and one of an earlier
/// day than yesterday uses what is valid today as well.
pub(super) fn check_values(receipt: &Receipt, date: Date, today: Date, findings: &mut Findings) {
    let is_return = receipt.kind.returns().is_some();
    if date > today {
        findings.error("date", format!("is {date}, and today is {today}: a settlement is not of a day to come"));
    }
    let before = findings.errors.len();
    check_day(receipt, date, &format!("the receipt is of {date}"), is_return, findings);
    if findings.errors.len() == before && !is_return && days(today) - days(date) > 1 {
        check_day(receipt, today, &format!("the register will date it {today}"), is_return, findings);
    }
}

fn check_day(receipt: &Receipt, date: Date, on: &str, is_return: bool, findings: &mut Findings) {
    for Dated { field, name, since, until, strict } in dated(receipt) {
        let find = |reason| if strict { findings.error(field, reason) } else { findings.warn(field, reason) };
        if let Some(since) = since.filter(|since| date < *since) {
            find(format!("is {name}, valid from {since}, and {on}"));
        } else if let Some(until) = until.filter(|until| *until < date && !is_return) {
            let reason = format!("is {name}, valid until {until}, and {on}; only returns may still use it");
            find(reason);
        }
    }
}

/// Rates that were never valid on one day do not belong to one settlement. In an ordinary receipt one of them is an
/// error already.
pub(super) fn check_mixture(receipt: &Receipt, findings: &mut Findings) {
    let vats = receipt.items.iter().enumerate();
    let ended = vats
        .clone()
        .filter_map(|(_, item)| item.vat.until().map(|until| (item.vat, until)))
        .min_by_key(|(_, until)| *until);
    let Some((ended, until)) = ended else { return };
    for (index, item) in vats {
        if item.vat.since().is_some_and(|since| until < since) {
            let reason = format!("is {}, and another line has {ended}: they were never valid on one day", item.vat);
            findings.warn(format!("items[{index}].vat"), reason);
        }
    }
}
