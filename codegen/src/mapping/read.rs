//! Reading `mapping.yaml`.

use super::{
    Absent, Cell, ConstKind, Doubt, ErrorRow, ErrorTable, Give, Implied, Mapped, Mapping, OffsetFrom, OperationKind,
    OperationMap, Read, ReadVerb, Reply, Require, Row, Rule, Set, Setting, SettingKind, Status, Table, Take, Test,
    Then, Verb, Word,
};
use crate::diag::{Code, Diagnostics};
use crate::source::{Entry, Kind, Node};

/// Reads a mapping.
pub fn read(root: &Node, diags: &mut Diagnostics) -> Option<Mapping> {
    let known = ["provider", "settings", "security", "statuses", "tables", "errors", "operations"];
    root.expect_keys("a mapping", &known, diags)?;
    let head = root.expect("a mapping", "provider", diags)?;
    head.expect_keys("`provider`", &["title", "title_ru", "document", "doubt"], diags)?;
    let doubt = doubt(head.expect("`provider`", "doubt", diags)?, diags);
    let operations = root.expect("a mapping", "operations", diags)?;
    Some(Mapping {
        title: text(head, "title"),
        document: text(head, "document"),
        doubt: doubt.unwrap_or(Doubt::Blind),
        settings: each(root, "settings", diags, setting),
        security: each(root, "security", diags, |entry, diags| {
            entry.value.expect_keys("a security entry", &["setting"], diags)?;
            let setting = word(entry.value.expect("a security entry", "setting", diags)?, diags)?;
            Some((key(entry), setting))
        }),
        statuses: each(root, "statuses", diags, |entry, diags| {
            let code = status_code(&entry.key, entry, diags)?;
            Some(Status { code, then: then(&entry.value, diags)?, span: entry.key_span })
        }),
        tables: each(root, "tables", diags, table),
        errors: each(root, "errors", diags, error_table),
        operations: each(root, "operations", diags, operation),
        operations_span: root.entry("operations").map_or(operations.span, |entry| entry.key_span),
    })
}

fn each<T>(
    root: &Node,
    name: &str,
    diags: &mut Diagnostics,
    read: impl Fn(&Entry, &mut Diagnostics) -> Option<T>,
) -> Vec<T> {
    let Some(node) = root.get(name) else { return Vec::new() };
    let entries = node.expect_map(&format!("`{name}`"), diags).unwrap_or_default();
    entries.iter().filter_map(|entry| read(entry, diags)).collect()
}

fn text(node: &Node, key: &str) -> String {
    node.get(key).and_then(Node::as_scalar).unwrap_or_default()
}

fn key(entry: &Entry) -> Word {
    Word { text: entry.key.clone(), span: entry.key_span }
}

/// A scalar as a word.
fn word(node: &Node, diags: &mut Diagnostics) -> Option<Word> {
    let text = node.as_scalar();
    if text.is_none() {
        diags.error(Code::S003, node.span, format!("a name or a code is due here, and this is {}", node.kind.name()));
    }
    Some(Word { text: text?, span: node.span })
}

fn optional(node: &Node, key: &str, diags: &mut Diagnostics) -> Option<Word> {
    node.get(key).and_then(|node| word(node, diags))
}

/// A reason: text that may not be empty.
fn reason(node: &Node, diags: &mut Diagnostics) -> Option<String> {
    let text = node.expect_text("a reason", diags)?.trim();
    if text.is_empty() {
        diags.error(Code::S003, node.span, "a reason is due here");
        return None;
    }
    Some(text.to_owned())
}

fn doubt(node: &Node, diags: &mut Diagnostics) -> Option<Doubt> {
    if node.as_text() == Some("blind") {
        return Some(Doubt::Blind);
    }
    node.expect_keys("`doubt`", &["keyed", "locatable", "blind"], diags)?;
    if let Some(keyed) = node.get("keyed") {
        keyed.expect_keys("`keyed`", &["retention_days", "about"], diags)?;
        let days = keyed.get("retention_days").and_then(|node| node.expect_int("`retention_days`", diags));
        return Some(Doubt::Keyed(days));
    }
    if let Some(locatable) = node.get("locatable") {
        locatable.expect_keys("`locatable`", &["visible_after_seconds", "about"], diags)?;
        let seconds = locatable.expect("`locatable`", "visible_after_seconds", diags)?;
        return Some(Doubt::Locatable(seconds.expect_int("`visible_after_seconds`", diags)?));
    }
    if node.get("blind").is_none() {
        diags.error(Code::S007, node.head(), "`doubt` is one of `keyed`, `locatable` and `blind`");
    }
    Some(Doubt::Blind)
}

