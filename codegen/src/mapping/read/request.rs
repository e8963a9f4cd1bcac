//! Reading what a provider does for an operation, and where the fields of a request come from.

use super::{each, key, lists, optional, reason, reply, word, words};
use crate::diag::{Code, Diagnostics, nearest};
use crate::mapping::Word;
use crate::mapping::{
    Absent, Call, ConstKind, Implied, Is, ListRow, Mapped, Mixed, Omit, OperationKind, Require, Required, Set, Take,
    Unit, Verb, When, With,
};
use crate::notation::mapping as notation;
use crate::tree::{Entry, Node, Value};

/// How an operation is mapped; `None` after a diagnostic.
pub(super) fn operation(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<OperationKind> {
    let node = entry.value;
    if let Some(why) = node.get("unsupported") {
        notation::operation().with("unsupported").keys(node, diags)?;
        return Some(OperationKind::Unsupported(reason(why, diags)));
    }
    let before = diags.count();
    let keys = notation::operation().with("call").keys(node, diags)?;
    let node = keys.node();
    let unknown_section = diags.count() > before && !keys.is_mended();
    let call = call(node.expect("an operation", "call", diags)?, diags)?;
    let mut params = Vec::new();
    for place in ["path", "query", "header"] {
        let Some(section) = node.entry(place) else { continue };
        let sets = each(node, place, diags, |entry, diags| Some(set(entry, diags)));
        params.extend(sets.into_iter().map(|set| (key(section), set)));
    }
    let body = node.entry("body").map(|entry| (entry.key_span, sets(node, "body", diags)));
    let reasons = |entry: Entry<'_>, diags: &mut Diagnostics| Some((key(entry), reason(entry.value, diags)));
    let require = node.get("require").map_or_else(Vec::new, |list| {
        let items = list.expect_list("`require`", diags).unwrap_or_default();
        items.into_iter().filter_map(|item| require(item, diags)).collect()
    });
    let pages = node.entry("pages").map(|entry| lists::pages(entry, diags));
    let answers = node.expect("an operation", "reply", diags);
    let replies = each(node, "reply", diags, reply::reply);
    let written = answers.into_iter().flat_map(Node::entries).map(|entry| entry.key.split(',').count()).sum::<usize>();
    let read = replies.iter().map(|reply| reply.statuses.len()).sum::<usize>();
    Some(OperationKind::Mapped(Box::new(Mapped {
        params,
        body,
        require,
        implied: each(node, "implied", diags, |entry, diags| Some(implied(entry, diags))),
        refuse: each(node, "refuse", diags, reasons),
        drop: each(node, "drop", diags, reasons),
        reply_span: answers.and_then(Node::key).unwrap_or(call.first().span),
        broken_pages: pages == Some(None),
        pages: pages.flatten(),
        replies_whole: answers.is_some() && written == read,
        replies,
        call,
        unknown_section,
    })))
}

/// The operation of the provider; `None` after a diagnostic.
fn call(node: Node<'_>, diags: &mut Diagnostics) -> Option<Call> {
    if !node.is_map() {
        return word(node, diags).map(Call::Is);
    }
    let keys = notation::call().expect(node, diags)?;
    let node = keys.node();
    let path = word(node.get("take")?, diags)?;
    let choices = node.get("when")?;
    let when = each(node, "when", diags, |entry, diags| {
        let call = match entry.value.get("unsupported") {
            Some(why) => {
                notation::no_call().expect(entry.value, diags)?;
                Err(reason(why, diags))
            }
            None => Ok(word(entry.value, diags)?),
        };
        Some((key(entry), call))
    });
    if when.len() < choices.entries().len() {
        return None;
    }
    if !when.iter().any(|(_, call)| call.is_ok()) {
        diags.error(Code::S003, choices.span(), "`when` needs an operation for some value");
        return None;
    }
    Some(Call::By { path, when })
}

fn require(node: Node<'_>, diags: &mut Diagnostics) -> Option<Require> {
    let forms = notation::requirement();
    let (name, keys) = match forms.of(node) {
        Some(form) => (form.verb, form.map.keys(node, diags)?),
        None => ("", forms.keys(node, diags)?),
    };
    let node = keys.node();
    let what = match name {
        "sum" => {
            let sum = node.get("sum")?.expect_list("`sum`", diags)?;
            let sum = sum.into_iter().filter_map(|item| word(item, diags)).collect();
            Required::Sum(sum, word(node.expect("a requirement", "equals", diags)?, diags)?)
        }
        "path" => {
            let is = node.expect("a requirement", "is", diags)?;
            if is.as_text() != Some("otherwise") {
                diags.error(Code::S003, is.span(), "`is` is `otherwise`: what the model takes an absent value to be");
                return None;
            }
            Required::Otherwise(word(node.get("path")?, diags)?)
        }
        "alone" => {
            let alone = node.get("alone")?;
            let [entry] = alone.expect_map("`alone`", diags)?[..] else {
                diags.error(Code::S003, alone.head(), "`alone` is one field with its values");
                return None;
            };
            Required::Alone(key(entry), one_or_more(entry.value, diags)?)
        }
        "setting" => Required::Setting(word(node.get("setting")?, diags)?),
        _ => {
            diags.error(Code::S007, node.head(), "a requirement has one of `sum`, `path`, `alone` and `setting`");
            return None;
        }
    };
    Some(Require { what, reason: reason(node.expect("a requirement", "reason", diags)?, diags) })
}

/// A word, or a list of words.
fn one_or_more(node: Node<'_>, diags: &mut Diagnostics) -> Option<Vec<Word>> {
    match node.value() {
        Value::List(_) => node.items().map(|item| word(item, diags)).collect(),
        _ => Some(vec![word(node, diags)?]),
    }
}

/// What has to be true for a field to be sent; `None` after a diagnostic.
fn when(node: Node<'_>, diags: &mut Diagnostics) -> Option<When> {
    let Some(when) = node.get("when") else { return Some(Vec::new()) };
    let entries = when.expect_map("`when`", diags)?;
    if entries.is_empty() {
        diags.error(Code::S003, when.head(), "`when` needs something to look at");
        return None;
    }
    let test = |entry: Entry<'_>, diags: &mut Diagnostics| {
        let is = match entry.value.as_text() {
            Some("present") => Is::Present(entry.value.span()),
            Some("absent") => Is::Absent(entry.value.span()),
            Some("nonzero") => Is::Nonzero(entry.value.span()),
            _ => Is::OneOf(one_or_more(entry.value, diags)?),
        };
        Some((key(entry), is))
    };
    let tests: Vec<_> = entries.into_iter().map(|entry| test(entry, diags)).collect();
    tests.into_iter().collect()
}

