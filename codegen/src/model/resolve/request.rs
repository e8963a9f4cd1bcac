//! A mapped operation: its parameters and body, and what is said of the fields that it does not send.

use super::{Resolver, position};
use crate::diag::{Code, nearest};
use crate::mapping::{self, Word};
use crate::model::{AbsentPlan, ImpliedPlan, MappedPlan, RequirePlan, SetPlan, UPath, Value};
use crate::source::Span;
use crate::spec::{Operation, Param, Prop, Schema, TypeId};
use crate::uniform::{Formula, Shape, Ty, TypeId as UniformTypeId};

/// Where a line stands.
pub(super) struct Scope {
    pub(super) input: UniformTypeId,
    /// The list whose element is at hand.
    pub(super) list: Option<UPath>,
}

impl<'m> Resolver<'m, '_> {
    /// `None` when the provider has no such operation.
    pub(super) fn mapped(&mut self, operation: usize, mapped: &'m mapping::Mapped) -> Option<MappedPlan> {
        let names = self.api.operations.iter().map(|operation| operation.id.as_str());
        let Some(call) = names.clone().position(|name| name == mapped.call.text) else {
            let message = format!("the provider has no operation `{}`", mapped.call.text);
            self.diags.unknown(Code::M005, mapped.call.span, message, &mapped.call.text, names);
            return None;
        };
        let api_operation = &self.api.operations[call];
        let input = self.uniform.operations[operation].input;
        let scope = Scope { input, list: None };
        let params = self.params(mapped, api_operation, &scope);
        let body = self.body(mapped, api_operation, &scope);
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
        if mapped.unknown_section {
            self.lines.unknown = true;
            self.lacks_operation();
        }
        let plan = MappedPlan {
            call,
            call_span: mapped.call.span,
            params,
            broken_body: body.is_none() && (mapped.body.is_some() || mapped.unknown_section),
            body,
            require,
            implied,
            refuse,
            drop,
            replies,
            reply_span: mapped.reply_span,
            broken_replies: !mapped.replies_whole,
            broken: std::mem::take(&mut self.lines),
        };
        self.broken.tables |= plan.broken_replies;
        self.broken.settings |= plan.broken_replies;
        self.broken.errors |= plan.broken_replies || mapped.replies.iter().any(|reply| reply.outcome.is_empty());
        self.refusable(&plan);
        Some(plan)
    }

    /// A path of the model; what it was meant to be counts as carried.
    fn path(&mut self, word: &Word, input: UniformTypeId) -> Option<UPath> {
        let found = UPath::resolve(self.uniform, input, word, self.diags);
        if found.is_none() {
            self.mention_path(word, input);
        }
        found
    }

    fn params(&mut self, mapped: &'m mapping::Mapped, operation: &'m Operation, scope: &Scope) -> Vec<SetPlan> {
        let mut plans: Vec<SetPlan> = Vec::new();
        for (section, set) in &mapped.params {
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
                plans.push(SetPlan { prop: index, value: Value::Leave, broken: true, span: set.name.span });
            }
        }
        plans
    }

    fn body(
        &mut self,
        mapped: &'m mapping::Mapped,
        operation: &'m Operation,
        scope: &Scope,
    ) -> Option<(TypeId, Vec<SetPlan>, Span)> {
        let (span, sets) = mapped.body.as_ref()?;
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
        owner: &str,
        scope: &Scope,
    ) -> Vec<SetPlan> {
        let mut plans = Vec::new();
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
                plans.push(SetPlan { prop: index, value: Value::Leave, broken: true, span: set.name.span });
            }
        }
        plans
    }

    fn line(&mut self, set: &'m mapping::Set, index: usize, prop: &'m Prop, scope: &Scope) -> SetPlan {
        let value = self.value_of(&set.verb, &prop.schema, set.name.span, scope);
        if value.is_none() {
            self.mention(&set.verb, scope.input);
        }
        let broken = value.is_none();
        let mut value = value.unwrap_or(Value::Leave);
        if let Value::Lift(take, false) = &mut value
            && prop.required
            && !self.api.nullable(&prop.schema)
        {
            // What all elements of an empty list have in common is nothing.
            take.absent = AbsentPlan::Refuse("no item states it, and the provider needs it".to_owned(), take.span);
        }
        SetPlan { prop: index, value, broken, span: set.name.span }
    }

    /// M010 about a shape of the wire, unless an error tells already what is wrong with it.
    pub(super) fn shape_error(&mut self, schema: &Schema, span: Span, message: impl Fn(String) -> String) {
        if !self.api.broken(schema) {
            let found = crate::model::convert::wire_kind(schema, self.api);
            self.diags.error(Code::M010, span, message(found));
        }
    }

    fn require(&mut self, require: &mapping::Require, input: UniformTypeId) -> Option<RequirePlan> {
        let mut money = |word: &Word| {
            let path = UPath::resolve(self.uniform, input, word, self.diags)?;
            let whole = path.list(self.uniform) == 0 && !path.optional(self.uniform);
            if path.last(self.uniform).ty != Ty::Money || !whole {
                self.diags.error(Code::M010, word.span, "a requirement is about money of the receipt as a whole");
            }
            Some(path)
        };
        let sum: Vec<_> = require.sum.iter().map(&mut money).collect();
        let equals = money(&require.equals);
        Some(RequirePlan {
            sum: sum.into_iter().collect::<Option<_>>()?,
            equals: equals?,
            reason: require.reason.clone(),
        })
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
