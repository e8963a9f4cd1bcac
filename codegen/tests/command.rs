//! `kassa-codegen client` and `survey`, as a person or a script runs them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SOUND: &str = r#"openapi: 3.1.0
info: { title: Pets, version: "1" }
paths:
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { "200": { description: a, content: { application/json: { schema: { type: string } } } } }
"#;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kassa-codegen")).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The runtime that generated crates stand on.
fn core() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/core").to_string_lossy().into_owned()
}

#[test]
fn a_client_is_written_checked_and_never_over_what_somebody_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("pets.yaml"), SOUND).unwrap();
    fs::create_dir(at.join("core")).unwrap();
    let client =
        |more: &[&str]| run(at, &[&["client", "pets.yaml", "--out", "made/pets", "--core", "core"], more].concat());

    let missing = client(&["--check"]);
    assert!(!missing.status.success() && text(&missing.stderr).contains("missing: src/lib.rs"), "{missing:?}");
    let written = client(&[]);
    assert!(
        written.status.success()
            && text(&written.stdout).contains("1 operation (0 left out), 0 types, 0 warnings; 5 new ("),
        "{written:?}"
    );
    assert!(client(&["--check"]).status.success());
    // The manifest finds the runtime from where it lies.
    let manifest = || fs::read_to_string(at.join("made/pets/Cargo.toml")).unwrap();
    assert!(manifest().contains(r#"kassa-core = { path = "../../core" }"#), "{}", manifest());
    let git = run(at, &["client", "pets.yaml", "--out", "made/pets", "--core", "https://example.org/kassa.git"]);
    assert!(git.status.success(), "{git:?}");
    assert!(manifest().contains(r#"kassa-core = { git = "https://example.org/kassa.git" }"#), "{}", manifest());

    for mine in ["pub struct Mine;\n", ""] {
        fs::write(at.join("made/pets/src/mine.rs"), mine).unwrap();
        let refused = client(&[]);
        assert!(!refused.status.success() && text(&refused.stderr).contains("`src/mine.rs` is there"), "{refused:?}");
        assert_eq!(fs::read_to_string(at.join("made/pets/src/mine.rs")).unwrap(), mine);
    }
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        found.push(name.clone());
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|below| format!("{name}/{below}")));
        }
    }
    found.sort();
    found
}

#[test]
fn a_crate_becomes_a_module_and_a_module_a_crate_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("pets.yaml"), SOUND).unwrap();
    let client = |more: &[&str]| run(at, &[&["client", "pets.yaml", "--out", "pets"], more].concat());
    let module = ["access.rs", "mod.rs", "operations.rs", "types.rs"];
    let of_crate = ["Cargo.toml", "src", "src/access.rs", "src/lib.rs", "src/operations.rs", "src/types.rs"];
    for (more, expected) in [(&[][..], &of_crate[..]), (&["--module"], &module), (&[], &of_crate)] {
        assert!(client(more).status.success());
        assert_eq!(files(&at.join("pets")), expected);
        assert!(client(&[more, &["--check"]].concat()).status.success());
    }
    // A manifest of somebody's is no leftover.
    fs::write(at.join("pets/Cargo.toml"), "[package]\nname = \"mine\"\n").unwrap();
    let refused = client(&["--module"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("`Cargo.toml` is there"), "{refused:?}");
    assert_eq!(files(&at.join("pets")), of_crate);
}

/// Whoever formats a crate formats all of its modules, and in a style of its own.
#[test]
fn a_formatter_leaves_what_is_generated_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("pets.yaml"), SOUND).unwrap();
    fs::write(at.join("rustfmt.toml"), "max_width = 60\nhard_tabs = true\n").unwrap();
    for more in [&["--module", "--out", "module"][..], &["--out", "crate"]] {
        let client = |last: &[&str]| run(at, &[&["client", "pets.yaml"], more, last].concat());
        assert!(client(&[]).status.success());
        let root = if more.len() == 3 { "module/mod.rs" } else { "crate/src/lib.rs" };
        let formatted = Command::new("rustfmt").args(["--edition", "2024", root]).current_dir(at).status().unwrap();
        assert!(formatted.success());
        let check = client(&["--check"]);
        assert!(check.status.success(), "{check:?}");
    }
}

