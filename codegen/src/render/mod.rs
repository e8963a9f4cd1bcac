//! From plans to Rust. Nothing is decided here any more: every name and conversion is settled in the plan.

mod access;
mod callback;
mod client;
mod encode;
mod enumerations;
mod errors;
mod imports;
mod library;
mod operation;
mod outside;
mod provider;
mod recover;
mod result;
mod security;
mod settings;
mod shared;
mod tables;
mod types;
mod uniform_types;
mod verdict;

pub(crate) use enumerations::capital;

use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::quote;

use crate::load::Specs;
use crate::names::{field_name, ident};
use crate::output::FileMap;
use crate::uniform::Uniform;
use shared::Shared;

/// Renders the generated crate; or, for providers on the model of another crate, a module.
#[must_use]
pub(crate) fn render(specs: &Specs) -> FileMap {
    let mut files = FileMap::default();
    match &specs.input.on {
        None => {
            files.add("Cargo.toml", library::manifest(specs));
            let mut add = |path: &str, from: &str, doc: &str, tokens: TokenStream| {
                let header = format!("specs/{from}: edit that and run `cargo gen`");
                files.add(PathBuf::from("src").join(path), source(&header, doc, tokens));
            };
            add(
                "lib.rs",
                "",
                "Typed sans-IO clients of cash-register providers, and their uniform interface.",
                library::library(specs),
            );
            model(&specs.uniform, &mut add);
            providers(specs, &mut add);
        }
        Some(on) => {
            let mut add = |path: &str, from: &str, doc: &str, tokens: TokenStream| {
                let header = format!("{from}: edit that and generate it again");
                files.add(path, source(&header, doc, outside::rebase(tokens, on)));
            };
            // Without a text of its own, so that `include!` takes it too.
            add("mod.rs", "providers/", "", outside::module(specs));
            providers(specs, &mut add);
        }
    }
    files
}

/// Adds the uniform model.
fn model(uniform: &Uniform, add: &mut impl FnMut(&str, &str, &str, TokenStream)) {
    add(
        "provider.rs",
        "uniform/operations.yaml",
        "The interface that every provider offers.",
        library::provider_trait(uniform),
    );
    add("uniform/mod.rs", "uniform/", "The uniform model.", library::uniform_mod(uniform));
    add(
        "uniform/enumerations.rs",
        "uniform/enumerations.yaml",
        "Enumerations of the fiscal data format (FFD).",
        enumerations::render(uniform),
    );
    add(
        "uniform/types.rs",
        "uniform/types.yaml",
        "What a merchant states and what a register answers.",
        uniform_types::render(uniform),
    );
    add(
        "uniform/operations.rs",
        "uniform/operations.yaml",
        "What can be asked of a provider.",
        library::operations(uniform),
    );
    add("uniform/error_class.rs", "uniform/errors.yaml", "Error classes.", errors::classes(uniform));
}

/// Adds a module for each provider.
fn providers(specs: &Specs, add: &mut impl FnMut(&str, &str, &str, TokenStream)) {
    let uniform = &specs.uniform;
    for plan in &specs.plans {
        let folder = &plan.name;
        let api = specs.tree.path_at(plan.api.span.start).1.replace('\\', "/");
        let mapping = format!("providers/{folder}/mapping.yaml");
        let shared = Shared::new(uniform);
        let operations: Vec<_> = plan
            .mapped()
            .map(|(index, mapped)| {
                let name = uniform.operations[index].name.clone();
                (name, operation::render(plan, uniform, &shared, index, mapped))
            })
            .collect();
        let callbacks: Vec<_> = plan
            .listened()
            .map(|(index, mapped)| {
                let name = plan.api.callbacks[index].name.clone();
                (name, callback::listened(plan, uniform, &shared, index, mapped))
            })
            .collect();
        let rendered: Vec<_> = operations.iter().chain(&callbacks).map(|(name, all)| (name.clone(), all)).collect();
        let shared = shared.settle(&rendered);
        let functions = shared.functions();
        add(
            &format!("{folder}/mod.rs"),
            &format!("providers/{folder}/"),
            &format!("{}: {}.", plan.mapping.title, plan.mapping.document),
            provider::render(plan, uniform, functions.is_some()),
        );
        add(&format!("{folder}/types.rs"), &api, "The types of the API.", types::render(&plan.api));
        add(
            &format!("{folder}/client.rs"),
            &api,
            "The operations of the API: requests to build, replies to read.",
            client::render(&plan.api),
        );
        add(&format!("{folder}/settings.rs"), &mapping, "The settings of an account.", settings::render(plan));
        if !plan.tables.is_empty() {
            add(&format!("{folder}/tables.rs"), &mapping, "Codes, both ways.", tables::render(plan, uniform));
        }
        if !plan.mapping.errors.is_empty() {
            add(
                &format!("{folder}/errors.rs"),
                &mapping,
                "Error codes and what they prove.",
                errors::tables(plan, uniform),
            );
        }
        if let Some(functions) = &functions {
            let doc = "What several operations have in common.";
            add(&format!("{folder}/shared.rs"), &mapping, doc, operation::shared_file(uniform, functions));
        }
        for ((index, mapped), (_, all)) in plan.mapped().zip(operations) {
            let operation = &uniform.operations[index];
            let doc = format!("`{}` through `{}`.", operation.name, plan.api.operations[mapped.call].id);
            let file = format!("{folder}/{}.rs", field_name(&operation.name));
            add(&file, &mapping, &doc, operation::file(uniform, mapped, &shared.resolve(all)));
        }
        if !plan.api.callbacks.is_empty() {
            let doc = "What the provider sends by itself.";
            add(&format!("{folder}/callbacks/mod.rs"), &api, doc, callback::types(plan));
        }
        for ((index, _), (_, all)) in plan.listened().zip(callbacks) {
            let from = &plan.api.callbacks[index];
            let doc = format!("`{}`: what it proves, and how it is answered.", from.name);
            let file = format!("{folder}/callbacks/{}.rs", callback::module(from));
            add(&file, &mapping, &doc, callback::file(uniform, &shared.resolve(all)));
        }
    }
}

