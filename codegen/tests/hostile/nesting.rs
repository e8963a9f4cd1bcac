//! Documents that nest, double and repeat.

use crate::{chain, code, of, told, with_schemas};

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
