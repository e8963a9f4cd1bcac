//! What is read is added to the tree.

use std::collections::HashMap;

use super::{NodeId, Pair, Slice, Slot, Stored, Tree, Unread, to_u32};

/// Maps with more entries are looked up by an index.
const INDEXED: usize = 24;
/// How long a text may be: nobody publishes one of a tenth of it.
const MAX_VALUE: usize = 16 << 20;

impl Tree {
    pub(super) fn push(&mut self, offset: u32, stored: Stored) -> NodeId {
        self.nodes.push(Slot { offset, stored });
        NodeId(to_u32(self.nodes.len() - 1))
    }

    pub(super) fn push_list(&mut self, offset: u32, items: &[NodeId]) -> NodeId {
        let first = to_u32(self.items.len());
        self.items.extend_from_slice(items);
        self.push(offset, Stored::List { first, len: to_u32(items.len()) })
    }

    /// Adds a map; of a key that stands twice, the first value counts, and who reads the tree is told of the other.
    pub(super) fn push_map(&mut self, offset: u32, pairs: &[Pair]) -> NodeId {
        let first = self.pairs.len();
        let id = NodeId(to_u32(self.nodes.len()));
        if pairs.len() > INDEXED {
            let mut index: HashMap<Box<str>, u32> = HashMap::with_capacity(pairs.len());
            for pair in pairs {
                let key = self.slice(pair.key);
                if let Some(at) = index.get(key).copied() {
                    self.twins.push((*pair, self.pairs[at as usize]));
                } else {
                    index.insert(key.into(), to_u32(self.pairs.len()));
                    self.pairs.push(*pair);
                }
            }
            self.index.insert(id, index);
        } else {
            for pair in pairs {
                let twin = self.pairs[first..].iter().position(|had| self.slice(had.key) == self.slice(pair.key));
                match twin {
                    Some(at) => {
                        self.twins.push((*pair, self.pairs[first + at]));
                    }
                    None => self.pairs.push(*pair),
                }
            }
        }
        let len = to_u32(self.pairs.len() - first);
        self.push(offset, Stored::Map { first: to_u32(first), len })
    }

    /// Tells of a text that is too long.
    pub(super) fn may_be(&self, length: usize, offset: u32) -> Result<(), Unread> {
        match length <= MAX_VALUE {
            true => Ok(()),
            false => Err(Unread::at(offset, format!("a text of more than {} MB", MAX_VALUE >> 20))),
        }
    }

    /// Adds a text that stands nowhere as it is.
    pub(super) fn push_text(&mut self, text: &str) -> Slice {
        let start = to_u32(self.text.len());
        self.text.push_str(text);
        Slice { start, len: to_u32(text.len()) }
    }
}
