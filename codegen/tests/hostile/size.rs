//! What is large and long takes memory and time by its size.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::{of, with_schemas};

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
    let objects = wide(200, &|n| {
        let shapes = wide(200, &|n| format!(r##"{{"$ref":"#/components/schemas/O{n}"}}"##));
        let fields = format!(r##""kind":{{"$ref":"#/components/schemas/E"}},"p{n}":{{}}"##);
        format!(r#""O{n}":{{"type":"object","properties":{{{fields}}}}},"U{n}":{{"anyOf":[{shapes}]}}"#)
    });
    let unions = wide(200, &|n| format!(r##""u{n}":{{"$ref":"#/components/schemas/U{n}"}}"##));
    let some = wide(10_000, &|n| format!("\"v{n}\""));
    let shared = format!(r#""S":{{"properties":{{{unions}}}}},"E":{{"enum":[{some}]}},{objects}"#);
    let path = wide(20_000, &|n| format!("{{p{n}}}")).replace(',', "/");
    let path = format!(r#"{{"openapi":"3.0.0","paths":{{"/{path}":{{"get":{{"responses":{{}}}}}}}}}}"#);
    for (name, text) in [
        ("values in common", with_schemas("S", &format!(r#""S":{{"allOf":[{enums}]}}"#))),
        ("names of values", with_schemas("S", &format!(r#""S":{{"enum":[{values}],"x-enum-varnames":[{values}]}}"#))),
        ("kinds", with_schemas("S", &format!(r#""S":{{"oneOf":[{kinds}]}}"#))),
        ("places of lists", with_schemas("S", &format!(r#""S":{{"allOf":[{lists}]}}"#)).replace("3.0.0", "3.1.0")),
        ("kinds of one long list", with_schemas("S", &shared)),
        ("parts", with_schemas("S", &format!(r#""S":{{"allOf":[{parts}]}}"#)).replace("3.0.0", "3.1.0")),
        ("parameters", path),
    ] {
        let started = std::time::Instant::now();
        assert!(!of("a.json", &text).notes.refused(), "{name}");
        // Each takes two at most; where each value is compared with each, minutes.
        assert!(started.elapsed().as_secs() < 60, "{name}: {:?}", started.elapsed());
    }
}
