//! M007: a table has every code of the provider's enum, and an error table every documented code.

use crate::diag::{Code, Diagnostics};
use crate::model::Plan;
use crate::spec::TypeKind;
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, _uniform: &Uniform, diags: &mut Diagnostics) {
    for (table, resolved) in plan.mapping.tables.iter().zip(&plan.tables) {
        let Some(TypeKind::Enum(def)) = resolved.provider.map(|id| &plan.api.ty(id).kind) else { continue };
        // A row that could not be read may have been meant for any code.
        let unknown = table.rows.iter().any(|row| {
            row.broken.is_some() && !row.codes().any(|code| def.values.iter().any(|value| value.wire == code.text))
        });
        for value in def.values.iter().filter(|_| !unknown) {
            let in_rows = table.rows.iter().any(|row| row.codes().any(|code| code.text == value.wire));
            if !in_rows && !table.other_codes.iter().any(|(code, _)| code.text == value.wire) {
                diags
                    .error(
                        Code::M007,
                        table.name.span,
                        format!("the table `{}` has no row with code {}", table.name.text, value.wire),
                    )
                    .secondary(value.span, "the provider's code")
                    .help(format!("add it to a row, or say under `other_codes`: `{}: why`", value.wire));
            }
        }
    }
    for table in &plan.mapping.errors {
        let Some(word) = &table.codes else { continue };
        let documented = word.text.split_once('.').and_then(|(ty, prop)| {
            let ty = plan.api.types.iter().find(|candidate| candidate.name == ty)?;
            let TypeKind::Object(props) = &ty.kind else { return None };
            props.iter().find(|candidate| candidate.wire == prop)
        });
        let Some(prop) = documented else {
            diags
                .error(Code::M005, word.span, format!("the provider has no field `{}`", word.text))
                .help("write `Schema.field`");
            continue;
        };
        // 0 says that nothing is wrong.
        for (code, span) in prop.schema.error_codes.iter().filter(|(code, _)| code != "0") {
            if !table.rows.iter().any(|row| &row.code.text == code) {
                diags
                    .error(
                        Code::M007,
                        table.name.span,
                        format!("the error table `{}` has no row for code {code}", table.name.text),
                    )
                    .secondary(*span, "documented here");
            }
        }
        for row in &table.rows {
            // What is no number has been told, and is no code of anything.
            let number = row.code.text.parse::<i64>().is_ok();
            if number && !prop.schema.error_codes.iter().any(|(code, _)| *code == row.code.text) {
                diags
                    .error(Code::M009, row.code.span, format!("`{}` documents no code {}", word.text, row.code.text))
                    .secondary(prop.span, "the field");
            }
        }
    }
}
