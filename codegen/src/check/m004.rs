//! M004: nothing is said that never applies.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostics};
use crate::fates::owed;
use crate::model::{Condition, Literal, MappedPlan, Plan, ReadPlan, ReadVerb, ReplyPlan, RulePlan, UPath};
use crate::spec::TypeId;
use crate::tree::Span;
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for (index, mapped) in plan.mapped() {
        fates(uniform, index, mapped, diags);
        mapped.replies.iter().for_each(|reply| rules(reply, diags));
    }
    for (_, mapped) in plan.listened() {
        rules(&mapped.told, diags);
        for pair in mapped.keys().windows(2) {
            diags
                .error(Code::M004, pair[1].1, "the key is found already, so `find` never applies")
                .secondary(pair[0].1, "found here")
                .help("say `expect: key`");
        }
        for (n, (param, span)) in mapped.ignore.iter().enumerate() {
            let proof = mapped.proofs.iter().find(|proof| proof.param == Some(*param)).map(|proof| proof.span);
            let twice = mapped.ignore[..n].iter().find(|(other, _)| other == param).map(|(_, span)| *span);
            if let Some(first) = proof.or(twice) {
                let message = "this parameter has its line already, so `ignore` never applies";
                diags.error(Code::M004, *span, message).secondary(first, "here");
            }
        }
    }
    unused_statuses(plan, diags);
    for table in &plan.mapping.tables {
        for (code, _) in &table.other_codes {
            let carrying = table.rows.iter().find(|row| row.codes().any(|of_row| of_row.text == code.text));
            if let Some(row) = carrying {
                diags
                    .error(Code::M004, code.span, format!("code {} is no other code: a row has it", code.text))
                    .secondary(row.value.span, "this row");
            }
        }
    }
}

fn rules(reply: &ReplyPlan, diags: &mut Diagnostics) {
    if let Some(each) = &reply.elements {
        matches(each.ty, &each.reads, &BTreeSet::new(), diags);
    }
    hidden_rules(&reply.rules, diags);
    // A rule that could not be resolved may be the one that looks at a field.
    if let (Some((ty, reads, _)), false) = (&reply.read, reply.broken_rules) {
        let mut looked_at = BTreeSet::new();
        for rule in &reply.rules {
            rule.looks_at(&mut |path| looked_at.extend(path.0.iter().copied()));
        }
        matches(*ty, reads, &looked_at, diags);
    }
}

/// The first rule that fits decides, so a rule that asks for no less than an earlier one is never come to.
fn hidden_rules(rules: &[RulePlan], diags: &mut Diagnostics) {
    let mut told = BTreeSet::new();
    for (n, rule) in rules.iter().enumerate() {
        let covers = |earlier: &&RulePlan| {
            earlier.when.iter().all(|condition| rule.when.iter().any(|other| implies(other, condition)))
        };
        // One rule may hide all that follow; moving it mends them all.
        if let Some(earlier) = rules[..n].iter().find(covers)
            && told.insert(earlier.span)
        {
            let when = if earlier.when.is_empty() { "this one applies always" } else { "this one applies before it" };
            diags.error(Code::M004, rule.span, "this rule never applies").secondary(earlier.span, when);
        }
    }
}

/// Whether the second condition is true whenever the first is.
fn implies(first: &Condition, second: &Condition) -> bool {
    match (first, second) {
        (Condition::Status(these), Condition::Status(all)) => these.iter().all(|status| all.contains(status)),
        (Condition::Operation(these), Condition::Operation(all)) => these.iter().all(|index| all.contains(index)),
        (Condition::Setting(one, these), Condition::Setting(other, all)) => {
            one == other && these.iter().all(|choice| all.contains(choice))
        }
        (Condition::Is(path, these), Condition::Is(other, all)) => {
            path == other && these.iter().all(|literal| all.contains(literal))
        }
        (Condition::Is(path, these), Condition::Nonzero(other)) => {
            path == other && these.iter().all(|literal| matches!(literal, Literal::Int(value) if *value != 0))
        }
        (Condition::Contains(path, these), Condition::Contains(other, all)) => {
            path == other && these.iter().all(|text| all.iter().any(|part| text.contains(part.as_str())))
        }
        (
            Condition::Is(path, _) | Condition::Nonzero(path) | Condition::Contains(path, _),
            Condition::Present(other),
        ) => path == other,
        _ => first == second,
    }
}

