//! The section `accounts`.

use std::time::Duration;

use kassa_core::http::Uri;
use kassa_core::{BaseUrl, Doubt, ProviderInfo, Secret, SettingInfo, SettingKind, SettingValues};

use super::reader::{Fields, Reader};
use super::tree::{Entry, Kind, Node};
use crate::account::{Account, CONNECT_TIMEOUT, Identity, TIMEOUT, Tls};
use crate::diagnostic::{Diagnostic, Span};
use crate::dispatcher::{Limits, Rate};
use crate::login::TokenSlot;
use crate::nearest::hint;

/// The accounts that could be read, and the names and places of all.
pub(super) struct Accounts {
    pub(super) accounts: Vec<Account>,
    pub(super) names: Vec<(String, Span)>,
}

pub(super) fn read_accounts(reader: &mut Reader<'_>, node: &Node) -> Option<Accounts> {
    let entries = reader.map(node, "`accounts`")?;
    if entries.is_empty() {
        return reader.refuse(node.span, "`accounts` names no account", "add NAME: { provider: …, settings: … }");
    }
    let names = entries.iter().map(|entry| (entry.key.clone(), entry.span)).collect();
    let accounts = entries.iter().filter_map(|entry| read_account(reader, entry)).collect();
    Some(Accounts { accounts, names })
}

const KEYS: [&str; 9] =
    ["provider", "base_url", "seller_inn", "settings", "connect_timeout", "timeout", "visible_after", "limits", "tls"];

fn read_account(reader: &mut Reader<'_>, entry: &Entry) -> Option<Account> {
    let (name, before) = (&entry.key, reader.errors());
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        let message = format!("{name:?} cannot be the name of an account");
        reader.refuse::<()>(entry.span, message, "use letters, digits, `_`, `-` and `.`");
    }
    let fields = Fields::new(reader, &entry.value, &format!("the account `{name}`"), &KEYS)?.at(entry.span);
    let provider = fields.require(reader, "provider", "provider: NAME");
    let info = provider.and_then(|node| read_provider(reader, node));
    let base_url = fields.take("base_url").and_then(|node| read_base_url(reader, node));
    let seller_inn = fields.take("seller_inn").and_then(|node| reader.inn(node));
    let written = fields.take("settings");
    let settings = read_settings(reader, entry, written, info);
    let [connect_timeout, timeout] = read_timeouts(reader, &fields);
    let visible_after = fields.take("visible_after").and_then(|node| read_visible_after(reader, node, info));
    let limits = fields.take("limits").and_then(|node| read_limits(reader, node)).unwrap_or_default();
    let tls = fields.take("tls").and_then(|node| read_tls(reader, node)).unwrap_or_default();
    if let (Some(node), Some(info)) = (provider, info) {
        check_reach(reader, entry, node, info, &fields);
    }
    let info = info.filter(|_| reader.errors() == before)?;
    match reader.surroundings.open(info, &settings, base_url.as_deref()) {
        Ok(provider) => {
            let (name, token) = (name.clone(), TokenSlot::default());
            Some(Account { name, provider, seller_inn, connect_timeout, timeout, visible_after, limits, tls, token })
        }
        Err(errors) => {
            let entries = match written.map(|node| &node.kind) {
                Some(Kind::Map(entries)) => &entries[..],
                _ => &[],
            };
            for error in errors {
                let setting = entries.iter().find(|entry| entry.key == error.name);
                let span = setting.map_or(entry.span, |setting| setting.span);
                reader.refuse::<()>(span, format!("account `{name}`: {error}"), "");
            }
            None
        }
    }
}

/// Whether the account states what its provider needs to be reached.
fn check_reach(reader: &mut Reader<'_>, entry: &Entry, provider: &Node, info: &ProviderInfo, fields: &Fields<'_>) {
    let name = &entry.key;
    if info.base_url.is_none() && fields.take("base_url").is_none() {
        let message = format!("the account `{name}` lacks `base_url`: the document of `{}` states none", info.name);
        reader.refuse::<()>(entry.span, message, "add base_url: https://… as the provider told you");
    }
    let states_certificate = fields.take("tls").is_some_and(|tls| match &tls.kind {
        Kind::Map(entries) => entries.iter().any(|entry| entry.key == "certificate"),
        _ => false,
    });
    if info.client_certificate && !states_certificate {
        let message =
            format!("`{}` answers only to a client certificate, and the account `{name}` has none", info.name);
        let help = "add tls: { certificate: { file: client.pem }, key: { file: client.key } }";
        reader.refuse::<()>(provider.span, message, help);
    }
}

