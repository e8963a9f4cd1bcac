//! M004: nothing is said that never applies.

use std::collections::BTreeSet;

use super::m001::{carried, owed};
use crate::diag::{Code, Diagnostics};
use crate::model::{Condition, MappedPlan, Plan, ReadPlan, ReadVerb, ThenPlan, UPath, WirePath};
use crate::source::Span;
use crate::spec::TypeId;
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (index, mapped) in plan.mapped() {
        fates(uniform, index, mapped, diags);
        for reply in &mapped.replies {
            for (n, rule) in reply.rules.iter().enumerate() {
                if rule.when.is_empty() && n + 1 < reply.rules.len() {
                    diags
                        .error(Code::M004, reply.rules[n + 1].span, "this rule never applies")
                        .secondary(rule.span, "this one applies always");
                    break;
                }
            }
            if let Some((ty, reads, _)) = &reply.read {
                let mut looked_at = BTreeSet::new();
                for rule in &reply.rules {
                    look(&rule.when, &rule.then, &mut looked_at);
                }
                matches(*ty, reads, &looked_at, diags);
            }
        }
    }
    unused_statuses(plan, diags);
    for table in &plan.mapping.tables {
        for (code, _) in &table.other_codes {
            let carrying = table.rows.iter().find(|row| match &row.cell {
                crate::mapping::Cell::Code { code: of_row, .. } => of_row.text == code.text,
                crate::mapping::Cell::Decided { when, .. } => when.iter().any(|(_, of_row)| of_row.text == code.text),
                crate::mapping::Cell::Unsupported(_) => false,
            });
            if let Some(row) = carrying {
                diags
                    .error(Code::M004, code.span, format!("code {} is no other code: a row has it", code.text))
                    .secondary(row.value.span, "this row");
            }
        }
    }
}

/// A field has one fate.
fn fates(uniform: &Uniform, operation: usize, mapped: &MappedPlan, diags: &mut Diagnostics) {
    let owed = owed(uniform, uniform.operations[operation].input);
    let mut fates: Vec<(&UPath, Span, &str)> = Vec::new();
    fates.extend(mapped.implied.iter().map(|implied| (&implied.path, implied.span, "implied")));
    fates.extend(mapped.refuse.iter().map(|(path, _, span)| (path, *span, "refused")));
    fates.extend(mapped.drop.iter().map(|(path, span)| (path, *span, "dropped")));
    let carried = carried(mapped);
    for (n, (path, span, fate)) in fates.iter().enumerate() {
        if !owed.iter().any(|leaf| path.covers(leaf)) {
            let field = path.last(uniform);
            diags
                .error(Code::M004, *span, format!("`{}` is never sent, so that it is {fate} never applies", path.text))
                .secondary(field.span, "declared so");
        } else if let Some(taken) = carried.iter().find(|taken| path.covers(taken)) {
            diags.error(Code::M004, *span, format!("`{}` is carried, so that it is {fate} never applies", taken.text));
        } else if let Some((_, first, other)) =
            fates[..n].iter().find(|(first, ..)| first.covers(path) || path.covers(first))
        {
            diags.error(Code::M004, *span, format!("`{}` is {other} already", path.text)).secondary(*first, "here");
        }
    }
}

/// The fields that a rule looks at.
fn look(when: &[Condition], then: &ThenPlan, looked_at: &mut BTreeSet<(TypeId, usize)>) {
    let mut add = |path: &WirePath| looked_at.extend(path.0.iter().copied());
    for condition in when {
        match condition {
            Condition::Is(path, _) | Condition::Present(path) | Condition::Absent(path) | Condition::Nonzero(path) => {
                add(path)
            }
            Condition::Status(_) | Condition::Operation(_) => {}
        }
    }
    match then {
        ThenPlan::Error(_, code, message) => {
            add(code);
            message.iter().for_each(add);
        }
        ThenPlan::Class(_, _, Some(message), _) => add(message),
        _ => {}
    }
}

/// `match` promises that a rule looks at the field.
fn matches(ty: TypeId, reads: &[ReadPlan], looked_at: &BTreeSet<(TypeId, usize)>, diags: &mut Diagnostics) {
    for read in reads {
        match &read.verb {
            ReadVerb::Match(span) if !looked_at.contains(&(ty, read.prop)) => {
                diags.error(Code::M004, *span, "no rule of `outcome` looks at this field, so `match` never applies");
            }
            ReadVerb::Ignore if looked_at.contains(&(ty, read.prop)) => {
                diags.error(Code::M004, read.span, "a rule of `outcome` looks at this field, so it is not ignored");
            }
            ReadVerb::Fields(ty, reads) => matches(*ty, reads, looked_at, diags),
            _ => {}
        }
    }
}

/// A general status that no mapped operation documents, or that each of them overrides.
fn unused_statuses(plan: &Plan, diags: &mut Diagnostics) {
    for status in &plan.mapping.statuses {
        let applies = plan.mapped().any(|(_, mapped)| {
            plan.api.operations[mapped.call].responses.iter().enumerate().any(|(index, response)| {
                response.status == Some(status.code)
                    && !mapped.replies.iter().any(|reply| reply.responses.contains(&index))
            })
        });
        if !applies {
            diags.error(
                Code::M004,
                status.span,
                format!("status {} never applies: no mapped operation falls back on it", status.code),
            );
        }
    }
}
