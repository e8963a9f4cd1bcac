//! The settings of an account.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, plain};
use crate::mapping::{Setting, SettingKind};
use crate::model::Plan;
use crate::names::{ident, type_name};

/// Whether an account may be without it.
pub(super) fn optional(setting: &Setting) -> bool {
    setting.optional && setting.default.is_none()
}

/// The type of a choice.
pub(super) fn choice_type(setting: &Setting) -> proc_macro2::Ident {
    ident(&type_name(&setting.name.text))
}

/// A variant of a choice.
pub(super) fn choice_variant(text: &str) -> proc_macro2::Ident {
    ident(&type_name(text))
}

pub(super) fn render(plan: &Plan) -> TokenStream {
    let settings = &plan.mapping.settings;
    let fields = settings.iter().map(|setting| {
        let name = ident(&setting.name.text);
        let about = doc(&plain(&setting.about));
        let held = match &setting.kind {
            SettingKind::Text => quote! { String },
            SettingKind::Secret => quote! { Secret },
            SettingKind::Bool => quote! { bool },
            SettingKind::Offset => quote! { Offset },
            SettingKind::OneOf(_) => {
                let name = choice_type(setting);
                quote! { #name }
            }
        };
        let ty = if optional(setting) {
            quote! { Option<#held> }
        } else {
            held
        };
        quote! { #about pub #name: #ty }
    });
    let choices = settings.iter().filter_map(|setting| {
        let SettingKind::OneOf(choices) = &setting.kind else { return None };
        let name = choice_type(setting);
        let about = doc(&plain(&setting.about));
        let variants: Vec<_> = choices.iter().map(|choice| choice_variant(choice)).collect();
        let docs = choices.iter().map(|choice| format!(" `{choice}`"));
        Some(quote! {
            #about
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum #name { #(#[doc = #docs] #variants,)* }

            impl #name {
                /// The choice as it is written in configuration.
                #[must_use]
                pub const fn as_str(self) -> &'static str {
                    match self { #(Self::#variants => #choices,)* }
                }

                fn read(text: &str) -> Option<Self> {
                    match text { #(#choices => Some(Self::#variants),)* _ => None }
                }
            }
        })
    });
    let infos = settings.iter().map(|setting| {
        let (name, about) = (&setting.name.text, &setting.about);
        let kind = match &setting.kind {
            SettingKind::Text => quote! { SettingKind::Text },
            SettingKind::Secret => quote! { SettingKind::Secret },
            SettingKind::Bool => quote! { SettingKind::Bool },
            SettingKind::Offset => quote! { SettingKind::Offset },
            SettingKind::OneOf(choices) => quote! { SettingKind::OneOf(&[#(#choices),*]) },
        };
        let required = !setting.optional && setting.default.is_none();
        let default = match &setting.default {
            Some(text) => quote! { Some(#text) },
            None => quote! { None },
        };
        quote! { SettingInfo { name: #name, kind: #kind, required: #required, default: #default, about: #about } }
    });
    let reads = settings.iter().enumerate().map(|(n, setting)| {
        let name = ident(&setting.name.text);
        let read = match &setting.kind {
            SettingKind::Text => quote! { text(#n)?.map(str::to_owned) },
            SettingKind::Secret => quote! { text(#n)?.map(Secret::new) },
            SettingKind::Bool => quote! { text(#n)?.map(|text| text == "true") },
            SettingKind::Offset => quote! { text(#n)?.and_then(kassa_core::offset) },
            SettingKind::OneOf(_) => {
                let ty = choice_type(setting);
                quote! { text(#n)?.and_then(#ty::read) }
            }
        };
        if optional(setting) {
            quote! { #name: #read }
        } else {
            quote! { #name: #read? }
        }
    });
    let decisions = settings.iter().filter(|setting| setting.kind != SettingKind::Secret).map(|setting| {
        let name = ident(&setting.name.text);
        let label = &setting.name.text;
        let text = |value: TokenStream| match &setting.kind {
            SettingKind::OneOf(_) => quote! { #value.as_str().to_owned() },
            _ => quote! { #value.to_string() },
        };
        if optional(setting) {
            let text = text(quote! { value });
            (true, quote! { if let Some(value) = &self.#name { all.push((#label, #text)); } })
        } else {
            let text = text(quote! { self.#name });
            (false, quote! { (#label, #text) })
        }
    });
    let decisions: Vec<_> = decisions.collect();
    let certain = decisions.iter().take_while(|(maybe, _)| !maybe).count();
    let first = decisions[..certain].iter().map(|(_, pair)| pair);
    let first = if certain == 0 {
        quote! { Vec::new() }
    } else {
        quote! { vec![#(#first),*] }
    };
    let rest = decisions[certain..].iter().map(|(maybe, step)| match maybe {
        true => step.clone(),
        false => quote! { all.push(#step); },
    });
    let decisions = match decisions.len() - certain {
        0 => first,
        _ => quote! { let mut all = #first; #(#rest)* all },
    };
    let secrets = secrets(settings);
    // A provider that nothing has to be said of.
    let none = settings.is_empty();
    let (kind, values) = if none { (None, ident("_values")) } else { (Some(quote! { SettingKind, }), ident("values")) };
    let reading = (!none).then(|| quote! { read_setting, });
    let text = (!none).then(|| quote! { let text = |n: usize| read_setting(values, &INFOS[n]).ok(); });
    let secret = settings.iter().any(|setting| setting.kind == SettingKind::Secret).then(|| quote! { Secret, });
    let offset = settings.iter().any(|setting| setting.kind == SettingKind::Offset).then(|| quote! { Offset, });
    quote! {
        use kassa_core::{#offset #secret SettingError, SettingInfo, #kind SettingValues, #reading};

        /// The settings of an account.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings { #(#fields,)* }

        /// The settings that an account may have.
        pub static INFOS: &[SettingInfo] = &[#(#infos,)*];

        #(#choices)*

        impl Settings {
            /// Reads the settings.
            ///
            /// # Errors
            /// Everything that is wrong with them.
            pub fn read(values: &SettingValues) -> Result<Self, Vec<SettingError>> {
                let problems = values.problems(INFOS);
                if !problems.is_empty() {
                    return Err(problems);
                }
                Self::read_checked(values).ok_or_else(Vec::new)
            }

            /// Reads settings that have been checked.
            fn read_checked(#values: &SettingValues) -> Option<Self> {
                #text
                Some(Self { #(#reads,)* })
            }

            /// The settings in force that decide something, by name; no secrets.
            #[must_use]
            pub fn decisions(&self) -> Vec<(&'static str, String)> {
                #decisions
            }

            #secrets
        }
    }
}

/// What gives the secrets of an account, where a provider has any.
fn secrets(settings: &[Setting]) -> Option<TokenStream> {
    let (maybe, certain): (Vec<_>, Vec<_>) =
        settings.iter().filter(|setting| setting.kind == SettingKind::Secret).partition(|setting| optional(setting));
    let names = |settings: &[&Setting]| settings.iter().map(|setting| ident(&setting.name.text)).collect::<Vec<_>>();
    let (maybe, certain) = (names(&maybe), names(&certain));
    let all = match (certain.is_empty(), maybe.is_empty()) {
        (true, true) => return None,
        (_, true) => quote! { Vec::from([#(&self.#certain),*]) },
        (true, false) => quote! { [#(&self.#maybe),*].into_iter().flatten().collect() },
        (false, false) => quote! {
            let mut all = Vec::from([#(&self.#certain),*]);
            #(all.extend(&self.#maybe);)*
            all
        },
    };
    Some(quote! {
        /// The secrets among them.
        #[must_use]
        pub fn secrets(&self) -> Vec<&Secret> {
            #all
        }
    })
}
