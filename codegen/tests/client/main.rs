//! The client generator on documents that the tests make up.

mod code;
#[path = "../made/mod.rs"]
mod made;
mod names;
mod notes;

use made::of;

/// What is told of a document, each with its level, its line and its column.
fn told(text: &str) -> Vec<String> {
    made::told(&of("a.yaml", text))
}
