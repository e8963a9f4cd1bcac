//! What schemas say about entries of objects that they do not name.

use super::rules::Rules;
use super::view::{More, Reader, View};
use crate::tree::{NodeId, Tree, Value};

impl<'t> Reader<'t> {
    /// Entries by the patterns of their names: of one pattern a map; of several, or beside others, any values.
    pub(super) fn patterned(&mut self, node: NodeId, view: &mut View<'t>) {
        let mut entries = self.tree.entries(node).iter();
        view.more = match (entries.next(), entries.next(), &view.more) {
            (None, ..) => return,
            (Some((pattern, only)), None, closed @ (More::Unsaid | More::None)) => {
                if *closed == More::None && view.props.is_empty() {
                    view.rules.names.push(Rules { patterns: vec![pattern.into()], ..Rules::default() });
                }
                More::Of(vec![only])
            }
            _ => {
                let message = "the names of entries say by several patterns what they are: any values";
                self.notes.remark(self.tree.offset(node), message);
                More::Any
            }
        };
    }
}

/// What a schema says about entries that it does not name.
pub(super) fn more(tree: &Tree, value: NodeId) -> More {
    match tree.value(value) {
        Value::Bool(true) => More::Any,
        Value::Bool(false) => More::None,
        Value::Map(entries) if entries.is_empty() => More::Any,
        Value::Map(_) => More::Of(vec![value]),
        _ => More::Unsaid,
    }
}
