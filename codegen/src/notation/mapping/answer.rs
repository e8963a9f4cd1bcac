//! What becomes of answers, and what they mean.

use super::provider::offset;
use super::request::{format_key, table_key};
use crate::model::UNITS;
use crate::notation::Value::{Any, Bool, Choice, Is, Reason, True, Word};
use crate::notation::{Forms, Key, Map, Name, Value, any_of, due, each, form, list, list_of, map, may, some};

pub(crate) fn answer() -> Map {
    any_of("answer", "an answer", vec![read_key(), elements_key(), outcome_key(), then_key()], &["outcome", "then"])
}

pub(super) fn read_key() -> Key {
    may("read", each(read_line()), "What becomes of each field of the body.")
}

fn elements_key() -> Key {
    may("elements", Is(elements), "What becomes of a body that is a list.")
}

pub(super) fn outcome_key() -> Key {
    may("outcome", list(Is(rule)), "Rules, the first that fits decides.")
}

pub(super) fn then_key() -> Key {
    may("then", then(), "What follows, whatever the body says.")
}

pub(crate) fn elements() -> Map {
    map("elements", "`elements`", each_read())
}

fn each_read() -> Vec<Key> {
    vec![
        due("each", Value::Name(Name::Output), "A list of the result."),
        due("fields", each(read_line()), "What becomes of the fields of each element."),
    ]
}

/// A line of an answer.
pub(crate) fn read_line() -> Value {
    Value::Forms(read)
}

/// What becomes of a field of an answer.
pub(crate) fn read() -> Forms {
    Forms {
        name: "read",
        what: "a field",
        forms: vec![
            form("give", "`give`", give_keys()),
            form(
                "gives",
                "`gives`",
                vec![due("gives", some(Is(give)), "It becomes more than one field of the result.")],
            ),
            form(
                "compare",
                "`compare`",
                vec![due("compare", Word, "It is held against what was sent at this path of the body.")],
            ),
            form(
                "expect",
                "`expect`",
                vec![due("expect", Any(vec![Choice(&["key"]), Is(expected)]), "It has to be this.")],
            ),
            form("find", "`find`", vec![due("find", Choice(&["key"]), "It is the key.")]),
            form("match", "`match`", vec![due("match", True, "A rule of `outcome` looks at it.")]),
            form("ignore", "`ignore`", vec![due("ignore", Reason, "It is not read, and why.")]),
            form("each", "`each`", each_read()),
            form("fields", "`fields`", vec![due("fields", each(read_line()), "The fields of an object.")]),
        ],
    }
}

pub(crate) fn give() -> Map {
    map("give", "an entry of `gives`", give_keys())
}

fn give_keys() -> Vec<Key> {
    vec![
        due("give", Value::Name(Name::Output), "The field of the result."),
        table_key(),
        may("unit", Choice(UNITS), "How it is written."),
        may("query", Word, "The value of this name in a text such as `a=1&b=2`."),
        format_key(),
        may("offset", offset(), "The offset of a time that states none."),
        may("none_before", Word, "An earlier day counts as none."),
        may("omit", Choice(&["zero"]), "A number that is 0 counts as none."),
        may("none_if_zero", Word, "A text such as `a=1&b=2` whose value of this name is 0 counts as none."),
        may("parts", list_of(6, Word), "The paths of year, month, day, hour, minute and second below it."),
    ]
}

pub(crate) fn expected() -> Map {
    map("expected", "`expect`", vec![due("const", Word, "Always this.")])
}

pub(crate) fn rule() -> Map {
    map(
        "rule",
        "a rule",
        vec![
            may("when", each(test()), "What has to be true: of a field, `http.status` or `uniform.operation`."),
            due("then", then(), "What follows."),
        ],
    )
}

fn test() -> Value {
    Any(vec![Choice(&["present", "absent", "nonzero"]), Word, list(Word), Is(contains)])
}

pub(crate) fn contains() -> Map {
    map("contains", "a test", vec![due("contains", Any(vec![Word, some(Word)]), "It contains one of these texts.")])
}

/// What follows from an answer, without more.
pub(crate) const FOLLOWS: &[&str] = &["registered", "answered", "pending"];

pub(super) fn then() -> Value {
    Any(vec![Choice(FOLLOWS), Value::Forms(following)])
}

pub(crate) fn following() -> Forms {
    Forms {
        name: "following",
        what: "`then`",
        forms: vec![
            form(
                "error",
                "`then` with `error`",
                vec![
                    due("error", Word, "The error table."),
                    due("code", Word, "The field with the code."),
                    may("message", Word, "The field with the provider's words."),
                ],
            ),
            form(
                "class",
                "`then` with `class`",
                vec![
                    due("class", Value::Name(Name::Class), "What it proves."),
                    may("message", Word, "The field with the provider's words."),
                    may("new_key", Bool, "Whether a later attempt needs a new key."),
                    may("about", Word, "What it means."),
                ],
            ),
        ],
    }
}
