//! References: to anywhere in a document, and into files beside it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use super::{NodeId, Tree, Value};
use crate::diag::nearest;

/// Resolves references, each once.
#[derive(Debug, Default)]
pub(crate) struct Pointers {
    found: HashMap<NodeId, Result<NodeId, String>>,
    /// How many keys were compared with what leads nowhere.
    compared: usize,
}

/// How many keys are compared with what leads nowhere: of a document in which much does, the first are told.
const MAX_COMPARED: usize = 200_000;

impl Pointers {
    /// What the reference that stands at `node` leads to.
    pub(crate) fn target(&mut self, tree: &Tree, node: NodeId, reference: &str) -> Result<NodeId, String> {
        if let Some(known) = self.found.get(&node) {
            return known.clone();
        }
        let found = resolve(tree, node, reference).map_err(|missing| self.told(tree, missing));
        self.found.insert(node, found.clone());
        found
    }
}

fn resolve<'r>(tree: &Tree, node: NodeId, reference: &'r str) -> Result<NodeId, Missing<'r>> {
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let root = match tree.file_of(node) {
        None => return Err(Missing::File("nothing is read yet".to_owned())),
        Some((_, root)) if file.is_empty() => root,
        Some((path, _)) => {
            let path = beside(path, file).map_err(Missing::File)?;
            let missing = || format!("`{path}` is no file in the folder of the document that can be read");
            tree.root_of(&path).ok_or_else(|| Missing::File(missing()))?
        }
    };
    follow(tree, root, pointer).ok_or(Missing::Node { reference, root, pointer })
}

/// What a reference does not lead to.
enum Missing<'r> {
    /// A file, and why.
    File(String),
    /// A node of a file.
    Node { reference: &'r str, root: NodeId, pointer: &'r str },
}

impl Pointers {
    /// A message, with the key that is most likely meant.
    fn told(&mut self, tree: &Tree, missing: Missing<'_>) -> String {
        let (reference, root, pointer) = match missing {
            Missing::File(message) => return message,
            Missing::Node { reference, root, pointer } => (reference, root, pointer),
        };
        match self.nearest(tree, root, pointer) {
            Some(nearest) => format!("nothing is at `{reference}`: did you mean `{nearest}`?"),
            None => format!("nothing is at `{reference}`"),
        }
    }

    /// The key that a pointer most likely means, where it leads on to nothing.
    fn nearest<'t>(&mut self, tree: &'t Tree, root: NodeId, pointer: &str) -> Option<&'t str> {
        let mut at = root;
        for step in steps(pointer)? {
            let Some(next) = tree.get(at, &step) else {
                let entries = tree.entries(at);
                self.compared += entries.len();
                let known = entries.iter().map(|(key, _)| key);
                return if self.compared <= MAX_COMPARED { nearest(&step, known) } else { None };
            };
            at = next;
        }
        None
    }
}

/// The node that a JSON pointer leads to from `root`, or that is anchored there by `$anchor` or `$id`.
pub(crate) fn follow(tree: &Tree, root: NodeId, pointer: &str) -> Option<NodeId> {
    if pointer.is_empty() || pointer == "/" {
        return Some(root);
    }
    let Some(steps) = steps(pointer) else { return anchored(tree, root, &decoded(pointer)) };
    steps.into_iter().try_fold(root, |node, step| match tree.value(node) {
        Value::List(items) => items.get(step.parse::<usize>().ok()?).copied(),
        _ => tree.get(node, &step),
    })
}

/// The keys and places that a JSON pointer leads along; `None` of an anchor.
pub(crate) fn steps(pointer: &str) -> Option<Vec<String>> {
    let pointer = decoded(pointer);
    let steps = pointer.strip_prefix('/')?.split('/');
    Some(steps.map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
}

/// Percent-escapes of a fragment.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_or(text.into(), Cow::Owned)
}

/// A schema with this `$anchor`, under `components`.
fn anchored(tree: &Tree, root: NodeId, anchor: &str) -> Option<NodeId> {
    let schemas = tree.entries_of(tree.get(root, "components")?, "schemas");
    let is_it = |node: &NodeId| tree.text(*node, "$anchor") == Some(anchor);
    schemas.iter().map(|(_, node)| node).find(is_it)
}

/// The path of a file that is named relative to another. Nothing outside the folder of the first file is read, and
/// nothing is fetched.
pub(crate) fn beside(path: &str, file: &str) -> Result<String, String> {
    if file.contains("://") {
        return Err(format!("`{file}` is elsewhere, and nothing is fetched: save it beside the document"));
    }
    let file = decoded(file);
    let joined = Path::new(path).parent().unwrap_or(Path::new("")).join(file.as_ref());
    let mut clean = PathBuf::new();
    for part in joined.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !clean.pop() {
                    return Err(format!("`{file}` is outside the folder of the document"));
                }
            }
            Component::Normal(part) => clean.push(part),
            Component::Prefix(_) | Component::RootDir => {
                return Err(format!("`{file}` is no path relative to the document"));
            }
        }
    }
    Ok(clean.to_string_lossy().replace('\\', "/"))
}

impl Tree {
    /// The texts of all `$ref` among some nodes that lead to other files, with the paths of the files that they stand in.
    pub(crate) fn references(&self, nodes: std::ops::Range<usize>) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for n in nodes {
            let id = NodeId(super::to_u32(n));
            let Value::Map(entries) = self.value(id) else { continue };
            if let Some((_, value)) = entries.iter().find(|(key, _)| *key == "$ref")
                && let Some(text) = self.as_text(value)
                && !text.starts_with('#')
                && let Some((path, _)) = self.file_of(id)
            {
                found.push((path.to_owned(), text.to_owned()));
            }
        }
        found
    }

    /// The paths of the files.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.sources.iter().map(|source| source.path.clone()).collect()
    }
}
