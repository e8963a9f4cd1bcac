//! What is committed is what the documents say, laid out as the workspace is.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use kassa_codegen::client::{Options, generate};

#[test]
fn generated_code_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["access", "bodies", "names", "parameters", "schemas", "shapes", "unions"] {
        let options = Options { module: true, ..Options::default() };
        let document = root.join("documents").join(name).with_extension("yaml");
        let generated = generate(&document, &options);
        assert!(!generated.notes.refused(), "{}", generated.notes.shown(&generated.tree, 10));
        let out = root.join("src").join(name);
        if std::env::var_os("UPDATE").is_some() {
            generated.files.write(&out).unwrap();
        }
        let differences = generated.files.compare(&out).unwrap();
        assert!(differences.is_empty(), "{name}: UPDATE=1 cargo test -p kassa-clients --test fresh\n{differences}");
    }
}

/// Generated files tell rustfmt to leave them alone: here it is asked without that.
#[test]
fn generated_code_is_laid_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["access", "bodies", "names", "parameters", "schemas", "shapes"] {
        for entry in std::fs::read_dir(root.join("src").join(name)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.replace("#![cfg_attr(rustfmt, rustfmt_skip)]\n", "");
            // The modules that a file names are others.
            let text: String =
                text.lines().filter(|line| !line.starts_with("pub mod ")).map(|l| format!("{l}\n")).collect();
            let mut rustfmt = Command::new("rustfmt")
                .args(["--edition", "2024", "--check"])
                .current_dir(root)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            rustfmt.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
            let output = rustfmt.wait_with_output().unwrap();
            assert!(output.status.success(), "{}\n{}", path.display(), String::from_utf8_lossy(&output.stdout));
        }
    }
}