fn setting(entry: &Entry, diags: &mut Diagnostics) -> Option<Setting> {
    let node = &entry.value;
    node.expect_keys("a setting", &["type", "one_of", "optional", "default", "about"], diags)?;
    let kind = match (node.get("type"), node.get("one_of")) {
        (None, Some(choices)) => {
            let items = choices.expect_list("`one_of`", diags)?;
            SettingKind::OneOf(items.iter().filter_map(|item| word(item, diags)).map(|word| word.text).collect())
        }
        (Some(kind), None) => match kind.as_text() {
            Some("text") => SettingKind::Text,
            Some("secret") => SettingKind::Secret,
            Some("bool") => SettingKind::Bool,
            Some("offset") => SettingKind::Offset,
            other => {
                let name = other.unwrap_or_default();
                let known = ["text", "secret", "bool", "offset"];
                diags.unknown(Code::M005, kind.span, format!("no such type of setting: `{name}`"), name, known);
                return None;
            }
        },
        _ => {
            diags.error(Code::S007, entry.key_span, "a setting has either `type` or `one_of`");
            return None;
        }
    };
    let optional = node.get("optional").and_then(|node| node.expect_bool("`optional`", diags)).unwrap_or(false);
    let about = node.expect("a setting", "about", diags).and_then(|node| reason(node, diags)).unwrap_or_default();
    let default = node.get("default").and_then(Node::as_scalar);
    if let (Some(default), SettingKind::OneOf(_) | SettingKind::Secret, Some(at)) =
        (&default, &kind, node.get("default"))
    {
        diags.error(
            Code::S008,
            at.span,
            format!("`{default}` cannot be a default: a choice or a secret is never guessed"),
        );
    }
    Some(Setting { name: key(entry), kind, optional, default, about })
}

fn status_code(text: &str, entry: &Entry, diags: &mut Diagnostics) -> Option<u16> {
    let code = text.trim().parse().ok().filter(|code| (100..600).contains(code));
    if code.is_none() {
        diags.error(Code::S003, entry.key_span, format!("`{text}` is no HTTP status"));
    }
    code
}

fn table(entry: &Entry, diags: &mut Diagnostics) -> Option<Table> {
    let node = &entry.value;
    node.expect_keys("a table", &["uniform", "provider", "rows", "other_codes"], diags)?;
    let uniform = word(node.expect("a table", "uniform", diags)?, diags)?;
    let rows = node.expect("a table", "rows", diags)?.expect_map("`rows`", diags)?;
    let rows =
        rows.iter().filter_map(|entry| Some(Row { value: key(entry), cell: cell(&entry.value, diags)? })).collect();
    Some(Table {
        name: key(entry),
        uniform,
        provider: optional(node, "provider", diags),
        rows,
        other_codes: each(node, "other_codes", diags, |entry, diags| Some((key(entry), reason(&entry.value, diags)?))),
    })
}

fn cell(node: &Node, diags: &mut Diagnostics) -> Option<Cell> {
    if !matches!(node.kind, Kind::Map(_)) {
        return Some(Cell::Code { code: word(node, diags)?, reads_as: None });
    }
    node.expect_keys("a row", &["code", "reads_as", "unsupported", "decided_by", "when"], diags)?;
    if let Some(why) = node.get("unsupported") {
        return Some(Cell::Unsupported(reason(why, diags)?));
    }
    if let Some(code) = node.get("code") {
        return Some(Cell::Code { code: word(code, diags)?, reads_as: optional(node, "reads_as", diags) });
    }
    let setting = word(node.expect("a row that is no code", "decided_by", diags)?, diags)?;
    let when = node.expect("a row that a setting decides", "when", diags)?.expect_map("`when`", diags)?;
    let when = when.iter().filter_map(|entry| Some((key(entry), word(&entry.value, diags)?))).collect();
    Some(Cell::Decided { setting, when })
}

