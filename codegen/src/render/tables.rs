//! Tables between enumerations and codes, as exhaustive matches both ways.

use proc_macro2::TokenStream;
use quote::quote;

use super::settings::{choice_type, choice_variant, optional};
use crate::mapping::SettingKind;
use crate::model::{CellPlan, Plan, TablePlan};
use crate::names::{ident, type_name};
use crate::spec::TypeKind;
use crate::uniform::Uniform;

/// Whether a setting decides something in a table.
pub(super) fn needs_settings(table: &TablePlan) -> bool {
    table.rows.iter().any(|(_, cell)| matches!(cell, CellPlan::Decided(..)))
}

pub(super) fn render(plan: &Plan, uniform: &Uniform) -> TokenStream {
    let tables = plan.tables.iter().enumerate().map(|(index, table)| one(plan, uniform, index, table));
    quote! { #(#tables)* }
}

/// A code as the provider's type.
fn code(plan: &Plan, table: &TablePlan, text: &str) -> TokenStream {
    match table.provider.map(|id| plan.api.ty(id)) {
        Some(ty) => {
            let name = ident(&ty.rust);
            let TypeKind::Enum(def) = &ty.kind else { unreachable!("tables are of enums") };
            let value = def.values.iter().find(|value| value.wire == text).expect("checked by M009");
            let variant = ident(&value.rust);
            quote! { types::#name::#variant }
        }
        None => {
            let literal = proc_macro2::Literal::i64_unsuffixed(text.parse().unwrap_or_default());
            quote! { #literal }
        }
    }
}

fn one(plan: &Plan, uniform: &Uniform, index: usize, table: &TablePlan) -> TokenStream {
    let written = &plan.mapping.tables[index];
    let module = ident(&written.name.text);
    let item = &uniform.enums[table.uniform.expect("resolved")];
    let enumeration = ident(&type_name(&item.name));
    let variant = |value: usize| {
        let name = ident(&type_name(&item.values[value].name));
        quote! { #enumeration::#name }
    };
    let (ty, use_ty) = match table.provider.map(|id| plan.api.ty(id)) {
        Some(ty) => {
            let name = ident(&ty.rust);
            (quote! { types::#name }, quote! { use super::super::types; })
        }
        None => (quote! { i64 }, TokenStream::new()),
    };
    let settings = needs_settings(table);
    let (parameter, use_settings) = if settings {
        (quote! { , settings: &Settings }, quote! { use super::super::settings::*; })
    } else {
        (TokenStream::new(), TokenStream::new())
    };

    let encode = table.rows.iter().map(|(value, cell)| {
        let pattern = variant(*value);
        let name = &item.values[*value].name;
        match cell {
            CellPlan::Code(text, _) => {
                let code = code(plan, table, text);
                quote! { #pattern => Ok(#code) }
            }
            CellPlan::Unsupported(reason) => {
                let text = format!("is {name}, which cannot be sent: {reason}");
                quote! { #pattern => Err(Misfit::new(#text)) }
            }
            CellPlan::Decided(setting, when) => {
                let written = &plan.mapping.settings[*setting];
                let field = ident(&written.name.text);
                let ty = choice_type(written);
                let SettingKind::OneOf(choices) = &written.kind else { unreachable!("checked while resolving") };
                let wrap = |pattern: TokenStream| if optional(written) { quote! { Some(#pattern) } } else { pattern };
                let arms = when.iter().map(|(choice, text)| {
                    let chosen = choice_variant(&choices[*choice]);
                    let pattern = wrap(quote! { #ty::#chosen });
                    let code = code(plan, table, text);
                    quote! { #pattern => Ok(#code) }
                });
                let others = (when.len() < choices.len()).then(|| {
                    let pattern = wrap(quote! { other });
                    let setting = &written.name.text;
                    quote! {
                        #pattern => Err(Misfit::new(format!("is {}, which has no code while the setting `{}` is {}", #name, #setting, other.as_str())))
                    }
                });
                let unset = optional(written).then(|| {
                    let text = format!("is {name}, which is ambiguous until the setting `{}` decides: {}", written.name.text, written.about);
                    quote! { None => Err(Misfit::new(#text)) }
                });
                let arms: Vec<_> = arms.chain(others).chain(unset).collect();
                quote! { #pattern => match settings.#field { #(#arms,)* } }
            }
        }
    });

    // Codes in the order of the provider's enum, or of the rows.
    let mut codes: Vec<String> = match table.provider.map(|id| &plan.api.ty(id).kind) {
        Some(TypeKind::Enum(def)) => def.values.iter().map(|value| value.wire.clone()).collect(),
        _ => Vec::new(),
    };
    for (_, cell) in &table.rows {
        let of_row: Vec<&String> = match cell {
            CellPlan::Code(text, _) => vec![text],
            CellPlan::Decided(_, when) => when.iter().map(|(_, text)| text).collect(),
            CellPlan::Unsupported(_) => Vec::new(),
        };
        for text in of_row {
            if !codes.contains(text) {
                codes.push(text.clone());
            }
        }
    }
    let decode = codes.iter().map(|text| {
        let pattern = code(plan, table, text);
        let certain = table.rows.iter().find_map(|(value, cell)| match cell {
            CellPlan::Code(code, None) if code == text => Some(*value),
            _ => None,
        });
        if let Some(value) = certain {
            let value = variant(value);
            return quote! { #pattern => Ok(#value) };
        }
        let mut deciding: Vec<(usize, usize, usize)> = Vec::new();
        for (value, cell) in &table.rows {
            if let CellPlan::Decided(setting, when) = cell {
                deciding.extend(
                    when.iter().filter(|(_, code)| code == text).map(|(choice, _)| (*setting, *choice, *value)),
                );
            }
        }
        let Some((setting, ..)) = deciding.first() else {
            let why =
                written.other_codes.iter().find(|(code, _)| &code.text == text).map_or("no row has it", |(_, why)| why);
            let message = format!("is code {text}: {why}");
            return quote! { #pattern => Err(Misfit::new(#message)) };
        };
        let of_setting = &plan.mapping.settings[*setting];
        let SettingKind::OneOf(choices) = &of_setting.kind else { unreachable!("checked while resolving") };
        let (field, ty) = (ident(&of_setting.name.text), choice_type(of_setting));
        let wrap = |pattern: TokenStream| {
            if optional(of_setting) {
                quote! { Some(#pattern) }
            } else {
                pattern
            }
        };
        let arms: Vec<_> = deciding
            .iter()
            .filter(|(other, ..)| other == setting)
            .map(|(_, choice, value)| {
                let chosen = choice_variant(&choices[*choice]);
                let chosen = wrap(quote! { #ty::#chosen });
                let value = variant(*value);
                quote! { #chosen => Ok(#value) }
            })
            .collect();
        let rest = (arms.len() < choices.len() || optional(of_setting)).then(|| {
            let message = format!("is code {text}, whose meaning the setting `{}` has to decide", of_setting.name.text);
            quote! { _ => Err(Misfit::new(#message)), }
        });
        quote! { #pattern => match settings.#field { #(#arms,)* #rest } }
    });
    let unknown = match table.provider {
        Some(_) => {
            quote! { #ty::Unknown(code) => Err(Misfit::new(format!("is code {code}, which the document does not have"))) }
        }
        None => quote! { code => Err(Misfit::new(format!("is code {code}, which the document does not have"))) },
    };
    let matched = if table.provider.is_some() {
        quote! { code }
    } else {
        quote! { *code }
    };
    let about = format!(
        " {} (tag {}) and `{}`.",
        super::enumerations::capital(&item.en),
        item.tag,
        written.provider.as_ref().map_or("bits", |word| &word.text)
    );
    let decode_settings = if settings {
        quote! { , settings: &Settings }
    } else {
        TokenStream::new()
    };
    quote! {
        #[doc = #about]
        pub mod #module {
            #use_settings
            #use_ty
            use crate::uniform::#enumeration;
            use kassa_core::Misfit;

            /// The code of a value.
            ///
            /// # Errors
            /// When it has none, or a setting has to decide.
            pub fn encode(value: #enumeration #parameter) -> Result<#ty, Misfit> {
                match value { #(#encode,)* }
            }

            /// The value of a code.
            ///
            /// # Errors
            /// When there is none, or a setting has to decide.
            pub fn decode(code: &#ty #decode_settings) -> Result<#enumeration, Misfit> {
                match #matched { #(#decode,)* #unknown }
            }
        }
    }
}
