//! The client generator on documents that mean harm: each ends in a diagnostic or in code, within bounds that are counted
//! and not timed.

mod made;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use kassa_codegen::client::{Generated, Note, Options, generate};

/// What becomes of a document. Whatever is written is Rust, and lies in the folder.
fn of(name: &str, text: impl AsRef<[u8]>) -> Generated {
    sound(made::of(name, text))
}

fn sound(generated: Generated) -> Generated {
    for (path, text) in generated.files.iter() {
        assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))), "{}", path.display());
        // What is large is Rust as well; to parse it takes longer than to write it.
        if path.extension().is_some_and(|extension| extension == "rs") && text.len() < 300_000 {
            syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
    generated
}

/// What is told first, each with its line.
fn told(generated: &Generated) -> Vec<String> {
    let shown = |note: &Note| format!("{}: {}", generated.tree.place(note.offset).line, made::message(generated, note));
    generated.notes.sorted().into_iter().take(10).map(shown).collect()
}

fn code(generated: &Generated) -> String {
    generated.files.iter().map(|(_, text)| text).collect()
}

/// A document with these schemas, and an operation that answers with the first.
fn with_schemas(first: &str, schemas: &str) -> String {
    format!(
        r##"{{"openapi":"3.0.0","info":{{"title":"T","version":"1"}},"paths":{{"/a":{{"get":{{"operationId":"get","responses":
        {{"200":{{"description":"","content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/{first}"}}}}}}}}}}}}}}}},
        "components":{{"schemas":{{{schemas}}}}}}}"##
    )
}

