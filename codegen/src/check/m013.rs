//! M013: every table and setting is used.

use crate::diag::{Code, Diagnostics};
use crate::model::Plan;
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, _uniform: &Uniform, diags: &mut Diagnostics) {
    let broken = &plan.broken;
    for (n, setting) in plan.mapping.settings.iter().enumerate() {
        if !plan.used_settings.contains(&n) && !broken.settings {
            diags.error(Code::M013, setting.name.span, format!("nothing uses the setting `{}`", setting.name.text));
        }
    }
    for (n, table) in plan.mapping.tables.iter().enumerate() {
        if !plan.used_tables.contains(&n) && !broken.tables {
            diags.error(Code::M013, table.name.span, format!("nothing uses the table `{}`", table.name.text));
        }
    }
    for (n, table) in plan.mapping.errors.iter().enumerate() {
        if !plan.used_errors.contains(&n) && !broken.errors {
            diags.error(Code::M013, table.name.span, format!("nothing uses the error table `{}`", table.name.text));
        }
    }
}
