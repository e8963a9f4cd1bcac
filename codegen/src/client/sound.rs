//! Which operations rest on something that is wrong: what cannot be sent right is not sent.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use super::lower::Lowering;
use super::model::Operation;
use super::notes::At;
use super::passes::circles;
use super::view::Reader;
use crate::diag::Code;
use crate::tree::{NodeId, Value};

/// An operation as read.
pub(super) struct Draft {
    pub(super) operation: Operation,
    /// Its parameters and its body.
    pub(super) sent: Vec<NodeId>,
    /// Where something is that cannot be read, or sent right.
    pub(super) unsound: Option<u32>,
}

impl Lowering<'_> {
    /// The operations that can be sent; the others are told and counted.
    pub(super) fn sound(&mut self, root: NodeId, drafts: Vec<Draft>) -> Vec<Operation> {
        self.reader.find_endless(root);
        let spoiled = self.reader.spoiled();
        let mut operations = Vec::with_capacity(drafts.len());
        for Draft { operation, sent, unsound } in drafts {
            match unsound.or_else(|| sent.iter().find_map(|node| spoiled.get(node).copied())) {
                None => operations.push(operation),
                Some(offset) => {
                    let at = At { tree: self.reader.tree, offset };
                    let message = format!("`{}` is left out, for what is wrong at {at}", operation.label());
                    self.reader.notes.warn(Code::S008, operation.offset, message);
                    self.left_out += 1;
                }
            }
        }
        operations
    }

    /// Says that the operation that is read cannot be sent right, for what a note says at this place.
    pub(super) fn spoil(&mut self, offset: u32) {
        self.unsound.get_or_insert(offset);
    }
}

impl Reader<'_> {
    /// The nodes that hold or name a schema of which no value is right, and where a note says why. What is read-only is
    /// not sent, and spoils nothing.
    fn spoiled(&mut self) -> HashMap<NodeId, u32> {
        if self.wrong.is_empty() {
            return HashMap::new();
        }
        let tree = self.tree;
        let mut users: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for user in tree.ids() {
            let mut uses = |node: NodeId| users.entry(node).or_default().push(user);
            match tree.value(user) {
                Value::List(items) => items.iter().copied().for_each(uses),
                Value::Map(entries) => {
                    entries
                        .iter()
                        .map(|(_, node)| node)
                        .filter(|node| !tree.flag(*node, "readOnly"))
                        .for_each(&mut uses);
                    let reference = tree.get(user, "$ref").and_then(|of| Some((of, tree.as_text(of)?)));
                    if let Some(Ok(target)) = reference.map(|(of, text)| self.pointers.target(tree, of, text)) {
                        uses(target);
                    }
                }
                _ => {}
            }
        }
        let mut spoiled = self.wrong.clone();
        let mut due: VecDeque<(NodeId, u32)> = spoiled.iter().map(|(node, offset)| (*node, *offset)).collect();
        due.make_contiguous().sort_unstable();
        // The nearest is told, and of such the first.
        while let Some((node, offset)) = due.pop_front() {
            for user in users.get(&node).into_iter().flatten() {
                if let Entry::Vacant(place) = spoiled.entry(*user) {
                    place.insert(offset);
                    due.push_back((*user, offset));
                }
            }
        }
        spoiled
    }

    /// Finds schemas that need themselves: of such no value can be written down.
    fn find_endless(&mut self, root: NodeId) {
        let tree = self.tree;
        let Some(components) = tree.get(root, "components") else { return };
        let mut schemas: Vec<NodeId> = Vec::new();
        let mut index: HashMap<NodeId, usize> = HashMap::new();
        let mut edges: Vec<Vec<usize>> = Vec::new();
        let mut number = |node: NodeId, schemas: &mut Vec<NodeId>| {
            *index.entry(node).or_insert_with(|| {
                schemas.push(node);
                schemas.len() - 1
            })
        };
        for (_, node) in tree.entries_of(components, "schemas").iter() {
            number(node, &mut schemas);
        }
        while let Some(node) = schemas.get(edges.len()).copied() {
            let needed = self.needed(node);
            edges.push(needed.into_iter().map(|node| number(node, &mut schemas)).collect());
        }
        for (schema, (_, endless)) in schemas.into_iter().zip(circles(&edges)) {
            if !endless {
                continue;
            }
            self.wrong.entry(schema).or_insert_with(|| tree.offset(schema));
            if tree.text(schema, "$ref").is_some() {
                let message = "this reference leads back to itself without end, and nothing on the way may be left out: no value can be sent";
                self.notes.warn(Code::S005, tree.offset(schema), message);
            }
        }
    }

    /// The schemas of which a value of this one has to have a value as well.
    fn needed(&mut self, node: NodeId) -> Vec<NodeId> {
        let tree = self.tree;
        let null = |node: &NodeId| matches!(tree.value(*node), Value::Null) || tree.as_text(*node) == Some("null");
        if tree.flag(node, "nullable") || tree.items_of(node, "type").iter().any(null) {
            return Vec::new();
        }
        let mut needed = tree.items_of(node, "allOf").to_vec();
        if let Some(Ok(target)) = tree
            .get(node, "$ref")
            .and_then(|of| Some((of, tree.as_text(of)?)))
            .map(|(of, text)| self.pointers.target(tree, of, text))
        {
            needed.push(target);
        }
        let properties = tree.get(node, "properties");
        let required = tree.items_of(node, "required").iter().filter_map(|name| tree.as_text(*name));
        needed.extend(
            required
                .filter_map(|name| tree.get(properties?, name))
                .filter(|property| !tree.flag(*property, "readOnly")),
        );
        needed
    }
}
