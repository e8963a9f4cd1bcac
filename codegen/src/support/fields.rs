//! What becomes of each uniform field in every provider: all of it, in which units, and in a few words.

use super::written::Written;
use super::{Cell, Part, Section, Table, Tone};
use crate::fates::{self, UniformFate};
use crate::load::Specs;
use crate::model::{Plan, UPath};
use crate::uniform::{Shape, Ty, TypeId, Uniform};

/// The operations that take something and that some provider offers: those of the same input together.
fn by_input(specs: &Specs) -> Vec<(TypeId, Vec<usize>)> {
    let uniform = &specs.uniform;
    let mut all: Vec<(TypeId, Vec<usize>)> = Vec::new();
    for (index, operation) in uniform.operations.iter().enumerate() {
        let offered = specs.plans.iter().any(|plan| plan.mapped().any(|(mapped, _)| mapped == index));
        if !offered || fates::owed(uniform, operation.input).is_empty() {
            continue;
        }
        match all.iter_mut().find(|(input, _)| *input == operation.input) {
            Some((_, operations)) => operations.push(index),
            None => all.push((operation.input, vec![index])),
        }
    }
    all
}

/// What becomes of the fields of the first of these operations that a provider offers.
fn offered<'p>(
    plan: &'p Plan,
    uniform: &Uniform,
    operations: &[usize],
) -> Option<Vec<(UPath, Option<UniformFate<'p>>)>> {
    let (index, mapped) = plan.mapped().find(|(index, _)| operations.contains(index))?;
    Some(fates::of(plan, uniform, index, mapped))
}

/// A provider that offers none of these operations; why is said among the operations.
fn not_offered(plan: &Plan, operations: &[usize]) -> Cell {
    let found = plan.operations.iter().find(|found| operations.contains(&found.operation));
    found.map(|found| Cell::at("–", found.span, Tone::No)).unwrap_or_default()
}

fn names(uniform: &Uniform, operations: &[usize]) -> String {
    operations.iter().map(|index| format!("`{}`", uniform.operations[*index].name)).collect::<Vec<_>>().join(", ")
}

/// A field and its tag.
fn head(path: &UPath, uniform: &Uniform) -> Cell {
    let field = path.last(uniform);
    let tag = if field.tag.is_empty() { String::new() } else { format!("{} ", field.tag) };
    Cell::at(format!("`{}`", path.text), field.span, Tone::Plain).more(format!("{tag}{}", field.about))
}

