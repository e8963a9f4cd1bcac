//! Each `openapi.yaml` is plain valid OpenAPI to two linters that know nothing of each other.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::{folders, openapi, specs};
use kassa_round_trips::tools::{Said, Tools, tools};

fn documents() -> Vec<PathBuf> {
    folders().iter().map(|provider| openapi(provider)).collect()
}

fn redocly(tools: &Tools, documents: &[PathBuf]) -> Said {
    let config = specs().join("redocly.yaml");
    let mut arguments = vec![OsStr::new("lint"), OsStr::new("--config"), config.as_os_str()];
    arguments.extend(documents.iter().map(|document| document.as_os_str()));
    tools.run("redocly", &arguments, &crate::specs())
}

fn spectral(tools: &Tools, documents: &[PathBuf]) -> Said {
    let rules = specs().join(".spectral.yaml");
    let mut arguments = vec![OsStr::new("lint"), OsStr::new("--fail-severity=error"), OsStr::new("--ruleset")];
    arguments.push(rules.as_os_str());
    arguments.extend(documents.iter().map(|document| document.as_os_str()));
    tools.run("spectral", &arguments, &crate::specs())
}

/// The first document with a parameter that the path does not have: no linter may let it pass.
fn broken() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openapi.yaml");
    std::fs::write(
        &path,
        "openapi: 3.0.3\ninfo: { title: Broken, version: '1' }\npaths:\n  /a/{b}:\n    get:\n      responses: {}\n",
    )
    .unwrap();
    (folder, path)
}

#[test]
fn redocly_finds_no_error() {
    let Some(tools) = tools() else { return };
    let said = redocly(tools, &documents());
    assert!(said.success, "{}", said.text);
    for provider in folders() {
        assert!(said.text.contains(&format!("providers/{provider}/openapi.yaml")), "{provider}: {}", said.text);
    }
    let (_folder, path) = broken();
    assert!(!redocly(tools, &[path]).success, "a broken document passes");
}

#[test]
fn spectral_finds_no_error() {
    let Some(tools) = tools() else { return };
    let said = spectral(tools, &documents());
    assert!(said.success, "{}", said.text);
    let (_folder, path) = broken();
    let said = spectral(tools, &[path]);
    assert!(!said.success && said.text.contains("path-params"), "a broken document passes: {}", said.text);
}
