//! What becomes of the fields of an answer.

use super::Resolver;
use super::lists::Target;
use super::outcome::Body;
use crate::diag::{Code, nearest};
use crate::mapping::{self, OffsetFrom, SettingKind, Word};
use crate::model::convert::{Asked, convert};
use crate::model::{GiveHow, GivePlan, OffsetPlan, ReadPlan, ReadVerb, ReplyPlan, WirePath};
use crate::spec::{Prop, Schema, SchemaKind, TypeId, TypeKind};
use crate::uniform::Ty;

impl<'m> Resolver<'m, '_> {
    pub(super) fn reply(&mut self, reply: &'m mapping::Reply, call: usize, operation: usize) -> ReplyPlan {
        let api_operation = &self.api.operations[call];
        let mut responses = Vec::new();
        for status in &reply.statuses {
            match api_operation.responses.iter().position(|response| response.status == Some(*status)) {
                Some(index) => responses.push(index),
                None if api_operation.broken_responses => {}
                None => {
                    let message = format!("`{}` documents no status {status}", api_operation.id);
                    self.diags.error(Code::M004, reply.span, message).secondary(api_operation.span, "the operation");
                }
            }
        }
        let schemas: Vec<_> = responses.iter().map(|index| api_operation.responses[*index].body.as_ref()).collect();
        let mut objects = schemas.iter().map(|body| body.and_then(|schema| self.api.props(schema)));
        let object = objects.next().flatten();
        // Without a status, nothing is known of the body that was meant.
        let mut body = Body {
            ty: object.map(|(ty, _)| ty),
            broken: responses.len() < reply.statuses.len()
                || responses.is_empty()
                || schemas.iter().flatten().any(|schema| self.api.broken(schema)),
        };
        if objects.any(|other| other.map(|(id, _)| id) != body.ty) && !body.broken {
            let message = "these statuses have different bodies, so each needs its own entry";
            self.diags.error(Code::M010, reply.span, message);
            body.broken = true;
        }
        self.told(reply, responses, &schemas, object, body, operation)
    }

    /// How the body of a message is read, and what it proves.
    pub(super) fn told(
        &mut self,
        reply: &'m mapping::Reply,
        responses: Vec<usize>,
        bodies: &[Option<&'m Schema>],
        object: Option<(TypeId, &'m [Prop])>,
        mut body: Body,
        operation: usize,
    ) -> ReplyPlan {
        let target = Target { output: self.uniform.operations[operation].output, list: None };
        let read = match (&reply.read, object) {
            (Some((span, fields)), Some((ty, props))) => Some((ty, self.reads(fields, ty, props, &target), *span)),
            (Some((span, fields)), None) => {
                self.mention_reads(fields);
                self.no_object(&mut body, *span);
                None
            }
            (None, _) => None,
        };
        let elements = reply.elements.as_ref().and_then(|(span, each)| {
            let elements = self.elements(each, bodies, *span, &target);
            body.broken |= elements.is_none();
            elements
        });
        let rules: Vec<_> = reply.outcome.iter().map(|rule| self.rule(rule, &mut body, operation)).collect();
        ReplyPlan {
            responses,
            span: reply.span,
            read,
            elements,
            broken_body: body.broken,
            broken_rules: rules.is_empty() || rules.iter().any(Option::is_none),
            rules: rules.into_iter().flatten().collect(),
        }
    }

    pub(super) fn reads(
        &mut self,
        fields: &'m [mapping::Read],
        ty: TypeId,
        props: &'m [Prop],
        target: &Target,
    ) -> Vec<ReadPlan> {
        let mut plans = Vec::new();
        let broken = |prop: usize, field: &mapping::Read| ReadPlan {
            prop,
            verb: ReadVerb::Ignore,
            broken: true,
            span: field.name.span,
        };
        for field in fields {
            let Some(index) = self.prop(props, &self.api.ty(ty).name, &field.name) else {
                self.mention_read(&field.verb);
                // The field that was meant counts as read.
                let unread = props.iter().filter(|prop| !fields.iter().any(|field| field.name.text == prop.wire));
                if let Some(near) = nearest(&field.name.text, unread.map(|prop| prop.wire.as_str())) {
                    plans.push(broken(props.iter().position(|prop| prop.wire == near).expect("just found"), field));
                }
                continue;
            };
            match self.read(field, &props[index].schema, target) {
                Some(verb) => plans.push(ReadPlan { prop: index, verb, broken: false, span: field.name.span }),
                None => {
                    self.mention_read(&field.verb);
                    plans.push(broken(index, field));
                }
            }
        }
        plans
    }

    /// `None` when an error tells what is wrong with the line.
    fn read(&mut self, field: &'m mapping::Read, schema: &'m Schema, target: &Target) -> Option<ReadVerb> {
        match &field.verb {
            mapping::ReadVerb::Give(gives) if gives.iter().any(|give| give.path.text == "page.cursor") => {
                self.cursor(gives, schema)
            }
            mapping::ReadVerb::Give(gives) => {
                let gives: Vec<_> = gives.iter().map(|give| self.give(give, schema, target)).collect();
                Some(ReadVerb::Give(gives.into_iter().collect::<Option<_>>()?))
            }
            mapping::ReadVerb::ExpectKey(span) => {
                self.asked_by_key(*span);
                if !matches!(self.api.shape(schema), SchemaKind::Text { .. }) {
                    self.shape_error(schema, *span, |found| format!("the key is text, and the field is {found}"));
                }
                Some(ReadVerb::ExpectKey)
            }
            mapping::ReadVerb::Expect(word) => Some(ReadVerb::Expect(self.literal(word, None, schema)?)),
            mapping::ReadVerb::Compare(word) => Some(ReadVerb::Compare(self.compared(word, schema)?)),
            mapping::ReadVerb::FindKey(span) => {
                if !self.listening {
                    self.diags
                        .error(Code::M010, *span, "an answer is to a request whose key is known")
                        .help("say `expect: key`");
                    return None;
                }
                if !matches!(self.api.shape(schema), SchemaKind::Text { .. }) {
                    self.shape_error(schema, *span, |found| format!("the key is text, and the field is {found}"));
                }
                Some(ReadVerb::FindKey(*span))
            }
            mapping::ReadVerb::Match(span) => Some(ReadVerb::Match(*span)),
            mapping::ReadVerb::Ignore => Some(ReadVerb::Ignore),
            mapping::ReadVerb::Fields(inner) => {
                let (ty, props) = self.object(schema, field.name.span)?;
                Some(ReadVerb::Fields(ty, self.reads(inner, ty, props, target)))
            }
            mapping::ReadVerb::Each(each) => self.each_read(each, schema, field.name.span, target).map(ReadVerb::Each),
            mapping::ReadVerb::Broken => None,
        }
    }

    fn give(&mut self, give: &'m mapping::Give, schema: &'m Schema, target: &Target) -> Option<GivePlan> {
        let path = self.target(&give.path, target)?;
        let field = path.last(self.uniform);
        let offset = self.offset(give.offset.as_ref())?;
        let none_before = match &give.none_before {
            None => None,
            Some(word) => {
                let day = crate::uniform::parse_day(&word.text);
                if day.is_none() || !matches!(field.ty, Ty::Moment | Ty::Date) {
                    self.diags.error(
                        Code::M010,
                        word.span,
                        "`none_before` is a day such as \"1971-01-01\", of a day or a moment",
                    );
                    return None;
                }
                day
            }
        };
        if let Some(word) = &give.omit {
            if word.text != "zero" {
                self.diags.error(Code::S003, word.span, "`omit` of what is given is `zero`");
                return None;
            }
            if field.ty != Ty::Int {
                let message = format!("`{}` is no whole number, so `omit: zero` never applies", path.text);
                self.diags.error(Code::M004, word.span, message);
                return None;
            }
        }
        let omit_zero = give.omit.is_some();
        let none_if_zero = give.none_if_zero.as_ref().map(|word| word.text.clone());
        let plan = |how, query| GivePlan {
            target: path.clone(),
            how,
            query,
            none_before,
            omit_zero,
            none_if_zero: none_if_zero.clone(),
        };
        for (name, word) in [("query", &give.query), ("none_if_zero", &give.none_if_zero)] {
            if let Some(word) = word
                && !matches!(self.api.shape(schema), SchemaKind::Text { .. })
            {
                self.shape_error(schema, word.span, |found| format!("`{name}` is of a text, and the field is {found}"));
                return None;
            }
        }
        if !give.parts.is_empty() {
            if field.ty != Ty::Moment {
                self.diags.error(Code::M010, give.path.span, format!("`{}` is no date and time", path.text));
            }
            let root = self.object(schema, give.path.span)?.0;
            let parts: Vec<_> = give.parts.iter().map(|part| self.part(part, root)).collect();
            return Some(plan(GiveHow::Parts(parts.into_iter().collect::<Option<_>>()?, offset), None));
        }
        let table = give.table.as_ref().and_then(|word| self.table_named(word));
        if give.table.is_some() && table.is_none() {
            return None;
        }
        // What is read may have more digits than the model holds; it is then told as unread, never rounded.
        let refuse = Word { text: "refuse".to_owned(), span: give.path.span };
        let inexact = (field.ty == Ty::Quantity).then_some(&refuse);
        let (unit, format) = (give.unit.as_ref(), give.format.as_ref());
        let asked = Asked { table, unit, inexact, format, offset, span: give.path.span };
        let convert = convert(field, schema, self.api, &asked, self.diags);
        self.broken.tables |= convert.is_none() && matches!(field.ty, Ty::Enum(_));
        Some(plan(GiveHow::Convert(convert?), give.query.as_ref().map(|word| word.text.clone())))
    }

    /// What was sent at a path of a body that an operation sends, and has the shape of what is answered.
    fn compared(&mut self, word: &Word, schema: &Schema) -> Option<String> {
        let Some((ty, _)) = self.api.props(schema) else {
            self.shape_error(schema, word.span, |found| format!("`compare` is of an object, and the field is {found}"));
            return None;
        };
        let sent = self.mapping.operations.iter().filter_map(|operation| match &operation.kind {
            mapping::OperationKind::Mapped(mapped) if mapped.body.is_some() => Some(mapped.call.first()),
            _ => None,
        });
        for call in sent {
            let operation = self.api.operations.iter().find(|operation| operation.id == call.text);
            let mut at = operation.and_then(|operation| operation.body.as_ref());
            for name in word.text.split('.') {
                at = at.and_then(|schema| {
                    let (_, props) = self.api.props(schema)?;
                    props.iter().find(|prop| prop.wire == name).map(|prop| &prop.schema)
                });
            }
            if at.and_then(|schema| self.api.props(schema)).is_some_and(|(id, _)| id == ty) {
                return Some(word.text.clone());
            }
        }
        let message = format!("no body that is sent has `{}` with the shape of this field", word.text);
        self.diags.error(Code::M005, word.span, message).secondary(schema.span, "the provider's field");
        None
    }

    pub(super) fn offset(&mut self, offset: Option<&OffsetFrom>) -> Option<OffsetPlan> {
        match offset {
            None => Some(OffsetPlan::None),
            Some(OffsetFrom::Setting(word)) => {
                let index = self.setting(word)?;
                let setting = &self.mapping.settings[index];
                if setting.kind != SettingKind::Offset {
                    self.diags
                        .error(Code::M010, word.span, format!("the setting `{}` is no offset", word.text))
                        .secondary(setting.name.span, "the setting");
                }
                Some(OffsetPlan::Setting(index))
            }
            Some(OffsetFrom::Fixed(word)) => {
                let minutes = mapping::offset(&word.text);
                if minutes.is_none() {
                    self.diags.error(Code::M010, word.span, "an offset is written \"+03:00\"");
                }
                minutes.map(OffsetPlan::Fixed)
            }
        }
    }

    /// A part of a time.
    fn part(&mut self, word: &Word, root: TypeId) -> Option<WirePath> {
        let path = self.wire_path(word, root)?;
        let schema = self.schema_at(&path);
        if !matches!(self.api.shape(schema), SchemaKind::Integer) && !self.api.broken(schema) {
            self.diags.error(Code::M010, word.span, "a part of a time is a whole number");
        }
        Some(path)
    }

    /// A dotted path of properties from an object.
    pub(super) fn wire_path(&mut self, word: &Word, root: TypeId) -> Option<WirePath> {
        let mut steps = Vec::new();
        let mut above: Option<&Schema> = None;
        for name in word.text.split('.') {
            let ty = match above {
                None => Some(root),
                Some(schema) => self.api.props(schema).map(|(id, _)| id),
            };
            let Some(id) = ty else {
                if above.is_some_and(|schema| !self.api.broken(schema)) {
                    self.diags.error(Code::M005, word.span, format!("`{}` goes on below a value", word.text));
                }
                return None;
            };
            let TypeKind::Object(props) = &self.api.ty(id).kind else { return None };
            let step = Word { text: name.to_owned(), span: word.span };
            let index = self.prop(props, &self.api.ty(id).name, &step)?;
            steps.push((id, index));
            above = Some(&props[index].schema);
        }
        Some(WirePath(steps))
    }

    /// The shape at the end of a path.
    pub(super) fn schema_at(&self, path: &WirePath) -> &'m Schema {
        let (ty, prop) = *path.0.last().expect("a path has an end");
        let TypeKind::Object(props) = &self.api.ty(ty).kind else { unreachable!("paths go through objects") };
        &props[prop].schema
    }
}
