//! What several operations of a provider have in common is written once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quote::ToTokens;

/// Longer bodies are written once: about what a screen shows of them.
const LONG: usize = 600;

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The long functions of the modules of a provider, by what they do.
fn long_functions(provider: &Path) -> BTreeMap<String, Vec<String>> {
    let mut files = Vec::new();
    rust_files(provider, &mut files);
    files.sort();
    let mut functions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files {
        let file = syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for item in file.items {
            let syn::Item::Fn(function) = item else { continue };
            let body = function.block.to_token_stream().to_string();
            if body.len() >= LONG {
                functions.entry(body).or_default().push(format!("{}: {}", path.display(), function.sig.ident));
            }
        }
    }
    functions
}

#[test]
fn no_long_function_is_written_twice() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    for providers in ["generated/src", "tests/neighbours/src/providers"] {
        let folders = std::fs::read_dir(root.join(providers)).unwrap().map(|entry| entry.unwrap().path());
        for provider in folders.filter(|path| path.is_dir() && !path.ends_with("uniform")) {
            for (_, places) in long_functions(&provider) {
                assert_eq!(places.len(), 1, "{places:#?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

/// Operations through one operation of the API read its replies by one function.
#[test]
fn replies_that_say_the_same_are_read_by_one_function() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let providers = root.join("tests/neighbours/src/providers");
    let shared = std::fs::read_to_string(providers.join("bravo/shared.rs")).unwrap();
    assert!(shared.contains("/// For `cash_in`, `cash_out`.\npub(super) fn decode_move(reply: &Reply)"), "{shared}");
    for operation in ["cash_in", "cash_out"] {
        let text = std::fs::read_to_string(providers.join(format!("bravo/{operation}.rs"))).unwrap();
        assert!(text.contains("shared::decode_move(reply)"), "{text}");
    }
    // What only one operation has stands in it.
    assert!(!providers.join("acme/shared.rs").exists());
}
