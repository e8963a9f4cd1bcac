//! Where the value of a field comes from.

use super::Resolver;
use super::request::Scope;
use crate::diag::Code;
use crate::mapping::{Absent, ConstKind, SettingKind, Take, Verb, Word};
use crate::model::convert::{Asked, convert, wire_kind};
use crate::model::{AbsentPlan, Literal, OffsetPlan, TakePlan, UPath, Value};
use crate::source::Span;
use crate::spec::{Prop, Schema, SchemaKind, TypeId};
use crate::uniform::{Shape, Ty};

impl<'m> Resolver<'m, '_> {
    /// The value of a line; `None` when an error tells what is wrong with it.
    pub(super) fn value_of(&mut self, verb: &'m Verb, schema: &'m Schema, span: Span, scope: &Scope) -> Option<Value> {
        match verb {
            Verb::Take(take) if take.path.text == "key" => {
                if !matches!(self.api.shape(schema), SchemaKind::Text { .. }) {
                    self.shape_error(schema, take.path.span, |found| {
                        format!("the key is text, and the field is {found}")
                    });
                }
                Some(Value::Key)
            }
            Verb::Take(take) => Some(Value::Take(self.take(take, schema, scope)?)),
            Verb::Lift { take, omit_mixed } => {
                let plan = self.take(take, schema, &Scope { list: self.list_of(take, scope), ..*scope })?;
                if plan.path.list(self.uniform) == 0 {
                    self.diags.error(Code::M010, take.path.span, "`lift` is of a field of a list's elements");
                    return None;
                }
                Some(Value::Lift(plan, *omit_mixed))
            }
            Verb::Const(word, kind) => Some(Value::Const(self.literal(word, Some(*kind), schema)?)),
            Verb::Setting(word, absent) => {
                let index = self.setting(word)?;
                self.setting_fits(index, word, schema);
                Some(Value::Setting(index, self.absent(absent, schema)?))
            }
            Verb::Fields(sets) => {
                let (ty, props) = self.object(schema, span)?;
                Some(Value::Object(ty, self.sets(sets, props, &self.api.ty(ty).name, scope)))
            }
            Verb::Each(word, sets) => {
                let path = UPath::resolve(self.uniform, scope.input, word, self.diags)?;
                let field = path.last(self.uniform);
                if field.shape != Shape::List || !matches!(field.ty, Ty::Struct(_)) || scope.list.is_some() {
                    self.diags.error(Code::M010, word.span, format!("`{}` is no list of objects", path.text));
                    return None;
                }
                let inner = self.list(schema, span, "each")?;
                let (ty, props) = self.object(inner, span)?;
                let inner_scope = Scope { list: Some(path.clone()), ..*scope };
                let sets = self.sets(sets, props, &self.api.ty(ty).name, &inner_scope);
                Some(Value::Each(path, ty, sets))
            }
            Verb::List(verbs) => {
                let inner = self.list(schema, span, "list")?;
                let mut values = Vec::new();
                for verb in verbs {
                    let value = self.value_of(verb, inner, span, scope);
                    if value.is_none() {
                        self.mention(verb, scope.input);
                    }
                    values.extend(value);
                }
                Some(Value::List(values))
            }
            Verb::Leave => Some(Value::Leave),
            Verb::Broken(_) => None,
        }
    }

    pub(super) fn object(&mut self, schema: &'m Schema, span: Span) -> Option<(TypeId, &'m [Prop])> {
        let found = self.api.props(schema);
        if found.is_none() {
            self.shape_error(schema, span, |found| format!("`fields` fills an object, and the field is {found}"));
        }
        found
    }

    /// What a list on the wire is of.
    fn list(&mut self, schema: &'m Schema, span: Span, verb: &str) -> Option<&'m Schema> {
        if let SchemaKind::List(inner) = self.api.shape(schema) {
            return Some(inner);
        }
        self.shape_error(schema, span, |found| format!("`{verb}` fills a list, and the field is {found}"));
        None
    }

    /// The list whose elements a path goes through, for `lift`.
    fn list_of(&self, take: &Take, scope: &Scope) -> Option<UPath> {
        let path = UPath::find(self.uniform, scope.input, &take.path.text)?;
        let count = path.list(self.uniform);
        (count > 0).then(|| path.prefix(count))
    }

    fn take(&mut self, take: &'m Take, schema: &'m Schema, scope: &Scope) -> Option<TakePlan> {
        let path = UPath::resolve(self.uniform, scope.input, &take.path, self.diags)?;
        let list = path.list(self.uniform);
        let inside = scope.list.as_ref().map_or(0, |list| list.steps.len());
        if list > 0 && scope.list.as_ref().is_none_or(|scope| !scope.covers(&path.prefix(list))) || list > inside {
            let name = path.prefix(list).text;
            self.diags
                .error(
                    Code::M010,
                    take.path.span,
                    format!("`{}` is of an element of `{name}`, and which one is not said", path.text),
                )
                .help(format!("stand below `each: {name}`, or `lift` it"));
            return None;
        }
        let field = path.last(self.uniform);
        if field.own {
            let message = format!("`{}` is Kassa's own and never sent", path.text);
            self.diags.error(Code::M010, take.path.span, message).secondary(field.span, "declared so");
            return None;
        }
        let table = take.table.as_ref().and_then(|word| self.table_named(word));
        if take.table.is_some() && table.is_none() {
            return None;
        }
        let asked = Asked {
            table,
            unit: take.unit.as_ref(),
            inexact: take.inexact.as_ref(),
            offset: OffsetPlan::None,
            span: take.path.span,
        };
        let convert = convert(field, schema, self.api, &asked, self.diags);
        // An enumeration that does not fit may have been meant for another table.
        self.broken.tables |= convert.is_none() && matches!(field.ty, Ty::Enum(_));
        let convert = convert?;
        if let Some(span) = take.omit_zero
            && field.ty != Ty::Money
        {
            self.diags.error(Code::M010, span, "only money can be zero");
        }
        Some(TakePlan {
            absent: self.absent(&take.absent, schema)?,
            absent_span: take.absent_span,
            path,
            convert,
            omit_zero: take.omit_zero.is_some(),
            span: take.path.span,
        })
    }

    fn absent(&mut self, absent: &Absent, schema: &Schema) -> Option<AbsentPlan> {
        Some(match absent {
            Absent::Omit => AbsentPlan::Omit,
            Absent::Refuse(why, span) => AbsentPlan::Refuse(why.clone(), *span),
            Absent::Setting(word) => {
                let index = self.setting(word)?;
                self.setting_fits(index, word, schema);
                AbsentPlan::Setting(index)
            }
        })
    }

    fn setting_fits(&mut self, index: usize, word: &Word, schema: &Schema) {
        let setting = &self.mapping.settings[index];
        let fits = match (&setting.kind, self.api.shape(schema)) {
            (SettingKind::Text, SchemaKind::Text { .. }) | (SettingKind::Bool, SchemaKind::Bool) => true,
            (SettingKind::OneOf(choices), _) => match self.api.enumeration(schema) {
                Some((id, def)) => choices.iter().all(|choice| {
                    let code = def.values.iter().position(|value| &value.wire == choice);
                    self.used_codes.extend(code.map(|code| (id, code)));
                    code.is_some()
                }),
                None => matches!(self.api.shape(schema), SchemaKind::Text { .. }),
            },
            _ => false,
        };
        if !fits && !self.api.broken(schema) {
            let message = format!("the setting `{}` cannot become {}", word.text, wire_kind(schema, self.api));
            self.diags.error(Code::M010, word.span, message).secondary(setting.name.span, "the setting");
        }
    }

    /// A literal of a shape.
    pub(super) fn literal(&mut self, word: &Word, kind: Option<ConstKind>, schema: &Schema) -> Option<Literal> {
        if let Some((id, def)) = self.api.enumeration(schema) {
            let found = def.values.iter().position(|value| value.wire == word.text);
            if found.is_none() {
                self.enum_code(id, word);
            }
            self.use_code(id, word);
            return Some(Literal::Variant(id, found?));
        }
        let literal = match (self.api.shape(schema), kind) {
            (SchemaKind::Text { .. }, None | Some(ConstKind::Text)) => Some(Literal::Text(word.text.clone())),
            (SchemaKind::Integer, None | Some(ConstKind::Int)) => word.text.parse().ok().map(Literal::Int),
            (SchemaKind::Number, None | Some(ConstKind::Int)) => {
                word.text.parse::<i64>().ok().map(|_| Literal::Number(word.text.clone()))
            }
            (SchemaKind::Bool, None | Some(ConstKind::Bool)) => word.text.parse().ok().map(Literal::Bool),
            _ => None,
        };
        if literal.is_none() && !self.api.broken(schema) {
            let message = format!("`{}` is not {}", word.text, wire_kind(schema, self.api));
            self.diags.error(Code::M010, word.span, message).secondary(schema.span, "the provider's field");
        }
        literal
    }
}
