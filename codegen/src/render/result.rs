//! The result of an operation, from the fields of an answer.

mod build;
mod gives;

use std::cell::Cell;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::access::Access;
use super::mentions;
use super::shared::{Form, Part};
use super::types::slot;
use super::verdict::Verdicts;
use crate::mapping::PageBy;
use crate::model::{EachPlan, MappedPlan, ReadPlan, ReadVerb, ReplyPlan, UPath};
use crate::names::{field_name, ident, type_name};
use crate::spec::{Schema, SchemaKind, TypeId, TypeKind};
use crate::uniform::OperationKind;
use build::Scope;
use gives::{Gives, List};

impl Verdicts<'_> {
    /// What sets the unreadable elements of lists aside, so that they do not make the whole answer unreadable.
    pub(super) fn sound(&self, mapped: &MappedPlan) -> TokenStream {
        let call = &self.plan.api.operations[mapped.call];
        let steps = self.lists(mapped).into_iter().map(|(name, reply, each, path)| {
            let statuses = reply.responses.iter().filter_map(|index| call.responses[*index].status);
            let statuses = statuses.map(proc_macro2::Literal::u16_unsuffixed);
            let ty = ident(&self.plan.api.ty(each.ty).rust);
            let ty = if each.nullable {
                quote! { Option<types::#ty> }
            } else {
                quote! { types::#ty }
            };
            quote! {
                let #name = json::sound::<#ty>(reply, &[#(#statuses),*], &[#(#path),*]);
                let reply = #name.reply(reply);
            }
        });
        quote! { #(#steps)* }
    }

    /// The lists of all answers: a name for each, the answer, and its path on the wire.
    pub(super) fn lists<'p>(&self, mapped: &'p MappedPlan) -> Vec<(Ident, &'p ReplyPlan, &'p EachPlan, Vec<String>)> {
        let mut all = Vec::new();
        let mut add = |reply, each, path| {
            let name = if all.is_empty() { ident("list") } else { ident(&format!("list_{}", all.len() + 1)) };
            all.push((name, reply, each, path));
        };
        for reply in &mapped.replies {
            if let Some(each) = &reply.elements {
                add(reply, each, Vec::new());
            }
            if let Some((ty, reads, _)) = &reply.read {
                self.lists_below(*ty, reads, &[], &mut |each, path| add(reply, each, path));
            }
        }
        all
    }

    fn lists_below<'p>(
        &self,
        ty: TypeId,
        reads: &'p [ReadPlan],
        above: &[String],
        add: &mut impl FnMut(&'p EachPlan, Vec<String>),
    ) {
        let TypeKind::Object(props) = &self.plan.api.ty(ty).kind else { return };
        for read in reads {
            let path: Vec<String> = above.iter().chain([&props[read.prop].wire]).cloned().collect();
            match &read.verb {
                ReadVerb::Each(each) => add(each, path),
                ReadVerb::Fields(ty, reads) => self.lists_below(*ty, reads, &path, add),
                _ => {}
            }
        }
    }

    /// The verdict that the operation is done, with its result.
    pub(super) fn done(&self, mapped: Option<&MappedPlan>, reply: &ReplyPlan, body: &Access) -> TokenStream {
        let operation = &self.uniform.operations[self.operation];
        let mut gives = Gives::default();
        let mut begin = TokenStream::new();
        if let Some((ty, reads, _)) = &reply.read {
            self.sources(*ty, reads, body, None, &mut gives.sources);
            self.structure(*ty, reads, body, None, &mut gives);
        }
        if let (Some(each), Some(index), Some(mapped)) = (&reply.elements, reply.responses.first(), mapped) {
            let call = &self.plan.api.operations[mapped.call];
            let schema = call.responses[*index].body.as_ref().expect("checked while resolving");
            let unknown = self.class_named("outcome_unknown");
            let shape = self.list_in(schema, &body.expr, &body.expr);
            let (elements, count) = match self.plan.api.shape(schema) {
                SchemaKind::List(_) => (quote! { body.iter() }, quote! { body.len() }),
                _ => {
                    begin = quote! {
                        let found = #shape;
                        let Some(elements) = found else {
                            return Verdict::Found(Finding::unreadable(&#unknown, reply, &Unreadable::new("body", "has no list, or several")));
                        };
                    };
                    (quote! { elements.iter() }, quote! { elements.len() })
                }
            };
            let mut sources = Vec::new();
            self.sources(each.ty, &each.reads, &Access::place(quote! { element }), Some("body"), &mut sources);
            gives.lists.push(List { each, elements, count, wire: "body".to_owned(), sound: ident("list"), sources });
        }
        let named = mapped.map(|mapped| self.lists(mapped)).unwrap_or_default();
        for list in &mut gives.lists {
            let found = named.iter().find(|(_, _, each, _)| std::ptr::eq(*each, list.each));
            list.sound = found.expect("every list has a name").0.clone();
        }
        let whole = UPath { steps: Vec::new(), text: String::new() };
        let scope = Scope { sources: &gives.sources, lists: &gives.lists, at: &whole, optional: false };
        let fails = Cell::new(false);
        let value = self.object(operation.output, scope, &fails);
        let tells = mentions(&value, "unread");
        let unread = tells.then(|| match &gives.lists[..] {
            [] => {
                let mutable = mentions(&value, "keep").then(|| quote! { mut });
                quote! { let #mutable unread = Vec::new(); }
            }
            lists => {
                let told = lists.iter().map(|list| {
                    let sound = &list.sound;
                    quote! { &#sound.told[..] }
                });
                quote! { let mut unread = [#(#told),*].concat(); }
            }
        });
        let value = match (operation.kind, fails.get()) {
            (OperationKind::Query, _) => {
                let next = self.next(mapped, &gives);
                quote! { Answer { value: #value, next: #next } }
            }
            _ => value,
        };
        if !fails.get() {
            let done = match unread {
                Some(unread) => quote! { { #begin #unread #value } },
                None => value,
            };
            let done = match &reply.read {
                Some((ty, ..)) if gives.lists.is_empty() => self.result_in(*ty, done),
                _ => done,
            };
            return quote! { Verdict::Done(#done) };
        }
        let unknown = self.class_named("outcome_unknown");
        let ty = self.result_type();
        let unreadable = if self.listening {
            let finding = self.finding(&unknown, &quote! { "The callback is not what the document promises." });
            quote! { Finding { message: Some(unreadable.to_string()), ..#finding } }
        } else {
            quote! { Finding::unreadable(&#unknown, reply, &unreadable) }
        };
        quote! {{
            #begin
            let done = || -> Result<#ty, Unreadable> { #unread Ok(#value) };
            match done() {
                Ok(done) => Verdict::Done(done),
                Err(unreadable) => Verdict::Found(#unreadable),
            }
        }}
    }

    /// The verdict of a status that is done whatever the operation. A query has its own answers.
    pub(super) fn done_by_status(&self) -> TokenStream {
        let operation = &self.uniform.operations[self.operation];
        if operation.kind == OperationKind::Query {
            let unknown = self.class_named("outcome_unknown");
            return quote! { Verdict::Found(Finding::of_status(&#unknown, reply, "This status is no answer to a query.")) };
        }
        let name = ident(&type_name(&self.uniform.ty(operation.output).name));
        quote! { Verdict::Done(#name::default()) }
    }

    /// The provider's own id of what it has not decided yet, where an answer gives it.
    pub(super) fn provider_id(&self, reply: &ReplyPlan, body: &Access) -> Option<TokenStream> {
        let (ty, reads, _) = reply.read.as_ref()?;
        let mut sources = Vec::new();
        self.sources(*ty, reads, body, None, &mut sources);
        let ids: Vec<_> = sources
            .iter()
            .filter(|source| source.plan.target.text == "provider_id" && !self.fallible(source))
            .map(|source| self.option(source))
            .collect();
        let (first, others) = ids.split_first()?;
        let code =
            others.iter().fold(first.clone(), |all, next| quote! { match #all { None => #next, found => found } });
        let ty = &self.plan.api.ty(*ty).rust;
        let part = Part {
            name: format!("provider_id_in_{}", field_name(ty)),
            about: format!("The provider's own id in a [`types::{ty}`]"),
            result: quote! { Option<String> },
            form: Form::Body,
            code,
        };
        let body = ident(ty);
        Some(self.shared.part(part, &self.variables(Some(quote! { types::#body }))))
    }

    /// The result as it is found in a body of this type.
    fn result_in(&self, body: TypeId, code: TokenStream) -> TokenStream {
        let operation = &self.uniform.operations[self.operation];
        let (ty, output) = (&self.plan.api.ty(body).rust, &self.uniform.ty(operation.output).name);
        let part = Part {
            name: format!("{}_in_{}", field_name(output), field_name(ty)),
            about: format!("The `{}` in a [`types::{ty}`]", type_name(output)),
            result: self.result_type(),
            form: Form::Body,
            code,
        };
        let body = ident(ty);
        self.shared.part(part, &self.variables(Some(quote! { types::#body })))
    }

    /// What `Verdict::Done` holds.
    pub(super) fn result_type(&self) -> TokenStream {
        let operation = &self.uniform.operations[self.operation];
        let output = ident(&type_name(&self.uniform.ty(operation.output).name));
        match operation.kind {
            OperationKind::Query => quote! { Answer<#output> },
            OperationKind::Submit | OperationKind::Inquire => quote! { #output },
        }
    }

    /// The page after the one that was answered.
    fn next(&self, mapped: Option<&MappedPlan>, gives: &Gives<'_>) -> TokenStream {
        let (Some(pages), [list]) = (mapped.and_then(|mapped| mapped.pages), &gives.lists[..]) else {
            return quote! { None };
        };
        match (pages.by, &gives.cursor) {
            (PageBy::Cursor, Some(cursor)) => {
                let option = cursor.option();
                quote! { page.at(#option) }
            }
            (PageBy::Cursor, None) => quote! { None },
            (PageBy::Offset | PageBy::Number, _) => {
                let (count, sound) = (&list.count, &list.sound);
                let full = match pages.size {
                    Some((size, _)) => {
                        let size = proc_macro2::Literal::i64_unsuffixed(size);
                        quote! { Some(#size) }
                    }
                    None => quote! { None },
                };
                quote! { page.after(#sound.count(#count), #full) }
            }
        }
    }

    /// The list that a body is, as `Option<&[T]>`.
    fn list_in(&self, schema: &Schema, place: &TokenStream, reference: &TokenStream) -> TokenStream {
        match &schema.kind {
            SchemaKind::List(_) => quote! { Some(&#place[..]) },
            SchemaKind::Map(_) => quote! { json::only_list(#reference) },
            SchemaKind::Named(id) => match &self.plan.api.ty(*id).kind {
                TypeKind::Alias(inner) => self.list_in(inner, place, reference),
                TypeKind::Object(props) => {
                    let access =
                        Access::place(place.clone()).step(&ident(&props[0].rust), slot(&props[0], &self.plan.api));
                    let option = access.option();
                    quote! { #option.map(|list| &list[..]) }
                }
                TypeKind::OneOf(variants) => {
                    let name = ident(&self.plan.api.ty(*id).rust);
                    let arms = variants.iter().map(|variant| {
                        let (variant_name, inner) =
                            (ident(&variant.rust), self.list_in(&variant.schema, &quote! { body }, &quote! { body }));
                        quote! { types::#name::#variant_name(body) => #inner }
                    });
                    quote! { match #reference { #(#arms,)* } }
                }
                TypeKind::Enum(_) => unreachable!("checked while resolving"),
            },
            _ => unreachable!("checked while resolving"),
        }
    }
}
