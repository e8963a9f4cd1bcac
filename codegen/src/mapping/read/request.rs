//! Reading what a provider does for an operation, and where the fields of a request come from.

use super::{each, form, key, optional, reason, reply, word, words};
use crate::diag::{Code, Diagnostics, nearest};
use crate::mapping::{Absent, ConstKind, Implied, Mapped, OperationKind, Require, Set, Take, Verb};
use crate::source::{Entry, Kind, Node};

/// How an operation is mapped; `None` after a diagnostic.
pub(super) fn operation(entry: &Entry, diags: &mut Diagnostics) -> Option<OperationKind> {
    let node = &entry.value;
    if let Some(why) = node.get("unsupported") {
        node.expect_keys("an operation that is not mapped", &["unsupported"], diags)?;
        return Some(OperationKind::Unsupported(reason(why, diags)));
    }
    let known = ["call", "path", "query", "header", "body", "require", "implied", "refuse", "drop", "reply"];
    let before = diags.count();
    let node = node.expect_keys("an operation", &known, diags)?;
    let unknown_section = diags.count() > before && matches!(node, std::borrow::Cow::Borrowed(_));
    let call = word(node.expect("an operation", "call", diags)?, diags)?;
    let mut params = Vec::new();
    for place in ["path", "query", "header"] {
        let Some(section) = node.entry(place) else { continue };
        let sets = each(&node, place, diags, |entry, diags| Some(set(entry, diags)));
        params.extend(sets.into_iter().map(|set| (key(section), set)));
    }
    let body = node.entry("body").map(|entry| (entry.key_span, sets(&node, "body", diags)));
    let reasons = |entry: &Entry, diags: &mut Diagnostics| Some((key(entry), reason(&entry.value, diags)));
    let require = node.get("require").map_or_else(Vec::new, |list| {
        let items = list.expect_list("`require`", diags).unwrap_or_default();
        items.iter().filter_map(|item| require(item, diags)).collect()
    });
    let answers = node.expect("an operation", "reply", diags);
    let replies = each(&node, "reply", diags, reply::reply);
    let written =
        answers.map_or(&[][..], Node::entries).iter().map(|entry| entry.key.split(',').count()).sum::<usize>();
    let read = replies.iter().map(|reply| reply.statuses.len()).sum::<usize>();
    Some(OperationKind::Mapped(Box::new(Mapped {
        params,
        body,
        require,
        implied: each(&node, "implied", diags, |entry, diags| Some(implied(entry, diags))),
        refuse: each(&node, "refuse", diags, reasons),
        drop: each(&node, "drop", diags, reasons),
        reply_span: answers.and_then(|node| node.key).unwrap_or(call.span),
        replies_whole: answers.is_some() && written == read,
        replies,
        call,
        unknown_section,
    })))
}

fn require(node: &Node, diags: &mut Diagnostics) -> Option<Require> {
    let node = node.expect_keys("a requirement", &["sum", "equals", "reason"], diags)?;
    let sum = node.expect("a requirement", "sum", diags)?.expect_list("`sum`", diags)?;
    Some(Require {
        sum: sum.iter().filter_map(|item| word(item, diags)).collect(),
        equals: word(node.expect("a requirement", "equals", diags)?, diags)?,
        reason: reason(node.expect("a requirement", "reason", diags)?, diags),
    })
}

fn implied(entry: &Entry, diags: &mut Diagnostics) -> Implied {
    let path = key(entry);
    let Some(node) = entry.value.expect_keys("an implied field", &["is", "reason"], diags) else {
        return Implied { path, is: None, reason: String::new() };
    };
    let is = node.expect("an implied field", "is", diags).and_then(|is| word(is, diags));
    let why = node.expect("an implied field", "reason", diags).map(|why| reason(why, diags));
    Implied { path, is, reason: why.unwrap_or_default() }
}

fn sets(node: &Node, name: &str, diags: &mut Diagnostics) -> Vec<Set> {
    each(node, name, diags, |entry, diags| Some(set(entry, diags)))
}

fn set(entry: &Entry, diags: &mut Diagnostics) -> Set {
    Set { name: key(entry), verb: verb_or_words(&entry.value, diags) }
}

fn verb_or_words(node: &Node, diags: &mut Diagnostics) -> Verb {
    verb(node, diags).unwrap_or_else(|| Verb::Broken(words(node)))
}

