//! From the provider's request back to the input it was built from: the inverse of encoding, for everything that a
//! mapping carries.

mod collect;
mod invert;
mod reduce;

pub(super) use invert::{invert, invertible, offset_tokens};

use proc_macro2::TokenStream;
use quote::quote;

use super::access::Access;
use super::field;
use super::shared::{Form, Part, Shared, Variable};
use super::uniform_types::defaults;
use crate::mapping::Omit;
use crate::model::{MappedPlan, Plan, TakePlan, UPath};
use crate::names::{field_name, ident, type_name};
use crate::uniform::{Field, Shape, Ty, TypeId as UniformId, Uniform};

/// Where a field of the input is found in a request.
struct Source<'p> {
    take: &'p TakePlan,
    access: Access,
    wire: String,
    /// Read for every item, from a field of the whole.
    lifted: bool,
}

/// Where a list of the input is found in a request.
struct Each<'p> {
    list: &'p UPath,
    /// Its elements, as an iterator of references.
    lines: TokenStream,
    /// The type of one.
    line: TokenStream,
    wire: String,
    sources: Vec<Source<'p>>,
}

pub(super) struct Recoverer<'p> {
    plan: &'p Plan,
    uniform: &'p Uniform,
    shared: &'p Shared<'p>,
    mapped: &'p MappedPlan,
    sources: Vec<Source<'p>>,
    lists: Vec<Each<'p>>,
    key: Option<Access>,
    /// What is wrong with a body, as conditions, and where.
    strange: Vec<(TokenStream, String)>,
    /// Whether what is at hand is always sent.
    always: bool,
}

impl<'p> Recoverer<'p> {
    pub(super) fn new(plan: &'p Plan, uniform: &'p Uniform, shared: &'p Shared<'p>, mapped: &'p MappedPlan) -> Self {
        let mut this = Self {
            plan,
            uniform,
            shared,
            mapped,
            sources: Vec::new(),
            lists: Vec::new(),
            key: None,
            strange: Vec::new(),
            always: true,
        };
        if let Some((ty, sets, _)) = &mapped.body {
            let mut sources = Vec::new();
            this.collect(*ty, sets, &Access::place(quote! { body }), "", &mut sources);
            this.sources = sources;
        }
        this
    }

