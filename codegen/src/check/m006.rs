//! M006: a table has a row for every uniform value.

use crate::diag::{Code, Diagnostics};
use crate::model::Plan;
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (table, resolved) in plan.mapping.tables.iter().zip(&plan.tables) {
        let Some(of) = resolved.uniform else { continue };
        let item = &uniform.enums[of];
        let missing: Vec<_> =
            item.values.iter().filter(|value| !table.rows.iter().any(|row| row.value.text == value.name)).collect();
        for value in missing {
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
