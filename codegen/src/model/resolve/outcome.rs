//! What an answer proves.

use super::{Resolver, position};
use crate::diag::Code;
use crate::mapping::{self, Test, Then, Word};
use crate::model::{Condition, RulePlan, ThenPlan, WirePath};
use crate::spec::{SchemaKind, TypeId};
use crate::tree::Span;
use crate::uniform::Ty;

/// The body that rules look at.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// Its type; none when it is no object.
    pub(super) ty: Option<TypeId>,
    /// Errors tell of it already.
    pub(super) broken: bool,
}

impl<'m> Resolver<'m, '_> {
    /// Tells, once, that the fields of an answer are spoken of that has none.
    pub(super) fn no_object(&mut self, body: &mut Body, span: Span) {
        if !body.broken {
            let message = if self.listening {
                "the document promises no JSON object in this callback"
            } else {
                "the document promises no JSON object for this status"
            };
            self.diags.error(Code::M005, span, message);
            body.broken = true;
        }
    }

    /// `None` when errors tell what is wrong with it; all of it is looked at before.
    pub(super) fn rule(&mut self, rule: &'m mapping::Rule, body: &mut Body, operation: usize) -> Option<RulePlan> {
        let when: Vec<_> = rule.when.iter().map(|(word, test)| self.condition(word, test, body, operation)).collect();
        let then = self.then(&rule.then, body);
        Some(RulePlan { when: when.into_iter().collect::<Option<_>>()?, then: then?, span: rule.span })
    }

    fn condition(&mut self, word: &Word, test: &'m Test, body: &mut Body, operation: usize) -> Option<Condition> {
        match (word.text.as_str(), test) {
            ("http.status", _) if self.listening => {
                self.diags.error(Code::M010, word.span, "a callback is a request, so it has no status");
                return None;
            }
            ("http.status", Test::Is(words)) => {
                let statuses: Vec<_> = words.iter().map(|word| self.status(word)).collect();
                return Some(Condition::Status(statuses.into_iter().collect::<Option<_>>()?));
            }
            ("uniform.operation", Test::Is(words)) => {
                let input = self.uniform.ty(self.uniform.operations[operation].input);
                if !self.listening
                    && !input.fields.iter().any(|field| field.ty == Ty::Operation && field.name == "operation")
                {
                    self.diags.error(Code::M010, word.span, "only a question about a submission knows its operation");
                    return None;
                }
                let operations: Vec<_> = words.iter().map(|word| self.submitted(word)).collect();
                return Some(Condition::Operation(operations.into_iter().collect::<Option<_>>()?));
            }
            (text, Test::Is(choices)) if text.starts_with("setting.") => {
                let name = Word { text: text["setting.".len()..].to_owned(), span: word.span };
                let index = self.setting(&name)?;
                let known = self.choices(index, &name, "what an answer means")?;
                let setting = &self.mapping.settings[index].name;
                let choices: Vec<_> = choices.iter().map(|choice| self.choice(setting, known, choice)).collect();
                return Some(Condition::Setting(index, choices.into_iter().collect::<Option<_>>()?));
            }
            _ => {}
        }
        let path = self.field(word, body)?;
        let schema = self.schema_at(&path);
        match test {
            Test::Present(_) => Some(Condition::Present(path)),
            Test::Absent(_) => Some(Condition::Absent(path)),
            Test::Nonzero(span) => {
                let number = matches!(self.api.shape(schema), SchemaKind::Integer | SchemaKind::NumberOrString);
                if !number && !self.api.broken(schema) {
                    self.diags.error(Code::M010, *span, "only a whole number can be nonzero");
                }
                Some(Condition::Nonzero(path))
            }
            Test::Is(words) => {
                let literals: Vec<_> = words.iter().map(|word| self.literal(word, None, schema)).collect();
                Some(Condition::Is(path, literals.into_iter().collect::<Option<_>>()?))
            }
            Test::Contains(words) => {
                if !matches!(self.api.shape(schema), SchemaKind::Text { .. }) {
                    self.shape_error(schema, word.span, |found| {
                        format!("only a text contains one, and this is {found}")
                    });
                }
                Some(Condition::Contains(path, words.iter().map(|word| word.text.clone()).collect()))
            }
            Test::Broken => None,
        }
    }

    fn status(&mut self, word: &Word) -> Option<u16> {
        let status = word.text.parse().ok();
        if status.is_none() {
            self.diags.error(Code::M010, word.span, "a status is a whole number");
        }
        status
    }

    fn submitted(&mut self, word: &Word) -> Option<usize> {
        let names = self.uniform.operations.iter().map(|operation| operation.name.as_str());
        let found = names.clone().position(|name| name == word.text);
        if found.is_none() {
            let message = format!("no such operation: `{}`", word.text);
            self.diags.unknown(Code::M005, word.span, message, &word.text, names);
        }
        found
    }

    /// A field of the body.
    fn field(&mut self, word: &Word, body: &mut Body) -> Option<WirePath> {
        if body.ty.is_none() {
            self.no_object(body, word.span);
        }
        self.wire_path(word, body.ty?)
    }

    pub(super) fn then(&mut self, then: &Then, body: &mut Body) -> Option<ThenPlan> {
        match then {
            Then::Registered(span) => self.registers("registered", *span).then_some(ThenPlan::Registered),
            Then::Answered(span) => self.answers(*span).then_some(ThenPlan::Answered),
            Then::Pending(span) => self.registers("pending", *span).then_some(ThenPlan::Pending),
            Then::Error { table, code, message } => {
                let index = self.error_table(table);
                let path = self.field(code, body);
                let message = message.as_ref().map(|word| self.field(word, body));
                let (index, path) = (index?, path?);
                let schema = self.schema_at(&path);
                if !matches!(self.api.shape(schema), SchemaKind::Integer | SchemaKind::NumberOrString) {
                    if !self.api.broken(schema) {
                        self.diags.error(Code::M010, code.span, "an error code is a whole number");
                    }
                    return None;
                }
                Some(ThenPlan::Error(index, path, message.map_or(Some(None), |found| found.map(Some))?))
            }
            Then::Class { class, new_key, message, about } => {
                let class = self.class(class);
                let message = message.as_ref().map(|word| self.field(word, body));
                let message = message.map_or(Some(None), |found| found.map(Some));
                Some(ThenPlan::Class(class?, *new_key, message?, about.clone()))
            }
            Then::Broken => {
                self.broken.errors = true;
                None
            }
        }
    }

    fn error_table(&mut self, word: &Word) -> Option<usize> {
        let names: Vec<&str> = self.mapping.errors.iter().map(|errors| errors.name.text.as_str()).collect();
        let meant = position(names.iter().copied(), &word.text);
        self.broken.errors |= meant.is_none();
        self.used_errors.extend(meant);
        let found = names.iter().position(|name| *name == word.text);
        if found.is_none() && !self.mapping.unread.errors.contains(&word.text) {
            let message = format!("no such error table: `{}`", word.text);
            self.diags.unknown_choice(Code::M005, word.span, message, &word.text, &names);
        }
        found
    }
}
