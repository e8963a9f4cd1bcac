//! Reading how doubt ends, the settings of an account, and what feeds security schemes.

use super::{key, reason, word};
use crate::diag::{Code, Diagnostics};
use crate::mapping::{Doubt, Setting, SettingKind, Word};
use crate::notation::mapping as notation;
use crate::tree::{Entry, Node};

/// How doubt ends; blind after a diagnostic.
pub(super) fn doubt(node: Node<'_>, diags: &mut Diagnostics) -> Doubt {
    match node.as_text() {
        Some("blind") => Doubt::Blind,
        _ => stated_doubt(node, diags).unwrap_or(Doubt::Blind),
    }
}

fn stated_doubt(node: Node<'_>, diags: &mut Diagnostics) -> Option<Doubt> {
    let keys = notation::doubt().keys(node, diags)?;
    let node = keys.node();
    let [form] = node.entries().collect::<Vec<_>>()[..] else {
        diags.error(Code::S007, node.head(), "`doubt` is exactly one of `keyed`, `locatable` and `blind`");
        return None;
    };
    match form.key {
        "keyed" => {
            let keys = notation::keyed().expect(form.value, diags)?;
            let keyed = keys.node();
            let days = keyed.get("retention_days").and_then(|node| from_zero(node, "`retention_days`", diags));
            Some(Doubt::Keyed(days))
        }
        "locatable" => {
            let keys = notation::locatable().expect(form.value, diags)?;
            let locatable = keys.node();
            let seconds = locatable.get("visible_after_seconds");
            Some(Doubt::Locatable(seconds.and_then(|node| from_zero(node, "`visible_after_seconds`", diags))))
        }
        _ => Some(Doubt::Blind),
    }
}

/// A whole number that is not negative.
fn from_zero(node: Node<'_>, what: &str, diags: &mut Diagnostics) -> Option<i64> {
    let value = node.expect_int(what, diags)?;
    if value < 0 {
        diags.error(Code::S003, node.span(), format!("{what} cannot be negative"));
        return None;
    }
    Some(value)
}

/// A setting.
pub(super) fn setting(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<Setting> {
    let keys = notation::setting().expect(entry.value, diags)?;
    let node = keys.node();
    let kind = match (node.get("type"), node.get("one_of")) {
        (None, Some(list)) => SettingKind::OneOf(choices(list, diags)?),
        (Some(kind), None) => match kind.as_text() {
            Some("text") => SettingKind::Text,
            Some("secret") => SettingKind::Secret,
            Some("bool") => SettingKind::Bool,
            Some("offset") => SettingKind::Offset,
            _ => {
                let name = kind.as_scalar().unwrap_or_default();
                let message = format!("no such type of setting: `{name}`");
                diags.unknown_choice(Code::M005, kind.span(), message, &name, notation::SETTING_TYPES);
                return None;
            }
        },
        _ => {
            diags.error(Code::S007, entry.key_span, "a setting has either `type` or `one_of`");
            return None;
        }
    };
    let optional = node.get("optional").and_then(|node| node.expect_bool("`optional`", diags)).unwrap_or(false);
    let about = node.get("about").map(|node| reason(node, diags)).unwrap_or_default();
    let default = node.get("default").and_then(|at| default(at, &kind, diags));
    if let (Some(at), Some(_), true) = (node.entry("optional"), node.get("default"), optional) {
        let message = "a setting with a default is never absent, so `optional` never applies";
        diags.error(Code::S008, at.key_span, message);
    }
    Some(Setting { name: key(entry), kind, optional, default, about })
}

fn choices(list: Node<'_>, diags: &mut Diagnostics) -> Option<Vec<String>> {
    let mut all: Vec<Word> = Vec::new();
    let items = list.expect_list("`one_of`", diags)?;
    for item in &items {
        let choice = word(*item, diags)?;
        if let Some(first) = all.iter().find(|other| other.text == choice.text) {
            let message = format!("`{}` is a choice twice", choice.text);
            diags.error(Code::S004, choice.span, message).secondary(first.span, "first here");
            continue;
        }
        all.push(choice);
    }
    if items.is_empty() {
        diags.error(Code::S003, list.span(), "`one_of` needs something to choose from");
    }
    Some(all.into_iter().map(|choice| choice.text).collect())
}

/// What a setting is when it is left out; checked here, as an account may never state it.
fn default(at: Node<'_>, kind: &SettingKind, diags: &mut Diagnostics) -> Option<String> {
    let Some(value) = at.as_scalar() else {
        let found = at.kind();
        diags.error(Code::S003, at.span(), format!("a default has to be a single value, and this is {found}"));
        return None;
    };
    match kind {
        SettingKind::OneOf(_) | SettingKind::Secret => {
            let message = format!("`{value}` cannot be a default: a choice or a secret is never guessed");
            diags.error(Code::S008, at.span(), message);
        }
        SettingKind::Bool if value != "true" && value != "false" => {
            diags.error(Code::S003, at.span(), format!("the default has to be true or false, and this is `{value}`"));
        }
        SettingKind::Offset if crate::mapping::offset(&value).is_none() => {
            diags.error(Code::S003, at.span(), "an offset is written \"+03:00\"");
        }
        SettingKind::Text | SettingKind::Bool | SettingKind::Offset => {}
    }
    Some(value)
}
