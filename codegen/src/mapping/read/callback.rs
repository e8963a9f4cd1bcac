//! Reading what becomes of callbacks.

use super::{each, key, reason, reply, request, word, words};
use crate::diag::{Code, Diagnostics};
use crate::mapping::{Answer, CallbackKind, CallbackMap, MappedCallback, Proof, Set, Verb, Verify};
use crate::notation::mapping as notation;
use crate::spec::Place;
use crate::tree::{Entry, Node, Span, Value};

/// A callback.
pub(super) fn callback(entry: Entry<'_>, diags: &mut Diagnostics) -> CallbackMap {
    CallbackMap { name: key(entry), kind: kind(entry, diags).unwrap_or(CallbackKind::Broken) }
}

fn kind(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<CallbackKind> {
    let node = entry.value;
    if let Some(why) = node.get("unsupported") {
        notation::callback().with("unsupported").keys(node, diags)?;
        return Some(CallbackKind::Unsupported(reason(why, diags)));
    }
    let keys = notation::callback().with("verify").keys(node, diags)?;
    let node = keys.node();
    let stated = node.get("verify");
    if stated.is_none() {
        diags
            .error(Code::S007, entry.key_span, "a callback needs a key `verify`: what tells it from a forged one?")
            .help("name the headers or query parameters that hold a secret of the account")
            .help("where the provider gives no means to tell, say `verify: { none: why }`; it is then never believed");
    }
    let verify = stated
        .map_or(Verify::Broken(Vec::new()), |node| verify(node, diags).unwrap_or_else(|| Verify::Broken(words(node))));
    let ignore = each(node, "ignore", diags, |entry, diags| {
        reason(entry.value, diags);
        Some(key(entry))
    });
    let told = reply::proof(node, Vec::new(), entry.key_span, "a callback", diags);
    let answer = node.expect("a callback", "answer", diags).and_then(|node| answer(node, diags));
    let verify_span = node.entry("verify").map_or(entry.key_span, |entry| entry.key_span);
    Some(CallbackKind::Mapped(Box::new(MappedCallback { verify, verify_span, ignore, told, answer })))
}

fn verify(node: Node<'_>, diags: &mut Diagnostics) -> Option<Verify> {
    if let Some(why) = node.get("none") {
        notation::unverified().expect(node, diags)?;
        return Some(Verify::None(reason(why, diags)));
    }
    let items = match node.value() {
        Value::List(_) => node.items().collect(),
        _ => vec![node],
    };
    if items.is_empty() {
        diags.error(Code::S003, node.head(), "`verify` needs something to hold a callback against, or `{ none: why }`");
        return None;
    }
    let proofs: Vec<_> = items.into_iter().map(|item| proof(item, diags)).collect();
    Some(Verify::All(proofs.into_iter().collect::<Option<_>>()?))
}

fn proof(node: Node<'_>, diags: &mut Diagnostics) -> Option<Proof> {
    let keys = notation::proof().expect(node, diags)?;
    let node = keys.node();
    let (place, name) = match (node.get("header"), node.get("query")) {
        (Some(name), None) => (Place::Header, word(name, diags)?),
        (None, Some(name)) => (Place::Query, word(name, diags)?),
        _ => {
            diags.error(Code::S007, node.head(), "a proof has either `header` or `query`");
            return None;
        }
    };
    Some(Proof { place, name, setting: word(node.get("setting")?, diags)? })
}

fn answer(node: Node<'_>, diags: &mut Diagnostics) -> Option<Answer> {
    let keys = notation::callback_answer().expect(node, diags)?;
    let node = keys.node();
    let status = node.get("status")?;
    let code = status.as_int().and_then(|code| u16::try_from(code).ok()).filter(|code| (100..600).contains(code));
    if code.is_none() {
        diags.error(Code::S003, status.span(), "a status is a whole number from 100 to 599");
    }
    let body = node.entry("body").map(|entry| (entry.key_span, request::sets(node, "body", diags)));
    let strays: Vec<_> = body.iter().flat_map(|(_, sets)| sets).flat_map(taken).collect();
    for stray in &strays {
        diags
            .error(Code::S003, *stray, "an answer to a callback is always the same: nothing of a receipt is in it")
            .help("say `const`, `setting`, `fields`, `list` or `leave`");
    }
    Some(Answer { status: code.filter(|_| strays.is_empty())?, span: status.span(), body })
}

/// Where a line takes something of a receipt, or depends on it.
fn taken(set: &Set) -> Vec<Span> {
    fn of(verb: &Verb, at: Span, found: &mut Vec<Span>) {
        match verb {
            Verb::Take(take) | Verb::Lift { take, .. } | Verb::Sum(take) => found.push(take.path.span),
            Verb::Each(word, _) | Verb::Group { list: word, .. } => found.push(word.span),
            Verb::Rows(_) => found.push(at),
            Verb::Fields(sets) | Verb::As(_, sets) => found.extend(sets.iter().flat_map(taken)),
            Verb::List(verbs) => verbs.iter().for_each(|verb| of(verb, at, found)),
            Verb::Const(..) | Verb::Setting(..) | Verb::Leave | Verb::Broken(_) => {}
        }
    }
    let mut found = Vec::new();
    if set.when.is_empty() {
        of(&set.verb, set.name.span, &mut found);
    } else {
        found.push(set.name.span);
    }
    found
}
