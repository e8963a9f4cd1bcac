//! What a schema is called where it stands: so it is called wherever a reference leads into the document.

use super::Lowering;
use crate::client::media::media_label;
use crate::client::name::type_name;
use crate::client::paths::path_name;
use crate::client::statuses::{status, status_name};
use crate::tree::{NodeId, steps};

impl Lowering<'_> {
    /// The name of what is at a reference into an operation, or into a schema under `components`. The reference stands at
    /// `node`.
    pub(super) fn home(&self, node: NodeId, reference: &str) -> Option<String> {
        let tree = self.reader.tree;
        let (file, pointer) = reference.split_once('#')?;
        let (_, root) = tree.file_of(node).filter(|_| file.is_empty())?;
        let steps = steps(pointer)?;
        let steps: Vec<&str> = steps.iter().map(AsRef::as_ref).collect();
        let (mut at, mut rest) = match steps.as_slice() {
            ["paths", path, method, rest @ ..] => {
                let operation = tree.get(tree.get(tree.get(root, "paths")?, path)?, method)?;
                let given = self.called.get(&(operation, *path)).cloned();
                let own = || operation_name(tree.text(operation, "operationId"), method, path);
                (Way { name: given.unwrap_or_else(own), node: operation }, rest)
            }
            ["components", "schemas", name, rest @ ..] => {
                let schema = tree.get(tree.get(tree.get(root, "components")?, "schemas")?, name)?;
                (Way { name: self.types[self.by_node.get(&schema)?.0].rust.clone(), node: schema }, rest)
            }
            _ => return None,
        };
        while !rest.is_empty() {
            rest = self.step(&mut at, rest)?;
        }
        Some(type_name(&at.name, "Type"))
    }

    /// Goes on from a node, and gives the steps that are left.
    fn step<'s, 'r>(&self, at: &mut Way, steps: &'r [&'s str]) -> Option<&'r [&'s str]> {
        let tree = self.reader.tree;
        let (key, rest) = steps.split_first()?;
        let below = tree.get(at.node, key)?;
        let inner = |name: &str| match tree.items(below) {
            [] => tree.get(below, name),
            items => items.get(name.parse::<usize>().ok()?).copied(),
        };
        let (ending, node, rest) = match (*key, rest) {
            ("schema", _) => (String::new(), below, rest),
            ("items", _) => ("Item".to_owned(), below, rest),
            ("additionalProperties", _) => ("Value".to_owned(), below, rest),
            ("responses", [code, rest @ ..]) => (status_name(status(code)?), inner(code)?, rest),
            ("requestBody", ["content", media_type, rest @ ..]) => {
                let content = tree.get(below, "content")?;
                let label = if tree.entries(content).len() > 1 { media_label(media_type) } else { String::new() };
                (format!(" {label} Body"), tree.get(content, media_type)?, rest)
            }
            ("content", [media_type, rest @ ..]) => {
                let label = if tree.entries(below).len() > 1 { media_label(media_type) } else { String::new() };
                (format!(" {label}"), inner(media_type)?, rest)
            }
            ("headers", [name, rest @ ..]) => (format!(" {name}"), inner(name)?, rest),
            ("properties", [name, rest @ ..]) => (format!(" {}", type_name(name, "Field")), inner(name)?, rest),
            ("parameters", [place, rest @ ..]) => {
                let parameter = inner(place)?;
                (format!(" {}", type_name(tree.text(parameter, "name")?, "Param")), parameter, rest)
            }
            ("oneOf" | "anyOf" | "allOf", [place, rest @ ..]) => {
                let part = inner(place)?;
                let label = self
                    .label(part)
                    .unwrap_or_else(|| format!("Variant{}", place.parse::<usize>().ok().map_or(1, |n| n + 1)));
                (format!(" {label}"), part, rest)
            }
            ("prefixItems", [place, rest @ ..]) => {
                (format!("Item{}", place.parse::<usize>().ok()?.checked_add(1)?), inner(place)?, rest)
            }
            _ => return None,
        };
        at.name = type_name(&format!("{}{ending}", at.name), "Type");
        at.node = node;
        Some(rest)
    }
}

/// How far a reference was followed, and what that is called.
struct Way {
    name: String,
    node: NodeId,
}

/// What an operation is called.
pub(in crate::client) fn operation_name(id: Option<&str>, method: &str, path: &str) -> String {
    match id.filter(|id| !id.trim().is_empty()) {
        Some(id) => type_name(id, "Operation"),
        None => type_name(&path_name(method, path), "Operation"),
    }
}
