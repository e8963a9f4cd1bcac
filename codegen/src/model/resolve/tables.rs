//! Tables, their rows and codes, and error tables.

use super::{Resolver, position};
use crate::diag::Code;
use crate::mapping::{self, Cell, Row, SettingKind, Word};
use crate::model::convert::TableRef;
use crate::model::{CellPlan, TablePlan};
use crate::spec::{TypeId, TypeKind};

impl<'m> Resolver<'m, '_> {
    /// The classes of every row; of fewer where one is unknown, and then nothing is rendered.
    pub(super) fn error_tables(&mut self) -> Vec<Vec<usize>> {
        let mut all = Vec::new();
        for table in &self.mapping.errors {
            for row in &table.rows {
                if row.code.text.parse::<i64>().is_err() {
                    self.diags.error(Code::M010, row.code.span, "error codes are whole numbers");
                }
            }
            all.push(table.rows.iter().filter_map(|row| self.class(row.class.as_ref()?)).collect());
        }
        all
    }

    pub(super) fn table(&mut self, table: &mapping::Table) -> TablePlan {
        let uniform = self.uniform.enum_named(&table.uniform.text);
        if uniform.is_none() {
            let known = self.uniform.enums.iter().map(|item| item.name.as_str());
            let message = format!("no such enumeration: `{}`", table.uniform.text);
            self.diags.unknown(Code::M005, table.uniform.span, message, &table.uniform.text, known);
        }
        let provider = table.provider.as_ref().map(|word| self.provider_enum(word));
        let codes = Codes { of: provider.flatten(), known: provider != Some(None) };
        let mut rows: Vec<(usize, CellPlan)> = Vec::new();
        for row in &table.rows {
            let value = uniform.and_then(|of| self.value(of, &row.value));
            let cell = self.cell(row, uniform, &codes);
            if let (Some(value), Some(cell)) = (value, cell) {
                rows.push((value, cell));
            }
        }
        for (code, _) in &table.other_codes {
            self.code(&codes, code);
        }
        TablePlan { uniform, provider: codes.of, rows, broken: uniform.is_none() || !codes.known }
    }

    /// The provider's enum of this name; `None` after a diagnostic.
    fn provider_enum(&mut self, word: &Word) -> Option<TypeId> {
        let named = self.api.types.iter().position(|ty| ty.name == word.text);
        let found = named.filter(|index| matches!(self.api.types[*index].kind, TypeKind::Enum(_)));
        if found.is_none() && !named.is_some_and(|index| self.api.types[index].broken) {
            let enums = self.api.types.iter().filter(|ty| matches!(ty.kind, TypeKind::Enum(_)));
            let message = format!("the provider has no enum `{}`", word.text);
            self.diags.unknown(Code::M005, word.span, message, &word.text, enums.map(|ty| ty.name.as_str()));
        }
        found.map(TypeId)
    }

    fn cell(&mut self, row: &Row, uniform: Option<usize>, codes: &Codes) -> Option<CellPlan> {
        if let Some(words) = &row.broken {
            self.mention_words(words, None);
            return None;
        }
        match &row.cell {
            Cell::Code { code, reads_as } => {
                self.row_code(codes, code);
                let reads_as = reads_as.as_ref().and_then(|word| self.value(uniform?, word));
                Some(CellPlan::Code(code.text.clone(), reads_as))
            }
            Cell::Unsupported(reason) => Some(CellPlan::Unsupported(reason.clone())),
            Cell::Decided { setting, when } => {
                when.iter().for_each(|(_, code)| self.row_code(codes, code));
                let index = self.setting(setting)?;
                let choices = self.choices(index, setting, "a row")?;
                let name = &self.mapping.settings[index].name;
                let when = when
                    .iter()
                    .filter_map(|(choice, code)| Some((self.choice(name, choices, choice)?, code.text.clone())));
                Some(CellPlan::Decided(index, when.collect()))
            }
        }
    }

    pub(super) fn value(&mut self, of: usize, word: &Word) -> Option<usize> {
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

    /// What a setting that decides something may be.
    pub(super) fn choices(&mut self, index: usize, word: &Word, what: &str) -> Option<&'m [String]> {
        let written = &self.mapping.settings[index];
        if let SettingKind::OneOf(choices) = &written.kind {
            return Some(choices);
        }
        let message = format!("`{}` is no choice, so it cannot decide {what}", word.text);
        self.diags.error(Code::M010, word.span, message).secondary(written.name.span, "the setting");
        // The setting that was meant may well be one that nothing else uses.
        self.broken.settings = true;
        None
    }

    pub(super) fn choice(&mut self, setting: &Word, choices: &[String], word: &Word) -> Option<usize> {
        let found = choices.iter().position(|choice| choice == &word.text);
        if found.is_none() {
            let message = format!("`{}` is never `{}`", setting.text, word.text);
            let known: Vec<&str> = choices.iter().map(String::as_str).collect();
            self.diags
                .unknown_choice(Code::M005, word.span, message, &word.text, &known)
                .secondary(setting.span, "the setting");
        }
        found
    }

    /// M009: a code is one that the provider has.
    fn code(&mut self, codes: &Codes, word: &Word) {
        match codes.of {
            Some(id) => self.enum_code(id, word),
            None if codes.known && word.text.parse::<i64>().is_err() => {
                self.diags.error(Code::M010, word.span, "without a provider enum, codes are whole numbers");
            }
            None => {}
        }
    }

    /// A code of a row.
    fn row_code(&mut self, codes: &Codes, word: &Word) {
        self.code(codes, word);
        if let Some(id) = codes.of {
            self.use_code(id, word);
        }
    }

    /// Remembers that something names a value of an enum.
    pub(super) fn use_code(&mut self, id: TypeId, word: &Word) {
        let TypeKind::Enum(def) = &self.api.ty(id).kind else { return };
        let code = def.values.iter().position(|value| value.wire == word.text);
        self.used_codes.extend(code.map(|code| (id, code)));
    }

    pub(super) fn enum_code(&mut self, id: TypeId, word: &Word) {
        let ty = self.api.ty(id);
        let TypeKind::Enum(def) = &ty.kind else { return };
        if !ty.broken && !def.values.iter().any(|value| value.wire == word.text) {
            let known: Vec<_> = def.values.iter().map(|value| value.wire.as_str()).collect();
            let message = format!("the provider's `{}` has no code {}", ty.name, word.text);
            self.diags
                .error(Code::M009, word.span, message)
                .secondary(ty.span, "the enum")
                .help(format!("it has {}", known.join(", ")));
        }
    }

    pub(super) fn table_named(&mut self, word: &Word) -> Option<TableRef> {
        let names: Vec<&str> = self.table_names().collect();
        let meant = position(self.table_names(), &word.text);
        self.broken.tables |= meant.is_none();
        self.used_tables.extend(meant);
        let found = names.iter().position(|name| *name == word.text);
        if found.is_none() && !self.mapping.unread.tables.contains(&word.text) {
            let message = format!("no such table: `{}`", word.text);
            self.diags.unknown_choice(Code::M005, word.span, message, &word.text, &names);
        }
        found.map(|index| {
            let TablePlan { provider, uniform, broken, .. } = &self.tables[index];
            TableRef { index, provider: *provider, uniform: *uniform, broken: *broken }
        })
    }
}

/// The codes that a table has to do with.
struct Codes {
    /// The provider's enum; without one they are whole numbers.
    of: Option<TypeId>,
    /// Whether that is known: the name of the enum may be wrong.
    known: bool,
}
