//! M012: what may be absent on one side may be absent on the other, or something says what then.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::mapping::SettingKind;
use crate::model::{AbsentPlan, ContactUnit, Convert, Plan, ReadPlan, ReadVerb, SetPlan, TakePlan, Value};
use crate::source::Span;
use crate::spec::{Prop, TypeId, TypeKind};
use crate::uniform::{Shape, TypeId as UniformTypeId, Uniform};

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (index, mapped) in plan.mapped() {
        let call = &plan.api.operations[mapped.call];
        for set in &mapped.params {
            sent(plan, uniform, &call.params[set.prop].prop, set, diags);
        }
        if let Some((ty, sets, _)) = &mapped.body {
            object(plan, uniform, *ty, sets, diags);
        }
        for reply in &mapped.replies {
            if let Some((ty, reads, _)) = &reply.read {
                read(plan, uniform, uniform.operations[index].output, *ty, reads, false, diags);
            }
        }
    }
}

fn object(plan: &Plan, uniform: &Uniform, ty: TypeId, sets: &[SetPlan], diags: &mut Diagnostics) {
    let TypeKind::Object(props) = &plan.api.ty(ty).kind else { return };
    for set in sets {
        sent(plan, uniform, &props[set.prop], set, diags);
        if let Value::Object(ty, sets) | Value::Each(_, ty, sets) = &set.value {
            object(plan, uniform, *ty, sets, diags);
        }
    }
}

fn sent(plan: &Plan, uniform: &Uniform, prop: &Prop, set: &SetPlan, diags: &mut Diagnostics) {
    let must = prop.required && !plan.api.nullable(&prop.schema);
    match &set.value {
        Value::Take(take) => taken(uniform, prop, set, take, must, diags),
        Value::Lift(take, omit_mixed) if must => {
            let name = &take.path.text;
            if *omit_mixed {
                let why = format!("`mixed: omit` leaves it out when the items differ in `{name}`");
                needed(prop, &why, set, diags).help("say `mixed: refuse`");
            } else if take.path.optional(uniform) {
                let why = format!("no item may state `{name}`");
                needed(prop, &why, set, diags).secondary(take.path.last(uniform).span, "may be absent");
            }
        }
        Value::Setting(index, absent) => {
            let setting = &plan.mapping.settings[*index];
            let optional = setting.optional && setting.default.is_none();
            if must && optional && matches!(absent, AbsentPlan::Omit) {
                missing(prop, &format!("the setting `{}`", setting.name.text), set, setting.name.span, diags);
            }
            if let AbsentPlan::Setting(other) = absent {
                let other = &plan.mapping.settings[*other];
                if other.optional || other.kind == SettingKind::Secret {
                    diags.error(Code::M012, other.name.span, "what stands in for an absent value has to be there");
                }
            }
        }
        _ => {}
    }
}

fn taken(uniform: &Uniform, prop: &Prop, set: &SetPlan, take: &TakePlan, must: bool, diags: &mut Diagnostics) {
    let field = take.path.last(uniform);
    let contact =
        matches!(take.convert, Convert::Contact(ContactUnit::Email | ContactUnit::PhonePlus | ContactUnit::PhoneSeven));
    let set_shape = matches!(field.shape, Shape::Set | Shape::List);
    let optional = take.path.optional(uniform) && field.otherwise.is_none() || contact || set_shape;
    if must && matches!(take.absent, AbsentPlan::Omit) {
        if optional {
            missing(prop, &format!("`{}`", take.path.text), set, field.span, diags);
        } else if take.omit_zero {
            needed(prop, "`omit: zero` leaves it out", set, diags);
        }
    }
    let stated = !matches!(take.absent, AbsentPlan::Omit);
    if stated && !optional && !take.omit_zero {
        let span = take.absent_span.unwrap_or(set.span);
        diags
            .error(Code::M004, span, format!("`{}` is always there, so `absent` never applies", take.path.text))
            .secondary(field.span, "the uniform field");
    }
}

fn missing(prop: &Prop, what: &str, set: &SetPlan, declared: Span, diags: &mut Diagnostics) {
    needed(prop, &format!("{what} may be absent"), set, diags)
        .secondary(declared, "may be absent")
        .help("say what then: `absent: { refuse: why }` or `absent: { setting: name }`");
}

fn needed<'d>(prop: &Prop, why: &str, set: &SetPlan, diags: &'d mut Diagnostics) -> &'d mut Diagnostic {
    let diag = diags.error(Code::M012, set.span, format!("`{}` is required, and {why}", prop.wire));
    diag.secondary(prop.span, "required here")
}

fn read(
    plan: &Plan,
    uniform: &Uniform,
    output: UniformTypeId,
    ty: TypeId,
    reads: &[ReadPlan],
    above: bool,
    diags: &mut Diagnostics,
) {
    let TypeKind::Object(props) = &plan.api.ty(ty).kind else { return };
    for item in reads {
        let prop = &props[item.prop];
        let optional = above || !prop.required || plan.api.nullable(&prop.schema);
        match &item.verb {
            ReadVerb::Give(target, _) | ReadVerb::GiveParts(target, ..) => {
                let field = &uniform.ty(output).fields[*target];
                if optional && field.shape == Shape::One {
                    diags
                        .error(
                            Code::M012,
                            item.span,
                            format!("`{}` is required, and `{}` may be absent", field.name, prop.wire),
                        )
                        .secondary(field.span, "required here")
                        .secondary(prop.span, "may be absent");
                }
            }
            ReadVerb::Fields(ty, reads) => read(plan, uniform, output, *ty, reads, optional, diags),
            _ => {}
        }
    }
}
