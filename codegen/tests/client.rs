//! The client generator on documents that are wrong, and how a large one is split.

mod made;

use std::path::Path;

use kassa_codegen::client::{Options, crate_name_like, generate, is_crate_name};
use made::{file, message, near, of};

#[test]
fn what_is_wrong_is_told_by_its_place() {
    let text = r##"openapi: 3.0.3
info: { title: Wrong, version: "1" }
paths:
  /sound: { get: { operationId: sound, responses: { "200": { description: a } } } }
  /dangling:
    get:
      operationId: dangling
      responses:
        "200": { description: a, content: { application/json: { schema: { $ref: "#/components/schemas/No" } } } }
  /through:
    post:
      operationId: through
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Holder" } } } }
      responses: { "2xy": { description: a } }
components:
  schemas:
    Holder: { type: object, properties: { list: { type: array, items: { $ref: "other.yaml#/A" } } } }
    Pattern: { type: string, pattern: "(" }
    Twice: { type: object, type: object }
    Bounds: { type: integer, minimum: 2, maximum: 1 }
    Contradiction: { allOf: [{ type: string }, { type: integer }] }
"##;
    let generated = of("wrong.yaml", text);
    assert!(!generated.notes.refused());
    let told: Vec<String> = generated
        .notes
        .sorted()
        .iter()
        .map(|note| {
            let place = generated.tree.place(note.offset);
            format!("{}:{}: [{}] {}", place.line, place.column, note.code, message(&generated, note))
        })
        .collect();
    assert_eq!(
        told,
        [
            "7:7: [S005] `dangling` is left out, for what is missing at wrong.yaml:9:81",
            "9:81: [S005] nothing is at `#/components/schemas/No`",
            "12:7: [S008] `through` is left out, for what is wrong at wrong.yaml:14:20",
            "14:20: [S008] there is no status `2xy`: its operation is left out",
            "17:79: [S005] `other.yaml` is no file in the folder of the document that can be read",
            "18:39: [S008] the pattern `(` is no regular expression, its group is not closed: what sends it is left out",
            "19:28: [S004] the key `type` stands here a second time, and says the same: take one away",
            "20:13: [S008] no number is at least 2 and at most 1: no value can be sent",
            "21:48: [S008] what is joined here contradicts itself, string and integer: any value",
        ]
    );
    assert_eq!((generated.operations, generated.left_out), (1, 2));
    assert!(file(&generated, "src/operations.rs").contains("pub struct Sound;"));
    let shown = generated.notes.shown(&generated.tree, 1);
    assert!(shown.starts_with("warning[S005]: `dangling` is left out"), "{shown}");
    assert!(shown.ends_with("… and 8 more\n"), "{shown}");
}

fn told(text: &str) -> Vec<String> {
    made::told(&of("a.yaml", text))
}

#[test]
fn keys_that_nothing_reads_are_told() {
    let text = r##"openapi: 3.0.3
info: { title: T, version: "1", licence: { name: MIT } }
paths:
  get: { operationId: nowhere, responses: {} }
  /a:
    gett: { responses: {} }
    post:
      operationID: a
      securty: []
      curl: a command
      x-curl: a command
      parameters: [{ name: a, in: query, schem: { type: string } }]
      requestbody: { content: {} }
      responses: { "200": { description: a, contents: {}, headers: { X: { shema: {} } } } }
components:
  schema: {}
  schemas:
    A: { type: string, maxlength: 3, id: A, label: a, properties: { maxlength: { type: integer, min: 1 } } }
    B: { $ref: "#/x-parts/B", maxlength: 1 }
  securitySchemes: { a: { type: oauth2, flow: {}, flows: { implict: {} } } }
x-parts: { B: { type: object, propertys: {} } }
"##;
    assert_eq!(
        told(text),
        [
            "Warning 2:33 `info` has no key `licence`, and nothing reads it: did you mean `license`?",
            "Warning 4:3 `get` is a method and stands where a path is due: put it under one, such as `/get`",
            "Warning 6:5 a path has no key `gett`, and nothing reads it: did you mean `get`?",
            "Warning 8:7 an operation has no key `operationID`, and nothing reads it: did you mean `operationId`?",
            "Warning 9:7 an operation has no key `securty`, and nothing reads it: did you mean `security`?",
            "Warning 12:20 `a` has neither a schema nor a content: taken as a text",
            "Warning 12:42 a parameter has no key `schem`, and nothing reads it: did you mean `schema`?",
            "Warning 13:7 an operation has no key `requestbody`, and nothing reads it: did you mean `requestBody`?",
            "Warning 14:45 a response has no key `contents`, and nothing reads it: did you mean `content`?",
            "Warning 14:75 a header has no key `shema`, and nothing reads it: did you mean `schema`?",
            "Warning 16:3 `components` has no key `schema`, and nothing reads it: did you mean `schemas`?",
            "Warning 18:24 a schema has no key `maxlength`, and nothing reads it: did you mean `maxLength`?",
            "Warning 20:41 a security scheme has no key `flow`, and nothing reads it: did you mean `flows`?",
            "Warning 20:60 `flows` has no key `implict`, and nothing reads it: did you mean `implicit`?",
            "Warning 21:31 a schema has no key `propertys`, and nothing reads it: did you mean `properties`?",
            "Remark 10:7 an operation has no key `curl`: nothing reads it",
        ]
    );
    assert_eq!(
        told("openapi: 3.1.0\ninfo: { title: T, version: '1' }\npath: { /a: {} }\n"),
        [
            "Warning 1:1 the document has neither `paths` nor `webhooks` nor `components`: nothing is made of it",
            "Warning 3:1 the document has no key `path`, and nothing reads it: did you mean `paths`?",
        ]
    );
}