fn error_table(entry: &Entry, diags: &mut Diagnostics) -> Option<ErrorTable> {
    let node = &entry.value;
    node.expect_keys("an error table", &["prefix", "codes", "rows"], diags)?;
    Some(ErrorTable {
        name: key(entry),
        prefix: text(node, "prefix"),
        codes: optional(node, "codes", diags),
        rows: each(node, "rows", diags, |entry, diags| {
            let node = &entry.value;
            node.expect_keys("a row", &["class", "new_key", "about"], diags)?;
            let class = word(node.expect("a row", "class", diags)?, diags)?;
            let new_key = node.get("new_key").and_then(|node| node.expect_bool("`new_key`", diags)).unwrap_or(false);
            Some(ErrorRow { code: key(entry), class, new_key, about: text(node, "about") })
        }),
    })
}

fn operation(entry: &Entry, diags: &mut Diagnostics) -> Option<OperationMap> {
    let node = &entry.value;
    let name = key(entry);
    if let Some(why) = node.get("unsupported") {
        node.expect_keys("an operation that is not mapped", &["unsupported"], diags)?;
        return Some(OperationMap { name, kind: OperationKind::Unsupported(reason(why, diags)?) });
    }
    let known = ["call", "path", "query", "header", "body", "require", "implied", "refuse", "drop", "reply"];
    node.expect_keys("an operation", &known, diags)?;
    let call = word(node.expect("an operation", "call", diags)?, diags)?;
    let params = ["path", "query", "header"].into_iter().flat_map(|place| each(node, place, diags, set)).collect();
    let body = node.entry("body").map(|entry| (entry.key_span, each(node, "body", diags, set)));
    let reasons = |entry: &Entry, diags: &mut Diagnostics| Some((key(entry), reason(&entry.value, diags)?));
    let require = node.get("require").map_or_else(Vec::new, |list| {
        let items = list.expect_list("`require`", diags).unwrap_or_default();
        items.iter().filter_map(|item| require(item, diags)).collect()
    });
    let kind = OperationKind::Mapped(Box::new(Mapped {
        call,
        params,
        body,
        require,
        implied: each(node, "implied", diags, |entry, diags| {
            entry.value.expect_keys("an implied field", &["is", "reason"], diags)?;
            let is = word(entry.value.expect("an implied field", "is", diags)?, diags)?;
            let why = reason(entry.value.expect("an implied field", "reason", diags)?, diags)?;
            Some(Implied { path: key(entry), is, reason: why })
        }),
        refuse: each(node, "refuse", diags, reasons),
        drop: each(node, "drop", diags, reasons),
        replies: node
            .expect("an operation", "reply", diags)
            .map_or_else(Vec::new, |_| each(node, "reply", diags, reply)),
    }));
    Some(OperationMap { name, kind })
}

fn require(node: &Node, diags: &mut Diagnostics) -> Option<Require> {
    node.expect_keys("a requirement", &["sum", "equals", "reason"], diags)?;
    let sum = node.expect("a requirement", "sum", diags)?.expect_list("`sum`", diags)?;
    Some(Require {
        sum: sum.iter().filter_map(|item| word(item, diags)).collect(),
        equals: word(node.expect("a requirement", "equals", diags)?, diags)?,
        reason: reason(node.expect("a requirement", "reason", diags)?, diags)?,
    })
}

fn set(entry: &Entry, diags: &mut Diagnostics) -> Option<Set> {
    Some(Set { name: key(entry), verb: verb(&entry.value, diags)? })
}

const VERBS: &[&str] = &["take", "lift", "const", "setting", "fields", "each", "list", "leave"];

