//! The client generator on the documents of `tests/documents`: what is right is taken without a word, and what is wrong is
//! told at its line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use kassa_codegen::client::{Generated, Level, Options, generate};

/// Right, and with something in them that no client can do.
const TOLD: [&str; 3] = ["defaults_ill_typed.yaml", "operation_ids_duplicate.yaml", "parameters_undeclared.yaml"];

/// Right, and with something in them that is not checked, not sent, or no parameter, which a remark tells; no reason to
/// refuse them.
const REMARKED: [&str; 5] = [
    "bodies_multipart_parts.yaml",
    "constraints_patterns.yaml",
    "enums_numbers.yaml",
    "parameters_header.yaml",
    "schemas_untyped.yaml",
];

fn documents(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/documents").join(folder);
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "json"))
        .collect();
    found.sort();
    found
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn lines(generated: &Generated) -> Vec<u32> {
    generated.notes.sorted().iter().map(|note| generated.tree.place(note.offset).line).collect()
}

#[test]
fn what_is_right_is_taken_without_a_word() {
    let right = documents("");
    assert!(right.len() > 70, "{}", right.len());
    for path in right.iter().chain(
        &documents("references_files").into_iter().filter(|path| name(path) == "openapi.yaml").collect::<Vec<_>>(),
    ) {
        let generated = generate(path, &Options::default());
        assert!(!generated.notes.refused() && generated.files.iter().next().is_some(), "{}", path.display());
        let remarks = generated.notes.sorted().iter().filter(|note| note.level == Level::Remark).count();
        assert_eq!(generated.notes.count() > 0, TOLD.contains(&name(path)), "{}", path.display());
        assert_eq!(remarks > 0, REMARKED.contains(&name(path)), "{}", path.display());
    }
}

/// What the first lines of a wrong document say: the line, and what stays usable.
fn said(path: &Path) -> (u32, String) {
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once("Wrong at line ").unwrap_or_else(|| panic!("{}", path.display()));
    let (line, rest) = rest.split_once(':').unwrap();
    let (_, usable) = rest.split_once("Usable: ").unwrap();
    (line.parse().unwrap(), usable.split('.').next().unwrap().to_owned())
}

/// The operations of a document that has them, and of what is made of it.
fn operations(path: &Path, generated: &Generated) -> (BTreeSet<String>, BTreeSet<String>) {
    let after = |text: &str, mark: &str, end: char| -> BTreeSet<String> {
        text.split(mark).skip(1).map(|rest| rest.split(end).next().unwrap().to_owned()).collect()
    };
    let code: String = generated.files.iter().map(|(_, text)| text).collect();
    (
        after(&std::fs::read_to_string(path).unwrap(), "operationId: ", '\n'),
        after(&code, "const ID: &'static str = \"", '"'),
    )
}

#[test]
fn what_is_wrong_is_told_at_its_line_and_the_rest_is_usable() {
    let wrong = documents("wrong");
    assert!(wrong.len() > 40, "{}", wrong.len());
    for path in wrong.iter().filter(|path| name(path) != "names_hostile.yaml") {
        let (line, usable) = said(path);
        let generated = generate(path, &Options::default());
        let shown = format!("{}\n{}", path.display(), generated.notes.shown(&generated.tree, 10));
        assert!(lines(&generated).contains(&line), "{line}: {shown}");
        let (had, has) = operations(path, &generated);
        let left_out: BTreeSet<&str> = had.difference(&has).map(String::as_str).collect();
        match usable.as_str() {
            "no" => assert!(generated.notes.refused() && generated.files.iter().next().is_none(), "{shown}"),
            "all" => assert!(!generated.notes.refused() && left_out.is_empty(), "{left_out:?}: {shown}"),
            some => {
                let but = some.strip_prefix("all but ").unwrap_or_else(|| panic!("{shown}"));
                assert!(!generated.notes.refused() && left_out == BTreeSet::from([but]), "{left_out:?}: {shown}");
            }
        }
        assert_eq!(generated.left_out, left_out.len() * usize::from(usable != "no"), "{shown}");
    }
}

#[test]
fn what_is_wrong_is_refused_when_that_is_asked_for() {
    for path in documents("wrong") {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kassa-codegen"));
        let output =
            command.arg("client").arg(&path).args(["--strict", "--dry-run", "--out", "nowhere"]).output().unwrap();
        assert_eq!(output.status.success(), name(&path) == "names_hostile.yaml", "{}", path.display());
    }
}

#[test]
fn names_stay_names() {
    let hostile = documents("wrong").into_iter().find(|path| name(path) == "names_hostile.yaml").unwrap();
    let generated = generate(&hostile, &Options::default());
    assert!(!generated.notes.refused());
    for (path, text) in generated.files.iter() {
        assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))), "{}", path.display());
        if path.extension().is_some_and(|extension| extension == "rs") {
            syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
}
