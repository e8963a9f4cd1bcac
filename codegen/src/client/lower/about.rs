//! What schemas and fields say about themselves.

use super::Lowering;
use crate::client::view::{View, shown};
use crate::diag::Code;
use crate::tree::{NodeId, Tree, Value, number};

impl Lowering<'_> {
    /// Tells of a default that is not of its type, or none of its values.
    pub(in crate::client) fn default_fits(&mut self, node: NodeId) {
        let tree = self.reader.tree;
        if let (Some(default), Some(reason)) = (tree.get(node, "default"), default_misfit(tree, node)) {
            self.reader.notes.warn(Code::S003, tree.offset(default), format!("{reason}: left out"));
        }
    }

    /// What a schema says about itself.
    pub(in crate::client) fn about(&mut self, view: &View<'_>) -> String {
        let mut doc = view.doc.or(view.title).unwrap_or_default().trim_end().to_owned();
        if let Some(untyped) = view.untyped {
            doc.push_str(&format!("\n\nAny JSON value: {untyped}."));
        }
        doc
    }
}

/// What is wrong with a schema's default.
fn default_misfit(tree: &Tree, node: NodeId) -> Option<String> {
    let default = tree.get(node, "default")?;
    let value = tree.value(default);
    let kind = tree.text(node, "type").unwrap_or_default();
    let fits = match kind {
        _ if matches!(value, Value::Null) => return None,
        "string" => matches!(value, Value::Text(_)),
        "boolean" => matches!(value, Value::Bool(_)),
        "integer" => matches!(value, Value::Number(text) if number::is_whole(text)),
        "number" => matches!(value, Value::Number(_)),
        "array" => matches!(value, Value::List(_)),
        "object" => matches!(value, Value::Map(_)),
        _ => true,
    };
    if !fits {
        let said = match value {
            Value::List(_) | Value::Map(_) => String::new(),
            _ => format!(" `{}`", shown(tree, default)),
        };
        return Some(format!("the default{said} is {}, and the type {kind}", tree.kind(default)));
    }
    let values = tree.items_of(node, "enum");
    let known = values.is_empty() || values.iter().any(|value| same(tree, *value, default));
    (!known).then(|| format!("the default `{}` is none of the values of the enumeration", shown(tree, default)))
}

/// Whether two plain values are the same: `1.0` is `1`.
fn same(tree: &Tree, one: NodeId, other: NodeId) -> bool {
    match (tree.value(one), tree.value(other)) {
        (Value::Number(one), Value::Number(other)) => number::plain(one) == number::plain(other),
        _ => shown(tree, one) == shown(tree, other),
    }
}

/// A default that a field can fall back on: a plain value that is right, as JSON.
pub(super) fn plain_default(tree: &Tree, node: NodeId) -> Option<String> {
    let default = tree.get(node, "default").filter(|_| default_misfit(tree, node).is_none())?;
    match tree.value(default) {
        Value::Bool(_) | Value::Number(_) => Some(shown(tree, default)),
        Value::Text(text) if text.len() <= 200 => Some(shown(tree, default)),
        _ => None,
    }
}

/// What a field says about itself: its own words, its default and its limits.
pub(in crate::client) fn doc_of(tree: &Tree, node: NodeId) -> String {
    let mut doc = tree.text(node, "description").or(tree.text(node, "title")).unwrap_or_default().trim_end().to_owned();
    let mut add = |text: String| {
        if !doc.is_empty() {
            doc.push_str("\n\n");
        }
        doc.push_str(&text);
    };
    if let Some(default) = tree.get(node, "default").filter(|_| default_misfit(tree, node).is_none()) {
        let text = shown(tree, default);
        if text.len() <= 100 {
            add(format!("Default: {}", code(&text)));
        }
    }
    let exclusive = |key: &str| tree.get(node, key).is_some_and(|flag| matches!(tree.value(flag), Value::Bool(true)));
    let limits = [
        ("minLength", "at least # characters"),
        ("maxLength", "at most # characters"),
        ("minimum", if exclusive("exclusiveMinimum") { "more than #" } else { "at least #" }),
        ("maximum", if exclusive("exclusiveMaximum") { "less than #" } else { "at most #" }),
        ("exclusiveMinimum", "more than #"),
        ("exclusiveMaximum", "less than #"),
        ("minItems", "at least # items"),
        ("maxItems", "at most # items"),
        ("minProperties", "at least # entries"),
        ("maxProperties", "at most # entries"),
        ("multipleOf", "a multiple of #"),
        ("pattern", "pattern #"),
        ("format", "format #"),
    ];
    let limits: Vec<String> = limits
        .iter()
        .filter_map(|(key, words)| {
            let value = tree.get(node, key).filter(|value| !matches!(tree.value(*value), Value::Bool(_)))?;
            let text = tree.as_text(value).filter(|text| !text.contains(char::is_control)).map(str::to_owned);
            let text = text.unwrap_or_else(|| shown(tree, value));
            (text.len() <= 100).then(|| words.replacen('#', &code(&text), 1))
        })
        .collect();
    if !limits.is_empty() {
        let text = limits.join("; ");
        let mut chars = text.chars();
        let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
        add(format!("{first}{}.", chars.as_str()));
    }
    doc
}

/// A text as code in Markdown.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {} ``", text.replace("``", "''")) } else { format!("`{text}`") }
}
