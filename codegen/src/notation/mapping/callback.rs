//! What becomes of what a provider sends by itself.

use super::answer::{outcome_key, read_key, then_key};
use super::operation::unsupported;
use super::request::line;
use crate::notation::Value::{Any, Int, Is, Reason, Word};
use crate::notation::{Form, Forms, Key, Map, any_of, due, each, form, map, may, one_of, some};

pub(crate) fn callback() -> Forms {
    Forms {
        name: "callback",
        what: "a callback",
        forms: vec![
            form("unsupported", "a callback that is not mapped", unsupported()),
            Form { verb: "verify", map: any_of("verify", "a callback", callback_keys(), &["outcome", "then"]) },
        ],
    }
}

fn callback_keys() -> Vec<Key> {
    vec![
        due("verify", Any(vec![Is(unverified), Is(proof), some(Is(proof))]), "What tells it from a forged one."),
        may("ignore", each(Reason), "Parameters that are not looked at, and why."),
        read_key(),
        outcome_key(),
        then_key(),
        due("answer", Is(callback_answer), "What the provider takes for \"received\"."),
    ]
}

pub(crate) fn unverified() -> Map {
    map(
        "unverified",
        "`verify` with `none`",
        vec![due("none", Reason, "Why nothing can tell it; it is then never believed.")],
    )
}

pub(crate) fn proof() -> Map {
    one_of("proof", "a proof", proof_keys(), &["header", "query"])
}

fn proof_keys() -> Vec<Key> {
    vec![
        may("header", Word, "The header."),
        may("query", Word, "The parameter of the address."),
        due("setting", Word, "The setting that it has to be."),
    ]
}

pub(crate) fn callback_answer() -> Map {
    map(
        "callback_answer",
        "`answer`",
        vec![due("status", Int(100), "The status."), may("body", each(line()), "The fields of the body.")],
    )
}
