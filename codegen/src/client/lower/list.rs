//! From lists to vectors and tuples.

use super::about::doc_of;
use super::{Lowered, Lowering};
use crate::client::model::{Field, Shape, TypeKind, Use};
use crate::client::view::View;
use crate::tree::{NodeId, Value};

/// How many places a tuple may have; more are a list of any values.
const MAX_PLACES: usize = 32;

impl<'t> Lowering<'t> {
    /// A list of items of one type; of items by their places, a tuple.
    pub(super) fn list(&mut self, view: &View<'t>, name: &str) -> Lowered {
        if !view.prefix.is_empty() && view.prefix.len() <= MAX_PLACES {
            return self.tuple(view, view.prefix, name);
        }
        let item = match view.items {
            Some(items) if view.prefix.is_empty() => self.lower(items, &format!("{name}Item")),
            _ => Use::new(Shape::Any),
        };
        Lowered::Shape(Shape::List(Box::new(item)))
    }

    /// A place has to be filled if the list may not be shorter.
    fn tuple(&mut self, view: &View<'t>, prefix: &[NodeId], name: &str) -> Lowered {
        let tree = self.reader.tree;
        let least = view.rules.min_items.unwrap_or_default();
        let mut items = Vec::with_capacity(prefix.len());
        for (place, node) in (0_u64..).zip(prefix) {
            items.push(Field {
                wire: place.to_string(),
                rust: place.to_string(),
                doc: doc_of(tree, *node),
                of: self.lower(*node, &format!("{name}Item{}", place + 1)),
                required: place < least,
                read_only: false,
                write_only: false,
                deprecated: tree.flag(*node, "deprecated"),
                boxed: false,
                default: None,
            });
        }
        let full = view.rules.max_items.is_some_and(|most| most <= prefix.len() as u64);
        let more = match view.items {
            _ if full => None,
            Some(items) if matches!(tree.value(items), Value::Bool(false)) => None,
            Some(items) => Some(self.lower(items, &format!("{name}Item"))),
            None => Some(Use::new(Shape::Any)),
        };
        Lowered::Type(TypeKind::Tuple { items, more })
    }
}
