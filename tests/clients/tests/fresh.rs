//! What is committed is what the documents say.

use std::path::Path;

use kassa_codegen::client::{Options, generate};

#[test]
fn generated_code_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["access", "bodies", "names", "parameters", "schemas", "shapes"] {
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