#[test]
fn encodings_of_what_is_not_there_are_told() {
    let text = r##"openapi: 3.1.0
info: { title: T, version: "1" }
paths:
  /a:
    post:
      requestBody:
        content:
          multipart/form-data:
            schema: { type: object, properties: { picture: { type: string }, name: { type: string } } }
            encoding: { pictures: { contentType: image/png }, name: { contentType: text/plain }, zebra: {} }
          application/x-www-form-urlencoded:
            schema: { type: object, properties: { name: { type: string } } }
            encoding: { Name: { style: form } }
          multipart/mixed:
            schema: { type: object, additionalProperties: { type: string } }
            encoding: { any: { contentType: text/plain } }
      responses: { "204": { description: a } }
"##;
    assert_eq!(
        told(text),
        [
            "Warning 10:25 `encoding` speaks of `pictures`, and the schema has no such property: did you mean `picture`?",
            "Warning 13:25 `encoding` speaks of `Name`, and the schema has no such property: did you mean `name`?",
            "Remark 10:98 `encoding` speaks of `zebra`, and the schema has no such property: nothing reads it",
        ]
    );
}

#[test]
fn messages_name_what_they_are_about() {
    let text = r##"openapi: 3.0.3
info: { title: T, version: "1" }
paths:
  /a/{b}:
    get:
      parameters:
        - { name: b, in: path, required: true, schema: { type: string, pattern: "a{2,1}" } }
        - { name: c, in: query, schema: { type: integer, default: many } }
        - { name: c, in: query, schema: { type: integer } }
      responses: { "200": { description: a, content: { application/json: { schema: { $ref: "#/components/schemas/Pett" } } } } }
components:
  schemas:
    Pet: { type: int }
    Size: { type: string, enum: [small, 2] }
    Way: { allOf: [{ type: string, enum: [asc] }, { type: string, enum: [desc] }] }
    Kind:
      oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }]
      discriminator: { propertyName: kind, mapping: { cat: Cat, van: Van } }
    Cat: { type: object, properties: { kind: { type: string } } }
    Dog: { type: object, properties: { kind: { type: string, enum: [cat] } } }
    Tag: { type: string, pattern: '(?i)a' }
  securitySchemes: { key: { type: apiKey, in: body, name: k }, other: { type: magic } }
"##;
    assert_eq!(
        told(text),
        [
            "Warning 6:7 `GET /a/{b}` is left out, for what is wrong at a.yaml:7:81",
            "Warning 7:81 the pattern `a{2,1}` is no regular expression, it repeats at least more often than at most: what sends it is left out",
            "Warning 8:67 the default `\"many\"` is a text, and the type integer: left out",
            "Warning 9:11 the parameter `c` stands here a second time: left out",
            "Warning 10:92 nothing is at `#/components/schemas/Pett`: did you mean `Pet`?",
            "Warning 13:18 there is no type `int`, only `string`, `number`, `integer`, `boolean`, `array` and `object`: any value",
            "Warning 14:41 `2` is a number, and the type of the enumeration string: taken as the text that stands here",
            "Warning 15:51 the enumerations joined here have no value in common, such as `\"asc\"` and `\"desc\"`: the first is taken",
            "Warning 17:7 no value of the discriminator `kind` is left for the alternative `Dog`: they are told apart by their fields",
            "Warning 18:70 the value `van` of the discriminator is left out: nothing is at `#/components/schemas/Van`",
            "Warning 22:27 the security scheme `key` has its key in `body`, which is none of header, query and cookie: left out",
            "Warning 22:71 the security scheme `other` has the type `magic`, which is none of apiKey, http, oauth2, openIdConnect and mutualTLS: left out",
            "Remark 21:35 the pattern `(?i)a` is none of ECMA-262, it has a group of another dialect: it is not checked",
        ]
    );
}