    /// The key, as an owned text.
    pub(super) fn key(&self) -> TokenStream {
        match &self.key {
            Some(access) => {
                let key = access.map(|parts| {
                    let receiver = &parts.receiver;
                    quote! { #receiver.clone() }
                });
                if access.optional {
                    quote! { #key.unwrap_or_default() }
                } else {
                    key
                }
            }
            None => quote! { String::new() },
        }
    }

    /// The input.
    pub(super) fn input(&self, input: UniformId) -> TokenStream {
        self.object(input, &UPath { steps: Vec::new(), text: String::new() }, None)
    }

    /// The literal of a type whose fields are at `at`.
    fn object(&self, ty: UniformId, at: &UPath, list: Option<&Each<'p>>) -> TokenStream {
        let def = self.uniform.ty(ty);
        let name = ident(&type_name(&def.name));
        let fields = def.fields.iter().enumerate().filter(|(_, item)| item.derived.is_none()).map(|(index, item)| {
            let value = self.field(item, &at.below(ty, index, &item.name), list);
            let name = field(&item.name);
            quote! { #name: #value }
        });
        quote! { #name { #(#fields,)* } }
    }

    fn field(&self, item: &Field, path: &UPath, list: Option<&Each<'p>>) -> TokenStream {
        match (item.ty, item.shape) {
            (Ty::Struct(ty), Shape::List) => match self.lists.iter().find(|each| each.list.steps == path.steps) {
                Some(each) => {
                    let object = self.object(ty, path, Some(each));
                    let name = ident(&type_name(&self.uniform.ty(ty).name));
                    let lines = &each.lines;
                    let wire = &each.wire;
                    let result = quote! { Result<#name, Unreadable> };
                    let object = self.part(ty, result, Form::Body, quote! { Ok(#object) }, Some(each));
                    quote! {
                        #lines.enumerate().map(|(index, line)| {
                            let one = || -> Result<#name, Unreadable> { #object };
                            one().map_err(|unreadable| unreadable.in_element(#wire, index))
                        }).collect::<Result<Vec<_>, Unreadable>>()?
                    }
                }
                None => quote! { Vec::new() },
            },
            (Ty::Struct(ty), shape) => {
                let name = ident(&type_name(&self.uniform.ty(ty).name));
                let (result, code) = match shape {
                    Shape::One => (quote! { #name }, self.object(ty, path, list)),
                    _ => (quote! { Option<#name> }, self.optional_object(ty, path, list)),
                };
                self.part(ty, result, Form::Value(quote! { Unreadable }), code, list)
            }
            _ => self.leaf(item, path, list),
        }
    }

    /// What other operations may have too.
    fn part(
        &self,
        ty: UniformId,
        result: TokenStream,
        form: Form,
        code: TokenStream,
        list: Option<&Each<'p>>,
    ) -> TokenStream {
        let call = &self.plan.api.operations[self.mapped.call];
        let Some(body) = call.body.as_ref().filter(|_| self.mapped.chosen.is_none()) else { return code };
        let body = super::types::rust_type(body, &self.plan.api, &quote! { types:: });
        let mut variables = vec![Variable::Of("body", body), Variable::Of("settings", quote! { Settings })];
        variables.extend(list.map(|each| Variable::Of("line", each.line.clone())));
        let name = &self.uniform.ty(ty).name;
        let part = Part {
            name: format!("recover_{}", field_name(name)),
            about: format!("The `{}` that a request was built from", type_name(name)),
            result,
            form,
            code,
        };
        self.shared.part(part, &variables)
    }

    /// An object that is there when one of its fields is.
    fn optional_object(&self, ty: UniformId, path: &UPath, list: Option<&Each<'p>>) -> TokenStream {
        let reachable = UPath::leaves(self.uniform, ty);
        let carried = reachable.iter().any(|leaf| {
            let mut full = path.clone();
            full.steps.extend(leaf.steps.iter().copied());
            self.options(&full, list).is_some()
        });
        if !carried {
            return quote! { None };
        }
        let def = self.uniform.ty(ty);
        let name = ident(&type_name(&def.name));
        if defaults(def, self.uniform) {
            let object = self.object(ty, path, list);
            return quote! { Some(#object).filter(|value| *value != #name::default()) };
        }
        // Something in it has to be stated: the first such field tells whether it is there.
        let (index, telling) = def
            .fields
            .iter()
            .enumerate()
            .find(|(_, item)| {
                matches!(item.shape, Shape::One) || item.min.is_some() && matches!(item.shape, Shape::Set | Shape::List)
            })
            .expect("a type without a default has a field that has to be stated");
        let found = self.options(&path.below(ty, index, &telling.name), list);
        let Some(found) = found else { return quote! { None } };
        let fields = def.fields.iter().enumerate().filter(|(_, item)| item.derived.is_none()).map(|(n, item)| {
            let field_name = field(&item.name);
            let value = if n == index {
                quote! { found }
            } else {
                self.field(item, &path.below(ty, n, &item.name), list)
            };
            quote! { #field_name: #value }
        });
        quote! { match #found { Some(found) => Some(#name { #(#fields,)* }), None => None } }
    }

    /// A field that holds a value, by its shape.
    fn leaf(&self, item: &Field, path: &UPath, list: Option<&Each<'p>>) -> TokenStream {
        if item.shape == Shape::One
            && let Some(sure) = self.sure(path, list)
        {
            return sure;
        }
        let found = self.options(path, list);
        match (item.shape, found) {
            (Shape::Optional, None) => quote! { None },
            (Shape::Optional, Some(found)) => found,
            (Shape::List | Shape::Set, None) => quote! { Default::default() },
            (Shape::List | Shape::Set, Some(found)) => quote! { #found.unwrap_or_default() },
            (Shape::One, None) => quote! { Default::default() },
            (Shape::One, Some(found)) if item.default || self.may_be_empty(path) => {
                quote! { #found.unwrap_or_default() }
            }
            (Shape::One, Some(found)) => {
                let wire = self.wire(path, list);
                quote! { #found.ok_or_else(|| Unreadable::new(#wire, "is missing"))? }
            }
        }
    }

    /// Whether a text without characters is left out.
    fn may_be_empty(&self, path: &UPath) -> bool {
        self.mapped.carried().iter().any(|take| take.path.steps == path.steps && take.omit == Some(Omit::Empty))
    }

    /// The value at `path`, when it is always there.
    fn sure(&self, path: &UPath, list: Option<&Each<'p>>) -> Option<TokenStream> {
        if let Some(chosen) = self.chosen(path).or_else(|| self.implied(path)) {
            return Some(chosen);
        }
        let own = list.map_or(&self.sources, |each| &each.sources);
        let source = own.iter().find(|source| !source.lifted && source.take.path.steps == path.steps)?;
        (!source.access.optional).then(|| self.read(source))
    }

    /// What decided which operation was called, and is told by its path.
    fn chosen(&self, path: &UPath) -> Option<TokenStream> {
        let chosen = self.mapped.chosen.as_ref()?;
        (chosen.path.steps == path.steps).then(|| quote! { chosen })
    }

    /// The value that a path always has.
    fn implied(&self, path: &UPath) -> Option<TokenStream> {
        let implied = self.mapped.implied.iter().find(|implied| implied.path.steps == path.steps)?;
        // What may be left out was most likely left out, and says the same so.
        if path.last(self.uniform).shape == Shape::Optional {
            return None;
        }
        let (value, Ty::Enum(of)) = (implied.value?, path.last(self.uniform).ty) else { return None };
        let item = &self.uniform.enums[of];
        let (ty, variant) = (ident(&type_name(&item.name)), ident(&type_name(&item.values[value].name)));
        Some(quote! { #ty::#variant })
    }

    fn wire(&self, path: &UPath, list: Option<&Each<'p>>) -> String {
        let sources = list.map_or(&self.sources, |each| &each.sources);
        sources
            .iter()
            .find(|source| source.take.path.steps == path.steps)
            .map_or_else(|| path.text.clone(), |source| source.wire.clone())
    }

    /// An `Option` of the value at `path`; `None` when nothing carries it.
    fn options(&self, path: &UPath, list: Option<&Each<'p>>) -> Option<TokenStream> {
        if let Some(chosen) = self.chosen(path).or_else(|| self.implied(path)) {
            return Some(quote! { Some(#chosen) });
        }
        let own = list.map_or(&self.sources, |each| &each.sources);
        let mut found: Vec<_> =
            own.iter().filter(|source| !source.lifted && source.take.path.steps == path.steps).collect();
        if found.is_empty() {
            found =
                self.sources.iter().filter(|source| source.lifted && source.take.path.steps == path.steps).collect();
        }
        let mut all = found.into_iter().map(|source| {
            let read = self.read(source);
            if source.access.optional {
                read
            } else {
                quote! { Some(#read) }
            }
        });
        let first = all.next()?;
        Some(all.fold(first, |all, next| quote! { #all.or(#next) }))
    }

    /// The value of a source: an `Option` where the source is one.
    fn read(&self, source: &Source<'p>) -> TokenStream {
        let wire = &source.wire;
        let fallible = invertible(&source.take.convert);
        let read = source.access.map(|parts| {
            let back = invert(self.plan, &source.take.convert, parts);
            if fallible {
                quote! { #back.unreadable(#wire) }
            } else {
                back
            }
        });
        match (source.access.optional, fallible) {
            (true, true) => quote! { #read.transpose()? },
            (false, true) => quote! { #read? },
            (_, false) => read,
        }
    }
}
