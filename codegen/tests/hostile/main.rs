//! The client generator on documents that mean harm: each ends in a diagnostic or in code, within bounds that are counted
//! and not timed.

#[path = "../made/mod.rs"]
mod made;
mod nesting;
mod references;
mod size;
mod texts;

use std::fmt::Write as _;

use kassa_codegen::client::{Generated, Note};

/// What becomes of a document. Whatever is written is Rust, and lies in the folder.
fn of(name: &str, text: impl AsRef<[u8]>) -> Generated {
    sound(made::of(name, text))
}

fn sound(generated: Generated) -> Generated {
    for (path, text) in generated.files.iter() {
        assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))), "{}", path.display());
        // What is large is Rust as well; to parse it takes longer than to write it.
        if path.extension().is_some_and(|extension| extension == "rs") && text.len() < 300_000 {
            syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
    generated
}

/// What is told first, each with its line.
fn told(generated: &Generated) -> Vec<String> {
    let shown = |note: &Note| format!("{}: {}", generated.tree.place(note.offset).line, made::message(generated, note));
    generated.notes.sorted().into_iter().take(10).map(shown).collect()
}

fn code(generated: &Generated) -> String {
    generated.files.iter().map(|(_, text)| text).collect()
}

/// A document with these schemas, and an operation that answers with the first.
fn with_schemas(first: &str, schemas: &str) -> String {
    format!(
        r##"{{"openapi":"3.0.0","info":{{"title":"T","version":"1"}},"paths":{{"/a":{{"get":{{"operationId":"get","responses":
        {{"200":{{"description":"","content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/{first}"}}}}}}}}}}}}}}}},
        "components":{{"schemas":{{{schemas}}}}}}}"##
    )
}

/// `count` schemas, each made from the number of the next, and a last one.
fn chain(count: usize, link: impl Fn(usize) -> String, last: &str) -> String {
    let mut text = String::new();
    for n in 0..count {
        let _ = write!(text, r#""S{n}":{},"#, link(n + 1));
    }
    text + &format!(r#""S{count}":{last}"#)
}
