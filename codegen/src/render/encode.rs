//! From the input of a uniform operation to the provider's request.

use proc_macro2::TokenStream;
use quote::quote;

use super::access::{Access, Parts, Scope, elements, reach};
use super::field;
use super::settings::{choice_type, choice_variant, optional as setting_optional};
use super::tables::needs_settings;
use super::types::{Slot, slot};
use crate::mapping::{Setting, SettingKind};
use crate::model::{
    AbsentPlan, ContactUnit, Convert, Inexact, Literal, MappedPlan, Plan, SetPlan, TakePlan, UPath, Value,
};
use crate::names::{ident, type_name};
use crate::spec::{Prop, Schema, SchemaKind, TypeId, TypeKind};
use crate::uniform::{Formula, Shape, Ty, Uniform};

/// Renders what turns an input into a request.
pub(super) struct Encoder<'p> {
    pub(super) plan: &'p Plan,
    pub(super) uniform: &'p Uniform,
}

/// A value that may be absent, or not.
struct Made {
    expr: TokenStream,
    option: bool,
}

impl Encoder<'_> {
    /// The checks before anything is built: what is refused, implied or required.
    pub(super) fn checks(&self, mapped: &MappedPlan) -> TokenStream {
        let mut whole = Vec::new();
        let mut by_list: Vec<(UPath, Vec<TokenStream>)> = Vec::new();
        let mut add = |path: &UPath, check: &dyn Fn(&Scope) -> TokenStream| {
            let count = path.list(self.uniform);
            if count == 0 {
                whole.push(check(&Scope::input()));
                return;
            }
            let list = path.prefix(count);
            let scope = Scope::input().with(&list, "item");
            let check = check(&scope);
            match by_list.iter_mut().find(|(known, _)| *known == list) {
                Some((_, checks)) => checks.push(check),
                None => by_list.push((list, vec![check])),
            }
        };
        for (path, reason, _) in &mapped.refuse {
            add(path, &|scope| {
                let stated = self.stated(path, scope);
                let text = &path.text;
                let reason = format!("cannot be sent: {reason}");
                quote! { if #stated { return Err(Refusal::new(#text, #reason)); } }
            });
        }
        for implied in &mapped.implied {
            add(&implied.path, &|scope| {
                let text = &implied.path.text;
                let item = implied.path.last(self.uniform);
                let (broken, reason) = match (implied.value, item.ty) {
                    (Some(value), Ty::Enum(of)) => {
                        let item = &self.uniform.enums[of];
                        let (ty, variant) =
                            (ident(&type_name(&item.name)), ident(&type_name(&item.values[value].name)));
                        let access = reach(self.uniform, &implied.path, scope).option();
                        let reason = format!("can only be {}: {}", item.values[value].name, implied.reason);
                        (quote! { #access.is_some_and(|value| *value != #ty::#variant) }, reason)
                    }
                    _ => {
                        let above = self.above(&implied.path, scope);
                        let name = field(&item.name);
                        let Some(Formula::Product(a, b)) = &item.otherwise else {
                            unreachable!("checked while resolving")
                        };
                        let (a, b) = (field(a), field(b));
                        let reason = format!("can only be {a} × {b}: {}", implied.reason);
                        (
                            quote! { #above.#name.is_some_and(|stated| Some(stated) != #above.#a.times(#above.#b)) },
                            reason,
                        )
                    }
                };
                quote! { if #broken { return Err(Refusal::new(#text, #reason)); } }
            });
        }
        let requires = mapped.require.iter().map(|require| {
            let parts = require.sum.iter().map(|path| reach(self.uniform, path, &Scope::input()).expr);
            let equals = reach(self.uniform, &require.equals, &Scope::input()).expr;
            let names = require.sum.iter().map(|path| path.text.as_str()).collect::<Vec<_>>().join(" + ");
            let reason = format!("has to be {}: {}", require.equals.text, require.reason);
            quote! {
                if Money::checked_sum([#(#parts),*]) != Some(#equals) {
                    return Err(Refusal::new(#names, #reason));
                }
            }
        });
        let loops = by_list.iter().map(|(list, checks)| {
            let text = &list.text;
            let items = elements(self.uniform, list, &Scope::input());
            quote! {
                for (index, item) in #items.enumerate() {
                    let check = || -> Result<(), Refusal> { #(#checks)* Ok(()) };
                    check().map_err(|refusal| refusal.in_element(#text, index))?;
                }
            }
        });
        quote! { #(#whole)* #(#loops)* #(#requires)* }
    }

    /// The place of the object that a path's field is in.
    fn above(&self, path: &UPath, scope: &Scope) -> TokenStream {
        let count = path.steps.len() - 1;
        if count == path.list(self.uniform) {
            return match &scope.element {
                Some((_, name)) if count > 0 => quote! { #name },
                _ => {
                    let root = &scope.root;
                    quote! { #root }
                }
            };
        }
        reach(self.uniform, &path.prefix(count), scope).expr
    }

    /// Whether a field is stated.
    fn stated(&self, path: &UPath, scope: &Scope) -> TokenStream {
        let item = path.last(self.uniform);
        let access = reach(self.uniform, path, scope);
        match (item.shape, item.ty) {
            (Shape::One, Ty::Money) => {
                let expr = access.expr;
                if access.optional {
                    quote! { #expr.is_some_and(|value| !value.is_zero()) }
                } else {
                    quote! { !#expr.is_zero() }
                }
            }
            _ => access.is_some(),
        }
    }

    /// The literal of an object.
    pub(super) fn object(&self, ty: TypeId, sets: &[SetPlan], scope: &Scope) -> TokenStream {
        let def = self.plan.api.ty(ty);
        let TypeKind::Object(props) = &def.kind else { unreachable!("bodies are objects") };
        let name = ident(&def.rust);
        let name = quote! { types::#name };
        let fields = props.iter().enumerate().map(|(index, prop)| {
            let field = ident(&prop.rust);
            let value = match sets.iter().find(|set| set.prop == index) {
                Some(set) => self.slotted(&set.value, prop, scope),
                None => self.nothing(prop),
            };
            quote! { #field: #value }
        });
        quote! { #name { #(#fields,)* } }
    }

    fn nothing(&self, prop: &Prop) -> TokenStream {
        match slot(prop, &self.plan.api) {
            Slot::Maybe => quote! { Maybe::Absent },
            _ => quote! { None },
        }
    }

    /// A value as its slot holds it.
    pub(super) fn slotted(&self, value: &Value, prop: &Prop, scope: &Scope) -> TokenStream {
        if matches!(value, Value::Leave) {
            return self.nothing(prop);
        }
        let Made { expr, option } = self.make(value, &prop.schema, scope, slot(prop, &self.plan.api) != Slot::Plain);
        match (slot(prop, &self.plan.api), option) {
            (Slot::Plain, _) | (Slot::Nullable | Slot::Optional, true) => expr,
            (Slot::Nullable | Slot::Optional, false) => quote! { Some(#expr) },
            (Slot::Maybe, true) => quote! { Maybe::from(#expr) },
            (Slot::Maybe, false) => quote! { Maybe::Value(#expr) },
        }
    }

    fn make(&self, value: &Value, schema: &Schema, scope: &Scope, may_be_absent: bool) -> Made {
        match value {
            Value::Key => Made { expr: quote! { key.to_owned() }, option: false },
            Value::Take(take) => self.take(take, reach(self.uniform, &take.path, scope), schema),
            Value::Lift(take, omit_mixed) => self.lift(take, *omit_mixed, schema, scope),
            Value::Const(literal) => Made { expr: literal_tokens(self.plan, literal, true), option: false },
            Value::Setting(index, absent) => self.setting(*index, absent, schema),
            Value::Object(ty, sets) => {
                let object = self.object(*ty, sets, scope);
                let TypeKind::Object(props) = &self.plan.api.ty(*ty).kind else {
                    unreachable!("checked while resolving")
                };
                if may_be_absent && super::types::defaults(props, &self.plan.api) {
                    let name = ident(&self.plan.api.ty(*ty).rust);
                    return Made {
                        expr: quote! { Some(#object).filter(|value| *value != types::#name::default()) },
                        option: true,
                    };
                }
                Made { expr: object, option: false }
            }
            Value::Each(list, ty, sets) => {
                let inner = scope.with(list, "item");
                let object = self.object(*ty, sets, &inner);
                let name = ident(&self.plan.api.ty(*ty).rust);
                let items = elements(self.uniform, list, scope);
                let text = &list.text;
                let expr = quote! {
                    #items.enumerate().map(|(index, item)| {
                        let one = || -> Result<types::#name, Refusal> { Ok(#object) };
                        one().map_err(|refusal| refusal.in_element(#text, index))
                    }).collect::<Result<Vec<_>, Refusal>>()?
                };
                Made { expr, option: false }
            }
            Value::List(values) => {
                let inner = match self.plan.api.shape(schema) {
                    SchemaKind::List(inner) => inner,
                    _ => unreachable!("checked while resolving"),
                };
                let made: Vec<_> = values.iter().map(|value| self.make(value, inner, scope, false)).collect();
                if made.iter().any(|made| made.option) {
                    let items = made.iter().map(|made| {
                        let expr = &made.expr;
                        if made.option {
                            quote! { #expr }
                        } else {
                            quote! { Some(#expr) }
                        }
                    });
                    return Made { expr: quote! { [#(#items),*].into_iter().flatten().collect() }, option: false };
                }
                let items = made.iter().map(|made| &made.expr);
                Made { expr: quote! { vec![#(#items),*] }, option: false }
            }
            Value::Leave => Made { expr: quote! { None }, option: true },
        }
    }

    fn setting(&self, index: usize, absent: &AbsentPlan, schema: &Schema) -> Made {
        let setting = &self.plan.mapping.settings[index];
        let name = ident(&setting.name.text);
        let option = setting_optional(setting);
        let chosen = self.choice(setting, schema);
        let expr = match (&setting.kind, option) {
            (SettingKind::Bool, _) => quote! { settings.#name },
            (SettingKind::OneOf(_), false) => chosen(quote! { settings.#name }),
            (SettingKind::OneOf(_), true) => {
                let chosen = chosen(quote! { value });
                quote! { settings.#name.map(|value| #chosen) }
            }
            _ => quote! { settings.#name.clone() },
        };
        self.absent(Made { expr, option }, &setting.name.text, absent, schema)
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
    fn absent(&self, made: Made, name: &str, absent: &AbsentPlan, schema: &Schema) -> Made {
        let Made { expr, option } = made;
        match absent {
            _ if !option => Made { expr, option },
            AbsentPlan::Omit => Made { expr, option },
            AbsentPlan::Refuse(reason, _) => {
                let reason = format!("is missing: {reason}");
                Made { expr: quote! { #expr.ok_or_else(|| Refusal::new(#name, #reason))? }, option: false }
            }
            AbsentPlan::Setting(index) => {
                let otherwise = self.setting(*index, &AbsentPlan::Omit, schema).expr;
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

    fn lift(&self, take: &TakePlan, omit_mixed: bool, schema: &Schema, scope: &Scope) -> Made {
        let list = take.path.prefix(take.path.list(self.uniform));
        let items = elements(self.uniform, &list, scope);
        let inner = scope.with(&list, "item");
        let value = reach(self.uniform, &take.path, &inner).option();
        let text = &take.path.text;
        let common = quote! { codec::common(#items.map(|item| #value)) };
        let common = if omit_mixed {
            quote! { #common.unwrap_or_default() }
        } else {
            quote! { #common.map_err(|_| Refusal::new(#text, "differs between items, and only one can be sent for all"))? }
        };
        self.take(take, Access::maybe(common), schema)
    }

    fn take(&self, take: &TakePlan, access: Access, schema: &Schema) -> Made {
        let text = &take.path.text;
        let optional = access.optional;
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
        let made = if take.omit_zero && !optional {
            let place = &access.expr;
            Made { expr: quote! { if #place.is_zero() { None } else { Some(#expr) } }, option: true }
        } else {
            Made { expr, option: optional || gives_option }
        };
        self.absent(made, text, &take.absent, schema)
    }

    fn convert(&self, convert: &Convert, schema: &Schema, parts: &Parts) -> TokenStream {
        let Parts { reference, value, receiver } = parts;
        let rule = |inexact: &Inexact| match inexact {
            Inexact::Refuse => quote! { Inexact::Refuse },
            Inexact::RoundHalfUp => quote! { Inexact::RoundHalfUp },
        };
        match convert {
            Convert::Text(None, None) | Convert::Texts => quote! { #receiver.clone() },
            Convert::Text(min, max) => {
                let bound = |limit: &Option<u64>| match limit {
                    Some(limit) => {
                        let limit = proc_macro2::Literal::u64_unsuffixed(*limit);
                        quote! { Some(#limit) }
                    }
                    None => quote! { None },
                };
                let (min, max) = (bound(min), bound(max));
                quote! { codec::limited(#reference, #min, #max) }
            }
            Convert::Bool | Convert::Int => value.clone(),
            Convert::Digits => match self.plan.api.shape(schema) {
                SchemaKind::NumberOrString => quote! { codec::int_to_either(#value) },
                _ => quote! { #receiver.to_string() },
            },
            Convert::Scaled(places, inexact) | Convert::Number(places, inexact) | Convert::Decimal(places, inexact) => {
                let (inexact, places) = (rule(inexact), proc_macro2::Literal::u32_unsuffixed(*places));
                match convert {
                    Convert::Scaled(..) => quote! { codec::to_scaled(#value, #places, #inexact) },
                    Convert::Number(..) => quote! { codec::to_number(#value, #places, #inexact) },
                    _ => quote! { codec::to_decimal(#value, #places, #inexact) },
                }
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
                ContactUnit::EitherPlus => quote! { codec::contact_to_either(#reference, PhoneStyle::Plus) },
                ContactUnit::EitherSeven => quote! { codec::contact_to_either(#reference, PhoneStyle::Seven) },
            },
            Convert::Moment(_) => quote! { DateTime::from(#value) },
        }
    }

    /// The module of a table, and the settings that it needs.
    fn table(&self, index: usize) -> (proc_macro2::Ident, TokenStream) {
        let name = ident(&self.plan.mapping.tables[index].name.text);
        let settings = needs_settings(&self.plan.tables[index]).then(|| quote! { , settings });
        (name, settings.unwrap_or_default())
    }
}

/// Whether a conversion can fail, and whether it may give nothing.
fn traits(convert: &Convert) -> (bool, bool) {
    match convert {
        Convert::Text(None, None)
        | Convert::Texts
        | Convert::Bool
        | Convert::Int
        | Convert::Digits
        | Convert::Moment(_) => (false, false),
        Convert::Contact(ContactUnit::Email | ContactUnit::PhonePlus | ContactUnit::PhoneSeven) => (true, true),
        _ => (true, false),
    }
}

/// A literal of the wire; owned, or as a pattern of what is read.
pub(super) fn literal_tokens(plan: &Plan, literal: &Literal, owned: bool) -> TokenStream {
    match literal {
        Literal::Text(text) if owned => quote! { #text.to_owned() },
        Literal::Text(text) => quote! { #text },
        Literal::Int(value) => {
            let value = proc_macro2::Literal::i64_unsuffixed(*value);
            quote! { #value }
        }
        Literal::Number(text) => {
            let value = proc_macro2::Literal::i64_suffixed(text.parse().unwrap_or_default());
            quote! { Number::from(#value) }
        }
        Literal::Bool(value) => quote! { #value },
        Literal::Variant(id, index) => {
            let ty = plan.api.ty(*id);
            let TypeKind::Enum(def) = &ty.kind else { unreachable!("checked while resolving") };
            let (name, variant) = (ident(&ty.rust), ident(&def.values[*index].rust));
            quote! { types::#name::#variant }
        }
    }
}
