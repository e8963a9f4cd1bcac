//! A mapped operation: its parameters and body, and what is said of the fields that it does not send.

use super::{Resolver, position};
use crate::diag::{Code, nearest};
use crate::mapping::{self, Mixed, Required, SettingKind, Verb, Word};
use crate::model::{AbsentPlan, ImpliedPlan, MappedPlan, RequirePlan, RequiredPlan, SetPlan, UPath, Value, WithPlan};
use crate::spec::{Operation, Param, Prop, Schema, TypeId};
use crate::tree::Span;
use crate::uniform::{Formula, Shape, Ty, TypeId as UniformTypeId};

/// Where a line stands.
pub(super) struct Scope<'m> {
    pub(super) input: UniformTypeId,
    /// The list whose element is at hand.
    pub(super) list: Option<UPath>,
    /// The fields of the object that the line is in, and its name.
    pub(super) props: Option<(&'m [Prop], &'m str)>,
}

impl<'m> Resolver<'m, '_> {
    /// `None` when the provider has no such operation.
    pub(super) fn mapped(&mut self, operation: usize, mapped: &'m mapping::Mapped) -> Option<MappedPlan> {
        let input = self.uniform.operations[operation].input;
        let (call, chosen) = self.call(&mapped.call, input)?;
        let api_operation = &self.api.operations[call];
        let scope = Scope { input, list: None, props: None };
        let params = self.params(&mapped.params, api_operation, &scope);
        let body = self.body(mapped.body.as_ref(), api_operation, &scope);
        let require = mapped.require.iter().filter_map(|require| self.require(require, input)).collect();
        let refuse: Vec<_> = mapped
            .refuse
            .iter()
            .filter_map(|(word, why)| Some((self.path(word, input)?, why.clone(), word.span)))
            .collect();
        let drop = mapped
            .drop
            .iter()
            .filter_map(|(word, why)| Some((self.path(word, input)?, why.clone(), word.span)))
            .collect();
        let implied = mapped.implied.iter().filter_map(|implied| self.implied(implied, input)).collect();
        let replies = mapped.replies.iter().map(|reply| self.reply(reply, call, operation)).collect();
        let pages = self.pages(mapped);
        if mapped.unknown_section {
            self.lines.unknown = true;
            self.lacks_operation();
        }
        let plan = MappedPlan {
            call,
            call_span: mapped.call.first().span,
            chosen,
            params,
            broken_body: body.is_none() && (mapped.body.is_some() || mapped.unknown_section),
            body,
            require,
            implied,
            refuse,
            drop,
            pages,
            replies,
            reply_span: mapped.reply_span,
            broken_replies: !mapped.replies_whole,
            broken: std::mem::take(&mut self.lines),
        };
        self.broken.tables |= plan.broken_replies;
        self.broken.settings |= plan.broken_replies;
        self.broken.errors |= plan.broken_replies || mapped.replies.iter().any(|reply| reply.outcome.is_empty());
        self.refusable(&plan);
        self.first_is_repeated(&plan);
        Some(plan)
    }

    /// A path of the model; what it was meant to be counts as carried.
    pub(super) fn path(&mut self, word: &Word, input: UniformTypeId) -> Option<UPath> {
        let found = UPath::resolve(self.uniform, input, word, self.diags);
        if found.is_none() {
            self.mention_path(word, input);
        }
        found
    }

    pub(super) fn params(
        &mut self,
        params: &'m [(Word, mapping::Set)],
        operation: &'m Operation,
        scope: &Scope<'m>,
    ) -> Vec<SetPlan> {
        let mut plans: Vec<SetPlan> = Vec::new();
        for (section, set) in params {
            let same_name = |param: &Param| param.prop.wire == set.name.text;
            let here = |param: &Param| same_name(param) && param.place.name() == section.text;
            if let Some(index) = operation.params.iter().position(here) {
                plans.push(self.line(set, index, &operation.params[index].prop, scope));
                continue;
            }
            self.mention(&set.verb, scope.input);
            if operation.broken_params {
                continue;
            }
            let names = operation.params.iter().map(|param| param.prop.wire.as_str());
            if let Some(elsewhere) = operation.params.iter().find(|param| same_name(param)) {
                let place = elsewhere.place.name();
                let message =
                    format!("`{}` has no parameter `{}` in the {}", operation.id, set.name.text, section.text);
                self.diags
                    .error(Code::M005, set.name.span, message)
                    .secondary(elsewhere.prop.span, "declared here")
                    .help(format!("it stands in the {place}: set it under `{place}`"));
            } else {
                let message = format!("`{}` has no parameter `{}`", operation.id, set.name.text);
                self.diags.unknown(Code::M005, set.name.span, message, &set.name.text, names.clone());
            }
            if let Some(index) = position(names, &set.name.text) {
                plans.push(SetPlan::broken(index, set.name.span));
            }
        }
        plans
    }

    pub(super) fn body(
        &mut self,
        body: Option<&'m (Span, Vec<mapping::Set>)>,
        operation: &'m Operation,
        scope: &Scope<'m>,
    ) -> Option<(TypeId, Vec<SetPlan>, Span)> {
        let (span, sets) = body?;
        let found = operation.body.as_ref().and_then(|schema| self.api.props(schema));
        let Some((ty, props)) = found else {
            self.mention_sets(sets, scope.input);
            match &operation.body {
                None => {
                    self.diags.error(Code::M005, *span, format!("`{}` has no JSON body", operation.id));
                }
                Some(schema) => self.shape_error(schema, *span, |found| format!("the body is no object, but {found}")),
            }
            return None;
        };
        Some((ty, self.sets(sets, props, &self.api.ty(ty).name, scope), *span))
    }

    pub(super) fn sets(
        &mut self,
        sets: &'m [mapping::Set],
        props: &'m [Prop],
        owner: &'m str,
        scope: &Scope<'m>,
    ) -> Vec<SetPlan> {
        let mut plans = Vec::new();
        let scope = &Scope { input: scope.input, list: scope.list.clone(), props: Some((props, owner)) };
        for set in sets {
            if let Some(index) = self.prop(props, owner, &set.name) {
                plans.push(self.line(set, index, &props[index], scope));
                continue;
            }
            self.mention(&set.verb, scope.input);
            // The field that was meant counts as set.
            let unset = props.iter().filter(|prop| !sets.iter().any(|set| set.name.text == prop.wire));
            if let Some(near) = nearest(&set.name.text, unset.map(|prop| prop.wire.as_str())) {
                let index = props.iter().position(|prop| prop.wire == near).expect("just found");
                plans.push(SetPlan::broken(index, set.name.span));
            }
        }
        self.looked_at(&plans, props);
        plans
    }

    fn line(&mut self, set: &'m mapping::Set, index: usize, prop: &'m Prop, scope: &Scope<'m>) -> SetPlan {
        let when = self.guards(&set.when, scope.props, scope);
        let value = self.value_of(&set.verb, &prop.schema, set.name.span, scope);
        if value.is_none() {
            self.mention(&set.verb, scope.input);
        }
        let with = match &set.verb {
            Verb::Setting(_, _, Some(with)) => Some(self.with(with, value.as_ref())),
            _ => None,
        };
        let broken = value.is_none() || when.is_none() || matches!(with, Some(None));
        let mut value = value.unwrap_or(Value::Leave);
        if let Value::Lift(take, Mixed::Refuse | Mixed::First) = &mut value
            && prop.required
            && !self.api.nullable(&prop.schema)
            && matches!(take.absent, AbsentPlan::Omit)
        {
            // What all elements of an empty list have in common is nothing.
            let reason = "no item states it, and the provider needs it".to_owned();
            take.absent = AbsentPlan::Refuse(reason, take.span, Vec::new());
        }
        let with = with.flatten();
        SetPlan { prop: index, when: when.unwrap_or_default(), value, with, broken, span: set.name.span }
    }

    /// What is added to the address `value`; `None` after a diagnostic.
    fn with(&mut self, with: &mapping::With, value: Option<&Value>) -> Option<WithPlan> {
        let setting = self.setting(&with.setting)?;
        let declared = &self.mapping.settings[setting];
        if declared.kind != SettingKind::Secret {
            let message = format!("the setting `{}` is no secret, and only those are added late", with.setting.text);
            self.diags
                .error(Code::M010, with.setting.span, message)
                .secondary(declared.name.span, "the setting")
                .help("what is no secret can stand in the address itself");
            return None;
        }
        let Value::Setting(address, absent) = value? else { return None };
        let mut addresses = vec![*address];
        if let AbsentPlan::Setting(other) = absent {
            addresses.push(*other);
        }
        for address in &addresses {
            let declared = &self.mapping.settings[*address];
            if declared.kind != SettingKind::Text {
                let message = format!("the setting `{}` is no text, and an address is", declared.name.text);
                self.diags.error(Code::M010, with.query.span, message).secondary(declared.name.span, "the setting");
                return None;
            }
        }
        Some(WithPlan { query: with.query.text.clone(), span: with.query.span, setting, addresses })
    }

    /// M010 about a shape of the wire, unless an error tells already what is wrong with it.
    pub(super) fn shape_error(&mut self, schema: &Schema, span: Span, message: impl Fn(String) -> String) {
        if !self.api.broken(schema) {
            let found = crate::model::convert::wire_kind(schema, self.api);
            self.diags.error(Code::M010, span, message(found));
        }
    }

    fn require(&mut self, require: &mapping::Require, input: UniformTypeId) -> Option<RequirePlan> {
        let what = match &require.what {
            Required::Sum(sum, equals) => {
                let sum: Vec<_> = sum.iter().map(|word| self.whole_money(word, input)).collect();
                let equals = self.whole_money(equals, input);
                RequiredPlan::Sum(sum.into_iter().collect::<Option<_>>()?, equals?)
            }
            Required::Otherwise(word) => {
                let path = UPath::resolve(self.uniform, input, word, self.diags)?;
                if path.last(self.uniform).otherwise.is_none() {
                    let message = format!("the model does not say what an absent `{}` would be", path.text);
                    self.diags.error(Code::M010, word.span, message);
                    return None;
                }
                RequiredPlan::Otherwise(path)
            }
            Required::Alone(word, values) => {
                let path = UPath::resolve(self.uniform, input, word, self.diags)?;
                let field = path.last(self.uniform);
                let (Ty::Enum(of), true) = (field.ty, path.list(self.uniform) > 0 && field.shape == Shape::One) else {
                    let message = "`alone` is about an enumeration that every element of a list has";
                    self.diags.error(Code::M010, word.span, message);
                    return None;
                };
                let values: Vec<_> = values.iter().map(|value| self.value(of, value)).collect();
                RequiredPlan::Alone(path, of, values.into_iter().collect::<Option<_>>()?)
            }
            Required::Setting(word) => {
                let index = self.setting(word)?;
                let setting = &self.mapping.settings[index];
                if !setting.optional {
                    let message = format!("every account has `{}`, so this says nothing", word.text);
                    self.diags.error(Code::M004, word.span, message).secondary(setting.name.span, "the setting");
                }
                RequiredPlan::Setting(index)
            }
        };
        Some(RequirePlan { what, reason: require.reason.clone() })
    }

    /// Money of the input as a whole.
    fn whole_money(&mut self, word: &Word, input: UniformTypeId) -> Option<UPath> {
        let path = UPath::resolve(self.uniform, input, word, self.diags)?;
        let whole = path.list(self.uniform) == 0 && !path.optional(self.uniform);
        if path.last(self.uniform).ty != Ty::Money || !whole {
            self.diags.error(Code::M010, word.span, "a requirement is about money of the receipt as a whole");
        }
        Some(path)
    }

    /// `mixed: first` loses nothing only where each item says it too.
    fn first_is_repeated(&mut self, plan: &MappedPlan) {
        let (mut firsts, mut taken) = (Vec::new(), Vec::new());
        plan.visit(&mut |value| match value {
            Value::Lift(take, Mixed::First) => firsts.push((take.path.clone(), take.span)),
            Value::Take(take) => taken.push(take.path.clone()),
            _ => {}
        });
        for (path, span) in firsts.iter().filter(|(path, _)| !taken.contains(path)) {
            let message = format!("`first` loses `{}` of the other items, and no item carries it", path.text);
            self.diags.error(Code::M010, *span, message).help("say `mixed: refuse`, or carry it in each item too");
        }
    }

    /// What is refused when stated has to be something that may be left unstated.
    fn refusable(&mut self, plan: &MappedPlan) {
        let carried = plan.carried();
        for (path, _, span) in &plan.refuse {
            let field = path.last(self.uniform);
            // That a carried field is refused is wrong whether it may be left unstated or not.
            if field.shape == Shape::One && !field.default && !carried.iter().any(|taken| path.covers(&taken.path)) {
                self.diags
                    .error(
                        Code::M010,
                        *span,
                        format!("`{}` is always stated, so it cannot be refused when it is", path.text),
                    )
                    .help(match field.ty {
                        Ty::Enum(_) => "say under `implied` which value the provider takes it for",
                        _ => "take it, or say under `drop` why it may be lost",
                    });
            }
        }
        for (path, _, span) in &plan.drop {
            let field = path.last(self.uniform);
            let told = carried.iter().any(|taken| path.covers(&taken.path))
                || plan.implied.iter().any(|implied| path.covers(&implied.path));
            if field.shape == Shape::One
                && !told
                && matches!(field.ty, Ty::Enum(_) | Ty::Date | Ty::Moment | Ty::Contact)
            {
                let message =
                    format!("`{}` is always stated, and nothing could stand for it once it is dropped", path.text);
                self.diags
                    .error(Code::M010, *span, message)
                    .help("take it, or say under `implied` which value the provider takes it for");
            }
        }
    }

    fn implied(&mut self, implied: &'m mapping::Implied, input: UniformTypeId) -> Option<ImpliedPlan> {
        let path = self.path(&implied.path, input)?;
        let plan = self.implied_value(implied, &path).map(|value| ImpliedPlan {
            path: path.clone(),
            value,
            reason: implied.reason.clone(),
            span: implied.path.span,
        });
        if plan.is_none() {
            self.lines.paths.push(path);
        }
        plan
    }

    /// The value that is implied, `None` for what an absent one is taken to be; nothing after a diagnostic.
    fn implied_value(&mut self, implied: &'m mapping::Implied, path: &UPath) -> Option<Option<usize>> {
        let field = path.last(self.uniform);
        let is = implied.is.as_ref()?;
        match field.ty {
            _ if is.text == "otherwise" && matches!(field.otherwise, Some(Formula::Product(..))) => Some(None),
            Ty::Enum(of) if matches!(field.shape, Shape::One | Shape::Optional) => Some(Some(self.value(of, is)?)),
            _ => {
                let message = format!(
                    "`{}` cannot be implied: it is neither one value of an enumeration nor has it an `otherwise`",
                    path.text
                );
                self.diags.error(Code::M010, implied.path.span, message);
                None
            }
        }
    }
}
