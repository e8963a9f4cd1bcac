//! M003: every field of an answer is read or ignored for a reason, and every documented status means something.

use crate::diag::{Code, Diagnostics};
use crate::model::{Plan, ReadPlan, ReadVerb};
use crate::source::Span;
use crate::spec::{TypeId, TypeKind};
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, _uniform: &Uniform, diags: &mut Diagnostics) {
    for (_, mapped) in plan.mapped() {
        let call = &plan.api.operations[mapped.call];
        for (index, response) in call.responses.iter().enumerate() {
            let here = mapped.replies.iter().any(|reply| reply.responses.contains(&index));
            let general = response.status.is_some_and(|status| plan.statuses.iter().any(|(code, _)| *code == status));
            if !here && !general {
                let status = response.status.map_or_else(|| "default".to_owned(), |status| status.to_string());
                diags
                    .error(
                        Code::M003,
                        mapped.call_span,
                        format!("nothing says what status {status} of `{}` means", call.id),
                    )
                    .secondary(response.span, "documented here")
                    .help("add it under `reply`, or under `statuses` when it means the same everywhere");
            }
        }
        for reply in &mapped.replies {
            match &reply.read {
                Some((ty, reads, span)) => object(plan, *ty, reads, *span, diags),
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
