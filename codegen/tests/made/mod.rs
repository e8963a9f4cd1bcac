//! What becomes of documents that tests make up.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::Path;

use kassa_codegen::client::{Generated, Note, Options, generate};

/// What becomes of a document.
pub(crate) fn of(name: &str, text: impl AsRef<[u8]>) -> Generated {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    generate(&path, &Options::default())
}

/// A file of what is generated; empty if there is none.
pub(crate) fn file<'g>(generated: &'g Generated, path: &str) -> &'g str {
    generated.files.iter().find(|(had, _)| *had == Path::new(path)).map_or("", |(_, text)| text)
}

/// What a note says: without the folder of the test, which is another each time.
pub(crate) fn message(generated: &Generated, note: &Note) -> String {
    near(generated, &note.message)
}

/// A text without the folder of the test.
pub(crate) fn near(generated: &Generated, text: &str) -> String {
    text.replace(&format!("{}/", generated.tree.first_folder().display()), "")
}

/// What is told of a document, each with its level, its line and its column.
pub(crate) fn told(generated: &Generated) -> Vec<String> {
    let told = generated.notes.sorted().into_iter().map(|note| {
        let (line, column) = generated.tree.line_and_column(note.offset);
        format!("{:?} {line}:{column} {}", note.level, message(generated, note))
    });
    told.collect()
}