#[test]
fn parts_that_contradict_one_another_are_told_by_their_place() {
    for (parts, reason) in [
        (
            "{ type: string }, { type: integer }",
            "6:36: what is joined here contradicts itself, string and integer: any value",
        ),
        (
            "{ type: string, format: date }, { format: uuid }",
            "6:50: the formats joined here, `date` and `uuid`, have no text in common: `date` is taken",
        ),
        (
            "{ enum: [a] }, { enum: [b] }",
            "6:33: the enumerations joined here have no value in common, such as `\"a\"` and `\"b\"`: the first is taken",
        ),
        ("{ items: { enum: [a] } }, { items: { enum: [b] } }", "have no value in common"),
        ("{ items: { type: string } }, { items: { type: integer } }", "contradicts itself, string and integer"),
        (
            "{ additionalProperties: { type: string } }, { additionalProperties: { type: integer } }",
            "contradicts itself, string and integer",
        ),
        ("{ prefixItems: [{ type: string }] }, { items: { type: integer } }", "contradicts itself, string and integer"),
        ("{ minimum: 5 }, { maximum: 3 }", "6:8: no number is at least 5 and at most 3"),
        ("{ items: { minimum: 5 } }, { items: { maximum: 3 } }", "6:8: no number is at least 5 and at most 3"),
        (
            "{ properties: { a: { minLength: 5 } } }, { properties: { a: { maxLength: 3 } } }",
            "6:8: no length is at least 5",
        ),
        ("{ minProperties: 5 }, { maxProperties: 3 }", "6:8: no count of entries is at least 5 and at most 3"),
    ] {
        let text = format!(
            r##"openapi: 3.1.0
info: {{ title: T, version: "1" }}
paths: {{ /a: {{ post: {{ operationId: send, requestBody: {{ content: {{ application/json: {{ schema: {{ $ref: "#/components/schemas/S" }} }} }} }} }} }} }}
components:
  schemas:
    S: {{ allOf: [{parts}] }}
"##
        );
        let generated = of("a.yaml", &text);
        let told: Vec<String> = generated
            .notes
            .sorted()
            .iter()
            .map(|note| {
                let place = generated.tree.place(note.offset);
                format!("{}:{}: {}", place.line, place.column, note.message)
            })
            .collect();
        assert!(told.iter().any(|told| told.contains(reason)), "{parts}: {told:?}");
        assert_eq!((generated.operations, generated.left_out), (0, 1), "{parts}: {told:?}");
    }
}

#[test]
fn what_is_no_document_is_refused() {
    for (name, text, reason) in [
        ("a.json", "", "a.json:1:1: [S001] the file is empty"),
        ("a.json", "{\n  \"openapi\": 3,\n", "a.json:3:1: [S001] this is not JSON: a key in quotes is due"),
        (
            "a.yaml",
            "openapi: 3.0.0\n  a: b",
            "a.yaml:2:4: [S001] this is not YAML: mapping values are not allowed in this context",
        ),
        ("a.json", "[]", "a.json:1:1: [S007] this is no OpenAPI document: it has no key `openapi`"),
        (
            "a.yaml",
            "swagger: '2.0'",
            "a.yaml:1:10: [S006] this is Swagger 2, and OpenAPI 3.0 or 3.1 is read: convert it first",
        ),
        ("a.yaml", "openapi: 4.0.0", "a.yaml:1:10: [S006] OpenAPI 3.0 and 3.1 are read, and this is `4.0.0`"),
    ] {
        let generated = of(name, text);
        let first = generated.notes.first(&generated.tree).map(|first| near(&generated, &first));
        assert_eq!(first.as_deref(), Some(reason));
        assert!(generated.notes.refused() && generated.files.iter().next().is_none());
    }
    let generated = generate(Path::new("no/such/file.yaml"), &Options::default());
    assert_eq!(generated.notes.first(&generated.tree).unwrap(), "no/such/file.yaml:1:1: [S001] there is no such file");
}

