//! What is written, and where.

use crate::made::{file, of};

#[test]
fn what_is_generated_twice_is_the_same() {
    let text = include_str!("../../../tests/clients/documents/schemas.yaml");
    let (a, b) = (of("a.yaml", text), of("a.yaml", text));
    assert!(a.files.iter().eq(b.files.iter()));
}

#[test]
fn a_constructor_takes_what_has_to_be_there_and_may_differ() {
    let text = r##"openapi: 3.1.0
info: { title: T, version: "1" }
paths:
  /a:
    post:
      operationId: send
      parameters: [{ name: id, in: query, required: true, schema: { type: integer } }, { name: q, in: query, schema: { type: string } }]
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Cat" } } } }
      responses: { "204": { description: a } }
components:
  schemas:
    Cat: { type: object, required: [kind, name], properties: { kind: { const: cat }, name: { type: string }, lives: { type: integer } } }
"##;
    let generated = of("a.yaml", text);
    for (path, lines) in [
        ("src/types.rs", "pub fn new(name: String) -> Self {\n        Self { kind: CatKind::Cat, name, lives: None }"),
        ("src/operations.rs", "pub fn new(id: i64) -> Self {\n        Self { id, q: None, body: None }"),
    ] {
        let text = file(&generated, path);
        assert!(text.contains(lines), "{lines}\n{text}");
    }
}

#[test]
fn what_says_the_same_stands_once() {
    let order = r#"{"type":"string","enum":["asc","desc"]}"#;
    let by = |order: &str| format!(r#"{{"type":"object","properties":{{"order":{order}}}}}"#);
    let read_only = by(r#"{"type":"string","enum":["asc","desc"],"readOnly":true}"#);
    let schemas = format!(
        r#""A":{{"type":"object","properties":{{"order":{order},"by":{},"again":{},"seen":{read_only}}}}},"Order":{order},"Way":{order}"#,
        by(order),
        by(order),
    );
    let text = format!(
        r#"{{"openapi":"3.0.0","info":{{"title":"T","version":"1"}},"paths":{{}},"components":{{"schemas":{{{schemas}}}}}}}"#
    );
    let generated = of("twins.json", &text);
    let types = file(&generated, "src/types.rs");
    // What the document itself names stays apart, and so does what depends on where it goes.
    let apart = ["enum Order {", "enum Way {", "enum AOrder {", "struct ABy {", "struct ASeen {"];
    for line in apart.into_iter().chain(["type AByOrder = AOrder;", "type AAgain = ABy;"]) {
        assert!(types.contains(&format!("pub {line}")), "{line}\n{types}");
    }
}

#[test]
fn large_documents_are_split_by_tag() {
    let paths: String = (0..80)
        .map(|n| {
            let tag = ["pets", "type", "größe/2", "Pets"][n % 4];
            let schema = if n % 4 == 0 { "Pet" } else { "Shared" };
            format!("  /p{n}: {{ get: {{ tags: ['{tag}'], responses: {{ '200': {{ description: a, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/{schema}' }} }} }} }} }} }} }}\n")
        })
        .collect();
    let text = format!(
        "openapi: 3.0.0\ninfo: {{ title: Large, version: '1' }}\npaths:\n{paths}components:\n  schemas:\n    Pet: {{ type: object, properties: {{ a: {{ type: string }} }} }}\n    Shared: {{ type: object, properties: {{ a: {{ type: string }} }} }}\n    Idle: {{ type: object, properties: {{ a: {{ $ref: '#/components/schemas/Shared' }} }} }}\n"
    );
    let generated = of("large.yaml", &text);
    let paths: Vec<String> = generated.files.iter().map(|(path, _)| path.display().to_string()).collect();
    assert_eq!(
        paths,
        [
            "Cargo.toml",
            "src/access.rs",
            "src/gre_2.rs",
            "src/lib.rs",
            "src/pets.rs",
            "src/pets2.rs",
            "src/type_operations.rs",
            "src/types.rs"
        ]
    );
    assert!(file(&generated, "src/pets.rs").contains("pub struct Pet {"));
    assert!(file(&generated, "src/types.rs").contains("pub struct Shared {"));
    assert!(file(&generated, "Cargo.toml").contains("default = [\"gre_2\", \"pets\", \"pets2\", \"type_operations\"]"));
}

#[test]
fn what_looks_alike_is_told_apart() {
    let text = r##"openapi: 3.1.0
info: { title: T, version: "1" }
paths:
  a/b:
    get: { operationId: bare, responses: { "200": { description: a, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } } } }
  /patch:
    patch:
      operationId: patch
      requestBody:
        content:
          application/json-patch+json: { schema: { $ref: "#/components/schemas/Cat" } }
          application/merge-patch+json: { schema: { $ref: "#/components/schemas/Cat" } }
      responses: { "204": { description: a } }
  /note: { post: { operationId: note, requestBody: { content: { text/plain: { schema: { type: object, properties: { a: { type: string } } } } } }, responses: {} } }
components:
  schemas:
    Pet:
      type: object
      required: [kind]
      discriminator: { propertyName: kind }
      properties: { kind: { type: string, enum: [cat, dog] } }
    Cat: { allOf: [{ $ref: "#/components/schemas/Pet" }, { properties: { lives: { type: integer } } }] }
    Dog: { allOf: [{ $ref: "#/components/schemas/Pet" }, { properties: { tricks: { type: integer } } }] }
    Version: { type: string, enum: [1.0, 2.50] }
    Point: { type: object, properties: { x: { type: integer } } }
    Holder: { type: object, required: [at], properties: { at: { allOf: [{ $ref: "#/components/schemas/Maybe" }, { description: where }] } } }
    Maybe: { type: [object, "null"], properties: { x: { type: integer } } }
"##;
    let generated = of("alike.yaml", text);
    let (types, operations) = (file(&generated, "src/types.rs"), file(&generated, "src/operations.rs"));
    for line in ["Some(\"cat\") => ", "Some(\"dog\") => ", "\"1.0\"", "\"2.50\"", "pub at: Option<"] {
        assert!(types.contains(line), "{line}\n{types}");
    }
    for line in
        [".path(\"/\")", "\"application/json-patch+json\"", "\"application/merge-patch+json\"", ".json(\"text/plain\""]
    {
        assert!(operations.contains(line), "{line}\n{operations}");
    }
}
