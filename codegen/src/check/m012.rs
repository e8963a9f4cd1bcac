//! M012: what may be absent on one side may be absent on the other, or something says what then.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::mapping::{Mixed, Omit, SettingKind};
use crate::model::{
    AbsentPlan, Guard, InputTest, PagePart, Plan, ReadPlan, ReadVerb, ReplyPlan, SetPlan, TakePlan, ThenPlan, UPath,
    Value,
};
use crate::spec::{Prop, TypeId, TypeKind};
use crate::tree::Span;
use crate::uniform::{OperationKind, Shape, TypeId as UniformTypeId, Uniform};

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (index, mapped) in plan.mapped() {
        let call = &plan.api.operations[mapped.call];
        for set in &mapped.params {
            sent(plan, uniform, &call.params[set.prop].prop, set, &[], diags);
        }
        if let Some((ty, sets, _)) = &mapped.body {
            object(plan, uniform, *ty, sets, &[], diags);
        }
        for reply in &mapped.replies {
            let output = uniform.operations[index].output;
            let mut gives = Vec::new();
            if let Some((ty, reads, _)) = &reply.read {
                read(plan, uniform, *ty, reads, false, &mut gives, diags);
            }
            if let Some(each) = &reply.elements {
                read(plan, uniform, each.ty, &each.reads, false, &mut gives, diags);
            }
            if reply.rules.iter().any(|rule| matches!(rule.then, ThenPlan::Registered | ThenPlan::Answered)) {
                ungiven(uniform, output, reply, &gives, diags);
            }
        }
    }
    let output = uniform.operations.iter().find(|operation| operation.kind == OperationKind::Submit);
    for (_, mapped) in plan.listened() {
        if let (Some((ty, reads, _)), Some(submit)) = (&mapped.told.read, output) {
            let mut gives = Vec::new();
            read(plan, uniform, *ty, reads, false, &mut gives, diags);
            ungiven(uniform, submit.output, &mapped.told, &gives, diags);
        }
        if let Some((ty, sets, _)) = mapped.answer.as_ref().and_then(|answer| answer.body.as_ref()) {
            object(plan, uniform, *ty, sets, &[], diags);
        }
    }
}

/// `known` are conditions that hold wherever the object is sent.
fn object(plan: &Plan, uniform: &Uniform, ty: TypeId, sets: &[SetPlan], known: &[Guard], diags: &mut Diagnostics) {
    let TypeKind::Object(props) = &plan.api.ty(ty).kind else { return };
    for set in sets {
        let known = [known, &set.when].concat();
        sent(plan, uniform, &props[set.prop], set, &known, diags);
        below(plan, uniform, &set.value, &known, diags);
    }
}

fn below(plan: &Plan, uniform: &Uniform, value: &Value, known: &[Guard], diags: &mut Diagnostics) {
    match value {
        Value::Object(ty, sets) | Value::Group(_, _, ty, sets) => object(plan, uniform, *ty, sets, known, diags),
        Value::As(_, _, inner) | Value::Each(_, inner) => below(plan, uniform, inner, known, diags),
        Value::Rows(rows) => {
            rows.iter().for_each(|row| below(plan, uniform, &row.value, &[known, &row.when].concat(), diags));
        }
        Value::List(values) => values.iter().for_each(|value| below(plan, uniform, value, known, diags)),
        _ => {}
    }
}

/// Whether a field may be absent where these conditions hold.
fn may_be_absent(uniform: &Uniform, path: &UPath, known: &[Guard]) -> bool {
    let stated = known.iter().filter_map(|guard| match guard {
        Guard::Input(of, InputTest::Present) if of.covers(path) => Some(of.steps.len()),
        _ => None,
    });
    let from = stated.max().unwrap_or(0);
    path.steps[from..].iter().any(|(ty, field)| uniform.ty(*ty).fields[*field].shape == Shape::Optional)
}

fn sent(plan: &Plan, uniform: &Uniform, prop: &Prop, set: &SetPlan, known: &[Guard], diags: &mut Diagnostics) {
    let must = prop.required && !plan.api.nullable(&prop.schema);
    if must && !set.when.is_empty() {
        needed(prop, "`when` leaves it out at times", set, diags);
    }
    if let Value::Take(take) | Value::Lift(take, _) = &set.value {
        stands_in(plan, &take.absent, diags);
    }
    match &set.value {
        Value::Take(take) => taken(uniform, prop, set, take, must, known, diags),
        Value::Lift(take, mixed) if must => {
            let name = &take.path.text;
            if *mixed == Mixed::Omit {
                let why = format!("`mixed: omit` leaves it out when the items differ in `{name}`");
                needed(prop, &why, set, diags).help("say `mixed: refuse`");
            } else if may_be_absent(uniform, &take.path, known) && take.absent_span.is_none() {
                let why = format!("no item may state `{name}`");
                needed(prop, &why, set, diags).secondary(take.path.last(uniform).span, "may be absent");
            }
        }
        Value::Page(PagePart::Cursor, _) if must => {
            needed(prop, "the first page has no cursor", set, diags);
        }
        Value::Setting(index, absent) => {
            let setting = &plan.mapping.settings[*index];
            let optional = setting.optional && setting.default.is_none();
            if must && optional && !sure(absent) {
                missing(prop, &format!("the setting `{}`", setting.name.text), set, setting.name.span, diags);
            }
            stands_in(plan, absent, diags);
        }
        _ => {}
    }
}

