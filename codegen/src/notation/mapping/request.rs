//! What the fields of a request are set to.

use super::provider::offset;
use crate::model::UNITS;
use crate::notation::Value::{Any, Choice, Is, Reason, Word};
use crate::notation::{Forms, Key, Map, Name, Value, due, each, each_some, form, list, map, may, some};

/// What has to be true for a field to be sent.
fn when() -> Value {
    each_some(Any(vec![Choice(&["present", "nonzero"]), Word, list(Word)]))
}

fn when_key() -> Key {
    may(
        "when",
        when(),
        "When it is sent at all: a sibling of the provider, or `uniform.…`, by code, `present` or `nonzero`.",
    )
}

/// A line of a request.
pub(crate) fn line() -> Value {
    Value::Forms(request)
}

/// What a field of a request is set to.
pub(crate) fn request() -> Forms {
    Forms {
        name: "request",
        what: "a field",
        forms: vec![
            form(
                "take",
                "`take`",
                vec![
                    due("take", Value::Name(Name::Taken), "A field of what is submitted, or `key`."),
                    table_key(),
                    unit_key(),
                    format_key(),
                    zone_key(),
                    may(
                        "inexact",
                        Choice(&["refuse", "round_half_up"]),
                        "What is done with digits that would be lost.",
                    ),
                    absent_key(),
                    omit_key(),
                    when_key(),
                ],
            ),
            form(
                "lift",
                "`lift`",
                vec![
                    due("lift", Value::Name(Name::Input), "A field of the items, as the value that all of them share."),
                    table_key(),
                    unit_key(),
                    format_key(),
                    zone_key(),
                    due("mixed", Choice(MIXED), "What is done when the items differ."),
                    absent_key(),
                    when_key(),
                ],
            ),
            form(
                "sum",
                "`sum`",
                vec![
                    due("sum", Value::Name(Name::Input), "Money that is added up over a group."),
                    unit_key(),
                    omit_key(),
                    when_key(),
                ],
            ),
            form("const", "`const`", vec![due("const", Word, "Always this."), when_key()]),
            form(
                "setting",
                "`setting`",
                vec![
                    due("setting", Word, "A setting of the account."),
                    may("with", Is(with), "A secret that is added to this address when the request is sent."),
                    absent_key(),
                    when_key(),
                ],
            ),
            form(
                "each",
                "`each`",
                vec![
                    due("each", Value::Name(Name::Input), "A list: this once for each of its elements."),
                    as_key(),
                    fields_key(),
                    rows_key(),
                ],
            ),
            form(
                "group",
                "`group`",
                vec![
                    due(
                        "group",
                        Value::Name(Name::Input),
                        "A list: this once for each value that a field of its elements has.",
                    ),
                    due("by", Value::Name(Name::Input), "The field."),
                    due("fields", each(line()), "The fields of each object."),
                ],
            ),
            form(
                "as",
                "`as`",
                vec![
                    due("as", Word, "The alternative of the document that this is."),
                    due("fields", each(line()), "Its fields."),
                ],
            ),
            form("fields", "`fields`", vec![due("fields", each(line()), "The fields of an object."), when_key()]),
            form("list", "`list`", vec![due("list", list(line()), "A list of exactly these."), when_key()]),
            form("rows", "`rows`", vec![due("rows", some(Is(list_row)), "A list of those whose time has come.")]),
            form("leave", "`leave`", vec![due("leave", Reason, "Never sent, and why.")]),
        ],
    }
}

/// A secret in the query of an address.
pub(crate) fn with() -> Map {
    map(
        "with",
        "`with`",
        vec![
            due("query", Word, "The query parameter that it becomes."),
            due("setting", Word, "The secret, which a callback is verified by."),
        ],
    )
}

/// What is done when the items differ in what is lifted.
pub(crate) const MIXED: &[&str] = &["omit", "refuse", "first"];

/// How the key is written, other than as it is.
const KEY_UNITS: &[&str] = &["uuid"];

/// What is left out although it is stated.
pub(crate) const OMIT: &[&str] = &["zero", "empty"];

pub(super) fn table_key() -> Key {
    may("table", Word, "The table of an enumeration.")
}

fn unit_key() -> Key {
    may("unit", Any(vec![Choice(UNITS), Choice(KEY_UNITS), Is(decided_unit)]), "How it is written.")
}

pub(super) fn format_key() -> Key {
    may("format", Word, "How a date or a time is written: `dd.mm.yy`, `yyyy-mm-dd`, `unix`, …")
}

fn zone_key() -> Key {
    may("zone", offset(), "The offset that a time is written in, where its format has none.")
}

fn absent_key() -> Key {
    may("absent", Value::Forms(absent), "What is done when nothing is stated.")
}

fn omit_key() -> Key {
    may("omit", Choice(OMIT), "Left out although it is stated: money that is zero, a text that is empty.")
}

fn as_key() -> Key {
    may("as", Word, "The alternative of the document that each is.")
}

fn fields_key() -> Key {
    may("fields", each(line()), "The fields of each object.")
}

fn rows_key() -> Key {
    may("rows", some(Is(list_row)), "The object of each, the first whose time has come.")
}

pub(crate) fn list_row() -> Map {
    map(
        "list_row",
        "an entry of `rows`",
        vec![due("when", when(), "When it stands there."), as_key(), due("fields", each(line()), "Its fields.")],
    )
}

pub(crate) fn decided_unit() -> Map {
    map(
        "decided_unit",
        "a unit that a setting decides",
        vec![
            due("decided_by", Word, "The setting that decides; refused until it does."),
            due("when", each_some(Choice(UNITS)), "The unit for each choice that gives one."),
        ],
    )
}

pub(crate) fn absent() -> Forms {
    Forms {
        name: "absent",
        what: "`absent`",
        forms: vec![
            form(
                "refuse",
                "`absent` with `refuse`",
                vec![due("refuse", Reason, "It is refused, and why."), when_key()],
            ),
            form("setting", "`absent`", vec![due("setting", Word, "A setting stands in.")]),
        ],
    }
}
