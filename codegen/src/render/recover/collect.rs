//! Where each field of the input is found in a request.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Each, Recoverer, Source};
use crate::model::{Literal, RowPlan, SetPlan, UPath, Value};
use crate::names::ident;
use crate::render::access::Access;
use crate::render::encode::literal_tokens;
use crate::render::types::{rust_type, slot};
use crate::spec::{Schema, SchemaKind, TypeId, TypeKind};

impl<'p> Recoverer<'p> {
    pub(super) fn collect(
        &mut self,
        ty: TypeId,
        sets: &'p [SetPlan],
        above: &Access,
        wire: &str,
        sources: &mut Vec<Source<'p>>,
    ) {
        let TypeKind::Object(props) = &self.plan.api.ty(ty).kind else { return };
        for set in sets {
            let prop = &props[set.prop];
            let access = above.clone().step(&ident(&prop.rust), slot(prop, &self.plan.api));
            let wire = if wire.is_empty() { prop.wire.clone() } else { format!("{wire}.{}", prop.wire) };
            let always = self.always;
            self.always &= set.when.is_empty();
            self.collect_value(&set.value, &prop.schema, access, &wire, sources);
            self.always = always;
        }
    }

    fn collect_value(
        &mut self,
        value: &'p Value,
        schema: &'p Schema,
        access: Access,
        wire: &str,
        sources: &mut Vec<Source<'p>>,
    ) {
        match value {
            Value::Key(_) => self.key = Some(access),
            Value::Take(take) => sources.push(Source { take, access, wire: wire.to_owned(), lifted: false }),
            Value::Lift(take, _) => sources.push(Source { take, access, wire: wire.to_owned(), lifted: true }),
            Value::Object(ty, sets) => self.collect(*ty, sets, &access, wire, sources),
            Value::As(union, index, inner) => {
                let access = self.alternative(*union, *index, &access);
                self.collect_value(inner, schema, access, wire, sources);
            }
            Value::Each(list, inner) => self.collect_each(list, inner, schema, access.elements(), wire),
            Value::Rows(rows) => self.collect_rows(rows, schema, &access, wire, sources),
            Value::List(values) => {
                let SchemaKind::List(inner) = self.plan.api.shape(schema) else { return };
                let varying = |value: &Value| matches!(value, Value::Each(..) | Value::Group(..) | Value::Rows(_));
                for (index, value) in values.iter().enumerate() {
                    if varying(value) {
                        let (before, after) = (index, values.len() - index - 1);
                        let part = match access.optional {
                            false => {
                                let list = &access.expr;
                                quote! { codec::between(&#list, #before, #after) }
                            }
                            true => {
                                let list = &access.expr;
                                quote! { #list.map_or(&[][..], |list| codec::between(list, #before, #after)) }
                            }
                        };
                        match value {
                            Value::Each(list, each) => {
                                self.collect_each(list, each, schema, quote! { #part.iter() }, wire);
                            }
                            _ => self.collect_value(value, schema, Access::place(part), wire, sources),
                        }
                        // What stands after it is constant.
                        return;
                    }
                    let (expr, position) = (&access.expr, proc_macro2::Literal::usize_unsuffixed(index));
                    let element = match (access.optional, index) {
                        (true, _) => quote! { #expr.and_then(|value| value.get(#position)) },
                        (false, 0) => quote! { #expr.first() },
                        (false, _) => quote! { #expr.get(#position) },
                    };
                    let access = Access::maybe(element);
                    self.collect_value(value, inner, access, &format!("{wire}[{index}]"), sources);
                }
            }
            // A sum is computed from what the elements carry.
            Value::Const(literal) if self.always => {
                let (option, constant) = (access.option(), literal_tokens(self.plan, literal, false));
                let other = match literal {
                    Literal::Text(_) => quote! { value != #constant },
                    _ => quote! { *value != #constant },
                };
                self.strange.push((quote! { #option.is_none_or(|value| #other) }, wire.to_owned()));
            }
            Value::Group(..)
            | Value::Page(..)
            | Value::Sum(_)
            | Value::Const(_)
            | Value::Setting(..)
            | Value::Leave => {}
        }
    }

    /// A field that may be one of several alternatives, as this one.
    fn alternative(&self, union: TypeId, index: usize, access: &Access) -> Access {
        let ty = self.plan.api.ty(union);
        let TypeKind::OneOf(variants) = &ty.kind else { unreachable!("checked while resolving") };
        let (name, variant) = (ident(&ty.rust), ident(&variants[index].rust));
        let option = access.option();
        let other = (variants.len() > 1).then(|| quote! { _ => None, });
        Access::maybe(quote! {
            #option.and_then(|value| match value { types::#name::#variant(value) => Some(value), #other })
        })
    }

    /// A list whose elements come from the elements of a list of the input.
    fn collect_each(&mut self, list: &'p UPath, value: &'p Value, schema: &'p Schema, lines: TokenStream, wire: &str) {
        let SchemaKind::List(element) = self.plan.api.shape(schema) else { return };
        let always = std::mem::replace(&mut self.always, false);
        let mut inner = Vec::new();
        let line = Access::place(quote! { line });
        match value {
            Value::Rows(rows) => {
                for row in rows {
                    // Of a row without an alternative, the constants tell: the other rows' fields are then not there.
                    let access = match &row.value {
                        Value::As(union, index, _) => self.alternative(*union, *index, &line),
                        _ => self.found_by_constants(&row.value, quote! { std::iter::once(line) }),
                    };
                    let object = match &row.value {
                        Value::As(_, _, object) => object,
                        object => object,
                    };
                    self.collect_value(object, element, access, wire, &mut inner);
                }
            }
            Value::As(union, index, object) => {
                let access = self.alternative(*union, *index, &line);
                self.collect_value(object, element, access, wire, &mut inner);
            }
            object => self.collect_value(object, element, line, wire, &mut inner),
        }
        self.always = always;
        let held = rust_type(element, &self.plan.api, &quote! { types:: });
        self.lists.push(Each { list, lines, line: held, wire: wire.to_owned(), sources: inner });
    }

    /// Objects of a list that are told apart by their alternatives, or by constants.
    fn collect_rows(
        &mut self,
        rows: &'p [RowPlan],
        schema: &'p Schema,
        access: &Access,
        wire: &str,
        sources: &mut Vec<Source<'p>>,
    ) {
        let SchemaKind::List(element) = self.plan.api.shape(schema) else { return };
        let always = std::mem::replace(&mut self.always, false);
        for row in rows {
            let lines = access.elements();
            let (found, object) = match &row.value {
                Value::As(union, index, object) => {
                    let access = self.alternative(*union, *index, &Access::place(quote! { *line }));
                    let found = access.expr;
                    (Access::maybe(quote! { #lines.find_map(|line| #found) }), &**object)
                }
                object => (self.found_by_constants(object, lines), object),
            };
            self.collect_value(object, element, found, wire, sources);
        }
        self.always = always;
    }

    /// The element that has the constants of `object`.
    fn found_by_constants(&self, object: &Value, lines: TokenStream) -> Access {
        let Value::Object(ty, sets) = object else { unreachable!("rows are objects") };
        let TypeKind::Object(props) = &self.plan.api.ty(*ty).kind else { unreachable!("checked while resolving") };
        let tests = sets.iter().filter_map(|set| {
            let Value::Const(literal) = &set.value else { return None };
            let prop = &props[set.prop];
            let option = Access::place(quote! { line }).step(&ident(&prop.rust), slot(prop, &self.plan.api)).option();
            let value = literal_tokens(self.plan, literal, false);
            Some(match literal {
                Literal::Text(_) => quote! { #option.is_some_and(|value| value == #value) },
                _ => quote! { #option.is_some_and(|value| *value == #value) },
            })
        });
        Access::maybe(quote! { #lines.find(|line| #(#tests)&&*) })
    }

    /// Tells a body that the operation does not send: a constant of it is another.
    pub(in crate::render) fn tell(&self) -> TokenStream {
        let tests = self.strange.iter().map(|(strange, wire)| {
            quote! { if #strange { return Err(Unreadable::new(#wire, "is not what this operation sends")); } }
        });
        quote! { #(#tests)* }
    }
}
