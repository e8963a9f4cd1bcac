//! From names to things: paths, properties, tables, settings, classes, codes.

use std::collections::BTreeSet;

use super::convert::{Asked, convert, wire_kind};
use super::{
    AbsentPlan, CellPlan, Condition, ImpliedPlan, Literal, MappedPlan, OffsetPlan, OperationKind, OperationPlan, Plan,
    ReadPlan, ReadVerb, ReplyPlan, RequirePlan, RulePlan, SetPlan, TablePlan, TakePlan, ThenPlan, UPath, Value,
    WirePath,
};
use crate::diag::{Code, Diagnostics};
use crate::mapping::{self, Absent, Cell, ConstKind, Mapping, OffsetFrom, SettingKind, Take, Test, Then, Verb, Word};
use crate::source::Span;
use crate::spec::{Api, Place, Prop, Schema, SchemaKind, TypeId, TypeKind};
use crate::uniform::{Shape, Ty, Uniform};

/// Resolves the mapping of the provider in the folder `name`.
pub fn resolve(name: &str, api: Api, mapping: Mapping, uniform: &Uniform, diags: &mut Diagnostics) -> Plan {
    let mut resolver = Resolver {
        api: &api,
        mapping: &mapping,
        uniform,
        tables: Vec::new(),
        used_settings: BTreeSet::new(),
        used_tables: BTreeSet::new(),
        used_errors: BTreeSet::new(),
        diags,
    };
    resolver.duplicates();
    for table in &mapping.tables {
        let table = resolver.table(table);
        resolver.tables.push(table);
    }
    let errors = resolver.error_tables();
    let security = resolver.security();
    let statuses =
        mapping.statuses.iter().filter_map(|status| Some((status.code, resolver.then(&status.then, None)?))).collect();
    let operations = mapping.operations.iter().filter_map(|operation| resolver.operation(operation)).collect();
    let Resolver { tables, used_settings, used_tables, used_errors, .. } = resolver;
    Plan {
        name: name.to_owned(),
        tables,
        errors,
        security,
        statuses,
        operations,
        used_settings,
        used_tables,
        used_errors,
        api,
        mapping,
    }
}

struct Resolver<'m, 'd> {
    api: &'m Api,
    mapping: &'m Mapping,
    uniform: &'m Uniform,
    tables: Vec<TablePlan>,
    used_settings: BTreeSet<usize>,
    used_tables: BTreeSet<usize>,
    used_errors: BTreeSet<usize>,
    diags: &'d mut Diagnostics,
}

