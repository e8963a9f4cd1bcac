//! Names that would become code, and texts of any form.

use crate::{code, of, told, with_schemas};

#[test]
fn names_never_become_code() {
    let hostile = [
        "\"); std::process::exit(1); (\"",
        "../../x",
        "*/ fn evil() {} /*",
        "\n#[path = \"/etc/passwd\"] mod x;",
        "\u{202e}\u{2066}evil",
        "\u{0}\u{1b}[31m",
        "\u{fffd}\u{feff}",
        "r#type",
        "'a",
        "$crate::x!()",
        "{}{0}{x:?}",
        "```\nassert!(false)\n```",
        "crate",
        "con",
        "..",
        "Self",
        "\\",
    ];
    for name in hostile {
        let schema = serde_json::json!({ "type": "object", "description": name, "title": name, "required": [name],
            "properties": { name: { "type": "string", "enum": [name, "x"], "pattern": name, "format": name, "default": name } } });
        let body =
            serde_json::json!({ "content": { name: { "schema": schema }, "application/json": { "schema": schema } } });
        let text = serde_json::json!({ "openapi": "3.1.0",
            "info": { "title": name, "version": name, "description": name },
            "servers": [{ "url": format!("https://{{{name}}}/{name}"), "description": name,
                "variables": { name: { "default": name, "enum": [name], "description": name } } }],
            "security": [{ name: [name] }],
            "paths": { format!("/{}/{{{}}}", name.replace(['{', '}'], ""), name.replace(['{', '}'], "")): { "post": {
                "operationId": name, "summary": name, "tags": [name],
                "parameters": [{ "name": name, "in": "query", "schema": { "$ref": format!("#/components/schemas/{}", name.replace('/', "~1")) } },
                    { "name": "q", "in": "query", "style": name, "schema": {} }],
                "requestBody": body, "callbacks": { name: { name: { "post": { "requestBody": body, "responses": {} } } } },
                "responses": { "200": { "description": name, "headers": { name: { "schema": schema } }, "content": { "application/json": { "schema": schema } } } } },
                "get": { "operationId": format!("{name}2"), "responses": { "default": { "description": name } } } } },
            "webhooks": { name: { "post": { "requestBody": body, "responses": {} } } },
            "components": { "schemas": { name: schema },
                "securitySchemes": { name: { "type": "apiKey", "in": "query", "name": name, "description": name } } } });
        let generated = of("a.json", text.to_string());
        assert!(!generated.notes.refused(), "{name}: {:?}", told(&generated));
        for (path, text) in generated.files.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "rs")) {
            let file = syn::parse_file(text).unwrap();
            let evil = |item: &syn::Item| matches!(item, syn::Item::Fn(_) | syn::Item::Macro(_));
            assert!(!file.items.iter().any(evil), "{}: {text}", path.display());
            let turned =
                |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') || c.is_control() && c != '\n';
            assert!(!text.contains(turned), "{}", path.display());
        }
        let shown = generated.notes.shown(&generated.tree, 100);
        assert!(!shown.contains(['\u{1b}', '\u{0}', '\u{202e}']), "{shown:?}");
    }
}

#[test]
fn texts_of_any_form_are_read_or_refused() {
    let utf16: Vec<u8> = "openapi: 3.0.0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let digits = "1".repeat(1_000_000);
    let refused: [(&str, Vec<u8>, &str); 11] = [
        ("a.yaml", [&[0xff, 0xfe], utf16.as_slice()].concat(), "1: the file is not UTF-8: save it as UTF-8"),
        ("a.yaml", b"openapi: 3.0.0\ninfo: \xc3\x28".to_vec(), "2: the file is not UTF-8: save it as UTF-8"),
        ("a.json", b"{\"a\": \"\\udc00\"}".to_vec(), "1: this is not JSON: half of a surrogate pair"),
        ("a.json", b"{\"a\": \"\\ud83d\\u0041\"}".to_vec(), "1: this is not JSON: half of a surrogate pair"),
        ("a.json", b"{\"a\":1}\n{\"a\":1}".to_vec(), "2: this is not JSON: something stands behind"),
        ("a.yaml", b"openapi: 3.0.0\n---\nopenapi: 3.0.0\n".to_vec(), "3: a second document in one file"),
        ("a.yaml", b"openapi: 3.0.0\n? [a, b]\n: c\n".to_vec(), "2: a key has to be a text"),
        (
            "a.yaml",
            b"openapi: 3.0.0\npaths:\n  /a: {}\n  /a: { get: {} }\n".to_vec(),
            "4: the key `/a` says something else at a.yaml:3:3",
        ),
        ("a.yaml", b"\x00".to_vec(), ""),
        ("a.yaml", b"openapi: !!binary aGk=\n".to_vec(), ""),
        ("a.json", format!("{{\"openapi\":{digits}}}").into_bytes(), "1: OpenAPI 3.0 and 3.1 are read"),
    ];
    for (name, bytes, reason) in refused {
        let generated = of(name, &bytes);
        let told = told(&generated);
        assert!(generated.notes.refused() && told[0].starts_with(reason), "{told:?}");
        assert!(generated.notes.shown(&generated.tree, 10).len() < 2000);
    }
    let yaml = "openapi: 3.0.3\r\ninfo: { title: T, version: 1.0, on: yes, no: off }\r\npaths:\r\n  /a:\r\n    get:\r\n      operationId: no\r\n      responses:\r\n        200: { description: on }\r\n        4XX: { description: 0x1F }\r\n        default: &d { description: !!str 12 }\r\n    put:\r\n      <<: { operationId: put }\r\n      responses: { 204: *d, ? \"404\" : { description: a } }\r\n";
    for text in [
        yaml.to_owned(),
        yaml.replace("\r\n", "\n"),
        format!("\u{feff}{yaml}"),
        format!("--- !map\n{}", yaml.replace("\r\n", "\n")),
    ] {
        let generated = of("a.yaml", &text);
        assert_eq!(generated.operations, 2, "{:?}", told(&generated));
        let code = code(&generated);
        for part in ["pub struct No;", "NoReply", "ClientError", "struct Put;", "\"no\""] {
            assert!(code.contains(part), "{part}: {code}");
        }
    }
    // A number of a million digits is a number, and no bound that anybody can hold.
    let schema = format!(
        r#""S":{{"type":"number","maximum":{digits},"exclusiveMinimum":-{digits},"enum":[1,{digits}],"default":{digits}}}"#
    );
    assert!(!of("a.json", with_schemas("S", &schema)).notes.refused());
}

#[test]
fn patterns_take_no_time() {
    for pattern in
        ["((a{0,1000}){0,1000}){0,1000}", "(a+)+$", "(?:(?:(?:a{1,99}){1,99}){1,99}){1,99}", "\\\\p{Greek}{1000000}"]
    {
        let schema = format!(r#""S":{{"type":"string","pattern":"{pattern}"}}"#);
        assert_eq!(of("a.json", with_schemas("S", &schema)).operations, 1, "{pattern}");
    }
    for open in ["(", "[", "(?:", "(?<a>", "(?<", "([:a", "(\\\\p{", "(a{", "(\\\\u{"] {
        let schema = format!(r#""S":{{"type":"string","pattern":"{}"}}"#, open.repeat(100_000));
        assert!(told(&of("a.json", with_schemas("S", &schema)))[0].contains("is not closed"), "{open}");
    }
}