/// What a provider carries at all, a line for each part of a submission.
pub(super) fn capabilities(specs: &Specs) -> Vec<Section> {
    let uniform = &specs.uniform;
    let intro = "● carried or implied, ◐ in part, – refused when it is stated.";
    let mut sections = vec![Section::chapter("What is carried", intro)];
    for (input, operations) in by_input(specs) {
        let mut groups: Vec<UPath> = Vec::new();
        for path in fates::owed(uniform, input) {
            let group = group(&path, uniform);
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        let tables: Vec<_> = specs.plans.iter().map(|plan| offered(plan, uniform, &operations)).collect();
        let mut table = Table::by_provider(&["part"], specs);
        for of in groups {
            let mut row = vec![head(&of, uniform)];
            row.extend(specs.plans.iter().zip(&tables).map(|(plan, fates)| match fates {
                Some(fates) => part(fates.iter().filter(|(path, _)| group(path, uniform) == of)),
                None => not_offered(plan, &operations),
            }));
            table.rows.push(row);
        }
        sections.push(Section::within(format!("Carried by {}", names(uniform, &operations)), table));
    }
    sections
}

/// The part that a field belongs to: the object that holds it, the elements of a list taken as one.
fn group(path: &UPath, uniform: &Uniform) -> UPath {
    let is_object = |(ty, field): &(TypeId, usize)| matches!(uniform.ty(*ty).fields[*field].ty, Ty::Struct(_));
    let is_list = |(ty, field): &(TypeId, usize)| uniform.ty(*ty).fields[*field].shape == Shape::List;
    match &path.steps[..] {
        [first, second, ..] if is_list(first) && is_object(second) => path.prefix(2),
        [first, _, ..] if is_object(first) => path.prefix(1),
        _ => path.clone(),
    }
}

/// How much of a part is carried.
fn part<'f>(fates: impl Iterator<Item = &'f (UPath, Option<UniformFate<'f>>)>) -> Cell {
    let fates: Vec<&UniformFate<'_>> = fates.filter_map(|(_, fate)| fate.as_ref()).collect();
    let is_carried = |fate: &&&UniformFate<'_>| matches!(fate, UniformFate::Carried(_) | UniformFate::Implied { .. });
    let carried = fates.iter().filter(is_carried).count();
    let Some(shown) = fates.iter().find(is_carried).or(fates.first()) else { return Cell::default() };
    let (text, tone) = match (carried, *shown) {
        (0, UniformFate::Dropped { .. }) => ("left out".to_owned(), Tone::Plain),
        (0, _) => ("–".to_owned(), Tone::No),
        (n, _) if n == fates.len() => ("●".to_owned(), Tone::Yes),
        (n, _) => (format!("◐ {n} of {}", fates.len()), Tone::Part),
    };
    Cell::at(text, shown.spans()[0], tone)
}

/// Every field, with the fields of the providers that carry it.
pub(super) fn fields(specs: &Specs) -> Vec<Section> {
    let uniform = &specs.uniform;
    let intro = "Where each uniform field goes: the provider's field, the value that it is taken to have (=), or why it \
                 is refused (–) or left out.";
    let mut sections = vec![Section::chapter("Fields", intro)];
    for (input, operations) in by_input(specs) {
        let mut table = Table::by_provider(&["field"], specs);
        let fates: Vec<_> = specs.plans.iter().map(|plan| offered(plan, uniform, &operations)).collect();
        for (n, path) in fates::owed(uniform, input).iter().enumerate() {
            let mut row = vec![head(path, uniform)];
            row.extend(specs.plans.iter().zip(&fates).map(|(plan, fates)| match fates {
                Some(fates) => fates[n].1.as_ref().map(|fate| cell(fate, path, uniform)).unwrap_or_default(),
                None => not_offered(plan, &operations),
            }));
            table.rows.push(row);
        }
        sections.push(Section::within(format!("Fields of {}", names(uniform, &operations)), table));
    }
    sections
}

fn cell(fate: &UniformFate<'_>, path: &UPath, uniform: &Uniform) -> Cell {
    match fate {
        UniformFate::Carried(fields) => Cell {
            parts: fields
                .iter()
                .map(|(wire, span)| Part { text: format!("`{wire}`"), more: String::new(), at: Some(*span) })
                .collect(),
            tone: Tone::Yes,
        },
        UniformFate::Implied { why, span, .. } => Cell::at(fate.short(path, uniform), *span, Tone::Part).more(*why),
        UniformFate::Refused { why, span } => Cell::no(*why, *span),
        UniformFate::Dropped { why, span } => Cell::at("left out", *span, Tone::Plain).more(*why),
    }
}

/// In which unit or format a field is sent, of those that some provider converts.
pub(super) fn units(specs: &Specs) -> Section {
    let uniform = &specs.uniform;
    let written: Vec<Written<'_>> = specs.plans.iter().map(|plan| Written::of(specs, plan)).collect();
    let mut table = Table::by_provider(&["field", "type"], specs);
    for (input, operations) in by_input(specs) {
        let fates: Vec<_> = specs.plans.iter().map(|plan| offered(plan, uniform, &operations)).collect();
        for (n, path) in fates::owed(uniform, input).iter().enumerate() {
            let cells: Vec<Cell> = fates
                .iter()
                .zip(&written)
                .map(|(fates, written)| {
                    let fate = fates.as_ref().and_then(|fates| fates[n].1.as_ref());
                    let Some(UniformFate::Carried(fields)) = fate else { return Cell::default() };
                    let parts = fields.iter().map(|(_, span)| (written.unit(*span), *span));
                    let parts = parts.filter(|(unit, _)| !unit.is_empty());
                    let parts = parts.map(|(text, span)| Part { text, more: String::new(), at: Some(span) });
                    Cell { parts: parts.collect(), tone: Tone::Plain }
                })
                .collect();
            if cells.iter().any(|cell| !cell.parts.is_empty()) {
                let mut row = vec![head(path, uniform), Cell::text(type_name(path, uniform))];
                row.extend(cells);
                table.rows.push(row);
            }
        }
    }
    Section::chapter("Units", "How amounts, quantities, contacts and times are written.").with(table)
}

fn type_name(path: &UPath, uniform: &Uniform) -> String {
    let name = match path.last(uniform).ty {
        Ty::Text => "text",
        Ty::Bool => "true or false",
        Ty::Int => "whole number",
        Ty::Money => "money",
        Ty::Quantity => "quantity",
        Ty::Date => "date",
        Ty::Moment => "date and time",
        Ty::Contact => "contact",
        Ty::Operation => "operation",
        Ty::Enum(index) => return format!("`{}`", uniform.enums[index].name),
        Ty::Struct(id) => return format!("`{}`", uniform.ty(id).name),
    };
    name.to_owned()
}
