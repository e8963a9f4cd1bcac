//! M002: every field of a request, and of the answer to a callback, is set, or left for a reason.

use crate::diag::{Code, Diagnostics};
use crate::model::{Plan, SetPlan, Value};
use crate::spec::{Prop, TypeId, TypeKind};
use crate::tree::Span;
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, _uniform: &Uniform, diags: &mut Diagnostics) {
    for mapped in plan.calls() {
        let call = &plan.api.operations[mapped.call];
        for (index, param) in call.params.iter().enumerate() {
            match mapped.params.iter().find(|set| set.prop == index) {
                None => unset(&param.prop, "parameter", mapped.call_span, diags),
                Some(set) if set.broken => {}
                Some(set) => value(plan, &param.prop, &set.value, set.span, diags),
            }
        }
        match (&mapped.body, &call.body) {
            // A body that is there and could not be resolved has been told.
            (None, Some(_)) if mapped.broken_body => {}
            (None, Some(schema)) => {
                diags
                    .error(Code::M002, mapped.call_span, format!("nothing sets the body of `{}`", call.id))
                    .secondary(schema.span, "the body");
            }
            (Some((ty, sets, span)), _) => object(plan, *ty, sets, *span, diags),
            (None, None) => {}
        }
    }
    for (index, mapped) in plan.listened() {
        let Some(answer) = &mapped.answer else { continue };
        let response = &plan.api.callbacks[index].responses[answer.response];
        match (&answer.body, &response.body) {
            (Some((ty, sets, span)), _) => object(plan, *ty, sets, *span, diags),
            (None, Some(schema)) if !answer.broken_body => {
                let name = &plan.api.callbacks[index].name;
                diags
                    .error(Code::M002, answer.span, format!("nothing sets the body of the answer to `{name}`"))
                    .secondary(schema.span, "the body")
                    .help("add `body:` with a line for each field");
            }
            (None, _) => {}
        }
    }
}

fn object(plan: &Plan, ty: TypeId, sets: &[SetPlan], span: Span, diags: &mut Diagnostics) {
    let TypeKind::Object(props) = &plan.api.ty(ty).kind else { return };
    for (index, prop) in props.iter().enumerate() {
        match sets.iter().find(|set| set.prop == index) {
            None => unset(prop, "field", span, diags),
            Some(set) if set.broken => {}
            Some(set) => value(plan, prop, &set.value, set.span, diags),
        }
    }
}

fn value(plan: &Plan, prop: &Prop, set: &Value, span: Span, diags: &mut Diagnostics) {
    match set {
        Value::Leave if prop.required => {
            diags
                .error(Code::M002, span, format!("the required field `{}` cannot be left", prop.wire))
                .secondary(prop.span, "required here");
        }
        Value::Object(ty, sets) | Value::Group(_, _, ty, sets) => object(plan, *ty, sets, span, diags),
        Value::As(_, _, inner) | Value::Each(_, inner) => value(plan, prop, inner, span, diags),
        Value::Rows(rows) => rows.iter().for_each(|row| value(plan, prop, &row.value, row.span, diags)),
        Value::List(values) => values.iter().for_each(|element| value(plan, prop, element, span, diags)),
        _ => {}
    }
}

fn unset(prop: &Prop, what: &str, span: Span, diags: &mut Diagnostics) {
    let required = if prop.required { "required " } else { "" };
    let diag = diags.error(Code::M002, span, format!("nothing sets the {required}{what} `{}`", prop.wire));
    diag.secondary(prop.span, "declared here");
    if !prop.required {
        diag.help(format!("set it, or say `{}: {{ leave: why }}`", prop.wire));
    }
}
