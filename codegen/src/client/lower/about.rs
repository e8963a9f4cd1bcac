//! What schemas and fields say about themselves.

use super::Lowering;
use crate::client::view::{View, shown};
use crate::diag::Code;
use crate::tree::{NodeId, Tree, Value};

impl Lowering<'_> {
    /// Tells of a default that is not of its type.
    pub(in crate::client) fn default_fits(&mut self, node: NodeId) {
        let tree = self.reader.tree;
        if let (Some(default), false) = (tree.get(node, "default"), default_fits(tree, node)) {
            let (found, kind) = (tree.kind(default), tree.text(node, "type").unwrap_or_default());
            let message = format!("the default is {found}, and the type is {kind}: left out");
            self.reader.notes.warn(Code::S003, tree.offset(default), message);
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

/// Whether a schema's default is of its type.
fn default_fits(tree: &Tree, node: NodeId) -> bool {
    let (Some(default), Some(kind)) = (tree.get(node, "default"), tree.text(node, "type")) else { return true };
    match (kind, tree.value(default)) {
        (_, Value::Null) => true,
        ("string", value) => matches!(value, Value::Text(_)),
        ("boolean", value) => matches!(value, Value::Bool(_)),
        ("integer", Value::Number(text)) => text.parse::<f64>().is_ok_and(|n| n.fract() == 0.0),
        ("number", value) => matches!(value, Value::Number(_)),
        ("array", value) => matches!(value, Value::List(_)),
        ("object", value) => matches!(value, Value::Map(_)),
        ("integer", _) => false,
        _ => true,
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
    if let Some(default) = tree.get(node, "default").filter(|_| default_fits(tree, node)) {
        let text = shown(tree, default);
        if text.len() <= 100 {
            add(format!("Default: `{text}`"));
        }
    }
    let limits = [
        ("minLength", "characters, at least"),
        ("maxLength", "characters, at most"),
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minItems", "items, at least"),
        ("maxItems", "items, at most"),
        ("multipleOf", "a multiple of"),
        ("pattern", "pattern"),
        ("format", "format"),
    ];
    let limits: Vec<String> = limits
        .iter()
        .filter_map(|(key, words)| {
            let text = shown(tree, tree.get(node, key)?);
            (text.len() <= 100).then(|| format!("{words} `{}`", text.trim_matches('"').replace('`', "'")))
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
