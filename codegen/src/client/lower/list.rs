//! From lists to vectors and tuples.

use super::about::doc_of;
use super::{Lowered, Lowering};
use crate::client::model::{Field, Shape, TypeKind};
use crate::client::view::View;
use crate::tree::{NodeId, Value};

/// How many places a tuple may have; more are a list of any values.
const MAX_PLACES: usize = 32;

impl<'t> Lowering<'t> {
    /// A list of items of one type; of items by their places, a tuple.
    pub(super) fn list(&mut self, view: &View<'t>, name: &str) -> Lowered {
        if !view.prefix.is_empty() && view.prefix.len() <= MAX_PLACES {
            return self.tuple(view, name);
        }
        let items: &[NodeId] = if view.prefix.is_empty() { &view.items } else { &[] };
        let item = self.every(items, view.node, &format!("{name}Item"));
        Lowered::Shape(Shape::List(Box::new(item)))
    }

    /// A place has to be filled if the list may not be shorter.
    fn tuple(&mut self, view: &View<'t>, name: &str) -> Lowered {
        let tree = self.reader.tree;
        let least = view.rules.min_items.unwrap_or_default();
        let mut items = Vec::with_capacity(view.prefix.len());
        for (place, nodes) in (0_u64..).zip(&view.prefix) {
            let default = self.default_of(nodes, None);
            items.push(Field {
                wire: place.to_string(),
                rust: place.to_string(),
                doc: nodes.first().map(|node| doc_of(tree, *node, default)).unwrap_or_default(),
                of: self.every(nodes, view.node, &format!("{name}Item{}", place + 1)),
                required: place < least,
                read_only: false,
                write_only: false,
                deprecated: nodes.iter().any(|node| tree.flag(*node, "deprecated")),
                boxed: false,
                default: None,
            });
        }
        let full = view.rules.max_items.is_some_and(|most| most <= view.prefix.len() as u64);
        let closed = |node: &NodeId| matches!(tree.value(*node), Value::Bool(false));
        let more = match view.items.as_slice() {
            items if full || items.iter().any(closed) => None,
            items => Some(self.every(items, view.node, &format!("{name}Item"))),
        };
        Lowered::Type(TypeKind::Tuple { items, more })
    }
}
