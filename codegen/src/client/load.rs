//! Reads a document and the files that it refers to.

use std::path::Path;

use super::notes::{At, Notes};
use super::view::shown;
use crate::diag::Code;
use crate::tree::{NodeId, Tree, Value, beside};

/// A document as read.
#[derive(Debug)]
pub struct Loaded {
    /// All files.
    pub tree: Tree,
    /// What is wrong.
    pub notes: Notes,
    /// The document; `None` if it cannot be used.
    pub root: Option<NodeId>,
    /// The version of OpenAPI.
    pub version: (u32, u32),
    /// The version as the document says it.
    pub said: Option<String>,
    /// Whether it says to be Swagger 2.
    pub swagger: bool,
}

/// How many files a document may refer to.
const MAX_FILES: usize = 1000;

pub(super) fn load(path: &Path) -> Loaded {
    let (tree, notes) = (Tree::default(), Notes::default());
    let mut loaded = Loaded { tree, notes, root: None, version: (3, 0), said: None, swagger: false };
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let root = match loaded.tree.read(folder, &name) {
        Ok(root) => root,
        Err(unread) => {
            loaded.notes.refuse(Code::S001, unread.span.start, unread.said());
            return loaded;
        }
    };
    if is_openapi(&mut loaded, root) {
        loaded.root = Some(root);
        follow_files(&mut loaded, folder);
        tell_twins(&mut loaded);
        if loaded.notes.refused() {
            loaded.root = None;
        }
    }
    loaded
}

/// Whether a document says to be what is read here; a note says what else it is.
fn is_openapi(loaded: &mut Loaded, root: NodeId) -> bool {
    let (tree, notes) = (&loaded.tree, &mut loaded.notes);
    let Some(node) = tree.get(root, "openapi") else {
        match tree.get(root, "swagger") {
            Some(node) => {
                loaded.swagger = true;
                let message = "this is Swagger 2, and OpenAPI 3.0 or 3.1 is read: convert it first";
                notes.refuse(Code::S006, tree.offset(node), message);
            }
            None => {
                notes.refuse(Code::S007, tree.offset(root), "this is no OpenAPI document: it has no key `openapi`");
            }
        }
        return false;
    };
    let version = match tree.value(node) {
        Value::Number(text) => {
            notes.warn(
                Code::S003,
                tree.offset(node),
                format!("the version has to be a text, in quotes: taken as \"{text}.0\""),
            );
            format!("{text}.0")
        }
        _ => tree.as_text(node).unwrap_or_default().to_owned(),
    };
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(3), Some(minor @ 0..=1)) => loaded.version = (3, minor),
        _ => {
            let message = format!("OpenAPI 3.0 and 3.1 are read, and this is `{version}`");
            notes.refuse(Code::S006, tree.offset(node), message);
            return false;
        }
    }
    loaded.said = Some(version);
    for key in ["paths", "components", "webhooks"] {
        if let Some(node) = tree.get(root, key) {
            match tree.value(node) {
                Value::Map(_) => {}
                Value::Null => notes.warn(Code::S003, tree.offset(node), format!("`{key}` has no value: left out")),
                _ => {
                    let message = format!("`{key}` has to be a map, and this is {}", tree.kind(node));
                    notes.refuse(Code::S003, tree.offset(node), message);
                }
            }
        }
    }
    !notes.refused()
}

/// Which of two values is meant, nobody knows; one that is said twice is meant.
fn tell_twins(loaded: &mut Loaded) {
    for twin in loaded.tree.take_twins() {
        let (first, second) = twin.values;
        if shown(&loaded.tree, first) == shown(&loaded.tree, second) {
            let message = format!("the key `{}` stands here a second time, and says the same: take one away", twin.key);
            loaded.notes.warn(Code::S004, twin.second.start, message);
        } else {
            let first = At { tree: &loaded.tree, offset: twin.first.start };
            let message = format!("the key `{}` says something else at {first}: keep one of the two", twin.key);
            loaded.notes.refuse(Code::S004, twin.second.start, message);
        }
    }
}

/// Reads the files that references name, and those that they name.
fn follow_files(loaded: &mut Loaded, folder: &Path) {
    // A link may lead out of the folder.
    let inside = |path: &Path| {
        let real = |path: &Path| path.canonicalize().ok();
        real(path).is_some_and(|path| path.is_file() && real(&folder.join(".")).is_some_and(|of| path.starts_with(of)))
    };
    let mut files = 1;
    let mut looked_at = 0;
    let mut known: Vec<String> = loaded.tree.paths();
    while looked_at < loaded.tree.len() && files < MAX_FILES {
        let end = loaded.tree.len();
        let mut due: Vec<String> = Vec::new();
        for (from, reference) in loaded.tree.references(looked_at..end) {
            let file = reference.split('#').next().unwrap_or_default();
            if file.is_empty() {
                continue;
            }
            // What cannot be read is told where it is referred to.
            if let Ok(path) = beside(&from, file)
                && !known.contains(&path)
                && inside(&folder.join(&path))
            {
                known.push(path.clone());
                due.push(path);
            }
        }
        looked_at = end;
        for path in due {
            files += 1;
            if let Err(unread) = loaded.tree.read(folder, &path) {
                let message = format!("{}: what it says is left out", unread.said());
                loaded.notes.warn(Code::S001, unread.span.start, message);
            }
        }
    }
}