#[test]
fn references_lead_to_files_beside_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret.yaml"), "A: { type: string }").unwrap();
    let inner = folder.path().join("api");
    std::fs::create_dir_all(inner.join("parts")).unwrap();
    let schema = |reference: &str| {
        format!(
            "get: {{ responses: {{ '200': {{ description: a, content: {{ application/json: {{ schema: {{ $ref: '{reference}' }} }} }} }} }} }}"
        )
    };
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: T, version: '1' }}\npaths:\n  /a: {{ $ref: 'parts/path.yaml' }}\n  /b: {{ {} }}\n  /c: {{ {} }}\n",
        schema("../secret.yaml#/A"),
        schema("https://example.org/a.yaml#/A")
    );
    std::fs::write(inner.join("api.yaml"), text).unwrap();
    std::fs::write(inner.join("parts/path.yaml"), schema("types.yaml#/Pet")).unwrap();
    let types = "Pet: { type: object, properties: { name: { type: string }, api: { $ref: '../api.yaml#/info' } } }";
    std::fs::write(inner.join("parts/types.yaml"), types).unwrap();
    let generated = generate(&inner.join("api.yaml"), &Options::default());
    assert_eq!(generated.operations, 1);
    assert!(file(&generated, "src/types.rs").contains("pub struct Pet {"));
    let told: Vec<String> = generated.notes.sorted().iter().map(|note| note.message.clone()).collect();
    assert!(told.contains(&"`../secret.yaml` is outside the folder of the document".to_owned()), "{told:?}");
    assert!(told.iter().any(|text| text.contains("nothing is fetched")), "{told:?}");
}

#[test]
fn what_is_generated_twice_is_the_same() {
    let text = include_str!("../../tests/clients/documents/schemas.yaml");
    let (a, b) = (of("a.yaml", text), of("a.yaml", text));
    assert!(a.files.iter().eq(b.files.iter()));
}

#[test]
fn what_a_reference_finds_in_an_operation_has_the_name_of_its_home() {
    let text = r##"openapi: 3.0.3
info: { title: T, version: "1" }
paths:
  /first:
    get:
      responses:
        "200": { description: a, content: { application/json: { schema: { $ref: "#/paths/~1users~1%7Bid%7D/get/responses/200/content/application~1json/schema" } } } }
  /users/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      responses:
        "200":
          description: a
          content:
            application/json:
              schema:
                type: object
                properties:
                  name: { type: string }
                  friends: { type: array, items: { $ref: "#/paths/~1users~1%7Bid%7D/get/responses/200/content/application~1json/schema" } }
                  address: { type: object, properties: { street: { type: string } } }
    put:
      operationId: putUser
      requestBody: { content: { application/json: { schema: { $ref: "#/paths/~1users~1%7Bid%7D/get/responses/200/content/application~1json/schema/properties/address" } } } }
      responses:
        "200": { description: a, content: { application/json: { schema: { $ref: "#/paths/~1users~1%7Bid%7D/get/responses/200/content/application~1json/schema" } } } }
  /own:
    post:
      operationId: own
      requestBody:
        content:
          application/json:
            schema: { type: object, properties: { left: { $ref: "#/paths/~1own/post/requestBody/content/application~1json/schema" }, n: { type: integer } } }
      responses: { "204": { description: a } }
"##;
    let generated = of("refs.yaml", text);
    let types = file(&generated, "src/types.rs");
    let named: Vec<&str> = types.lines().filter(|line| line.starts_with("pub ")).collect();
    // Each once: before and behind the operation, from within, and into a property.
    assert_eq!(
        named,
        ["pub struct GetUsersByIdOk {", "pub struct GetUsersByIdOkAddress {", "pub struct OwnBody {"],
        "{types}"
    );
    assert!(types.contains("pub friends: Option<Vec<GetUsersByIdOk>>,"), "{types}");
    let operations = file(&generated, "src/operations.rs");
    assert_eq!(operations.matches("    Ok(GetUsersByIdOk),").count(), 3, "{operations}");
}

#[test]
fn what_is_called_otherwise_says_why() {
    let text = r##"openapi: 3.0.3
info: { title: T, version: "1" }
paths:
  /a: { get: { operationId: event, responses: {} }, put: { operationId: pay, responses: {} } }
  /b: { get: { operationId: pay, summary: Pays., responses: {} } }
components:
  schemas:
    Event: { type: object, description: It happened., properties: { a: { type: string } } }
    event: { type: string }
"##;
    assert_eq!(
        told(text),
        ["Warning 5:29 the operation at a.yaml:4:73 has the id `pay` as well: this one is called `Pay2`"]
    );
    let generated = of("a.yaml", text);
    for (path, lines) in [
        (
            "src/types.rs",
            "/// It happened.\n///\n/// `Event` in the document, and not called `Event` here, a name that `kassa-core` or Rust itself has.\n",
        ),
        (
            "src/types.rs",
            "\n/// `event` in the document, and not called `Event` here, a name that `kassa-core` or Rust itself has.\npub type Event3 = String;",
        ),
        (
            "src/operations.rs",
            "/// Pays.\n///\n/// `pay` in the document, and not called `Pay` here, a name that another type or operation has.\n",
        ),
    ] {
        let text = file(&generated, path);
        assert!(text.contains(lines), "{lines}\n{text}");
    }
}

