//! The code tables: value × provider, an enumeration a table.

use super::{Cell, Part, Section, Table, Tone};
use crate::load::Specs;
use crate::mapping::{self, Row};
use crate::model::Plan;
use crate::tree::Span;
use crate::uniform::{Day, Enumeration, Value};

pub(super) fn sections(specs: &Specs) -> Vec<Section> {
    let intro = "The code that each value of the fiscal format has: of the format itself (FFD), and of each provider.";
    let mut sections = vec![Section::chapter("Codes", intro)];
    for (index, item) in specs.uniform.enums.iter().enumerate() {
        if specs.plans.iter().any(|plan| tables(plan, index).next().is_some()) {
            let tag = if item.tag.is_empty() { String::new() } else { format!(", tag {}", item.tag) };
            let title = format!("{} ({}{tag})", crate::render::capital(&item.en), item.ru);
            sections.push(Section::within(title, table(specs, index, item)));
        }
    }
    sections
}

/// The tables that a provider has for an enumeration: it may number it in more than one way.
fn tables(plan: &Plan, enumeration: usize) -> impl Iterator<Item = &mapping::Table> {
    let all = plan.mapping.tables.iter().zip(&plan.tables);
    all.filter(move |(_, table)| table.uniform == Some(enumeration)).map(|(table, _)| table)
}

fn table(specs: &Specs, index: usize, item: &Enumeration) -> Table {
    let mut table = Table::by_provider(&["value", "FFD"], specs);
    for value in &item.values {
        let name = Cell::at(format!("`{}` {}", value.name, value.ru), value.span, Tone::Plain).more(validity(value));
        table.row(vec![name, Cell::at(value.code.to_string(), value.span, Tone::Plain)], specs, |plan| {
            let mut cell = Cell::default();
            let several = tables(plan, index).count() > 1;
            for table in tables(plan, index) {
                let Some(row) = table.rows.iter().find(|row| row.value.text == value.name) else { continue };
                let mut found = code(row);
                if several && let Some(last) = found.parts.last_mut() {
                    last.text.push_str(&format!(" in `{}`", table.name.text));
                }
                // Of several tables, what one of them has is there.
                cell.tone = if cell.parts.is_empty() || found.tone == Tone::Yes { found.tone } else { cell.tone };
                cell.parts.extend(found.parts);
            }
            for (called, span) in called(plan, index, &value.name, specs) {
                let found = Cell::at(called.to_owned(), span, Tone::Yes);
                cell.tone = Tone::Yes;
                cell.parts.extend(found.parts);
            }
            if cell.parts.is_empty() { Cell::text("not sent") } else { cell }
        });
    }
    table
}

/// The operations of the provider that a value of an enumeration decides on.
fn called<'p>(
    plan: &'p Plan,
    of: usize,
    value: &str,
    specs: &Specs,
) -> impl Iterator<Item = (&'p str, Span)> + use<'p> {
    let value = specs.uniform.enums[of].values.iter().position(|known| known.name == value);
    plan.mapped().filter_map(|(_, mapped)| mapped.chosen.as_ref()).filter(move |chosen| chosen.of == of).filter_map(
        move |chosen| {
            let (_, call) = chosen.calls.iter().find(|(decided, _)| Some(*decided) == value)?;
            Some((plan.api.operations[*call.as_ref().ok()?].id.as_str(), chosen.span))
        },
    )
}

fn code(row: &Row) -> Cell {
    match &row.cell {
        mapping::Cell::Code { code, reads_as } => {
            let cell = Cell::at(code.text.clone(), code.span, Tone::Yes);
            match reads_as {
                Some(other) => cell.more(format!("read back as `{}`", other.text)),
                None => cell,
            }
        }
        mapping::Cell::Decided { setting, when } => Cell {
            parts: when
                .iter()
                .map(|(choice, code)| Part {
                    text: format!("{} if `{}` is `{}`", code.text, setting.text, choice.text),
                    more: String::new(),
                    at: Some(code.span),
                })
                .collect(),
            tone: Tone::Part,
        },
        mapping::Cell::Unsupported(why) => Cell::no(why, row.value.span),
    }
}

/// From when until when a value may be used.
fn validity(value: &Value) -> String {
    let day = |day: Day| format!("{:04}-{:02}-{:02}", day.0, day.1, day.2);
    match (value.since, value.until) {
        (None, None) => String::new(),
        (Some(since), None) => format!("since {}", day(since)),
        (None, Some(until)) => format!("until {}", day(until)),
        (Some(since), Some(until)) => format!("{} to {}", day(since), day(until)),
    }
}
