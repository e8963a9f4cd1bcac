//! The conditions that something is sent under, and what is lost where they do not hold.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Encoder, literal_tokens};
use crate::model::{AbsentPlan, Guard, InputTest, Literal, MappedPlan, Plan, SetPlan, TakePlan, UPath, Value};
use crate::names::{ident, type_name};
use crate::render::access::{Access, Scope, elements, reach};
use crate::render::types::{Slot, slot};
use crate::spec::{Prop, TypeKind};
use crate::uniform::{Shape, Ty};

impl Encoder<'_> {
    /// A condition of sending.
    pub(super) fn guard(&self, guard: &Guard, props: &[Prop], scope: &Scope) -> TokenStream {
        match guard {
            Guard::Without(index) => {
                let sent = sent_name(&props[*index]);
                match slot(&props[*index], &self.plan.api) {
                    Slot::Plain => quote! { false },
                    _ => quote! { #sent.as_ref().is_none() },
                }
            }
            Guard::Sibling(index, literals) => {
                let prop = &props[*index];
                let sent = sent_name(prop);
                let access = match slot(prop, &self.plan.api) {
                    Slot::Plain => Access::place(quote! { #sent }),
                    _ => Access::maybe(quote! { #sent.as_ref() }),
                };
                let option = access.option();
                if literals.is_empty() {
                    return quote! { #option.is_some() };
                }
                let pattern = |literal: &Literal| !matches!(literal, Literal::Text(_) | Literal::Number(_));
                if !access.optional && literals.iter().all(pattern) {
                    let values = literals.iter().map(|literal| literal_tokens(self.plan, literal, false));
                    return quote! { matches!(#sent, #(#values)|*) };
                }
                if !access.optional {
                    let tests = literals.iter().map(|literal| {
                        let value = literal_tokens(self.plan, literal, false);
                        quote! { #sent == #value }
                    });
                    return quote! { (#(#tests)||*) };
                }
                let tests = literals.iter().map(|literal| {
                    let value = literal_tokens(self.plan, literal, false);
                    match literal {
                        Literal::Text(_) => quote! { value == #value },
                        _ => quote! { *value == #value },
                    }
                });
                quote! { #option.is_some_and(|value| #(#tests)||*) }
            }
            Guard::Input(path, InputTest::Absent) => {
                let stated = self.stated_anywhere(path, scope);
                quote! { !(#stated) }
            }
            Guard::Input(path, test) => self.anywhere(path, scope, &|path, scope| match test {
                InputTest::Absent => unreachable!("asked for above"),
                InputTest::Present | InputTest::Nonzero => self.stated(path, scope),
                InputTest::Bool(expected) => {
                    let option = reach(self.uniform, path, scope).option();
                    quote! { #option.is_some_and(|value| *value == #expected) }
                }
                InputTest::Values(of, values) => {
                    let variants = self.variants(*of, values);
                    let option = reach(self.uniform, path, scope).option();
                    if path.last(self.uniform).shape == Shape::Set {
                        return quote! {
                            #option.is_some_and(|values| values.iter().any(|value| matches!(*value, #(#variants)|*)))
                        };
                    }
                    quote! { #option.is_some_and(|value| matches!(*value, #(#variants)|*)) }
                }
            }),
        }
    }

    /// Conditions in words.
    pub(super) fn said(&self, any: &[&[Guard]], props: &[Prop]) -> String {
        let one = |guard: &Guard| match guard {
            Guard::Input(path, InputTest::Present) => format!("{} is stated", path.text),
            Guard::Input(path, InputTest::Absent) => format!("{} is not stated", path.text),
            Guard::Input(path, InputTest::Nonzero) => format!("{} is not zero", path.text),
            Guard::Input(path, InputTest::Bool(value)) => format!("{} is {value}", path.text),
            Guard::Input(path, InputTest::Values(of, values)) => {
                let names: Vec<_> =
                    values.iter().map(|value| self.uniform.enums[*of].values[*value].name.as_str()).collect();
                format!("{} is {}", path.text, names.join(" or "))
            }
            Guard::Without(index) => {
                let name = props.get(*index).map_or("a field beside it", |prop| prop.wire.as_str());
                format!("{name} is not sent")
            }
            Guard::Sibling(index, literals) => {
                let name = props.get(*index).map_or("a field beside it", |prop| prop.wire.as_str());
                if literals.is_empty() {
                    return format!("{name} is sent");
                }
                let codes: Vec<_> = literals.iter().map(|literal| literal_text(self.plan, literal)).collect();
                format!("{name} is {}", codes.join(" or "))
            }
        };
        let all = |guards: &&[Guard]| guards.iter().map(one).collect::<Vec<_>>().join(" and ");
        any.iter().map(all).collect::<Vec<_>>().join(", or ")
    }

    /// What is lost when a line does not apply: it is refused, unless the condition itself says that there is nothing, or
    /// another line carries it.
    pub(super) fn lost(&self, value: &Value, guards: &[Guard], props: &[Prop], scope: &Scope) -> Vec<TokenStream> {
        let (mut lines, mut takes) = (Vec::new(), Vec::new());
        self.mapped.inspect(|mapped| carried_under(mapped, &mut lines));
        takes_of(value, &mut takes);
        takes.retain(|take| {
            !says_so(&take.path, guards) && lines.iter().filter(|(other, _)| other.path == take.path).count() < 2
        });
        let reason = format!("is stated, and can only be sent where {}", self.said(&[guards], props));
        takes
            .iter()
            .map(|take| {
                let text = &take.path.text;
                let stated = self.stated_anywhere(&take.path, scope);
                quote! { if #stated { return Err(Refusal::new(#text, #reason)); } }
            })
            .collect()
    }

    pub(super) fn variants(&self, of: usize, values: &[usize]) -> Vec<TokenStream> {
        let item = &self.uniform.enums[of];
        let ty = ident(&type_name(&item.name));
        values
            .iter()
            .map(|value| {
                let variant = ident(&type_name(&item.values[*value].name));
                quote! { #ty::#variant }
            })
            .collect()
    }

    /// A test of a field; of some element, where none is at hand.
    fn anywhere(&self, path: &UPath, scope: &Scope, test: &dyn Fn(&UPath, &Scope) -> TokenStream) -> TokenStream {
        let count = path.list(self.uniform);
        let at_hand = scope.element.as_ref().is_some_and(|(list, _)| list.covers(&path.prefix(count)));
        if count == 0 || at_hand {
            return test(path, scope);
        }
        let list = path.prefix(count);
        let items = elements(self.uniform, &list, scope);
        let test = test(path, &scope.with(&list, "item"));
        quote! { #items.any(|item| #test) }
    }

    fn stated_anywhere(&self, path: &UPath, scope: &Scope) -> TokenStream {
        self.anywhere(path, scope, &|path, scope| self.stated(path, scope))
    }

    /// The place of the object that a path's field is in.
    pub(super) fn above(&self, path: &UPath, scope: &Scope) -> TokenStream {
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
    pub(super) fn stated(&self, path: &UPath, scope: &Scope) -> TokenStream {
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
}

/// The name of what a field is set to, before it is in its object.
pub(super) fn sent_name(prop: &Prop) -> proc_macro2::Ident {
    ident(&format!("sent_{}", prop.rust.trim_start_matches("r#")))
}

/// The fields of the same object that a field looks at.
pub(super) fn siblings(set: &SetPlan) -> impl Iterator<Item = usize> {
    let absent = match &set.value {
        Value::Take(take) | Value::Lift(take, _) | Value::Sum(take) => Some(&take.absent),
        Value::Setting(_, absent) => Some(absent),
        _ => None,
    };
    let of_absent = match absent {
        Some(AbsentPlan::Refuse(_, _, guards)) => &guards[..],
        _ => &[],
    };
    set.when.iter().chain(of_absent).filter_map(|guard| match guard {
        Guard::Sibling(index, _) | Guard::Without(index) => Some(*index),
        Guard::Input(..) => None,
    })
}

/// Every line that carries a field, with all conditions that it stands under.
pub(super) fn carried_under<'m>(mapped: &'m MappedPlan, found: &mut Vec<(&'m TakePlan, Vec<Guard>)>) {
    fn walk<'m>(value: &'m Value, guards: &[Guard], found: &mut Vec<(&'m TakePlan, Vec<Guard>)>) {
        let mut sets = |sets: &'m [SetPlan]| {
            for set in sets {
                walk(&set.value, &[guards, &set.when[..]].concat(), found);
            }
        };
        match value {
            Value::Take(take) | Value::Lift(take, _) => found.push((take, guards.to_vec())),
            Value::Object(_, inner) | Value::Group(_, _, _, inner) => sets(inner),
            Value::As(_, _, inner) | Value::Each(_, inner) => walk(inner, guards, found),
            Value::List(values) => values.iter().for_each(|value| walk(value, guards, found)),
            Value::Rows(rows) => {
                rows.iter().for_each(|row| walk(&row.value, &[guards, &row.when[..]].concat(), found));
            }
            Value::Key(_) | Value::Page(..) | Value::Sum(_) | Value::Const(_) | Value::Setting(..) | Value::Leave => {}
        }
    }
    let body = mapped.body.iter().flat_map(|(_, sets, _)| sets);
    for set in mapped.params.iter().chain(body) {
        walk(&set.value, &set.when, found);
    }
}

/// What a value takes from the input.
pub(super) fn takes_of<'v>(value: &'v Value, found: &mut Vec<&'v TakePlan>) {
    match value {
        Value::Take(take) | Value::Lift(take, _) => found.push(take),
        Value::Object(_, sets) | Value::Group(_, _, _, sets) => {
            sets.iter().for_each(|set| takes_of(&set.value, found));
        }
        Value::As(_, _, inner) | Value::Each(_, inner) => takes_of(inner, found),
        Value::List(values) => values.iter().for_each(|value| takes_of(value, found)),
        Value::Rows(rows) => rows.iter().for_each(|row| takes_of(&row.value, found)),
        Value::Key(_) | Value::Page(..) | Value::Sum(_) | Value::Const(_) | Value::Setting(..) | Value::Leave => {}
    }
}

/// Whether one of the conditions says that there is a value at `path`: without it nothing is lost.
pub(super) fn says_so(path: &UPath, guards: &[Guard]) -> bool {
    guards
        .iter()
        .any(|guard| matches!(guard, Guard::Input(of, InputTest::Present | InputTest::Nonzero) if of.covers(path)))
}

/// A literal as a person reads it.
fn literal_text(plan: &Plan, literal: &Literal) -> String {
    match literal {
        Literal::Text(text) | Literal::Number(text) => text.clone(),
        Literal::Int(value) => value.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Variant(id, index) => match &plan.api.ty(*id).kind {
            TypeKind::Enum(def) => def.values[*index].wire.clone(),
            _ => unreachable!("checked while resolving"),
        },
    }
}
