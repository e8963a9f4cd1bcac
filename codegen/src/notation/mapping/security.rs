//! What feeds the security schemes of a document.

use super::provider::from_setting;
use super::request::line;
use crate::notation::Value::{Any, Choice, Int, Is, Word};
use crate::notation::{Forms, Map, Value, due, each, form, list, map, may};

pub(super) fn security() -> Value {
    Any(vec![each(Value::Forms(feed)), Is(own_header)])
}

/// Of a document without security schemes.
pub(crate) fn own_header() -> Map {
    map(
        "own_header",
        "`security` without schemes",
        vec![due("header", Is(from_setting), "Name of the header."), due("value", Is(from_setting), "Its value.")],
    )
}

/// How a signature is made.
pub(crate) const SIGNATURES: &[&str] = &["hmac_sha256", "rsa_sha256"];

/// How a signature is written.
pub(crate) const ENCODINGS: &[&str] = &["hex", "base64"];

pub(crate) fn feed() -> Forms {
    Forms {
        name: "feed",
        what: "a security entry",
        forms: vec![
            form("setting", "a security entry", vec![due("setting", Word, "The setting that holds it.")]),
            form(
                "user",
                "a security entry",
                vec![due("user", Is(from_setting), "The user."), due("password", Is(from_setting), "The password.")],
            ),
            form(
                "sign",
                "a security entry",
                vec![
                    due("sign", Choice(SIGNATURES), "How the body is signed."),
                    due("key", Is(from_setting), "The key: a text for HMAC, PEM for RSA."),
                    due("as", Choice(ENCODINGS), "How the signature is written."),
                ],
            ),
            form("login", "a security entry", vec![due("login", Is(login), "The call that gives a token.")]),
        ],
    }
}

pub(crate) fn login() -> Map {
    map(
        "login",
        "a login",
        vec![
            due("call", Word, "The `operationId` of the call."),
            may("path", each(line()), "Parameters in the path."),
            may("query", each(line()), "Parameters in the query."),
            may("header", each(line()), "Headers."),
            may("body", each(line()), "The fields of the body."),
            due("token", Word, "Where the token stands in the answer."),
            may("expires", Value::Forms(expires), "How long it is good; left out, until it is refused."),
            may("message", Word, "Where the provider's words stand when it gives none."),
            may("renew_on", list(Int(100)), "Statuses that say of a request that its token is not good any more."),
        ],
    )
}

pub(crate) fn expires() -> Forms {
    Forms {
        name: "expires",
        what: "`expires`",
        forms: vec![
            form("seconds", "`expires`", vec![due("seconds", Word, "The field that says for how many seconds.")]),
            form(
                "at",
                "`expires`",
                vec![
                    due("at", Word, "The field that says until when."),
                    may("offset", Word, "The offset of a time that states none."),
                ],
            ),
            form(
                "after_seconds",
                "`expires`",
                vec![due("after_seconds", Int(1), "For how many seconds it always is.")],
            ),
        ],
    }
}
