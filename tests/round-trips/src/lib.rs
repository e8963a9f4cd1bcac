//! Round trips: of each document a client is generated, all of them are compiled into one program, and that program
//! calls every operation with values made from the document's schemas and examples.
//!
//! The server is a mock of somebody else's that stands on the document (`mock`), which refuses what the document does not
//! allow; or one of ours (`recorder`), which keeps what arrives and gives every answer that the document has.

pub mod batch;
pub mod call;
pub mod known;
pub mod mock;
pub mod recorder;
pub mod table;
pub mod tools;
pub mod trip;

use std::io;
use std::path::{Path, PathBuf};

/// The folder of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where what is generated and compiled is kept.
#[must_use]
pub fn target() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    folder.join("round-trips")
}

/// The documents of `tests/documents`, one feature each: their names there, and their paths.
///
/// # Errors
/// When the folder cannot be read.
pub fn documents() -> io::Result<Vec<(String, PathBuf)>> {
    let folder = workspace().join("tests/documents");
    let mut found = vec![("references_files/openapi.yaml".to_owned(), folder.join("references_files/openapi.yaml"))];
    for entry in std::fs::read_dir(&folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_document(&entry.path()) {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a file may be a document, by its name.
#[must_use]
pub fn is_document(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json")
}
