//! The types of the uniform model.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, field, plain};
use crate::names::{ident, type_name};
use crate::uniform::{Field, Formula, OperationKind, Shape, Ty, Type, Uniform};

pub(super) fn render(uniform: &Uniform) -> TokenStream {
    let items = uniform.types.iter().map(|ty| one(ty, uniform));
    quote! {
        use std::collections::BTreeSet;
        use std::sync::LazyLock;
        use kassa_core::rt::Regex;
        use kassa_core::rt::serde::{Deserialize, Serialize};
        use kassa_core::{Contact, Date, Findings, Moment, Money, Quantity};
        use super::enumerations::*;
        use super::operations::Operation;
        #(#items)*
    }
}

/// The type of what a field holds, once.
pub(super) fn held(ty: Ty, uniform: &Uniform) -> TokenStream {
    match ty {
        Ty::Text => quote! { String },
        Ty::Bool => quote! { bool },
        Ty::Int => quote! { i64 },
        Ty::Money => quote! { Money },
        Ty::Quantity => quote! { Quantity },
        Ty::Date => quote! { Date },
        Ty::Moment => quote! { Moment },
        Ty::Contact => quote! { Contact },
        Ty::Operation => quote! { Operation },
        Ty::Enum(index) => {
            let name = ident(&type_name(&uniform.enums[index].name));
            quote! { #name }
        }
        Ty::Struct(id) => {
            let name = ident(&type_name(&uniform.ty(id).name));
            quote! { #name }
        }
    }
}

/// Whether a type has a `Default`: nothing in it has to be stated.
pub(super) fn defaults(ty: &Type, uniform: &Uniform) -> bool {
    ty.fields.iter().filter(|field| field.derived.is_none()).all(|field| match field.shape {
        Shape::One => field.default || matches!(field.ty, Ty::Struct(id) if defaults(uniform.ty(id), uniform)),
        _ => true,
    })
}

fn one(ty: &Type, uniform: &Uniform) -> TokenStream {
    let name = ident(&type_name(&ty.name));
    let about = doc(&plain(&ty.about));
    let stated: Vec<&Field> = ty.fields.iter().filter(|field| field.derived.is_none()).collect();
    let fields = stated.iter().map(|item| {
        let mut text = item.about.clone();
        if !item.tag.is_empty() {
            text += &format!(" Tag {}.", item.tag);
        }
        if let Some(max) = item.max_length {
            text += &format!(" At most {max} characters.");
        }
        let about = doc(&plain(&text));
        let name = field(&item.name);
        let held = held(item.ty, uniform);
        let (ty, serde) = match item.shape {
            Shape::One if item.default => (held, Some(quote! { #[serde(default)] })),
            Shape::One => (held, None),
            Shape::Optional => {
                (quote! { Option<#held> }, Some(quote! { #[serde(default, skip_serializing_if = "Option::is_none")] }))
            }
            Shape::List => {
                (quote! { Vec<#held> }, Some(quote! { #[serde(default, skip_serializing_if = "Vec::is_empty")] }))
            }
            Shape::Set => (
                quote! { BTreeSet<#held> },
                Some(quote! { #[serde(default, skip_serializing_if = "BTreeSet::is_empty")] }),
            ),
        };
        quote! { #about #serde pub #name: #ty }
    });
    let default = defaults(ty, uniform).then(|| quote! { , Default });
    let methods = ty.fields.iter().filter_map(|item| formula(item, ty, uniform));
    let checks: Vec<_> = stated.iter().filter_map(|item| check(item, &ty.name)).collect();
    let normal: Vec<_> = stated.iter().filter_map(|item| normalised(item, uniform)).collect();
    let normalise = if normal.is_empty() {
        quote! {
            /// This, with everything that says nothing left out.
            #[must_use]
            pub fn normalised(self) -> Self { self }
        }
    } else {
        quote! {
            /// This, with everything that says nothing left out: a total that is price × quantity, an object without fields.
            #[must_use]
            pub fn normalised(mut self) -> Self { #(#normal)* self }
        }
    };
    let texts: Vec<_> = stated.iter().filter_map(|item| texts(item)).collect();
    let named = |used: bool, name: &str| ident(&if used { name.to_owned() } else { format!("_{name}") });
    let (check_at, out) = (named(!checks.is_empty(), "at"), named(!checks.is_empty(), "out"));
    let (texts_at, visit) = (named(!texts.is_empty(), "at"), named(!texts.is_empty(), "visit"));
    let append = append(ty, uniform);
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize #default)]
        #[serde(crate = "kassa_core::rt::serde", remote = "Self", deny_unknown_fields)]
        pub struct #name { #(#fields,)* }

        kassa_core::object!(exact #name);

        impl #name {
            #(#methods)*

            /// What breaks the limits of the model, field by field.
            #[must_use]
            pub fn check(&self) -> Findings {
                let mut out = Findings::default();
                self.check_at("", &mut out);
                out
            }

            /// What breaks the limits of the model, fields named below `at`.
            pub(crate) fn check_at(&self, #check_at: &str, #out: &mut Findings) { #(#checks)* }

            /// Shows `visit` every text that is stated, with the name of its field.
            pub fn texts(&self, visit: &mut dyn FnMut(&str, &str)) { self.texts_at("", visit); }

            /// Shows `visit` every text that is stated, fields named below `at`.
            pub(crate) fn texts_at(&self, #texts_at: &str, #visit: &mut dyn FnMut(&str, &str)) { #(#texts)* }

            #normalise
        }

        #append
    }
}

/// How one page of an answer follows another, where the type is the answer to a query.
fn append(ty: &Type, uniform: &Uniform) -> Option<TokenStream> {
    let mut queries = uniform.operations.iter().filter(|operation| operation.kind == OperationKind::Query);
    queries.find(|operation| uniform.ty(operation.output).name == ty.name)?;
    let name = ident(&type_name(&ty.name));
    let lists = ty.fields.iter().filter(|item| item.shape == Shape::List && item.name != "unread");
    let lists: Vec<_> = lists.map(|item| field(&item.name)).collect();
    let mutable = (!lists.is_empty()).then(|| quote! { mut });
    Some(quote! {
        impl kassa_core::Append for #name {
            fn append(&mut self, #mutable next: Self, page: usize) {
                #(self.#lists.append(&mut next.#lists);)*
                self.unread.extend(next.unread.into_iter().map(|told| format!("page {page}, {told}")));
            }
        }
    })
}

/// Methods for what is computed.
fn formula(item: &Field, ty: &Type, uniform: &Uniform) -> Option<TokenStream> {
    let derived = item.derived.is_some();
    let about = &item.about;
    let name = &item.name;
    match item.derived.as_ref().or(item.otherwise.as_ref())? {
        Formula::Sum(list, of) => {
            let (list_name, method) = (field(list), field(name));
            let added = ty.fields.iter().find(|field| &field.name == list).and_then(|field| match field.ty {
                Ty::Struct(id) => uniform.ty(id).fields.iter().find(|field| &field.name == of),
                _ => None,
            })?;
            let value = if added.otherwise.is_some() {
                let method = ident(&format!("{of}_or_product"));
                quote! { item.#method()? }
            } else {
                let name = field(of);
                quote! { item.#name }
            };
            let about = doc(&plain(&format!("{about} `None` when it is out of range.")));
            derived.then(|| {
                quote! {
                    #about
                    #[must_use]
                    pub fn #method(&self) -> Option<Money> {
                        self.#list_name.iter().try_fold(Money::ZERO, |sum, item| sum.checked_add(#value))
                    }
                }
            })
        }
        Formula::Tax(amount, rate) => {
            let method = field(name);
            let amount_field = ty.fields.iter().find(|field| &field.name == amount)?;
            let value = if amount_field.otherwise.is_some() {
                let method = ident(&format!("{amount}_or_product"));
                quote! { self.#method()? }
            } else {
                let name = field(amount);
                quote! { self.#name }
            };
            let rate = field(rate);
            let about = doc(&plain(&format!(
                "{about} Rounded half up; nothing where no tax is due. `None` when it is out of range."
            )));
            Some(quote! {
                #about
                #[must_use]
                pub fn #method(&self) -> Option<Money> {
                    #value.tax_within(self.#rate.percent().map_or(0, |(percent, _)| percent))
                }
            })
        }
        Formula::Product(a, b) => {
            let (a, b, own) = (field(a), field(b), field(name));
            let method = ident(&format!("{name}_or_product"));
            let about = doc(&plain(&format!(
                "`{name}` if it is stated, otherwise `{a}` × `{b}`, rounded half up. `None` when it is out of range."
            )));
            (!derived).then(|| {
                quote! {
                    #about
                    #[must_use]
                    pub fn #method(&self) -> Option<Money> {
                        match self.#own {
                            Some(stated) => Some(stated),
                            None => self.#a.times(self.#b),
                        }
                    }
                }
            })
        }
    }
}

/// The limits of one field.
fn check(item: &Field, owner: &str) -> Option<TokenStream> {
    let name = field(&item.name);
    let label = &item.name;
    let mut rules = Vec::new();
    let severity = ident(if item.warns { "warn" } else { "error" });
    match item.ty {
        Ty::Text => {
            if let Some(max) = item.max_length {
                let max = usize::try_from(max).unwrap_or(usize::MAX);
                let text = format!("is longer than {max} characters");
                rules.push(quote! { if value.chars().count() > #max { out.#severity("length", place(), #text); } });
            }
            if let Some(pattern) = &item.pattern {
                let text = format!("is not of the form {pattern}");
                let broken = format!("pattern of {owner}.{label}");
                rules.push(quote! {
                    static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new(#pattern).expect(#broken));
                    if !PATTERN.is_match(value) { out.#severity("form", place(), #text); }
                });
            }
        }
        Ty::Money | Ty::Quantity | Ty::Int if item.shape != Shape::List => {
            let kind = match item.ty {
                Ty::Money => quote! { Money },
                Ty::Quantity => quote! { Quantity },
                _ => quote! { i64 },
            };
            for (limit, below) in [(&item.min, true), (&item.max, false)] {
                let Some(limit) = limit else { continue };
                let text = format!("is {} than {limit}", if below { "less" } else { "more" });
                let scale = match item.ty {
                    Ty::Money => 2,
                    Ty::Quantity => 6,
                    _ => 0,
                };
                let units = scaled(limit, scale)?;
                let bound = match item.ty {
                    Ty::Int => quote! { #units },
                    _ => quote! { #kind::from_units(#units) },
                };
                let compare = if below {
                    quote! { < }
                } else {
                    quote! { > }
                };
                rules.push(quote! { if *value #compare #bound { out.#severity("range", place(), #text); } });
            }
        }
        Ty::Struct(_) => rules.push(quote! { value.check_at(&format!("{}.", place()), out); }),
        _ => {}
    }
    let mut whole = Vec::new();
    if matches!(item.shape, Shape::List | Shape::Set) {
        for (limit, below) in [(&item.min, true), (&item.max, false)] {
            let Some(limit) = limit.as_ref().and_then(|limit| limit.parse::<usize>().ok()) else { continue };
            let text = format!("has {} than {limit} entries", if below { "fewer" } else { "more" });
            let broken = match (below, limit) {
                (true, 1) => quote! { self.#name.is_empty() },
                (true, _) => quote! { self.#name.len() < #limit },
                (false, _) => quote! { self.#name.len() > #limit },
            };
            whole.push(quote! { if #broken { out.#severity("count", format!("{at}{}", #label), #text); } });
        }
    }
    let each = (!rules.is_empty()).then(|| each(item, &quote! { #(#rules)* }));
    (each.is_some() || !whole.is_empty()).then(|| quote! { #(#whole)* #each })
}

/// `done` with each `value` that a field has, and the `place` where it stands.
fn each(item: &Field, done: &TokenStream) -> TokenStream {
    let (name, label) = (field(&item.name), &item.name);
    match item.shape {
        Shape::One => quote! { { let place = || format!("{at}{}", #label); let value = &self.#name; #done } },
        Shape::Optional => {
            quote! { if let Some(value) = &self.#name { let place = || format!("{at}{}", #label); #done } }
        }
        _ => {
            quote! { for (index, value) in self.#name.iter().enumerate() { let place = || format!("{at}{}[{index}]", #label); #done } }
        }
    }
}

/// The texts that a field holds.
fn texts(item: &Field) -> Option<TokenStream> {
    let shown = match item.ty {
        Ty::Text => quote! { visit(&place(), value); },
        Ty::Contact => quote! { visit(&place(), value.as_str()); },
        Ty::Struct(_) => quote! { value.texts_at(&format!("{}.", place()), visit); },
        _ => return None,
    };
    Some(each(item, &shown))
}

/// A decimal text in units of 10^-scale.
fn scaled(text: &str, scale: usize) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    (fraction.len() <= scale).then(|| format!("{whole}{fraction:0<scale$}").parse().ok())?
}

/// What of a field says nothing.
fn normalised(item: &Field, uniform: &Uniform) -> Option<TokenStream> {
    let name = field(&item.name);
    if let Some(Formula::Product(a, b)) = &item.otherwise {
        let (a, b) = (field(a), field(b));
        return Some(quote! { if self.#name.is_some() && self.#name == self.#a.times(self.#b) { self.#name = None; } });
    }
    let Ty::Struct(id) = item.ty else { return None };
    let ty = uniform.ty(id);
    Some(match item.shape {
        Shape::One => quote! { self.#name = self.#name.normalised(); },
        Shape::Optional if defaults(ty, uniform) => {
            let held = held(item.ty, uniform);
            quote! { self.#name = self.#name.map(#held::normalised).filter(|value| *value != #held::default()); }
        }
        Shape::Optional => {
            let held = held(item.ty, uniform);
            quote! { self.#name = self.#name.map(#held::normalised); }
        }
        _ => {
            let held = held(item.ty, uniform);
            quote! { self.#name = self.#name.into_iter().map(#held::normalised).collect(); }
        }
    })
}
