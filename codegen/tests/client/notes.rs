//! What is wrong with a document is told by its place.

use std::path::Path;

use crate::made::{file, message, near, of};
use crate::told;
use kassa_codegen::client::{Options, generate};

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
fn slips_that_would_change_what_is_sent_are_told() {
    let text = r##"openapi: 3.1.0
info: { title: T, version: "1" }
servers: [{ url: "https://{a}.example", variables: { a: { enum: [x, y], default: z } } }]
paths:
  /a:
    post:
      operationId: send
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: { type: object, properties: { list: { type: array, items: { type: string } } } }
            encoding: { list: { style: deepObjct } }
      responses: { "204": { description: a } }
  /b:
    post:
      operationId: leave
      requestBody: { content: { application/json: { schema: { type: [object, "null"] } } } }
      responses: { "204": { description: a } }
"##;
    let generated = of("a.yaml", text);
    assert_eq!(
        crate::made::told(&generated),
        [
            "Warning 3:82 the default `z` is none of the values of the enumeration: it is allowed as well",
            "Warning 12:31 `deepObjct` is no style of a field: it is written as usual",
        ]
    );
    assert!(file(&generated, "src/servers.rs").contains(r#"&["x", "y", "z"]"#));
    let operations = file(&generated, "src/operations.rs");
    assert!(operations.contains("pub body: Option<Object>,") && operations.contains("None => draft,"), "{operations}");
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
        ("a.json", "", "a.json:1:1: error[S001]: the file is empty"),
        ("a.json", "{\n  \"openapi\": 3,\n", "a.json:3:1: error[S001]: this is not JSON: a key in quotes is due"),
        (
            "a.yaml",
            "openapi: 3.0.0\n  a: b",
            "a.yaml:2:4: error[S001]: this is not YAML: mapping values are not allowed in this context",
        ),
        ("a.json", "[]", "a.json:1:1: error[S007]: this is no OpenAPI document: it has no key `openapi`"),
        (
            "a.yaml",
            "swagger: '2.0'",
            "a.yaml:1:10: error[S006]: this is Swagger 2, and OpenAPI 3.0 or 3.1 is read: convert it first",
        ),
        ("a.yaml", "openapi: 4.0.0", "a.yaml:1:10: error[S006]: OpenAPI 3.0 and 3.1 are read, and this is `4.0.0`"),
    ] {
        let generated = of(name, text);
        let first = generated.notes.first(&generated.tree).map(|first| near(&generated, &first));
        assert_eq!(first.as_deref(), Some(reason));
        assert!(generated.notes.refused() && generated.files.iter().next().is_none());
    }
    let generated = generate(Path::new("no/such/file.yaml"), &Options::default());
    assert_eq!(
        generated.notes.first(&generated.tree).unwrap(),
        "no/such/file.yaml:1:1: error[S001]: there is no such file"
    );
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
