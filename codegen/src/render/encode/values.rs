//! Single values: from the input, a setting or a page, as a field of the request holds them.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Encoder, Made};
use crate::mapping::{Mixed, Omit, Pages, Setting, SettingKind};
use crate::model::{AbsentPlan, ContactUnit, Convert, Inexact, PagePart, Plan, TakePlan};
use crate::names::ident;
use crate::render::access::{Access, Parts, Scope, elements, reach};
use crate::render::recover::offset_tokens;
use crate::render::settings::{choice_type, choice_variant, optional as setting_optional};
use crate::render::tables::needs_settings;
use crate::spec::{Prop, Schema, SchemaKind};

impl Encoder<'_> {
    pub(super) fn page(&self, part: PagePart, pages: &Pages, schema: &Schema) -> Made {
        let literal = proc_macro2::Literal::i64_unsuffixed;
        let from = literal(pages.from);
        let number = match part {
            PagePart::Offset => quote! { page.offset(#from) },
            PagePart::Number => quote! { page.number(#from) },
            PagePart::Size => {
                let size = literal(pages.size.map_or(0, |(size, _)| size));
                quote! { #size }
            }
            PagePart::Cursor => return Made { expr: quote! { page.cursor().map(str::to_owned) }, option: true },
        };
        let expr = match self.plan.api.shape(schema) {
            SchemaKind::Integer => number,
            SchemaKind::NumberOrString => quote! { codec::int_to_either(#number) },
            _ => quote! { #number.to_string() },
        };
        Made { expr, option: false }
    }

    pub(super) fn setting(
        &self,
        index: usize,
        absent: &AbsentPlan,
        schema: &Schema,
        props: &[Prop],
        scope: &Scope,
    ) -> Made {
        let setting = &self.plan.mapping.settings[index];
        let name = ident(&setting.name.text);
        let option = setting_optional(setting);
        let chosen = self.choice(setting, schema);
        let expr = match (&setting.kind, option) {
            (SettingKind::Bool, _) => quote! { settings.#name },
            (SettingKind::Secret, false) => quote! { settings.#name.expose().to_owned() },
            (SettingKind::Secret, true) => quote! { settings.#name.as_ref().map(|value| value.expose().to_owned()) },
            (SettingKind::OneOf(_), false) => chosen(quote! { settings.#name }),
            (SettingKind::OneOf(_), true) => {
                let chosen = chosen(quote! { value });
                quote! { settings.#name.map(|value| #chosen) }
            }
            _ => quote! { settings.#name.clone() },
        };
        self.absent(Made { expr, option }, &setting.name.text, absent, schema, props, scope)
    }

    /// What writes a choice as the field holds it: text, or a value of the provider's enum.
    fn choice<'a>(&'a self, setting: &'a Setting, schema: &Schema) -> impl Fn(TokenStream) -> TokenStream + 'a {
        let target = self.plan.api.enumeration(schema).map(|(id, def)| (ident(&self.plan.api.ty(id).rust), def));
        move |value| {
            let (SettingKind::OneOf(choices), Some((name, def))) = (&setting.kind, &target) else {
                return quote! { #value.as_str().to_owned() };
            };
            let ty = choice_type(setting);
            let arms = choices.iter().map(|choice| {
                let chosen = choice_variant(choice);
                let found = def.values.iter().find(|value| &value.wire == choice).expect("checked while resolving");
                let variant = ident(&found.rust);
                quote! { settings::#ty::#chosen => types::#name::#variant }
            });
            quote! { match #value { #(#arms,)* } }
        }
    }

    /// What is done without a value.
    fn absent(
        &self,
        made: Made,
        name: &str,
        absent: &AbsentPlan,
        schema: &Schema,
        props: &[Prop],
        scope: &Scope,
    ) -> Made {
        let Made { expr, option } = made;
        match absent {
            _ if !option => Made { expr, option },
            AbsentPlan::Omit => Made { expr, option },
            AbsentPlan::Refuse(reason, _, when) if !when.is_empty() => {
                let reason = format!("is missing: {reason}");
                let conditions = when.iter().map(|guard| self.guard(guard, props, scope));
                let expr = quote! {
                    match #expr {
                        None if #(#conditions)&&* => return Err(Refusal::new(#name, #reason)),
                        stated => stated,
                    }
                };
                Made { expr, option: true }
            }
            AbsentPlan::Refuse(reason, ..) => {
                let reason = format!("is missing: {reason}");
                Made { expr: quote! { #expr.ok_or_else(|| Refusal::new(#name, #reason))? }, option: false }
            }
            AbsentPlan::Setting(index) => {
                let otherwise = self.setting(*index, &AbsentPlan::Omit, schema, props, scope).expr;
                let copy = self.plan.mapping.settings[*index].kind == SettingKind::Bool;
                let expr = if copy {
                    quote! { #expr.unwrap_or(#otherwise) }
                } else {
                    quote! { #expr.unwrap_or_else(|| #otherwise) }
                };
                Made { expr, option: false }
            }
        }
    }

    pub(super) fn sum(&self, take: &TakePlan, schema: &Schema, props: &[Prop], scope: &Scope) -> Made {
        let list = take.path.prefix(take.path.list(self.uniform));
        let items = match &scope.group {
            Some(group) => quote! { #group.iter() },
            None => elements(self.uniform, &list, scope),
        };
        let value = reach(self.uniform, &take.path, &scope.with(&list, "item")).result();
        let text = &take.path.text;
        let made = self.take(take, Access::place(quote! { sum }), schema, props, scope);
        let expr = made.expr;
        Made {
            expr: quote! {{
                let sum = codec::sum(#text, #items.map(|item| #value))?;
                #expr
            }},
            option: made.option,
        }
    }

    pub(super) fn lift(&self, take: &TakePlan, mixed: Mixed, schema: &Schema, props: &[Prop], scope: &Scope) -> Made {
        let list = take.path.prefix(take.path.list(self.uniform));
        let items = elements(self.uniform, &list, scope);
        let inner = scope.with(&list, "item");
        let value = reach(self.uniform, &take.path, &inner).option();
        let text = &take.path.text;
        let common = match mixed {
            Mixed::First => quote! { #items.next().and_then(|item| #value) },
            Mixed::Omit => quote! { codec::common(#items.map(|item| #value)).unwrap_or_default() },
            Mixed::Refuse => quote! {
                codec::common(#items.map(|item| #value))
                    .map_err(|_| Refusal::new(#text, "differs between items, and only one can be sent for all"))?
            },
        };
        self.take(take, Access::maybe(common), schema, props, scope)
    }

    pub(super) fn take(&self, take: &TakePlan, access: Access, schema: &Schema, props: &[Prop], scope: &Scope) -> Made {
        let text = &take.path.text;
        let optional = access.optional;
        let nothing = |place: &TokenStream| match take.omit? {
            Omit::Zero => Some(quote! { #place.is_zero() }),
            Omit::Empty => Some(quote! { #place.is_empty() }),
        };
        let access = match nothing(&quote! { value }) {
            Some(nothing) if optional => {
                let option = access.option();
                Access::maybe(quote! { #option.filter(|value| !#nothing) })
            }
            _ => access,
        };
        let (fallible, gives_option) = traits(&take.convert);
        let made = access.map(|parts| {
            let converted = self.convert(&take.convert, schema, parts);
            if fallible {
                quote! { #converted.refuse(#text) }
            } else {
                converted
            }
        });
        let expr = match (optional, fallible, gives_option) {
            (false, true, _) => quote! { #made? },
            (true, true, true) => quote! { #made.transpose()?.flatten() },
            (true, true, false) => quote! { #made.transpose()? },
            (_, false, _) => made,
        };
        let made = match nothing(&access.expr) {
            Some(nothing) if !optional => {
                Made { expr: quote! { if #nothing { None } else { Some(#expr) } }, option: true }
            }
            _ => Made { expr, option: optional || gives_option },
        };
        self.absent(made, text, &take.absent, schema, props, scope)
    }

    fn convert(&self, convert: &Convert, schema: &Schema, parts: &Parts) -> TokenStream {
        let Parts { reference, value, receiver } = parts;
        let rule = |inexact: &Inexact| match inexact {
            Inexact::Refuse => quote! { Inexact::Refuse },
            Inexact::RoundHalfUp => quote! { Inexact::RoundHalfUp },
        };
        match convert {
            Convert::Text(None, None) | Convert::Texts => quote! { #receiver.clone() },
            Convert::Text(min, max) | Convert::OnlyText(min, max) => {
                let bound = |limit: &Option<u64>| match limit {
                    Some(limit) => {
                        let limit = proc_macro2::Literal::u64_unsuffixed(*limit);
                        quote! { Some(#limit) }
                    }
                    None => quote! { None },
                };
                let (min, max) = (bound(min), bound(max));
                let function = ident(if matches!(convert, Convert::Text(..)) { "limited" } else { "only_text" });
                quote! { codec::#function(#reference, #min, #max) }
            }
            Convert::Bool | Convert::Int => value.clone(),
            Convert::Flag => quote! { i64::from(#value) },
            Convert::Digits => match self.plan.api.shape(schema) {
                SchemaKind::NumberOrString => quote! { codec::int_to_either(#value) },
                _ => quote! { #receiver.to_string() },
            },
            Convert::Scaled(places, inexact)
            | Convert::Number(places, inexact)
            | Convert::Decimal(places, inexact)
            | Convert::EitherNumber(places, inexact)
            | Convert::EitherText(places, inexact) => {
                let (inexact, places) = (rule(inexact), proc_macro2::Literal::u32_unsuffixed(*places));
                let function = ident(match convert {
                    Convert::Scaled(..) => "to_scaled",
                    Convert::Number(..) => "to_number",
                    Convert::Decimal(..) => "to_decimal",
                    Convert::EitherNumber(..) => "to_either_number",
                    _ => "to_either_text",
                });
                quote! { codec::#function(#value, #places, #inexact) }
            }
            Convert::Table(index) => {
                let (table, settings) = self.table(*index);
                quote! { tables::#table::encode(#value #settings) }
            }
            Convert::Mask(index) => {
                let (table, settings) = self.table(*index);
                if settings.is_empty() {
                    return quote! { codec::to_mask(#reference, tables::#table::encode) };
                }
                quote! { codec::to_mask(#reference, |kind| tables::#table::encode(kind #settings)) }
            }
            Convert::Only(index) => {
                let (table, settings) = self.table(*index);
                if settings.is_empty() {
                    return quote! { codec::only(#reference).and_then(tables::#table::encode) };
                }
                quote! { codec::only(#reference).and_then(|kind| tables::#table::encode(kind #settings)) }
            }
            Convert::Contact(unit) => match unit {
                ContactUnit::Email => quote! { codec::contact_to_email(#reference) },
                ContactUnit::PhonePlus => quote! { codec::contact_to_phone(#reference, PhoneStyle::Plus) },
                ContactUnit::PhoneSeven => quote! { codec::contact_to_phone(#reference, PhoneStyle::Seven) },
                ContactUnit::PhonePlusSeven => quote! { codec::contact_to_phone(#reference, PhoneStyle::PlusSeven) },
                ContactUnit::EitherPlusSeven => quote! { codec::contact_to_either(#reference, PhoneStyle::PlusSeven) },
                ContactUnit::EitherPlus => quote! { codec::contact_to_either(#reference, PhoneStyle::Plus) },
                ContactUnit::EitherSeven => quote! { codec::contact_to_either(#reference, PhoneStyle::Seven) },
            },
            Convert::Hex => quote! { codec::to_hex(#reference) },
            Convert::Base64 => quote! { codec::to_base64(#reference) },
            Convert::Day(form) => quote! { codec::day_to_text(#value, #form) },
            Convert::Moment(_) => quote! { DateTime::from(#value) },
            Convert::MomentText(form, zone) => {
                let zone = offset_tokens(self.plan, zone);
                let text = quote! { codec::moment_to_text(#value, #form, #zone) };
                match self.plan.api.shape(schema) {
                    SchemaKind::DateTime => quote! { #text.map(DateTime::new) },
                    _ => text,
                }
            }
            Convert::Seconds(zone) => {
                let zone = offset_tokens(self.plan, zone);
                quote! { codec::moment_to_seconds(#value, #zone) }
            }
            Convert::Decided(setting, units) => decided(self.plan, *setting, units, |unit| {
                let converted = self.convert(unit, schema, parts);
                if traits(unit).0 {
                    converted
                } else {
                    quote! { Ok::<_, Misfit>(#converted) }
                }
            }),
        }
    }

    /// The module of a table, and the settings that it needs.
    fn table(&self, index: usize) -> (proc_macro2::Ident, TokenStream) {
        let name = ident(&self.plan.mapping.tables[index].name.text);
        let settings = needs_settings(&self.plan.tables[index]).then(|| quote! { , settings });
        (name, settings.unwrap_or_default())
    }
}

/// What a setting decides between; refused until it does.
pub(in crate::render) fn decided(
    plan: &Plan,
    setting: usize,
    units: &[(usize, Convert)],
    make: impl Fn(&Convert) -> TokenStream,
) -> TokenStream {
    let written = &plan.mapping.settings[setting];
    let (name, ty) = (ident(&written.name.text), choice_type(written));
    let SettingKind::OneOf(choices) = &written.kind else { unreachable!("checked while resolving") };
    let optional = setting_optional(written);
    let wrap = |pattern: TokenStream| {
        if optional {
            quote! { Some(#pattern) }
        } else {
            pattern
        }
    };
    let arms = units.iter().map(|(choice, unit)| {
        let chosen = choice_variant(&choices[*choice]);
        let (pattern, made) = (wrap(quote! { settings::#ty::#chosen }), make(unit));
        quote! { #pattern => #made }
    });
    let others = (optional || units.len() < choices.len()).then(|| {
        let text = format!("is ambiguous until the setting `{}` decides: {}", written.name.text, written.about);
        quote! { _ => Err(Misfit::new(#text)) }
    });
    let arms: Vec<_> = arms.chain(others).collect();
    quote! { match settings.#name { #(#arms,)* } }
}

/// Whether a conversion can fail, and whether it may give nothing.
fn traits(convert: &Convert) -> (bool, bool) {
    match convert {
        Convert::Text(None, None)
        | Convert::Texts
        | Convert::Bool
        | Convert::Flag
        | Convert::Int
        | Convert::Digits
        | Convert::Hex
        | Convert::Base64
        | Convert::Moment(_) => (false, false),
        _ if convert.one_kind() => (true, true),
        _ => (true, false),
    }
}
