//! The support tables: which provider offers what, and with which codes, as Markdown.

use std::fmt::Write as _;

use super::enumerations::capital;
use crate::load::Specs;
use crate::mapping::{Cell, Doubt};
use crate::model::{OperationKind, Plan};
use crate::uniform::Enumeration;

/// Operation × provider, and how doubt ends.
pub(crate) fn operations(specs: &Specs) -> String {
    let mut out = String::new();
    head(&mut out, "operation", specs);
    for (index, operation) in specs.uniform.operations.iter().enumerate() {
        let cells = specs.plans.iter().map(|plan| {
            let mapped = plan.operations.iter().find(|mapped| mapped.operation == index).map(|mapped| &mapped.kind);
            match mapped {
                Some(OperationKind::Mapped(mapped)) => format!("`{}`", plan.api.operations[mapped.call].id),
                Some(OperationKind::Unsupported(why)) => format!("– {why}"),
                _ => String::new(),
            }
        });
        row(&mut out, &format!("`{}`", operation.name), cells);
    }
    row(&mut out, "doubt ends by", specs.plans.iter().map(|plan| doubt(plan.mapping.doubt).to_owned()));
    let certificate = |plan: &Plan| if plan.api.client_certificate { "client certificate" } else { "–" };
    row(&mut out, "connection", specs.plans.iter().map(|plan| certificate(plan).to_owned()));
    out
}

fn doubt(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Keyed(_) => "repeating with the same key",
        Doubt::Locatable(_) => "asking by key",
        Doubt::Blind => "an operator",
    }
}

/// Every enumeration that some provider has a table for: value × provider.
pub(crate) fn codes(specs: &Specs) -> String {
    let mut out = String::new();
    for (index, item) in specs.uniform.enums.iter().enumerate() {
        let mapped = specs.plans.iter().any(|plan| plan.tables.iter().any(|table| table.uniform == Some(index)));
        if mapped {
            let _ = writeln!(out, "### {} ({}, tag {})\n", capital(&item.en), item.ru, item.tag);
            out.push_str(&codes_of(specs, index, item));
            out.push('\n');
        }
    }
    out
}

/// One enumeration: value × provider.
pub(crate) fn codes_of(specs: &Specs, index: usize, item: &Enumeration) -> String {
    let mut out = String::new();
    head(&mut out, "value | FFD", specs);
    for value in &item.values {
        let cells = specs.plans.iter().map(|plan| {
            let table = plan.mapping.tables.iter().zip(&plan.tables).find(|(_, table)| table.uniform == Some(index));
            let Some((table, _)) = table else { return "not sent".to_owned() };
            let found = table.rows.iter().find(|row| row.value.text == value.name);
            match found.map(|row| &row.cell) {
                Some(Cell::Code { code, .. }) => code.text.clone(),
                Some(Cell::Decided { setting, when }) => when
                    .iter()
                    .map(|(choice, code)| format!("{} if `{}` is `{}`", code.text, setting.text, choice.text))
                    .collect::<Vec<_>>()
                    .join(", "),
                Some(Cell::Unsupported(_)) | None => "–".to_owned(),
            }
        });
        row(&mut out, &format!("`{}` {} | {}", value.name, value.ru, value.code), cells);
    }
    out
}

fn head(out: &mut String, first: &str, specs: &Specs) {
    let titles: Vec<_> = specs.plans.iter().map(|plan| plan.mapping.title.as_str()).collect();
    let _ = writeln!(out, "| {first} | {} |", titles.join(" | "));
    let columns = first.matches('|').count() + 1 + titles.len();
    let _ = writeln!(out, "|{}", "---|".repeat(columns));
}

fn row(out: &mut String, first: &str, cells: impl Iterator<Item = String>) {
    let cells: Vec<_> = cells.map(|cell| cell.replace('|', "\\|")).collect();
    let _ = writeln!(out, "| {first} | {} |", cells.join(" | "));
}
