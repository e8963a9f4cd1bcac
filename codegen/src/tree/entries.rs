//! The entries of a map.

use super::{NodeId, Pair, Tree};

/// The entries of a map, in the order of the file.
#[derive(Debug, Clone, Copy)]
pub struct Entries<'t> {
    pub(super) tree: &'t Tree,
    pub(super) pairs: &'t [Pair],
}

impl<'t> Entries<'t> {
    /// Keys and values.
    pub fn iter(self) -> impl ExactSizeIterator<Item = (&'t str, NodeId)> + 't {
        let tree = self.tree;
        self.pairs.iter().map(move |pair| (tree.slice(pair.key), pair.value))
    }

    /// Keys, where they stand, and values.
    pub fn placed(self) -> impl Iterator<Item = (&'t str, u32, NodeId)> + 't {
        let tree = self.tree;
        self.pairs.iter().map(move |pair| (tree.slice(pair.key), pair.offset, pair.value))
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.pairs.is_empty()
    }
}
