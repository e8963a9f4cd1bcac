//! What an answer tells: the fields of the results, with the provider's fields that give them.

use super::{Cell, Part, Section, Table, Tone};
use crate::load::Specs;
use crate::model::{Plan, ReadPlan, ReadVerb, ReplyPlan};
use crate::spec::{TypeId as WireType, TypeKind};
use crate::tree::Span;
use crate::uniform::{OperationKind, TypeId};

/// The results of submissions; what a query gives is a list of its own.
pub(super) fn sections(specs: &Specs) -> Vec<Section> {
    let uniform = &specs.uniform;
    let mut outputs: Vec<TypeId> = Vec::new();
    for operation in uniform.operations.iter().filter(|operation| operation.kind == OperationKind::Submit) {
        if !outputs.contains(&operation.output) {
            outputs.push(operation.output);
        }
    }
    let intro = "What is known of a submission once it is registered, and the provider's field that tells it: of the answer \
                 to it, to a question about it, or of a callback.";
    let mut sections = vec![Section::chapter("Results", intro)];
    for output in outputs {
        let mut table = Table::by_provider(&["field"], specs);
        let given: Vec<_> = specs.plans.iter().map(|plan| given(plan, specs, output)).collect();
        for (index, field) in uniform.ty(output).fields.iter().enumerate().filter(|(_, field)| !field.own) {
            let tag = if field.tag.is_empty() { String::new() } else { format!("{} ", field.tag) };
            let name = Cell::at(format!("`{}`", field.name), field.span, Tone::Plain);
            let cells = given.iter().map(|given| {
                let mut parts: Vec<Part> = Vec::new();
                for (_, wire, span) in given.iter().filter(|(target, ..)| *target == (output, index)) {
                    let text = format!("`{wire}`");
                    if !parts.iter().any(|part| part.text == text) {
                        parts.push(Part { text, more: String::new(), at: Some(*span) });
                    }
                }
                let tone = if parts.is_empty() { Tone::Plain } else { Tone::Yes };
                Cell { parts, tone }
            });
            let head = name.more(format!("{tag}{}", field.about));
            table.rows.push(std::iter::once(head).chain(cells).collect());
        }
        sections.push(Section::within(format!("Fields of `{}`", uniform.ty(output).name), table));
    }
    sections
}

/// What gives a field of a result: the field, the way to what gives it, and the line.
type Given = ((TypeId, usize), String, Span);

/// The fields of a provider's answers that give one of the result.
fn given(plan: &Plan, specs: &Specs, output: TypeId) -> Vec<Given> {
    let mapped = plan.mapped().filter(|(index, _)| specs.uniform.operations[*index].output == output);
    let told = plan.listened().map(|(_, mapped)| &mapped.told);
    let replies: Vec<&ReplyPlan> = mapped.flat_map(|(_, mapped)| &mapped.replies).chain(told).collect();
    let mut all = Vec::new();
    for (ty, reads, _) in replies.into_iter().filter_map(|reply| reply.read.as_ref()) {
        walk(plan, *ty, reads, "", &mut all);
    }
    all
}

fn walk(plan: &Plan, ty: WireType, reads: &[ReadPlan], above: &str, all: &mut Vec<Given>) {
    let TypeKind::Object(props) = &plan.api.ty(ty).kind else { return };
    for read in reads {
        let dot = if above.is_empty() { "" } else { "." };
        let path = format!("{above}{dot}{}", props[read.prop].wire);
        match &read.verb {
            ReadVerb::Give(gives) => {
                all.extend(gives.iter().filter_map(|give| Some((*give.target.steps.last()?, path.clone(), read.span))));
            }
            ReadVerb::Fields(ty, reads) => walk(plan, *ty, reads, &path, all),
            _ => {}
        }
    }
}