impl<'m> Resolver<'m, '_> {
    /// Settings become fields of one struct, tables modules of one file: names that differ in case alone would meet.
    fn duplicates(&mut self) {
        let settings = self.mapping.settings.iter().map(|setting| &setting.name);
        let groups: [Vec<&Word>; 3] = [
            settings.collect(),
            self.mapping.tables.iter().map(|table| &table.name).collect(),
            self.mapping.errors.iter().map(|table| &table.name).collect(),
        ];
        for group in groups {
            for (n, word) in group.iter().enumerate() {
                let name = crate::names::field_name(&word.text);
                if name != word.text {
                    let message = format!("`{}` has to be written in snake case", word.text);
                    self.diags.error(Code::S003, word.span, message).help(format!("write `{name}`"));
                } else if let Some(first) = group[..n].iter().find(|other| other.text == word.text) {
                    self.diags
                        .error(Code::S004, word.span, "this name stands twice")
                        .secondary(first.span, "first here");
                }
            }
        }
    }

    fn setting(&mut self, word: &Word) -> Option<usize> {
        let found = self.mapping.settings.iter().position(|setting| setting.name.text == word.text);
        match found {
            Some(index) => _ = self.used_settings.insert(index),
            None => {
                let known = self.mapping.settings.iter().map(|setting| setting.name.text.as_str());
                self.diags.unknown(
                    Code::M005,
                    word.span,
                    format!("no such setting: `{}`", word.text),
                    &word.text,
                    known,
                );
            }
        }
        found
    }

    fn security(&mut self) -> Vec<Option<usize>> {
        let mut all = vec![None; self.api.schemes.len()];
        for (name, setting) in &self.mapping.security {
            let setting = self.setting(setting);
            match self.api.schemes.iter().position(|scheme| scheme.name == name.text) {
                Some(index) => all[index] = setting,
                None => {
                    let known = self.api.schemes.iter().map(|scheme| scheme.name.as_str());
                    let message = format!("no such security scheme: `{}`", name.text);
                    self.diags.unknown(Code::M005, name.span, message, &name.text, known);
                }
            }
        }
        for (scheme, setting) in self.api.schemes.iter().zip(&all) {
            if setting.is_none() {
                let span = self.mapping.operations_span;
                self.diags
                    .error(Code::M002, span, format!("no setting feeds the security scheme `{}`", scheme.name))
                    .secondary(scheme.span, "declared here")
                    .help(format!("add `security: {{ {}: {{ setting: … }} }}`", scheme.name));
            }
        }
        all
    }

    fn class(&mut self, word: &Word) -> Option<usize> {
        let found = self.uniform.classes.iter().position(|class| class.name == word.text);
        if found.is_none() {
            let known = self.uniform.classes.iter().map(|class| class.name.as_str());
            self.diags.unknown(
                Code::M005,
                word.span,
                format!("no such error class: `{}`", word.text),
                &word.text,
                known,
            );
        }
        found
    }

    fn error_tables(&mut self) -> Vec<Vec<usize>> {
        let mut all = Vec::new();
        for table in &self.mapping.errors {
            for row in &table.rows {
                if row.code.text.parse::<i64>().is_err() {
                    self.diags.error(Code::M010, row.code.span, "error codes are whole numbers");
                }
            }
            all.push(table.rows.iter().map(|row| self.class(&row.class).unwrap_or(0)).collect());
        }
        all
    }

    fn table(&mut self, table: &mapping::Table) -> TablePlan {
        let uniform = self.uniform.enum_named(&table.uniform.text);
        if uniform.is_none() {
            let known = self.uniform.enums.iter().map(|item| item.name.as_str());
            let message = format!("no such enumeration: `{}`", table.uniform.text);
            self.diags.unknown(Code::M005, table.uniform.span, message, &table.uniform.text, known);
        }
        let provider = table.provider.as_ref().and_then(|word| {
            let named =
                self.api.types.iter().position(|ty| ty.name == word.text && matches!(ty.kind, TypeKind::Enum(_)));
            if named.is_none() {
                let enums = self.api.types.iter().filter(|ty| matches!(ty.kind, TypeKind::Enum(_)));
                let known = enums.map(|ty| ty.name.as_str());
                let message = format!("the provider has no enum `{}`", word.text);
                self.diags.unknown(Code::M005, word.span, message, &word.text, known);
            }
            named.map(TypeId)
        });
        let mut rows: Vec<(usize, CellPlan)> = Vec::new();
        for row in &table.rows {
            let value = uniform.and_then(|of| self.value(of, &row.value));
            let cell = match &row.cell {
                Cell::Code { code, reads_as } => {
                    self.code(provider, code);
                    let reads_as = reads_as.as_ref().and_then(|word| self.value(uniform?, word));
                    Some(CellPlan::Code(code.text.clone(), reads_as))
                }
                Cell::Unsupported(reason) => Some(CellPlan::Unsupported(reason.clone())),
                Cell::Decided { setting, when } => self.setting(setting).map(|index| {
                    let when = when.iter().filter_map(|(choice, code)| {
                        self.code(provider, code);
                        Some((self.choice(index, choice)?, code.text.clone()))
                    });
                    CellPlan::Decided(index, when.collect())
                }),
            };
            if let (Some(value), Some(cell)) = (value, cell) {
                rows.push((value, cell));
            }
        }
        for (code, _) in &table.other_codes {
            self.code(provider, code);
        }
        TablePlan { uniform, provider, rows }
    }

    fn value(&mut self, of: usize, word: &Word) -> Option<usize> {
        let item = &self.uniform.enums[of];
        let found = item.values.iter().position(|value| value.name == word.text);
        if found.is_none() {
            let known = item.values.iter().map(|value| value.name.as_str());
            let message = format!("`{}` has no value `{}`", item.name, word.text);
            self.diags
                .unknown(Code::M005, word.span, message, &word.text, known)
                .secondary(item.span, "the enumeration");
        }
        found
    }

    fn choice(&mut self, setting: usize, word: &Word) -> Option<usize> {
        let setting = &self.mapping.settings[setting];
        let SettingKind::OneOf(choices) = &setting.kind else {
            let message = format!("`{}` is no choice, so it cannot decide a row", setting.name.text);
            self.diags.error(Code::M010, word.span, message).secondary(setting.name.span, "the setting");
            return None;
        };
        let found = choices.iter().position(|choice| choice == &word.text);
        if found.is_none() {
            let message = format!("`{}` is never `{}`", setting.name.text, word.text);
            let known = choices.iter().map(String::as_str);
            self.diags
                .unknown(Code::M005, word.span, message, &word.text, known)
                .secondary(setting.name.span, "the setting");
        }
        found
    }

    /// M009: a code is one that the provider has.
    fn code(&mut self, provider: Option<TypeId>, word: &Word) {
        let Some(ty) = provider.map(|id| self.api.ty(id)) else {
            if word.text.parse::<i64>().is_err() {
                self.diags.error(Code::M010, word.span, "without a provider enum, codes are whole numbers");
            }
            return;
        };
        let TypeKind::Enum(def) = &ty.kind else { return };
        if !def.values.iter().any(|value| value.wire == word.text) {
            let known: Vec<_> = def.values.iter().map(|value| value.wire.as_str()).collect();
            let message = format!("the provider's `{}` has no code {}", ty.name, word.text);
            self.diags
                .error(Code::M009, word.span, message)
                .secondary(ty.span, "the enum")
                .help(format!("it has {}", known.join(", ")));
        }
    }

    fn operation(&mut self, map: &'m mapping::OperationMap) -> Option<OperationPlan> {
        let found = self.uniform.operations.iter().position(|operation| operation.name == map.name.text);
        let Some(operation) = found else {
            let known = self.uniform.operations.iter().map(|operation| operation.name.as_str());
            let message = format!("no such operation: `{}`", map.name.text);
            self.diags.unknown(Code::M005, map.name.span, message, &map.name.text, known);
            return None;
        };
        let kind = match &map.kind {
            mapping::OperationKind::Unsupported(reason) => OperationKind::Unsupported(reason.clone()),
            mapping::OperationKind::Mapped(mapped) => OperationKind::Mapped(Box::new(self.mapped(operation, mapped)?)),
        };
        Some(OperationPlan { operation, span: map.name.span, kind })
    }

    fn mapped(&mut self, operation: usize, mapped: &'m mapping::Mapped) -> Option<MappedPlan> {
        let Some(call) = self.api.operations.iter().position(|operation| operation.id == mapped.call.text) else {
            let known = self.api.operations.iter().map(|operation| operation.id.as_str());
            let message = format!("the provider has no operation `{}`", mapped.call.text);
            self.diags.unknown(Code::M005, mapped.call.span, message, &mapped.call.text, known);
            return None;
        };
        let api_operation = &self.api.operations[call];
        let input = self.uniform.operations[operation].input;
        let output = self.uniform.operations[operation].output;
        let scope = Scope { input, list: None };
        let mut params = Vec::new();
        for set in &mapped.params {
            let found = api_operation.params.iter().position(|param| param.prop.wire == set.name.text);
            let Some(index) = found else {
                let known = api_operation.params.iter().map(|param| param.prop.wire.as_str());
                let message = format!("`{}` has no parameter `{}`", api_operation.id, set.name.text);
                self.diags.unknown(Code::M005, set.name.span, message, &set.name.text, known);
                continue;
            };
            let prop = &api_operation.params[index].prop;
            if let Some(value) = self.value_of(&set.verb, &prop.schema, set.name.span, &scope) {
                if api_operation.params[index].place == Place::Path && !prop.required {
                    self.diags.error(Code::S006, prop.span, "a parameter in the path has to be required");
                }
                params.push(SetPlan { prop: index, value, span: set.name.span });
            }
        }
        let body = match (&mapped.body, &api_operation.body) {
            (None, _) => None,
            (Some((span, _)), None) => {
                self.diags.error(Code::M005, *span, format!("`{}` has no JSON body", api_operation.id));
                None
            }
            (Some((span, sets)), Some(schema)) => match self.api.props(schema) {
                Some((ty, props)) => Some((ty, self.sets(sets, props, &self.api.ty(ty).name, &scope), *span)),
                None => {
                    let found = wire_kind(schema, self.api);
                    self.diags.error(Code::M010, *span, format!("the body is no object, but {found}"));
                    None
                }
            },
        };
        let mut path = |word: &Word| UPath::resolve(self.uniform, input, word, self.diags);
        let require = mapped.require.iter().filter_map(|require| {
            let sum = require.sum.iter().map(&mut path).collect::<Option<Vec<_>>>()?;
            Some(RequirePlan { sum, equals: path(&require.equals)?, reason: require.reason.clone() })
        });
        let require: Vec<RequirePlan> = require.collect();
        let refuse: Vec<_> =
            mapped.refuse.iter().filter_map(|(word, why)| Some((path(word)?, why.clone(), word.span))).collect();
        let drop: Vec<_> = mapped.drop.iter().filter_map(|(word, _)| Some((path(word)?, word.span))).collect();
        for (require, plan) in mapped.require.iter().zip(&require) {
            let words = require.sum.iter().zip(&plan.sum).chain([(&require.equals, &plan.equals)]);
            for (word, path) in words {
                if path.last(self.uniform).ty != Ty::Money || path.list(self.uniform) > 0 || path.optional(self.uniform)
                {
                    self.diags.error(Code::M010, word.span, "a requirement is about money of the receipt as a whole");
                }
            }
        }
        self.refusable(&refuse);
        let implied = mapped.implied.iter().filter_map(|implied| self.implied(implied, input)).collect();
        let replies = mapped.replies.iter().map(|reply| self.reply(reply, call, operation, output)).collect();
        Some(MappedPlan { call, call_span: mapped.call.span, params, body, require, implied, refuse, drop, replies })
    }

    /// What is refused when stated has to be something that may be left unstated.
    fn refusable(&mut self, refuse: &[(UPath, String, Span)]) {
        for (path, _, span) in refuse {
            let field = path.last(self.uniform);
            if field.shape == Shape::One && !field.default {
                self.diags
                    .error(
                        Code::M010,
                        *span,
                        format!("`{}` is always stated, so it cannot be refused when it is", path.text),
                    )
                    .help("say under `implied` which value the provider takes it for");
            }
        }
    }

    fn implied(&mut self, implied: &'m mapping::Implied, input: crate::uniform::TypeId) -> Option<ImpliedPlan> {
        let path = UPath::resolve(self.uniform, input, &implied.path, self.diags)?;
        let field = path.last(self.uniform);
        let value = match field.ty {
            _ if implied.is.text == "otherwise" && field.otherwise.is_some() => None,
            Ty::Enum(of) if field.shape == Shape::One => Some(self.value(of, &implied.is)?),
            _ => {
                let message = format!(
                    "`{}` cannot be implied: it is neither a required enumeration nor has it an `otherwise`",
                    path.text
                );
                self.diags.error(Code::M010, implied.path.span, message);
                return None;
            }
        };
        Some(ImpliedPlan { path, value, reason: implied.reason.clone(), span: implied.path.span })
    }

    fn sets(&mut self, sets: &'m [mapping::Set], props: &'m [Prop], owner: &str, scope: &Scope) -> Vec<SetPlan> {
        let mut plans = Vec::new();
        for set in sets {
            let Some(index) = self.prop(props, owner, &set.name) else { continue };
            if let Some(value) = self.value_of(&set.verb, &props[index].schema, set.name.span, scope) {
                plans.push(SetPlan { prop: index, value, span: set.name.span });
            }
        }
        plans
    }

    fn prop(&mut self, props: &[Prop], owner: &str, word: &Word) -> Option<usize> {
        let found = props.iter().position(|prop| prop.wire == word.text);
        if found.is_none() {
            let known = props.iter().map(|prop| prop.wire.as_str());
            self.diags.unknown(
                Code::M005,
                word.span,
                format!("`{owner}` has no field `{}`", word.text),
                &word.text,
                known,
            );
        }
        found
    }

    fn value_of(&mut self, verb: &'m Verb, schema: &'m Schema, span: Span, scope: &Scope) -> Option<Value> {
        match verb {
            Verb::Take(take) if take.path.text == "key" => {
                if !matches!(self.api.shape(schema), SchemaKind::Text { .. }) {
                    let found = wire_kind(schema, self.api);
                    self.diags.error(Code::M010, take.path.span, format!("the key is text, and the field is {found}"));
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
                let SchemaKind::List(inner) = self.api.shape(schema) else {
                    let found = wire_kind(schema, self.api);
                    self.diags.error(Code::M010, span, format!("`each` fills a list, and the field is {found}"));
                    return None;
                };
                let (ty, props) = self.object(inner, span)?;
                let inner_scope = Scope { list: Some(path.clone()), ..*scope };
                let sets = self.sets(sets, props, &self.api.ty(ty).name, &inner_scope);
                Some(Value::Each(path, ty, sets))
            }
            Verb::List(verbs) => {
                let SchemaKind::List(inner) = self.api.shape(schema) else {
                    let found = wire_kind(schema, self.api);
                    self.diags.error(Code::M010, span, format!("`list` fills a list, and the field is {found}"));
                    return None;
                };
                Some(Value::List(verbs.iter().filter_map(|verb| self.value_of(verb, inner, span, scope)).collect()))
            }
            Verb::Leave => Some(Value::Leave),
        }
    }

    fn object(&mut self, schema: &'m Schema, span: Span) -> Option<(TypeId, &'m [Prop])> {
        let found = self.api.props(schema);
        if found.is_none() {
            let kind = wire_kind(schema, self.api);
            self.diags.error(Code::M010, span, format!("`fields` fills an object, and the field is {kind}"));
        }
        found
    }

    /// The list whose elements a path goes through, for `lift`.
    fn list_of(&self, take: &Take, scope: &Scope) -> Option<UPath> {
        let mut quiet = Diagnostics::default();
        let path = UPath::resolve(self.uniform, scope.input, &take.path, &mut quiet);
        let _ = quiet.finish();
        let path = path?;
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
        let field = path.last(self.uniform);
        if field.own {
            let message = format!("`{}` is Kassa's own and never sent", path.text);
            self.diags.error(Code::M010, take.path.span, message).secondary(field.span, "declared so");
            return None;
        }
        let convert = convert(field, schema, self.api, &asked, self.diags)?;
        if let Some(span) = take.omit_zero
            && field.ty != Ty::Money
        {
            self.diags.error(Code::M010, span, "only money can be zero");
        }
        let absent = self.absent(&take.absent, schema)?;
        Some(TakePlan { path, convert, absent, omit_zero: take.omit_zero.is_some(), span: take.path.span })
    }

    fn table_named(&mut self, word: &Word) -> Option<(usize, Option<TypeId>, Option<usize>)> {
        let found = self.mapping.tables.iter().position(|table| table.name.text == word.text);
        match found {
            Some(index) => {
                self.used_tables.insert(index);
                Some((index, self.tables[index].provider, self.tables[index].uniform))
            }
            None => {
                let known = self.mapping.tables.iter().map(|table| table.name.text.as_str());
                self.diags.unknown(Code::M005, word.span, format!("no such table: `{}`", word.text), &word.text, known);
                None
            }
        }
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
                Some((_, def)) => choices.iter().all(|choice| def.values.iter().any(|value| &value.wire == choice)),
                None => matches!(self.api.shape(schema), SchemaKind::Text { .. }),
            },
            _ => false,
        };
        if !fits {
            let message = format!("the setting `{}` cannot become {}", word.text, wire_kind(schema, self.api));
            self.diags.error(Code::M010, word.span, message).secondary(setting.name.span, "the setting");
        }
    }

    /// A literal of a shape.
    fn literal(&mut self, word: &Word, kind: Option<ConstKind>, schema: &Schema) -> Option<Literal> {
        if let Some((id, def)) = self.api.enumeration(schema) {
            let found = def.values.iter().position(|value| value.wire == word.text);
            if found.is_none() {
                self.code(Some(id), word);
            }
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
        if literal.is_none() {
            let message = format!("`{}` is not {}", word.text, wire_kind(schema, self.api));
            self.diags.error(Code::M010, word.span, message).secondary(schema.span, "the provider's field");
        }
        literal
    }

    fn reply(
        &mut self,
        reply: &'m mapping::Reply,
        call: usize,
        operation: usize,
        output: crate::uniform::TypeId,
    ) -> ReplyPlan {
        let api_operation = &self.api.operations[call];
        let mut responses = Vec::new();
        for status in &reply.statuses {
            match api_operation.responses.iter().position(|response| response.status == Some(*status)) {
                Some(index) => responses.push(index),
                None => {
                    let message = format!("`{}` documents no status {status}", api_operation.id);
                    self.diags.error(Code::M004, reply.span, message).secondary(api_operation.span, "the operation");
                }
            }
        }
        let bodies: Vec<_> = responses.iter().map(|index| api_operation.responses[*index].body.as_ref()).collect();
        let mut objects = bodies.iter().map(|body| body.and_then(|schema| self.api.props(schema)));
        let object = objects.next().flatten();
        if objects.any(|other| other.map(|(id, _)| id) != object.map(|(id, _)| id)) {
            self.diags.error(
                Code::M010,
                reply.span,
                "these statuses have different bodies, so each needs its own entry",
            );
        }
        let read = reply.read.as_ref().and_then(|(span, fields)| match object {
            Some((ty, props)) => Some((ty, self.reads(fields, ty, props, output), *span)),
            None => {
                self.diags.error(Code::M005, *span, "the document promises no JSON object for this status");
                None
            }
        });
        let root = object.map(|(ty, _)| ty);
        let rules = reply.outcome.iter().filter_map(|rule| self.rule(rule, root, operation)).collect();
        ReplyPlan { responses, span: reply.span, read, rules }
    }

    fn reads(
        &mut self,
        fields: &'m [mapping::Read],
        ty: TypeId,
        props: &'m [Prop],
        output: crate::uniform::TypeId,
    ) -> Vec<ReadPlan> {
        let mut plans = Vec::new();
        for field in fields {
            let Some(index) = self.prop(props, &self.api.ty(ty).name, &field.name) else { continue };
            let schema = &props[index].schema;
            let verb = match &field.verb {
                mapping::ReadVerb::Give(give) => self.give(give, schema, output),
                mapping::ReadVerb::ExpectKey(span) => {
                    if !matches!(self.api.shape(schema), SchemaKind::Text { .. }) {
                        self.diags.error(Code::M010, *span, "the key is text");
                    }
                    Some(ReadVerb::ExpectKey)
                }
                mapping::ReadVerb::Match(span) => Some(ReadVerb::Match(*span)),
                mapping::ReadVerb::Ignore => Some(ReadVerb::Ignore),
                mapping::ReadVerb::Fields(inner) => self
                    .object(schema, field.name.span)
                    .map(|(ty, props)| ReadVerb::Fields(ty, self.reads(inner, ty, props, output))),
            };
            if let Some(verb) = verb {
                plans.push(ReadPlan { prop: index, verb, span: field.name.span });
            }
        }
        plans
    }

    fn give(
        &mut self,
        give: &'m mapping::Give,
        schema: &'m Schema,
        output: crate::uniform::TypeId,
    ) -> Option<ReadVerb> {
        let path = UPath::resolve(self.uniform, output, &give.path, self.diags)?;
        let [(_, target)] = path.steps[..] else {
            self.diags.error(Code::M010, give.path.span, "results are flat: give to one of its own fields");
            return None;
        };
        let field = path.last(self.uniform);
        let offset = match &give.offset {
            None => OffsetPlan::None,
            Some(OffsetFrom::Setting(word)) => {
                let index = self.setting(word)?;
                if self.mapping.settings[index].kind != SettingKind::Offset {
                    self.diags.error(Code::M010, word.span, format!("the setting `{}` is no offset", word.text));
                }
                OffsetPlan::Setting(index)
            }
            Some(OffsetFrom::Fixed(word)) => match fixed_offset(&word.text) {
                Some(minutes) => OffsetPlan::Fixed(minutes),
                None => {
                    self.diags.error(Code::M010, word.span, "an offset is written \"+03:00\"");
                    return None;
                }
            },
        };
        if !give.parts.is_empty() {
            if field.ty != Ty::Moment {
                self.diags.error(Code::M010, give.path.span, format!("`{}` is no date and time", path.text));
            }
            let root = self.object(schema, give.path.span)?.0;
            let parts: Vec<_> = give.parts.iter().filter_map(|part| self.wire_path(part, root)).collect();
            for (part, found) in give.parts.iter().zip(&parts) {
                let (ty, prop) = *found.0.last().expect("a path has an end");
                let TypeKind::Object(props) = &self.api.ty(ty).kind else { continue };
                if !matches!(self.api.shape(&props[prop].schema), SchemaKind::Integer) {
                    self.diags.error(Code::M010, part.span, "a part of a time is a whole number");
                }
            }
            return (parts.len() == 6).then_some(ReadVerb::GiveParts(target, parts, offset));
        }
        let table = give.table.as_ref().and_then(|word| self.table_named(word));
        if give.table.is_some() && table.is_none() {
            return None;
        }
        // What is read may have more digits than the model holds; it is then told as unread, never rounded.
        let refuse = Word { text: "refuse".to_owned(), span: give.path.span };
        let inexact = (field.ty == Ty::Quantity).then_some(&refuse);
        let asked = Asked { table, unit: give.unit.as_ref(), inexact, offset, span: give.path.span };
        Some(ReadVerb::Give(target, convert(field, schema, self.api, &asked, self.diags)?))
    }

    /// A dotted path of properties from an object.
    fn wire_path(&mut self, word: &Word, root: TypeId) -> Option<WirePath> {
        let mut steps = Vec::new();
        let mut ty = Some(root);
        for name in word.text.split('.') {
            let Some(id) = ty else {
                self.diags.error(Code::M005, word.span, format!("`{}` goes on below a value", word.text));
                return None;
            };
            let TypeKind::Object(props) = &self.api.ty(id).kind else { return None };
            let step = Word { text: name.to_owned(), span: word.span };
            let index = self.prop(props, &self.api.ty(id).name, &step)?;
            steps.push((id, index));
            ty = self.api.props(&props[index].schema).map(|(id, _)| id);
        }
        Some(WirePath(steps))
    }

    fn rule(&mut self, rule: &'m mapping::Rule, root: Option<TypeId>, operation: usize) -> Option<RulePlan> {
        let mut when = Vec::new();
        for (word, test) in &rule.when {
            when.push(self.condition(word, test, root, operation)?);
        }
        Some(RulePlan { when, then: self.then(&rule.then, root)?, span: rule.span })
    }

    fn condition(&mut self, word: &Word, test: &'m Test, root: Option<TypeId>, operation: usize) -> Option<Condition> {
        match (word.text.as_str(), test) {
            ("http.status", Test::Is(words)) => {
                let statuses = words.iter().map(|word| {
                    let status = word.text.parse().ok();
                    if status.is_none() {
                        self.diags.error(Code::M010, word.span, "a status is a whole number");
                    }
                    status
                });
                return Some(Condition::Status(statuses.collect::<Option<_>>()?));
            }
            ("uniform.operation", Test::Is(words)) => {
                let input = self.uniform.ty(self.uniform.operations[operation].input);
                if !input.fields.iter().any(|field| field.ty == Ty::Operation && field.name == "operation") {
                    self.diags.error(Code::M010, word.span, "only a question about a submission knows its operation");
                    return None;
                }
                let mut all = Vec::new();
                for word in words {
                    let found = self.uniform.operations.iter().position(|operation| operation.name == word.text);
                    if found.is_none() {
                        let known = self.uniform.operations.iter().map(|operation| operation.name.as_str());
                        let message = format!("no such operation: `{}`", word.text);
                        self.diags.unknown(Code::M005, word.span, message, &word.text, known);
                    }
                    all.push(found?);
                }
                return Some(Condition::Operation(all));
            }
            _ => {}
        }
        let Some(root) = root else {
            self.diags.error(Code::M005, word.span, "the document promises no JSON object for this status");
            return None;
        };
        let path = self.wire_path(word, root)?;
        let (ty, prop) = *path.0.last()?;
        let TypeKind::Object(props) = &self.api.ty(ty).kind else { return None };
        let schema = &props[prop].schema;
        Some(match test {
            Test::Present(_) => Condition::Present(path),
            Test::Absent(_) => Condition::Absent(path),
            Test::Nonzero(span) => {
                if !matches!(self.api.shape(schema), SchemaKind::Integer) {
                    self.diags.error(Code::M010, *span, "only a whole number can be nonzero");
                }
                Condition::Nonzero(path)
            }
            Test::Is(words) => {
                let literals = words.iter().map(|word| self.literal(word, None, schema)).collect::<Option<Vec<_>>>()?;
                Condition::Is(path, literals)
            }
        })
    }

    fn then(&mut self, then: &Then, root: Option<TypeId>) -> Option<ThenPlan> {
        let field = |this: &mut Self, word: &Option<Word>| match (word, root) {
            (None, _) => Some(None),
            (Some(word), Some(root)) => Some(Some(this.wire_path(word, root)?)),
            (Some(word), None) => {
                this.diags.error(Code::M005, word.span, "the document promises no JSON object for this status");
                None
            }
        };
        Some(match then {
            Then::Registered(_) => ThenPlan::Registered,
            Then::Pending(_) => ThenPlan::Pending,
            Then::Error { table, code, message } => {
                let Some(index) = self.mapping.errors.iter().position(|errors| errors.name.text == table.text) else {
                    let known = self.mapping.errors.iter().map(|errors| errors.name.text.as_str());
                    let text = format!("no such error table: `{}`", table.text);
                    self.diags.unknown(Code::M005, table.span, text, &table.text, known);
                    return None;
                };
                self.used_errors.insert(index);
                let path = field(self, &Some(code.clone()))??;
                let (ty, prop) = *path.0.last()?;
                let TypeKind::Object(props) = &self.api.ty(ty).kind else { return None };
                if !matches!(self.api.shape(&props[prop].schema), SchemaKind::Integer) {
                    self.diags.error(Code::M010, code.span, "an error code is a whole number");
                    return None;
                }
                ThenPlan::Error(index, path, field(self, message)?)
            }
            Then::Class { class, new_key, message, about } => {
                ThenPlan::Class(self.class(class)?, *new_key, field(self, message)?, about.clone())
            }
        })
    }
}

struct Scope {
    input: crate::uniform::TypeId,
    /// The list whose element is at hand.
    list: Option<UPath>,
}

fn fixed_offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 15 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}
