//! The checks before anything is built: what cannot be sent is refused.

use proc_macro2::TokenStream;
use quote::quote;

use super::Encoder;
use super::guards::{carried_under, says_so};
use crate::model::{Guard, RequiredPlan, UPath};
use crate::names::{field_name, ident, type_name};
use crate::render::access::{Scope, elements, reach};
use crate::render::field;
use crate::render::shared::{Form, Part};
use crate::uniform::{Formula, Ty};

impl Encoder<'_> {
    /// The checks before anything is built: what is refused, implied or required.
    pub(in crate::render) fn checks(&self) -> TokenStream {
        let Some(mapped) = self.mapped else { return TokenStream::new() };
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
                        let Some(Formula::Product(a, b)) = &item.otherwise else {
                            unreachable!("checked while resolving")
                        };
                        let reason = format!("can only be {a} × {b}: {}", implied.reason);
                        (self.otherwise_broken(&implied.path, scope), reason)
                    }
                };
                quote! { if #broken { return Err(Refusal::new(#text, #reason)); } }
            });
        }
        let mut requires = Vec::new();
        for require in &mapped.require {
            match &require.what {
                RequiredPlan::Sum(sum, equals) => requires.push(self.sum_is(sum, equals, &require.reason)),
                RequiredPlan::Alone(path, of, values) => {
                    requires.push(self.alone(path, *of, values, &require.reason));
                }
                RequiredPlan::Setting(index) => {
                    let text = &self.plan.mapping.settings[*index].name.text;
                    let (name, reason) = (ident(text), format!("is missing: {}", require.reason));
                    requires.push(quote! { if settings.#name.is_none() { return Err(Refusal::new(#text, #reason)); } });
                }
                RequiredPlan::Otherwise(path) => add(path, &|scope| {
                    let broken = self.otherwise_broken(path, scope);
                    let (text, reason) =
                        (&path.text, format!("has to be what it is when left out: {}", require.reason));
                    quote! { if #broken { return Err(Refusal::new(#text, #reason)); } }
                }),
            }
        }
        for (path, guards) in self.guarded_only() {
            let conditions: Vec<&[Guard]> = guards.iter().map(|guards| &guards[..]).collect();
            let reason = format!("is stated, and can only be sent where {}", self.said(&conditions, &[]));
            add(&path, &|scope| {
                let stated = self.stated(&path, scope);
                let text = &path.text;
                let any = conditions.iter().map(|guards| {
                    let all = guards.iter().map(|guard| self.guard(guard, &[], scope));
                    quote! { (#(#all)&&*) }
                });
                quote! { if #stated && !(#(#any)||*) { return Err(Refusal::new(#text, #reason)); } }
            });
        }
        let loops = by_list.iter().map(|(list, checks)| {
            let text = &list.text;
            let items = elements(self.uniform, list, &Scope::input());
            let code = quote! {
                for (index, item) in #items.enumerate() {
                    let check = || -> Result<(), Refusal> { #(#checks)* Ok(()) };
                    check().map_err(|refusal| refusal.in_element(#text, index))?;
                }
            };
            let part = Part {
                name: format!("check_{}", field_name(text)),
                about: format!("Refuses what of `{text}` cannot be sent"),
                result: quote! { () },
                form: Form::Steps(quote! { Refusal }),
                code,
            };
            self.part(part, &Scope::input())
        });
        quote! { #(#whole)* #(#loops)* #(#requires)* }
    }

    /// Whether a field is stated and is not what the model takes an absent one to be.
    fn otherwise_broken(&self, path: &UPath, scope: &Scope) -> TokenStream {
        let item = path.last(self.uniform);
        let above = self.above(path, scope);
        let name = field(&item.name);
        let Some(Formula::Product(a, b)) = &item.otherwise else { unreachable!("checked while resolving") };
        let (a, b) = (field(a), field(b));
        quote! { #above.#name.is_some_and(|stated| Some(stated) != #above.#a.times(#above.#b)) }
    }

    fn sum_is(&self, sum: &[UPath], equals: &UPath, reason: &str) -> TokenStream {
        let names = sum.iter().map(|path| path.text.as_str()).collect::<Vec<_>>().join(" + ");
        let reason = format!("has to be {}: {reason}", equals.text);
        let parts = sum.iter().map(|path| reach(self.uniform, path, &Scope::input()).expr);
        let equals = reach(self.uniform, equals, &Scope::input()).expr;
        quote! {
            if Money::checked_sum([#(#parts),*]) != Some(#equals) {
                return Err(Refusal::new(#names, #reason));
            }
        }
    }

    /// An element with one of these values has to be alone in its list.
    fn alone(&self, path: &UPath, of: usize, values: &[usize], reason: &str) -> TokenStream {
        let list = path.prefix(path.list(self.uniform));
        let variants = self.variants(of, values);
        let (items, all) =
            (elements(self.uniform, &list, &Scope::input()), elements(self.uniform, &list, &Scope::input()));
        let value = reach(self.uniform, path, &Scope::input().with(&list, "item")).option();
        let text = &path.text;
        let reason = format!("has to be the only one there: {reason}");
        quote! {
            if #all.take(2).count() > 1 && #items.any(|item| #value.is_some_and(|value| matches!(*value, #(#variants)|*))) {
                return Err(Refusal::new(#text, #reason));
            }
        }
    }

    /// Fields that several lines carry, each under a condition of the input: with the conditions of each.
    fn guarded_only(&self) -> Vec<(UPath, Vec<Vec<Guard>>)> {
        let mut lines = Vec::new();
        self.mapped.inspect(|mapped| carried_under(mapped, &mut lines));
        let mut found: Vec<(UPath, Vec<Vec<Guard>>)> = Vec::new();
        for (take, guards) in &lines {
            let same: Vec<_> = lines.iter().filter(|(other, _)| other.path == take.path).collect();
            let of_input = |guards: &[Guard]| guards.iter().all(|guard| matches!(guard, Guard::Input(..)));
            let known = found.iter().any(|(path, _)| *path == take.path);
            if known || same.len() < 2 || same.iter().any(|(_, guards)| guards.is_empty() || !of_input(guards)) {
                continue;
            }
            if !says_so(&take.path, guards) {
                found.push((take.path.clone(), same.iter().map(|(_, guards)| guards.clone()).collect()));
            }
        }
        found
    }
}
