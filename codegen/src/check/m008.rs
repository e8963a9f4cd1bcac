//! M008: a code reads back as one uniform value. `reads_as` says which, where there are two; M004 when that value does
//! not have the code.

use crate::diag::{Code, Diagnostics};
use crate::mapping::{Cell, Row};
use crate::model::{CellPlan, Plan};
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (table, resolved) in plan.mapping.tables.iter().zip(&plan.tables) {
        let Some(of) = resolved.uniform else { continue };
        let written = |value: usize| {
            let name = &uniform.enums[of].values[value].name;
            table.rows.iter().find(|row| row.value.text == *name)
        };
        for (n, (value, cell)) in resolved.rows.iter().enumerate() {
            let Some(row) = written(*value) else { continue };
            for (other, earlier) in &resolved.rows[..n] {
                if let (Some(code), Some(first)) = (meet(earlier, cell), written(*other)) {
                    let message = format!("`{}` and `{}` are both code {code}", first.value.text, row.value.text);
                    diags.error(Code::M008, row.value.span, message).secondary(first.value.span, "the other row").help(
                        format!(
                            "say what it reads back as: `{{ code: {code}, reads_as: {} }}`, or let a setting decide",
                            first.value.text
                        ),
                    );
                }
            }
            if let CellPlan::Code(code, Some(target)) = cell {
                let owner = resolved.rows.iter().find(|(value, _)| value == target).map(|(_, cell)| cell);
                let owns = matches!(owner, Some(CellPlan::Code(owned, None)) if owned == code);
                // A target whose row is missing or broken has been told.
                if let (false, Some(first)) = (owns, written(*target))
                    && (owner.is_some() || value == target)
                {
                    not_owned(row, first, code, diags);
                }
            }
        }
    }
}

fn not_owned(row: &Row, target: &Row, code: &str, diags: &mut Diagnostics) {
    let Cell::Code { reads_as: Some(word), .. } = &row.cell else { return };
    let message = format!("`reads_as` never applies: `{}` does not read back from code {code} itself", word.text);
    diags
        .error(Code::M004, word.span, message)
        .secondary(target.value.span, "its row")
        .help(format!("name the value whose own row is code {code}"));
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
