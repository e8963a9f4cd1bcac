//! The maps of `mapping.yaml`.

mod answer;
mod callback;
mod operation;
mod provider;
mod request;
mod security;
mod tables;

pub(crate) use answer::*;
pub(crate) use callback::*;
pub(crate) use operation::*;
pub(crate) use provider::*;
pub(crate) use request::*;
pub(crate) use security::*;
pub(crate) use tables::*;

use super::Value::{Is, Reason};
use super::{Map, Value, due, each, each_like, map, may};
use answer::then;
use security::security;

/// `mapping.yaml`.
pub(crate) fn root() -> Value {
    Is(mapping)
}

pub(crate) fn mapping() -> Map {
    map(
        "mapping",
        "a mapping",
        vec![
            due("provider", Is(provider), "What is mapped, and how doubt ends."),
            may("settings", each(Is(setting)), "Settings of an account."),
            may("security", security(), "What feeds the security schemes of the document."),
            may("statuses", each_like(STATUS, then()), "What statuses mean, whichever operation they answer."),
            may("tables", each(Is(table)), "From enumerations to codes."),
            may("errors", each(Is(error_table)), "From error codes to classes."),
            due(
                "operations",
                Value::Operations(Box::new(Value::Forms(operation))),
                "What the provider does for each uniform operation.",
            ),
            may("callbacks", each(Value::Forms(callback)), "What becomes of what the provider sends by itself."),
            may(
                "ignore",
                each(Reason),
                "What of the document nothing else speaks of: an operation, `Schema`, `Schema.field`, `Schema.code`, `examples/FILE`.",
            ),
        ],
    )
}

/// A status.
const STATUS: &str = "^ *[1-5][0-9][0-9] *$";
