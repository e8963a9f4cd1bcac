//! What a provider sends by itself: a type each, and what it proves.

use proc_macro2::TokenStream;
use quote::quote;

use super::access::{Scope, reach_wire};
use super::encode::Encoder;
use super::settings::optional;
use super::shared::Shared;
use super::types::rust_type;
use super::verdict::Verdicts;
use super::{doc, mentions, parameter, plain};
use crate::mapping::SettingKind;
use crate::model::{AnswerPlan, CallbackKind, MappedCallbackPlan, Plan, ProofPlan};
use crate::names::{Names, field_name, ident, type_name};
use crate::spec::{Callback, Param, Place};
use crate::uniform::{OperationKind, Uniform};

/// The module of a callback that is listened to.
pub(super) fn module(callback: &Callback) -> String {
    field_name(&callback.rust)
}

/// `callbacks/mod.rs`: every callback of the document as a type.
pub(super) fn types(plan: &Plan) -> TokenStream {
    let modules = plan.listened().map(|(index, _)| ident(&module(&plan.api.callbacks[index])));
    let items: Vec<_> = plan
        .api
        .callbacks
        .iter()
        .enumerate()
        .map(|(index, callback)| {
            let mapped = plan.listened().find(|(listened, _)| *listened == index).map(|(_, mapped)| mapped);
            one(plan, callback, mapped)
        })
        .collect();
    let body = quote! { #(#items)* };
    let types = mentions(&body, "types").then(|| quote! { use super::types; });
    quote! { #(pub mod #modules;)* #types #body }
}

fn one(plan: &Plan, callback: &Callback, mapped: Option<&MappedCallbackPlan>) -> TokenStream {
    let name = ident(&callback.rust);
    let wire = &callback.name;
    let method = ident(&callback.method);
    let about = doc(&plain(&format!("{}\n\nThe callback `{wire}`, by `{}`.", callback.doc, callback.method)));
    // What proves its origin is a secret, and no field of a type that can be printed.
    let is_proof = |n: usize| mapped.is_some_and(|mapped| mapped.proofs.iter().any(|proof| proof.param == Some(n)));
    let mut names = Names::default();
    let (mut fields, mut reads) = (Vec::new(), Vec::new());
    for (_, param) in callback.params.iter().enumerate().filter(|(n, _)| !is_proof(*n)) {
        let field = ident(&names.take(&param.prop.rust));
        let about = doc(&plain(&parameter_doc(param)));
        fields.push(quote! { #about pub #field: Option<String> });
        let (place, wire) = place(param.place, &param.prop.wire);
        reads.push(quote! { #field: kassa_core::callback::parameter(request, #place, #wire) });
    }
    if let Some(schema) = &callback.body {
        let field = ident(&names.take("body"));
        let held = rust_type(schema, &plan.api, &quote! { types:: });
        fields.push(quote! { #[doc = " The body."] pub #field: #held });
        reads.push(quote! { #field: kassa_core::json::read(request.body())? });
    }
    let read = quote! { Ok(Self { #(#reads,)* }) };
    let request = parameter("request", &read);
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq)]
        pub struct #name { #(#fields,)* }

        impl kassa_core::Callback for #name {
            const NAME: &'static str = #wire;

            const METHOD: kassa_core::http::Method = kassa_core::http::Method::#method;

            fn read(#request: &kassa_core::Request) -> Result<Self, kassa_core::Unreadable> { #read }
        }
    }
}

fn parameter_doc(param: &Param) -> String {
    if param.prop.schema.doc.is_empty() {
        format!("`{}` of the document.", param.prop.wire)
    } else {
        param.prop.schema.doc.clone()
    }
}

/// The place of a parameter, and its name as it is looked up there.
fn place(place: Place, name: &str) -> (TokenStream, String) {
    match place {
        Place::Header => (quote! { kassa_core::callback::ProofPlace::Header }, name.to_lowercase()),
        Place::Query | Place::Path => (quote! { kassa_core::callback::ProofPlace::Query }, name.to_owned()),
    }
}

/// `callbacks/<name>.rs`: what a callback proves, and how it is answered.
pub(super) fn listened(
    plan: &Plan,
    uniform: &Uniform,
    shared: &Shared<'_>,
    index: usize,
    mapped: &MappedCallbackPlan,
) -> TokenStream {
    let callback = &plan.api.callbacks[index];
    let rust = ident(&callback.rust);
    let name = quote! { super::#rust };
    let submit = uniform.operations.iter().position(|operation| operation.kind == OperationKind::Submit);
    let submit = submit.expect("a callback is listened to only where something is submitted");
    let output = ident(&type_name(&uniform.ty(uniform.operations[submit].output).name));

    let proofs = mapped.proofs.iter().map(|proof| proof_tokens(plan, proof));
    let verify = match &mapped.unverified {
        Some(why) => quote! { Ok(Trust::Unverified(#why)) },
        None => quote! { callback::verify(request, &[#(#proofs),*]) },
    };
    let (request, settings) = (parameter("request", &verify), parameter("settings", &verify));
    let verify = quote! {
        /// Whether a request proves that the provider sent it.
        ///
        /// # Errors
        /// What it lacks, or what the account does.
        pub fn verify(#request: &Request, #settings: &Settings) -> Result<Trust, CallbackRefusal> { #verify }
    };

    let key = mapped.keys().first().map(|(path, _)| {
        let told = super::access::Access::place(quote! { told.body });
        let option = reach_wire(&plan.api, path, told).option();
        quote! { let key = #option; key.map(String::as_str) }
    });
    let key = key.unwrap_or_else(|| quote! { None });
    let told = parameter("told", &key);
    let key = quote! {
        /// The key of the submission that it speaks of.
        #[must_use]
        pub fn key(#told: &#name) -> Option<&str> { #key }
    };

    let rules = Verdicts { plan, uniform, shared, operation: submit, listening: true }.told(&mapped.told);
    let body = mentions(&rules, "body").then(|| quote! { let body = &told.body; });
    let told = if body.is_some() { ident("told") } else { ident("_told") };
    let (key_name, operation) = (parameter("key", &rules), parameter("operation", &rules));
    let settings = parameter("settings", &rules);
    let request_name = ident("request");
    let decode = quote! {
        /// What it proves about the submission that it speaks of.
        #[must_use]
        pub fn decode(#key_name: &str, #operation: Operation, #settings: &Settings, #request_name: &Request) -> Verdict<#output> {
            let #told = match #name::read(request) {
                Ok(told) => told,
                Err(broken) => {
                    return Verdict::Found(Finding {
                        message: Some(broken.to_string()),
                        ..Finding::of_callback(&error_class::OUTCOME_UNKNOWN, "The callback is not what the document promises.")
                    });
                }
            };
            #body
            #rules
        }
    };

    let answer = mapped.answer.as_ref().map(|answer| answer_tokens(plan, uniform, callback, answer));
    let answer = answer.unwrap_or_else(|| quote! { Ok(callback::answer(StatusCode::OK)) });
    let settings = parameter("settings", &answer);
    let answer = quote! {
        /// What the provider takes for "received".
        ///
        /// # Errors
        /// When a setting does not fit.
        pub fn answer(#settings: &Settings) -> Result<Reply, Refusal> { #answer }
    };

    let notice = quote! {
        /// What a request says at first sight.
        ///
        /// # Errors
        /// Why nothing is learned from it.
        pub fn notice(request: &Request, settings: &Settings) -> Result<Notice, CallbackRefusal> {
            callback::expect_method(request, &#name::METHOD)?;
            let trust = verify(request, settings)?;
            let told = #name::read(request).map_err(CallbackRefusal::Unreadable)?;
            let answer = answer(settings).map_err(|refusal| CallbackRefusal::Unreadable(Unreadable::new("answer", refusal.to_string())))?;
            Ok(Notice { callback: #name::NAME, key: key(&told).map(str::to_owned), trust, answer })
        }
    };

    quote! { #notice #verify #key #decode #answer }
}

/// The module of a callback, given what [`listened`] made of it.
pub(super) fn file(uniform: &Uniform, all: &TokenStream) -> TokenStream {
    let text = all.to_string();
    let mut uses = Vec::new();
    for module in ["errors", "settings", "shared", "tables", "types"] {
        // Parameters and methods have these names too; a module is named before a path.
        if text.contains(&format!("{module} ::")) {
            let module = ident(module);
            uses.push(quote! { use super::super::#module; });
        }
    }
    let core: Vec<_> =
        ["Date", "DateTime", "Maybe", "Misfit", "Money", "Number", "NumberOrString", "Place", "Quantity"]
            .into_iter()
            .filter(|name| {
                mentions(all, name) || *name == "Place" && (mentions(all, "refuse") || mentions(all, "unreadable"))
            })
            .map(ident)
            .collect();
    let modules: Vec<_> = ["codec", "json"].into_iter().filter(|name| mentions(all, name)).map(ident).collect();
    let status = mentions(all, "StatusCode").then(|| quote! { use kassa_core::http::StatusCode; });
    let model: Vec<_> = uniform
        .types
        .iter()
        .map(|ty| type_name(&ty.name))
        .chain(uniform.enums.iter().map(|item| type_name(&item.name)))
        .chain(["Operation".to_owned(), "error_class".to_owned()])
        .filter(|model| mentions(all, model))
        .map(|name| ident(&name))
        .collect();
    quote! {
        #(#uses)*
        use super::super::settings::Settings;
        use crate::uniform::{#(#model),*};
        #status
        use kassa_core::{
            Callback as _, CallbackRefusal, Finding, Notice, Refusal, Reply, Request, Trust, Unreadable, Verdict, callback,
            #(#core,)* #(#modules),*
        };
        #all
    }
}

fn proof_tokens(plan: &Plan, proof: &ProofPlan) -> TokenStream {
    let setting = &plan.mapping.settings[proof.setting];
    let (field, name) = (ident(&setting.name.text), &setting.name.text);
    let expected = match (&setting.kind, optional(setting)) {
        (SettingKind::Secret, true) => quote! { settings.#field.as_ref().map(|secret| secret.expose()) },
        (SettingKind::Secret, false) => quote! { Some(settings.#field.expose()) },
        (_, true) => quote! { settings.#field.as_deref() },
        (_, false) => quote! { Some(settings.#field.as_str()) },
    };
    let (place, wire) = place(proof.place, &proof.name);
    quote! { callback::Proof { place: #place, name: #wire, setting: #name, expected: #expected } }
}

fn answer_tokens(plan: &Plan, uniform: &Uniform, callback: &Callback, answer: &AnswerPlan) -> TokenStream {
    let status = callback.responses[answer.response].status.unwrap_or(200);
    let status = match status {
        200 => quote! { StatusCode::OK },
        202 => quote! { StatusCode::ACCEPTED },
        204 => quote! { StatusCode::NO_CONTENT },
        other => {
            let other = proc_macro2::Literal::u16_unsuffixed(other);
            quote! { StatusCode::from_u16(#other).unwrap_or_default() }
        }
    };
    match &answer.body {
        Some((ty, sets, _)) => {
            let body = Encoder { plan, uniform, mapped: None, shared: None }.object(*ty, sets, &Scope::input());
            quote! { Ok(callback::json_answer(#status, &#body)) }
        }
        None => quote! { Ok(callback::answer(#status)) },
    }
}

/// What the provider trait is told of callbacks.
pub(super) fn methods(plan: &Plan, output: &proc_macro2::Ident) -> TokenStream {
    let listened: Vec<_> = plan.listened().collect();
    if listened.is_empty() {
        return TokenStream::new();
    }
    let modules: Vec<_> = listened.iter().map(|(index, _)| ident(&module(&plan.api.callbacks[*index]))).collect();
    let names = listened.iter().map(|(index, _)| &plan.api.callbacks[*index].name);
    let awaits = listened.iter().filter(|(_, mapped)| !mapped.proofs.is_empty()).map(|(_, mapped)| {
        let missing = mapped.proofs.iter().map(|proof| &plan.mapping.settings[proof.setting]);
        let there = missing.filter(|setting| optional(setting)).map(|setting| {
            let field = ident(&setting.name.text);
            quote! { self.settings.#field.is_some() }
        });
        let there: Vec<_> = there.collect();
        if there.is_empty() {
            quote! { true }
        } else {
            quote! { #(#there)&&* }
        }
    });
    let awaits: Vec<_> = awaits.collect();
    let awaits = match awaits.as_slice() {
        [] => quote! { false },
        [one] => quote! { #one },
        any => quote! { #((#any))||* },
    };
    quote! {
        fn awaits_callbacks(&self) -> bool { #awaits }

        fn callback(&self, request: &Request) -> Result<Notice, CallbackRefusal> {
            callback::first([#(callbacks::#modules::notice(request, &self.settings)),*])
        }

        fn callback_verdict(&self, callback: &str, key: &str, operation: Operation, request: &Request) -> Verdict<#output> {
            match callback {
                #(#names => callbacks::#modules::decode(key, operation, &self.settings, request),)*
                _ => Verdict::Found(Finding::of_callback(&error_class::OUTCOME_UNKNOWN, "The provider sends no such callback.")),
            }
        }
    }
}

/// What the provider's info says of callbacks.
pub(super) fn infos(plan: &Plan) -> TokenStream {
    let infos = plan.callbacks.iter().map(|mapped| {
        let name = &plan.api.callbacks[mapped.callback].name;
        let verified_by = match &mapped.kind {
            CallbackKind::Unsupported(why) => quote! { Err(#why) },
            CallbackKind::Mapped(mapped) => {
                let settings = mapped.proofs.iter().map(|proof| &plan.mapping.settings[proof.setting].name.text);
                quote! { Ok(&[#(#settings),*]) }
            }
        };
        quote! { CallbackInfo { callback: #name, verified_by: #verified_by } }
    });
    quote! { &[#(#infos,)*] }
}
