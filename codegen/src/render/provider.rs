//! A provider: its capabilities, and how it offers the uniform operations.

use proc_macro2::TokenStream;
use quote::quote;

use super::operation::module;
use super::{doc, field, plain, security};
use crate::mapping::{Doubt, SettingKind};
use crate::model::{MappedPlan, OperationKind, Plan, ReadPlan, ReadVerb, Value};
use crate::names::{ident, type_name};
use crate::spec::{TypeId, TypeKind};
use crate::uniform::{OperationKind as UniformKind, Uniform};

pub(super) fn render(plan: &Plan, uniform: &Uniform, shares: bool) -> TokenStream {
    let name = ident(&type_name(&plan.name));
    let title = &plan.mapping.title;
    let about = doc(&plain(&format!("{title} with the settings of one account.")));
    let modules: Vec<_> = plan.mapped().map(|(index, _)| module(uniform, index)).collect();
    let tables = (!plan.tables.is_empty()).then(|| quote! { pub mod tables; });
    let shared = shares.then(|| quote! { mod shared; });
    let errors = (!plan.mapping.errors.is_empty()).then(|| quote! { pub mod errors; });
    let info = info(plan, uniform);
    let authorize = security::methods(plan);
    let secret = plan.mapping.settings.iter().any(|setting| setting.kind == SettingKind::Secret);
    let own_secrets =
        secret.then(|| quote! { fn secrets(&self) -> Vec<&kassa_core::Secret> { self.settings.secrets() } });
    let login = security::login(plan, uniform);
    let (keys, opening) = (security::keys(plan), security::opening(plan));
    let methods = plan.mapped().map(|(index, mapped)| {
        let operation = &uniform.operations[index];
        let method = field(&operation.name);
        let reply_method = ident(&format!("{}_reply", operation.name));
        let input = ident(&type_name(&uniform.ty(operation.input).name));
        let output = ident(&type_name(&uniform.ty(operation.output).name));
        let back = (operation.kind == UniformKind::Submit && mapped.body.is_some()).then(|| {
            let (back, reduced) =
                (ident(&format!("{}_back", operation.name)), ident(&format!("{}_reduced", operation.name)));
            // A body alone may be that of another operation with the same type.
            let path = &plan.api.operations[mapped.call].path;
            let chosen = mapped.chosen.as_ref().map(|chosen| {
                let text = format!("is no request by {}", chosen.path.text);
                quote! {
                    let chosen = #method::chosen(request.uri().path()).ok_or_else(|| Unreadable::new("", #text))?;
                }
            });
            let passed = chosen.as_ref().map(|_| quote! { chosen, });
            let other = (chosen.is_none() && !path.contains('{')).then(|| {
                quote! {
                    if !request.uri().path().ends_with(#path) {
                        return Err(Unreadable::new("", concat!("is no request to ", #path)));
                    }
                }
            });
            quote! {
                fn #back(&self, request: &Request) -> Result<(String, #input), Unreadable> {
                    #other
                    #chosen
                    #method::recover(#passed &json::read(request.body())?, &self.settings)
                }

                fn #reduced(&self, input: &#input) -> #input { #method::reduce(input, &self.settings) }
            }
        });
        let (takes, taken, output) = match operation.kind {
            UniformKind::Query => {
                (quote! { input: &#input, page: &Page }, quote! { input, page }, quote! { Answer<#output> })
            }
            _ => (quote! { key: &str, input: &#input }, quote! { key, input }, quote! { #output }),
        };
        let secrets = secrets(plan, mapped);
        let request = if secrets.is_empty() {
            quote! { call.request(&self.base_url).map_err(|error| Refusal::new("", error.to_string())) }
        } else {
            quote! {
                let mut request = call.request(&self.base_url).map_err(|error| Refusal::new("", error.to_string()))?;
                #(call::note_secret(&mut request, #secrets);)*
                Ok(request)
            }
        };
        quote! {
            fn #method(&self, #takes) -> Result<Request, Refusal> {
                let call = #method::encode(#taken, &self.settings)?;
                #request
            }

            fn #reply_method(&self, #takes, reply: &Reply) -> Verdict<#output> {
                #method::decode(#taken, &self.settings, reply)
            }

            #back
        }
    });
    let methods: Vec<_> = methods.collect();
    let submit = uniform.operations.iter().find(|operation| operation.kind == UniformKind::Submit);
    let output = submit.map(|operation| ident(&type_name(&uniform.ty(operation.output).name)));
    let heard = output.map(|output| super::callback::methods(plan, &output)).unwrap_or_default();
    let callbacks = (!plan.api.callbacks.is_empty()).then(|| quote! { pub mod callbacks; });
    let heard_uses = (!heard.is_empty()).then(|| quote! { CallbackRefusal, Finding, Notice, callback, });
    let heard_model = (!heard.is_empty()).then(|| quote! { use crate::uniform::{Operation, error_class}; });
    let callback_info = (!plan.callbacks.is_empty()).then(|| quote! { CallbackInfo, });
    let all = quote! { #(#methods)* #authorize #login };
    let opened = if opening.is_empty() {
        quote! { Ok(Self { settings, base_url }) }
    } else {
        quote! { { #opening Ok(Self { settings, base_url, #(#keys),* }) } }
    };
    let json = super::mentions(&all, "json").then(|| quote! { json, });
    let unreadable = super::mentions(&all, "Unreadable").then(|| quote! { Unreadable, });
    let uses_call = super::mentions(&all, "set_secret_header") || super::mentions(&all, "note_secret");
    let call = uses_call.then(|| quote! { call, });
    // Where the input decides which operation is called, their type has a method of its own.
    let calls = plan.login.is_some() || plan.mapped().any(|(_, mapped)| mapped.chosen.is_none());
    let operation_trait = calls.then(|| quote! { use kassa_core::Operation as _; });
    let query = super::mentions(&all, "Page").then(|| quote! { Answer, Page, });
    let comparison = super::mentions(&info, "Compared").then(|| quote! { Compared, });
    let types: std::collections::BTreeSet<_> = uniform
        .operations
        .iter()
        .enumerate()
        .filter(|(index, _)| plan.mapped().any(|(mapped, _)| mapped == *index))
        .flat_map(|(_, operation)| [operation.input, operation.output])
        .map(|id| type_name(&uniform.ty(id).name))
        .collect();
    let types = types.iter().map(|name| ident(name));
    quote! {
        #callbacks
        pub mod client;
        #errors
        #(pub mod #modules;)*
        pub mod settings;
        #shared
        #tables
        pub mod types;

        use crate::Provider;
        use crate::uniform::{#(#types),*};
        #heard_model
        #operation_trait
        use kassa_core::{
            #callback_info #heard_uses BaseUrl, BuildError, #comparison Doubt, ProviderInfo, Refusal, Reply, Request, SettingError, SettingValues,
            SubmitterInfo, Support, #unreadable Verdict, #call #json #query
        };
        use settings::Settings;

        #info

        #about
        #[derive(Debug, Clone)]
        pub struct #name {
            settings: Settings,
            base_url: BaseUrl,
            #(#keys: kassa_core::RsaKey,)*
        }

        impl #name {
            /// The provider with the settings of an account, and its address where that is not the documented one.
            ///
            /// # Errors
            /// Everything that is wrong with the settings.
            pub fn new(values: &SettingValues, base_url: Option<&str>) -> Result<Self, Vec<SettingError>> {
                let problem = |problem: String| vec![SettingError { name: "base_url".to_owned(), problem }];
                let base_url = match base_url.or(INFO.base_url) {
                    Some(text) => BaseUrl::new(text).map_err(|error| problem(error.to_string())),
                    None => Err(problem("is missing: the document says nowhere where the API answers".to_owned())),
                };
                match (Settings::read(values), base_url) {
                    (Ok(settings), Ok(base_url)) => #opened,
                    (Err(mut problems), Err(more)) => {
                        problems.extend(more);
                        Err(problems)
                    }
                    (Err(problems), _) | (_, Err(problems)) => Err(problems),
                }
            }
        }

        impl Provider for #name {
            fn info(&self) -> &'static ProviderInfo { &INFO }

            fn base_url(&self) -> &BaseUrl { &self.base_url }

            fn decisions(&self) -> Vec<(&'static str, String)> { self.settings.decisions() }

            #own_secrets

            #authorize

            #(#methods)*

            #heard
        }

        #login
    }
}

/// The secrets that stand in the request itself.
fn secrets(plan: &Plan, mapped: &MappedPlan) -> Vec<TokenStream> {
    let mut found = std::collections::BTreeSet::new();
    mapped.visit(&mut |value| {
        if let Value::Setting(index, _) = value
            && plan.mapping.settings[*index].kind == SettingKind::Secret
        {
            found.insert(*index);
        }
    });
    let secrets = found.into_iter().map(|index| {
        let setting = &plan.mapping.settings[index];
        let name = ident(&setting.name.text);
        if super::settings::optional(setting) {
            quote! { self.settings.#name.as_ref() }
        } else {
            quote! { Some(&self.settings.#name) }
        }
    });
    secrets.collect()
}

fn info(plan: &Plan, uniform: &Uniform) -> TokenStream {
    let (name, title, document) = (&plan.name, &plan.mapping.title, &plan.mapping.document);
    let base_url = match &plan.api.server {
        Some(url) => quote! { Some(#url) },
        None => quote! { None },
    };
    let certificate = plan.api.client_certificate;
    let doubt = match plan.mapping.doubt {
        Doubt::Keyed(None) => quote! { Doubt::Keyed { retention: None } },
        Doubt::Keyed(Some(days)) => {
            let seconds = u64::try_from(days).unwrap_or_default() * 86_400;
            quote! { Doubt::Keyed { retention: Some(std::time::Duration::from_secs(#seconds)) } }
        }
        Doubt::Locatable(None) => quote! { Doubt::Locatable { visible_after: None } },
        Doubt::Locatable(Some(seconds)) => {
            let seconds = u64::try_from(seconds).unwrap_or_default();
            quote! { Doubt::Locatable { visible_after: Some(std::time::Duration::from_secs(#seconds)) } }
        }
        Doubt::Blind => quote! { Doubt::Blind },
    };
    let operations = plan.operations.iter().map(|mapped| {
        let name = &uniform.operations[mapped.operation].name;
        let support = match &mapped.kind {
            OperationKind::Mapped(mapped) => {
                let id = &plan.api.operations[mapped.call].id;
                quote! { Support::Supported(#id) }
            }
            OperationKind::Unsupported(why) => quote! { Support::Unsupported(#why) },
        };
        quote! { SubmitterInfo { operation: #name, support: #support } }
    });
    let callbacks = super::callback::infos(plan);
    let uuid_keys = plan.mapped().any(|(_, mapped)| {
        let mut uuid = false;
        mapped.visit(&mut |value| uuid |= matches!(value, Value::Key(true)));
        uuid
    });
    let compared = compared(plan).into_iter().map(|(answered, sent)| {
        quote! { Compared { answered: #answered, sent: #sent } }
    });
    quote! {
        /// What the provider can do.
        pub static INFO: ProviderInfo = ProviderInfo {
            name: #name,
            title: #title,
            document: #document,
            base_url: #base_url,
            client_certificate: #certificate,
            doubt: #doubt,
            uuid_keys: #uuid_keys,
            compared: &[#(#compared),*],
            settings: settings::INFOS,
            operations: &[#(#operations,)*],
            callbacks: #callbacks,
        };
    }
}

/// What of the answers is compared with what was sent: where each stands.
fn compared(plan: &Plan) -> Vec<(String, String)> {
    fn walk(plan: &Plan, ty: TypeId, reads: &[ReadPlan], above: &str, found: &mut Vec<(String, String)>) {
        let TypeKind::Object(props) = &plan.api.ty(ty).kind else { return };
        for read in reads {
            let wire = &props[read.prop].wire;
            let path = if above.is_empty() { wire.clone() } else { format!("{above}.{wire}") };
            match &read.verb {
                ReadVerb::Compare(sent) if !found.iter().any(|(answered, _)| *answered == path) => {
                    found.push((path, sent.clone()));
                }
                ReadVerb::Fields(ty, reads) => walk(plan, *ty, reads, &path, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    for (_, mapped) in plan.mapped() {
        for (ty, reads, _) in mapped.replies.iter().filter_map(|reply| reply.read.as_ref()) {
            walk(plan, *ty, reads, "", &mut found);
        }
    }
    for (ty, reads, _) in plan.listened().filter_map(|(_, mapped)| mapped.told.read.as_ref()) {
        walk(plan, *ty, reads, "", &mut found);
    }
    found
}
