//! From enumerations to codes, and from error codes to classes.

use crate::notation::Value::{Any, Bool, Is, Reason, Word};
use crate::notation::{Forms, Key, Map, Name, Value, due, each, each_some, form, map, may};

pub(crate) fn table() -> Map {
    map(
        "table",
        "a table",
        vec![
            due("uniform", Value::Name(Name::Enumeration), "The enumeration."),
            may("provider", Word, "The enum of the document; without one, codes are whole numbers."),
            due("rows", Value::Rows(Box::new(cell())), "A row for each value of the enumeration."),
            may("other_codes", each(Reason), "Codes that no value has, with what they mean."),
        ],
    )
}

fn cell() -> Value {
    Any(vec![Word, Value::Forms(row)])
}

pub(crate) fn row() -> Forms {
    Forms {
        name: "row",
        what: "a row",
        forms: vec![
            form(
                "unsupported",
                "a row with `unsupported`",
                vec![due("unsupported", Reason, "Why the provider has no such value.")],
            ),
            form("when", "a row with `when`", decided()),
            form(
                "code",
                "a row with `code`",
                vec![
                    due("code", Word, "The code."),
                    may("reads_as", Word, "The value that the code reads back as, when that is another one."),
                ],
            ),
            form("decided_by", "a row with `decided_by`", decided()),
        ],
    }
}

fn decided() -> Vec<Key> {
    vec![
        due("decided_by", Word, "The setting that decides; refused until it does."),
        due("when", each_some(Word), "The code for each choice that gives one."),
    ]
}

pub(crate) fn error_table() -> Map {
    map(
        "error_table",
        "an error table",
        vec![
            may("prefix", Word, "What stands before a code when it is shown."),
            may("codes", Word, "`Schema.field`, whose x-error-codes are all due."),
            may("rows", each(Is(error_row)), "A row for each code."),
        ],
    )
}

pub(crate) fn error_row() -> Map {
    map(
        "error_row",
        "a row",
        vec![
            due("class", Value::Name(Name::Class), "What it proves."),
            may("new_key", Bool, "Whether a later attempt needs a new key."),
            may("about", Word, "What it means."),
        ],
    )
}
