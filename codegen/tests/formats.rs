//! A provider's document may be JSON: the code is the same, and what is wrong is told at its place.

use std::fs;
use std::path::{Path, PathBuf};

use kassa_codegen::load::load;
use kassa_codegen::tree::{Node, Policy, Tree, Value};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::write(target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

/// A value as JSON, a line for each entry; keys keep their order, and numbers their digits.
fn json(node: Node<'_>) -> String {
    match node.value() {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.to_owned(),
        Value::Text(text) => serde_json::to_string(text).unwrap(),
        Value::List(_) => format!("[{}]", node.items().map(json).collect::<Vec<_>>().join(",\n")),
        Value::Map(_) => {
            let entry = |key: &str, value| format!("{}: {}", serde_json::to_string(key).unwrap(), json(value));
            let entries: Vec<String> = node.entries().map(|of| entry(of.key, of.value)).collect();
            format!("{{\n{}\n}}", entries.join(",\n"))
        }
    }
}

/// The specs of `base`, the document of its provider written as JSON.
fn in_json(to: &Path) -> PathBuf {
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/base"), to);
    let folder = to.join("providers/acme");
    let mut tree = Tree::new(Policy::SPECS);
    let root = tree.read(&folder, "openapi.yaml").unwrap();
    let document = folder.join("openapi.json");
    fs::write(&document, json(tree.node(root))).unwrap();
    fs::remove_file(folder.join("openapi.yaml")).unwrap();
    document
}

#[test]
fn a_document_in_json_gives_the_same_code() {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/base");
    let (_, expected) = kassa_codegen::render(base.as_path()).unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().unwrap();
    in_json(folder.path());
    let (_, found) = kassa_codegen::render(folder.path()).unwrap_or_else(|error| panic!("{error}"));
    let mut named = 0;
    for ((path, expected), (other, found)) in expected.iter().zip(found.iter()) {
        assert_eq!(path, other);
        // Only what says which file it is made of differs.
        assert_eq!(expected.replace("openapi.yaml", "openapi.json"), *found, "{}", path.display());
        named += usize::from(found.contains("openapi.json"));
    }
    assert!(named > 0);
    assert_eq!(expected.iter().count(), found.iter().count());
}

#[test]
fn what_is_wrong_with_json_is_told_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let document = in_json(folder.path());
    let text = fs::read_to_string(&document).unwrap();
    let line = text.lines().position(|line| line.starts_with("\"responses\"")).unwrap() + 1;
    fs::write(&document, text.replacen("\"responses\"", "\"respones\"", 1)).unwrap();
    let failure = load(folder.path()).unwrap_err().to_string();
    let place = format!("openapi.json:{line}:1\n");
    assert!(failure.starts_with("error[S002]: an operation has no key `respones`\n"), "{failure}");
    assert!(failure.contains(&place) && failure.contains("| ^^^^^^^^^^\n"), "{place}: {failure}");
    assert!(failure.ends_with("1 error in 1 file"), "{failure}");
}
