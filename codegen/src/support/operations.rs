//! Operation × provider, and how doubt ends.

use super::written::Written;
use super::{Cell, Section, Table, Tone};
use crate::load::Specs;
use crate::mapping::Doubt;
use crate::model::{CallbackKind, FeedPlan, OperationKind, Plan};
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
    let about = "What the provider sends by itself, and what tells it from a forged one.";
    table.row(vec![Cell::text("callbacks").more(about)], specs, callbacks);
    let about = "When the outcome of a submission is not known: what may be done to learn it.";
    table.row(vec![Cell::text("doubt ends by").more(about)], specs, |plan| {
        let (how, tone) = doubt(plan.mapping.doubt);
        Cell::at(how, plan.mapping.doubt_span, tone).more(Written::of(specs, plan).doubt_about())
    });
    table.row(vec![Cell::text("connection").more("How the account proves who it is.")], specs, connection);
    Section::chapter("Operations", "").with(table)
}

/// How callbacks are verified, or why they are not.
fn callbacks(plan: &Plan) -> Cell {
    let mut cell = Cell::default();
    for found in &plan.callbacks {
        let name = &plan.api.callbacks[found.callback].name;
        let (tone, told) = match &found.kind {
            CallbackKind::Unsupported(why) => {
                (Tone::No, Cell::at(format!("`{name}` –"), found.span, Tone::No).more(why))
            }
            CallbackKind::Mapped(mapped) => match &mapped.unverified {
                Some(why) => {
                    (Tone::Part, Cell::at(format!("`{name}`, not believed"), found.span, Tone::Part).more(why))
                }
                None => {
                    let setting = |index: usize| &plan.mapping.settings[index].name.text;
                    let proofs = mapped.proofs.iter();
                    let proofs = proofs.map(|proof| {
                        format!("{} `{}` is `{}`", proof.place.name(), proof.name, setting(proof.setting))
                    });
                    let proofs = proofs.collect::<Vec<_>>().join(", ");
                    (Tone::Yes, Cell::at(format!("`{name}` if {proofs}"), found.span, Tone::Yes))
                }
            },
        };
        cell.tone = tone;
        cell.parts.extend(told.parts);
    }
    if cell.parts.is_empty() { Cell::text("–") } else { cell }
}

fn doubt(doubt: Doubt) -> (String, Tone) {
    match doubt {
        Doubt::Keyed(None) => ("repeating with the same key".to_owned(), Tone::Yes),
        Doubt::Keyed(Some(days)) => (format!("repeating with the same key, for {days} days"), Tone::Yes),
        Doubt::Locatable(Some(seconds)) => (format!("asking by key, {seconds} s after it was sent"), Tone::Yes),
        Doubt::Locatable(None) => {
            ("asking by key; not found means nothing unless the account states `visible_after`".to_owned(), Tone::Part)
        }
        Doubt::Blind => ("an operator".to_owned(), Tone::Part),
    }
}

fn connection(plan: &Plan) -> Cell {
    let mut cell = Cell::default();
    if plan.api.client_certificate {
        cell.parts.extend(Cell::text("client certificate").parts);
    }
    for (scheme, feed) in plan.api.schemes.iter().zip(&plan.security) {
        let what = match feed {
            Some(FeedPlan::Sign(..)) => "signature",
            Some(FeedPlan::Login) => "token of a login",
            _ => "key",
        };
        let text = match &scheme.kind {
            SchemeKind::Bearer if matches!(feed, Some(FeedPlan::Login)) => "bearer token of a login".to_owned(),
            SchemeKind::Bearer => "bearer token".to_owned(),
            SchemeKind::Basic => "basic auth".to_owned(),
            SchemeKind::HeaderKey(name) => format!("{what} in the header `{name}`"),
            SchemeKind::QueryKey(name) => format!("{what} in the query as `{name}`"),
            SchemeKind::CookieKey(name) => format!("{what} in the cookie `{name}`"),
        };
        cell.parts.extend(Cell::at(text, scheme.span, Tone::Plain).parts);
    }
    if let Some(own) = &plan.mapping.own_header {
        cell.parts.extend(Cell::at("a header that the account states".to_owned(), own.span, Tone::Plain).parts);
    }
    if cell.parts.is_empty() { Cell::text("–") } else { cell }
}
