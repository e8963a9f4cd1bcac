//! Reads a document and the files that it refers to.

use std::path::Path;

use super::notes::Notes;
use crate::diag::Code;
use crate::tree::{NodeId, Tree, beside};

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
}

/// How many files a document may refer to.
const MAX_FILES: usize = 1000;
/// How large a file may be.
const MAX_SIZE: u64 = 300 << 20;

pub(super) fn load(path: &Path) -> Loaded {
    let mut loaded = Loaded { tree: Tree::default(), notes: Notes::default(), root: None, version: (3, 0) };
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some(root) = add(&mut loaded, folder, &name) else { return loaded };
    let tree = &loaded.tree;
    let version = match (tree.text(root, "openapi"), tree.get(root, "swagger")) {
        (Some(version), _) => version.to_owned(),
        (None, Some(node)) => {
            let message = "this is Swagger 2, and OpenAPI 3.0 or 3.1 is read: convert it first";
            loaded.notes.refuse(Code::S006, tree.offset(node), message);
            return loaded;
        }
        (None, None) => {
            loaded.notes.refuse(Code::S007, tree.offset(root), "this is no OpenAPI document: it has no key `openapi`");
            return loaded;
        }
    };
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    loaded.version = match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(3), Some(minor @ 0..=1)) => (3, minor),
        _ => {
            let at = tree.get(root, "openapi").unwrap_or(root);
            loaded.notes.refuse(
                Code::S006,
                tree.offset(at),
                format!("OpenAPI 3.0 and 3.1 are read, and this is `{version}`"),
            );
            return loaded;
        }
    };
    loaded.root = Some(root);
    follow_files(&mut loaded, folder);
    for (second, _) in loaded.tree.twins.clone() {
        loaded.notes.warn(Code::S004, second, "this key stands here a second time: the last counts");
    }
    loaded
}

/// Reads a file of the folder.
fn add(loaded: &mut Loaded, folder: &Path, name: &str) -> Option<NodeId> {
    let path = folder.join(name);
    let text = match std::fs::metadata(&path) {
        Ok(about) if about.len() > MAX_SIZE => Err("the file is too large: 300 MB are read at most".to_owned()),
        Ok(_) => match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned()),
            Err(error) => Err(format!("the file cannot be read: {}", error.kind())),
        },
        Err(error) => Err(format!("the file cannot be read: {}", error.kind())),
    };
    let result = match text {
        Ok(text) => loaded.tree.add(name, &text),
        Err(reason) => {
            // An empty file, so that the note has a place.
            let offset = loaded.tree.add(name, "").err().map(|unread| unread.offset).unwrap_or_default();
            loaded.notes.refuse(Code::S001, offset, reason);
            return None;
        }
    };
    match result {
        Ok(root) => Some(root),
        Err(unread) => {
            loaded.notes.refuse(Code::S001, unread.offset, unread.reason);
            None
        }
    }
}

/// Reads the files that references name, and those that they name.
fn follow_files(loaded: &mut Loaded, folder: &Path) {
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
                && folder.join(&path).is_file()
            {
                known.push(path.clone());
                due.push(path);
            }
        }
        looked_at = end;
        for path in due {
            files += 1;
            add(loaded, folder, &path);
        }
    }
}
