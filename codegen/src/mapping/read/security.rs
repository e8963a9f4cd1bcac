//! Reading what feeds security schemes.

use super::request::sets;
use super::{key, optional, word};
use crate::diag::{Code, Diagnostics};
use crate::mapping::{Algorithm, Encoding, Expires, Feed, Login, OwnHeader, Sign, Word};
use crate::notation::mapping as notation;
use crate::tree::{Entry, Node};

/// Whether the section is about a header of which the document says nothing.
pub(super) fn is_own_header(section: Node<'_>) -> bool {
    section.get("header").is_some() && section.get("value").is_some()
}

/// A header of which the document says nothing.
pub(super) fn own_header(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<OwnHeader> {
    let keys = notation::own_header().expect(entry.value, diags)?;
    let node = keys.node();
    let header = setting(node, "header", diags);
    let value = setting(node, "value", diags);
    Some(OwnHeader { header: header?, value: value?, span: entry.key_span })
}

/// What feeds a security scheme.
pub(super) fn feed(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<Feed> {
    let node = entry.value;
    let forms = notation::feed();
    let Some(form) = forms.of(node) else {
        forms.keys(node, diags)?;
        diags
            .error(Code::S007, node.head(), "this says not what feeds the security scheme")
            .help("it needs `setting`, `user` with `password`, `sign` with `key`, or `login`");
        return None;
    };
    let keys = form.map.expect(node, diags)?;
    let node = keys.node();
    match form.verb {
        "setting" => word(node.get("setting")?, diags).map(Feed::Setting),
        "user" => {
            let (user, password) = (setting(node, "user", diags), setting(node, "password", diags));
            Some(Feed::Basic { user: user?, password: password? })
        }
        "sign" => sign(node, diags).map(Feed::Sign),
        _ => login(node.entry("login")?, diags).map(|login| Feed::Login(Box::new(login))),
    }
}

/// The setting named below `name`: `name: { setting: … }`.
fn setting(node: Node<'_>, name: &str, diags: &mut Diagnostics) -> Option<Word> {
    let keys = notation::from_setting().expect(node.get(name)?, diags)?;
    let node = keys.node();
    word(node.get("setting")?, diags)
}

fn sign(node: Node<'_>, diags: &mut Diagnostics) -> Option<Sign> {
    let algorithms = [Algorithm::HmacSha256, Algorithm::RsaSha256];
    let algorithm = choice(node, "sign", notation::SIGNATURES, &algorithms, diags);
    let key = setting(node, "key", diags);
    let encoding = choice(node, "as", notation::ENCODINGS, &[Encoding::Hex, Encoding::Base64], diags);
    Some(Sign { algorithm: algorithm?, key: key?, encoding: encoding? })
}

/// The value whose name stands under `name`.
fn choice<T: Copy>(node: Node<'_>, name: &str, names: &[&str], values: &[T], diags: &mut Diagnostics) -> Option<T> {
    let node = node.get(name)?;
    let found = names.iter().position(|name| node.as_text() == Some(name));
    if found.is_none() {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        diags.error(Code::S003, node.span(), format!("`{name}` is {}", names.join(" or ")));
    }
    found.map(|found| values[found])
}

fn login(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<Login> {
    let keys = notation::login().expect(entry.value, diags)?;
    let node = keys.node();
    let call = optional(node, "call", diags);
    let token = optional(node, "token", diags);
    let mut params = Vec::new();
    for place in ["path", "query", "header"] {
        let Some(section) = node.entry(place) else { continue };
        params.extend(sets(node, place, diags).into_iter().map(|set| (key(section), set)));
    }
    let body = node.entry("body").map(|entry| (entry.key_span, sets(node, "body", diags)));
    let expires = match node.get("expires") {
        Some(node) => Some(expires(node, diags)?),
        None => None,
    };
    let statuses = node.get("renew_on").and_then(|node| node.expect_list("`renew_on`", diags)).unwrap_or_default();
    let renew_on = statuses.into_iter().filter_map(|node| {
        let text = node.as_scalar().unwrap_or_default();
        let status = text.parse().ok().filter(|status| (100..600).contains(status));
        if status.is_none() {
            diags.error(Code::S003, node.span(), format!("`{text}` is no HTTP status"));
        }
        Some((status?, node.span()))
    });
    let renew_on = renew_on.collect();
    let message = optional(node, "message", diags);
    Some(Login { call: call?, params, body, token: token?, expires, message, renew_on, span: entry.key_span })
}

fn expires(node: Node<'_>, diags: &mut Diagnostics) -> Option<Expires> {
    let forms = notation::expires();
    let Some(form) = forms.of(node) else {
        forms.keys(node, diags)?;
        diags.error(Code::S007, node.head(), "`expires` is `seconds`, `at` or `after_seconds`");
        return None;
    };
    let keys = form.map.expect(node, diags)?;
    let node = keys.node();
    match form.verb {
        "seconds" => word(node.get("seconds")?, diags).map(Expires::Seconds),
        "at" => Some(Expires::At(word(node.get("at")?, diags)?, optional(node, "offset", diags))),
        _ => {
            let stated = node.get("after_seconds")?;
            let seconds = stated.expect_int("`after_seconds`", diags)?;
            if seconds <= 0 {
                diags.error(Code::S003, stated.span(), "a token is good for some seconds at least");
            }
            Some(Expires::After(seconds))
        }
    }
}
