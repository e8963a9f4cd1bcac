//! From a folder of specs to resolved, checked plans.

use std::path::Path;

use crate::diag::{Code, Diagnostics, Failure};
use crate::input::Input;
use crate::model::{self, Plan};
use crate::tree::{NodeId, Policy, Tree};
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
    pub tree: Tree,
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
    let mut tree = Tree::new(Policy::SPECS);
    let mut diags = Diagnostics::default();
    let uniform = load_uniform(&input.uniform, &mut tree, &mut diags);
    // Of a model that is wrong, nothing can be held against a provider; what it states by itself is still read.
    let sound = diags.count() == 0;
    let mut plans = Vec::new();
    for name in input.providers() {
        let folder = Path::new("providers").join(&name);
        if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) || name.as_bytes()[0].is_ascii_digit() {
            if let Some(id) = read(&mut tree, root, &folder.join("mapping.yaml"), &mut diags) {
                let message = "the folder of a provider is named in lower-case letters and digits, a letter first";
                diags.error(Code::S003, tree.node(id).head(), message);
            }
            continue;
        }
        let document = ["openapi.yaml", "openapi.json"].map(|name| folder.join(name));
        let document = document.iter().find(|path| root.join(path).is_file()).unwrap_or(&document[0]);
        let api = read(&mut tree, root, document, &mut diags);
        let api = api.and_then(|id| spec::read(tree.node(id), &mut diags));
        let mapping = read(&mut tree, root, &folder.join("mapping.yaml"), &mut diags);
        let mapping = mapping.and_then(|id| mapping::read(tree.node(id), &mut diags));
        if let (Some(api), Some(mapping), true) = (api, mapping, sound) {
            plans.push(model::resolve(&name, api, mapping, &uniform, &mut diags));
        }
    }
    for plan in &plans {
        check::check(plan, &uniform, &mut diags);
    }
    let diagnostics = diags.finish();
    if diagnostics.is_empty() {
        Ok(Specs { uniform, plans, tree, input })
    } else {
        Err(Box::new(Failure { diagnostics, tree }))
    }
}

fn load_uniform(folder: &Path, tree: &mut Tree, diags: &mut Diagnostics) -> Uniform {
    let (root, name) = match folder.file_name() {
        Some(name) => (folder.parent().unwrap_or(Path::new("")), Path::new(name)),
        None => (folder, Path::new("")),
    };
    let files = ["enumerations.yaml", "types.yaml", "operations.yaml", "errors.yaml"];
    let files = files.map(|file| read(tree, root, &name.join(file), diags));
    let [enumerations, types, operations, errors] = files.map(|id| id.map(|id| tree.node(id)));
    uniform::read(&uniform::Files { enumerations, types, operations, errors }, diags)
}

/// Reads the file at `path` below `root`; `None` after a diagnostic.
pub(crate) fn read(tree: &mut Tree, root: &Path, path: &Path, diags: &mut Diagnostics) -> Option<NodeId> {
    let found = tree.read(root, &path.to_string_lossy());
    for twin in tree.take_twins() {
        diags
            .error(Code::S004, twin.second, format!("`{}` stands here a second time", twin.key))
            .secondary(twin.first, "first here");
    }
    found
        .map_err(|unread| {
            diags.error(Code::S001, unread.span, unread.reason).help.extend(unread.help.map(str::to_owned));
        })
        .ok()
}
