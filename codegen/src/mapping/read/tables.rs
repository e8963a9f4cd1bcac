//! Reading tables and error tables.

use super::{each, key, optional, reason, text, word, words};
use crate::diag::{Code, Diagnostics};
use crate::mapping::{Cell, ErrorRow, ErrorTable, Row, Table};
use crate::notation::mapping as notation;
use crate::tree::{Entry, Node};

/// A table.
pub(super) fn table(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<Table> {
    let keys = notation::table().expect(entry.value, diags)?;
    let node = keys.node();
    let uniform = word(node.get("uniform")?, diags)?;
    let rows = node.get("rows")?.expect_map("`rows`", diags)?;
    let rows = rows.into_iter().map(|entry| {
        let cell = cell(entry.value, diags);
        let broken = cell.is_none().then(|| words(entry.value));
        Row { value: key(entry), cell: cell.unwrap_or(Cell::Unsupported(String::new())), broken }
    });
    Some(Table {
        name: key(entry),
        uniform,
        rows: rows.collect(),
        provider: optional(node, "provider", diags),
        other_codes: each(node, "other_codes", diags, |entry, diags| Some((key(entry), reason(entry.value, diags)))),
    })
}

fn cell(node: Node<'_>, diags: &mut Diagnostics) -> Option<Cell> {
    if !node.is_map() {
        return Some(Cell::Code { code: word(node, diags)?, reads_as: None });
    }
    let forms = notation::row();
    let keys = match forms.of(node) {
        Some(form) => form.map.keys(node, diags)?,
        None => forms.keys(node, diags)?,
    };
    let node = keys.node();
    match forms.of(node).map(|form| form.verb) {
        Some("unsupported") => Some(Cell::Unsupported(reason(node.get("unsupported")?, diags))),
        Some("code") => {
            Some(Cell::Code { code: word(node.get("code")?, diags)?, reads_as: optional(node, "reads_as", diags) })
        }
        Some(_) => {
            let setting = word(node.expect("a row that a setting decides", "decided_by", diags)?, diags)?;
            let choices = node.expect("a row that a setting decides", "when", diags)?;
            let entries = choices.expect_map("`when`", diags)?;
            if entries.is_empty() {
                diags.error(Code::S003, choices.span(), "`when` needs a code for some choice");
                return None;
            }
            let when = entries.into_iter().filter_map(|entry| Some((key(entry), word(entry.value, diags)?))).collect();
            Some(Cell::Decided { setting, when })
        }
        None => {
            diags.error(Code::S007, node.head(), "a row has one of `code`, `unsupported` and `decided_by`");
            None
        }
    }
}

/// A table of error codes.
pub(super) fn error_table(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<ErrorTable> {
    let keys = notation::error_table().expect(entry.value, diags)?;
    let node = keys.node();
    Some(ErrorTable {
        name: key(entry),
        prefix: text(node, "prefix"),
        codes: optional(node, "codes", diags),
        rows: each(node, "rows", diags, |entry, diags| Some(error_row(entry, diags))),
    })
}

fn error_row(entry: Entry<'_>, diags: &mut Diagnostics) -> ErrorRow {
    let Some(keys) = notation::error_row().expect(entry.value, diags) else {
        return ErrorRow { code: key(entry), class: None, new_key: false, about: String::new() };
    };
    let node = keys.node();
    let class = node.get("class").and_then(|node| word(node, diags));
    let new_key = node.get("new_key").and_then(|node| node.expect_bool("`new_key`", diags)).unwrap_or(false);
    ErrorRow { code: key(entry), class, new_key, about: text(node, "about") }
}
