//! The result of an operation, from the fields of an answer.

use std::cell::Cell;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::access::{Access, reach_wire};
use super::recover::{invert, invertible, offset_tokens};
use super::shared::{Form, Part};
use super::types::slot;
use super::uniform_types::defaults;
use super::verdict::{Verdicts, text};
use super::{field, mentions};
use crate::mapping::PageBy;
use crate::model::{EachPlan, GiveHow, GivePlan, MappedPlan, ReadPlan, ReadVerb, ReplyPlan, UPath};
use crate::names::{field_name, ident, type_name};
use crate::spec::{Schema, SchemaKind, TypeId, TypeKind};
use crate::uniform::{Field, OperationKind, Shape, Ty, TypeId as UniformId};

/// A field of an answer that gives one of the result.
struct Source<'p> {
    plan: &'p GivePlan,
    access: Access,
    /// What the field is called when it cannot be read.
    wire: String,
    /// It stands in an element of a list.
    in_list: bool,
}

/// A list of an answer that gives one of the result.
struct List<'p> {
    each: &'p EachPlan,
    /// An iterator of references to its elements.
    elements: TokenStream,
    /// How many there are.
    count: TokenStream,
    /// What it is called.
    wire: String,
    /// What knows which of its elements could not be read at all.
    sound: Ident,
    sources: Vec<Source<'p>>,
}

/// Everything that an answer gives.
#[derive(Default)]
struct Gives<'p> {
    sources: Vec<Source<'p>>,
    lists: Vec<List<'p>>,
    cursor: Option<Access>,
}

/// What is built.
#[derive(Clone, Copy)]
struct Scope<'s, 'p> {
    sources: &'s [Source<'p>],
    lists: &'s [List<'p>],
    /// Where it stands in the result.
    at: &'s UPath,
    /// It stands in an object that may be absent.
    optional: bool,
}

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

    /// The lists below `reads`, and where the next page begins.
    fn structure<'p>(
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
    fn sources<'p>(
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

    /// The literal of a type of the result. `fails` is set when something in it has to be there and may not be.
    fn object(&self, ty: UniformId, scope: Scope<'_, '_>, fails: &Cell<bool>) -> TokenStream {
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
        let told = super::parameter("unread", &object);
        quote! {
            #elements.enumerate().filter_map(|(index, element)| {
                Finding::element(&mut unread, #wire, #sound.index(index), |#told| {
                    #null
                    Ok(#object)
                })
            }).collect()
        }
    }

    fn fallible(&self, source: &Source<'_>) -> bool {
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
    fn option(&self, source: &Source<'_>) -> TokenStream {
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