fn verb(node: &Node, diags: &mut Diagnostics) -> Option<Verb> {
    let entries = node.expect_map("a field", diags)?;
    let verb = entries
        .iter()
        .find(|entry| VERBS.contains(&entry.key.as_str()) && !(entry.key == "fields" && node.get("each").is_some()));
    let Some(verb) = verb else {
        let diag = diags.error(Code::S007, node.head(), "this says not where the value of the field comes from");
        diag.help(format!("it needs one of {}", crate::source::list_of(VERBS)));
        return None;
    };
    let take_keys = ["table", "unit", "inexact", "absent", "omit"];
    Some(match verb.key.as_str() {
        "take" => {
            node.expect_keys("`take`", &[&["take"], &take_keys[..]].concat(), diags)?;
            Verb::Take(take(node, &verb.value, diags)?)
        }
        "lift" => {
            node.expect_keys("`lift`", &["lift", "table", "unit", "mixed"], diags)?;
            let mixed = node.expect("`lift`", "mixed", diags)?;
            let omit_mixed = match mixed.as_text() {
                Some("omit") => true,
                Some("refuse") => false,
                _ => {
                    diags.error(Code::S003, mixed.span, "`mixed` is `omit` or `refuse`");
                    return None;
                }
            };
            Verb::Lift { take: take(node, &verb.value, diags)?, omit_mixed }
        }
        "const" => {
            node.expect_keys("`const`", &["const"], diags)?;
            let kind = match verb.value.kind {
                Kind::Bool(_) => ConstKind::Bool,
                Kind::Number(_) if verb.value.as_int().is_some() => ConstKind::Int,
                _ => ConstKind::Text,
            };
            Verb::Const(word(&verb.value, diags)?, kind)
        }
        "setting" => {
            node.expect_keys("`setting`", &["setting", "absent"], diags)?;
            Verb::Setting(word(&verb.value, diags)?, absent(node, diags)?)
        }
        "fields" => {
            node.expect_keys("`fields`", &["fields"], diags)?;
            Verb::Fields(each(node, "fields", diags, set))
        }
        "each" => {
            node.expect_keys("`each`", &["each", "fields"], diags)?;
            node.expect("`each`", "fields", diags)?;
            Verb::Each(word(&verb.value, diags)?, each(node, "fields", diags, set))
        }
        "list" => {
            node.expect_keys("`list`", &["list"], diags)?;
            let items = verb.value.expect_list("`list`", diags)?;
            Verb::List(items.iter().filter_map(|item| self::verb(item, diags)).collect())
        }
        _ => {
            node.expect_keys("`leave`", &["leave"], diags)?;
            reason(&verb.value, diags)?;
            Verb::Leave
        }
    })
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
        omit_zero,
    })
}

fn absent(node: &Node, diags: &mut Diagnostics) -> Option<Absent> {
    let Some(absent) = node.get("absent") else { return Some(Absent::Omit) };
    absent.expect_keys("`absent`", &["refuse", "setting"], diags)?;
    if let Some(why) = absent.get("refuse") {
        return Some(Absent::Refuse(reason(why, diags)?, why.span));
    }
    Some(Absent::Setting(word(absent.expect("`absent`", "setting", diags)?, diags)?))
}

fn reply(entry: &Entry, diags: &mut Diagnostics) -> Option<Reply> {
    let statuses: Option<Vec<u16>> = entry.key.split(',').map(|text| status_code(text, entry, diags)).collect();
    let node = &entry.value;
    node.expect_keys("an answer", &["read", "outcome", "then"], diags)?;
    let read = node.entry("read").map(|entry| (entry.key_span, each(node, "read", diags, read_field)));
    let mut outcome = Vec::new();
    if let Some(list) = node.get("outcome") {
        for item in list.expect_list("`outcome`", diags).unwrap_or_default() {
            item.expect_keys("a rule", &["when", "then"], diags);
            let when = each(item, "when", diags, |entry, diags| Some((key(entry), test(&entry.value, diags)?)));
            if let Some(then) = item.expect("a rule", "then", diags).and_then(|node| then(node, diags)) {
                outcome.push(Rule { when, then, span: item.head() });
            }
        }
    }
    if let Some(node) = node.get("then") {
        outcome.push(Rule { when: Vec::new(), then: then(node, diags)?, span: node.head() });
    }
    if outcome.is_empty() {
        diags.error(Code::S007, entry.key_span, "an answer needs `then` or `outcome`: what does it prove?");
    }
    Some(Reply { statuses: statuses?, span: entry.key_span, read, outcome })
}