fn implied(entry: Entry<'_>, diags: &mut Diagnostics) -> Implied {
    let path = key(entry);
    let Some(keys) = notation::implied().expect(entry.value, diags) else {
        return Implied { path, is: None, reason: String::new() };
    };
    let node = keys.node();
    let is = node.get("is").and_then(|is| word(is, diags));
    let why = node.get("reason").map(|why| reason(why, diags));
    Implied { path, is, reason: why.unwrap_or_default() }
}

pub(super) fn sets(node: Node<'_>, name: &str, diags: &mut Diagnostics) -> Vec<Set> {
    each(node, name, diags, |entry, diags| Some(set(entry, diags)))
}

fn set(entry: Entry<'_>, diags: &mut Diagnostics) -> Set {
    let when = if entry.value.is_map() { when(entry.value, diags) } else { Some(Vec::new()) };
    let verb = verb_or_words(entry.value, diags);
    match when {
        Some(when) => Set { name: key(entry), when, verb },
        None => Set { name: key(entry), when: Vec::new(), verb: Verb::Broken(words(entry.value)) },
    }
}

fn verb_or_words(node: Node<'_>, diags: &mut Diagnostics) -> Verb {
    verb(node, diags).unwrap_or_else(|| Verb::Broken(words(node)))
}

fn verb(node: Node<'_>, diags: &mut Diagnostics) -> Option<Verb> {
    let entries = node.expect_map("a field", diags)?;
    let before = diags.count();
    let forms = notation::request();
    let verbs = forms.verbs();
    let misspelt = |entry: &Entry<'_>| nearest(entry.key, verbs.iter().copied()).is_some();
    let keys = match forms.of(node) {
        Some(form) => form.map.keys(node, diags)?,
        None if entries.iter().any(misspelt) => forms.keys(node, diags)?,
        None => {
            let diag = diags.error(Code::S007, node.head(), "this says not where the value of the field comes from");
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
        "take" => Verb::Take(take(node, value, diags)?),
        "lift" => {
            let mixed = node.expect("`lift`", "mixed", diags)?;
            let mixed = match mixed.as_text() {
                Some("omit") => Mixed::Omit,
                Some("refuse") => Mixed::Refuse,
                Some("first") => Mixed::First,
                _ => {
                    diags.error(Code::S003, mixed.span(), "`mixed` is `omit`, `refuse` or `first`");
                    return None;
                }
            };
            Verb::Lift { take: take(node, value, diags)?, mixed }
        }
        "sum" => Verb::Sum(take(node, value, diags)?),
        "const" => {
            let kind = match value.value() {
                Value::Bool(_) => ConstKind::Bool,
                Value::Number(_) if value.as_int().is_some() => ConstKind::Int,
                _ => ConstKind::Text,
            };
            Verb::Const(word(value, diags)?, kind)
        }
        "setting" => Verb::Setting(word(value, diags)?, absent(node, diags)?, with(node, diags)?),
        // Lines below these are broken one by one.
        "fields" => return Some(Verb::Fields(sets(node, "fields", diags))),
        "each" => {
            return Some(Verb::Each(word(value, diags)?, Box::new(element(node, "`each`", diags)?)));
        }
        "group" => {
            let by = word(node.expect("`group`", "by", diags)?, diags)?;
            node.expect("`group`", "fields", diags)?;
            return Some(Verb::Group { list: word(value, diags)?, by, sets: sets(node, "fields", diags) });
        }
        "as" | "rows" => return element(node, &format!("`{name}`"), diags),
        "list" => {
            let items = value.expect_list("`list`", diags)?;
            return Some(Verb::List(items.into_iter().map(|item| verb_or_words(item, diags)).collect()));
        }
        _ => {
            reason(value, diags);
            return Some(Verb::Leave);
        }
    };
    (diags.count() == before).then_some(verb)
}

/// What an element of a list is: `fields`, `as` with fields, or `rows`.
fn element(node: Node<'_>, what: &str, diags: &mut Diagnostics) -> Option<Verb> {
    if let Some(rows) = node.get("rows") {
        let items = rows.expect_list("`rows`", diags)?;
        if items.is_empty() {
            diags.error(Code::S003, rows.head(), "`rows` needs an entry");
        }
        let rows: Vec<_> = items.into_iter().map(|item| row(item, diags)).collect();
        return rows.into_iter().collect::<Option<_>>().map(Verb::Rows);
    }
    node.expect(what, "fields", diags)?;
    let sets = sets(node, "fields", diags);
    Some(match node.get("as") {
        Some(variant) => Verb::As(word(variant, diags)?, sets),
        None => Verb::Fields(sets),
    })
}

/// An object of a list that stands there if something is true.
fn row(node: Node<'_>, diags: &mut Diagnostics) -> Option<ListRow> {
    let keys = notation::list_row().keys(node, diags)?;
    let node = keys.node();
    node.expect("an entry of `rows`", "when", diags)?;
    let when = when(node, diags)?;
    Some(ListRow { when, verb: element(node, "an entry of `rows`", diags)?, span: node.head() })
}

fn take(node: Node<'_>, path: Node<'_>, diags: &mut Diagnostics) -> Option<Take> {
    let omit = node.get("omit").and_then(|omit| match omit.as_text() {
        Some("zero") => Some((Omit::Zero, omit.span())),
        Some("empty") => Some((Omit::Empty, omit.span())),
        _ => {
            diags.error(Code::S003, omit.span(), "`omit` is `zero` or `empty`");
            None
        }
    });
    Some(Take {
        path: word(path, diags)?,
        table: optional(node, "table", diags),
        unit: unit(node, diags)?,
        format: optional(node, "format", diags),
        zone: reply::offset(node, "zone", diags),
        inexact: optional(node, "inexact", diags),
        absent: absent(node, diags)?,
        absent_span: node.entry("absent").map(|entry| entry.key_span),
        omit,
    })
}

/// The unit, if one is stated; `None` after a diagnostic.
fn unit(node: Node<'_>, diags: &mut Diagnostics) -> Option<Option<Unit>> {
    let Some(unit) = node.get("unit") else { return Some(None) };
    if !unit.is_map() {
        return Some(Some(Unit::Is(word(unit, diags)?)));
    }
    let keys = notation::decided_unit().expect(unit, diags)?;
    let unit = keys.node();
    let setting = word(unit.get("decided_by")?, diags)?;
    let choices = unit.get("when")?;
    let when = each(unit, "when", diags, |entry, diags| Some((key(entry), word(entry.value, diags)?)));
    if when.is_empty() {
        diags.error(Code::S003, choices.span(), "`when` needs a unit for some choice");
        return None;
    }
    Some(Some(Unit::Decided { setting, when }))
}

/// What is added to an address, if anything is; `None` after a diagnostic.
fn with(node: Node<'_>, diags: &mut Diagnostics) -> Option<Option<With>> {
    let Some(with) = node.get("with") else { return Some(None) };
    let keys = notation::with().expect(with, diags)?;
    let with = keys.node();
    Some(Some(With { query: word(with.get("query")?, diags)?, setting: word(with.get("setting")?, diags)? }))
}

fn absent(node: Node<'_>, diags: &mut Diagnostics) -> Option<Absent> {
    let Some(absent) = node.get("absent") else { return Some(Absent::Omit) };
    let forms = notation::absent();
    let keys = match forms.of(absent) {
        Some(form) => form.map.keys(absent, diags)?,
        None => forms.keys(absent, diags)?,
    };
    let absent = keys.node();
    if let Some(why) = absent.get("refuse") {
        return Some(Absent::Refuse(reason(why, diags), why.span(), when(absent, diags)?));
    }
    let Some(setting) = absent.get("setting") else {
        diags.error(Code::S007, absent.head(), "`absent` is `refuse` or `setting`");
        return None;
    };
    word(setting, diags).map(Absent::Setting)
}
