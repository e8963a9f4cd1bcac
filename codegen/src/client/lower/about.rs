//! What schemas and fields say about themselves.

use super::Lowering;
use crate::client::view::{View, shown};
use crate::tree::{NodeId, Tree, Value};

impl Lowering<'_> {
    /// What a schema says about itself.
    pub(in crate::client) fn about(&mut self, view: &View<'_>) -> String {
        let mut doc = view.doc.or(view.title).unwrap_or_default().trim_end().to_owned();
        if let Some(untyped) = view.untyped {
            doc.push_str(&format!("\n\nAny JSON value: {untyped}."));
        }
        doc
    }
}

/// What a field says about itself: its own words, its default if it has one that is right, and its limits.
pub(in crate::client) fn doc_of(tree: &Tree, node: NodeId, default: Option<NodeId>) -> String {
    let mut doc = tree.text(node, "description").or(tree.text(node, "title")).unwrap_or_default().trim_end().to_owned();
    let mut add = |text: String| {
        if !doc.is_empty() {
            doc.push_str("\n\n");
        }
        doc.push_str(&text);
    };
    if let Some(default) = default {
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
            let is_held = |value: &NodeId| match (*key, tree.value(*value)) {
                ("pattern" | "format", value) => matches!(value, Value::Text(_)),
                (key, Value::Number(text)) => !text.starts_with('-') || !is_count(key),
                _ => false,
            };
            let value = tree.get(node, key).filter(is_held)?;
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

/// Whether a limit is of how much there is of something.
fn is_count(key: &str) -> bool {
    key.ends_with("Length") || key.ends_with("Items") || key.ends_with("Properties")
}

/// A text as code in Markdown.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {} ``", text.replace("``", "''")) } else { format!("`{text}`") }
}
