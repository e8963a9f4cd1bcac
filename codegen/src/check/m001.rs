//! M001: every uniform field of an operation is carried, implied, refused or dropped; every operation is mapped or
//! unsupported.

use crate::diag::{Code, Diagnostics};
use crate::model::{MappedPlan, Plan, UPath, Value, visit_values};
use crate::uniform::{TypeId, Uniform};

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (index, operation) in uniform.operations.iter().enumerate() {
        if !plan.operations.iter().any(|mapped| mapped.operation == index) {
            diags
                .error(
                    Code::M001,
                    plan.mapping.operations_span,
                    format!("nothing says what becomes of `{}`", operation.name),
                )
                .secondary(operation.span, "the operation")
                .help(format!("map it, or say `{}: {{ unsupported: why }}`", operation.name));
        }
    }
    for (index, mapped) in plan.mapped() {
        let span = mapped.body.as_ref().map_or(mapped.call_span, |(_, _, span)| *span);
        for path in owed(uniform, uniform.operations[index].input) {
            let carried = carried(mapped).iter().any(|taken| taken.steps == path.steps);
            let implied = mapped.implied.iter().any(|implied| implied.path.steps == path.steps);
            let refused = mapped.refuse.iter().any(|(refused, ..)| refused.covers(&path));
            let dropped = mapped.drop.iter().any(|(dropped, _)| dropped.covers(&path));
            if !(carried || implied || refused || dropped) {
                diags
                    .error(Code::M001, span, format!("nothing says what becomes of `{}`", path.text))
                    .secondary(path.last(uniform).span, "the uniform field")
                    .help(format!("take it, or give a reason under `refuse` or `drop`: `{}: why`", path.text));
            }
        }
    }
}

/// The fields that a merchant states and that are sent.
pub(super) fn owed(uniform: &Uniform, input: TypeId) -> Vec<UPath> {
    let mut paths = UPath::leaves(uniform, input);
    paths.retain(|path| {
        let field = path.last(uniform);
        !field.own && field.derived.is_none()
    });
    paths
}

/// The fields that a request carries.
pub(super) fn carried(mapped: &MappedPlan) -> Vec<&UPath> {
    let mut found = Vec::new();
    let body = mapped.body.as_ref().map_or(&[][..], |(_, sets, _)| sets);
    for sets in [&mapped.params[..], body] {
        visit_values(sets, &mut |value| {
            if let Value::Take(take) | Value::Lift(take, _) = value {
                found.push(&take.path);
            }
        });
    }
    found
}
