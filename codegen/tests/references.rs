//! What is found by references: what it is called, and what is told of it.

mod made;

use std::path::Path;

use kassa_codegen::client::{Generated, Options, generate};

/// What becomes of the first of these files.
fn of(files: &[(&str, &str)]) -> Generated {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    generate(&folder.path().join(files[0].0), &Options::default())
}

/// The notes, by file, line and column.
fn told(generated: &Generated) -> Vec<String> {
    let shown = |note: &&kassa_codegen::client::Note| {
        let place = generated.tree.place(note.offset);
        let told = format!("{}:{}:{}: {}", place.path.display(), place.line, place.column, note.message);
        made::near(generated, &told)
    };
    generated.notes.sorted().iter().map(shown).collect()
}

#[test]
fn what_is_found_in_an_operation_has_the_name_that_it_was_given() {
    let text = r##"openapi: 3.0.3
info: { title: T, version: "1" }
paths:
  /before: { get: { responses: { "200": { description: a, content: { application/json: { schema: { $ref: "#/paths/~1b/get/responses/200/content/application~1json/schema" } } } } } } }
  /a: { get: { operationId: pay, responses: { "204": { description: a } } } }
  /b: { get: { operationId: pay, responses: { "200": { description: a, content: { application/json: { schema: { type: object, properties: { sum: { type: string } } } } } } } } }
  /c: { post: { operationId: receipt, requestBody: { content: { application/json: { schema: { type: object, properties: { n: { type: integer } } } } } }, responses: { "204": { description: a } } } }
components:
  schemas:
    Receipt: { type: object, properties: { body: { $ref: "#/paths/~1c/post/requestBody/content/application~1json/schema" } } }
"##;
    let generated = of(&[("api.yaml", text)]);
    let types = generated.files.iter().find(|(path, _)| *path == Path::new("src/types.rs")).unwrap().1;
    let named: Vec<&str> = types.lines().filter(|line| line.starts_with("pub ")).collect();
    assert_eq!(named, ["pub struct Receipt {", "pub struct Receipt2Body {", "pub struct Pay2Ok {"], "{types}");
}

#[test]
fn keys_that_nothing_reads_are_told_in_every_file() {
    let api = r##"openapi: 3.0.3
info: { title: T, version: "1" }
paths:
  /a: { get: { operationId: a, responses: { "200": { $ref: "parts.yaml#/components/responses/A" } } } }
  /b: { get: { operationId: b, responses: { "200": { $ref: "parts.yaml#/components/responses/A" } } } }
"##;
    let parts = r##"components:
  responses:
    A: { description: a, contents: {}, content: { application/json: { schema: { $ref: "#/components/schemas/A" } } } }
  schemas:
    A: { type: object, properties: { b: { $ref: "#/components/schemas/B" } } }
    B: { type: string, maxlength: 3 }
"##;
    assert_eq!(
        told(&of(&[("api.yaml", api), ("parts.yaml", parts)])),
        [
            "parts.yaml:3:26: a response has no key `contents`, and nothing reads it: did you mean `content`?",
            "parts.yaml:6:24: a schema has no key `maxlength`, and nothing reads it: did you mean `maxLength`?",
        ]
    );
}
