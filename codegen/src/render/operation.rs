//! One uniform operation at one provider: to a request, from a reply, and back.

use proc_macro2::TokenStream;
use quote::quote;

use super::access::{Scope, reach};
use super::client::field_names;
use super::encode::Encoder;
use super::imports::imports;
use super::recover::Recoverer;
use super::shared::Shared;
use super::verdict::Verdicts;
use super::{field, mentions, parameter};
use crate::model::{Chosen, MappedPlan, Plan};
use crate::names::{ident, type_name};
use crate::uniform::{OperationKind, Uniform};

/// The operations that one of is called.
fn calls(plan: &Plan, uniform: &Uniform, chosen: &Chosen) -> TokenStream {
    let mut named: Vec<usize> = Vec::new();
    for (_, call) in &chosen.calls {
        if let Ok(call) = call
            && !named.contains(call)
        {
            named.push(*call);
        }
    }
    let variants: Vec<_> = named.iter().map(|call| ident(&plan.api.operations[*call].rust)).collect();
    let docs = named.iter().map(|call| format!(" `{}`", plan.api.operations[*call].id));
    let of = &uniform.enums[chosen.of];
    let of_type = ident(&type_name(&of.name));
    let arms = chosen.calls.iter().filter_map(|(value, call)| {
        let path = &plan.api.operations[*call.as_ref().ok()?].path;
        let variant = ident(&type_name(&of.values[*value].name));
        Some(quote! { path if call::is_path(path, #path) => Some(#of_type::#variant) })
    });
    let about = format!(" The operations of the API that serve this one; `{}` decides.", chosen.path.text);
    quote! {
        #[doc = #about]
        #[derive(Debug, Clone, PartialEq)]
        pub enum Call { #(#[doc = #docs] #variants(client::#variants),)* }

        impl Call {
            /// The request.
            ///
            /// # Errors
            /// When a value cannot stand in a URL or header.
            pub fn request(&self, base: &BaseUrl) -> Result<Request, BuildError> {
                match self { #(Self::#variants(call) => call.request(base),)* }
            }
        }

        /// What decided that the operation at this path was called.
        #[must_use]
        pub fn chosen(path: &str) -> Option<#of_type> {
            match path { #(#arms,)* _ => None }
        }
    }
}

/// The operation that the input decides on, filled in.
fn filled(plan: &Plan, uniform: &Uniform, chosen: &Chosen, names: &[String], fields: &[TokenStream]) -> TokenStream {
    let of = &uniform.enums[chosen.of];
    let of_type = ident(&type_name(&of.name));
    let names: Vec<_> = names.iter().map(|name| ident(name)).collect();
    let locals: Vec<_> =
        names.iter().map(|name| ident(&format!("sent_{}", name.to_string().trim_start_matches("r#")))).collect();
    let value = reach(uniform, &chosen.path, &Scope::input()).expr;
    let text = &chosen.path.text;
    let arms = chosen.calls.iter().map(|(value, call)| {
        let variant = ident(&type_name(&of.values[*value].name));
        match call {
            Ok(call) => {
                let call = ident(&plan.api.operations[*call].rust);
                quote! { #of_type::#variant => Ok(Call::#call(client::#call { #(#names: #locals,)* })) }
            }
            Err(why) => {
                let reason = format!("is {}, which cannot be sent: {why}", of.values[*value].name);
                quote! { #of_type::#variant => Err(Refusal::new(#text, #reason)) }
            }
        }
    });
    let made = fields.iter().zip(&locals).map(|(field, local)| {
        // `name: value`, of which the value is kept.
        let value: TokenStream = field.clone().into_iter().skip(2).collect();
        quote! { let #local = #value; }
    });
    quote! { #(#made)* match #value { #(#arms,)* } }
}

/// An operation, with marks for what others may have in common with it.
pub(super) fn render(
    plan: &Plan,
    uniform: &Uniform,
    shared: &Shared<'_>,
    index: usize,
    mapped: &MappedPlan,
) -> TokenStream {
    let operation = &uniform.operations[index];
    let input = ident(&type_name(&uniform.ty(operation.input).name));
    let call = &plan.api.operations[mapped.call];
    let call_name = ident(&call.rust);
    let encoder = Encoder { plan, uniform, mapped: Some(mapped), shared: Some((shared, operation.input)) };

    let names = field_names(call);
    let mut fields = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let name = ident(name);
        if n < call.params.len() {
            let prop = &call.params[n].prop;
            let value = match mapped.params.iter().find(|set| set.prop == n) {
                Some(set) => encoder.slotted(set, prop, &[], &Scope::input()),
                None => quote! { None },
            };
            fields.push(quote! { #name: #value });
        } else if let Some((ty, sets, _)) = &mapped.body {
            let object = encoder.object(*ty, sets, &Scope::input());
            fields.push(quote! { #name: #object });
        }
    }
    let checks = encoder.checks();
    let (call_type, filled) = match &mapped.chosen {
        None => (quote! { client::#call_name }, quote! { Ok(client::#call_name { #(#fields,)* }) }),
        Some(chosen) => (quote! { Call }, filled(plan, uniform, chosen, &names, &fields)),
    };
    let encode = quote! { #checks #filled };
    let query = operation.kind == OperationKind::Query;
    let parameters = |body: &TokenStream| {
        let (key, from, page) = (parameter("key", body), parameter("input", body), parameter("page", body));
        let settings = parameter("settings", body);
        if query {
            quote! { #from: &#input, #page: &Page, #settings: &Settings }
        } else {
            quote! { #key: &str, #from: &#input, #settings: &Settings }
        }
    };
    let takes = parameters(&encode);
    let calls = mapped.chosen.as_ref().map(|chosen| calls(plan, uniform, chosen));
    let encode = quote! {
        #calls

        /// The operation of the API, filled in.
        ///
        /// # Errors
        /// What the provider cannot carry.
        pub fn encode(#takes) -> Result<#call_type, Refusal> { #encode }
    };

    let verdicts = Verdicts { plan, uniform, shared, operation: index, listening: false };
    let result = verdicts.result_type();
    let verdict = verdicts.render(mapped);
    let takes = parameters(&verdict);
    let verdict = quote! {
        /// What a reply proves.
        #[must_use]
        pub fn decode(#takes, reply: &Reply) -> Verdict<#result> { #verdict }
    };

    let back = (operation.kind == OperationKind::Submit).then(|| {
        let recoverer = Recoverer::new(plan, uniform, shared, mapped);
        let (key, recovered) = (recoverer.key(), recoverer.input(operation.input));
        let body = call.body.as_ref().map(|schema| super::types::rust_type(schema, &plan.api, &quote! { types:: }));
        let parameter_body = body.unwrap_or_else(|| quote! { () });
        let tell = recoverer.tell();
        let result = quote! { #tell Ok((#key, #recovered.normalised())) };
        let settings = parameter("settings", &result);
        let steps = recoverer.reduce();
        let reduced = quote! { #(#steps)* };
        let reduce_settings = parameter("settings", &reduced);
        let mutable = (!steps.is_empty()).then(|| quote! { mut });
        let chosen = mapped.chosen.as_ref().map(|chosen| {
            let of = ident(&type_name(&uniform.enums[chosen.of].name));
            quote! { chosen: #of, }
        });
        quote! {
            /// Key and input that a body was built from.
            ///
            /// # Errors
            /// When the body says what nothing maps to.
            pub fn recover(#chosen body: &#parameter_body, #settings: &Settings) -> Result<(String, #input), Unreadable> { #result }

            /// What of an input is carried: less what the mapping drops.
            #[must_use]
            pub fn reduce(input: &#input, #reduce_settings: &Settings) -> #input {
                let #mutable left = input.clone();
                #reduced
                left.normalised()
            }
        }
    });

    quote! { #encode #verdict #back }
}

/// The module of an operation, given what [`render`] made of it and others.
pub(super) fn file(uniform: &Uniform, mapped: &MappedPlan, all: &TokenStream) -> TokenStream {
    let imports = imports(uniform, all, mentions(all, "read") || mapped.chosen.is_some());
    quote! { #imports #all }
}

/// What several operations of a provider have in common, as a module.
pub(super) fn shared_file(uniform: &Uniform, functions: &TokenStream) -> TokenStream {
    let imports = imports(uniform, functions, mentions(functions, "read"));
    quote! { #imports #functions }
}

/// The module of an operation.
pub(super) fn module(uniform: &Uniform, index: usize) -> proc_macro2::Ident {
    field(&uniform.operations[index].name)
}
