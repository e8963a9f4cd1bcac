//! M003: every field of an answer is read or ignored for a reason, every documented status means something, and some
//! answer proves that what was submitted is registered.

use crate::diag::{Code, Diagnostics};
use crate::model::{MappedPlan, Plan, ReadPlan, ReadVerb, ThenPlan};
use crate::source::Span;
use crate::spec::{TypeId, TypeKind};
use crate::uniform::{OperationKind, Uniform};

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (index, mapped) in plan.mapped() {
        statuses(plan, mapped, diags);
        bodies(plan, mapped, diags);
        if uniform.operations[index].kind == OperationKind::Submit {
            proof(plan, uniform, mapped, diags);
        }
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
        match &reply.read {
            Some((ty, reads, span)) => object(plan, *ty, reads, *span, diags),
            None if reply.broken_body => {}
            None => {
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
            Some(_) => {}
        }
    }
}

/// A submission whose answers prove nothing would stay in doubt for ever. Rows of error tables do not count: what
/// stands there is what went wrong.
fn proof(plan: &Plan, uniform: &Uniform, mapped: &MappedPlan, diags: &mut Diagnostics) {
    let broken = mapped.broken_replies
        || mapped.replies.iter().any(|reply| reply.broken_rules)
        || plan.statuses.len() < plan.mapping.statuses.len()
        || plan.mapping.unread.statuses;
    let rules = mapped.replies.iter().flat_map(|reply| &reply.rules).map(|rule| &rule.then);
    let proved = rules.chain(plan.statuses.iter().map(|(_, then)| then)).any(|then| match then {
        ThenPlan::Registered | ThenPlan::Pending => true,
        ThenPlan::Class(class, ..) => uniform.classes[*class].means == "pending",
        ThenPlan::Error(..) => false,
    });
    if !broken && !proved {
        let call = &plan.api.operations[mapped.call];
        diags
            .error(Code::M003, mapped.reply_span, format!("no reply of `{}` ever proves a registration", call.id))
            .secondary(call.span, "the operation")
            .help("some rule has to end in `then: registered`, or in `then: pending`");
    }
}