/// The verbs, with what a line may have beside each.
const FORMS: &[(&str, &[&str])] = &[
    ("take", &["take", "table", "unit", "inexact", "absent", "omit"]),
    ("lift", &["lift", "table", "unit", "mixed"]),
    ("const", &["const"]),
    ("setting", &["setting", "absent"]),
    ("each", &["each", "fields"]),
    ("fields", &["fields"]),
    ("list", &["list"]),
    ("leave", &["leave"]),
];

fn verb(node: &Node, diags: &mut Diagnostics) -> Option<Verb> {
    let entries = node.expect_map("a field", diags)?;
    let before = diags.count();
    let verbs: Vec<&str> = FORMS.iter().map(|(name, _)| *name).collect();
    let misspelt = |entry: &Entry| nearest(&entry.key, verbs.iter().copied()).is_some();
    let node = match form(node, FORMS) {
        Some((name, keys)) => node.expect_keys(&format!("`{name}`"), keys, diags)?,
        None if entries.iter().any(misspelt) => node.expect_keys("a field", &all_keys(), diags)?,
        None => {
            let diag = diags.error(Code::S007, node.head(), "this says not where the value of the field comes from");
            diag.help(format!("it needs one of {}", crate::source::list_of(&verbs)));
            return None;
        }
    };
    // A key that was told, and could not be mended, may be what the line meant to say.
    if diags.count() > before && matches!(node, std::borrow::Cow::Borrowed(_)) {
        return None;
    }
    let before = diags.count();
    let (name, _) = form(&node, FORMS)?;
    let value = node.get(name)?;
    let verb = match name {
        "take" => Verb::Take(take(&node, value, diags)?),
        "lift" => {
            let mixed = node.expect("`lift`", "mixed", diags)?;
            let omit_mixed = match mixed.as_text() {
                Some("omit") => true,
                Some("refuse") => false,
                _ => {
                    diags.error(Code::S003, mixed.span, "`mixed` is `omit` or `refuse`");
                    return None;
                }
            };
            Verb::Lift { take: take(&node, value, diags)?, omit_mixed }
        }
        "const" => {
            let kind = match value.kind {
                Kind::Bool(_) => ConstKind::Bool,
                Kind::Number(_) if value.as_int().is_some() => ConstKind::Int,
                _ => ConstKind::Text,
            };
            Verb::Const(word(value, diags)?, kind)
        }
        "setting" => Verb::Setting(word(value, diags)?, absent(&node, diags)?),
        // Lines below these are broken one by one.
        "fields" => return Some(Verb::Fields(sets(&node, "fields", diags))),
        "each" => {
            node.expect("`each`", "fields", diags)?;
            return Some(Verb::Each(word(value, diags)?, sets(&node, "fields", diags)));
        }
        "list" => {
            let items = value.expect_list("`list`", diags)?;
            return Some(Verb::List(items.iter().map(|item| verb_or_words(item, diags)).collect()));
        }
        _ => {
            reason(value, diags);
            return Some(Verb::Leave);
        }
    };
    (diags.count() == before).then_some(verb)
}

fn all_keys() -> Vec<&'static str> {
    let mut all: Vec<_> = FORMS.iter().flat_map(|(_, keys)| keys.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn take(node: &Node, path: &Node, diags: &mut Diagnostics) -> Option<Take> {
    let omit_zero = node.get("omit").map(|omit| {
        if omit.as_text() != Some("zero") {
            diags.error(Code::S003, omit.span, "`omit` is `zero`");
        }
        omit.span
    });
    Some(Take {
        path: word(path, diags)?,
        table: optional(node, "table", diags),
        unit: optional(node, "unit", diags),
        inexact: optional(node, "inexact", diags),
        absent: absent(node, diags)?,
        absent_span: node.entry("absent").map(|entry| entry.key_span),
        omit_zero,
    })
}

fn absent(node: &Node, diags: &mut Diagnostics) -> Option<Absent> {
    let Some(absent) = node.get("absent") else { return Some(Absent::Omit) };
    let known: &[&str] = if absent.get("refuse").is_some() { &["refuse"] } else { &["refuse", "setting"] };
    let what = if absent.get("refuse").is_some() { "`absent` with `refuse`" } else { "`absent`" };
    let absent = absent.expect_keys(what, known, diags)?;
    if let Some(why) = absent.get("refuse") {
        return Some(Absent::Refuse(reason(why, diags), why.span));
    }
    let Some(setting) = absent.get("setting") else {
        diags.error(Code::S007, absent.head(), "`absent` is `refuse` or `setting`");
        return None;
    };
    word(setting, diags).map(Absent::Setting)
}
