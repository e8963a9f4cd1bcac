//! Keys that the specification does not know: nothing reads them, and a slip of the pen loses what stands under one.

use std::collections::{HashMap, HashSet};

use super::specification::{COMPONENTS, DOCUMENT, Object, PATHS, Under};
use super::view::Reader;
use crate::diag::{Code, nearest};
use crate::tree::{NodeId, Value};

/// Keys of whatever may be a reference.
const ANYWHERE: &[&str] = &["$ref", "summary", "description"];
/// Shorter keys of a schema are no slips of one another, as `id` is none of `if`.
const TELLING: usize = 4;
/// For how many different keys it is found out what is meant.
const MAX_MEANT: usize = 1000;

impl Object {
    /// The key that is most likely meant.
    fn nearest(&self, key: &str) -> Option<&'static str> {
        let keys = self.keys.iter().map(|(known, _)| *known);
        nearest(key, keys.filter(|known| !self.open || known.len() >= TELLING && !known.starts_with('$')))
    }
}

impl Reader<'_> {
    /// Tells of keys that nothing reads, and of what has no place.
    pub(super) fn find_unknown(&mut self, root: NodeId) {
        let tree = self.tree;
        if ["paths", "webhooks", "components"].iter().all(|key| tree.get(root, key).is_none()) {
            let message = "the document has neither `paths` nor `webhooks` nor `components`: nothing is made of it";
            self.notes.warn(Code::S007, tree.offset(root), message);
        }
        let mut meant = HashMap::new();
        let mut seen: HashSet<NodeId> = tree.get(root, "components").into_iter().collect();
        let mut due = vec![(root, &DOCUMENT)];
        while let Some((node, object)) = due.pop() {
            if let Some((at, reference)) = tree.get(node, "$ref").and_then(|of| Some((of, tree.as_text(of)?))) {
                if let Ok(target) = self.pointers.target(tree, at, reference) {
                    // What stands there is come by anyway, in each file once.
                    let within = reference.contains("#/components/").then(|| tree.file_of(target)).flatten();
                    let components = within.and_then(|(_, root)| tree.get(root, "components"));
                    due.extend(components.filter(|of| seen.insert(*of)).map(|of| (of, &COMPONENTS)));
                    if !reference.starts_with("#/components/") && seen.insert(target) {
                        due.push((target, object));
                    }
                }
                if !self.siblings {
                    continue;
                }
            }
            for (key, at, value) in tree.entries(node).placed() {
                match (object.keys.iter().find(|(known, _)| *known == key), object.named) {
                    (Some((_, under)), _) => self.push(under, value, &mut due),
                    _ if key.starts_with("x-") || ANYWHERE.contains(&key) => {}
                    (None, Some(_)) if std::ptr::eq(object, &PATHS) && self.is_operation(key, value) => {
                        let message = format!(
                            "`{key}` is a method and stands where a path is due: put it under one, such as `/{key}`"
                        );
                        self.notes.warn(Code::S002, at, message);
                    }
                    (None, Some(named)) => due.push((value, named)),
                    (None, None) => {
                        let of = meant.get(&(object.name, key)).copied().unwrap_or_else(|| {
                            // Who has more of them means something else by them.
                            let nearest = if meant.len() < MAX_MEANT { object.nearest(key) } else { None };
                            meant.insert((object.name, key), nearest);
                            nearest
                        });
                        self.unknown(
                            object,
                            key,
                            at,
                            of.filter(|known| !object.open || tree.get(node, known).is_none()),
                        );
                    }
                }
            }
        }
    }

    fn push(&self, under: &Under, value: NodeId, due: &mut Vec<(NodeId, &'static Object)>) {
        let tree = self.tree;
        match under {
            Under::Anything => {}
            Under::One(object) => due.push((value, object)),
            Under::List(object) => due.extend(tree.items(value).iter().map(|item| (*item, *object))),
            Under::Map(object) => due.extend(tree.entries(value).iter().map(|(_, value)| (value, *object))),
        }
    }

    fn is_operation(&self, key: &str, value: NodeId) -> bool {
        matches!(key, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace")
            && matches!(self.tree.value(value), Value::Map(_))
            && ["responses", "operationId"].iter().any(|key| self.tree.get(value, key).is_some())
    }

    /// A key that is most likely another one is a warning: what it says is not read.
    fn unknown(&mut self, object: &Object, key: &str, at: u32, meant: Option<&str>) {
        let name = object.name;
        match meant {
            Some(meant) => {
                let message = format_args!("{name} has no key `{key}`, and nothing reads it: did you mean `{meant}`?");
                self.notes.warn(Code::S002, at, message);
            }
            None if object.open => {}
            None => self.notes.remark_as(Code::S002, at, format_args!("{name} has no key `{key}`: nothing reads it")),
        }
    }
}
