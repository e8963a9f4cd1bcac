//! M008: a code reads back as one uniform value.

use crate::diag::{Code, Diagnostics};
use crate::model::{CellPlan, Plan};
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, _uniform: &Uniform, diags: &mut Diagnostics) {
    for (table, resolved) in plan.mapping.tables.iter().zip(&plan.tables) {
        // Rows that were resolved are in the order of those that were written; a row that was not is reported already.
        if resolved.rows.len() != table.rows.len() {
            continue;
        }
        for n in 0..resolved.rows.len() {
            for m in 0..n {
                let Some(code) = meet(&resolved.rows[m].1, &resolved.rows[n].1) else { continue };
                let message =
                    format!("`{}` and `{}` are both code {code}", table.rows[m].value.text, table.rows[n].value.text);
                diags
                    .error(Code::M008, table.rows[n].value.span, message)
                    .secondary(table.rows[m].value.span, "the other row")
                    .help(format!(
                        "say what it reads back as: `{{ code: {code}, reads_as: {} }}`, or let a setting decide",
                        table.rows[m].value.text
                    ));
            }
        }
    }
}

/// The code that two cells share under some setting.
fn meet(a: &CellPlan, b: &CellPlan) -> Option<String> {
    match (a, b) {
        (CellPlan::Code(a, None), CellPlan::Code(b, None)) => (a == b).then(|| a.clone()),
        (CellPlan::Code(code, None), CellPlan::Decided(_, when))
        | (CellPlan::Decided(_, when), CellPlan::Code(code, None)) => {
            when.iter().any(|(_, other)| other == code).then(|| code.clone())
        }
        (CellPlan::Decided(one, a), CellPlan::Decided(other, b)) => a.iter().find_map(|(choice, code)| {
            let shared = b.iter().any(|(choice_b, code_b)| code_b == code && (one != other || choice == choice_b));
            shared.then(|| code.clone())
        }),
        _ => None,
    }
}
