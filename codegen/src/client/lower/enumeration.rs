//! From enumerated values to enums.

use std::collections::{HashMap, HashSet};

use super::{Lowered, Lowering};
use crate::client::model::{EnumValue, Shape, TypeKind};
use crate::client::name::{Names, value_name};
use crate::client::view::{View, says_only, shown, types};
use crate::diag::Code;
use crate::tree::{NodeId, Tree, Value, number};

/// A value, and what the document calls it and says of it.
struct Listed<'t> {
    value: NodeId,
    name: Option<&'t str>,
    doc: &'t str,
}

impl<'t> Lowering<'t> {
    /// An enum of the values, or the shape that says as much.
    pub(super) fn enumeration(&mut self, values: &[NodeId], view: &View<'t>) -> Lowered {
        let listed = listed(self.reader.tree, view.node, values);
        self.enumerated(&listed, view)
    }

    /// Whether plain values are listed for a list or an object, which none of them is: those of its items are meant, or
    /// of its entries. Tells of it.
    pub(super) fn is_misplaced(&mut self, values: &[NodeId], view: &View<'t>) -> bool {
        let tree = self.reader.tree;
        let is_plain = |value: &NodeId| !matches!(tree.value(*value), Value::Map(_) | Value::List(_));
        let is_misplaced = matches!(view.types, types::LIST | types::OBJECT) && values.iter().all(is_plain);
        if is_misplaced {
            let message =
                format!("none of these values is of the type {}: they are not held", types::words(view.types));
            let at = values.first().map_or(view.node, |value| *value);
            self.reader.notes.warn(Code::S008, tree.offset(at), message);
        }
        is_misplaced
    }

    /// Alternatives each of which lists its values, as one enum: `const` beside a title and a description is how 3.1
    /// documents a value.
    pub(in crate::client) fn listed(&mut self, view: &View<'t>, of: &[NodeId]) -> Option<Lowered> {
        let tree = self.reader.tree;
        let mut all = Vec::new();
        let mut set = None;
        for node in of {
            let is_list = tree.get(*node, "const").is_some() || !tree.items_of(*node, "enum").is_empty();
            if !is_list || !says_only(tree, *node, &["const", "enum", "type"]) {
                return None;
            }
            let one = self.reader.view(*node);
            let values = one.values.filter(|_| !one.nullable && *set.get_or_insert(one.types) == one.types)?;
            let mut listed = listed(tree, *node, &values);
            if let [only] = listed.as_mut_slice() {
                only.name = only.name.or(one.title);
                only.doc = if only.doc.is_empty() { one.doc.unwrap_or_default() } else { only.doc };
            }
            all.extend(listed);
        }
        let view = View { types: set?, ..view.clone() };
        Some(self.enumerated(&all, &view))
    }

    fn enumerated(&mut self, listed: &[Listed<'t>], view: &View<'t>) -> Lowered {
        let tree = self.reader.tree;
        let values: Vec<NodeId> = listed.iter().map(|one| one.value).collect();
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
        let text = values.iter().find(|value| matches!(tree.value(**value), Value::Text(_)));
        if let Some(text) = text.filter(|_| view.types != 0 && view.types & types::TEXT == 0) {
            // Numbers in quotes: the type says what is sent, and the values only what is allowed.
            let message = format!(
                "`{}` is a text, and the type of the enumeration {}: taken as a text",
                shown(tree, *text),
                types::words(view.types)
            );
            self.reader.notes.warn(Code::S008, tree.offset(*text), message);
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
        for Listed { value, name, doc } in listed {
            let (label, wire) = match tree.value(*value) {
                Value::Text(text) | Value::Number(text) if texts => (text.to_owned(), text.to_owned()),
                Value::Text(text) => (text.to_owned(), shown(tree, *value)),
                Value::Number(text) => (shown(tree, *value), number::plain(text)),
                _ => (shown(tree, *value), shown(tree, *value)),
            };
            if seen.insert(wire.clone()) {
                let rust = names.take(&value_name(name.unwrap_or(&label)));
                all.push(EnumValue { rust, doc: (*doc).to_owned(), wire });
            }
        }
        Lowered::Type(TypeKind::Enum { values: all, texts })
    }
}

/// The values, with what lists beside the enumeration say of them; or maps, by the value.
fn listed<'t>(tree: &'t Tree, node: NodeId, values: &[NodeId]) -> Vec<Listed<'t>> {
    let places: HashMap<NodeId, usize> =
        tree.items_of(node, "enum").iter().enumerate().map(|(place, value)| (*value, place)).collect();
    let beside = |value: NodeId, key: &str| {
        let said = tree.get(node, key)?;
        match tree.value(said) {
            Value::List(items) => {
                let item = items.get(*places.get(&value)?)?;
                tree.as_text(*item).filter(|text| !text.is_empty())
            }
            _ => tree.text(said, tree.as_text(value)?),
        }
    };
    let of = |value: &NodeId| Listed {
        value: *value,
        name: beside(*value, "x-enum-varnames").or_else(|| beside(*value, "x-enumNames")),
        doc: beside(*value, "x-enum-descriptions").or_else(|| beside(*value, "x-enumDescriptions")).unwrap_or_default(),
    };
    values.iter().map(of).collect()
}
