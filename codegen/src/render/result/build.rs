//! The literal of a result, of what an answer gives.

use std::cell::Cell;

use proc_macro2::TokenStream;
use quote::quote;

use super::super::access::{Access, reach_wire};
use super::super::recover::{invert, invertible, offset_tokens};
use super::super::uniform_types::defaults;
use super::super::verdict::Verdicts;
use super::super::{field, parameter};
use super::gives::{List, Source};
use crate::model::{GiveHow, UPath};
use crate::names::{ident, type_name};
use crate::uniform::{Field, Shape, Ty, TypeId as UniformId};

/// What is built.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s, 'p> {
    pub(super) sources: &'s [Source<'p>],
    pub(super) lists: &'s [List<'p>],
    /// Where it stands in the result.
    pub(super) at: &'s UPath,
    /// It stands in an object that may be absent.
    pub(super) optional: bool,
}

impl Verdicts<'_> {
    /// The literal of a type of the result. `fails` is set when something in it has to be there and may not be.
    pub(super) fn object(&self, ty: UniformId, scope: Scope<'_, '_>, fails: &Cell<bool>) -> TokenStream {
        let def = self.uniform.ty(ty);
        let name = ident(&type_name(&def.name));
        let stated: Vec<_> = def.fields.iter().enumerate().filter(|(_, item)| item.derived.is_none()).collect();
        let mut spelled = 0;
        let has_default = defaults(def, self.uniform);
        let mut fields = Vec::new();
        for (index, item) in &stated {
            let path = scope.at.below(ty, *index, &item.name);
            let value = self.field(item, &path, scope, fails);
            if value.is_some() || !has_default {
                spelled += 1;
                let (name, value) = (field(&item.name), value.unwrap_or_else(|| quote! { Default::default() }));
                fields.push(quote! { #name: #value });
            }
        }
        if fields.is_empty() {
            return quote! { #name::default() };
        }
        // What could not be read of the whole is told in the whole.
        let unread = scope.at.steps.is_empty().then(|| quote! { unread, });
        spelled += usize::from(unread.is_some());
        let rest = (spelled < stated.len()).then(|| quote! { ..#name::default() });
        quote! { #name { #(#fields,)* #unread #rest } }
    }

    /// A field of the result; `None` when nothing gives it.
    fn field(&self, item: &Field, path: &UPath, scope: Scope<'_, '_>, fails: &Cell<bool>) -> Option<TokenStream> {
        if let (Ty::Struct(ty), Shape::List) = (item.ty, item.shape) {
            let list = scope.lists.iter().find(|list| list.each.list == *path)?;
            return Some(self.list(ty, list, path));
        }
        if !scope.sources.iter().any(|source| path.covers(&source.plan.target)) {
            return None;
        }
        Some(match (item.ty, item.shape) {
            (Ty::Struct(ty), Shape::One) => self.object(ty, Scope { at: path, ..scope }, fails),
            (Ty::Struct(ty), _) => {
                let inner = Scope { at: path, optional: true, ..scope };
                let name = ident(&type_name(&self.uniform.ty(ty).name));
                let object = self.object(ty, inner, fails);
                if defaults(self.uniform.ty(ty), self.uniform) {
                    quote! { Some(#object).filter(|value| *value != #name::default()) }
                } else {
                    quote! { Finding::object(|| Some(#object)) }
                }
            }
            _ => self.leaf(item, path, scope, fails),
        })
    }

    fn leaf(&self, item: &Field, path: &UPath, scope: Scope<'_, '_>, fails: &Cell<bool>) -> TokenStream {
        let mut sources = scope.sources.iter().filter(|source| source.plan.target == *path);
        let first = sources.next().expect("something gives it");
        let others: Vec<_> = sources.collect();
        let must = item.shape == Shape::One && !item.default;
        let filtered = first.plan.none_before.is_some() || first.plan.omit_zero;
        let sure = others.is_empty() && !first.access.optional && !filtered;
        if sure && item.shape != Shape::Optional && !self.fallible(first) {
            return self.read(first);
        }
        if must && sure && !scope.optional {
            fails.set(true);
            let read = self.read(first);
            return quote! { #read? };
        }
        // Of several fields of the answer for one of the result, the first that is there counts.
        let all = others.iter().fold(self.option(first), |all, next| {
            let next = self.option(next);
            quote! { match #all { None => #next, found => found } }
        });
        match item.shape {
            Shape::Optional => all,
            Shape::One if must && scope.optional => quote! { #all? },
            Shape::One if must => {
                fails.set(true);
                let wire = &first.wire;
                quote! { #all.ok_or_else(|| Unreadable::new(#wire, "is missing"))? }
            }
            _ => quote! { #all.unwrap_or_default() },
        }
    }

    fn list(&self, ty: UniformId, list: &List<'_>, path: &UPath) -> TokenStream {
        let fails = Cell::new(false);
        let scope = Scope { sources: &list.sources, lists: &[], at: path, optional: false };
        let object = self.object(ty, scope, &fails);
        let (elements, wire, sound) = (&list.elements, &list.wire, &list.sound);
        let null = list.each.nullable.then(|| {
            quote! { let Some(element) = element else { return Err(Unreadable::new(#wire, "is null")) }; }
        });
        let told = parameter("unread", &object);
        quote! {
            #elements.enumerate().filter_map(|(index, element)| {
                Finding::element(&mut unread, #wire, #sound.index(index), |#told| {
                    #null
                    Ok(#object)
                })
            }).collect()
        }
    }

    pub(super) fn fallible(&self, source: &Source<'_>) -> bool {
        match &source.plan.how {
            GiveHow::Convert(convert) => invertible(convert),
            GiveHow::Parts(..) => true,
        }
    }

    /// The value of a source: a `Result` where it may fail, in an `Option` where it may be absent.
    fn read(&self, source: &Source<'_>) -> TokenStream {
        let wire = &source.wire;
        source.access.map(|parts| match &source.plan.how {
            GiveHow::Convert(convert) if invertible(convert) => {
                let back = invert(self.plan, convert, parts);
                quote! { #back.unreadable(#wire) }
            }
            GiveHow::Convert(convert) => invert(self.plan, convert, parts),
            GiveHow::Parts(paths, offset) => {
                let offset = offset_tokens(self.plan, offset);
                let root = Access::place(parts.receiver.clone());
                let parts = paths.iter().map(|path| reach_wire(&self.plan.api, path, root.clone()).option());
                quote! { codec::moment_of([#(#parts),*], #offset).unreadable(#wire) }
            }
        })
    }

    /// The value of a source as an `Option`; what cannot be read is told and absent.
    pub(super) fn option(&self, source: &Source<'_>) -> TokenStream {
        let read = self.read(source);
        let option = if source.access.optional {
            read
        } else {
            quote! { Some(#read) }
        };
        let late = source.plan.none_before.map(|(year, month, day)| {
            let (month, day) = (month as i8, day as i8);
            match source.plan.target.last(self.uniform).ty {
                Ty::Date => quote! { .filter(|day| *day >= Date::constant(#year, #month, #day)) },
                _ => quote! { .filter(|moment| moment.local.date() >= Date::constant(#year, #month, #day)) },
            }
        });
        let unread = if source.in_list {
            quote! { unread }
        } else {
            quote! { &mut unread }
        };
        let nonzero = source.plan.omit_zero.then(|| quote! { .filter(|number| *number != 0) });
        if self.fallible(source) {
            quote! { Finding::keep(#unread, #option)#late #nonzero }
        } else {
            quote! { #option #nonzero }
        }
    }
}
