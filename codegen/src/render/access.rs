//! Expressions that reach a field of the input, or of a message.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::field;
use super::types::{Slot, slot};
use crate::model::{UPath, WirePath};
use crate::names::ident;
use crate::spec::{Api, TypeKind};
use crate::uniform::{Field, Shape, Uniform};

/// An expression: the place of a value, or an `Option` of a reference to it.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// The expression.
    pub(super) expr: TokenStream,
    /// Whether it is an `Option<&T>`; otherwise it is a place.
    pub(super) optional: bool,
    /// The place of an `Option<T>` that the expression is a reference into, when there is one.
    holder: Option<TokenStream>,
    /// The expression as a `Result`, where it can fail.
    result: Option<TokenStream>,
}

impl Access {
    /// A place.
    pub(super) fn place(expr: TokenStream) -> Self {
        Self { expr, optional: false, holder: None, result: None }
    }

    /// An `Option<&T>`.
    pub(super) fn maybe(expr: TokenStream) -> Self {
        Self { expr, optional: true, holder: None, result: None }
    }

    /// An `Option<T>` that was made just now.
    pub(super) fn owned(expr: TokenStream) -> Self {
        Self { expr: quote! { #expr.as_ref() }, optional: true, holder: None, result: None }
    }

    /// A field below, as its slot holds it.
    pub(super) fn step(self, name: &Ident, slot: Slot) -> Self {
        let Self { expr, optional, .. } = self;
        match (optional, slot != Slot::Plain) {
            (false, false) => Self::place(quote! { #expr.#name }),
            (false, true) => {
                let holder = (slot != Slot::Maybe).then(|| quote! { #expr.#name });
                Self { holder, ..Self::maybe(quote! { #expr.#name.as_ref() }) }
            }
            (true, false) => Self::maybe(quote! { #expr.map(|value| &value.#name) }),
            (true, true) => Self::maybe(quote! { #expr.and_then(|value| value.#name.as_ref()) }),
        }
    }

    /// Whether it is there, as a condition.
    pub(super) fn is_some(&self) -> TokenStream {
        match &self.holder {
            Some(holder) => quote! { #holder.is_some() },
            None => {
                let option = self.option();
                quote! { #option.is_some() }
            }
        }
    }

    /// Whether it is not there, as a condition.
    pub(super) fn is_none(&self) -> TokenStream {
        match &self.holder {
            Some(holder) => quote! { #holder.is_none() },
            None => {
                let option = self.option();
                quote! { #option.is_none() }
            }
        }
    }

    /// What `convert` makes of it, given a reference or a value: `Option<T>` of an option, `T` of a place. A copy or a
    /// clone of an option is written as one.
    pub(super) fn map(&self, convert: impl Fn(&Parts) -> TokenStream) -> TokenStream {
        let expr = &self.expr;
        if !self.optional {
            return convert(&Parts::of_place(expr));
        }
        let made = convert(&Parts::of_reference());
        match (made.to_string().as_str(), &self.holder) {
            ("* value", Some(holder)) => quote! { #holder },
            ("* value", None) => quote! { #expr.copied() },
            ("value . clone ()", Some(holder)) => quote! { #holder.clone() },
            ("value . clone ()", None) => quote! { #expr.cloned() },
            _ => quote! { #expr.map(|value| #made) },
        }
    }

    /// The elements of a list, as an iterator of references.
    pub(super) fn elements(&self) -> TokenStream {
        let expr = &self.expr;
        if self.optional {
            quote! { #expr.into_iter().flatten() }
        } else {
            quote! { #expr.iter() }
        }
    }

    /// A place as a `Result`, for a function that does nothing else.
    pub(super) fn result(self) -> TokenStream {
        let expr = self.expr;
        self.result.unwrap_or_else(|| quote! { Ok(#expr) })
    }

    /// As `Option<&T>`.
    pub(super) fn option(&self) -> TokenStream {
        let expr = &self.expr;
        if self.optional {
            quote! { #expr }
        } else {
            quote! { Some(&#expr) }
        }
    }
}

/// The ways to write a value in a conversion.
pub(super) struct Parts {
    /// A reference to it.
    pub(super) reference: TokenStream,
    /// A copy of it.
    pub(super) value: TokenStream,
    /// It, with a method called on it.
    pub(super) receiver: TokenStream,
}

impl Parts {
    fn of_place(place: &TokenStream) -> Self {
        Self { reference: quote! { &#place }, value: place.clone(), receiver: place.clone() }
    }

    fn of_reference() -> Self {
        Self { reference: quote! { value }, value: quote! { *value }, receiver: quote! { value } }
    }
}

/// What is at hand: the input, and the element of a list.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// The name of the input.
    pub(super) root: Ident,
    /// The list and the name of its element.
    pub(super) element: Option<(UPath, Ident)>,
    /// The name of the elements that are taken together.
    pub(super) group: Option<Ident>,
}

impl Scope {
    /// The input alone.
    pub(super) fn input() -> Self {
        Self { root: ident("input"), element: None, group: None }
    }

    /// With the element of a list.
    pub(super) fn with(&self, list: &UPath, element: &str) -> Self {
        Self { root: self.root.clone(), element: Some((list.clone(), ident(element))), group: None }
    }
}

/// Reaches a field of the input. Lists and sets are taken for absent when they are empty; what is computed, or stands
/// in for an absent value, is an error when it is out of range.
pub(super) fn reach(uniform: &Uniform, path: &UPath, scope: &Scope) -> Access {
    let access = reach_as_is(uniform, path, scope);
    if matches!(path.last(uniform).shape, Shape::List | Shape::Set) {
        let option = access.option();
        return Access::maybe(quote! { #option.filter(|value| !value.is_empty()) });
    }
    access
}

/// The elements of a list of the input, as an iterator of references.
pub(super) fn elements(uniform: &Uniform, list: &UPath, scope: &Scope) -> TokenStream {
    reach_as_is(uniform, list, scope).elements()
}

fn reach_as_is(uniform: &Uniform, path: &UPath, scope: &Scope) -> Access {
    let (mut access, start) = match &scope.element {
        Some((list, name)) if path.steps.len() > list.steps.len() && list.covers(path) => {
            (Access::place(quote! { #name }), list.steps.len())
        }
        _ => {
            let root = &scope.root;
            (Access::place(quote! { #root }), 0)
        }
    };
    for (ty, index) in &path.steps[start..] {
        let item = &uniform.ty(*ty).fields[*index];
        if let Some(method) = computed(item) {
            let (expr, text) = (access.expr, &path.text);
            let expr = quote! { #expr.#method().ok_or_else(|| Refusal::new(#text, "is out of range")) };
            return Access { result: Some(expr.clone()), ..Access::place(quote! { #expr? }) };
        }
        let slot = if item.shape == Shape::Optional { Slot::Optional } else { Slot::Plain };
        access = access.step(&field(&item.name), slot);
    }
    access
}

/// The method that computes a field, which may be out of range.
fn computed(item: &Field) -> Option<Ident> {
    match (&item.derived, &item.otherwise) {
        (Some(_), _) => Some(field(&item.name)),
        (None, Some(_)) => Some(ident(&format!("{}_or_product", item.name))),
        (None, None) => None,
    }
}

/// Reaches a field of a message.
pub(super) fn reach_wire(api: &Api, path: &WirePath, root: Access) -> Access {
    path.0.iter().fold(root, |access, (ty, index)| {
        let TypeKind::Object(props) = &api.ty(*ty).kind else { unreachable!("paths go through objects") };
        let prop = &props[*index];
        access.step(&ident(&prop.rust), slot(prop, api))
    })
}
