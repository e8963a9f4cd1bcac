//! Reading `specs/uniform/`.

mod enumerations;
mod operations;
mod sound;
mod types;

use super::Uniform;
use crate::diag::{Code, Diagnostics};
use crate::tree::{Entry, Node};
pub use enumerations::parse_day;

/// The files of the uniform model, as they are read.
#[derive(Debug)]
pub struct Files<'n> {
    /// `enumerations.yaml`.
    pub enumerations: Option<Node<'n>>,
    /// `types.yaml`.
    pub types: Option<Node<'n>>,
    /// `operations.yaml`.
    pub operations: Option<Node<'n>>,
    /// `errors.yaml`.
    pub errors: Option<Node<'n>>,
}

/// Reads the model.
pub fn read(files: &Files<'_>, diags: &mut Diagnostics) -> Uniform {
    let mut uniform = Uniform::default();
    let entries = map(files.enumerations, "the enumerations", diags);
    uniform.enums = entries.into_iter().map(|entry| enumerations::enumeration(entry, diags)).collect();
    let types = map(files.types, "the types", diags);
    let names = types::Names {
        enums: &uniform.enums,
        types: types.iter().map(|entry| entry.key).collect(),
        // Names of a file that could not be read are not missed.
        whole: files.enumerations.is_some() && files.types.is_some(),
    };
    let types: Vec<_> = types.iter().map(|entry| types::ty(*entry, &names, diags)).collect();
    uniform.types = types;
    sound::check(&uniform, diags);
    for entry in map(files.operations, "the operations", diags) {
        uniform.operations.extend(operations::operation(entry, &uniform, files.types.is_some(), diags));
    }
    sound::check_size(&uniform, diags);
    let classes = map(files.errors, "the error classes", diags);
    uniform.classes = classes.iter().filter_map(|entry| operations::class(*entry, diags)).collect();
    for name in ["outcome_unknown", "in_progress"] {
        if let Some(file) = files.errors
            && !classes.iter().any(|entry| entry.key == name)
        {
            diags.error(
                Code::S008,
                file.head(),
                format!("the error classes need `{name}`: replies without a rule are of it"),
            );
        }
    }
    uniform
}

fn map<'n>(node: Option<Node<'n>>, what: &str, diags: &mut Diagnostics) -> Vec<Entry<'n>> {
    node.and_then(|node| node.expect_map(what, diags)).unwrap_or_default()
}

fn text(node: Node<'_>, key: &str) -> String {
    node.get(key).and_then(Node::as_scalar).unwrap_or_default()
}
