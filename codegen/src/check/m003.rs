//! M003: every field of an answer or a callback is read or ignored for a reason, every documented status means something,
//! and some answer proves that what was submitted is registered.

use crate::diag::{Code, Diagnostics};
use crate::model::{MappedCallbackPlan, MappedPlan, Plan, ReadPlan, ReadVerb, ReplyPlan, ThenPlan};
use crate::spec::{Callback, TypeId, TypeKind};
use crate::tree::Span;
use crate::uniform::{OperationKind, Uniform};

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (index, mapped) in plan.mapped() {
        statuses(plan, mapped, diags);
        bodies(plan, mapped, diags);
        match uniform.operations[index].kind {
            OperationKind::Submit => proof(plan, uniform, mapped, diags),
            OperationKind::Query => answer(plan, mapped, diags),
            OperationKind::Inquire => {}
        }
    }
    for (index, mapped) in plan.listened() {
        callback(plan, uniform, &plan.api.callbacks[index], mapped, diags);
    }
}

fn callback(plan: &Plan, uniform: &Uniform, from: &Callback, mapped: &MappedCallbackPlan, diags: &mut Diagnostics) {
    for (n, param) in from.params.iter().enumerate() {
        let known = mapped.proofs.iter().any(|proof| proof.param == Some(n))
            || mapped.ignore.iter().any(|(ignored, _)| *ignored == n);
        if !known && !mapped.broken_proofs {
            let (place, wire) = (param.place.name(), &param.prop.wire);
            diags
                .error(
                    Code::M003,
                    mapped.told.span,
                    format!("nothing looks at `{wire}` in the {place} of this callback"),
                )
                .secondary(param.prop.span, "declared here")
                .help(format!("hold it against a setting under `verify`, or say `ignore: {{ {wire}: why }}`"));
        }
    }
    let told = &mapped.told;
    match (&told.read, &from.body) {
        (Some((ty, reads, span)), _) => object(plan, *ty, reads, *span, diags),
        (None, Some(body)) if !told.broken_body => {
            diags
                .error(Code::M003, told.span, "the body of this callback is not read")
                .secondary(body.span, "documented here")
                .help("add `read:` with a line for each field");
        }
        (None, None) if !told.broken_body => {
            diags
                .error(Code::M003, told.span, format!("`{}` has no JSON body to read", from.name))
                .secondary(from.span, "the callback")
                .help(format!("say `{}: {{ unsupported: why }}`", from.name));
        }
        (None, _) => {}
    }
    let ends = told.rules.iter().any(|rule| match &rule.then {
        ThenPlan::Registered | ThenPlan::Error(..) => true,
        ThenPlan::Class(class, new_key, ..) => *new_key && uniform.classes[*class].means == "rejected",
        ThenPlan::Answered | ThenPlan::Pending => false,
    });
    if !ends && !told.broken_rules {
        diags
            .error(Code::M003, told.span, format!("nothing that `{}` tells ever ends a submission", from.name))
            .secondary(from.span, "the callback")
            .help("some rule has to end in `then: registered`, or in a rejection with `new_key: true`")
            .help(format!("if it never does, say `{}: {{ unsupported: why }}`", from.name));
    }
}

fn statuses(plan: &Plan, mapped: &MappedPlan, diags: &mut Diagnostics) {
    if mapped.broken_replies || plan.mapping.unread.statuses {
        return;
    }
    let call = &plan.api.operations[mapped.call];
    for (index, response) in call.responses.iter().enumerate() {
        if mapped.replies.iter().any(|reply| reply.responses.contains(&index)) {
            continue;
        }
        let Some(status) = response.status else {
            diags
                .error(Code::M003, mapped.reply_span, format!("nothing can say what `default` of `{}` means", call.id))
                .secondary(response.span, "documented here")
                .help("a mapping speaks of statuses by number: document those that occur instead of `default`");
            continue;
        };
        if !plan.mapping.statuses.iter().any(|general| general.code == status) {
            diags
                .error(
                    Code::M003,
                    mapped.reply_span,
                    format!("nothing says what status {status} of `{}` means", call.id),
                )
                .secondary(response.span, "documented here")
                .help("add it under `reply`, or under `statuses` when it means the same everywhere");
        }
    }
}

