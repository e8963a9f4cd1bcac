//! The types of an API.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, plain};
use crate::names::ident;
use crate::spec::{Api, EnumDef, Prop, Schema, SchemaKind, TypeDef, TypeKind, Variant};

pub(super) fn render(api: &Api) -> TokenStream {
    let items: Vec<_> = api.types.iter().map(|ty| one(ty, api)).collect();
    let body = quote! { #(#items)* };
    let core: Vec<_> = ["DateTime", "Maybe", "Number", "NumberOrString"]
        .into_iter()
        .filter(|name| super::mentions(&body, name))
        .map(ident)
        .collect();
    let core = (!core.is_empty()).then(|| quote! { use kassa_core::{#(#core),*}; });
    let map = super::mentions(&body, "BTreeMap").then(|| quote! { use std::collections::BTreeMap; });
    quote! {
        #map
        #core
        use kassa_core::rt::serde::{Deserialize, Serialize};
        #body
    }
}

/// How a property is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// Always there.
    Plain,
    /// Always there, maybe null.
    Nullable,
    /// May be left out.
    Optional,
    /// May be left out, or null.
    Maybe,
}

/// How a property is held.
pub(super) fn slot(prop: &Prop, api: &Api) -> Slot {
    match (prop.required, api.nullable(&prop.schema)) {
        (true, false) => Slot::Plain,
        (true, true) => Slot::Nullable,
        (false, false) => Slot::Optional,
        (false, true) => Slot::Maybe,
    }
}

/// The Rust type of a shape that is there.
pub(super) fn rust_type(schema: &Schema, api: &Api, path: &TokenStream) -> TokenStream {
    match &schema.kind {
        SchemaKind::Text { .. } => quote! { String },
        SchemaKind::DateTime => quote! { DateTime },
        SchemaKind::Integer => quote! { i64 },
        SchemaKind::Number => quote! { Number },
        SchemaKind::NumberOrString => quote! { NumberOrString },
        SchemaKind::Bool => quote! { bool },
        SchemaKind::Named(id) => {
            let name = ident(&api.ty(*id).rust);
            quote! { #path #name }
        }
        SchemaKind::List(inner) => {
            let ty = rust_type(inner, api, path);
            if api.nullable(inner) {
                quote! { Vec<Option<#ty>> }
            } else {
                quote! { Vec<#ty> }
            }
        }
        SchemaKind::Map(inner) => {
            let ty = rust_type(inner, api, path);
            if api.nullable(inner) {
                quote! { BTreeMap<String, Option<#ty>> }
            } else {
                quote! { BTreeMap<String, #ty> }
            }
        }
        SchemaKind::Json => quote! { kassa_core::rt::serde_json::Value },
    }
}

/// Whether an object has nothing that must be stated.
pub(super) fn defaults(props: &[Prop], api: &Api) -> bool {
    props.iter().all(|prop| slot(prop, api) != Slot::Plain)
}

fn one(ty: &TypeDef, api: &Api) -> TokenStream {
    let name = ident(&ty.rust);
    let text = if ty.doc.is_empty() { format!("`{}` of the document.", ty.name) } else { ty.doc.clone() };
    let about = doc(&plain(&text));
    match &ty.kind {
        TypeKind::Object(props) => object(&name, &about, props, api),
        TypeKind::Enum(def) => enumeration(&name, &about, def),
        TypeKind::OneOf(variants) => one_of(&name, &about, variants, api),
        TypeKind::Alias(schema) => {
            let held = rust_type(schema, api, &TokenStream::new());
            quote! { #about pub type #name = #held; }
        }
    }
}

fn object(name: &proc_macro2::Ident, about: &TokenStream, props: &[Prop], api: &Api) -> TokenStream {
    let fields = props.iter().map(|prop| {
        let field = ident(&prop.rust);
        let text = if prop.schema.doc.is_empty() {
            format!("`{}` of the document.", prop.wire)
        } else {
            prop.schema.doc.clone()
        };
        let about = doc(&plain(&text));
        let held = rust_type(&prop.schema, api, &TokenStream::new());
        let held = if reaches(&prop.schema, name, api, 0) {
            quote! { Box<#held> }
        } else {
            held
        };
        let wire = &prop.wire;
        let rename = (prop.rust != prop.wire).then(|| quote! { rename = #wire });
        let comma = rename.as_ref().map(|_| quote! { , });
        let (ty, serde) = match slot(prop, api) {
            Slot::Plain => (held, quote! { #rename }),
            Slot::Nullable => (quote! { Option<#held> }, quote! { #rename }),
            Slot::Optional => {
                (quote! { Option<#held> }, quote! { #rename #comma default, skip_serializing_if = "Option::is_none" })
            }
            Slot::Maybe => {
                (quote! { Maybe<#held> }, quote! { #rename #comma default, skip_serializing_if = "Maybe::is_absent" })
            }
        };
        let serde = match lenient(prop, api) {
            Some(function) if serde.is_empty() => quote! { deserialize_with = #function },
            Some(function) => quote! { #serde, deserialize_with = #function },
            None => serde,
        };
        let serde = (!serde.is_empty()).then(|| quote! { #[serde(#serde)] });
        quote! { #about #serde pub #field: #ty }
    });
    let default = defaults(props, api).then(|| quote! { , Default });
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize #default)]
        #[serde(crate = "kassa_core::rt::serde", remote = "Self")]
        pub struct #name { #(#fields,)* }

        kassa_core::object!(any_case #name);
    }
}

/// What reads a text from a number too, and a number from a text: ids, signs and counters come as either, whatever their
/// document says.
fn lenient(prop: &Prop, api: &Api) -> Option<String> {
    let kind = match &prop.schema.kind {
        SchemaKind::Text { .. } => "text",
        SchemaKind::Integer => "int",
        _ => return None,
    };
    let suffix = match slot(prop, api) {
        Slot::Plain => "",
        Slot::Nullable | Slot::Optional => "_option",
        Slot::Maybe => "_maybe",
    };
    Some(format!("kassa_core::json::{kind}{suffix}"))
}

/// Whether a shape holds the type `name` without a list or map between, so that it needs a box.
fn reaches(schema: &Schema, name: &proc_macro2::Ident, api: &Api, depth: usize) -> bool {
    let SchemaKind::Named(id) = &schema.kind else { return false };
    let ty = api.ty(*id);
    if name == &ty.rust {
        return true;
    }
    if depth > api.types.len() {
        return false;
    }
    match &ty.kind {
        TypeKind::Object(props) => props.iter().any(|prop| reaches(&prop.schema, name, api, depth + 1)),
        TypeKind::OneOf(variants) => variants.iter().any(|variant| reaches(&variant.schema, name, api, depth + 1)),
        TypeKind::Alias(inner) => reaches(inner, name, api, depth + 1),
        TypeKind::Enum(_) => false,
    }
}

fn enumeration(name: &proc_macro2::Ident, about: &TokenStream, def: &EnumDef) -> TokenStream {
    let variants: Vec<_> = def.values.iter().map(|value| ident(&value.rust)).collect();
    let declared = def.values.iter().zip(&variants).map(|(value, variant)| {
        let text = if value.doc.is_empty() {
            format!("`{}`", value.wire)
        } else {
            format!("`{}`: {}.", value.wire, value.doc.trim_end_matches('.'))
        };
        let about = doc(&plain(&text));
        quote! { #about #variant }
    });
    let unknown = " A value that the document does not have.";
    if def.numeric {
        let codes: Vec<_> = def
            .values
            .iter()
            .map(|value| proc_macro2::Literal::i64_unsuffixed(value.wire.parse().unwrap_or_default()))
            .collect();
        return quote! {
            #about
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(crate = "kassa_core::rt::serde", from = "i64", into = "i64")]
            pub enum #name {
                #(#declared,)*
                #[doc = #unknown]
                Unknown(i64),
            }

            impl From<i64> for #name {
                fn from(code: i64) -> Self {
                    match code {
                        #(#codes => Self::#variants,)*
                        code => Self::Unknown(code),
                    }
                }
            }

            impl From<#name> for i64 {
                fn from(value: #name) -> Self {
                    match value {
                        #(#name::#variants => #codes,)*
                        #name::Unknown(code) => code,
                    }
                }
            }
        };
    }
    let texts: Vec<_> = def.values.iter().map(|value| &value.wire).collect();
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(crate = "kassa_core::rt::serde", from = "String", into = "String")]
        pub enum #name {
            #(#declared,)*
            #[doc = #unknown]
            Unknown(String),
        }

        impl From<String> for #name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    #(#texts => Self::#variants,)*
                    _ => Self::Unknown(text),
                }
            }
        }

        impl From<#name> for String {
            fn from(value: #name) -> Self {
                match value {
                    #(#name::#variants => #texts.to_owned(),)*
                    #name::Unknown(text) => text,
                }
            }
        }
    }
}

fn one_of(name: &proc_macro2::Ident, about: &TokenStream, variants: &[Variant], api: &Api) -> TokenStream {
    let names: Vec<_> = variants.iter().map(|variant| ident(&variant.rust)).collect();
    let held: Vec<_> = variants
        .iter()
        .map(|variant| {
            let held = rust_type(&variant.schema, api, &TokenStream::new());
            if reaches(&variant.schema, name, api, 0) {
                quote! { Box<#held> }
            } else {
                held
            }
        })
        .collect();
    let docs = variants.iter().map(|variant| {
        let text = if variant.schema.doc.is_empty() {
            format!("As {}.", variant.rust.to_lowercase())
        } else {
            variant.schema.doc.clone()
        };
        doc(&plain(&text))
    });
    let label = name.to_string();
    // A variant whose own field names it goes before one that only has the right shape.
    let told = variants.iter().zip(&names).filter_map(|(variant, name)| {
        let tells = told_by(&variant.schema, api)
            .map(|(field, values)| quote! { kassa_core::json::tells(&raw, #field, &[#(#values),*]) })
            .reduce(|one, other| quote! { #one && #other })?;
        Some(quote! {
            if #tells && let Ok(value) = kassa_core::json::from_raw(&raw) { return Ok(Self::#name(value)); }
        })
    });
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(crate = "kassa_core::rt::serde", untagged)]
        pub enum #name { #(#docs #names(#held),)* }

        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: kassa_core::rt::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = kassa_core::json::raw(deserializer)?;
                #(#told)*
                #(if let Ok(value) = kassa_core::json::from_raw(&raw) { return Ok(Self::#names(value)); })*
                Err(kassa_core::json::no_variant(#label))
            }
        }
    }
}

/// The required fields of an object that hold one of a few texts, with those texts.
fn told_by<'a>(schema: &Schema, api: &'a Api) -> impl Iterator<Item = (&'a str, Vec<&'a str>)> {
    let props = match &schema.kind {
        SchemaKind::Named(id) => match &api.ty(*id).kind {
            TypeKind::Object(props) => props.as_slice(),
            _ => &[],
        },
        _ => &[],
    };
    props.iter().filter(|prop| prop.required).filter_map(|prop| {
        let SchemaKind::Named(id) = &prop.schema.kind else { return None };
        match &api.ty(*id).kind {
            TypeKind::Enum(def) if !def.numeric => {
                Some((prop.wire.as_str(), def.values.iter().map(|value| value.wire.as_str()).collect()))
            }
            _ => None,
        }
    })
}
