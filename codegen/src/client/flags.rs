//! What a schema says of how it is used, by itself or by what it refers to.

use super::view::Reader;
use crate::tree::NodeId;

/// What is said beside which values are allowed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flags {
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) deprecated: bool,
    /// The nearest default: a schema's own stands before those that it refers to.
    pub(crate) default: Option<NodeId>,
}

impl Flags {
    /// What both say.
    fn and(self, of: Self) -> Self {
        Self {
            read_only: self.read_only | of.read_only,
            write_only: self.write_only | of.write_only,
            deprecated: self.deprecated | of.deprecated,
            default: self.default.or(of.default),
        }
    }
}

impl Reader<'_> {
    /// What a schema says, with its references and `allOf`; each is looked at once, however many refer to it.
    pub(crate) fn flags(&mut self, node: NodeId) -> Flags {
        self.flags_within(node, 0)
    }

    /// What schemas say that all speak of the same.
    pub(crate) fn flags_of(&mut self, nodes: &[NodeId]) -> Flags {
        nodes.iter().fold(Flags::default(), |flags, node| flags.and(self.flags(*node)))
    }

    fn flags_within(&mut self, node: NodeId, depth: usize) -> Flags {
        let tree = self.tree;
        let (is_reference, parts) = (tree.get(node, "$ref").is_some(), tree.items_of(node, "allOf"));
        // Beside a reference they count in 3.0 as well: nobody writes them there for nothing.
        let mut flags = Flags {
            read_only: tree.flag(node, "readOnly"),
            write_only: tree.flag(node, "writeOnly"),
            deprecated: tree.flag(node, "deprecated"),
            default: tree.get(node, "default"),
        };
        if !is_reference && parts.is_empty() || depth > MAX_DEPTH {
            return flags;
        }
        if let Some(known) = self.flags.get(&node) {
            return *known;
        }
        // A schema that leads back to itself says no more there.
        self.flags.insert(node, flags);
        let target = self.target(node).and_then(Result::ok);
        for part in target.into_iter().chain(parts.iter().copied()) {
            flags = flags.and(self.flags_within(part, depth + 1));
        }
        self.flags.insert(node, flags);
        flags
    }
}

/// How far what is said of a schema is looked for.
const MAX_DEPTH: usize = 60;
