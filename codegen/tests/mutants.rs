//! The client generator on documents that were right until something was done to them: whatever comes of it, it is no
//! panic, and what is written is Rust.

use std::path::{Path, PathBuf};
use std::process::Command;

use kassa_codegen::client::{Generated, Options, generate};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::Value;

/// What is done to a node of a document.
#[derive(Debug, Clone, Copy)]
enum Change {
    Delete,
    /// Puts something of another kind in its place.
    Replace(u8),
    /// Puts what stands elsewhere in its place.
    Copy(u32),
    /// Changes places with its neighbour under the same parent.
    Swap,
    /// Calls it something else.
    Rename(u8),
    /// Points it elsewhere.
    Refer(u32),
}

const NAMES: [&str; 10] =
    ["", "$ref", "type", "x\"; } fn evil() { //", "../../x", "*/", "\u{202e}\u{0}", "enum", "allOf", "self"];

fn changes() -> impl Strategy<Value = Vec<(u32, Change)>> {
    let change = prop_oneof![
        Just(Change::Delete),
        any::<u8>().prop_map(Change::Replace),
        any::<u32>().prop_map(Change::Copy),
        Just(Change::Swap),
        any::<u8>().prop_map(Change::Rename),
        any::<u32>().prop_map(Change::Refer),
    ];
    prop::collection::vec((any::<u32>(), change), 1..6)
}

/// The right documents, each as JSON.
fn documents() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/documents");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let text = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    let read = |path: &PathBuf| match path.extension().and_then(|extension| extension.to_str()) {
        Some("yaml") => Some(serde_yaml::from_str(&text(path)).unwrap()),
        Some("json") => Some(serde_json::from_str(&text(path)).unwrap()),
        _ => None,
    };
    paths.iter().filter_map(read).collect()
}

/// The pointers of all nodes below the root.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(k, v)| (k.replace('~', "~0").replace('/', "~1"), v)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(n, v)| (n.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    for (key, value) in below {
        let at = format!("{at}/{key}");
        pointers(value, &at, found);
        found.push(at);
    }
}

fn change(document: &mut Value, at: u32, change: Change) {
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let pick = |n: u32| &all[n as usize % all.len().max(1)];
    if all.is_empty() {
        return;
    }
    let at = pick(at);
    let (parent, key) = at.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    match change {
        Change::Delete => match document.pointer_mut(parent).unwrap() {
            Value::Object(map) => drop(map.remove(&key)),
            Value::Array(list) => drop(list.remove(key.parse().unwrap())),
            _ => {}
        },
        Change::Replace(kind) => {
            *document.pointer_mut(at).unwrap() = match kind % 12 {
                0 => Value::Null,
                1 => true.into(),
                2 => 0.into(),
                3 => serde_json::from_str("-1e400").unwrap_or(Value::Null),
                4 => "".into(),
                5 => "\"\\ */ {x}\n\u{0}".into(),
                6 => serde_json::json!([]),
                7 => serde_json::json!([null, [], {}, "a", 1.5]),
                8 => serde_json::json!({}),
                9 => serde_json::json!({"type": "object", "properties": {"": {}, "type": {"type": "string"}}}),
                10 => serde_json::json!({"oneOf": [{"type": "string"}, {}]}),
                _ => u64::MAX.into(),
            };
        }
        Change::Copy(from) => {
            let from = document.pointer(pick(from)).unwrap().clone();
            // What holds itself twice over grows without end.
            if from.to_string().len() < 20_000 {
                *document.pointer_mut(at).unwrap() = from;
            }
        }
        Change::Swap => match document.pointer_mut(parent).unwrap() {
            Value::Object(map) => {
                if let Some(other) = map.keys().find(|other| **other != key).cloned() {
                    let (a, b) = (map[&key].clone(), map[&other].clone());
                    map.insert(key, b);
                    map.insert(other, a);
                }
            }
            Value::Array(list) => list.rotate_left(1),
            _ => {}
        },
        Change::Rename(name) => {
            if let Value::Object(map) = document.pointer_mut(parent).unwrap() {
                let value = map.remove(&key).unwrap();
                map.insert(NAMES[usize::from(name) % NAMES.len()].to_owned(), value);
            }
        }
        Change::Refer(to) => {
            let to = format!("#{}", pick(to));
            *document.pointer_mut(at).unwrap() = serde_json::json!({ "$ref": to });
        }
    }
}

/// What is made of a document after some changes; every second one has a line twice.
fn mutant(document: &Value, changes: &[(u32, Change)], options: &Options) -> Generated {
    let mut document = document.clone();
    for (at, what) in changes {
        change(&mut document, *at, *what);
    }
    let mut text = serde_json::to_string_pretty(&document).unwrap();
    let twin = changes[0].0 as usize;
    if twin.is_multiple_of(2) {
        let mut lines: Vec<&str> = text.lines().collect();
        let at = twin % lines.len();
        if lines[at].trim_end().ends_with(',') && lines[at].contains(": ") {
            lines.insert(at, lines[at]);
        }
        text = lines.join("\n");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mutant.json");
    std::fs::write(&path, text).unwrap();
    generate(&path, options)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_to_a_document_what_is_written_is_rust(which in any::<prop::sample::Index>(), changes in changes()) {
        thread_local!(static DOCUMENTS: Vec<Value> = documents());
        let generated = DOCUMENTS.with(|all| mutant(&all[which.index(all.len())], &changes, &Options::default()));
        for (path, text) in generated.files.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "rs")) {
            prop_assert!(syn::parse_file(text).is_ok(), "{}: {text}", path.display());
        }
        let shown = generated.notes.shown(&generated.tree, 1000);
        prop_assert!(!shown.contains('\u{202e}') && !shown.contains('\0'), "{shown}");
        if generated.notes.refused() {
            prop_assert!(generated.files.iter().next().is_none());
        }
    }
}

/// Compiles so many mutants as modules of one crate. Takes minutes: run by hand.
#[test]
#[ignore = "compiles a crate of hundreds of modules"]
fn what_is_written_of_mutants_compiles() {
    let count: usize = std::env::var("MUTANTS").map_or(100, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut runner = proptest::test_runner::TestRunner::default();
    let documents = documents();
    let mut library = String::new();
    for n in 0..count {
        let changes = changes().new_tree(&mut runner).unwrap().current();
        let generated =
            mutant(&documents[n % documents.len()], &changes, &Options { module: true, ..Options::default() });
        if !generated.notes.refused() {
            generated.files.write(&folder.path().join(format!("src/m{n}"))).unwrap();
            library.push_str(&format!("// {changes:?}\npub mod m{n};\n"));
        }
    }
    std::fs::write(folder.path().join("src/lib.rs"), library).unwrap();
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/core").canonicalize().unwrap();
    let manifest = format!(
        "[package]\nname = \"mutants\"\nedition = \"2024\"\n[dependencies]\nkassa-core = {{ path = {core:?} }}\n[workspace]\n"
    );
    std::fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let output = cargo.args(["check", "--message-format", "short"]).current_dir(folder.path()).output().unwrap();
    let kept = if output.status.success() { PathBuf::new() } else { folder.keep() };
    assert!(output.status.success(), "{}: {}", kept.display(), String::from_utf8_lossy(&output.stderr));
}
