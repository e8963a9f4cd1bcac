//! Where the value of a field comes from.

use super::Resolver;
use super::request::Scope;
use crate::diag::Code;
use crate::mapping::{Absent, ConstKind, ListRow, Omit, SettingKind, Take, Unit, Verb, Word};
use crate::model::convert::TableRef;
use crate::model::convert::{Asked, Convert, convert, wire_kind};
use crate::model::{AbsentPlan, Literal, RowPlan, TakePlan, UPath, Value, WITH_ELSEWHERE};
use crate::spec::{Prop, Schema, SchemaKind, TypeId, TypeKind};
use crate::tree::Span;
use crate::uniform::{Field, Shape, Ty};

impl<'m> Resolver<'m, '_> {
    /// The value of a line; `None` when an error tells what is wrong with it.
    pub(super) fn value_of(
        &mut self,
        verb: &'m Verb,
        schema: &'m Schema,
        span: Span,
        scope: &Scope<'m>,
    ) -> Option<Value> {
        match verb {
            Verb::Take(take) if take.path.text.starts_with("page.") => self.page(take, schema),
            Verb::Take(take) if take.path.text == "key" => {
                self.asked_by_key(take.path.span);
                if !matches!(self.api.shape(schema), SchemaKind::Text { .. }) {
                    self.shape_error(schema, take.path.span, |found| {
                        format!("the key is text, and the field is {found}")
                    });
                }
                match &take.unit {
                    None => Some(Value::Key(false)),
                    Some(Unit::Is(word)) if word.text == "uuid" => Some(Value::Key(true)),
                    Some(Unit::Is(word) | Unit::Decided { setting: word, .. }) => {
                        self.diags.error(Code::M010, word.span, "the key has no unit but `uuid`");
                        None
                    }
                }
            }
            Verb::Take(take) => Some(Value::Take(self.take(take, schema, scope)?)),
            Verb::Lift { take, mixed } => {
                let plan = self.take(take, schema, &Scope { list: self.list_of(take, scope), ..*scope })?;
                if plan.path.list(self.uniform) == 0 {
                    self.diags.error(Code::M010, take.path.span, "`lift` is of a field of a list's elements");
                    return None;
                }
                Some(Value::Lift(plan, *mixed))
            }
            Verb::Sum(take) => {
                let plan = self.take(take, schema, &Scope { list: self.list_of(take, scope), ..*scope })?;
                let optional = plan.path.optional(self.uniform) && plan.path.last(self.uniform).otherwise.is_none();
                if plan.path.list(self.uniform) == 0 || plan.path.last(self.uniform).ty != Ty::Money || optional {
                    let message = "`sum` adds up money that every element of a list has";
                    self.diags.error(Code::M010, take.path.span, message);
                    return None;
                }
                Some(Value::Sum(plan))
            }
            Verb::Const(word, kind) => Some(Value::Const(self.literal(word, Some(*kind), schema)?)),
            Verb::Setting(word, absent, _) => {
                let index = self.setting(word)?;
                self.setting_fits(index, word, schema);
                Some(Value::Setting(index, self.absent(absent, schema, scope)?))
            }
            Verb::Fields(sets) => {
                let (ty, props) = self.object(schema, span)?;
                Some(Value::Object(ty, self.sets(sets, props, &self.api.ty(ty).name, scope)))
            }
            Verb::As(variant, sets) => {
                let (union, index, inner) = self.variant(variant, schema)?;
                let (ty, props) = self.object(inner, span)?;
                let object = Value::Object(ty, self.sets(sets, props, &self.api.ty(ty).name, scope));
                Some(Value::As(union, index, Box::new(object)))
            }
            Verb::Each(word, inner_verb) => {
                let path = self.list_path(word, scope)?;
                let inner = self.list(schema, span, "each")?;
                let inner_scope = Scope { list: Some(path.clone()), ..*scope };
                let value = match &**inner_verb {
                    Verb::Rows(rows) => Value::Rows(self.rows(rows, inner, span, &inner_scope)?),
                    verb => self.value_of(verb, inner, span, &inner_scope)?,
                };
                Some(Value::Each(path, Box::new(value)))
            }
            Verb::Group { list, by, sets } => {
                let path = self.list_path(list, scope)?;
                let by_path = UPath::resolve(self.uniform, scope.input, by, self.diags)?;
                let field = by_path.last(self.uniform);
                let own = by_path.steps.len() == path.steps.len() + 1 && path.covers(&by_path);
                if !own || field.shape != Shape::One || !matches!(field.ty, Ty::Enum(_)) {
                    let message = format!("`by` is an enumeration that every element of `{}` has", path.text);
                    self.diags.error(Code::M010, by.span, message);
                    return None;
                }
                let inner = self.list(schema, span, "group")?;
                let (ty, props) = self.object(inner, span)?;
                let inner_scope = Scope { list: Some(path.clone()), ..*scope };
                let sets = self.sets(sets, props, &self.api.ty(ty).name, &inner_scope);
                Some(Value::Group(path, by_path, ty, sets))
            }
            Verb::List(verbs) => {
                let inner = self.list(schema, span, "list")?;
                let mut values = Vec::new();
                for verb in verbs {
                    // What is made from a list stands there element by element.
                    let many = matches!(verb, Verb::Each(..) | Verb::Group { .. } | Verb::Rows(_));
                    if let Verb::Setting(_, _, Some(with)) = verb {
                        self.diags.error(Code::M010, with.query.span, WITH_ELSEWHERE);
                    }
                    let value = self.value_of(verb, if many { schema } else { inner }, span, scope);
                    if value.is_none() {
                        self.mention(verb, scope.input);
                    }
                    values.extend(value);
                }
                let varying =
                    values.iter().filter(|value| matches!(value, Value::Each(..) | Value::Group(..) | Value::Rows(_)));
                let after = values.iter().skip_while(|value| !varies(value)).skip(1);
                if after.clone().any(|value| !varies(value) && !constant(value)) {
                    let message = "what stands after a part that varies in length has to be constant";
                    self.diags.error(Code::M010, span, message);
                    return None;
                }
                if varying.count() > 1 {
                    let message = "two parts of this list vary in length, so nothing could tell where one ends";
                    self.diags.error(Code::M010, span, message);
                    return None;
                }
                Some(Value::List(values))
            }
            Verb::Rows(rows) => {
                let inner = self.list(schema, span, "rows")?;
                Some(Value::Rows(self.rows(rows, inner, span, scope)?))
            }
            Verb::Leave => Some(Value::Leave),
            Verb::Broken(_) => None,
        }
    }

    /// A list of objects that no other is within.
    fn list_path(&mut self, word: &Word, scope: &Scope<'m>) -> Option<UPath> {
        let path = UPath::resolve(self.uniform, scope.input, word, self.diags)?;
        let field = path.last(self.uniform);
        if field.shape != Shape::List || !matches!(field.ty, Ty::Struct(_)) || scope.list.is_some() {
            self.diags.error(Code::M010, word.span, format!("`{}` is no list of objects", path.text));
            return None;
        }
        Some(path)
    }

    fn rows(&mut self, rows: &'m [ListRow], schema: &'m Schema, span: Span, scope: &Scope<'m>) -> Option<Vec<RowPlan>> {
        let mut plans: Vec<RowPlan> = Vec::new();
        for row in rows {
            let when = self.guards(&row.when, None, scope);
            let value = self.value_of(&row.verb, schema, span, scope);
            if value.is_none() {
                self.mention(&row.verb, scope.input);
            }
            plans.push(RowPlan { when: when?, value: value?, span: row.span });
        }
        for (n, plan) in plans.iter().enumerate() {
            if plans[..n].iter().any(|earlier| !told_apart(&earlier.value, &plan.value)) {
                self.diags
                    .error(Code::M010, plan.span, "nothing tells this entry from an earlier one when it is read back")
                    .help("give each a constant, in the same field, that no other has");
                return None;
            }
        }
        Some(plans)
    }

    /// The alternative of a type that a word names.
    fn variant(&mut self, word: &Word, schema: &'m Schema) -> Option<(TypeId, usize, &'m Schema)> {
        let found = match self.api.shape(schema) {
            SchemaKind::Named(id) => match &self.api.ty(*id).kind {
                TypeKind::OneOf(variants) => Some((*id, variants)),
                _ => None,
            },
            _ => None,
        };
        let Some((id, variants)) = found else {
            self.shape_error(schema, word.span, |found| {
                format!("`as` names one of several alternatives, and the field is {found}")
            });
            return None;
        };
        let name = |schema: &Schema| match &schema.kind {
            SchemaKind::Named(id) => self.api.ty(*id).name.as_str(),
            _ => "",
        };
        let names: Vec<&str> = variants.iter().map(|variant| name(&variant.schema)).collect();
        let index = names.iter().position(|name| *name == word.text);
        let Some(index) = index else {
            let message = format!("`{}` has no alternative `{}`", self.api.ty(id).name, word.text);
            self.diags.unknown_choice(Code::M005, word.span, message, &word.text, &names);
            return None;
        };
        Some((id, index, &variants[index].schema))
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
    fn list_of(&self, take: &Take, scope: &Scope<'m>) -> Option<UPath> {
        let path = UPath::find(self.uniform, scope.input, &take.path.text)?;
        let count = path.list(self.uniform);
        (count > 0).then(|| path.prefix(count))
    }

    fn take(&mut self, take: &'m Take, schema: &'m Schema, scope: &Scope<'m>) -> Option<TakePlan> {
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
        let convert = match &take.unit {
            Some(Unit::Decided { setting, when }) => self.decided_unit(setting, when, field, schema, take),
            Some(Unit::Is(word)) => convert(field, schema, self.api, &self.asked(take, table, Some(word))?, self.diags),
            None => convert(field, schema, self.api, &self.asked(take, table, None)?, self.diags),
        };
        // An enumeration that does not fit may have been meant for another table.
        self.broken.tables |= convert.is_none() && matches!(field.ty, Ty::Enum(_));
        let convert = convert?;
        match take.omit {
            Some((Omit::Zero, span)) if field.ty != Ty::Money => {
                self.diags.error(Code::M010, span, "only money can be zero");
            }
            Some((Omit::Empty, span)) if field.ty != Ty::Text || field.shape != Shape::One => {
                self.diags.error(Code::M010, span, "only a text that is always stated can be empty");
            }
            _ => {}
        }
        Some(TakePlan {
            absent: self.absent(&take.absent, schema, scope)?,
            absent_span: take.absent_span,
            path,
            convert,
            omit: take.omit.map(|(omit, _)| omit),
            span: take.path.span,
        })
    }

    /// What a line says about its conversion; `None` after a diagnostic.
    fn asked<'w>(&mut self, take: &'w Take, table: Option<TableRef>, unit: Option<&'w Word>) -> Option<Asked<'w>> {
        Some(Asked {
            table,
            unit,
            inexact: take.inexact.as_ref(),
            format: take.format.as_ref(),
            offset: self.offset(take.zone.as_ref())?,
            span: take.path.span,
        })
    }

    /// A conversion whose unit a setting decides; `None` after a diagnostic.
    fn decided_unit(
        &mut self,
        setting: &Word,
        when: &[(Word, Word)],
        field: &Field,
        schema: &Schema,
        take: &Take,
    ) -> Option<Convert> {
        let index = self.setting(setting)?;
        let choices = self.choices(index, setting, "a unit")?;
        let name = &self.mapping.settings[index].name;
        let mut units = Vec::new();
        for (choice, unit) in when {
            let choice = self.choice(name, choices, choice);
            let made = convert(field, schema, self.api, &self.asked(take, None, Some(unit))?, self.diags);
            units.push((choice?, made?));
        }
        Some(Convert::Decided(index, units))
    }

    fn absent(&mut self, absent: &'m Absent, schema: &Schema, scope: &Scope<'m>) -> Option<AbsentPlan> {
        Some(match absent {
            Absent::Omit => AbsentPlan::Omit,
            Absent::Refuse(why, span, when) => {
                AbsentPlan::Refuse(why.clone(), *span, self.guards(when, scope.props, scope)?)
            }
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
            // Neither a query nor a login is kept, so a secret may stand in it.
            (SettingKind::Secret, SchemaKind::Text { .. }) => self.asks.query,
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
            (SchemaKind::Integer | SchemaKind::NumberOrString, None | Some(ConstKind::Int)) => {
                word.text.parse().ok().map(Literal::Int)
            }
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

/// Whether two entries of a list can be told apart when they are read back: they are different alternatives, or hold
/// different constants in the same field.
fn told_apart(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::As(_, one, _), Value::As(_, other, _)) => one != other,
        (Value::Object(_, sets), Value::Object(_, others)) => sets.iter().any(|set| {
            let constant = |value: &Value| match value {
                Value::Const(literal) => Some(literal.clone()),
                _ => None,
            };
            let same = others.iter().find(|other| other.prop == set.prop);
            matches!((constant(&set.value), same.and_then(|same| constant(&same.value))), (Some(a), Some(b)) if a != b)
        }),
        _ => false,
    }
}

/// Whether what stands in a list may be any number of elements.
fn varies(value: &Value) -> bool {
    matches!(value, Value::Each(..) | Value::Group(..) | Value::Rows(_))
}

/// Whether a value is always the same for one account.
fn constant(value: &Value) -> bool {
    match value {
        Value::Const(_) | Value::Setting(..) | Value::Leave => true,
        Value::Object(_, sets) => sets.iter().all(|set| set.when.is_empty() && constant(&set.value)),
        Value::As(_, _, inner) => constant(inner),
        _ => false,
    }
}