/// The timeouts for connecting, and for the exchange once the connection stands.
fn read_timeouts(reader: &mut Reader<'_>, fields: &Fields<'_>) -> [Duration; 2] {
    let nodes = [fields.take("connect_timeout"), fields.take("timeout")];
    let [connect, total] = nodes.map(|node| node.and_then(|node| reader.duration(node)));
    [connect.unwrap_or(CONNECT_TIMEOUT), total.unwrap_or(TIMEOUT)]
}

/// After how long what was sent is found. It ends doubt, so it is refused where asking ends none.
fn read_visible_after(reader: &mut Reader<'_>, node: &Node, info: Option<&ProviderInfo>) -> Option<Duration> {
    let after = reader.duration(node)?;
    let Some(info) = info.filter(|info| !matches!(info.doubt, Doubt::Locatable { .. })) else { return Some(after) };
    let message = format!("`visible_after` decides nothing: no doubt with `{}` ends by asking for the key", info.name);
    reader.refuse(node.span, message, "leave it out")
}

/// How much the account may be sent.
fn read_limits(reader: &mut Reader<'_>, node: &Node) -> Option<Limits> {
    let fields = Fields::new(reader, node, "`limits`", &["at_once", "rate", "failures", "rest"])?;
    let usual = Limits::default();
    let at_once = fields.take("at_once").and_then(|node| reader.count(node));
    let rate = fields.take("rate").and_then(|node| read_rate(reader, node));
    let failures = fields.take("failures").and_then(|node| reader.count(node));
    let rest = fields.take("rest").and_then(|node| reader.duration(node));
    Some(Limits {
        at_once: at_once.map_or(usual.at_once, |count| count as usize),
        rate,
        failures: failures.unwrap_or(usual.failures),
        rest: rest.unwrap_or(usual.rest),
    })
}

fn read_rate(reader: &mut Reader<'_>, node: &Node) -> Option<Rate> {
    let fields = Fields::new(reader, node, "`rate`", &["requests", "per"])?;
    let requests = fields.require(reader, "requests", "requests: 10").and_then(|node| reader.count(node));
    let per = fields.require(reader, "per", "per: 1s").and_then(|node| reader.duration(node));
    Some(Rate { requests: requests?, per: per? })
}

