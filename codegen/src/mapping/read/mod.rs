//! Reading `mapping.yaml`. What cannot be read is told once and stays as broken, so that nothing else misses it.

mod callback;
mod lists;
mod reply;
mod request;
mod security;
mod settings;
mod tables;

use super::{Mapping, OperationKind, OperationMap, Status, Unread, Word};
use crate::diag::{Code, Diagnostics};
use crate::notation::mapping as notation;
use crate::tree::{Entry, Node};

/// Reads a mapping.
pub fn read(root: Node<'_>, diags: &mut Diagnostics) -> Option<Mapping> {
    let keys = notation::mapping().expect(root, diags)?;
    let root = keys.node();
    let keys = notation::provider().expect(root.get("provider")?, diags)?;
    let head = keys.node();
    let doubt = head.get("doubt")?;
    let operations = root.get("operations")?;
    let own_header = root.entry("security").filter(|entry| security::is_own_header(entry.value));
    let mapping = Mapping {
        title: text(head, "title"),
        title_span: head.entry("title").map_or(head.head(), |entry| entry.key_span),
        document: text(head, "document"),
        doubt: settings::doubt(doubt, diags),
        doubt_span: doubt.key().unwrap_or(doubt.span()),
        settings: each(root, "settings", diags, settings::setting),
        own_header: own_header.and_then(|entry| security::own_header(entry, diags)),
        security: match own_header {
            Some(_) => Vec::new(),
            None => each(root, "security", diags, |entry, diags| {
                let feed = security::feed(entry, diags);
                Some((key(entry), feed.ok_or_else(|| words(entry.value))))
            }),
        },
        security_span: root.entry("security").map(|entry| entry.key_span),
        statuses: each(root, "statuses", diags, |entry, diags| {
            let code = status_code(entry.key, entry, diags)?;
            Some(Status { code, then: reply::then(entry.value, diags), span: entry.key_span })
        }),
        tables: each(root, "tables", diags, tables::table),
        errors: each(root, "errors", diags, tables::error_table),
        operations: each(root, "operations", diags, operation),
        operations_span: operations.key().unwrap_or(operations.span()),
        ignore: each(root, "ignore", diags, |entry, diags| Some((key(entry), reason(entry.value, diags)))),
        callbacks: each(root, "callbacks", diags, |entry, diags| Some(callback::callback(entry, diags))),
        callbacks_span: root.entry("callbacks").map(|entry| entry.key_span),
        unread: Unread::default(),
    };
    let unread = Unread {
        settings: unread(root, "settings", mapping.settings.iter().map(|setting| &setting.name)),
        tables: unread(root, "tables", mapping.tables.iter().map(|table| &table.name)),
        errors: unread(root, "errors", mapping.errors.iter().map(|table| &table.name)),
        statuses: root.get("statuses").is_some_and(|node| node.entries().len() != mapping.statuses.len()),
    };
    Some(Mapping { unread, ..mapping })
}

/// The names of a section that nothing was read of.
fn unread<'w>(root: Node<'_>, section: &str, read: impl Iterator<Item = &'w Word>) -> Vec<String> {
    let read: Vec<&str> = read.map(|word| word.text.as_str()).collect();
    let entries = root.entries_of(section).filter(|entry| !read.contains(&entry.key));
    entries.map(|entry| entry.key.to_owned()).collect()
}

fn operation(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<OperationMap> {
    let kind = request::operation(entry, diags).unwrap_or(OperationKind::Broken);
    Some(OperationMap { name: key(entry), kind })
}

fn each<T>(
    root: Node<'_>,
    name: &str,
    diags: &mut Diagnostics,
    read: impl Fn(Entry<'_>, &mut Diagnostics) -> Option<T>,
) -> Vec<T> {
    let Some(node) = root.get(name) else { return Vec::new() };
    let entries = node.expect_map(&format!("`{name}`"), diags).unwrap_or_default();
    entries.into_iter().filter_map(|entry| read(entry, diags)).collect()
}

fn text(node: Node<'_>, key: &str) -> String {
    node.get(key).and_then(Node::as_scalar).unwrap_or_default()
}

fn key(entry: Entry<'_>) -> Word {
    Word { text: entry.key.to_owned(), span: entry.key_span }
}

/// A scalar as a word.
fn word(node: Node<'_>, diags: &mut Diagnostics) -> Option<Word> {
    let text = node.as_scalar();
    if text.is_none() {
        diags.error(Code::S003, node.span(), format!("a name or a code is due here, and this is {}", node.kind()));
    }
    Some(Word { text: text?, span: node.span() })
}

fn optional(node: Node<'_>, key: &str, diags: &mut Diagnostics) -> Option<Word> {
    node.get(key).and_then(|node| word(node, diags))
}

/// Every scalar that stands in `node`, however deep.
fn words(node: Node<'_>) -> Vec<Word> {
    let own = node.as_scalar().map(|text| Word { text, span: node.span() });
    let items = node.items().flat_map(words);
    own.into_iter().chain(items).chain(node.entries().flat_map(|entry| words(entry.value))).collect()
}

/// A reason: text that may not be empty. What stands in its place is told, and an empty one given.
fn reason(node: Node<'_>, diags: &mut Diagnostics) -> String {
    let Some(text) = node.expect_text("a reason", diags) else { return String::new() };
    if text.trim().is_empty() {
        diags.error(Code::S003, node.span(), "a reason is due here");
    }
    text.trim().to_owned()
}

fn status_code(text: &str, entry: Entry<'_>, diags: &mut Diagnostics) -> Option<u16> {
    let code = text.trim().parse().ok().filter(|code| (100..600).contains(code));
    if code.is_none() {
        diags.error(Code::S003, entry.key_span, format!("`{}` is no HTTP status", text.trim()));
    }
    code
}