/// A field has one fate.
fn fates(uniform: &Uniform, operation: usize, mapped: &MappedPlan, diags: &mut Diagnostics) {
    let owed = owed(uniform, uniform.operations[operation].input);
    let mut fates: Vec<(&UPath, Span, &str)> = Vec::new();
    fates.extend(mapped.implied.iter().map(|implied| (&implied.path, implied.span, "implied")));
    fates.extend(mapped.refuse.iter().map(|(path, _, span)| (path, *span, "refuse")));
    fates.extend(mapped.drop.iter().map(|(path, _, span)| (path, *span, "drop")));
    let mut carried: Vec<(&UPath, Span)> = mapped.carried().iter().map(|taken| (&taken.path, taken.span)).collect();
    carried.extend(mapped.chosen.iter().map(|chosen| (&chosen.path, chosen.span)));
    for (n, (path, span, fate)) in fates.iter().enumerate() {
        let message = format!("`{fate}` of `{}` never applies: ", path.text);
        if !owed.iter().any(|leaf| path.covers(leaf)) {
            let field = path.last(uniform);
            let why = if field.own { "it is Kassa's own and never sent" } else { "it is computed and never stated" };
            diags.error(Code::M004, *span, message + why).secondary(field.span, "declared so");
        } else if let Some((taken, at)) = carried.iter().find(|(taken, _)| path.covers(taken)) {
            let message = format!("{message}`{}` is carried", taken.text);
            diags.error(Code::M004, *span, message).secondary(*at, "carried here");
        } else if let Some((first, at, other)) =
            fates[..n].iter().find(|(first, ..)| first.covers(path) || path.covers(first))
        {
            let message = format!("{message}`{}` stands under `{other}` already", first.text);
            diags.error(Code::M004, *span, message).secondary(*at, "here");
        }
    }
}

/// `match` promises that a rule looks at the field.
fn matches(ty: TypeId, reads: &[ReadPlan], looked_at: &BTreeSet<(TypeId, usize)>, diags: &mut Diagnostics) {
    for read in reads {
        match &read.verb {
            ReadVerb::Match(span) if !looked_at.contains(&(ty, read.prop)) => {
                diags.error(Code::M004, *span, "no rule of `outcome` looks at this field, so `match` never applies");
            }
            ReadVerb::Ignore if !read.broken && looked_at.contains(&(ty, read.prop)) => {
                diags.error(Code::M004, read.span, "a rule of `outcome` looks at this field, so it is not ignored");
            }
            ReadVerb::Fields(ty, reads) => matches(*ty, reads, looked_at, diags),
            // No rule reaches into a list.
            ReadVerb::Each(each) => matches(each.ty, &each.reads, &BTreeSet::new(), diags),
            _ => {}
        }
    }
}

/// A general status that no mapped operation documents, or that each of them overrides.
fn unused_statuses(plan: &Plan, diags: &mut Diagnostics) {
    let unknown = |mapped: &MappedPlan| mapped.broken_replies || plan.api.operations[mapped.call].broken_responses;
    if plan.broken.lacks_operations() || plan.mapped().any(|(_, mapped)| unknown(mapped)) {
        return;
    }
    for status in &plan.mapping.statuses {
        let applies = plan.mapped().any(|(_, mapped)| {
            plan.api.operations[mapped.call].responses.iter().enumerate().any(|(index, response)| {
                response.status == Some(status.code)
                    && !mapped.replies.iter().any(|reply| reply.responses.contains(&index))
            })
        });
        if !applies {
            diags.error(
                Code::M004,
                status.span,
                format!("status {} never applies: no mapped operation falls back on it", status.code),
            );
        }
    }
}
