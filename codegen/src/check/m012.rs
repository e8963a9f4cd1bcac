//! M012: what may be absent on one side may be absent on the other, or something says what then.

use crate::diag::{Code, Diagnostics};
use crate::mapping::SettingKind;
use crate::model::{AbsentPlan, ContactUnit, Convert, Plan, ReadPlan, ReadVerb, SetPlan, Value};
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
    let may_be_null = plan.api.nullable(&prop.schema);
    let must = prop.required && !may_be_null;
    match &set.value {
        Value::Take(take) => {
            let field = take.path.last(uniform);
            let contact = matches!(
                take.convert,
                Convert::Contact(ContactUnit::Email | ContactUnit::PhonePlus | ContactUnit::PhoneSeven)
            );
            let set_shape = matches!(field.shape, Shape::Set | Shape::List);
            let optional =
                take.path.optional(uniform) && field.otherwise.is_none() || contact || set_shape || take.omit_zero;
            if must && optional && matches!(take.absent, AbsentPlan::Omit) {
                missing(prop, &take.path.text, set, field.span, diags);
            }
            let refuse_span = match &take.absent {
                AbsentPlan::Refuse(_, span) => Some(*span),
                AbsentPlan::Setting(_) => Some(set.span),
                AbsentPlan::Omit => None,
            };
            if let Some(span) = refuse_span
                && !optional
            {
                diags
                    .error(Code::M004, span, format!("`{}` is always there, so `absent` never applies", take.path.text))
                    .secondary(field.span, "the uniform field");
            }
        }
        Value::Lift(take, _) if must => missing(prop, &take.path.text, set, take.path.last(uniform).span, diags),
        Value::Setting(index, absent) => {
            let setting = &plan.mapping.settings[*index];
            let optional = setting.optional && setting.default.is_none();
            if must && optional && matches!(absent, AbsentPlan::Omit) {
                missing(prop, &setting.name.text, set, setting.name.span, diags);
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

fn missing(prop: &Prop, name: &str, set: &SetPlan, declared: crate::source::Span, diags: &mut Diagnostics) {
    diags
        .error(Code::M012, set.span, format!("`{}` is required, and `{name}` may be absent", prop.wire))
        .secondary(prop.span, "required here")
        .secondary(declared, "may be absent")
        .help("say what then: `absent: { refuse: why }` or `absent: { setting: name }`");
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
