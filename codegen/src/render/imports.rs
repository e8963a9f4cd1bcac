//! What a module of a provider's operations uses.

use proc_macro2::TokenStream;
use quote::quote;

use super::{mentions, names};
use crate::names::{ident, type_name};
use crate::uniform::Uniform;

/// What is used of kassa-core.
const CORE: [&str; 18] = [
    "Answer",
    "BaseUrl",
    "BuildError",
    "Date",
    "DateTime",
    "Finding",
    "Maybe",
    "Misfit",
    "Money",
    "Number",
    "NumberOrString",
    "Page",
    "Place",
    "Refusal",
    "Reply",
    "Request",
    "Unreadable",
    "Verdict",
];

/// The imports of `all`. `reads` tells whether a trait is needed to build requests and read replies.
pub(super) fn imports(uniform: &Uniform, all: &TokenStream, reads: bool) -> TokenStream {
    let text = all.to_string();
    let mut uses = Vec::new();
    for name in ["client", "errors", "settings", "shared", "tables", "types"] {
        // Parameters and methods have these names too; a module is named before a path.
        let used = match name {
            "settings" | "shared" => text.contains(&format!("{name} ::")),
            _ => mentions(all, name),
        };
        if used {
            let name = ident(name);
            uses.push(quote! { use super::#name; });
        }
    }
    let settings = mentions(all, "Settings").then(|| quote! { use super::settings::Settings; });
    let misfits = text.contains(". refuse (") || text.contains(". unreadable (");
    let core: Vec<_> = CORE
        .into_iter()
        .filter(|name| match *name {
            "Place" => misfits,
            name => names(all, name),
        })
        .map(ident)
        .collect();
    let modules: Vec<_> = ["call", "codec", "json"].into_iter().filter(|name| mentions(all, name)).map(ident).collect();
    let codecs: Vec<_> = ["Inexact", "PhoneStyle"].into_iter().filter(|name| mentions(all, name)).map(ident).collect();
    let codecs = (!codecs.is_empty()).then(|| quote! { use kassa_core::codec::{#(#codecs),*}; });
    let operation_trait = reads.then(|| quote! { use kassa_core::Operation as _; });
    let model: Vec<_> = uniform
        .types
        .iter()
        .map(|ty| type_name(&ty.name))
        .chain(uniform.enums.iter().map(|item| type_name(&item.name)))
        .chain(["Operation".to_owned(), "error_class".to_owned()])
        .filter(|name| names(all, name))
        .map(|name| ident(&name))
        .collect();
    let model = (!model.is_empty()).then(|| quote! { use crate::uniform::{#(#model),*}; });
    quote! {
        #(#uses)*
        #settings
        #model
        #codecs
        #operation_trait
        use kassa_core::{#(#core,)* #(#modules),*};
    }
}