/// A formatted source file with its header; `doc` may be empty.
fn source(from: &str, doc: &str, tokens: TokenStream) -> String {
    let doc = (!doc.is_empty()).then(|| format!(" {doc}")).map(|doc| quote! { #![doc = #doc] });
    let tokens = quote! { #doc #tokens };
    let file: syn::File = syn::parse2(tokens.clone())
        .unwrap_or_else(|error| panic!("the generator rendered what is not Rust: {error}\n{tokens}"));
    let text = space(&prettyplease::unparse(&file));
    format!("// Generated by kassa-codegen from {from}.\n\n{text}")
}

/// A blank line between items and methods, which the formatter leaves out.
fn space(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 50);
    let mut previous = "";
    for line in text.lines() {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let (now, before) = (line.trim_start(), previous.trim_start());
        let begins =
            ["///", "#[", "pub ", "impl", "fn ", "static ", "const ", "mod ", "trait ", "struct ", "enum ", "type "]
                .iter()
                .any(|start| now.starts_with(start));
        let after_block = before == "}" || before == "};" || before == ");" || before == "];";
        let after_line = before.ends_with(';')
            && !before.starts_with("///")
            && (now.starts_with("///")
                || indent(line) == 0
                    && !before.starts_with("use ")
                    && !before.starts_with("pub use ")
                    && !before.starts_with("pub mod ")
                    && !before.starts_with("mod "));
        let after_uses = before.starts_with("use ") && !now.starts_with("use ") && begins;
        let after_doc = before.starts_with("//!") && !now.starts_with("//!");
        if indent(line) == indent(previous) && (begins && (after_block || after_line || after_uses) || after_doc) {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
        previous = line;
    }
    out
}

/// A doc attribute; nothing for an empty text.
fn doc(text: &str) -> TokenStream {
    let text = text.trim();
    if text.is_empty() {
        return TokenStream::new();
    }
    let lines = text.lines().map(|line| {
        let line = format!(" {}", line.trim_end());
        quote! { #[doc = #line] }
    });
    quote! { #(#lines)* }
}

/// The text of a spec as Markdown that rustdoc takes as it is: no links, no HTML.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut code = false;
    for c in text.chars() {
        match c {
            '`' => code = !code,
            '[' | ']' | '<' | '>' if !code => out.push('\\'),
            _ => {}
        }
        out.push(c);
    }
    if code {
        out = out.replace('`', "'");
    }
    out
}

/// A name of the model as an identifier.
fn field(name: &str) -> proc_macro2::Ident {
    ident(&field_name(name))
}

/// Whether `tokens` mention the identifier `name`.
fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        proc_macro2::TokenTree::Ident(found) => found == name,
        proc_macro2::TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}

/// Whether `tokens` mention the identifier `name` as it is, and not behind a `::`.
fn names(tokens: &TokenStream, name: &str) -> bool {
    let mut colons = 0;
    tokens.clone().into_iter().any(|tree| {
        let before = std::mem::take(&mut colons);
        match tree {
            proc_macro2::TokenTree::Ident(found) => found == name && before < 2,
            proc_macro2::TokenTree::Group(group) => names(&group.stream(), name),
            proc_macro2::TokenTree::Punct(punct) => {
                colons = if punct.as_char() == ':' { before + 1 } else { 0 };
                false
            }
            proc_macro2::TokenTree::Literal(_) => false,
        }
    })
}

/// `name`, or `_name` where `tokens` do not use it.
fn parameter(name: &str, tokens: &TokenStream) -> proc_macro2::Ident {
    if mentions(tokens, name) { ident(name) } else { ident(&format!("_{name}")) }
}
