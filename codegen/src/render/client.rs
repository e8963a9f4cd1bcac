//! The operations of an API: a type each, with its parameters and body.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{Slot, rust_type, slot};
use super::{doc, plain};
use crate::names::{Names, ident};
use crate::spec::{Api, Operation, Place, SchemaKind};

pub(super) fn render(api: &Api) -> TokenStream {
    let operations: Vec<_> = api.operations.iter().map(|operation| one(operation, api)).collect();
    let body = quote! { #(#operations)* };
    // The builder of requests has a method of this name.
    let json = body.to_string().contains("json ::").then(|| quote! { use kassa_core::json; });
    let core: Vec<_> = ["DateTime", "Number", "NumberOrString"]
        .into_iter()
        .filter(|name| super::mentions(&body, name))
        .map(ident)
        .collect();
    let types = super::mentions(&body, "types").then(|| quote! { use super::types; });
    quote! {
        #types
        use kassa_core::call::RequestBuilder;
        use kassa_core::http::{Method, StatusCode};
        #json
        use kassa_core::{BaseUrl, BuildError, #(#core,)* Operation, Reply, Request, Unreadable};
        #body
    }
}

/// The names of an operation's fields: parameters, then the body.
pub(super) fn field_names(operation: &Operation) -> Vec<String> {
    let mut names = Names::default();
    let mut all: Vec<_> = operation.params.iter().map(|param| names.take(&param.prop.rust)).collect();
    if operation.body.is_some() {
        all.push(names.take("body"));
    }
    all
}

fn one(operation: &Operation, api: &Api) -> TokenStream {
    let name = ident(&operation.rust);
    let reply_name = ident(&format!("{}Reply", operation.rust));
    let path = quote! { types:: };
    let names: Vec<_> = field_names(operation).iter().map(|name| ident(name)).collect();
    let mut fields = Vec::new();
    let mut calls = Vec::new();
    for (param, name) in operation.params.iter().zip(&names) {
        let text = if param.prop.schema.doc.is_empty() {
            format!("`{}` of the document.", param.prop.wire)
        } else {
            param.prop.schema.doc.clone()
        };
        let about = doc(&plain(&text));
        let held = rust_type(&param.prop.schema, api, &path);
        let optional = slot(&param.prop, api) != Slot::Plain;
        let ty = if optional {
            quote! { Option<#held> }
        } else {
            held
        };
        fields.push(quote! { #about pub #name: #ty });
        if param.place == Place::Path {
            continue;
        }
        let wire = param.prop.wire.clone();
        let value = if optional {
            quote! { value }
        } else {
            quote! { self.#name }
        };
        let text = as_text(api.shape(&param.prop.schema), &value, optional);
        let add = match param.place {
            Place::Query => quote! { request.query(#wire, #text) },
            _ => {
                let wire = wire.to_lowercase();
                quote! { request.header(#wire, #text) }
            }
        };
        calls.push(if optional {
            quote! { if let Some(value) = &self.#name { request = #add; } }
        } else {
            quote! { request = #add; }
        });
    }
    if let Some(schema) = &operation.body {
        let name = names.last().expect("the body is the last field");
        let held = rust_type(schema, api, &path);
        fields.push(quote! { #[doc = " The body."] pub #name: #held });
        calls.push(quote! { request = request.json(&self.#name); });
    }
    let pieces = path_pieces(operation, &names, api);
    let method = ident(&operation.method);
    let id = &operation.id;
    let about = doc(&plain(&format!("{}\n\n`{} {}`", operation.doc, operation.method, operation.path)));
    let reply_doc = format!(" What `{id}` answers, by status.");
    let mutable = (!calls.is_empty()).then(|| quote! { mut });
    let variants = operation.responses.iter().map(|response| {
        let variant = ident(&response.rust);
        let status = response.status.map_or_else(|| "Any other status".to_owned(), |status| format!("HTTP {status}"));
        let about = doc(&plain(&format!("{status}: {}", response.doc)));
        match (&response.body, response.status) {
            (Some(schema), Some(_)) => {
                let held = rust_type(schema, api, &path);
                quote! { #about #variant(#held) }
            }
            (Some(schema), None) => {
                let held = rust_type(schema, api, &path);
                quote! { #about #variant(StatusCode, #held) }
            }
            (None, Some(_)) => quote! { #about #variant },
            (None, None) => quote! { #about #variant(StatusCode) },
        }
    });
    let arms = operation.responses.iter().filter_map(|response| {
        let variant = ident(&response.rust);
        let status = proc_macro2::Literal::u16_unsuffixed(response.status?);
        Some(match response.body {
            Some(_) => quote! { #status => json::read_reply(reply).map(#reply_name::#variant) },
            None => quote! { #status => Ok(#reply_name::#variant) },
        })
    });
    let default = operation.responses.iter().find(|response| response.status.is_none());
    let other = match default {
        Some(response) => {
            let variant = ident(&response.rust);
            match response.body {
                Some(_) => {
                    quote! { _ => json::read_reply(reply).map(|body| #reply_name::#variant(reply.status(), body)) }
                }
                None => quote! { _ => Ok(#reply_name::#variant(reply.status())) },
            }
        }
        None => quote! { _ => Ok(#reply_name::Other(reply.status())) },
    };
    let other_variant = default.is_none().then(|| {
        quote! {
            #[doc = " A status that the document does not have."]
            Other(StatusCode),
        }
    });
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq)]
        pub struct #name { #(#fields,)* }

        #[doc = #reply_doc]
        #[derive(Debug, Clone, PartialEq)]
        pub enum #reply_name { #(#variants,)* #other_variant }

        impl Operation for #name {
            type Reply = #reply_name;

            const ID: &'static str = #id;

            fn request(&self, base: &BaseUrl) -> Result<Request, BuildError> {
                let #mutable request = RequestBuilder::new(Method::#method, base)#(#pieces)*;
                #(#calls)*
                request.build()
            }

            fn read(reply: &Reply) -> Result<Self::Reply, Unreadable> {
                match reply.status().as_u16() {
                    #(#arms,)*
                    #other,
                }
            }
        }
    }
}

/// The calls that append the path: literal text and escaped values.
fn path_pieces(operation: &Operation, names: &[proc_macro2::Ident], api: &Api) -> Vec<TokenStream> {
    let mut pieces = Vec::new();
    let mut rest = operation.path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((param, after)) = after.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(quote! { .path(#before) });
        }
        let found = operation.params.iter().position(|p| p.place == Place::Path && p.prop.wire == param);
        if let Some(index) = found {
            let name = &names[index];
            let text = as_text(api.shape(&operation.params[index].prop.schema), &quote! { self.#name }, false);
            pieces.push(quote! { .segment(#text) });
        }
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(quote! { .path(#rest) });
    }
    pieces
}

/// A value as text of a URL or header.
fn as_text(kind: &SchemaKind, value: &TokenStream, by_reference: bool) -> TokenStream {
    match kind {
        SchemaKind::Text { .. } if by_reference => quote! { #value },
        SchemaKind::Text { .. } => quote! { &#value },
        SchemaKind::DateTime | SchemaKind::NumberOrString | SchemaKind::Number => quote! { #value.as_str() },
        SchemaKind::Integer | SchemaKind::Bool => quote! { &#value.to_string() },
        _ => quote! { &json::plain(&#value).unwrap_or_default() },
    }
}
