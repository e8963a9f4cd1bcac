//! Which operation of the provider is called.

use super::Resolver;
use crate::diag::Code;
use crate::mapping::{self, Word};
use crate::model::Chosen;
use crate::spec::{Operation, Schema};
use crate::uniform::{Shape, Ty, TypeId as UniformTypeId};

impl<'m> Resolver<'m, '_> {
    /// The operation that is called, and what decides between several; `None` after a diagnostic.
    pub(super) fn call(&mut self, call: &'m mapping::Call, input: UniformTypeId) -> Option<(usize, Option<Chosen>)> {
        let (path, when) = match call {
            mapping::Call::Is(word) => return Some((self.called(word)?, None)),
            mapping::Call::By { path, when } => (path, when),
        };
        let found = self.path(path, input)?;
        let field = found.last(self.uniform);
        let Ty::Enum(of) = field.ty else {
            self.diags.error(Code::M010, path.span, "only an enumeration can decide which operation is called");
            return None;
        };
        if field.shape != Shape::One || found.optional(self.uniform) || found.list(self.uniform) > 0 {
            self.diags.error(Code::M010, path.span, "what decides which operation is called has to be always stated");
            return None;
        }
        let mut calls: Vec<(usize, Result<usize, String>)> = Vec::new();
        let mut whole = true;
        for (value, call) in when {
            let value = self.value(of, value);
            let called = match call {
                Ok(word) => self.called(word).map(Ok),
                Err(why) => Some(Err(why.clone())),
            };
            match (value, called) {
                (Some(value), Some(called)) => calls.push((value, called)),
                _ => whole = false,
            }
        }
        for (index, value) in self.uniform.enums[of].values.iter().enumerate() {
            if whole && !calls.iter().any(|(decided, _)| *decided == index) {
                self.diags
                    .error(Code::M006, path.span, format!("no operation is named for `{}`", value.name))
                    .secondary(value.span, "the uniform value")
                    .help(format!("add `{}: OPERATION`, or `{}: {{ unsupported: why }}`", value.name, value.name));
                whole = false;
            }
        }
        if !whole {
            self.lacks_operation();
            return None;
        }
        let named: Vec<usize> = calls.iter().filter_map(|(_, call)| call.clone().ok()).collect();
        let first = *named.first()?;
        for other in &named {
            if let Some(what) = self.differs(first, *other) {
                let (one, two) = (&self.api.operations[first], &self.api.operations[*other]);
                self.diags
                    .error(Code::M010, path.span, format!("`{}` and `{}` differ in {what}", one.id, two.id))
                    .secondary(one.span, "this operation")
                    .secondary(two.span, "and this one")
                    .help("operations that one mapping serves have the same parameters, body and answers");
                return None;
            }
        }
        // Parameters say nothing of which operation a path is of.
        let plain = |path: &str| {
            path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
        };
        let mut paths: Vec<_> = named.iter().map(|call| plain(&self.api.operations[*call].path)).collect();
        paths.sort_unstable();
        if paths.windows(2).any(|pair| pair[0] == pair[1]) {
            let message = "each value needs an operation whose path differs: it tells which one was meant";
            self.diags.error(Code::M010, path.span, message);
            return None;
        }
        Some((first, Some(Chosen { path: found, of, calls, span: path.span })))
    }

    pub(super) fn called(&mut self, word: &Word) -> Option<usize> {
        let names = self.api.operations.iter().map(|operation| operation.id.as_str());
        let found = names.clone().position(|name| name == word.text);
        if found.is_none() {
            let message = format!("the provider has no operation `{}`", word.text);
            self.diags.unknown(Code::M005, word.span, message, &word.text, names);
        }
        found
    }

    /// What two operations differ in that one mapping cannot serve both.
    fn differs(&self, one: usize, other: usize) -> Option<&'static str> {
        let (one, other) = (&self.api.operations[one], &self.api.operations[other]);
        let same = |a: &Option<Schema>, b: &Option<Schema>| match (a, b) {
            (None, None) => true,
            (Some(a), Some(b)) => self.api.props(a).map(|(id, _)| id) == self.api.props(b).map(|(id, _)| id),
            _ => false,
        };
        let params = |operation: &Operation| {
            operation.params.iter().map(|param| (param.place.name(), param.prop.wire.clone())).collect::<Vec<_>>()
        };
        let answers =
            |operation: &Operation| operation.responses.iter().map(|answer| answer.status).collect::<Vec<_>>();
        if params(one) != params(other) {
            Some("their parameters")
        } else if !same(&one.body, &other.body) {
            Some("their bodies")
        } else if answers(one) != answers(other)
            || one.responses.iter().zip(&other.responses).any(|(a, b)| !same(&a.body, &b.body))
        {
            Some("their answers")
        } else if one.security != other.security {
            Some("their security")
        } else {
            None
        }
    }
}
