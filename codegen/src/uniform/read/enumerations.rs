//! Reading enumerations and their values.

use super::text;
use crate::diag::{Code, Diagnostics};
use crate::notation::uniform as notation;
use crate::tree::{Entry, Keys, Node};
use crate::uniform::{Day, Enumeration, Value};

/// An enumeration; without values where these could not be read.
pub(super) fn enumeration(entry: Entry<'_>, diags: &mut Diagnostics) -> Enumeration {
    let keys = notation::enumeration().expect(entry.value, diags);
    let node = keys.as_ref().map(Keys::node);
    let entries = node.and_then(|node| node.get("values")?.expect_map("the values", diags));
    let entries = entries.unwrap_or_default();
    let values: Vec<Value> = entries.iter().filter_map(|item| value(*item, diags)).collect();
    for value in &values {
        let Some(name) = &value.returns else { continue };
        if !entries.iter().any(|other| other.key == name) {
            let message = format!("`{}` returns `{name}`, which is no value", value.name);
            diags.unknown(Code::M005, value.span, message, name, entries.iter().map(|other| other.key));
        }
    }
    same_codes(&values, diags);
    let text = |key: &str| node.map(|node| text(node, key)).unwrap_or_default();
    Enumeration {
        name: entry.key.to_owned(),
        tag: text("tag"),
        en: text("en"),
        ru: text("ru"),
        about: text("about"),
        values,
        span: entry.key_span,
    }
}

/// A code may mean one thing until a day and another from then on, or differ between FFD versions; never both at once.
fn same_codes(values: &[Value], diags: &mut Diagnostics) {
    for (n, value) in values.iter().enumerate() {
        let meets = |other: &&Value| {
            let days = !ends_before(other.until, value.since) && !ends_before(value.until, other.since);
            let every = other.ffd.is_empty() || value.ffd.is_empty();
            other.code == value.code && days && (every || other.ffd.iter().any(|ffd| value.ffd.contains(ffd)))
        };
        if let Some(other) = values[..n].iter().find(meets) {
            let message =
                format!("`{}` and `{}` are both code {} on the same days", other.name, value.name, value.code);
            diags
                .error(Code::S008, value.span, message)
                .secondary(other.span, "the other value")
                .help("set them apart by `since` and `until`, or by `ffd`");
        }
    }
}

fn ends_before(until: Option<Day>, since: Option<Day>) -> bool {
    matches!((until, since), (Some(until), Some(since)) if until < since)
}

fn value(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<Value> {
    let keys = notation::value().expect(entry.value, diags)?;
    let node = keys.node();
    let code = node.get("code")?.expect_int("`code`", diags)?;
    let mut day = |key: &str| {
        let node = node.get(key)?;
        let day = node.as_scalar().and_then(|text| parse_day(&text));
        if day.is_none() {
            diags.error(Code::S003, node.span(), format!("`{key}` has to be a day such as \"2026-01-01\""));
        }
        day
    };
    let (since, until) = (day("since"), day("until"));
    if let (Some(from), Some(to)) = (node.entry("since"), node.entry("until"))
        && ends_before(until, since)
    {
        let message = format!("`{}` ends before it begins", entry.key);
        diags.error(Code::S008, to.value.span(), message).secondary(from.value.span(), "it begins here");
    }
    let rate = node.get("rate").and_then(|rate| {
        let keys = notation::rate().expect(rate, diags)?;
        let rate = keys.node();
        let percent = rate.get("percent")?.expect_int("`percent`", diags)?;
        Some((percent, rate.get("of").and_then(Node::as_int)))
    });
    Some(Value {
        name: entry.key.to_owned(),
        code,
        en: text(node, "en"),
        ru: text(node, "ru"),
        since,
        until,
        ffd: node.items_of("ffd").filter_map(Node::as_scalar).collect(),
        returns: node.get("returns").and_then(Node::as_scalar),
        rate,
        note: text(node, "note"),
        span: entry.key_span,
    })
}

/// The day that a text such as `2026-01-01` states.
pub fn parse_day(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let day: Day = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.next().is_none() && day.1 >= 1 && day.2 >= 1 && day.2 <= days_of(day.0, day.1)).then_some(day)
}

/// How many days a month has; none when there is no such month.
fn days_of(year: i16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_of_the_calendar() {
        assert_eq!(parse_day("2024-02-29"), Some((2024, 2, 29)));
        for text in ["2026-02-31", "2026-02-29", "1900-02-29", "2026-13-01", "2026-04-31", "2026-01-00", "2026-01", ""]
        {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }
}
