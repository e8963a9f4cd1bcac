//! From enumerated values to enums.

use std::collections::HashSet;

use super::{Lowered, Lowering};
use crate::client::model::{EnumValue, Shape, TypeKind};
use crate::client::name::{Names, value_name};
use crate::client::view::{View, shown, types};
use crate::diag::Code;
use crate::tree::{NodeId, Tree, Value};

impl<'t> Lowering<'t> {
    /// An enum of the values, or the shape that says as much.
    pub(super) fn enumeration(&mut self, values: &[NodeId], view: &View<'t>) -> Lowered {
        let tree = self.reader.tree;
        let is_text = |value: &NodeId| matches!(tree.value(*value), Value::Text(_));
        let mut texts = values.iter().all(is_text);
        let is_word = |value: &NodeId| matches!(tree.value(*value), Value::Text(_) | Value::Number(_) | Value::Bool(_));
        if !texts && view.types == types::TEXT && values.iter().all(is_word) {
            // YAML reads `1.0` as a number, and the type says that it is a text.
            if let Some(odd) = values.iter().find(|value| !is_text(value)) {
                let message = format!(
                    "`{}` is {}, and the type of the enumeration string: taken as the text that stands here",
                    shown(tree, *odd),
                    tree.kind(*odd)
                );
                self.reader.notes.warn(Code::S008, tree.offset(*odd), message);
            }
            texts = true;
        }
        if !texts && values.iter().all(|value| matches!(tree.value(*value), Value::Bool(_))) {
            return Lowered::Shape(Shape::Bool);
        }
        if view.types != 0 && view.types & types::TEXT == 0 && texts {
            // Numbers in quotes: the type says what is sent, and the values only what is allowed.
            let message = format!(
                "`{}` is a text, and the type of the enumeration {}: taken as texts",
                shown(tree, values[0]),
                types::words(view.types)
            );
            self.reader.notes.warn(Code::S008, tree.offset(values[0]), message);
        }
        let scalar = |value: &NodeId| !matches!(tree.value(*value), Value::Map(_) | Value::List(_));
        if let Some(other) = values.iter().find(|value| !scalar(value)) {
            let message = "a value of this enumeration is a list or an object: any value";
            self.reader.notes.remark(tree.offset(*other), message);
            return Lowered::Shape(Shape::Any);
        }
        let mut names = Names::without(&["Other"]);
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for value in values {
            let (label, wire) = match tree.value(*value) {
                Value::Text(text) | Value::Number(text) if texts => (text.to_owned(), text.to_owned()),
                Value::Text(text) => (text.to_owned(), shown(tree, *value)),
                Value::Number(text) => (shown(tree, *value), plain(text)),
                _ => (shown(tree, *value), shown(tree, *value)),
            };
            let said = |keys: &[&str]| keys.iter().find_map(|key| beside(tree, view.node, *value, key));
            if seen.insert(wire.clone()) {
                let label = said(&["x-enum-varnames", "x-enumNames"]).unwrap_or(&label);
                let doc = said(&["x-enum-descriptions", "x-enumDescriptions"]).unwrap_or_default().to_owned();
                all.push(EnumValue { rust: names.take(&value_name(label)), doc, wire });
            }
        }
        Lowered::Type(TypeKind::Enum { values: all, texts })
    }
}

/// What a list beside an enumeration says of one of its values; or a map, by the value.
fn beside<'t>(tree: &'t Tree, node: NodeId, value: NodeId, key: &str) -> Option<&'t str> {
    let said = tree.get(node, key)?;
    match tree.value(said) {
        Value::List(items) => {
            let place = tree.items_of(node, "enum").iter().position(|had| *had == value)?;
            items.get(place).and_then(|item| tree.as_text(*item)).filter(|text| !text.is_empty())
        }
        _ => tree.text(said, tree.as_text(value)?),
    }
}

/// A number without zeros that say nothing.
fn plain(text: &str) -> String {
    // As YAML may write it.
    let text = &text.trim_start_matches('+').replacen("-.", "-0.", 1);
    let text = &if text.starts_with('.') { format!("0{text}") } else { text.clone() };
    let plain = match text.contains('.') && !text.contains(['e', 'E']) {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    };
    if plain == "-0" { "0".to_owned() } else { plain.to_owned() }
}
