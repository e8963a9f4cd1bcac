//! From a folder of specs to resolved, checked plans.

use std::path::Path;

use crate::diag::{Code, Diagnostics, Failure};
use crate::input::Input;
use crate::model::{self, Plan};
use crate::source::{Node, Sources};
use crate::uniform::{self, Uniform};
use crate::{check, mapping, spec};

/// Everything that a run knows of the specs.
#[derive(Debug)]
pub struct Specs {
    /// The uniform model.
    pub uniform: Uniform,
    /// The providers, by name.
    pub plans: Vec<Plan>,
    /// The files read.
    pub sources: Sources,
    /// Where they are, and where the code will stand.
    pub input: Input,
}

/// Reads and checks what `input` names.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(input: impl Into<Input>) -> Result<Specs, Box<Failure>> {
    let input = input.into();
    let root = input.specs.as_path();
    let mut sources = Sources::default();
    let mut diags = Diagnostics::default();
    let uniform = load_uniform(&input.uniform, &mut sources, &mut diags);
    // Of a model that is wrong, nothing can be held against a provider; what it states by itself is still read.
    let sound = diags.count() == 0;
    let mut plans = Vec::new();
    for name in input.providers() {
        let folder = Path::new("providers").join(&name);
        if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) || name.as_bytes()[0].is_ascii_digit() {
            if let Some(node) = sources.read(root, &folder.join("mapping.yaml"), &mut diags) {
                let message = "the folder of a provider is named in lower-case letters and digits, a letter first";
                diags.error(Code::S003, node.head(), message);
            }
            continue;
        }
        let api = sources.read(root, &folder.join("openapi.yaml"), &mut diags);
        let api = api.and_then(|node| spec::read(&node, &mut diags));
        let mapping = sources.read(root, &folder.join("mapping.yaml"), &mut diags);
        let mapping = mapping.and_then(|node| mapping::read(&node, &mut diags));
        if let (Some(api), Some(mapping), true) = (api, mapping, sound) {
            plans.push(model::resolve(&name, api, mapping, &uniform, &mut diags));
        }
    }
    for plan in &plans {
        check::check(plan, &uniform, &mut diags);
    }
    let diagnostics = diags.finish();
    if diagnostics.is_empty() {
        Ok(Specs { uniform, plans, sources, input })
    } else {
        Err(Box::new(Failure { diagnostics, sources }))
    }
}

fn load_uniform(folder: &Path, sources: &mut Sources, diags: &mut Diagnostics) -> Uniform {
    let (root, name) = match folder.file_name() {
        Some(name) => (folder.parent().unwrap_or(Path::new("")), Path::new(name)),
        None => (folder, Path::new("")),
    };
    let mut read = |file: &str| -> Option<Node> { sources.read(root, &name.join(file), diags) };
    let files = ["enumerations.yaml", "types.yaml", "operations.yaml", "errors.yaml"].map(&mut read);
    let [enumerations, types, operations, errors] = &files;
    let files = uniform::Files {
        enumerations: enumerations.as_ref(),
        types: types.as_ref(),
        operations: operations.as_ref(),
        errors: errors.as_ref(),
    };
    uniform::read(&files, diags)
}
