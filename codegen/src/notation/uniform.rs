//! The maps of the uniform files.

use super::Value::{Bool, Choice, Day, Digits, Int, Is, Pattern, Text, Word};
use super::{Key, Map, Value, due, each, list, list_of, map, may, one_of};

/// What an operation does.
pub(crate) const KINDS: &[&str] = &["submit", "inquire", "query"];
/// What an answer of a class proves.
pub(crate) const MEANS: &[&str] = &["rejected", "pending", "doubt"];
/// What is done after an answer of a class.
pub(crate) const REPEATS: &[&str] = &["never", "backoff", "ask"];

/// A number in digits.
const DECIMAL: &str = r"^-?[0-9]+(\.[0-9]+)?$";

/// `enumerations.yaml`.
pub(crate) fn enumerations() -> Value {
    each(Is(enumeration))
}
/// `types.yaml`.
pub(crate) fn types() -> Value {
    each(Is(ty))
}
/// `operations.yaml`.
pub(crate) fn operations() -> Value {
    each(Is(operation))
}
/// `errors.yaml`.
pub(crate) fn errors() -> Value {
    each(Is(class))
}

pub(crate) fn enumeration() -> Map {
    map(
        "enumeration",
        "an enumeration",
        vec![
            may("tag", Word, "The FFD tag."),
            may("en", Word, "English name."),
            may("ru", Word, "Russian name."),
            may("about", Word, "What it is."),
            may("source", Word, "Where that is said."),
            due("values", each(Is(value)), "Its values, by name."),
        ],
    )
}

pub(crate) fn value() -> Map {
    map(
        "value",
        "a value",
        vec![
            due("code", Int(i64::MIN), "The FFD code."),
            may("en", Word, "English name."),
            may("ru", Word, "Russian name."),
            may("since", Day, "First day on which it may be used."),
            may("until", Day, "Last day on which it may be used; a return may use it later."),
            may("ffd", list(Word), "FFD versions that it is limited to."),
            may("returns", Word, "The value that it undoes."),
            may("rate", Is(rate), "A VAT rate."),
            may("note", Word, "What else is to be known."),
            may("source", Word, "Where that is said."),
        ],
    )
}

pub(crate) fn rate() -> Map {
    map(
        "rate",
        "a rate",
        vec![
            due("percent", Int(i64::MIN), "Percent."),
            may("of", Int(i64::MIN), "Of how much, for the calculated rates: 120 in 20/120."),
        ],
    )
}

pub(crate) fn ty() -> Map {
    map(
        "type",
        "a type",
        vec![may("about", Word, "What it is."), due("fields", each(Is(field)), "Its fields, by name.")],
    )
}

/// What a field holds: one of these says so.
pub(crate) const HOLDERS: &[&str] = &["type", "list", "set"];

pub(crate) fn field() -> Map {
    one_of("field", "a field", field_keys(), HOLDERS)
}

fn field_keys() -> Vec<Key> {
    vec![
        may(
            "type",
            Text,
            "One of: text, bool, int, money, quantity, date, moment, contact, Operation, an enumeration, a type.",
        ),
        may("list", Text, "Any number of these."),
        may("set", Text, "A set of values of this enumeration."),
        may("optional", Bool, "Whether it may be left out."),
        may("tag", Word, "The FFD tag."),
        may("about", Word, "What it is."),
        may("own", Bool, "Kassa's own and never sent, so no mapping speaks of it."),
        may("derived", Is(formula), "How it is computed; it is never stated."),
        may("otherwise", Is(formula), "What an absent value means."),
        may("default", Digits("^0$"), "Money that is zero when left out."),
        may("min", Digits(DECIMAL), "At least; of a list or set, how many."),
        may("max", Digits(DECIMAL), "At most; of a list or set, how many."),
        may("max_length", Int(1), "At most so many characters."),
        may("pattern", Pattern, "What the whole text has to be like."),
        may("severity", Choice(&["warn"]), "Breaking the limits is told, and not refused."),
    ]
}

pub(crate) fn formula() -> Map {
    one_of(
        "formula",
        "a formula",
        vec![
            may("sum", Text, "`list.field`: the sum of a money field over a list."),
            may("product", list_of(2, Text), "Money × quantity."),
            may("tax", list_of(2, Text), "The tax within a money field, by a field with its rate."),
        ],
        &["sum", "product", "tax"],
    )
}

pub(crate) fn operation() -> Map {
    map(
        "operation",
        "an operation",
        vec![
            due("kind", Choice(KINDS), "`submit` is journaled under a key, `inquire` asks how a submission ended."),
            due("input", Text, "The type that it takes."),
            due("output", Text, "The type that it gives."),
            may("about", Word, "What it is for."),
        ],
    )
}

pub(crate) fn class() -> Map {
    map(
        "class",
        "an error class",
        vec![
            due("means", Choice(MEANS), "What an answer of the class proves."),
            due("repeat", Choice(REPEATS), "Whether the same is sent again: never, after a pause, or as doubt ends."),
            due("elsewhere", Bool, "Whether another account may help; only after a rejection."),
            may("about", Word, "What it says."),
        ],
    )
}
