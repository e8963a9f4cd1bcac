//! Operation × provider, and how doubt ends.

use super::written::Written;
use super::{Cell, Section, Table, Tone};
use crate::load::Specs;
use crate::mapping::Doubt;
use crate::model::{CallbackKind, OperationKind, Plan};
use crate::spec::SchemeKind;

pub(super) fn section(specs: &Specs) -> Section {
    let mut table = Table::by_provider(&["operation"], specs);
    for (index, operation) in specs.uniform.operations.iter().enumerate() {
        let name = Cell::at(format!("`{}`", operation.name), operation.span, Tone::Plain).more(&operation.about);
        table.row(vec![name], specs, |plan| {
            let Some(found) = plan.operations.iter().find(|found| found.operation == index) else {
                return Cell::default();
            };
            match &found.kind {
                OperationKind::Mapped(mapped) => {
                    let ids = mapped.calls().into_iter().map(|call| format!("`{}`", plan.api.operations[call].id));
                    Cell::at(ids.collect::<Vec<_>>().join(", "), found.span, Tone::Yes)
                }
                OperationKind::Unsupported(why) => Cell::no(why, found.span),
            }
        });
    }
    for name in callback_names(specs) {
        let told = Cell::text(format!("callback `{name}`"))
            .more("Sent by the provider itself; what tells it from a forged one.");
        table.row(vec![told], specs, |plan| callback(plan, name));
    }
    let about = "When the outcome of a submission is not known: what may be done to learn it.";
    table.row(vec![Cell::text("doubt ends by").more(about)], specs, |plan| {
        let (how, tone) = doubt(plan.mapping.doubt);
        Cell::at(how, plan.mapping.doubt_span, tone).more(Written::of(specs, plan).doubt_about())
    });
    table.row(vec![Cell::text("connection").more("How the account proves who it is.")], specs, connection);
    Section::chapter("Operations", "").with(table)
}

/// The callbacks of all documents, by name.
fn callback_names(specs: &Specs) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for callback in specs.plans.iter().flat_map(|plan| &plan.api.callbacks) {
        if !all.contains(&callback.name.as_str()) {
            all.push(&callback.name);
        }
    }
    all
}

/// How a callback is verified, and why it is not.
fn callback(plan: &Plan, name: &str) -> Cell {
    let found = plan.callbacks.iter().find(|found| plan.api.callbacks[found.callback].name == name);
    match found.map(|found| (found.span, &found.kind)) {
        None => Cell::default(),
        Some((span, CallbackKind::Unsupported(why))) => Cell::no(why, span),
        Some((span, CallbackKind::Mapped(mapped))) => match &mapped.unverified {
            Some(why) => Cell::at("not believed", span, Tone::Part).more(why),
            None => {
                let proofs = mapped.proofs.iter().map(|proof| {
                    let setting = &plan.mapping.settings[proof.setting].name.text;
                    let text = format!("{} `{}` is `{setting}`", proof.place.name(), proof.name);
                    Cell::at(text, proof.span, Tone::Yes).parts
                });
                Cell { parts: proofs.flatten().collect(), tone: Tone::Yes }
            }
        },
    }
}

fn doubt(doubt: Doubt) -> (String, Tone) {
    match doubt {
        Doubt::Keyed(None) => ("repeating with the same key".to_owned(), Tone::Yes),
        Doubt::Keyed(Some(days)) => (format!("repeating with the same key, for {days} days"), Tone::Yes),
        Doubt::Locatable(seconds) => (format!("asking by key, {seconds} s after it was sent"), Tone::Yes),
        Doubt::Blind => ("an operator".to_owned(), Tone::Part),
    }
}

fn connection(plan: &Plan) -> Cell {
    let mut cell = Cell::default();
    if plan.api.client_certificate {
        cell.parts.extend(Cell::text("client certificate").parts);
    }
    for scheme in &plan.api.schemes {
        let text = match &scheme.kind {
            SchemeKind::Bearer => "bearer token".to_owned(),
            SchemeKind::HeaderKey(name) => format!("key in the header `{name}`"),
        };
        cell.parts.extend(Cell::at(text, scheme.span, Tone::Plain).parts);
    }
    if cell.parts.is_empty() { Cell::text("–") } else { cell }
}