fn read_provider(reader: &mut Reader<'_>, node: &Node) -> Option<&'static ProviderInfo> {
    let name = reader.text(node)?;
    let known = reader.surroundings.providers();
    let found = known.iter().find(|info| info.name == name);
    if found.is_none() {
        let names: Vec<_> = known.iter().map(|info| info.name).collect();
        reader.report(
            Diagnostic::error(node.span, format!("unknown provider `{name}`"))
                .label(hint(&name, names.iter().copied()))
                .help(format!("this build has the providers {}", names.join(", "))),
        );
    }
    found.copied()
}

fn read_base_url(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = reader.text(node)?;
    if text.contains(['@', '?', '#']) {
        reader.hidden.push(node.span);
    }
    if text.contains('@') {
        return reader.refuse(node.span, "a base URL may not carry credentials", "put them into `settings`");
    }
    if let Err(error) = BaseUrl::new(&text) {
        return reader.refuse(node.span, error.to_string(), "write it as https://host/path");
    }
    let uri: Option<Uri> = text.parse().ok().filter(|uri: &Uri| uri.scheme_str() == Some("http"));
    let own = |host: &str| matches!(host, "localhost" | "[::1]") || host.starts_with("127.");
    if uri.is_some_and(|uri| !uri.host().is_some_and(own)) {
        let message = "credentials and receipts would go over the network in the clear";
        reader.report(Diagnostic::warning(node.span, message).help("write https://"));
    }
    Some(text)
}

/// The settings of an account; those that could be read.
fn read_settings(
    reader: &mut Reader<'_>,
    account: &Entry,
    node: Option<&Node>,
    info: Option<&'static ProviderInfo>,
) -> SettingValues {
    let entries = match node {
        Some(node) if !node.is_null() => reader.map(node, "`settings`").unwrap_or_default(),
        _ => &[],
    };
    let mut values = SettingValues::default();
    for entry in entries {
        if let Some(value) = read_setting(reader, entry, info) {
            values.0.insert(entry.key.clone(), Secret::new(value));
        }
    }
    let required = info.map_or(&[][..], |info| info.settings).iter().filter(|setting| setting.required);
    for setting in required.filter(|setting| !entries.iter().any(|entry| entry.key == setting.name)) {
        let message = format!("the account `{}` lacks the setting `{}`", account.key, setting.name);
        let help = format!("add {}: {} ({})", setting.name, example(setting), setting.about);
        reader.refuse::<()>(node.map_or(account.span, |node| node.span), message, help);
    }
    values
}

/// The value of a setting. Of an unknown provider nothing but what the value names can be checked.
fn read_setting(reader: &mut Reader<'_>, entry: &Entry, info: Option<&'static ProviderInfo>) -> Option<String> {
    let (name, value) = (&entry.key, &entry.value);
    let setting = info.and_then(|info| info.settings.iter().find(|setting| setting.name == *name));
    // What is not known to be harmless may be a secret.
    let secret = setting.is_none_or(|setting| setting.kind == SettingKind::Secret);
    let elsewhere = matches!(value.kind, Kind::Map(_));
    // Neither is the query of an address.
    let query = matches!(&value.kind, Kind::Scalar { text, .. } if text.contains('?'));
    if (secret || query) && !elsewhere {
        reader.hidden.push(value.span);
    }
    let text = elsewhere.then(|| reader.source_text(value, &format!("the setting `{name}`")));
    let Some(setting) = setting else {
        if let Some(info) = info {
            let names: Vec<_> = info.settings.iter().map(|setting| setting.name).collect();
            reader.report(
                Diagnostic::error(entry.span, format!("`{}` has no setting `{name}`", info.name))
                    .label(hint(name, names.iter().copied()))
                    .help(format!("its settings are {}", names.join(", "))),
            );
        }
        return None;
    };
    let text = match text {
        Some(text) => text?,
        None if secret => {
            let message = format!("the setting `{name}` is a secret, and may not stand in this file");
            return reader.refuse(entry.span, message, format!("write {name}: {{ env: NAME }} or {{ file: path }}"));
        }
        None if value.is_null() => {
            let message = format!("the setting `{name}` has no value");
            return reader.refuse(entry.span, message, format!("write {name}: {}", example(setting)));
        }
        None => reader.text(value)?,
    };
    let values = SettingValues::default().with(setting.name, text.as_str());
    match kassa_core::read_setting(&values, setting) {
        Ok(_) => Some(text),
        Err(error) => reader.refuse(value.span, error.to_string(), setting.about),
    }
}

fn example(setting: &SettingInfo) -> String {
    match setting.kind {
        SettingKind::Text => "\"…\"".to_owned(),
        SettingKind::Secret => "{ env: NAME }".to_owned(),
        SettingKind::Bool => "true or false".to_owned(),
        SettingKind::Offset => "\"+03:00\"".to_owned(),
        SettingKind::OneOf(choices) => {
            choices.iter().map(|choice| format!("\"{choice}\"")).collect::<Vec<_>>().join(" or ")
        }
    }
}

fn read_tls(reader: &mut Reader<'_>, node: &Node) -> Option<Tls> {
    let fields = Fields::new(reader, node, "`tls`", &["certificate", "key", "roots"])?;
    let certificate = fields.take("certificate").map(|node| read_certificate(reader, node, "the certificate"));
    let key = fields.take("key").map(|node| read_key(reader, node));
    let identity = match (certificate, key) {
        (None, None) => None,
        (Some(certificate), Some(key)) => certificate.zip(key).map(|(certificate, key)| Identity { certificate, key }),
        (Some(_), None) => {
            reader.refuse(node.span, "`tls` has a certificate and no key", "add key: { file: client.key }")
        }
        (None, Some(_)) => {
            reader.refuse(node.span, "`tls` has a key and no certificate", "add certificate: { file: client.pem }")
        }
    };
    let roots = fields.take("roots").and_then(|node| reader.list(node, "certificates")).unwrap_or_default();
    let roots = roots.iter().filter_map(|node| read_certificate(reader, node, "the certificate")).collect();
    Some(Tls { identity, roots })
}

fn read_certificate(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<Vec<u8>> {
    let pem = reader.source(node, what)?;
    if pem.utf8_chunks().any(|chunk| chunk.valid().contains("-----BEGIN CERTIFICATE-----")) {
        return Some(pem);
    }
    let help = "it begins with -----BEGIN CERTIFICATE-----; other forms can be converted with openssl";
    reader.refuse(node.span, format!("{what} holds no certificate in PEM"), help)
}

fn read_key(reader: &mut Reader<'_>, node: &Node) -> Option<Secret> {
    if !matches!(node.kind, Kind::Map(_)) {
        reader.hidden.push(node.span);
    }
    let pem = Secret::new(reader.source_text(node, "the private key")?);
    let problem = match pem.expose() {
        text if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") => {
            "is encrypted"
        }
        text if text.contains("PRIVATE KEY-----") => return Some(pem),
        _ => "holds no key in PEM",
    };
    let help = "write it unencrypted with `openssl pkey -in KEY -out client.key`, readable by nobody else";
    reader.refuse(node.span, format!("the private key {problem}"), help)
}
