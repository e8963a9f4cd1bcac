//! What the fields of an answer give of a result.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::super::access::Access;
use super::super::types::slot;
use super::super::verdict::{Verdicts, text};
use crate::model::{EachPlan, GivePlan, ReadPlan, ReadVerb};
use crate::names::ident;
use crate::spec::{TypeId, TypeKind};

/// A field of an answer that gives one of the result.
pub(super) struct Source<'p> {
    pub(super) plan: &'p GivePlan,
    pub(super) access: Access,
    /// What the field is called when it cannot be read.
    pub(super) wire: String,
    /// It stands in an element of a list.
    pub(super) in_list: bool,
}

/// A list of an answer that gives one of the result.
pub(super) struct List<'p> {
    pub(super) each: &'p EachPlan,
    /// An iterator of references to its elements.
    pub(super) elements: TokenStream,
    /// How many there are.
    pub(super) count: TokenStream,
    /// What it is called.
    pub(super) wire: String,
    /// What knows which of its elements could not be read at all.
    pub(super) sound: Ident,
    pub(super) sources: Vec<Source<'p>>,
}

/// Everything that an answer gives.
#[derive(Default)]
pub(super) struct Gives<'p> {
    pub(super) sources: Vec<Source<'p>>,
    pub(super) lists: Vec<List<'p>>,
    pub(super) cursor: Option<Access>,
}

impl Verdicts<'_> {
    /// The lists below `reads`, and where the next page begins.
    pub(super) fn structure<'p>(
        &self,
        ty: TypeId,
        reads: &'p [ReadPlan],
        above: &Access,
        wire_above: Option<&str>,
        gives: &mut Gives<'p>,
    ) {
        let TypeKind::Object(props) = &self.plan.api.ty(ty).kind else { return };
        for read in reads {
            let prop = &props[read.prop];
            let access = above.clone().step(&ident(&prop.rust), slot(prop, &self.plan.api));
            let wire = wire_above.map_or_else(|| prop.wire.clone(), |above| format!("{above}.{}", prop.wire));
            match &read.verb {
                ReadVerb::Fields(ty, reads) => self.structure(*ty, reads, &access, Some(&wire), gives),
                ReadVerb::Each(each) => {
                    let mut sources = Vec::new();
                    self.sources(each.ty, &each.reads, &Access::place(quote! { element }), Some(&wire), &mut sources);
                    let elements = access.elements();
                    let place = &access.expr;
                    let count = if access.optional {
                        quote! { #elements.count() }
                    } else {
                        quote! { #place.len() }
                    };
                    gives.lists.push(List { each, elements, count, wire, sound: ident("list"), sources });
                }
                ReadVerb::Cursor => gives.cursor = Some(access),
                _ => {}
            }
        }
    }

    /// The fields below `reads` that give something. What stands in a list is told with the whole path.
    pub(super) fn sources<'p>(
        &self,
        ty: TypeId,
        reads: &'p [ReadPlan],
        above: &Access,
        list: Option<&str>,
        sources: &mut Vec<Source<'p>>,
    ) {
        let TypeKind::Object(props) = &self.plan.api.ty(ty).kind else { return };
        for read in reads {
            let prop = &props[read.prop];
            let access = above.clone().step(&ident(&prop.rust), slot(prop, &self.plan.api));
            let wire = list.map_or_else(|| prop.wire.clone(), |above| format!("{above}.{}", prop.wire));
            let in_list = list.is_some();
            match &read.verb {
                ReadVerb::Give(plans) => {
                    let access = if text(self.plan.api.shape(&prop.schema)) {
                        let option = access.option();
                        Access::maybe(quote! { #option.filter(|value| !value.is_empty()) })
                    } else {
                        access
                    };
                    for plan in plans {
                        let access = match &plan.none_if_zero {
                            None => access.clone(),
                            Some(name) => {
                                let option = access.option();
                                let zero = quote! { codec::digits_to_int(value).is_ok_and(|number| number == 0) };
                                Access::maybe(quote! {
                                    #option.filter(|text| !codec::query_value(text, #name).is_some_and(|value| #zero))
                                })
                            }
                        };
                        let access = match &plan.query {
                            None => access.clone(),
                            Some(name) => {
                                let option = access.option();
                                // A value of a text is a text of its own.
                                Access::owned(
                                    quote! { #option.and_then(|text| codec::query_value(text, #name)).map(str::to_owned) },
                                )
                            }
                        };
                        sources.push(Source { plan, access, wire: wire.clone(), in_list });
                    }
                }
                ReadVerb::Fields(ty, reads) => {
                    self.sources(*ty, reads, &access, in_list.then_some(wire.as_str()), sources);
                }
                _ => {}
            }
        }
    }
}