/// What stands in for an absent value has to be there itself.
fn stands_in(plan: &Plan, absent: &AbsentPlan, diags: &mut Diagnostics) {
    let AbsentPlan::Setting(index) = absent else { return };
    let setting = &plan.mapping.settings[*index];
    if setting.optional || setting.kind == SettingKind::Secret {
        diags
            .error(Code::M012, setting.name.span, "what stands in for an absent value has to be there")
            .help("a setting that is not `optional` and no secret; or `absent: { refuse: why }`");
    }
}

fn taken(
    uniform: &Uniform,
    prop: &Prop,
    set: &SetPlan,
    take: &TakePlan,
    must: bool,
    known: &[Guard],
    diags: &mut Diagnostics,
) {
    let field = take.path.last(uniform);
    let contact = take.convert.one_kind();
    let set_shape = matches!(field.shape, Shape::Set | Shape::List);
    let set_shape =
        set_shape && !(field.min.is_some() && !may_be_absent(uniform, &take.path, known) && !known.is_empty());
    let optional = may_be_absent(uniform, &take.path, known) && field.otherwise.is_none() || contact || set_shape;
    if must && !sure(&take.absent) {
        if optional {
            missing(prop, &format!("`{}`", take.path.text), set, field.span, diags);
        } else if let Some(omit) = take.omit {
            let what = if omit == Omit::Zero { "zero" } else { "empty" };
            needed(prop, &format!("`omit: {what}` leaves it out"), set, diags);
        }
    }
    let stated = !matches!(take.absent, AbsentPlan::Omit);
    if stated && !optional && take.omit.is_none() {
        let span = take.absent_span.unwrap_or(set.span);
        diags
            .error(Code::M004, span, format!("`{}` is always there, so `absent` never applies", take.path.text))
            .secondary(field.span, "the uniform field");
    }
}

/// Whether something is sent whenever the input has no value, or it is refused.
fn sure(absent: &AbsentPlan) -> bool {
    match absent {
        AbsentPlan::Omit => false,
        AbsentPlan::Refuse(_, _, when) => when.is_empty(),
        AbsentPlan::Setting(_) => true,
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

/// What the lines below `reads` give; told where it may be absent and must not.
fn read<'p>(
    plan: &Plan,
    uniform: &Uniform,
    ty: TypeId,
    reads: &'p [ReadPlan],
    above: bool,
    gives: &mut Vec<&'p UPath>,
    diags: &mut Diagnostics,
) {
    let TypeKind::Object(props) = &plan.api.ty(ty).kind else { return };
    for item in reads {
        let prop = &props[item.prop];
        let optional = above || !prop.required || plan.api.nullable(&prop.schema);
        match &item.verb {
            ReadVerb::Give(all) => {
                for give in all {
                    gives.push(&give.target);
                    let field = give.target.last(uniform);
                    let optional = optional
                        || give.query.is_some()
                        || give.none_before.is_some()
                        || give.omit_zero
                        || give.none_if_zero.is_some();
                    if optional && field.shape == Shape::One && !give.target.optional(uniform) {
                        diags
                            .error(
                                Code::M012,
                                item.span,
                                format!("`{}` is required, and `{}` may be absent", give.target.text, prop.wire),
                            )
                            .secondary(field.span, "required here")
                            .secondary(prop.span, "may be absent");
                    }
                }
            }
            ReadVerb::Fields(ty, reads) => read(plan, uniform, *ty, reads, optional, gives, diags),
            ReadVerb::Each(each) => read(plan, uniform, each.ty, &each.reads, false, gives, diags),
            _ => {}
        }
    }
}

/// What a result, and each element of its lists that are given, has to have.
fn ungiven(uniform: &Uniform, output: UniformTypeId, reply: &ReplyPlan, gives: &[&UPath], diags: &mut Diagnostics) {
    if reply.broken() {
        return;
    }
    let given = |path: &UPath| gives.iter().any(|give| path.covers(give));
    let lists = reply.lists();
    for path in UPath::leaves(uniform, output) {
        let field = path.last(uniform);
        let shapes = path.steps.iter().enumerate().map(|(n, (ty, field))| (n, uniform.ty(*ty).fields[*field].shape));
        // What stands in an object or a list is due only where that is given.
        let due = shapes.clone().all(|(n, shape)| match shape {
            Shape::One => true,
            Shape::Optional => given(&path.prefix(n + 1)),
            Shape::List | Shape::Set => lists.iter().any(|each| each.list == path.prefix(n + 1)),
        });
        if due && field.shape == Shape::One && !field.default && field.derived.is_none() && !field.own && !given(&path)
        {
            diags
                .error(Code::M012, reply.span, format!("`{}` is required, and nothing gives it", path.text))
                .secondary(field.span, "required here");
        }
    }
}
