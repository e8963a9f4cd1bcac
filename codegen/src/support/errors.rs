//! What error codes and statuses prove: class × provider.

use super::{Cell, Part, Section, Table, Tone};
use crate::load::Specs;
use crate::mapping::Then;
use crate::model::Plan;
use crate::uniform::Class;

pub(super) fn section(specs: &Specs) -> Section {
    let mut table = Table::by_provider(&["class", "proves", "then"], specs);
    for class in &specs.uniform.classes {
        let name = Cell::at(format!("`{}`", class.name), class.span, Tone::Plain).more(&class.about);
        let (means, then) = (Cell::text(&class.means), Cell::text(then(class)));
        table.row(vec![name, means, then], specs, |plan| codes(plan, &class.name));
    }
    let intro = "The codes and HTTP statuses that are of each class, wherever they come; rules of single operations stand in \
                 the mappings. A code without a row is `outcome_unknown`.";
    Section::chapter("Errors", intro).with(table)
}

fn then(class: &Class) -> String {
    let again = match class.repeat.as_str() {
        "backoff" => "again after a pause",
        "ask" => "asked for",
        _ => "not repeated",
    };
    if class.elsewhere { format!("{again}; another account") } else { again.to_owned() }
}

fn codes(plan: &Plan, class: &str) -> Cell {
    let mut parts = Vec::new();
    for table in &plan.mapping.errors {
        let rows = table.rows.iter().filter(|row| row.class.as_ref().is_some_and(|of| of.text == class));
        parts.extend(rows.enumerate().map(|(n, row)| Part {
            text: match n {
                0 if !table.prefix.is_empty() => format!("{} {}", table.prefix, row.code.text),
                _ => row.code.text.clone(),
            },
            more: String::new(),
            at: Some(row.code.span),
        }));
    }
    let statuses = plan.mapping.statuses.iter().filter(|status| match &status.then {
        Then::Class { class: of, .. } => of.text == class,
        _ => false,
    });
    parts.extend(statuses.map(|status| Part {
        text: format!("HTTP {}", status.code),
        more: String::new(),
        at: Some(status.span),
    }));
    Cell { parts, tone: Tone::Plain }
}
