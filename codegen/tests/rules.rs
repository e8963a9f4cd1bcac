//! What becomes of constraints.

mod made;

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
        format!("{}:{}: {:?}: {}", place.line, place.column, note.level, made::message(generated, note))
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
            "9:41: Remark: the pattern `.{1,65535}` is not checked: it is too large",
            "10:41: Remark: the pattern `^(?=a)b` is not checked: it looks around",
            "11:43: Remark: the pattern `(?i)^a` is none of ECMA-262, it has a group of another dialect: it is not checked",
            "12:43: Remark: the pattern `/^a$/` is none of ECMA-262, it stands between slashes, as in a program: it is not checked",
        ]
    );
    let types = types(&generated);
    assert!(types.contains(r#"patterns: &["^[0-9A-Za-z_.\\-]+\\\\/[0-9]$"]"#), "{types}");
    let long = r#"min_length: Some(1), max_length: Some(65535), patterns: &["^[^\\n\\r\\u{2028}\\u{2029}]*$"]"#;
    assert!(types.contains(long), "{types}");
}

#[test]
fn what_alternatives_require_is_checked_or_remarked() {
    let generated = of(
        "3.0.3",
        r#"All:
  properties:
    a: { properties: { x: {}, y: {} }, anyOf: [{ required: [x] }, { type: object, required: [y] }] }
    b: { properties: { x: {} }, anyOf: [{ required: [x] }, { type: object }] }
    c: { properties: { x: {} }, anyOf: [{ required: [x] }, { minProperties: 2 }] }
    d: { properties: { x: {}, y: { readOnly: true } }, oneOf: [{ required: [x] }, { required: [y] }] }
    e: { properties: { x: {} }, oneOf: [{ required: [x] }, { required: [z] }] }"#,
    );
    let remark = "which of these has to hold is not checked, unless they only require properties that are sent";
    assert_eq!(told(&generated), ["9:45", "10:68", "11:45"].map(|place| format!("{place}: Remark: {remark}")));
    let types = types(&generated);
    assert_eq!(types.matches("at.either(").count(), 1, "{types}");
    assert!(types.contains(r#"at.either(&[&["x"], &["y"]]);"#), "{types}");
}

#[test]
fn patterns_are_documented_as_they_are_written() {
    let generated = of(
        "3.0.3",
        r#"All:
  properties:
    a: { type: string, pattern: '^[\w.-]+\\$' }
    b: { type: string, pattern: '"a"' }
    c: { type: string, pattern: '^`\w`$' }"#,
    );
    let types = types(&generated);
    for line in [r"/// Pattern `^[\w.-]+\\$`.", r#"/// Pattern `"a"`."#, r"/// Pattern `` ^`\w`$ ``."] {
        assert!(types.contains(line), "{line}: {types}");
    }
}

#[test]
fn numbers_are_those_of_yaml_and_json() {
    let generated = of(
        "3.0.3",
        "All:
  properties:
    words: { type: integer, enum: [1e3, 1.0, 2.50e1, 0x1F, 0o17, +5, -.5e1], default: 1000 }
    bounds: { type: integer, minimum: 1e2, maximum: 0x1F4, multipleOf: 1.0, default: 2e2 }
    price: { type: number, minimum: .5, maximum: +9.50, default: 1. }
    long: { type: string, minLength: 1.0, maxLength: 1e2 }",
    );
    assert!(told(&generated).is_empty());
    let types = types(&generated);
    for wire in ["1000", "1", "25", "31", "15", "5", "-5"] {
        assert!(types.contains(&format!("Json::literal(\"{wire}\")")), "{wire}: {types}");
    }
    for part in [
        r#"minimum: Some("100"), maximum: Some("500"), multiples_of: &["1"]"#,
        r#"minimum: Some("0.5"), maximum: Some("9.5")"#,
        "min_length: Some(1), max_length: Some(100)",
        "self.bounds.unwrap_or(200)",
        r#"Number::literal("1")"#,
        "unwrap_or(&AllWords::N1e3)",
    ] {
        assert!(types.contains(part), "{part}: {types}");
    }
}

#[test]
fn what_is_no_number_is_told() {
    let generated = of(
        "3.0.3",
        "All:
  properties:
    grouped: { type: number, maximum: 1_000 }
    half: { type: array, items: {}, maxItems: 1.5 }
    endless: { type: number, enum: [1, .inf] }",
    );
    assert_eq!(
        told(&generated),
        [
            "7:43: Warning: `maximum` has to be a number, and this is a text: what sends it is left out",
            "8:51: Warning: `maxItems` has to be a whole number that is not negative, and this is a number: what sends it is left out",
            "9:44: Warning: `\".inf\"` is a text, and the type of the enumeration number: taken as a text",
            "13:7: Warning: `POST /all` is left out, for what is wrong at rules.yaml:7:43",
        ]
    );
}

/// What becomes of a document with these bodies of parts; the first is on line 6, and the others three lines on each.
fn of_parts(entries: &[&str]) -> Generated {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parts.yaml");
    let mut text = "openapi: 3.1.0\ninfo: { title: Parts, version: '1' }\npaths:\n".to_owned();
    for (n, entry) in entries.iter().enumerate() {
        text.push_str(&format!(
            "  /{n}: {{ post: {{\n    responses: {{ '204': {{ description: Nothing. }} }},\n    \
            requestBody: {{ content: {{ multipart/form-data: {{ {entry} }} }} }} }} }}\n"
        ));
    }
    std::fs::write(&path, text).unwrap();
    generate(&path, &Options::default())
}

#[test]
fn a_part_that_nobody_describes_can_be_sent() {
    let generated = of_parts(&["schema: { required: [a, b], properties: { a: { type: string } } }"]);
    let types = types(&generated);
    assert!(types.contains("pub b: Option<Json>,") && types.contains("parts.field(\"b\", None, &self.b);"), "{types}");
}

#[test]
fn what_is_only_received_is_in_no_part() {
    let generated = of_parts(&[
        "schema: { required: [a, b], properties: { a: { type: string }, b: { readOnly: true } } }",
        "schema: { properties: { b: { readOnly: true } } }",
    ]);
    let types = types(&generated);
    assert!(types.contains("Form {\n    pub a: String,\n}"), "{types}");
    // What has no parts has those that the caller names.
    assert_eq!(types.matches("pub struct").count(), 1, "{types}");
}

#[test]
fn what_is_not_sent_of_parts_is_told() {
    let generated = of_parts(&[
        "schema: { oneOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }",
        "schema: { properties: { a: {} }, anyOf: [{ required: [a] }, { properties: { b: {} } }] }",
        "schema: { properties: { a: {}, b: {} }, anyOf: [{ required: [a] }, { required: [b] }] }",
        "schema: { properties: { a: {} } }, encoding: { a: { headers: { Content-Type: {}, X-A: {} } } }",
        "schema: { properties: { a: {} } }, encoding: { a: { headers: { content-type: {} } } }",
    ]);
    assert_eq!(
        told(&generated),
        [
            "6:72: Remark: alternatives of all parts are not typed: parts that the caller names",
            "9:114: Remark: alternatives of parts are not typed: what they say is left out",
            "15:135: Remark: the headers of the part `a` are not sent",
        ]
    );
}

#[test]
fn a_closed_object_that_requires_what_it_may_not_have_is_told() {
    let generated = of(
        "3.1.0",
        "All:
  properties:
    closed: { type: object, required: [a, b], properties: { a: {} }, additionalProperties: false }
    of: { readOnly: true, type: object, required: [c], additionalProperties: false }
    open: { required: [d], additionalProperties: false, patternProperties: { ^d: {} } }
    either: { required: [e], additionalProperties: false, oneOf: [{ properties: { e: {} } }] }
    case: { required: [F], properties: { f: {} }, additionalProperties: false }",
    );
    assert_eq!(
        told(&generated),
        [
            "7:47: Warning: `b` is required, and no property of an object that may have no others: it is not asked for",
            "8:56: Warning: `c` is required, and no property of an object that may have no others: it is not asked for",
            "11:27: Warning: no property is called `F`, which is not asked for: did you mean `f`?",
        ]
    );
    let types = types(&generated);
    assert!(types.contains("pub struct AllClosed {\n    pub a: Json,\n}"), "{types}");
}

#[test]
fn a_default_that_is_no_value_is_told_and_left_out() {
    let generated = of(
        "3.1.0",
        r#"All:
  properties:
    least: { type: number, minimum: 9007199254740993, default: 9007199254740992 }
    most: { type: integer, exclusiveMaximum: 5, default: 5 }
    step: { type: number, multipleOf: 0.1, default: 0.25 }
    width: { type: integer, format: uint8, default: 256 }
    long: { type: string, maxLength: 2, default: "😀😀😀" }
    form: { type: string, pattern: '^\d+$', default: a }
    day: { type: string, format: date, default: tomorrow }
    list: { type: array, items: {}, minItems: 1, default: [] }
    joined: { allOf: [{ $ref: '#/components/schemas/Small' }], default: 10 }
    beside: { $ref: '#/components/schemas/Small', default: 11 }
    two: { type: [integer, string], default: 1.5 }
    right: { type: number, minimum: 0.1, maximum: 0.3, multipleOf: 0.1, default: 0.3 }
Small: { type: integer, maximum: 9 }"#,
    );
    assert_eq!(
        told(&generated),
        [
            "7:68: Warning: the default `9007199254740992` is less than 9007199254740993: left out",
            "8:62: Warning: the default `5` is not less than 5: left out",
            "9:57: Warning: the default `0.25` is no multiple of 0.1: left out",
            "10:57: Warning: the default `256` does not fit the format `uint8`: left out",
            r#"11:54: Warning: the default `"😀😀😀"` has 3 characters, and may have 2: left out"#,
            r#"12:58: Warning: the default `"a"` does not match `^\d+$`: left out"#,
            r#"13:53: Warning: the default `"tomorrow"` is not of the format `date`: left out"#,
            "14:63: Warning: the default has 0 items, and needs 1: left out",
            "15:77: Warning: the default `10` is more than 9: left out",
            "16:64: Warning: the default `11` is more than 9: left out",
            "17:50: Warning: the default `1.5` is a number, and the type integer or string: left out",
        ]
    );
    let types = types(&generated);
    assert_eq!(types.matches("_or_default").count(), 1, "{types}");
    assert_eq!(types.matches("Default: ").count(), 1, "{types}");
    assert!(types.contains(r#"self.right.clone().unwrap_or_else(|| Number::literal("0.3"))"#), "{types}");
}

#[test]
fn what_is_said_of_a_schema_is_said_where_it_is_referred_to() {
    let generated = of(
        "3.0.3",
        "All:
  required: [id, key]
  properties:
    id: { $ref: '#/components/schemas/Id' }
    key: { allOf: [{ $ref: '#/components/schemas/Key' }] }
    limit: { $ref: '#/components/schemas/Limit' }
    size: { allOf: [{ type: integer, default: 5 }, { maximum: 3 }] }
Id: { type: string, readOnly: true }
Key: { type: string, writeOnly: true }
Limit: { type: integer, default: 10 }",
    );
    assert_eq!(told(&generated), ["11:51: Warning: the default `5` is more than 3: left out"]);
    let types = types(&generated);
    assert!(types.contains("pub id: Option<Id>,") && types.contains("pub key: Option<Key>,"), "{types}");
    assert!(!types.contains("put_some(\"id\"") && types.contains("at.required(\"key\")"), "{types}");
    assert!(types.contains("pub fn limit_or_default(&self) -> Limit"), "{types}");
}

#[test]
fn values_that_are_none_of_their_type_are_not_held() {
    let generated = of(
        "3.0.3",
        "All:
  properties:
    places: { type: array, enum: [EU, HK], items: { type: string } }
    short: { type: string, maxLength: -1, minLength: '3' }",
    );
    let told = told(&generated);
    assert_eq!(told[0], "7:39: Warning: none of these values is of the type array: they are not held");
    let types = types(&generated);
    assert!(types.contains("pub places: Option<Vec<String>>,"), "{types}");
    assert!(!types.contains("At most") && !types.contains("At least"), "{types}");
}