fn bodies(plan: &Plan, mapped: &MappedPlan, diags: &mut Diagnostics) {
    let call = &plan.api.operations[mapped.call];
    for reply in &mapped.replies {
        match (&reply.read, &reply.elements) {
            (Some((ty, reads, span)), _) => object(plan, *ty, reads, *span, diags),
            (None, Some(each)) => object(plan, each.ty, &each.reads, each.span, diags),
            (None, None) if reply.broken_body => {}
            (None, None) => {
                let body = reply.responses.iter().find_map(|index| call.responses[*index].body.as_ref());
                if let Some(body) = body {
                    diags
                        .error(Code::M003, reply.span, "the body of this answer is not read")
                        .secondary(body.span, "documented here")
                        .help("add `read:` with a line for each field");
                }
            }
        }
    }
}

fn object(plan: &Plan, ty: TypeId, reads: &[ReadPlan], span: Span, diags: &mut Diagnostics) {
    let TypeKind::Object(props) = &plan.api.ty(ty).kind else { return };
    for (index, prop) in props.iter().enumerate() {
        match reads.iter().find(|read| read.prop == index) {
            None => {
                diags
                    .error(Code::M003, span, format!("the field `{}` is neither read nor ignored", prop.wire))
                    .secondary(prop.span, "declared here")
                    .help(format!("give it, match it, or say `{}: {{ ignore: why }}`", prop.wire));
            }
            Some(ReadPlan { verb: ReadVerb::Fields(ty, reads), span, .. }) => object(plan, *ty, reads, *span, diags),
            Some(ReadPlan { verb: ReadVerb::Each(each), span, .. }) => object(plan, each.ty, &each.reads, *span, diags),
            Some(_) => {}
        }
    }
}

/// A submission whose answers prove nothing would stay in doubt for ever. Rows of error tables do not count: what
/// stands there is what went wrong.
fn proof(plan: &Plan, uniform: &Uniform, mapped: &MappedPlan, diags: &mut Diagnostics) {
    let broken =
        unknown_rules(mapped) || plan.statuses.len() < plan.mapping.statuses.len() || plan.mapping.unread.statuses;
    let rules = mapped.replies.iter().flat_map(|reply| &reply.rules).map(|rule| &rule.then);
    let proved = rules.chain(plan.statuses.iter().map(|(_, then)| then)).any(|then| match then {
        ThenPlan::Registered | ThenPlan::Pending => true,
        ThenPlan::Class(class, ..) => uniform.classes[*class].means == "pending",
        ThenPlan::Answered | ThenPlan::Error(..) => false,
    });
    if !broken && !proved {
        let call = &plan.api.operations[mapped.call];
        diags
            .error(Code::M003, mapped.reply_span, format!("no reply of `{}` ever proves a registration", call.id))
            .secondary(call.span, "the operation")
            .help("some rule has to end in `then: registered`, or in `then: pending`");
    }
}

/// A query whose replies are never its answer can only fail.
fn answer(plan: &Plan, mapped: &MappedPlan, diags: &mut Diagnostics) {
    if !unknown_rules(mapped) && !mapped.replies.iter().any(ReplyPlan::answers) {
        let call = &plan.api.operations[mapped.call];
        diags
            .error(Code::M003, mapped.reply_span, format!("no reply of `{}` is ever its answer", call.id))
            .secondary(call.span, "the operation")
            .help("some rule has to end in `then: answered`");
    }
}

/// Whether rules are missing that an error tells of.
fn unknown_rules(mapped: &MappedPlan) -> bool {
    mapped.broken_replies || mapped.replies.iter().any(|reply| reply.broken_rules)
}
