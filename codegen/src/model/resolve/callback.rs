//! What becomes of the callbacks of the document.

use super::outcome::Body;
use super::request::Scope;
use super::{Resolver, position};
use crate::diag::Code;
use crate::mapping::{self, SettingKind, Verify};
use crate::model::{AnswerPlan, CallbackKind, CallbackPlan, MappedCallbackPlan, ProofPlan};
use crate::spec::{Callback, Place};
use crate::uniform::OperationKind;

impl<'m> Resolver<'m, '_> {
    pub(super) fn callbacks(&mut self) -> Vec<CallbackPlan> {
        self.listening = true;
        self.asks = super::lists::Asks::default();
        let mapping = self.mapping;
        let plans = mapping.callbacks.iter().filter_map(|map| self.callback(map)).collect();
        self.listening = false;
        plans
    }

    fn callback(&mut self, map: &'m mapping::CallbackMap) -> Option<CallbackPlan> {
        let names = self.api.callbacks.iter().map(|callback| callback.name.as_str());
        let Some(callback) = names.clone().position(|name| name == map.name.text) else {
            if !self.api.broken_callbacks {
                let message = format!("the document has no callback `{}`", map.name.text);
                self.diags.unknown(Code::M005, map.name.span, message, &map.name.text, names.clone());
            }
            match position(names, &map.name.text) {
                Some(near) => self.broken.callbacks.push(near),
                None => self.broken.unknown_callback = true,
            }
            self.lacks_operation();
            return None;
        };
        let kind = match &map.kind {
            mapping::CallbackKind::Unsupported(reason) => CallbackKind::Unsupported(reason.clone()),
            mapping::CallbackKind::Mapped(mapped) => {
                CallbackKind::Mapped(Box::new(self.listened(&self.api.callbacks[callback], mapped)?))
            }
            mapping::CallbackKind::Broken => {
                self.broken.callbacks.push(callback);
                self.lacks_operation();
                return None;
            }
        };
        Some(CallbackPlan { callback, span: map.name.span, kind })
    }

    /// `None` in a model that has nothing a callback could speak of.
    fn listened(&mut self, callback: &'m Callback, mapped: &'m mapping::MappedCallback) -> Option<MappedCallbackPlan> {
        let submits = |operation: &crate::uniform::Operation| operation.kind == OperationKind::Submit;
        let operation = self.uniform.operations.iter().position(submits)?;
        let proofs: Vec<_> = match &mapped.verify {
            Verify::None(_) => Vec::new(),
            Verify::All(proofs) => proofs.iter().map(|proof| self.proof(callback, proof)).collect(),
            Verify::Broken(words) => {
                self.mention_words(words, None);
                self.broken.settings = true;
                vec![None]
            }
        };
        let ignore = mapped.ignore.iter().filter_map(|word| {
            let names = callback.params.iter().map(|param| param.prop.wire.as_str());
            let found = names.clone().position(|name| name == word.text);
            if found.is_none() && !callback.broken_params {
                let message = format!("`{}` has no parameter `{}`", callback.name, word.text);
                self.diags.unknown(Code::M005, word.span, message, &word.text, names.clone());
            }
            // The parameter that was meant counts as ignored.
            Some((found.or_else(|| position(names, &word.text))?, word.span))
        });
        let ignore = ignore.collect();
        let object = callback.body.as_ref().and_then(|schema| self.api.props(schema));
        let body = Body {
            ty: object.map(|(ty, _)| ty),
            broken: callback.body.as_ref().is_some_and(|schema| self.api.broken(schema)),
        };
        let told = self.told(&mapped.told, Vec::new(), &[], object, body, operation);
        let input = self.uniform.operations[operation].input;
        let answer = mapped.answer.as_ref().and_then(|answer| self.answer(callback, answer, input));
        self.broken.settings |= mapped.answer.is_none();
        self.broken.errors |= mapped.told.outcome.is_empty();
        let broken_proofs = proofs.iter().any(Option::is_none);
        let secret = |proof: &ProofPlan| self.mapping.settings[proof.setting].kind == SettingKind::Secret;
        if let (Verify::All(_), false) = (&mapped.verify, broken_proofs || proofs.iter().flatten().any(secret)) {
            let message = "none of these settings is a secret, so anybody can send this callback";
            self.diags.error(Code::M010, mapped.verify_span, message);
        }
        let unverified = match &mapped.verify {
            Verify::None(why) => Some(why.clone()),
            Verify::All(_) | Verify::Broken(_) => None,
        };
        let proofs = proofs.into_iter().flatten().collect();
        Some(MappedCallbackPlan { proofs, unverified, broken_proofs, ignore, told, answer })
    }

    fn proof(&mut self, callback: &Callback, proof: &mapping::Proof) -> Option<ProofPlan> {
        let setting = self.setting(&proof.setting);
        if let Some(index) = setting {
            let declared = &self.mapping.settings[index];
            let fits = matches!(declared.kind, SettingKind::Secret | SettingKind::Text);
            if !fits || declared.default.is_some() {
                let name = &proof.setting.text;
                let message = if fits {
                    format!("the setting `{name}` has a default, which everybody knows")
                } else {
                    format!("the setting `{name}` is neither a secret nor a text")
                };
                self.diags.error(Code::M010, proof.setting.span, message).secondary(declared.name.span, "the setting");
                return None;
            }
        }
        let param = callback.params.iter().position(|param| {
            let same = match proof.place {
                Place::Header => param.prop.wire.eq_ignore_ascii_case(&proof.name.text),
                _ => param.prop.wire == proof.name.text,
            };
            same && param.place == proof.place
        });
        // The query is part of the address that the account gives to the provider, so it may have what no document says.
        if param.is_none() && proof.place == Place::Header {
            if !callback.broken_params {
                let message = format!("`{}` has no header `{}`", callback.name, proof.name.text);
                let headers = callback.params.iter().filter(|param| param.place == Place::Header);
                let names = headers.map(|param| param.prop.wire.as_str());
                self.diags.unknown(Code::M005, proof.name.span, message, &proof.name.text, names);
            }
            return None;
        }
        Some(ProofPlan {
            place: proof.place,
            name: proof.name.text.clone(),
            param,
            setting: setting?,
            span: proof.name.span,
        })
    }

    fn answer(
        &mut self,
        callback: &'m Callback,
        answer: &'m mapping::Answer,
        input: crate::uniform::TypeId,
    ) -> Option<AnswerPlan> {
        let response = callback.responses.iter().position(|response| response.status == Some(answer.status));
        let scope = Scope { input, list: None, props: None };
        let Some(response) = response else {
            if let Some((_, sets)) = &answer.body {
                self.mention_sets(sets, input);
            }
            if !callback.broken_responses {
                let message = format!("`{}` documents no status {}", callback.name, answer.status);
                self.diags.error(Code::M005, answer.span, message).secondary(callback.span, "the callback");
            }
            return None;
        };
        let schema = callback.responses[response].body.as_ref();
        let body = answer.body.as_ref().and_then(|(span, sets)| {
            let Some((ty, props)) = schema.and_then(|schema| self.api.props(schema)) else {
                self.mention_sets(sets, input);
                match schema {
                    None => {
                        let message = format!("status {} of `{}` has no JSON body", answer.status, callback.name);
                        self.diags.error(Code::M005, *span, message);
                    }
                    Some(schema) => {
                        self.shape_error(schema, *span, |found| format!("the body is no object, but {found}"));
                    }
                }
                return None;
            };
            Some((ty, self.sets(sets, props, &self.api.ty(ty).name, &scope), *span))
        });
        let broken_body = body.is_none() && answer.body.is_some();
        Some(AnswerPlan { response, body, broken_body, span: answer.span })
    }
}