#[test]
fn what_is_told_is_told_to_scripts_and_a_refusal_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("pets.yaml"), SOUND.replace("type: integer", "type: integer, default: a")).unwrap();
    let client = |more: &[&str]| run(at, &[&["client", "pets.yaml", "--out", "made"], more].concat());

    let strict = client(&["--strict"]);
    assert!(!strict.status.success() && !at.join("made").exists());
    let last = text(&strict.stderr).trim_end().lines().last().unwrap_or_default().to_owned();
    assert_eq!(last, "error: pets.yaml: refused by --strict for 1 warning; nothing is written");

    let json = client(&["--dry-run", "--message-format", "json"]);
    assert!(json.status.success(), "{json:?}");
    let lines: Vec<serde_json::Value> =
        text(&json.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [note, record] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&note["level"], &note["code"]), (&"warning".into(), &"S003".into()));
    assert_eq!(note["message"], "the default `\"a\"` is a text, and the type integer: left out");
    let span = &note["spans"][0];
    assert_eq!(span["file_name"], "pets.yaml");
    assert_eq!((span["line_start"].as_u64(), span["column_start"].as_u64()), (Some(7), Some(92)));
    assert_eq!((record["warnings"].as_u64(), record["operations"].as_u64()), (Some(1), Some(1)));
    assert_eq!(record["refused"], serde_json::Value::Null);
}

#[test]
fn each_end_that_is_no_success_says_its_reason_to_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("foreign")).unwrap();
    fs::write(at.join("foreign/mod.rs"), "").unwrap();
    fs::write(at.join("pets.yaml"), SOUND).unwrap();
    fs::write(at.join("file"), "no folder").unwrap();
    fs::write(at.join("odd.yaml"), SOUND.replace("type: integer", "type: integer, default: a")).unwrap();
    fs::write(at.join("broken.yaml"), "openapi: 3.0.0\ninfo: [\n").unwrap();
    for (arguments, reason) in [
        (
            &["pets.yaml", "--out", "new", "--check"][..],
            "new: is not what the document says; generate it again\nmissing:",
        ),
        (&["pets.yaml", "--out", "foreign", "--module"], "foreign: `mod.rs` is there and was not generated"),
        (&["pets.yaml", "--out", "file"], "file: "),
        (&["odd.yaml", "--out", "new", "--strict"], "odd.yaml:7:92: warning[S003]: the default"),
        (&["broken.yaml", "--out", "new"], "broken.yaml:3:1: error[S001]: this is not YAML"),
    ] {
        let output = run(at, &[&["client", "--message-format", "json"], arguments].concat());
        let last = text(&output.stdout).lines().last().unwrap_or_default().to_owned();
        let record: serde_json::Value = serde_json::from_str(&last).unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(record["refused"].as_str().unwrap().starts_with(reason), "{arguments:?}: {record}");
    }
}

#[test]
fn a_name_that_the_compiler_warns_of_is_refused_with_one_that_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("pets.yaml"), SOUND).unwrap();
    for (name, like) in [
        ("MyApi", "; such as `my-api`"),
        ("My_Api", "; such as `my_api`"),
        ("my--api", "; such as `my-api`"),
        ("fn", ""),
    ] {
        let refused = run(at, &["client", "pets.yaml", "--out", "made", "--name", name]);
        let told = text(&refused.stderr);
        let told = told.lines().next().unwrap_or_default();
        assert!(
            !refused.status.success() && told.ends_with(&format!("no word of Rust, Cargo or Windows{like}")),
            "{told}"
        );
    }
    assert!(run(at, &["client", "pets.yaml", "--out", "made", "--name", "my-api"]).status.success());
}

