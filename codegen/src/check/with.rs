//! Secrets that are added to an address when it is sent: at a place that can be found again in the body (M010), for a
//! callback that is verified by them (M005, M010), and in every request of an operation alike (M010).

use crate::diag::{Code, Diagnostics};
use crate::model::{MappedPlan, Plan, ReadPlan, ReadVerb, SetPlan, Value, WITH_ELSEWHERE, WithPlan};
use crate::spec::Place;
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, _uniform: &Uniform, diags: &mut Diagnostics) {
    let mut stray = Vec::new();
    let mut found = Vec::new();
    for mapped in plan.calls() {
        all(&mapped.params, &mut stray);
        mapped.body.iter().for_each(|(_, sets, _)| all(sets, &mut stray));
    }
    for (_, mapped) in plan.listened() {
        let body = mapped.answer.iter().filter_map(|answer| answer.body.as_ref());
        body.for_each(|(_, sets, _)| all(sets, &mut stray));
    }
    for (_, mapped) in plan.mapped() {
        let lines = plan.places(mapped);
        stray.retain(|set| !lines.iter().any(|(_, line)| std::ptr::eq(*line, *set)));
        found.extend(lines.into_iter().map(|(path, set)| (mapped, path, set)));
    }
    for with in stray.iter().filter_map(|set| set.with.as_ref()) {
        diags.error(Code::M010, with.span, WITH_ELSEWHERE);
    }
    for (mapped, path, set) in &found {
        let Some(with) = &set.with else { continue };
        verified(plan, with, diags);
        let others = found.iter().filter(|(other, at, line)| {
            at == path && !line.broken && !matches!(line.value, Value::Leave) && meet(mapped, other)
        });
        let same = |other: &WithPlan| (&other.query, other.setting) == (&with.query, with.setting);
        for (_, _, line) in others.filter(|(_, _, line)| !line.with.as_ref().is_some_and(same)) {
            let message = format!("`{}` is sent without what is added to it elsewhere", path.join("."));
            diags
                .error(Code::M010, line.span, message)
                .secondary(with.span, "added here, in the same operation of the provider")
                .help("say the same `with` in both: when a request is sent, nothing tells which of the two it is");
        }
        if let Some((read, _)) = compared(plan).find(|(_, sent)| covers(sent, path)) {
            diags
                .error(Code::M010, read.span, format!("`{}` is kept without what is added to it", path.join(".")))
                .secondary(with.span, "added here, so it would always be told as a difference")
                .help("compare objects that do not have it");
        }
    }
}

/// Whether two mapped operations may call the same operation of the provider.
fn meet(one: &MappedPlan, other: &MappedPlan) -> bool {
    one.calls().iter().any(|call| other.calls().contains(call))
}

/// Every line below `sets`, lists and all.
fn all<'p>(sets: &'p [SetPlan], found: &mut Vec<&'p SetPlan>) {
    for set in sets {
        found.push(set);
        set.value.objects().into_iter().for_each(|(_, sets)| all(sets, found));
    }
}

/// That some callback is held against what is added.
fn verified(plan: &Plan, with: &WithPlan, diags: &mut Diagnostics) {
    let known = !plan.broken.unknown_callback && plan.broken.callbacks.is_empty();
    if !known || plan.listened().any(|(_, mapped)| mapped.broken_proofs) {
        return;
    }
    let proofs: Vec<_> =
        plan.listened().flat_map(|(_, mapped)| &mapped.proofs).filter(|proof| proof.place == Place::Query).collect();
    let named: Vec<_> = proofs.iter().filter(|proof| proof.name == with.query).collect();
    let Some(proof) = named.first() else {
        let message = format!("no callback is verified by a query parameter `{}`", with.query);
        let names = proofs.iter().map(|proof| proof.name.as_str());
        let diag = diags.unknown(Code::M005, with.span, message, &with.query, names);
        diag.help("it proves where a callback comes from: name it under `verify` of the callback that comes there");
        return;
    };
    if !named.iter().any(|proof| proof.setting == with.setting) {
        let name = |setting: usize| &plan.mapping.settings[setting].name.text;
        let (added, held) = (name(with.setting), name(proof.setting));
        let message = format!("`{}` would be `{added}`, and callbacks are held against `{held}`", with.query);
        diags.error(Code::M010, with.span, message).secondary(proof.span, "verified here");
    }
}

/// What of the answers and callbacks is compared with what was sent.
fn compared(plan: &Plan) -> impl Iterator<Item = (&ReadPlan, &str)> {
    fn walk<'p>(reads: &'p [ReadPlan], found: &mut Vec<(&'p ReadPlan, &'p str)>) {
        for read in reads {
            match &read.verb {
                ReadVerb::Compare(sent) => found.push((read, sent)),
                ReadVerb::Fields(_, reads) => walk(reads, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    let replies = plan.mapped().flat_map(|(_, mapped)| &mapped.replies);
    for reply in replies.chain(plan.listened().map(|(_, mapped)| &mapped.told)) {
        reply.read.iter().for_each(|(_, reads, _)| walk(reads, &mut found));
    }
    found.into_iter()
}

/// Whether what stands at `path` is a part of what stands at `above`, names joined by dots.
fn covers(above: &str, path: &[&str]) -> bool {
    let path = path.join(".");
    path == above || path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}
