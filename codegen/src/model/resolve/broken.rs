//! What lines that cannot be resolved name: it counts as carried, set and used, so that one mistake is told once.

use super::{Resolver, position};
use crate::mapping::{Absent, Give, OffsetFrom, Read, ReadVerb, Set, Take, Unit, Verb, Word};
use crate::model::UPath;
use crate::uniform::TypeId;

impl<'m> Resolver<'m, '_> {
    pub(super) fn table_names(&self) -> impl Iterator<Item = &'m str> + Clone + use<'m> {
        self.mapping.tables.iter().map(|table| table.name.text.as_str())
    }

    /// A line of a request.
    pub(super) fn mention(&mut self, verb: &Verb, input: TypeId) {
        match verb {
            Verb::Take(take) | Verb::Lift { take, .. } | Verb::Sum(take) => self.mention_take(take, input),
            Verb::Setting(setting, absent, with) => {
                self.mention_setting(setting);
                self.mention_absent(absent);
                with.iter().for_each(|with| self.mention_setting(&with.setting));
            }
            Verb::Fields(sets) | Verb::As(_, sets) | Verb::Group { sets, .. } => self.mention_sets(sets, input),
            Verb::Each(_, inner) => self.mention(inner, input),
            Verb::Rows(rows) => rows.iter().for_each(|row| self.mention(&row.verb, input)),
            Verb::List(verbs) => verbs.iter().for_each(|verb| self.mention(verb, input)),
            Verb::Broken(words) => {
                let before = self.lines.paths.len();
                self.mention_words(words, Some(input));
                self.lines.unknown |= self.lines.paths.len() == before && !self.lines.key;
                self.broken.settings = true;
                self.broken.tables = true;
            }
            Verb::Const(..) | Verb::Leave => {}
        }
    }

    pub(super) fn mention_sets(&mut self, sets: &[Set], input: TypeId) {
        sets.iter().for_each(|set| self.mention(&set.verb, input));
    }

    fn mention_take(&mut self, take: &Take, input: TypeId) {
        if take.path.text == "key" {
            self.lines.key = true;
        } else if !take.path.text.starts_with("page.") {
            self.mention_path(&take.path, input);
        }
        if let Some(table) = &take.table {
            self.used_tables.extend(position(self.table_names(), &table.text));
        }
        if let Some(Unit::Decided { setting, .. }) = &take.unit {
            self.mention_setting(setting);
        }
        if let Some(OffsetFrom::Setting(setting)) = &take.zone {
            self.mention_setting(setting);
        }
        self.mention_absent(&take.absent);
    }

    /// The path, the one that it was meant to be, or as much of it as there is.
    pub(super) fn mention_path(&mut self, word: &Word, input: TypeId) {
        let found = UPath::find(self.uniform, input, &word.text)
            .or_else(|| UPath::meant(self.uniform, input, &word.text))
            .or_else(|| UPath::known_part(self.uniform, input, &word.text));
        self.lines.unknown |= found.is_none();
        self.lines.paths.extend(found);
    }

    fn mention_setting(&mut self, word: &Word) {
        self.used_settings.extend(position(self.setting_names(), &word.text));
    }

    fn mention_absent(&mut self, absent: &Absent) {
        if let Absent::Setting(setting) = absent {
            self.mention_setting(setting);
        }
    }

    /// A line of an answer.
    pub(super) fn mention_read(&mut self, verb: &ReadVerb) {
        match verb {
            ReadVerb::Give(gives) => {
                for Give { table, offset, .. } in gives {
                    if let Some(table) = table {
                        self.used_tables.extend(position(self.table_names(), &table.text));
                    }
                    if let Some(OffsetFrom::Setting(setting)) = offset {
                        self.mention_setting(setting);
                    }
                }
            }
            ReadVerb::Fields(reads) => self.mention_reads(reads),
            ReadVerb::Each(each) => self.mention_reads(&each.fields),
            ReadVerb::Broken => {
                self.broken.settings = true;
                self.broken.tables = true;
            }
            ReadVerb::ExpectKey(_)
            | ReadVerb::Expect(_)
            | ReadVerb::Compare(_)
            | ReadVerb::FindKey(_)
            | ReadVerb::Match(_)
            | ReadVerb::Ignore => {}
        }
    }

    pub(super) fn mention_reads(&mut self, reads: &[Read]) {
        reads.iter().for_each(|read| self.mention_read(&read.verb));
    }

    /// Words of which nobody can tell what they were meant to be; those that name something count.
    pub(super) fn mention_words(&mut self, words: &[Word], input: Option<TypeId>) {
        for word in words {
            let text = word.text.as_str();
            self.used_settings.extend(self.setting_names().position(|name| name == text));
            self.used_tables.extend(self.table_names().position(|name| name == text));
            self.used_errors.extend(self.mapping.errors.iter().position(|table| table.name.text == text));
            if let Some(input) = input {
                self.lines.key |= text == "key";
                self.lines.paths.extend(UPath::find(self.uniform, input, text));
            }
        }
    }
}