#[test]
fn places_are_paths_that_can_be_opened_from_where_the_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("docs")).unwrap();
    fs::write(at.join("docs/pets.yaml"), SOUND.replace("{ type: string }", "{ $ref: '#/no' }")).unwrap();
    let client = |more: &[&str]| run(at, &[&["client", "docs/pets.yaml", "--dry-run", "--out", "made"], more].concat());
    let people = text(&client(&[]).stderr);
    assert!(people.contains("for what is missing at docs/pets.yaml:8:92\n --> docs/pets.yaml:6:7\n"), "{people}");
    let scripts = text(&client(&["--message-format", "json"]).stdout);
    assert_eq!(scripts.matches(r#""file_name":"docs/pets.yaml""#).count(), 2, "{scripts}");
}

#[test]
fn errors_name_their_path() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("documents")).unwrap();
    for (arguments, reason) in [
        (&["survey", "nonesuch"][..], "error: nonesuch: "),
        (&["survey", "documents", "--plot", "nowhere/plot.svg"], "error: nowhere/plot.svg: "),
        (&["survey", "documents", "--notes", "nowhere/notes.txt"], "error: nowhere/notes.txt: "),
        (&["client", ".", "--out", "out"], "error[S001]: this is a folder, and a file is due\n --> .:1:1\n"),
        (&["client", "nonesuch.yaml", "--out", "out"], "error[S001]: there is no such file\n --> nonesuch.yaml:1:1\n"),
    ] {
        let output = run(at, arguments);
        assert!(!output.status.success() && text(&output.stderr).starts_with(reason), "{output:?}");
    }
}

#[test]
fn a_survey_tells_what_becomes_of_each_document() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for (name, text) in [
        ("sound.yaml", SOUND),
        ("deep/sound.json", r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{}}"#),
        ("dangling.yaml", &SOUND.replace("{ type: string }", "{ $ref: '#/no' }")),
        ("broken.yaml", "openapi: 3.0.0\ninfo: [\n"),
        ("old.yaml", "swagger: '2.0'\n"),
        ("other.json", r#"{"name": "no document at all"}"#),
        ("notes.txt", "not looked at"),
    ] {
        let path = at.join("documents").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let core = core();
    let output = run(
        at,
        &["survey", "documents", "--plot", "plot.svg", "--notes", "notes.txt", "--compile", "1", "--core", &core],
    );
    let table = text(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    // Generated, with warnings, refused, panicked, operations, left out.
    assert!(table.contains("\n| 4 | 3 | 1 | 1 | 0 | 1 | 1 |"), "{table}");
    assert!(table.contains("of 3.1: 2 of 2"), "{table}");
    assert!(table.contains("not of OpenAPI 3: 2, of which Swagger 2: 1\n"), "{table}");
    assert!(table.contains("| sound.yaml | 1 kB |"), "{table}");
    let notes = fs::read_to_string(at.join("notes.txt")).unwrap();
    let notes: Vec<String> = notes.lines().map(|line| line.replace("documents/", "")).collect();
    assert_eq!(
        notes,
        [
            "broken.yaml:3:1: error[S001]: this is not YAML: while parsing a node, did not find expected node content",
            "dangling.yaml:6:7: warning[S005]: `getPet` is left out, for what is missing at dangling.yaml:8:92",
            "dangling.yaml:8:92: warning[S005]: nothing is at `#/no`",
            "old.yaml:1:10: error[S006]: this is Swagger 2, and OpenAPI 3.0 or 3.1 is read: convert it first",
            "other.json:1:1: error[S007]: this is no OpenAPI document: it has no key `openapi`",
        ]
    );
    assert!(table.contains("\nrefused: documents/broken.yaml:3:1: error[S001]:"), "{table}");
    assert!(table.contains("compiled: 1 of 1"), "{table}");
    assert_eq!(fs::read_to_string(at.join("plot.svg")).unwrap().matches("<circle").count(), 3);
}
