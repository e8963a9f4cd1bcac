//! M001: every uniform field of an operation is carried, implied, refused or dropped; every operation and every callback
//! is mapped or unsupported; the key that ends doubt is sent, and a callback says of which key it speaks.

use crate::diag::{Code, Diagnostics};
use crate::fates::owed;
use crate::mapping::Doubt;
use crate::model::{MappedPlan, Plan, ReadPlan, ReadVerb, Value};
use crate::uniform::{OperationKind, Shape, Ty, Uniform};

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    operations(plan, uniform, diags);
    callbacks(plan, diags);
    for (index, mapped) in plan.mapped() {
        let span = mapped.body.as_ref().map_or(mapped.call_span, |(_, _, span)| *span);
        if mapped.broken.unknown {
            continue;
        }
        let carried = mapped.carried();
        for path in owed(uniform, uniform.operations[index].input) {
            let chosen = mapped.chosen.iter().map(|chosen| &chosen.path);
            let carried =
                carried.iter().map(|taken| &taken.path).chain(chosen).any(|carried| carried.steps == path.steps);
            let broken = mapped.broken.paths.iter().any(|broken| broken.covers(&path));
            let implied = mapped.implied.iter().any(|implied| implied.path.steps == path.steps);
            let refused = mapped.refuse.iter().any(|(refused, ..)| refused.covers(&path));
            let dropped = mapped.drop.iter().any(|(dropped, ..)| dropped.covers(&path));
            if !(carried || broken || implied || refused || dropped) {
                diags
                    .error(Code::M001, span, format!("nothing says what becomes of `{}`", path.text))
                    .secondary(path.last(uniform).span, "the uniform field")
                    .help(match path.last(uniform) {
                        // What is always stated cannot be refused when it is, and an enumeration has nothing to stand for it.
                        field if field.shape == Shape::One && matches!(field.ty, Ty::Enum(_)) => {
                            format!(
                                "take it, or say what it is under `implied`: `{}: {{ is: VALUE, reason: why }}`",
                                path.text
                            )
                        }
                        _ => format!("take it, or give a reason under `refuse` or `drop`: `{}: why`", path.text),
                    });
            }
        }
        if uniform.operations[index].kind == OperationKind::Submit {
            key(plan, &uniform.operations[index].name, mapped, diags);
        }
    }
}

fn operations(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (index, operation) in uniform.operations.iter().enumerate() {
        let told = plan.broken.operations.contains(&index) || plan.broken.unknown_operation;
        if !told && !plan.operations.iter().any(|mapped| mapped.operation == index) {
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
}

fn callbacks(plan: &Plan, diags: &mut Diagnostics) {
    let span = plan.mapping.callbacks_span.unwrap_or(plan.mapping.operations_span);
    for (index, callback) in plan.api.callbacks.iter().enumerate() {
        let told = plan.broken.callbacks.contains(&index) || plan.broken.unknown_callback;
        if !told && !plan.callbacks.iter().any(|mapped| mapped.callback == index) {
            let name = &callback.name;
            diags
                .error(Code::M001, span, format!("nothing says what becomes of the callback `{name}`"))
                .secondary(callback.span, "the callback")
                .help(match plan.mapping.callbacks_span {
                    Some(_) => format!("map it, or say `{name}: {{ unsupported: why }}`"),
                    None => format!("add `callbacks:`; map it there, or say `{name}: {{ unsupported: why }}`"),
                });
        }
    }
    for (index, mapped) in plan.listened() {
        let Some((_, reads, span)) = &mapped.told.read else { continue };
        if mapped.keys().is_empty() && !broken(reads) {
            let name = &plan.api.callbacks[index].name;
            diags
                .error(Code::M001, *span, format!("nothing says of which submission `{name}` speaks"))
                .help("one field of its body holds the key of the request: `{ find: key }`");
        }
    }
}

/// Whether errors tell of some line, which may be the one that was to find the key.
fn broken(reads: &[ReadPlan]) -> bool {
    reads.iter().any(|read| read.broken || matches!(&read.verb, ReadVerb::Fields(_, reads) if broken(reads)))
}

/// Doubt that a repeat or a question is to end hangs on the key: without it, a repeat prints a second receipt.
fn key(plan: &Plan, operation: &str, mapped: &MappedPlan, diags: &mut Diagnostics) {
    let how = match plan.mapping.doubt {
        Doubt::Keyed(_) => "doubt ends by repeating the key",
        Doubt::Locatable(_) => "doubt ends by asking for the key",
        Doubt::Blind => return,
    };
    let mut sent = mapped.broken.key;
    mapped.visit(&mut |value| sent |= matches!(value, Value::Key(_)));
    if !sent {
        let span = mapped.body.as_ref().map_or(mapped.call_span, |(_, _, span)| *span);
        diags
            .error(Code::M001, span, format!("nothing sends the key of `{operation}`"))
            .secondary(plan.mapping.doubt_span, how)
            .help("set the field or parameter that identifies a request: `{ take: key }`");
    }
}
