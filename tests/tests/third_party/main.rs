//! Other people's tools held against the specs: two linters read each `openapi.yaml`, and a mock server that stands on
//! it takes every request that Kassa sends and answers with every answer that it documents.
//!
//! The tools come from the npm registry, as `tests/third-party/package-lock.json` pins them, into the target folder.
//! They need Node.js with npm. `KASSA_THIRD_PARTY=skip` leaves them out, and says so.

#[allow(dead_code, reason = "shared with the conformance tests, which use all of it")]
#[path = "../conformance/accounts.rs"]
mod accounts;
mod document;
mod linters;
mod mock;
mod server;
#[allow(dead_code, reason = "shared with the conformance tests, which use all of it")]
#[path = "../conformance/strategies.rs"]
mod strategies;

use std::path::{Path, PathBuf};

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")
}

/// The names of the provider folders, sorted.
fn folders() -> Vec<String> {
    let folders = std::fs::read_dir(specs().join("providers")).unwrap();
    let mut names: Vec<_> = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn openapi(provider: &str) -> PathBuf {
    specs().join("providers").join(provider).join("openapi.yaml")
}
