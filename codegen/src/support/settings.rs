//! What an account has to state.

use super::{Cell, Section, Table, Tone};
use crate::load::Specs;
use crate::mapping::{Setting, SettingKind};

pub(super) fn section(specs: &Specs) -> Section {
    let head = ["setting", "provider", "kind", "needed", "what it decides"].map(Cell::text).into();
    let mut table = Table { head, rows: Vec::new() };
    for plan in &specs.plans {
        for setting in &plan.mapping.settings {
            table.rows.push(vec![
                Cell::at(format!("`{}`", setting.name.text), setting.name.span, Tone::Plain),
                Cell::text(format!("`{}`", plan.name)),
                Cell::text(kind(&setting.kind)),
                Cell::text(needed(setting)),
                Cell::text(&setting.about),
            ]);
        }
    }
    Section::chapter("Accounts", "The settings of an account, by provider.").with(table)
}

fn kind(kind: &SettingKind) -> String {
    match kind {
        SettingKind::Text => "text".to_owned(),
        SettingKind::Secret => "secret".to_owned(),
        SettingKind::Bool => "true or false".to_owned(),
        SettingKind::Offset => "offset from UTC".to_owned(),
        SettingKind::OneOf(choices) => {
            choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(" or ")
        }
    }
}

fn needed(setting: &Setting) -> String {
    match &setting.default {
        Some(default) => format!("`{default}` when left out"),
        None if setting.optional => "no".to_owned(),
        None => "yes".to_owned(),
    }
}
