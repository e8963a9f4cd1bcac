//! What becomes of constraints.

use std::path::Path;

use kassa_codegen::client::{Generated, Options, generate};

/// What becomes of a document with these schemas; each is a line from the fifth on.
fn of(version: &str, schemas: &str) -> Generated {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yaml");
    let head = format!("openapi: {version}\ninfo: {{ title: Rules, version: '1' }}\ncomponents:\n  schemas:\n");
    let operation = "paths:
  /all:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/All' } } } }
      responses: { '200': { description: a, content: { application/json: { schema: { $ref: '#/components/schemas/All' } } } } }
";
    let lines: String = schemas.lines().map(|line| format!("    {line}\n")).collect();
    std::fs::write(&path, head + &lines + operation).unwrap();
    generate(&path, &Options::default())
}

/// The notes, by line and column.
fn told(generated: &Generated) -> Vec<String> {
    let shown = |note: &&kassa_codegen::client::Note| {
        let place = generated.tree.place(note.offset);
        format!("{}:{}: {:?}: {}", place.line, place.column, note.level, note.message)
    };
    generated.notes.sorted().iter().map(|note| shown(&&**note)).collect()
}

fn types(generated: &Generated) -> &str {
    generated.files.iter().find(|(had, _)| *had == Path::new("src/types.rs")).map_or("", |(_, text)| text)
}

#[test]
fn patterns_are_held_as_ecmascript_has_them() {
    let generated = of(
        "3.0.3",
        r#"All:
  properties:
    word: { type: string, pattern: '^[\w.-]+\\\/\d$' }
    long: { type: string, pattern: '^.{1,65535}$' }
    large: { type: string, pattern: '.{1,65535}' }
    ahead: { type: string, pattern: '^(?=a)b' }
    foreign: { type: string, pattern: '(?i)^a' }
    program: { type: string, pattern: '/^a$/' }"#,
    );
    assert_eq!(
        told(&generated),
        [
            "11:43: Warning: the pattern is none of ECMA-262, it has a group of another dialect: it is not checked",
            "12:43: Warning: the pattern is none of ECMA-262, it stands between slashes, as in a program: it is not checked",
            "9:41: Remark: the pattern is not checked: it is too large",
            "10:41: Remark: the pattern is not checked: it looks around",
        ]
    );
    let types = types(&generated);
    assert!(types.contains(r#"patterns: &["^[0-9A-Za-z_.\\-]+\\\\/[0-9]$"]"#), "{types}");
    let long = r#"min_length: Some(1), max_length: Some(65535), patterns: &["^[^\\n\\r\\u{2028}\\u{2029}]*$"]"#;
    assert!(types.contains(long), "{types}");
}
