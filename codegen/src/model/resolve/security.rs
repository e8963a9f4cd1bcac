//! What feeds the security schemes.

use std::collections::BTreeSet;

use super::lists::Asks;
use super::request::Scope;
use super::{Resolver, position};
use crate::diag::Code;
use crate::mapping::{self, Expires, Feed, SettingKind, Sign, Verb, Word};
use crate::model::{
    BrokenLines, ExpiresPlan, FeedPlan, LoginPlan, MappedPlan, ReadPlan, ReadVerb, ReplyPlan, Value, WirePath,
};
use crate::spec::{Operation, SchemaKind, SchemeKind, TypeId};
use crate::tree::Span;
use crate::uniform::TypeId as UniformTypeId;

/// What the security section comes to.
#[derive(Default)]
pub(super) struct Security {
    /// What feeds each scheme, by index.
    pub(super) feeds: Vec<Option<FeedPlan>>,
    /// The settings with name and value of a header of which the document says nothing.
    pub(super) own_header: Option<(usize, usize)>,
    /// The login that gives a token.
    pub(super) login: Option<LoginPlan>,
}

impl<'m> Resolver<'m, '_> {
    pub(super) fn security(&mut self) -> Security {
        let mut security = Security::default();
        security.feeds.resize_with(self.api.schemes.len(), || None);
        let mut told = BTreeSet::new();
        let mut login_at: Option<Span> = None;
        for (name, feed) in &self.mapping.security {
            let schemes = self.api.schemes.iter().map(|scheme| scheme.name.as_str());
            let found = schemes.clone().position(|scheme| scheme == name.text);
            if found.is_none() && !self.api.broken_schemes.contains(&name.text) {
                let message = format!("no such security scheme: `{}`", name.text);
                self.diags.unknown(Code::M005, name.span, message, &name.text, schemes.clone());
            }
            told.extend(position(schemes, &name.text));
            let kind = found.map(|index| &self.api.schemes[index].kind);
            let plan = match feed {
                Ok(Feed::Login(login)) => {
                    if let Some(first) = login_at.replace(login.span) {
                        self.diags
                            .error(Code::S008, login.span, "an account logs in once, and this is a second login")
                            .secondary(first, "the first");
                    }
                    security.login = self.login(login);
                    self.broken.settings |= security.login.is_none();
                    Some(FeedPlan::Login)
                }
                Ok(feed) => self.feed(feed, name, kind),
                Err(words) => {
                    self.mention_words(words, None);
                    self.broken.settings |= words.is_empty();
                    None
                }
            };
            if let Some(index) = found {
                security.feeds[index] = plan;
                self.asked_for(index, name.span);
            }
        }
        let span = self.mapping.security_span.unwrap_or(self.mapping.operations_span);
        let told = |index: &usize| self.mapping.own_header.is_some() || told.contains(index);
        for (index, scheme) in self.api.schemes.iter().enumerate().filter(|(index, _)| !told(index)) {
            debug_assert!(security.feeds[index].is_none(), "a scheme that something feeds is told of");
            let form = match scheme.kind {
                SchemeKind::Basic => "{ user: { setting: … }, password: { setting: … } }",
                _ => "{ setting: … }",
            };
            self.diags
                .error(Code::M002, span, format!("no setting feeds the security scheme `{}`", scheme.name))
                .secondary(scheme.span, "declared here")
                .help(match self.mapping.security_span {
                    Some(_) => format!("add `{}: {form}`", scheme.name),
                    None => format!("add `security: {{ {}: {form} }}`", scheme.name),
                });
        }
        security.own_header = self.own_header();
        security
    }

    fn own_header(&mut self) -> Option<(usize, usize)> {
        let own = self.mapping.own_header.as_ref()?;
        if let Some(scheme) = self.api.schemes.first() {
            let message = "a header of one's own is for documents without security schemes";
            self.diags.error(Code::S008, own.span, message).secondary(scheme.span, "this document has one");
        }
        let header = self.setting_of(&own.header, &SettingKind::Text);
        let value = self.setting_of(&own.value, &SettingKind::Secret);
        if let (Some(header), Some(value)) = (header, value)
            && self.mapping.settings[header].optional != self.mapping.settings[value].optional
        {
            let message = "name and value of the header are both optional, or neither is";
            self.diags.error(Code::M012, own.span, message);
        }
        Some((header?, value?))
    }

    /// That some operation asks for a scheme which is fed.
    fn asked_for(&mut self, index: usize, span: Span) {
        let scheme = &self.api.schemes[index];
        let asks = |operation: &Operation| operation.security.iter().flatten().any(|name| *name == scheme.name);
        let known = |name: &String| self.api.schemes.iter().any(|scheme| scheme.name == *name);
        let mut names = self.api.operations.iter().flat_map(|operation| operation.security.iter().flatten());
        if !self.api.operations.iter().any(asks) && names.all(known) {
            let message = format!("no operation asks for the security scheme `{}`, so it is never sent", scheme.name);
            self.diags
                .error(Code::M004, span, message)
                .secondary(scheme.span, "declared here")
                .help(format!("the document says who asks for it: `security: [{{ {}: [] }}]`", scheme.name));
        }
    }

    /// `None` after a diagnostic.
    fn feed(&mut self, feed: &'m Feed, name: &Word, scheme: Option<&SchemeKind>) -> Option<FeedPlan> {
        let fits = match (feed, scheme) {
            (_, None) => Ok(()),
            (Feed::Basic { .. }, Some(SchemeKind::Basic)) => Ok(()),
            (Feed::Basic { .. }, Some(_)) => Err("no basic auth, and only that has user and password"),
            (_, Some(SchemeKind::Basic)) => Err("basic auth: it has `user` and `password`"),
            (Feed::Sign(_), Some(SchemeKind::HeaderKey(_))) => Ok(()),
            (Feed::Sign(_), Some(_)) => Err("no key in a header, and a signature stands in one"),
            _ => Ok(()),
        };
        if let Err(why) = fits {
            self.diags.error(Code::M010, name.span, format!("the scheme `{}` is {why}", name.text));
        }
        match feed {
            Feed::Setting(word) => self.setting_of(word, &SettingKind::Secret).map(FeedPlan::Setting),
            Feed::Basic { user, password } => {
                let user = self.setting_of(user, &SettingKind::Text);
                let password = self.setting_of(password, &SettingKind::Secret);
                Some(FeedPlan::Basic(user?, password?))
            }
            Feed::Sign(Sign { algorithm, key: word, encoding }) => {
                let key = self.setting_of(word, &SettingKind::Secret)?;
                let setting = &self.mapping.settings[key];
                if setting.optional {
                    let message = format!("a request cannot go unsigned, and the setting `{}` is optional", word.text);
                    self.diags.error(Code::M012, word.span, message).secondary(setting.name.span, "the setting");
                }
                Some(FeedPlan::Sign(*algorithm, key, *encoding))
            }
            Feed::Login(_) => Some(FeedPlan::Login),
        }
    }

    /// A setting that is a text, or a secret. A user may be a secret too; a secret that is kept as a text would be shown.
    fn setting_of(&mut self, word: &Word, kind: &SettingKind) -> Option<usize> {
        let index = self.setting(word)?;
        let setting = &self.mapping.settings[index];
        let fits = setting.kind == *kind || setting.kind == SettingKind::Secret;
        if !fits {
            let what = if *kind == SettingKind::Secret { "no secret, and credentials are" } else { "no text" };
            let message = format!("the setting `{}` is {what}", word.text);
            self.diags.error(Code::M010, word.span, message).secondary(setting.name.span, "the setting");
        }
        Some(index)
    }

    /// `None` after a diagnostic.
    fn login(&mut self, login: &'m mapping::Login) -> Option<LoginPlan> {
        let names = self.api.operations.iter().map(|operation| operation.id.as_str());
        let Some(call) = names.clone().position(|name| name == login.call.text) else {
            let message = format!("the provider has no operation `{}`", login.call.text);
            self.diags.unknown(Code::M005, login.call.span, message, &login.call.text, names);
            return None;
        };
        let operation = &self.api.operations[call];
        let sets = login.params.iter().map(|(_, set)| set).chain(login.body.iter().flat_map(|(_, sets)| sets));
        if sets.filter(|set| !self.plain(&set.verb, set.name.span)).count() > 0 {
            return None;
        }
        // Nothing of an input is taken, so that any will do; and a login is never kept, so that a secret may stand in it.
        let scope = Scope { input: UniformTypeId(0), list: None, props: None };
        let before = std::mem::replace(&mut self.asks, Asks::login());
        let params = self.params(&login.params, operation, &scope);
        let body = self.body(login.body.as_ref(), operation, &scope);
        self.asks = before;
        let (response, ty) = self.token_answer(operation, login.span)?;
        let token = self.text_at(&login.token, ty)?;
        let expires = match &login.expires {
            Some(expires) => Some(self.expires(expires, ty)?),
            None => None,
        };
        let message = match &login.message {
            Some(word) => Some(self.wire_path(word, ty)?),
            None => None,
        };
        let mut reads = vec![&token];
        reads.extend(&message);
        if let Some(ExpiresPlan::Seconds(path) | ExpiresPlan::At(path, _) | ExpiresPlan::Unix(path)) = &expires {
            reads.push(path);
        }
        let reply = ReplyPlan {
            responses: vec![response],
            span: login.span,
            read: Some((ty, looked_at(&reads, login.span), login.span)),
            elements: None,
            rules: Vec::new(),
            broken_body: false,
            broken_rules: false,
        };
        let call = MappedPlan {
            call,
            call_span: login.call.span,
            chosen: None,
            params,
            broken_body: body.is_none() && login.body.is_some(),
            body,
            require: Vec::new(),
            implied: Vec::new(),
            refuse: Vec::new(),
            drop: Vec::new(),
            pages: None,
            replies: vec![reply],
            reply_span: login.span,
            broken_replies: false,
            broken: BrokenLines::default(),
        };
        self.never_optional(&call);
        let renew_on = login.renew_on.iter().map(|(status, _)| *status).collect();
        Some(LoginPlan { call, token, expires, message, renew_on })
    }

    /// Whether a line needs no input; tells of one that does.
    fn plain(&mut self, verb: &Verb, span: Span) -> bool {
        match verb {
            Verb::Setting(..) | Verb::Const(..) | Verb::Leave | Verb::Broken(_) => true,
            Verb::Fields(sets) => sets.iter().filter(|set| !self.plain(&set.verb, set.name.span)).count() == 0,
            _ => {
                let message =
                    "a login has no input: a field of it is a `setting`, a `const`, `fields` of these, or left";
                self.diags.error(Code::M010, span, message);
                false
            }
        }
    }

    /// Nobody could say what becomes of a login without a setting.
    fn never_optional(&mut self, call: &MappedPlan) {
        let mut used = BTreeSet::new();
        call.visit(&mut |value| {
            if let Value::Setting(index, _) = value {
                used.insert(*index);
            }
        });
        for index in used {
            let setting = &self.mapping.settings[index];
            if setting.optional {
                let message = format!("the login needs the setting `{}`, which is optional", setting.name.text);
                self.diags.error(Code::M012, call.call_span, message).secondary(setting.name.span, "the setting");
            }
        }
    }

    /// The answer that has the token: the first successful one with an object.
    fn token_answer(&mut self, operation: &'m Operation, span: Span) -> Option<(usize, TypeId)> {
        let objects = operation.responses.iter().enumerate().filter_map(|(index, response)| {
            let successful = response.status.is_some_and(|status| (200..300).contains(&status));
            let (ty, _) = self.api.props(response.body.as_ref().filter(|_| successful)?)?;
            Some((index, ty))
        });
        let found = objects.into_iter().next();
        if found.is_none() && !operation.broken_responses {
            let message = format!("`{}` documents no successful answer with an object", operation.id);
            self.diags.error(Code::M005, span, message).secondary(operation.span, "the operation");
        }
        found
    }

    fn text_at(&mut self, word: &Word, ty: TypeId) -> Option<WirePath> {
        let path = self.wire_path(word, ty)?;
        let schema = self.schema_at(&path);
        if !matches!(self.api.shape(schema), SchemaKind::Text { .. }) {
            self.shape_error(schema, word.span, |found| format!("a token is text, and the field is {found}"));
        }
        Some(path)
    }

    fn expires(&mut self, expires: &Expires, ty: TypeId) -> Option<ExpiresPlan> {
        let word = match expires {
            Expires::After(seconds) => return Some(ExpiresPlan::After(*seconds)),
            Expires::Seconds(word) | Expires::At(word, _) => word,
        };
        let path = self.wire_path(word, ty)?;
        let schema = self.schema_at(&path);
        let (offset, moment) = match expires {
            Expires::At(_, offset) => (offset.as_ref(), true),
            _ => (None, false),
        };
        let minutes = offset.map(|word| {
            let minutes = mapping::offset(&word.text);
            if minutes.is_none() {
                self.diags.error(Code::M010, word.span, "an offset is written \"+03:00\"");
            }
            minutes
        });
        let minutes = match minutes {
            Some(minutes) => Some(minutes?),
            None => None,
        };
        match (self.api.shape(schema), moment) {
            (SchemaKind::Integer, false) => Some(ExpiresPlan::Seconds(path)),
            (SchemaKind::Integer, true) => Some(ExpiresPlan::Unix(path)),
            (SchemaKind::DateTime, true) => Some(ExpiresPlan::At(path, minutes)),
            _ => {
                let wants = if moment { "a date and time, or seconds since 1970" } else { "a whole number of seconds" };
                self.shape_error(schema, word.span, |found| {
                    format!("this has to be {wants}, and the field is {found}")
                });
                None
            }
        }
    }
}

/// Reads that look at these paths, as the fields of one object.
fn looked_at(paths: &[&WirePath], span: Span) -> Vec<ReadPlan> {
    fn below(paths: &[&[(TypeId, usize)]], span: Span) -> Vec<ReadPlan> {
        let props: BTreeSet<usize> = paths.iter().filter_map(|path| Some(path.first()?.1)).collect();
        let reads = props.into_iter().map(|prop| {
            let rest: Vec<_> = paths.iter().filter(|path| path.first().is_some_and(|step| step.1 == prop)).collect();
            let inner: Vec<_> = rest.iter().map(|path| &path[1..]).filter(|path| !path.is_empty()).collect();
            let verb = match inner.first().and_then(|path| path.first()) {
                Some((ty, _)) => ReadVerb::Fields(*ty, below(&inner, span)),
                None => ReadVerb::Match(span),
            };
            ReadPlan { prop, verb, broken: false, span }
        });
        reads.collect()
    }
    below(&paths.iter().map(|path| &path.0[..]).collect::<Vec<_>>(), span)
}
