//! From names to things: paths, properties, tables, settings, classes, codes.

mod broken;
mod call;
mod callback;
mod guard;
mod ignore;
mod lists;
mod outcome;
mod reply;
mod request;
mod security;
mod tables;
mod value;

use std::collections::BTreeSet;

use super::{BrokenLines, BrokenPlan, OperationKind, OperationPlan, Plan, TablePlan};
use crate::diag::{Code, Diagnostics, nearest};
use crate::mapping::{self, Mapping, Word};
use crate::spec::{Api, Prop, TypeId};
use crate::uniform::Uniform;

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
        used_codes: BTreeSet::new(),
        broken: BrokenPlan::default(),
        lines: BrokenLines::default(),
        listening: false,
        asks: lists::Asks::default(),
        diags,
    };
    resolver.duplicates();
    for table in &mapping.tables {
        let table = resolver.table(table);
        resolver.tables.push(table);
    }
    let errors = resolver.error_tables();
    let security = resolver.security();
    let statuses = mapping
        .statuses
        .iter()
        .filter_map(|status| Some((status.code, resolver.then(&status.then, &mut outcome::Body::default())?)))
        .collect();
    let operations = mapping.operations.iter().filter_map(|operation| resolver.operation(operation)).collect();
    let callbacks = resolver.callbacks();
    let ignore = resolver.ignored();
    let Resolver { tables, used_settings, used_tables, used_errors, used_codes, broken, .. } = resolver;
    Plan {
        name: name.to_owned(),
        tables,
        errors,
        security: security.feeds,
        own_header: security.own_header,
        login: security.login,
        statuses,
        operations,
        callbacks,
        broken,
        used_settings,
        used_tables,
        used_errors,
        used_codes,
        ignore,
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
    used_codes: BTreeSet<(TypeId, usize)>,
    broken: BrokenPlan,
    /// What broken lines of the operation at hand name.
    lines: BrokenLines,
    /// Whether a callback is at hand: nobody asked, so there is neither a key nor a status.
    listening: bool,
    /// What the operation at hand asks for.
    asks: lists::Asks,
    diags: &'d mut Diagnostics,
}

/// The index of the name that is `text`, or of the one that it was most likely meant to be.
fn position<'n>(names: impl Iterator<Item = &'n str> + Clone, text: &str) -> Option<usize> {
    let exact = names.clone().position(|name| name == text);
    exact.or_else(|| {
        let near = nearest(text, names.clone())?;
        names.clone().position(|name| name == near)
    })
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

    fn setting_names(&self) -> impl Iterator<Item = &'m str> + Clone + use<'m> {
        self.mapping.settings.iter().map(|setting| setting.name.text.as_str())
    }

    fn setting(&mut self, word: &Word) -> Option<usize> {
        let found = self.setting_names().position(|name| name == word.text);
        if found.is_none() && !self.mapping.unread.settings.contains(&word.text) {
            let message = format!("no such setting: `{}`", word.text);
            let names: Vec<&str> = self.setting_names().collect();
            self.diags.unknown_choice(Code::M005, word.span, message, &word.text, &names);
        }
        let meant = position(self.setting_names(), &word.text);
        self.broken.settings |= meant.is_none();
        self.used_settings.extend(meant);
        found
    }

    fn class(&mut self, word: &Word) -> Option<usize> {
        let names: Vec<&str> = self.uniform.classes.iter().map(|class| class.name.as_str()).collect();
        let found = names.iter().position(|name| *name == word.text);
        if found.is_none() {
            let message = format!("no such error class: `{}`", word.text);
            self.diags.unknown_choice(Code::M005, word.span, message, &word.text, &names);
        }
        found
    }

    fn operation(&mut self, map: &'m mapping::OperationMap) -> Option<OperationPlan> {
        let names = self.uniform.operations.iter().map(|operation| operation.name.as_str());
        let Some(operation) = names.clone().position(|name| name == map.name.text) else {
            let message = format!("no such operation: `{}`", map.name.text);
            self.diags.unknown(Code::M005, map.name.span, message, &map.name.text, names.clone());
            match position(names, &map.name.text) {
                Some(near) => self.broken.operations.push(near),
                None => self.broken.unknown_operation = true,
            }
            self.lacks_operation();
            return None;
        };
        let kind = match &map.kind {
            mapping::OperationKind::Unsupported(reason) => Some(OperationKind::Unsupported(reason.clone())),
            mapping::OperationKind::Mapped(mapped) => {
                self.asks = lists::Asks::of(&self.uniform.operations[operation], mapped);
                self.mapped(operation, mapped).map(|plan| OperationKind::Mapped(Box::new(plan)))
            }
            mapping::OperationKind::Broken => None,
        };
        if kind.is_none() {
            self.broken.operations.push(operation);
            self.lacks_operation();
        }
        Some(OperationPlan { operation, span: map.name.span, kind: kind? })
    }

    /// What an operation uses that cannot be resolved is not known to be unused.
    fn lacks_operation(&mut self) {
        self.broken.settings = true;
        self.broken.tables = true;
        self.broken.errors = true;
    }

    fn prop(&mut self, props: &[Prop], owner: &str, word: &Word) -> Option<usize> {
        let names = props.iter().map(|prop| prop.wire.as_str());
        let found = names.clone().position(|name| name == word.text);
        if found.is_none() {
            let message = format!("`{owner}` has no field `{}`", word.text);
            self.diags.unknown(Code::M005, word.span, message, &word.text, names);
        }
        found
    }
}
