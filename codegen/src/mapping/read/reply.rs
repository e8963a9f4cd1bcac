//! Reading what answers mean.

use super::{each, key, lists, optional, reason, status_code, text, word};
use crate::diag::{Code, Diagnostics, nearest};
use crate::mapping::{Give, OffsetFrom, Read, ReadVerb, Reply, Rule, Test, Then, Word};
use crate::notation::mapping as notation;
use crate::tree::{Entry, Node, Span, Value};

/// An answer. Statuses that are none are told, and left out.
pub(super) fn reply(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<Reply> {
    let statuses = entry.key.split(',').filter_map(|text| status_code(text, entry, diags)).collect();
    let keys = notation::answer().expect(entry.value, diags)?;
    let node = keys.node();
    Some(proof(node, statuses, entry.key_span, "an answer", diags))
}

/// How the body of a message is read, and what it proves.
pub(super) fn proof(node: Node<'_>, statuses: Vec<u16>, span: Span, what: &str, diags: &mut Diagnostics) -> Reply {
    let read = node.entry("read");
    let read = read.map(|entry| (entry.key_span, each(node, "read", diags, |entry, diags| Some(field(entry, diags)))));
    let list = node.entry("elements");
    let elements = list.and_then(|entry| Some((entry.key_span, lists::elements(entry, diags)?)));
    if let (Some(read), Some(list)) = (node.entry("read"), list) {
        diags
            .error(Code::S008, list.key_span, "a body is an object or a list, and this answer has `read` already")
            .secondary(read.key_span, "here");
    }
    let elements = elements.filter(|_| read.is_none());
    let mut outcome = Vec::new();
    if let Some(list) = node.get("outcome") {
        for item in list.expect_list("`outcome`", diags).unwrap_or_default() {
            outcome.push(rule(item, diags));
        }
    }
    if let Some(node) = node.get("then") {
        outcome.push(Rule { when: Vec::new(), then: then(node, diags), span: node.head() });
    }
    if node.get("outcome").is_none() && node.get("then").is_none() {
        diags.error(Code::S007, span, format!("{what} needs `then` or `outcome`: what does it prove?"));
    }
    Reply { statuses, span, read, elements, outcome }
}

fn rule(item: Node<'_>, diags: &mut Diagnostics) -> Rule {
    let Some(keys) = notation::rule().expect(item, diags) else {
        return Rule { when: Vec::new(), then: Then::Broken, span: item.head() };
    };
    let node = keys.node();
    let when = each(node, "when", diags, |entry, diags| Some((key(entry), test(entry.value, diags))));
    let then = match node.get("then") {
        Some(node) => then(node, diags),
        None => Then::Broken,
    };
    Rule { when, then, span: item.head() }
}

pub(super) fn field(entry: Entry<'_>, diags: &mut Diagnostics) -> Read {
    let verb = verb(entry, diags).unwrap_or(ReadVerb::Broken);
    Read { name: key(entry), verb }
}

fn verb(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<ReadVerb> {
    let node = entry.value;
    let entries = node.expect_map("a field", diags)?;
    let before = diags.count();
    let forms = notation::read();
    let verbs = forms.verbs();
    let misspelt = |entry: &Entry<'_>| nearest(entry.key, verbs.iter().copied()).is_some();
    let keys = match forms.of(node) {
        Some(form) => form.map.keys(node, diags)?,
        None if entries.iter().any(misspelt) => forms.keys(node, diags)?,
        None => {
            let diag = diags.error(Code::S007, node.head(), "this says not what becomes of the field");
            diag.help(format!("it needs one of {}", crate::diag::list_of(&verbs)));
            return None;
        }
    };
    // A key that was told, and could not be mended, may be what the line meant to say.
    if diags.count() > before && !keys.is_mended() {
        return None;
    }
    let node = keys.node();
    let before = diags.count();
    let name = forms.of(node)?.verb;
    let value = node.get(name)?;
    let verb = match name {
        "give" => ReadVerb::Give(vec![give(node, value, diags)?]),
        "gives" => {
            let mut gives = Vec::new();
            for item in value.expect_list("`gives`", diags)? {
                let keys = notation::give().expect(item, diags)?;
                let node = keys.node();
                let path = node.get("give")?;
                gives.push(give(node, path, diags)?);
            }
            ReadVerb::Give(gives)
        }
        "compare" => ReadVerb::Compare(word(value, diags)?),
        "expect" if value.is_map() => {
            let keys = notation::expected().expect(value, diags)?;
            let value = keys.node();
            ReadVerb::Expect(word(value.get("const")?, diags)?)
        }
        "expect" => {
            if value.as_text() != Some("key") {
                diags.error(Code::S003, value.span(), "`expect` is `key` or `{ const: … }`");
            }
            ReadVerb::ExpectKey(entry.key_span)
        }
        "find" => {
            if value.as_text() != Some("key") {
                diags.error(Code::S003, value.span(), "`find` is `key`");
            }
            ReadVerb::FindKey(entry.key_span)
        }
        "match" => {
            if value.as_bool() != Some(true) {
                diags.error(Code::S003, value.span(), "`match` is `true`");
            }
            ReadVerb::Match(entry.key_span)
        }
        "ignore" => {
            reason(value, diags);
            return Some(ReadVerb::Ignore);
        }
        // Lines below are broken one by one.
        "each" => return lists::each_read(node, diags).map(ReadVerb::Each),
        _ => return Some(ReadVerb::Fields(each(node, "fields", diags, |entry, diags| Some(field(entry, diags))))),
    };
    (diags.count() == before).then_some(verb)
}

/// An offset that stands under `name`.
pub(super) fn offset(node: Node<'_>, name: &str, diags: &mut Diagnostics) -> Option<OffsetFrom> {
    let node = node.get(name)?;
    if !node.is_map() {
        return Some(OffsetFrom::Fixed(word(node, diags)?));
    }
    let keys = notation::from_setting().expect(node, diags)?;
    let node = keys.node();
    Some(OffsetFrom::Setting(word(node.get("setting")?, diags)?))
}

fn give(node: Node<'_>, path: Node<'_>, diags: &mut Diagnostics) -> Option<Give> {
    let parts = node.items_of("parts");
    let parts: Vec<Word> = parts.filter_map(|part| word(part, diags)).collect();
    if let Some(list) = node.get("parts")
        && parts.len() != 6
    {
        diags.error(Code::S003, list.head(), "`parts` are year, month, day, hour, minute and second");
        return None;
    }
    Some(Give {
        path: word(path, diags)?,
        table: optional(node, "table", diags),
        unit: optional(node, "unit", diags),
        query: optional(node, "query", diags),
        format: optional(node, "format", diags),
        offset: offset(node, "offset", diags),
        none_before: optional(node, "none_before", diags),
        omit: optional(node, "omit", diags),
        none_if_zero: optional(node, "none_if_zero", diags),
        parts,
    })
}

fn test(node: Node<'_>, diags: &mut Diagnostics) -> Test {
    match (node.value(), node.as_text()) {
        (_, Some("present")) => Test::Present(node.span()),
        (_, Some("absent")) => Test::Absent(node.span()),
        (_, Some("nonzero")) => Test::Nonzero(node.span()),
        (Value::List(_), _) => {
            let words: Option<Vec<Word>> = node.items().map(|item| word(item, diags)).collect();
            words.map_or(Test::Broken, Test::Is)
        }
        (Value::Map(_), _) => contains(node, diags).map_or(Test::Broken, Test::Contains),
        _ => word(node, diags).map_or(Test::Broken, |word| Test::Is(vec![word])),
    }
}

fn contains(node: Node<'_>, diags: &mut Diagnostics) -> Option<Vec<Word>> {
    let keys = notation::contains().expect(node, diags)?;
    let node = keys.node();
    let texts = node.get("contains")?;
    let words: Vec<_> = match texts.value() {
        Value::List(_) => texts.items().map(|item| word(item, diags)).collect(),
        _ => vec![word(texts, diags)],
    };
    if words.iter().flatten().any(|word| word.text.is_empty()) || words.is_empty() {
        diags.error(Code::S003, texts.span(), "every text contains the empty one");
        return None;
    }
    words.into_iter().collect()
}

/// What follows.
pub(super) fn then(node: Node<'_>, diags: &mut Diagnostics) -> Then {
    match node.as_text() {
        Some("registered") => Then::Registered(node.span()),
        Some("answered") => Then::Answered(node.span()),
        Some("pending") => Then::Pending(node.span()),
        _ => stated(node, diags).unwrap_or(Then::Broken),
    }
}

fn stated(node: Node<'_>, diags: &mut Diagnostics) -> Option<Then> {
    if let Some(name) = node.as_text() {
        let message = format!("nothing like `{name}` follows from an answer");
        let choices = notation::FOLLOWS.iter().copied();
        diags
            .unknown(Code::S003, node.span(), message, name, choices)
            .help("say `registered`, `answered` (a query), `pending`, `{ class: … }` or `{ error: … }`");
        return None;
    }
    let forms = notation::following();
    let keys = match forms.of(node) {
        Some(form) => form.map.keys(node, diags)?,
        None => forms.keys(node, diags)?,
    };
    let node = keys.node();
    let message = optional(node, "message", diags);
    if let Some(table) = node.get("error") {
        let code = word(node.expect("`error`", "code", diags)?, diags)?;
        return Some(Then::Error { table: word(table, diags)?, code, message });
    }
    let class = word(node.expect("`then`", "class", diags)?, diags)?;
    let new_key = node.get("new_key").and_then(|node| node.expect_bool("`new_key`", diags)).unwrap_or(false);
    Some(Then::Class { class, new_key, message, about: text(node, "about") })
}
