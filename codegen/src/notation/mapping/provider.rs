//! What is mapped, how doubt ends, and what an account sets.

use crate::notation::Value::{Any, Bool, Choice, Int, Is, Matches, Reason, Word};
use crate::notation::{Key, Map, Value, due, map, may, one_of, some};

pub(crate) fn provider() -> Map {
    map(
        "provider",
        "`provider`",
        vec![
            may("title", Word, "Its name for people."),
            may("title_ru", Word, "Its name for people who read Russian."),
            may("document", Word, "The document that is mapped."),
            due("doubt", Any(vec![Choice(&["blind"]), Is(doubt)]), "How doubt ends: exactly one."),
        ],
    )
}

pub(crate) fn doubt() -> Map {
    one_of("doubt", "`doubt`", doubt_keys(), &["keyed", "locatable", "blind"])
}

fn doubt_keys() -> Vec<Key> {
    vec![
        may("keyed", Is(keyed), "By repeating the request with the same key."),
        may("locatable", Is(locatable), "By asking for the key."),
        may("blind", Is(blind), "An operator decides."),
    ]
}

pub(crate) fn keyed() -> Map {
    map(
        "keyed",
        "`keyed`",
        vec![
            may("retention_days", Int(0), "How many days the provider remembers a key."),
            may("about", Word, "What is to be known of it."),
        ],
    )
}

pub(crate) fn locatable() -> Map {
    map(
        "locatable",
        "`locatable`",
        vec![
            may(
                "visible_after_seconds",
                Int(0),
                "After how many seconds what was sent is found, where the document says so.",
            ),
            may("about", Word, "What is to be known of it."),
        ],
    )
}

pub(crate) fn blind() -> Map {
    map("blind", "`blind`", vec![may("about", Word, "What is to be known of it.")])
}

/// What a setting may be.
pub(crate) const SETTING_TYPES: &[&str] = &["text", "secret", "bool", "offset"];

pub(crate) fn setting() -> Map {
    one_of("setting", "a setting", setting_keys(), &["type", "one_of"])
}

fn setting_keys() -> Vec<Key> {
    vec![
        may("type", Choice(SETTING_TYPES), "What it may be."),
        may("one_of", some(Word), "What it may be chosen from."),
        may("optional", Bool, "Whether it may be left out."),
        may("default", Word, "What it is when left out; never of a choice or a secret."),
        due("about", Reason, "What it decides."),
    ]
}

/// A value of the account.
pub(crate) fn from_setting() -> Map {
    map("from_setting", "a value of the account", vec![due("setting", Word, "The setting.")])
}

/// An offset from UTC, fixed or of the account.
pub(super) fn offset() -> Value {
    Any(vec![Matches(r"^[+-][0-9]{2}:[0-9]{2}$"), Is(from_setting)])
}
