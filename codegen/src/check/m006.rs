//! M006: a table has a row for every uniform value.

use crate::diag::{Code, Diagnostics, nearest};
use crate::model::Plan;
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (table, resolved) in plan.mapping.tables.iter().zip(&plan.tables) {
        let Some(of) = resolved.uniform else { continue };
        let item = &uniform.enums[of];
        // The value that a misspelt row was meant for is not missing.
        let names = || item.values.iter().map(|value| value.name.as_str());
        let rows = table.rows.iter().map(|row| row.value.text.as_str());
        let meant: Vec<&str> = rows.map(|row| nearest(row, names()).unwrap_or(row)).collect();
        for value in item.values.iter().filter(|value| !meant.contains(&value.name.as_str())) {
            diags
                .error(
                    Code::M006,
                    table.name.span,
                    format!("the table `{}` has no row for `{}`", table.name.text, value.name),
                )
                .secondary(value.span, "the uniform value")
                .help(format!("add `{}: CODE`, or `{}: {{ unsupported: why }}`", value.name, value.name));
        }
    }
}
