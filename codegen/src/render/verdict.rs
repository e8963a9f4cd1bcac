//! What a reply proves: the rules of an operation's answers.

use proc_macro2::TokenStream;
use quote::quote;

use super::access::{Access, reach_wire};
use super::encode::literal_tokens;
use super::errors::class_path;
use super::settings::{choice_type, choice_variant};
use super::shared::{Form, Part, Shared, Variable};
use super::types::slot;
use crate::mapping::SettingKind;
use crate::model::{Condition, Literal, MappedPlan, Plan, ReadPlan, ReadVerb, ReplyPlan, ThenPlan, WirePath};
use crate::names::{field_name, ident, type_name};
use crate::spec::{SchemaKind, TypeId, TypeKind};
use crate::uniform::Uniform;

pub(super) struct Verdicts<'p> {
    pub(super) plan: &'p Plan,
    pub(super) uniform: &'p Uniform,
    pub(super) shared: &'p Shared<'p>,
    pub(super) operation: usize,
    /// Whether it is a callback that is read: a request, of which no status tells.
    pub(super) listening: bool,
}

impl Verdicts<'_> {
    /// The body of the function that reads a reply.
    pub(super) fn render(&self, mapped: &MappedPlan) -> TokenStream {
        let call = &self.plan.api.operations[mapped.call];
        let (name, reply_name) = (ident(&call.rust), ident(&format!("{}Reply", call.rust)));
        let unknown = self.class_named("outcome_unknown");
        let mut arms = Vec::new();
        for reply in &mapped.replies {
            let patterns = reply.responses.iter().map(|index| {
                let response = &call.responses[*index];
                let variant = ident(&response.rust);
                match (&response.body, response.status) {
                    (Some(_), _) => quote! { client::#reply_name::#variant(body) },
                    (None, Some(_)) => quote! { client::#reply_name::#variant },
                    (None, None) => quote! { client::#reply_name::#variant(_) },
                }
            });
            let rules = self.rules_of_reply(mapped, reply);
            arms.push(quote! { Ok(#(#patterns)|*) => { #rules } });
        }
        for (index, response) in call.responses.iter().enumerate() {
            if mapped.replies.iter().any(|reply| reply.responses.contains(&index)) {
                continue;
            }
            let general = self.plan.statuses.iter().find(|(code, _)| response.status == Some(*code));
            let Some((_, then)) = general else { continue };
            let variant = ident(&response.rust);
            let pattern = match response.body {
                Some(_) => quote! { client::#reply_name::#variant(_) },
                None => quote! { client::#reply_name::#variant },
            };
            let then = self.then(Some(mapped), then, None);
            arms.push(quote! { Ok(#pattern) => #then });
        }
        if !call.responses.iter().any(|response| response.status.is_none()) {
            arms.push(quote! {
                Ok(client::#reply_name::Other(_)) => Verdict::Found(Finding::of_status(&#unknown, reply, "The document does not have this status."))
            });
        }
        let sound = self.sound(mapped);
        let code = quote! {
            #sound
            match &client::#name::read(reply) {
                #(#arms,)*
                Err(unreadable) => Verdict::Found(Finding::unreadable(&#unknown, reply, unreadable)),
            }
        };
        let result = self.result_type();
        let part = Part {
            name: format!("decode_{}", field_name(&call.rust)),
            about: format!("What a reply of `{}` proves", call.id),
            result: quote! { Verdict<#result> },
            form: Form::Body,
            code,
        };
        self.shared.part(part, &self.variables(None))
    }

    /// What the code that reads an answer may use, beside a body of this type.
    pub(super) fn variables(&self, body: Option<TokenStream>) -> Vec<Variable> {
        let mut variables = vec![
            Variable::Of("key", quote! { str }),
            Variable::Of("settings", quote! { Settings }),
            Variable::Of("page", quote! { Page }),
        ];
        if !self.listening {
            variables.push(Variable::Input(self.uniform.operations[self.operation].input));
            variables.push(Variable::Of("reply", quote! { Reply }));
        }
        variables.extend(body.map(|ty| Variable::Of("body", ty)));
        variables
    }

    fn rules_of_reply(&self, mapped: &MappedPlan, reply: &ReplyPlan) -> TokenStream {
        let code = self.rules(Some(mapped), reply);
        let Some((ty, ..)) = reply.read.as_ref().filter(|_| reply.elements.is_none() && self.lists(mapped).is_empty())
        else {
            return code;
        };
        let (ty, result) = (&self.plan.api.ty(*ty).rust, self.result_type());
        let (name, body) = (field_name(ty), ident(ty));
        let part = Part {
            name: format!("decode_{name}"),
            about: format!("What a [`types::{ty}`] proves"),
            result: quote! { Verdict<#result> },
            form: Form::Body,
            code,
        };
        self.shared.part(part, &self.variables(Some(quote! { types::#body })))
    }

    /// The body of the function that reads a callback.
    pub(super) fn told(&self, told: &ReplyPlan) -> TokenStream {
        self.rules(None, told)
    }

    /// What is read, for a sentence.
    fn message(&self) -> &'static str {
        if self.listening { "callback" } else { "reply" }
    }

    /// A finding of a class.
    pub(super) fn finding(&self, class: &TokenStream, about: &TokenStream) -> TokenStream {
        if self.listening {
            quote! { Finding::of_callback(&#class, #about) }
        } else {
            quote! { Finding::of_status(&#class, reply, #about) }
        }
    }

    pub(super) fn class_named(&self, name: &str) -> TokenStream {
        let index = self.uniform.classes.iter().position(|class| class.name == name);
        class_path(self.uniform, index.expect("checked when the model was read"))
    }

    fn rules(&self, mapped: Option<&MappedPlan>, reply: &ReplyPlan) -> TokenStream {
        let body = Access::place(quote! { body });
        let unknown = self.class_named("outcome_unknown");
        let mut expects = Vec::new();
        if let Some((ty, reads, _)) = &reply.read {
            self.expects(*ty, reads, &body, &mut expects);
        }
        let expects = expects.into_iter().map(|(access, wire, literal)| {
            let option = access.option();
            let (broken, about) = match literal {
                None => {
                    (quote! { answered != key }, format!("The {} answers another key: {wire} differs.", self.message()))
                }
                Some(literal) => {
                    let value = literal_tokens(self.plan, literal, false);
                    let answered = match literal {
                        Literal::Text(_) => quote! { answered },
                        _ => quote! { *answered },
                    };
                    (quote! { #answered != #value }, format!("{wire} is not what the document promises."))
                }
            };
            let finding = self.finding(&unknown, &quote! { #about });
            quote! {
                if #option.is_some_and(|answered| #broken) {
                    return Verdict::Found(#finding);
                }
            }
        });
        let mut certain = false;
        // Neighbouring rules with one consequence are one `if`: what follows is written once.
        let mut branches: Vec<(Vec<TokenStream>, TokenStream)> = Vec::new();
        let mut last = None;
        for rule in &reply.rules {
            let then = self.then(mapped, &rule.then, Some((reply, &body)));
            if rule.when.is_empty() {
                certain = true;
                last = Some(then);
                break;
            }
            let conditions = rule.when.iter().map(|condition| self.condition(condition, &body));
            let all = quote! { #(#conditions)&&* };
            match branches.last_mut() {
                Some((any, same)) if same.to_string() == then.to_string() => any.push(all),
                _ => branches.push((vec![all], then)),
            }
        }
        let rules: Vec<_> = branches
            .iter()
            .map(|(any, then)| match any.as_slice() {
                [all] => quote! { if #all { return #then; } },
                any => quote! { if #((#any))||* { return #then; } },
            })
            .chain(last)
            .collect();
        let otherwise = (!certain).then(|| {
            let about = format!("No rule of the mapping decides what this {} proves.", self.message());
            let finding = self.finding(&unknown, &quote! { #about });
            quote! { Verdict::Found(#finding) }
        });
        quote! { #(#expects)* #(#rules)* #otherwise }
    }

    fn expects<'r>(
        &self,
        ty: TypeId,
        reads: &'r [ReadPlan],
        above: &Access,
        found: &mut Vec<(Access, String, Option<&'r Literal>)>,
    ) {
        let TypeKind::Object(props) = &self.plan.api.ty(ty).kind else { return };
        for read in reads {
            let prop = &props[read.prop];
            let access = above.clone().step(&ident(&prop.rust), slot(prop, &self.plan.api));
            match &read.verb {
                ReadVerb::ExpectKey => found.push((access, prop.wire.clone(), None)),
                ReadVerb::Expect(literal) => found.push((access, prop.wire.clone(), Some(literal))),
                ReadVerb::Fields(ty, reads) => self.expects(*ty, reads, &access, found),
                _ => {}
            }
        }
    }

    fn condition(&self, condition: &Condition, body: &Access) -> TokenStream {
        let reach = |path: &WirePath| reach_wire(&self.plan.api, path, body.clone());
        match condition {
            Condition::Status(statuses) => {
                let statuses = statuses.iter().map(|status| proc_macro2::Literal::u16_unsuffixed(*status));
                quote! { matches!(reply.status().as_u16(), #(#statuses)|*) }
            }
            Condition::Operation(operations) => {
                let names = operations.iter().map(|index| ident(&type_name(&self.uniform.operations[*index].name)));
                let asked = if self.listening {
                    quote! { operation }
                } else {
                    quote! { input.operation }
                };
                quote! { matches!(#asked, #(Operation::#names)|*) }
            }
            Condition::Setting(index, choices) => {
                let setting = &self.plan.mapping.settings[*index];
                let (name, ty) = (ident(&setting.name.text), choice_type(setting));
                let SettingKind::OneOf(all) = &setting.kind else { unreachable!("checked while resolving") };
                let variants = choices.iter().map(|choice| choice_variant(&all[*choice]));
                let any = quote! { #(settings::#ty::#variants)|* };
                if super::settings::optional(setting) {
                    quote! { matches!(settings.#name, Some(#any)) }
                } else {
                    quote! { matches!(settings.#name, #any) }
                }
            }
            // A text without characters says nothing.
            Condition::Present(path) if self.text(path) => {
                let option = reach(path).option();
                quote! { #option.is_some_and(|value| !value.is_empty()) }
            }
            Condition::Absent(path) if self.text(path) => {
                let option = reach(path).option();
                quote! { #option.is_none_or(|value| value.is_empty()) }
            }
            Condition::Present(path) => reach(path).is_some(),
            Condition::Absent(path) => reach(path).is_none(),
            Condition::Nonzero(path) => {
                let option = reach(path).option();
                match self.plan.api.shape(&self.plan.last_prop(path).schema) {
                    SchemaKind::NumberOrString => {
                        quote! { #option.is_some_and(|value| value.int().is_some_and(|value| value != 0)) }
                    }
                    _ => quote! { #option.is_some_and(|value| *value != 0) },
                }
            }
            Condition::Is(path, literals)
                if matches!(self.plan.api.shape(&self.plan.last_prop(path).schema), SchemaKind::NumberOrString) =>
            {
                let option = reach(path).option();
                let values = literals.iter().map(|literal| literal_tokens(self.plan, literal, false));
                quote! { #option.and_then(NumberOrString::int).is_some_and(|value| matches!(value, #(#values)|*)) }
            }
            Condition::Contains(path, texts) => {
                let option = reach(path).option();
                quote! { #option.is_some_and(|value| #(value.contains(#texts))||*) }
            }
            Condition::Is(path, literals) => {
                let option = reach(path).option();
                let tests = literals.iter().map(|literal| {
                    let value = literal_tokens(self.plan, literal, false);
                    match literal {
                        Literal::Text(_) => quote! { value == #value },
                        Literal::Bool(true) => quote! { *value },
                        Literal::Bool(false) => quote! { !*value },
                        _ => quote! { *value == #value },
                    }
                });
                quote! { #option.is_some_and(|value| #(#tests)||*) }
            }
        }
    }

    /// Whether a field is a text, or may be one.
    fn text(&self, path: &WirePath) -> bool {
        text(self.plan.api.shape(&self.plan.last_prop(path).schema))
    }

    /// What follows; without a message of its own, by the status alone.
    fn then(&self, mapped: Option<&MappedPlan>, then: &ThenPlan, reply: Option<(&ReplyPlan, &Access)>) -> TokenStream {
        let body = reply.map(|(_, body)| body);
        let message = |path: &Option<WirePath>| match (path, body) {
            (Some(path), Some(body)) => {
                let option = reach_wire(&self.plan.api, path, body.clone()).option();
                quote! { #option.and_then(json::plain) }
            }
            _ if self.listening => quote! { json::beginning(request.body()) },
            _ => quote! { json::excerpt(reply) },
        };
        match then {
            ThenPlan::Registered | ThenPlan::Answered => match reply {
                Some((reply, body)) => self.done(mapped, reply, body),
                None => self.done_by_status(),
            },
            ThenPlan::Pending => {
                let class = self.class_named("in_progress");
                let finding = self.finding(&class, &quote! { #class.about });
                match reply.and_then(|(reply, body)| self.provider_id(reply, body)) {
                    Some(id) => quote! { Verdict::Found(Finding { provider_id: #id, ..#finding }) },
                    None => quote! { Verdict::Found(#finding) },
                }
            }
            ThenPlan::Error(table, code_path, path) => {
                let table = ident(&self.plan.mapping.errors[*table].name.text);
                let code = reach_wire(&self.plan.api, code_path, body.expect("an error table reads a body").clone());
                let message = message(path);
                let read = match self.plan.api.shape(&self.plan.last_prop(code_path).schema) {
                    SchemaKind::NumberOrString => {
                        let option = code.option();
                        quote! { #option.and_then(NumberOrString::int) }
                    }
                    _ => code.map(|parts| parts.value.clone()),
                };
                let either =
                    matches!(self.plan.api.shape(&self.plan.last_prop(code_path).schema), SchemaKind::NumberOrString);
                let code = if code.optional || either {
                    quote! { #read.unwrap_or_default() }
                } else {
                    read
                };
                quote! { Verdict::Found(errors::#table(#code, #message)) }
            }
            ThenPlan::Class(class, new_key, path, about) => {
                let undecided = self.uniform.classes[*class].means != "rejected";
                let id = reply.filter(|_| undecided).and_then(|(reply, body)| self.provider_id(reply, body));
                let id = id.map(|id| quote! { provider_id: #id, });
                let class = class_path(self.uniform, *class);
                let message = message(path);
                let finding = self.finding(&class, &quote! { #about });
                quote! { Verdict::Found(Finding { message: #message, new_key: #new_key, #id ..#finding }) }
            }
        }
    }
}

/// Whether a shape is a text, or may be one; without characters it then says nothing.
pub(super) fn text(shape: &SchemaKind) -> bool {
    matches!(shape, SchemaKind::Text { .. } | SchemaKind::DateTime | SchemaKind::NumberOrString)
}
