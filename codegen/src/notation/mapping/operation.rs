//! What a provider does for a uniform operation.

use super::answer::answer;
use super::request::line;
use crate::notation::Value::{Any, Choice, Int, Is, Reason, Word};
use crate::notation::{Forms, Key, Map, Name, Value, due, each, each_like, each_some, form, list, map, may};

/// One status or more, in the key of an answer.
const STATUSES: &str = "^ *[1-5][0-9][0-9] *(, *[1-5][0-9][0-9] *)*$";

pub(crate) fn operation() -> Forms {
    Forms {
        name: "operation",
        what: "an operation",
        forms: vec![
            form("unsupported", "an operation that is not mapped", unsupported()),
            form(
                "call",
                "an operation",
                vec![
                    due("call", Any(vec![Word, Is(call)]), "The operation of the document."),
                    may("path", each(line()), "Parameters in the path."),
                    may("query", each(line()), "Parameters in the query."),
                    may("header", each(line()), "Parameters in headers."),
                    may("body", each(line()), "The fields of the body, in the order of the document."),
                    may("require", list(Value::Forms(requirement)), "What has to be true, or it is refused."),
                    may(
                        "implied",
                        Value::EachName(Name::Input, Box::new(Is(implied))),
                        "Fields that the provider takes to be this without being told.",
                    ),
                    may(
                        "refuse",
                        Value::EachName(Name::Input, Box::new(Reason)),
                        "Fields that are refused when they are stated, and why.",
                    ),
                    may("drop", Value::EachName(Name::Input, Box::new(Reason)), "Fields that are left out, and why."),
                    may("pages", Is(pages), "How a list is asked for page by page."),
                    due("reply", each_like(STATUSES, Is(answer)), "What answers mean, by status."),
                ],
            ),
        ],
    }
}

pub(super) fn unsupported() -> Vec<Key> {
    vec![due("unsupported", Reason, "Why the provider has nothing like it.")]
}

pub(crate) fn call() -> Map {
    map(
        "call",
        "`call`",
        vec![
            due("take", Value::Name(Name::Input), "The field that decides."),
            due("when", each_some(Any(vec![Word, Is(no_call)])), "The operation for each of its values."),
        ],
    )
}

pub(crate) fn no_call() -> Map {
    map("no_call", "a value without an operation", unsupported())
}

pub(crate) fn requirement() -> Forms {
    Forms {
        name: "requirement",
        what: "a requirement",
        forms: vec![
            form(
                "sum",
                "a requirement of `sum`",
                vec![
                    due("sum", list(Value::Name(Name::Input)), "Money fields that are added up."),
                    due("equals", Value::Name(Name::Input), "What they have to come to."),
                    due("reason", Reason, "Why."),
                ],
            ),
            form(
                "path",
                "a requirement of `path`",
                vec![
                    due("path", Value::Name(Name::Input), "The field."),
                    due("is", Choice(&["otherwise"]), "What the model takes an absent value to be."),
                    due("reason", Reason, "Why."),
                ],
            ),
            form(
                "alone",
                "a requirement of `alone`",
                vec![
                    due("alone", each_some(words()), "A field of the items: an item with this value is the only one."),
                    due("reason", Reason, "Why."),
                ],
            ),
            form(
                "setting",
                "a requirement of `setting`",
                vec![
                    due("setting", Word, "An optional setting that the account has to have."),
                    due("reason", Reason, "Why."),
                ],
            ),
        ],
    }
}

pub(crate) fn implied() -> Map {
    map(
        "implied",
        "an implied field",
        vec![due("is", Word, "The value that is true then, or `otherwise`."), due("reason", Reason, "Why.")],
    )
}

pub(crate) fn pages() -> Map {
    map(
        "pages",
        "`pages`",
        vec![
            due("by", Choice(&["offset", "page", "cursor"]), "What tells one page from another."),
            may("size", Int(1), "How many elements a page is asked to have."),
            may("from", Int(0), "What is counted from."),
        ],
    )
}

fn words() -> Value {
    Any(vec![Word, list(Word)])
}
