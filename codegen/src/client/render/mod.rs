//! From the model to files.

mod constructor;
mod events;
mod exercise;
mod operations;
mod pairs;
mod replies;
mod service;
mod types;
mod writer;

use std::collections::BTreeMap;

pub(super) use self::exercise::exercise;
use self::types::Types;
use self::writer::Writer;
use super::model::Api;
use super::name::{Names, field_name, is_occupied};
use crate::output::{FileMap, MARK};
use crate::tree::steers;

/// What is written around the code.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// The name of the crate; `None` makes a module.
    pub(crate) name: Option<String>,
    /// Where the manifest finds `kassa-core`: a folder, the URL of a git repository, or a version.
    pub(crate) core: String,
}

/// Documents with more operations are split into modules by their tags.
const SPLIT: usize = 60;

/// The files that hold no operations.
const OWN: [&str; 4] = ["access", "events", "servers", "types"];

/// Sorts operations into modules by their first tags; gives the names of the modules.
pub(crate) fn split(api: &mut Api) -> Vec<String> {
    let mut names = Names::default();
    if api.operations.len() <= SPLIT {
        return vec!["operations".to_owned()];
    }
    let mut modules: Vec<String> = Vec::new();
    let mut known: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for operation in &mut api.operations {
        operation.module = *known.entry(operation.tag.clone()).or_insert_with(|| {
            let wanted = field_name(operation.tag.as_deref().unwrap_or("operations"), "operations");
            // The name of a file, and of a feature.
            let plain: String = wanted.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect();
            let plain = plain.trim_matches('_');
            let name = match plain.chars().next() {
                Some(first) if first.is_ascii_alphabetic() => plain.to_owned(),
                _ => "operations".to_owned(),
            };
            let is_taken = is_occupied(&name) || OWN.contains(&name.as_str());
            let name = if is_taken { format!("{name}_operations") } else { name };
            modules.push(names.take(&name));
            modules.len() - 1
        });
    }
    modules
}

/// The files.
pub(crate) fn render(api: &Api, modules: &[String], layout: &Layout) -> FileMap {
    let mut files = FileMap::default();
    let types = Types(&api.types);
    let root = if layout.name.is_some() { "src/" } else { "" };
    let mut sources: Vec<Writer> = modules.iter().map(|_| file(api, "Operations.", true)).collect();
    let mut shared = file(api, "Types.", false);
    for ty in api.types.iter().filter(|ty| ty.broken.is_none()) {
        let w = ty.module.map_or(&mut shared, |module| &mut sources[module]);
        w.line("");
        types::write(w, types, ty);
    }
    for operation in &api.operations {
        let w = &mut sources[operation.module];
        w.line("");
        operations::write(w, types, operation);
    }
    files.add(format!("{root}types.rs"), shared.out);
    for (name, source) in modules.iter().zip(sources) {
        files.add(format!("{root}{name}.rs"), source.out);
    }
    if !api.events.is_empty() {
        let mut w = file(api, "What the service sends by itself: callbacks and webhooks.", true);
        for event in &api.events {
            w.line("");
            events::write(&mut w, types, event);
        }
        files.add(format!("{root}events.rs"), w.out);
    }
    files.add(format!("{root}access.rs"), service::access(api));
    if !api.servers.is_empty() {
        files.add(format!("{root}servers.rs"), service::servers(api));
    }
    let name = if layout.name.is_some() { "src/lib.rs" } else { "mod.rs" };
    files.add(name, service::library(api, modules, layout));
    if let Some(name) = &layout.name {
        files.add("Cargo.toml", service::manifest(api, name, modules, layout));
    }
    files
}

/// A file of the crate.
fn file(api: &Api, about: &str, types: bool) -> Writer {
    let mut w = Writer::default();
    w.line(&format!("// {}", header(api)));
    w.line("");
    w.inner_doc(about);
    w.line("");
    w.line(SKIPPED);
    w.line(ALLOWED);
    w.line("");
    if types {
        w.line("use super::types::*;");
    }
    w.line("use kassa_core::client::*;");
    w
}

/// What made a file, and of what: without a path, so that it is the same on every machine.
fn header(api: &Api) -> String {
    let words = |text: &str| -> String { text.chars().filter(|c| !steers(*c)).take(60).collect() };
    let of = words(format!("{} {}", api.title, api.version).trim());
    format!("{MARK} from `{}` ({of}): edit that and generate again.", words(&api.file).replace('`', "'"))
}

/// Who formats a crate leaves these files as they are; `--check` compares them letter by letter.
const SKIPPED: &str = "#![cfg_attr(rustfmt, rustfmt_skip)]";

/// What a document has need not be what a person would write, and nobody has to use all of it. It stands in each file, so
/// that the one that holds the modules can be included.
const ALLOWED: &str = "#![allow(clippy::all, rustdoc::all, missing_docs, non_camel_case_types, unused)]";