const READ_VERBS: &[&str] = &["give", "expect", "match", "ignore", "fields"];

fn read_field(entry: &Entry, diags: &mut Diagnostics) -> Option<Read> {
    let node = &entry.value;
    let entries = node.expect_map("a field", diags)?;
    let Some(verb) = entries.iter().find(|entry| READ_VERBS.contains(&entry.key.as_str())) else {
        let diag = diags.error(Code::S007, node.head(), "this says not what becomes of the field");
        diag.help(format!("it needs one of {}", crate::source::list_of(READ_VERBS)));
        return None;
    };
    let value = &verb.value;
    let verb = match verb.key.as_str() {
        "give" => {
            node.expect_keys("`give`", &["give", "table", "unit", "offset", "parts"], diags)?;
            let offset = node.get("offset").and_then(|node| match node.kind {
                Kind::Map(_) => {
                    node.expect_keys("`offset`", &["setting"], diags)?;
                    Some(OffsetFrom::Setting(word(node.expect("`offset`", "setting", diags)?, diags)?))
                }
                _ => Some(OffsetFrom::Fixed(word(node, diags)?)),
            });
            let parts = node.get("parts").map_or(&[][..], Node::items);
            let parts: Vec<Word> = parts.iter().filter_map(|part| word(part, diags)).collect();
            if node.get("parts").is_some() && parts.len() != 6 {
                diags.error(Code::S003, node.head(), "`parts` are year, month, day, hour, minute and second");
                return None;
            }
            ReadVerb::Give(Give {
                path: word(value, diags)?,
                table: optional(node, "table", diags),
                unit: optional(node, "unit", diags),
                offset,
                parts,
            })
        }
        "expect" => {
            node.expect_keys("`expect`", &["expect"], diags)?;
            if value.as_text() != Some("key") {
                diags.error(Code::S003, value.span, "`expect` is `key`");
            }
            ReadVerb::ExpectKey(entry.key_span)
        }
        "match" => {
            node.expect_keys("`match`", &["match"], diags)?;
            ReadVerb::Match(entry.key_span)
        }
        "ignore" => {
            node.expect_keys("`ignore`", &["ignore"], diags)?;
            reason(value, diags)?;
            ReadVerb::Ignore
        }
        _ => {
            node.expect_keys("`fields`", &["fields"], diags)?;
            ReadVerb::Fields(each(node, "fields", diags, read_field))
        }
    };
    Some(Read { name: key(entry), verb })
}

fn test(node: &Node, diags: &mut Diagnostics) -> Option<Test> {
    Some(match (&node.kind, node.as_text()) {
        (_, Some("present")) => Test::Present(node.span),
        (_, Some("absent")) => Test::Absent(node.span),
        (_, Some("nonzero")) => Test::Nonzero(node.span),
        (Kind::List(items), _) => Test::Is(items.iter().filter_map(|item| word(item, diags)).collect()),
        _ => Test::Is(vec![word(node, diags)?]),
    })
}

fn then(node: &Node, diags: &mut Diagnostics) -> Option<Then> {
    match node.as_text() {
        Some("registered") => return Some(Then::Registered(node.span)),
        Some("pending") => return Some(Then::Pending(node.span)),
        _ => {}
    }
    node.expect_keys("`then`", &["error", "code", "message", "class", "new_key", "about"], diags)?;
    let message = optional(node, "message", diags);
    if let Some(table) = node.get("error") {
        let code = word(node.expect("`error`", "code", diags)?, diags)?;
        return Some(Then::Error { table: word(table, diags)?, code, message });
    }
    let class = word(node.expect("`then`", "class", diags)?, diags)?;
    let new_key = node.get("new_key").and_then(|node| node.expect_bool("`new_key`", diags)).unwrap_or(false);
    Some(Then::Class { class, new_key, message, about: text(node, "about") })
}
