//! The order as it comes in, and the query of the list.

use jiff::Timestamp;

use super::super::document::{Entry, Operation};
use super::super::fields::{Checked, Fields, wrong};
use super::super::http::percent_decoded;
use super::super::json::Tree;
use super::receipt;

const MAX_LIMIT: usize = 500;

/// What the client may say of an order (Table 5 without its read-only half).
pub(super) struct NewOrder {
    pub(super) group: String,
    pub(super) id: String,
    pub(super) cashier: Option<String>,
    pub(super) receipt: Tree,
}

/// Reads the body of `POST /v1/orders`.
pub(super) fn read(content: &Tree, raw: &str) -> Checked<(NewOrder, Entry)> {
    let mut fields = Fields::of(content, "the order")?;
    let order = NewOrder {
        group: fields.text("groupId")?,
        id: fields.text("orderId")?,
        cashier: fields.text_if_any("cashierId")?,
        receipt: fields.required("receipt")?.clone(),
    };
    fields.finish()?;
    let mut draft = Entry::draft(&order.id, Operation::Receipt, raw);
    draft.scope = order.group.clone();
    let entry = with_receipt(&draft, &order.receipt)?;
    Ok((order, entry))
}

/// The same document with another receipt in it.
pub(super) fn with_receipt(entry: &Entry, content: &Tree) -> Checked<Entry> {
    let mut fresh = Entry::draft(&entry.key, Operation::Receipt, &entry.raw);
    fresh.scope = entry.scope.clone();
    receipt::fill(content, &mut fresh)?;
    Ok(fresh)
}

/// Which orders are wanted (Table 4).
pub(super) struct Selection {
    pub(super) limit: usize,
    pub(super) offset: usize,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Selection {
    pub(super) fn read(query: &str) -> Checked<Selection> {
        let (mut limit, mut offset, mut from, mut to) = (None, None, None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // A plus is a space in a query, so the offset of a moment has to be written as %2B.
            let value = percent_decoded(&value.replace('+', " ")).ok_or_else(|| format!("{name} is not UTF-8"))?;
            match name {
                "limit" => once(&mut limit, count(&value), name)?,
                "offset" => once(&mut offset, count(&value), name)?,
                "createdFrom" => once(&mut from, moment(&value), name)?,
                "createdTo" => once(&mut to, moment(&value), name)?,
                _ => return wrong(format!("there is no parameter {name}")),
            }
        }
        let limit = limit.unwrap_or(MAX_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return wrong(format!("limit {limit} is not one of 1..=500"));
        }
        Ok(Selection { limit, offset: offset.unwrap_or(0), from, to })
    }

    /// Both ends belong to it.
    pub(super) fn spans(&self, created: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= created) && self.to.is_none_or(|to| created <= to)
    }
}

fn once<T>(slot: &mut Option<T>, value: Option<T>, name: &str) -> Checked<()> {
    if slot.is_some() {
        return wrong(format!("{name} comes twice"));
    }
    match value {
        Some(value) => {
            *slot = Some(value);
            Ok(())
        }
        None => wrong(format!("{name} is malformed")),
    }
}

fn count(text: &str) -> Option<usize> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Strictly `2014-05-27T19:55:56.3274+03:00` (M10).
fn moment(text: &str) -> Option<Timestamp> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let strict = matches!(shape.as_str(), "0000-00-00T00:00:00.0000+00:00" | "0000-00-00T00:00:00.0000-00:00");
    text.parse().ok().filter(|_| strict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_four_digits_and_an_offset() {
        assert!(moment("2014-05-27T19:55:56.3274+03:00").is_some());
        for text in [
            "2014-05-27T19:55:56.327+03:00",
            "2014-05-27T19:55:56.32741+03:00",
            "2014-05-27T19:55:56.3274Z",
            "2014-05-27T19:55:56.3274 03:00",
            "2014-05-27 19:55:56.3274+03:00",
            "2014-13-27T19:55:56.3274+03:00",
            "",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn parameters_come_once_and_are_known() {
        let read = |query: &str| Selection::read(query);
        let all = read("").ok().unwrap();
        assert_eq!((all.limit, all.offset), (500, 0));
        assert!(read("limit=500&offset=7&createdFrom=2014-05-27T19:55:56.3274%2B03:00").is_ok());
        for query in [
            "limit=501",
            "limit=0",
            "limit=-1",
            "limit=+1",
            "limit=",
            "limit=1&limit=1",
            "offset=x",
            "createdTo=2014-05-27T19:55:56.3274+03:00",
            "status=processed",
        ] {
            assert!(read(query).is_err(), "{query}");
        }
    }
}
