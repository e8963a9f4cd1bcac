//! Reading lists of answers, and how a list is asked for page by page.

use super::{each, reply, word};
use crate::diag::{Code, Diagnostics};
use crate::mapping::{EachRead, PageBy, Pages};
use crate::notation::mapping as notation;
use crate::tree::{Entry, Node};

/// What becomes of the elements of a list; its keys are known to be those of `each`.
pub(super) fn each_read(node: Node<'_>, diags: &mut Diagnostics) -> Option<EachRead> {
    let list = word(node.get("each")?, diags)?;
    node.expect("`each`", "fields", diags)?;
    Some(EachRead { list, fields: each(node, "fields", diags, |entry, diags| Some(reply::field(entry, diags))) })
}

/// What becomes of a body that is a list.
pub(super) fn elements(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<EachRead> {
    let keys = notation::elements().expect(entry.value, diags)?;
    let node = keys.node();
    each_read(node, diags)
}

/// How a list is asked for page by page; `None` after a diagnostic.
pub(super) fn pages(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<Pages> {
    let keys = notation::pages().expect(entry.value, diags)?;
    let node = keys.node();
    let told = node.get("by")?;
    let by = match told.as_text() {
        Some("offset") => PageBy::Offset,
        Some("page") => PageBy::Number,
        Some("cursor") => PageBy::Cursor,
        _ => {
            diags.error(Code::S003, told.span(), "pages are told from one another by `offset`, `page` or `cursor`");
            return None;
        }
    };
    let mut at_least = |key: &str, least: i64| {
        let node = node.get(key)?;
        let value = node.expect_int(&format!("`{key}`"), diags)?;
        if value < least {
            diags.error(Code::S003, node.span(), format!("`{key}` has to be at least {least}"));
        }
        Some((value, node.span()))
    };
    let (size, from) = (at_least("size", 1), at_least("from", 0));
    match (by, from) {
        // Half of the services count from 0.
        (PageBy::Number, None) if node.get("from").is_none() => {
            node.expect("`pages` by `page`", "from", diags)?;
        }
        (PageBy::Cursor, Some((_, span))) => {
            diags.error(Code::S008, span, "a cursor is counted from nothing, so `from` never applies");
        }
        _ => {}
    }
    Some(Pages { by, size, from: from.map_or(0, |(from, _)| from), span: entry.key_span })
}
