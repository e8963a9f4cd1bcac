//! From enumerated values to enums.

use std::collections::HashSet;

use super::{Lowered, Lowering};
use crate::client::model::{EnumValue, Shape, TypeKind};
use crate::client::name::{Names, value_name};
use crate::client::view::{View, shown, types};
use crate::diag::Code;
use crate::tree::{NodeId, Value};

impl<'t> Lowering<'t> {
    /// An enum of the values, or the shape that says as much.
    pub(super) fn enumeration(&mut self, values: &[NodeId], view: &View<'t>) -> Lowered {
        let tree = self.reader.tree;
        let texts = values.iter().all(|value| matches!(tree.value(*value), Value::Text(_)));
        if values.iter().all(|value| matches!(tree.value(*value), Value::Bool(_))) {
            return Lowered::Shape(Shape::Bool);
        }
        if view.types != 0 && view.types & types::TEXT == 0 && texts {
            // Numbers in quotes: the type says what is sent, and the values only what is allowed.
            self.reader.notes.warn(Code::S008, tree.offset(values[0]), "a value of the enumeration is not of its type");
        }
        let scalar = |value: &NodeId| !matches!(tree.value(*value), Value::Map(_) | Value::List(_));
        if !values.iter().all(scalar) {
            return Lowered::Shape(Shape::Any);
        }
        let mut names = Names::without(&["Other"]);
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for value in values {
            let (label, wire) = match tree.value(*value) {
                Value::Text(text) if texts => (text.to_owned(), text.to_owned()),
                Value::Text(text) => (text.to_owned(), shown(tree, *value)),
                _ => (shown(tree, *value), shown(tree, *value)),
            };
            if seen.insert(wire.clone()) {
                all.push(EnumValue { rust: names.take(&value_name(&label)), wire });
            }
        }
        Lowered::Type(TypeKind::Enum { values: all, texts })
    }
}
