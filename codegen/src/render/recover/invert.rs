//! The inverse of each conversion.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Convert, OffsetPlan, Plan};
use crate::names::ident;
use crate::render::access::Parts;
use crate::render::encode::decided;
use crate::render::settings::optional;
use crate::render::tables::needs_settings;

/// Whether the inverse of a conversion can fail.
pub(in crate::render) fn invertible(convert: &Convert) -> bool {
    !matches!(convert, Convert::Text(..) | Convert::OnlyText(..) | Convert::Texts | Convert::Bool | Convert::Int)
}

/// The inverse of a conversion.
pub(in crate::render) fn invert(plan: &Plan, convert: &Convert, parts: &Parts) -> TokenStream {
    let Parts { reference, value, receiver } = parts;
    let table = |index: usize| {
        let name = ident(&plan.mapping.tables[index].name.text);
        let settings = needs_settings(&plan.tables[index]).then(|| quote! { , settings });
        (name, settings)
    };
    match convert {
        Convert::Text(..) | Convert::Texts => quote! { #receiver.clone() },
        Convert::Bool | Convert::Int => value.clone(),
        Convert::Flag => quote! { codec::flag(#value) },
        Convert::Digits => quote! { codec::digits_to_int(#receiver.as_str()) },
        Convert::Scaled(places, _) => {
            let places = proc_macro2::Literal::u32_unsuffixed(*places);
            quote! { codec::from_scaled(#value, #places) }
        }
        Convert::Number(..) | Convert::Decimal(..) | Convert::EitherNumber(..) | Convert::EitherText(..) => {
            quote! { codec::from_decimal(#receiver.as_str()) }
        }
        Convert::OnlyText(..) => quote! { vec![#receiver.clone()] },
        Convert::Hex => quote! { codec::from_hex(#reference) },
        Convert::Base64 => quote! { codec::from_base64(#reference) },
        Convert::Day(form) => quote! { codec::day_from_text(#receiver.as_str(), #form) },
        Convert::MomentText(form, offset) => {
            let offset = offset_tokens(plan, offset);
            quote! { codec::moment_from_text(#receiver.as_str(), #form, #offset) }
        }
        Convert::Seconds(offset) => {
            let offset = offset_tokens(plan, offset);
            quote! { codec::moment_from_seconds(#value, #offset) }
        }
        Convert::Decided(setting, units) => decided(plan, *setting, units, |unit| {
            let back = invert(plan, unit, parts);
            if invertible(unit) {
                back
            } else {
                quote! { Ok::<_, Misfit>(#back) }
            }
        }),
        Convert::Table(index) => {
            let (name, settings) = table(*index);
            quote! { tables::#name::decode(#reference #settings) }
        }
        Convert::Mask(index) => {
            let (name, settings) = table(*index);
            quote! { codec::from_mask(#value, |bit| tables::#name::decode(&bit #settings)) }
        }
        Convert::Only(index) => {
            let (name, settings) = table(*index);
            quote! { tables::#name::decode(#reference #settings).map(|kind| [kind].into()) }
        }
        Convert::Contact(_) => quote! { codec::read_contact(#reference) },
        Convert::Moment(offset) => {
            let offset = offset_tokens(plan, offset);
            quote! { #receiver.moment(#offset) }
        }
    }
}

/// An offset as an `Option`.
pub(in crate::render) fn offset_tokens(plan: &Plan, offset: &OffsetPlan) -> TokenStream {
    match offset {
        OffsetPlan::None => quote! { None },
        OffsetPlan::Fixed(minutes) => {
            let text =
                format!("{}{:02}:{:02}", if *minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
            quote! { kassa_core::offset(#text) }
        }
        OffsetPlan::Setting(index) => {
            let setting = &plan.mapping.settings[*index];
            let name = ident(&setting.name.text);
            if optional(setting) {
                quote! { settings.#name }
            } else {
                quote! { Some(settings.#name) }
            }
        }
    }
}