/// `count` schemas, each made from the number of the next, and a last one.
fn chain(count: usize, link: impl Fn(usize) -> String, last: &str) -> String {
    let mut text = String::new();
    for n in 0..count {
        let _ = write!(text, r#""S{n}":{},"#, link(n + 1));
    }
    text + &format!(r#""S{count}":{last}"#)
}

#[test]
fn what_nests_deeper_than_any_document_is_refused() {
    let nested = |open: &str, close: &str| format!("{}{{}}{}", open.repeat(10_000), close.repeat(10_000));
    let block: String = (0..400).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    for (name, text) in [
        ("a.json", format!("{{\"a\":{}}}", nested("[", "]"))),
        ("a.json", nested("{\"a\":", "}")),
        ("a.json", with_schemas("S", &format!(r#""S":{}"#, nested(r#"{"type":"array","items":"#, "}")))),
        ("a.json", with_schemas("S", &format!(r#""S":{}"#, nested(r#"{"oneOf":["#, "]}")))),
        ("a.yaml", format!("openapi: 3.0.0\na: {}", nested("[", "]"))),
        ("a.yaml", format!("openapi: 3.0.0\na: {}", nested("{a: ", "}"))),
        ("a.yaml", format!("openapi: 3.0.0\na:\n  {}x", "- ".repeat(10_000))),
        ("a.yaml", block),
    ] {
        let generated = of(name, &text);
        let told = told(&generated);
        assert!(generated.notes.refused(), "{}", &text[..60]);
        assert!(told[0].ends_with("values nested more than 256 deep") || told[0].contains("recursion"), "{told:?}");
    }
}

#[test]
fn what_is_deep_by_reference_is_generated_or_left_out() {
    let reference = |n: usize| format!(r##"{{"$ref":"#/components/schemas/S{n}"}}"##);
    let object = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let properties = chain(10_000, |n| format!(r#"{{"type":"object","properties":{{"a":{}}}}}"#, reference(n)), object);
    let generated = of("a.json", with_schemas("S0", &properties));
    assert!(told(&generated).is_empty() && generated.types >= 10_000);
    assert!(code(&generated).contains("#![recursion_limit = \"80136\"]"));

    let lists = chain(10_000, |n| format!(r#"{{"type":"array","items":{}}}"#, reference(n)), object);
    assert!(!of("a.json", with_schemas("S0", &lists)).notes.refused());

    let one_of = chain(10_000, |n| format!(r#"{{"oneOf":[{},{{"type":"integer"}}]}}"#, reference(n)), object);
    assert!(!of("a.json", with_schemas("S0", &one_of)).notes.refused());

    let all_of = chain(3_000, |n| format!(r#"{{"allOf":[{},{object}]}}"#, reference(n)), object);
    let generated = of("a.json", with_schemas("S0", &all_of));
    assert!(told(&generated)[0].contains("too many schemas are joined here"), "{:?}", &told(&generated)[..1]);

    let generated = of("a.json", with_schemas("S0", &chain(100_000, reference, r#"{"type":"string"}"#)));
    assert!(told(&generated).iter().any(|text| text.contains("more than 60 references lead on to others")));
    assert_eq!((generated.operations, generated.left_out), (0, 1));
}

#[test]
fn what_doubles_at_each_step_stays_small() {
    let twice = |key: &str| {
        chain(
            40,
            |n| {
                format!(
                    r##"{{"{key}":[{{"$ref":"#/components/schemas/S{n}"}},{{"$ref":"#/components/schemas/S{n}"}}]}}"##
                )
            },
            r#"{"type":"object","properties":{"a":{"type":"string"}}}"#,
        )
    };
    let inline = (0..60).fold(r#"{"type":"string"}"#.to_owned(), |inner, n| {
        format!(r#"{{"oneOf":[{{"type":"object","properties":{{"a{n}":{inner}}}}},{{"type":"object","properties":{{"b{n}":{{"type":"integer"}}}}}}]}}"#)
    });
    let wide: Vec<String> = (0..3_000).map(|n| format!(r#""p{n}":{{"type":"string"}}"#)).collect();
    let based: Vec<String> =
        (0..400).map(|n| format!(r#"{{"type":"object","properties":{{"q{n}":{{"type":"string"}}}}}}"#)).collect();
    let product = format!(r#""S":{{"properties":{{{}}},"oneOf":[{}]}}"#, wide.join(","), based.join(","));
    let joined: Vec<String> = (0..30)
        .map(|n| {
            let [a, b] = [(n + 1) % 30, (n + 2) % 30].map(|n| format!(r##"{{"$ref":"#/components/schemas/S{n}"}}"##));
            format!(r#""S{n}":{{"properties":{{"p{n}":{{}}}},"oneOf":[{a},{b}]}}"#)
        })
        .collect();
    for (name, text) in [
        ("joined without end", with_schemas("S0", &joined.join(","))),
        ("allOf", with_schemas("S0", &twice("allOf"))),
        ("oneOf", with_schemas("S0", &twice("oneOf"))),
        ("anyOf", with_schemas("S0", &twice("anyOf"))),
        ("within one another", with_schemas("S", &format!(r#""S":{inline}"#))),
        ("a wide base", with_schemas("S", &product)),
    ] {
        let generated = of("a.json", &text);
        assert!(!generated.notes.refused(), "{name}");
        assert!(code(&generated).len() < 2_000_000, "{name}: {}", code(&generated).len());
    }
    // A large text that everything refers to: 10,000 times 100 kB.
    let text = "x".repeat(100_000);
    let paths: Vec<String> = (0..10_000)
        .map(|n| {
            format!(r##""/p{n}":{{"get":{{"parameters":[{{"$ref":"#/components/parameters/P"}}],"responses":{{}}}}}}"##)
        })
        .collect();
    let generated = of(
        "a.json",
        format!(
            r#"{{"openapi":"3.0.0","paths":{{{}}},"components":{{"parameters":{{"P":{{"name":"p","in":"query","description":"{text}","schema":{{}}}}}}}}}}"#,
            paths.join(",")
        ),
    );
    assert!(told(&generated)[0].contains("would fill more than 500 MB"), "{:?}", &told(&generated)[..1]);
}

#[test]
fn aliases_grow_nothing() {
    let bomb = |first: &str| -> String {
        let lines =
            ('b'..='z').map(|c| format!("{c}: &{c} [{}]\n", vec![format!("*{}", (c as u8 - 1) as char); 9].join(",")));
        format!("openapi: 3.0.0\na: &a {first}\n") + &lines.collect::<String>()
    };
    let long = format!("openapi: 3.0.0\na: &a {}\nb: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 1000].join(","));
    for text in [bomb("[x,x,x,x,x,x,x,x,x]"), bomb("x"), long] {
        let generated = of("a.yaml", text);
        assert_eq!(told(&generated)[0].split_once(": ").unwrap().1, "aliases repeat more than 1000000 values");
    }
    for (text, reason) in [
        ("openapi: 3.0.0\na: &a { b: *a }\n", "2: an alias of a value that contains it"),
        ("openapi: 3.0.0\na: *b\n", "2: this is not YAML: while parsing node, found unknown anchor"),
    ] {
        assert_eq!(told(&of("a.yaml", text))[0], reason);
    }
}

#[test]
fn references_in_circles_end() {
    let document = |paths: &str, components: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{ title: T, version: '1' }}\npaths:\n  /sound: {{ get: {{ operationId: sound, responses: {{ '204': {{ description: a }} }} }} }}\n{paths}\ncomponents:\n{components}\n"
        )
    };
    let operation = |inner: &str| format!("  /a: {{ get: {{ operationId: wrong, {inner} }} }}");
    let circle = |kind: &str| {
        format!("  {kind}:\n    A: {{ $ref: '#/components/{kind}/B' }}\n    B: {{ $ref: '#/components/{kind}/A' }}")
    };
    let to = |kind: &str| format!("{{ $ref: '#/components/{kind}/A' }}");
    let answer = "responses: { '200': { description: a";
    for (kind, used, left_out) in [
        ("schemas", format!("requestBody: {{ content: {{ application/json: {{ schema: {} }} }} }}", to("schemas")), 1),
        ("parameters", format!("parameters: [{}]", to("parameters")), 1),
        ("requestBodies", format!("requestBody: {}", to("requestBodies")), 1),
        ("responses", format!("responses: {{ '200': {} }}", to("responses")), 1),
        ("headers", format!("{answer}, headers: {{ h: {} }} }} }}", to("headers")), 0),
        (
            "examples",
            format!("parameters: [{{ name: p, in: query, schema: {{}}, examples: {{ e: {} }} }}]", to("examples")),
            0,
        ),
        ("callbacks", format!("callbacks: {{ c: {} }}", to("callbacks")), 0),
        ("links", format!("{answer}, links: {{ l: {} }} }} }}", to("links")), 0),
        ("securitySchemes", "security: [{ A: [] }]".to_owned(), 1),
    ] {
        let generated = of("a.yaml", document(&operation(&used), &circle(kind)));
        assert_eq!(
            (generated.operations, generated.left_out),
            (2 - left_out, left_out),
            "{kind}: {:?}",
            told(&generated)
        );
        assert!(code(&generated).contains("\"sound\""), "{kind}");
        // What nobody looks at is not followed.
        let silent = kind == "examples" || kind == "links";
        assert_eq!(
            told(&generated).iter().any(|text| text.contains("circle") || text.contains("without end")),
            !silent,
            "{kind}: {:?}",
            told(&generated)
        );
    }
    let generated = of("a.yaml", document(&format!("  /a: {}", to("pathItems")), &circle("pathItems")));
    assert_eq!(generated.operations, 1);
    assert!(told(&generated)[0].contains("circle"), "{:?}", told(&generated));

    let folder = tempfile::tempdir().unwrap();
    let body = operation("requestBody: { content: { application/json: { schema: { $ref: 'b.yaml#/B' } } } }");
    std::fs::write(folder.path().join("a.yaml"), document(&body, "  schemas:\n    A: { $ref: 'b.yaml#/B' }")).unwrap();
    std::fs::write(folder.path().join("b.yaml"), "B: { $ref: 'a.yaml#/components/schemas/A' }").unwrap();
    let generated = sound(generate(&folder.path().join("a.yaml"), &Options::default()));
    assert_eq!((generated.operations, generated.left_out), (1, 1), "{:?}", told(&generated));

    for schema in [
        r##"{"$ref":"#/components/schemas/S"}"##,
        r##"{"allOf":[{"$ref":"#/components/schemas/S"}]}"##,
        r##"{"oneOf":[{"$ref":"#/components/schemas/S"},{"type":"string"}]}"##,
        r##"{"anyOf":[{"$ref":"#/components/schemas/S"}]}"##,
        r##"{"not":{"$ref":"#/components/schemas/S"}}"##,
        r##"{"type":"array","items":{"$ref":"#/components/schemas/S"}}"##,
        r##"{"type":"array","items":{"$ref":"#/components/schemas/S/items"}}"##,
        r##"{"additionalProperties":{"$ref":"#/components/schemas/S"}}"##,
        r##"{"properties":{"b":{"properties":{"c":{"$ref":"#/components/schemas/S/properties/b"}}}}}"##,
        r##"{"allOf":[{"$ref":"#/components/schemas/S/allOf/0"}]}"##,
        r##"{"allOf":[{"properties":{"a":{"$ref":"#/components/schemas/S/allOf/0"}}},{"properties":{"a":{"$ref":"#/components/schemas/S/allOf/1"}}}]}"##,
        r##"{"$ref":"#/components/schemas/S/$ref"}"##,
        r##"{"discriminator":{"propertyName":"a","mapping":{"a":"S"}},"properties":{"a":{"type":"string"}}}"##,
    ] {
        assert!(!of("a.json", with_schemas("S", &format!(r#""S":{schema}"#))).notes.refused(), "{schema}");
    }
}

#[test]
fn references_lead_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let (inner, outer) = (folder.path().join("api"), folder.path().join("outer"));
    std::fs::create_dir_all(&inner).unwrap();
    std::fs::create_dir_all(&outer).unwrap();
    std::fs::write(outer.join("secret.yaml"), "A: { type: object, properties: { secret: { type: string } } }").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outer.join("secret.yaml"), inner.join("link.yaml")).unwrap();
        std::os::unix::fs::symlink(&outer, inner.join("folder")).unwrap();
        std::os::unix::fs::symlink("loop.yaml", inner.join("loop.yaml")).unwrap();
    }
    std::fs::write(inner.join("picture.png"), [0x89, b'P', 0xff, 0]).unwrap();
    std::fs::write(inner.join("broken.json"), "{").unwrap();
    std::fs::create_dir(inner.join("directory.yaml")).unwrap();
    for reference in [
        "file:///etc/passwd",
        "/etc/passwd",
        "../outer/secret.yaml#/A",
        "x/../../outer/secret.yaml#/A",
        "%2e%2e/outer/secret.yaml#/A",
        "link.yaml#/A",
        "folder/secret.yaml#/A",
        "loop.yaml#/A",
        "http://localhost:1/a.yaml#/A",
        "https://example.org/a.yaml",
        "picture.png",
        "broken.json#/A",
        "directory.yaml#/A",
        "no\u{0}such.yaml",
        "",
    ] {
        let text = serde_json::json!({ "openapi": "3.0.0", "paths": {
            "/sound": { "get": { "operationId": "sound", "responses": {} } },
            "/a": { "get": { "operationId": "wrong", "responses": { "200": { "description": "", "content": {
                "application/json": { "schema": { "$ref": reference } } } } } } } } });
        std::fs::write(inner.join("a.json"), text.to_string()).unwrap();
        let generated = sound(generate(&inner.join("a.json"), &Options::default()));
        assert!(
            !generated.notes.refused() && code(&generated).contains("\"sound\""),
            "{reference}: {:?}",
            told(&generated)
        );
        assert!(!code(&generated).contains("secret"), "{reference}");
        assert!(reference.is_empty() || generated.left_out == 1, "{reference}: {:?}", told(&generated));
    }
}

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

/// Runs the generator with so many megabytes of address space, its stack of 256 MB and its own code among them.
#[cfg(unix)]
fn within(megabytes: u32, path: &Path) -> (Option<i32>, String) {
    let out = path.with_extension("out");
    let script = format!("ulimit -v {} && exec \"$@\"", megabytes * 1024);
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_kassa-codegen"), "client"]).arg(path).arg("--out").arg(out);
    let output = command.stdin(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[cfg(unix)]
#[test]
fn what_is_large_ends_within_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let long = |kilobytes: usize| "x".repeat(kilobytes << 10);
    std::fs::write(
        &path,
        with_schemas("S", &format!(r#""S":{{"type":"string","description":"{}"}}"#, long(200 << 10))),
    )
    .unwrap();
    let (status, said) = within(1024, &path);
    assert!(status == Some(1) && said.contains("a text of more than 16 MB"), "{status:?}: {said}");

    // What is not too long: as a name, a value, a pattern, a path and a text.
    let one = long(200);
    let schema = format!(
        r#""S":{{"type":"object","description":"{one}","properties":{{"{one}":{{"enum":["{one}"],"pattern":"{one}","default":"{one}"}}}}}}"#
    );
    std::fs::write(&path, with_schemas("S", &schema).replace("\"/a\"", &format!("\"/{one}\""))).unwrap();
    let (status, said) = within(512, &path);
    assert_eq!(status, Some(0), "{said}");

    let wide = |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>().join(",");
    let values = wide(10_000, &|n| format!("\"v{n}\""));
    let properties = wide(10_000, &|n| format!("\"p{n}\":{{}}"));
    let schema = format!(r#""S":{{"type":"object","properties":{{"e":{{"enum":[{values}]}},{properties}}}}}"#);
    std::fs::write(&path, with_schemas("S", &schema)).unwrap();
    let (status, said) = within(512, &path);
    assert_eq!(status, Some(0), "{said}");
}

#[test]
fn what_is_long_takes_time_by_its_length() {
    let wide = |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>().join(",");
    let values = wide(40_000, &|n| format!("\"v{n}\""));
    let enums = wide(4, &|_| format!(r#"{{"enum":[{values}]}}"#));
    let kinds = wide(2_000, &|n| {
        format!(r#"{{"type":"object","required":["kind"],"properties":{{"kind":{{"enum":[{n},-{n}]}},"p{n}":{{}}}}}}"#)
    });
    let places = wide(300, &|_| "{}".to_owned());
    let lists = wide(3_000, &|_| format!(r#"{{"prefixItems":[{places}]}}"#));
    let parts = wide(3_000, &|part| {
        let names = wide(10, &|n| format!(r#""p{part}x{n}":{{}}"#));
        let needs = wide(10, &|n| format!(r#""p{part}x{n}":["a"]"#));
        format!(r#"{{"properties":{{{names}}},"dependentRequired":{{{needs}}}}}"#)
    });
    let path = wide(20_000, &|n| format!("{{p{n}}}")).replace(',', "/");
    let path = format!(r#"{{"openapi":"3.0.0","paths":{{"/{path}":{{"get":{{"responses":{{}}}}}}}}}}"#);
    for (name, text) in [
        ("values in common", with_schemas("S", &format!(r#""S":{{"allOf":[{enums}]}}"#))),
        ("names of values", with_schemas("S", &format!(r#""S":{{"enum":[{values}],"x-enum-varnames":[{values}]}}"#))),
        ("kinds", with_schemas("S", &format!(r#""S":{{"oneOf":[{kinds}]}}"#))),
        ("places of lists", with_schemas("S", &format!(r#""S":{{"allOf":[{lists}]}}"#)).replace("3.0.0", "3.1.0")),
        ("parts", with_schemas("S", &format!(r#""S":{{"allOf":[{parts}]}}"#)).replace("3.0.0", "3.1.0")),
        ("parameters", path),
    ] {
        let started = std::time::Instant::now();
        assert!(!of("a.json", &text).notes.refused(), "{name}");
        // Each takes two at most; where each value is compared with each, minutes.
        assert!(started.elapsed().as_secs() < 60, "{name}: {:?}", started.elapsed());
    }
}
