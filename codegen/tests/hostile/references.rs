//! References in circles, and to where nobody has to look.

use crate::{code, of, sound, told, with_schemas};
use kassa_codegen::client::{Options, generate};

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