#[test]
fn files_say_what_they_are_made_of() {
    for (title, document, about, name) in [
        ("Pet store", "api.yaml", "Pet store 1", "pet-store-client"),
        ("Погода API", "weather.v2.yaml", "Погода API 1", "weather-client"),
        ("天気", "天気.yaml", "天気 1", "openapi-client"),
        (r#""A\nfn evil() {}""#, "api.yaml", "Afn evil() {} 1", "a-fn-evil-client"),
    ] {
        let text = format!("openapi: 3.0.3\ninfo: {{ title: {title}, version: '1' }}\npaths: {{}}\n");
        let generated = of(document, &text);
        let header = format!("Generated by kassa-codegen from `{document}` ({about}): edit that and generate again.");
        for (path, text) in generated.files.iter() {
            let comment = if path.ends_with("Cargo.toml") { "#" } else { "//" };
            assert_eq!(text.lines().next().unwrap(), format!("{comment} {header}"), "{}", path.display());
        }
        let manifest = file(&generated, "Cargo.toml");
        assert!(manifest.contains(&format!("\nname = \"{name}\"\n")), "{manifest}");
    }
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
fn no_schema_takes_a_name_of_the_runtime() {
    let exports = include_str!("../../runtime/core/src/client/mod.rs");
    let names: Vec<&str> = exports
        .lines()
        .filter(|line| line.starts_with("pub use"))
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
        .filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    let schemas: String = names.iter().map(|name| format!("    {name}: {{ type: object }}\n")).collect();
    let text = format!(
        "openapi: 3.0.0\ninfo: {{ title: T, version: '1' }}\npaths: {{}}\ncomponents:\n  schemas:\n{schemas}    Own: {{ type: object, properties: {{ a: {{ type: string }} }} }}\n"
    );
    let generated = of("names.yaml", &text);
    let types = file(&generated, "src/types.rs");
    assert!(types.contains("pub struct Own {"), "{types}");
    for name in names {
        assert!(
            !types.contains(&format!("pub struct {name} ")) && !types.contains(&format!("pub type {name} ")),
            "{name}"
        );
    }
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

#[test]
fn modules_take_no_name_that_is_somebody_elses() {
    let tags = [
        "con",
        "NUL",
        "aux",
        "prn",
        "com1",
        "LPT9",
        "mod",
        "lib",
        "main",
        "self",
        "crate",
        "super",
        "test",
        "default",
        "std",
        "core",
        "alloc",
        "proc_macro",
        "kassa-core",
        "types",
        "access",
        "build",
        "fn",
    ];
    let paths: String = (0..69)
        .map(|n| format!("  /p{n}: {{ get: {{ tags: ['{}'], responses: {{}} }} }}\n", tags[n % tags.len()]))
        .collect();
    let text = format!("openapi: 3.0.0\ninfo: {{ title: Large, version: '1' }}\npaths:\n{paths}");
    let generated = of("occupied.yaml", &text);
    let library = file(&generated, "src/lib.rs");
    let manifest = file(&generated, "Cargo.toml");
    for tag in tags {
        let name = format!("{}_operations", tag.to_lowercase().replace('-', "_"));
        assert!(library.contains(&format!("\npub mod {name};\n")), "{name}\n{library}");
        assert!(manifest.contains(&format!("\n{name} = []\n")), "{name}\n{manifest}");
        assert!(!file(&generated, &format!("src/{name}.rs")).is_empty());
    }
    assert_eq!(generated.files.iter().count(), tags.len() + 4);
}

#[test]
fn crates_take_no_name_that_is_somebody_elses() {
    for name in ["con", "nul", "com1", "core", "std", "test", "default", "self", "kassa-core", "kassa_core", "fn", "1a"]
    {
        assert!(!is_crate_name(name) && crate_name_like(name).is_none(), "{name}");
    }
    assert!(["console", "com", "lpt12", "core-client", "tests", "a_", "a-1"].into_iter().all(is_crate_name));
    for (name, like) in
        [("MyApi", "my-api"), ("My_Api", "my_api"), ("my API v2", "my-api-v2"), ("a--b", "a-b"), ("a-_b", "a_b")]
    {
        assert!(!is_crate_name(name), "{name}");
        assert_eq!(crate_name_like(name).as_deref(), Some(like));
    }
}
