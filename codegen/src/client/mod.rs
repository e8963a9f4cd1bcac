//! Clients of any OpenAPI document.
//!
//! The stages: [`crate::tree`] (what stands where) → `view` (a schema, its references and `allOf` merged, 3.0 and 3.1
//! alike) → `lower`, `union`, `operations`, `media`, `access` (types and operations) → `passes` (what is known only once
//! all types are) → `render` → [`crate::output`]. Whatever is wrong is noted by its place; what rests on it is left out.

mod access;
mod crate_name;
mod depth;
mod encoding;
mod entries;
mod exercise;
mod flags;
mod join;
mod keywords;
mod load;
mod lower;
mod marks;
mod media;
mod model;
mod name;
mod notes;
mod operations;
mod own;
mod parameters;
mod parts;
mod passes;
mod paths;
mod pattern;
mod render;
mod rules;
mod sound;
mod specification;
mod statuses;
mod tags;
mod twins;
mod union;
mod unknown;
mod view;

use std::path::Path;

pub use crate_name::{crate_name_like, is_crate_name};
pub use exercise::{Answer, Exercise, exercise};
pub use load::Loaded;
pub(crate) use notes::plain;
pub use notes::{Level, Note, Notes};

use crate::output::FileMap;
use crate::tree::NodeId;
use lower::Lowering;
use model::Api;
use render::Layout;
use view::Reader;

/// What a client is made of, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The name of the crate; that of the document without one.
    pub name: Option<String>,
    /// Makes a module in place of a crate.
    pub module: bool,
    /// Where the manifest finds `kassa-core`: a folder, the URL of a git repository, or a version.
    pub core: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { name: None, module: false, core: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// A generated client.
#[derive(Debug)]
pub struct Generated {
    /// The files; none if the document is refused.
    pub files: FileMap,
    /// What is wrong with the document.
    pub notes: Notes,
    /// What was read, for the places of the notes.
    pub tree: crate::tree::Tree,
    /// The version of OpenAPI, of a document that says one.
    pub version: Option<String>,
    /// Whether it is of the format before OpenAPI 3, which is not read.
    pub swagger: bool,
    /// How many operations there are.
    pub operations: usize,
    /// How many more the document has, which are left out for what is wrong with them.
    pub left_out: usize,
    /// How many types there are.
    pub types: usize,
}

/// How large a stack a run has: documents nest, and so do the functions that read them.
const STACK: usize = 256 << 20;

/// Makes a client of the document at `path`. A document that cannot be used gives no files, and a note says why.
#[must_use]
pub fn generate(path: &Path, options: &Options) -> Generated {
    on_stack(|| match settled(path) {
        Ok(settled) => finish(settled, options),
        Err(loaded) => refused(loaded),
    })
}

/// Runs on a stack of its own, so that how deep a document may nest does not depend on who calls.
fn on_stack<T: Send>(run: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &run);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(made)) => made,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => run(),
        }
    })
}

/// Makes a client from a `build.rs`: tells cargo what to watch, and what is wrong with the document as warnings.
///
/// ```no_run
/// // build.rs
/// use std::path::Path;
///
/// use kassa_codegen::client::{Options, build};
///
/// let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
/// let options = Options { module: true, ..Options::default() };
/// build(Path::new("petstore.yaml"), &options, &Path::new(&out).join("petstore"));
/// ```
///
/// The module is then `mod petstore { include!(concat!(env!("OUT_DIR"), "/petstore/mod.rs")); }`.
///
/// # Panics
/// When the document is refused or a file cannot be written; the message is what the command would print.
pub fn build(document: &Path, options: &Options, out: &Path) -> Generated {
    let generated = generate(document, options);
    let folder = document.parent().unwrap_or(Path::new(""));
    for path in generated.tree.paths() {
        println!("cargo::rerun-if-changed={}", folder.join(path).display());
    }
    if generated.notes.refused() {
        panic!("\n{}", generated.notes.shown(&generated.tree, usize::MAX));
    }
    for line in generated.notes.lines(&generated.tree) {
        println!("cargo::warning={line}");
    }
    if let Err(error) = generated.files.write(out) {
        panic!("{}: {error}", out.display());
    }
    generated
}

/// A document with everything that is rendered of it.
struct Settled {
    loaded: Loaded,
    root: NodeId,
    api: Api,
    modules: Vec<String>,
    notes: Notes,
    left_out: usize,
}

/// Reads a document, and settles what becomes of it. What cannot be used comes back with the reason.
fn settled(path: &Path) -> Result<Settled, Box<Loaded>> {
    let mut loaded = load::load(path);
    let Some(root) = loaded.root else { return Err(Box::new(loaded)) };
    let notes = std::mem::take(&mut loaded.notes);
    let (mut api, mut notes, wrong) = lower(&loaded, root, notes);
    if notes.refused() {
        return Err(Box::new(Loaded { notes, ..loaded }));
    }
    let modules = render::split(&mut api);
    let due = api.operations.len();
    passes::settle(&mut api, &loaded.tree, &mut notes);
    let left_out = wrong + due - api.operations.len();
    Ok(Settled { loaded, root, api, modules, notes, left_out })
}

fn refused(loaded: Box<Loaded>) -> Generated {
    let (notes, tree, version, swagger) = (loaded.notes, loaded.tree, loaded.said, loaded.swagger);
    Generated { files: FileMap::default(), notes, tree, version, swagger, operations: 0, left_out: 0, types: 0 }
}

fn finish(settled: Settled, options: &Options) -> Generated {
    let Settled { loaded, api, modules, notes, left_out, .. } = settled;
    let name = (!options.module).then(|| options.name.clone().unwrap_or_else(|| crate_name::of(&api)));
    let files = render::render(&api, &modules, &Layout { name, core: options.core.clone() });
    Generated {
        files,
        notes,
        operations: api.operations.len(),
        left_out,
        types: api.types.len(),
        tree: loaded.tree,
        version: loaded.said,
        swagger: false,
    }
}

/// The model, what is wrong, and how many operations are left out for it.
fn lower(loaded: &Loaded, root: NodeId, notes: Notes) -> (Api, Notes, usize) {
    let tree = &loaded.tree;
    let reader = Reader::new(tree, notes, loaded.version >= (3, 1));
    let mut lowering = Lowering::new(reader);
    lowering.components(root);
    let schemes = lowering.schemes(root);
    let (operations, events) = lowering.operations(root);
    let servers = lowering.servers(root);
    lowering.reader.find_unknown(root);
    let named = tree.get(root, "components").map_or(0, |of| tree.entries_of(of, "schemas").iter().count());
    twins::join(&mut lowering.types, named);
    let info = tree.get(root, "info");
    let text = |key| info.and_then(|info| tree.text(info, key)).unwrap_or_default().to_owned();
    let title = match text("title").trim() {
        "" => "Client".to_owned(),
        title => title.to_owned(),
    };
    let api = Api {
        file: tree.paths().into_iter().next().unwrap_or_default(),
        title,
        version: text("version"),
        doc: text("description"),
        types: lowering.types,
        operations,
        events,
        schemes,
        servers,
        depth: 0,
    };
    (api, lowering.reader.notes, lowering.left_out)
}
