//! Whole files, and the exact text that each of them gets.

mod routes;
mod secrets;
mod settings;
mod shape;

use std::collections::BTreeMap;
use std::env::VarError;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kassa_core::{Doubt, Money, ProviderInfo, SettingError, SettingInfo, SettingKind, SettingValues};
use kassa_providers::Provider;
use kassa_providers::uniform::Operation;

use super::{Config, Surroundings};
use crate::dispatcher::{Limits, Rate};
use crate::route::{Choice, Match};
use crate::testing;

const fn setting(name: &'static str, kind: SettingKind, required: bool, about: &'static str) -> SettingInfo {
    SettingInfo { name, kind, required, default: None, about }
}

static TALKER: ProviderInfo = ProviderInfo {
    name: "talker",
    title: "Talker",
    document: "a test",
    base_url: Some("https://talker.example"),
    client_certificate: false,
    doubt: Doubt::Blind,
    uuid_keys: false,
    compared: &[],
    settings: &[
        setting("token", SettingKind::Secret, true, "Who we are."),
        setting("rate_means", SettingKind::OneOf(&["20", "22"]), false, "What the general rate is."),
        setting("print", SettingKind::Bool, false, "Whether paper comes out."),
        setting("group", SettingKind::Text, false, "Which group of registers."),
    ],
    operations: &[],
    callbacks: &[],
};

static WHISPERER: ProviderInfo = ProviderInfo {
    name: "whisperer",
    title: "Whisperer",
    document: "a test",
    base_url: None,
    client_certificate: true,
    doubt: Doubt::Locatable { visible_after: None },
    uuid_keys: false,
    compared: &[],
    settings: &[setting("dialect", SettingKind::OneOf(&["old", "new"]), true, "How VAT codes are numbered.")],
    operations: &[],
    callbacks: &[],
};

/// An environment, files and providers of one's own. Keeps what providers were opened with.
#[derive(Default)]
struct Made {
    opened: Mutex<Vec<(&'static str, SettingValues, Option<String>)>>,
}

impl Surroundings for Made {
    fn variable(&self, name: &str) -> Result<String, VarError> {
        match name {
            "TOKEN" => Ok("hunter2".to_owned()),
            "EMPTY" => Ok(String::new()),
            _ => Err(VarError::NotPresent),
        }
    }

    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let files = BTreeMap::from([
            ("etc/client.pem", "-----BEGIN CERTIFICATE-----\n"),
            ("etc/client.key", "-----BEGIN PRIVATE KEY-----\n"),
            ("etc/locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
            ("etc/token", "hunter3\r\n"),
        ]);
        let text =
            files.get(path.to_str().unwrap()).ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))?;
        Ok(text.as_bytes().to_vec())
    }

    fn providers(&self) -> &'static [&'static ProviderInfo] {
        static ALL: [&ProviderInfo; 2] = [&TALKER, &WHISPERER];
        &ALL
    }

    fn open(
        &self,
        info: &'static ProviderInfo,
        settings: &SettingValues,
        base_url: Option<&str>,
    ) -> Result<Arc<dyn Provider>, Vec<SettingError>> {
        self.opened.lock().unwrap().push((info.name, settings.clone(), base_url.map(str::to_owned)));
        Ok(testing::account("opened", info).provider)
    }
}

/// What is said about a file.
fn said(text: &str) -> String {
    match Config::read(text, Path::new("etc/kassa.yaml"), &Made::default()) {
        Ok(config) => config.warnings.join("\n\n"),
        Err(error) => error.to_string(),
    }
}

/// A sound file around an account's keys.
fn with_account(keys: &str) -> String {
    format!("journal: k\naccounts:\n  a:\n{keys}routes: [{{ name: all, accounts: [a] }}]\n")
}

#[test]
fn a_sound_file_is_read_whole() {
    let text = r#"
journal: data/kassa.sqlite
accounts:
  shop:
    provider: talker
    base_url: http://127.0.0.1:1/x
    seller_inn: "7707083893"
    settings:
      token: { env: TOKEN }
      rate_means: 22
      print: true
      group: 007
    connect_timeout: 500ms
    timeout: 2m
  other:
    provider: whisperer
    base_url: https://whisperer.example
    settings: { dialect: "old" }
    visible_after: 10m
    limits: { at_once: 2, rate: { requests: 5, per: 500ms }, failures: 3, rest: 1m }
    tls: { certificate: { file: client.pem }, key: { file: client.key }, roots: [{ file: client.pem }] }
  third: { provider: talker, settings: { token: { file: token } } }
routes:
  - name: small
    match: { seller_inn: [7707083893], operations: [register_receipt, cash_in], amount_from: "0.01", amount_to: 10000 }
    accounts: [shop, other]
  - { name: rest, weights: { shop: 3, third: 1 } }
"#;
    let made = Made::default();
    let config = Config::read(text, Path::new("etc/kassa.yaml"), &made).unwrap();
    assert_eq!(config.warnings, [""; 0]);
    assert_eq!(config.journal, PathBuf::from("etc/data/kassa.sqlite"));
    let [shop, other, third] = config.accounts.as_slice() else { panic!() };
    assert_eq!((shop.name.as_str(), shop.seller_inn.as_deref()), ("shop", Some("7707083893")));
    assert_eq!((shop.connect_timeout, shop.timeout), (Duration::from_millis(500), Duration::from_secs(120)));
    assert_eq!((third.connect_timeout, third.timeout), (Duration::from_secs(5), Duration::from_secs(100)));
    assert_eq!((shop.visible_after, other.visible_after), (None, Some(Duration::from_secs(600))));
    assert_eq!(other.doubt(), Doubt::Locatable { visible_after: Some(Duration::from_secs(600)) });
    let rate = Some(Rate { requests: 5, per: Duration::from_millis(500) });
    assert_eq!(other.limits, Limits { at_once: 2, rate, failures: 3, rest: Duration::from_secs(60) });
    assert_eq!(shop.limits, Limits::default());
    assert!(shop.tls.identity.is_none());
    let identity = other.tls.identity.as_ref().unwrap();
    assert_eq!(identity.certificate, b"-----BEGIN CERTIFICATE-----\n");
    assert_eq!(identity.key.expose(), "-----BEGIN PRIVATE KEY-----");
    assert_eq!(other.tls.roots.len(), 1);
    let settings = SettingValues::default().with("token", "hunter2").with("rate_means", "22").with("print", "true");
    let opened = made.opened.into_inner().unwrap();
    assert_eq!(opened[0], ("talker", settings.with("group", "007"), Some("http://127.0.0.1:1/x".to_owned())));
    assert_eq!(opened[2], ("talker", SettingValues::default().with("token", "hunter3"), None));
    let [small, rest] = config.routes.as_slice() else { panic!() };
    let matches = Match {
        seller_inn: vec!["7707083893".to_owned()],
        operations: vec![Operation::RegisterReceipt, Operation::CashIn],
        amount_from: Some(Money::from_units(1)),
        amount_to: Some(Money::from_units(1_000_000)),
    };
    assert_eq!((small.name.as_str(), &small.matches), ("small", &matches));
    assert_eq!(small.choice, Choice::InOrder(vec!["shop".to_owned(), "other".to_owned()]));
    assert_eq!(rest.matches, Match::default());
    assert_eq!(rest.choice, Choice::Weighted(vec![("shop".to_owned(), 3), ("third".to_owned(), 1)]));
}

#[test]
fn all_problems_are_told_in_one_run() {
    let text = r#"journal: k
jurnal: k
accounts:
  shop:
    provider: taker
    settings: { token: { env: NOWHERE } }
  shop: {}
  other:
    provider: whisperer
    base_url: ftp://x
    seller_inn: 770708389
    settings: { dialct: old }
    conect_timeout: 5s
    timeout: 5
    tls: { certificate: { file: nowhere.pem } }
routes:
  - match: { amount_from: 0.01, amount_to: "1.001", operations: [register, status] }
    accounts: [shp, other, other]
  - name: b
    weights: { shop: 0, ather: 1.5 }
    accounts: []
"#;
    let expected = r#"error: unknown key `jurnal`
 --> etc/kassa.yaml:2:1
  |
2 | jurnal: k
  | ^^^^^^ did you mean `journal`?
  |
  = help: the configuration has the keys journal, retention, time_zone, accounts, routes

error: unknown provider `taker`
 --> etc/kassa.yaml:5:15
  |
5 |     provider: taker
  |               ^^^^^ did you mean `talker`?
  |
  = help: this build has the providers talker, whisperer

error: the environment variable `NOWHERE` is not set
 --> etc/kassa.yaml:6:31
  |
6 |     settings: { token: { env: NOWHERE } }
  |                               ^^^^^^^
  |
  = help: set it, or name another

error: the key `shop` is there twice
 --> etc/kassa.yaml:7:3
  |
7 |   shop: {}
  |   ^^^^ the first one is in line 4
  |
  = help: remove one of them

error: base URL "ftp://x": has to begin with https:// or http://
  --> etc/kassa.yaml:10:15
   |
10 |     base_url: ftp://x
   |               ^^^^^^^
   |
   = help: write it as https://host/path

error: "770708389" is not an INN
  --> etc/kassa.yaml:11:17
   |
11 |     seller_inn: 770708389
   |                 ^^^^^^^^^
   |
   = help: an INN has 10 or 12 digits

error: `whisperer` has no setting `dialct`
  --> etc/kassa.yaml:12:17
   |
12 |     settings: { dialct: … }
   |                 ^^^^^^ did you mean `dialect`?
   |
   = help: its settings are dialect

error: the account `other` lacks the setting `dialect`
  --> etc/kassa.yaml:12:17
   |
12 |     settings: { dialct: … }
   |                 ^^^^^^
   |
   = help: add dialect: "old" or "new" (How VAT codes are numbered.)

error: unknown key `conect_timeout`
  --> etc/kassa.yaml:13:5
   |
13 |     conect_timeout: 5s
   |     ^^^^^^^^^^^^^^ did you mean `connect_timeout`?
   |
   = help: the account `other` has the keys provider, base_url, seller_inn, settings, connect_timeout, timeout, visible_after, limits, tls

error: "5" is not a length of time
  --> etc/kassa.yaml:14:14
   |
14 |     timeout: 5
   |              ^
   |
   = help: write it as 500ms, 5s or 2m

error: `tls` has a certificate and no key
  --> etc/kassa.yaml:15:12
   |
15 |     tls: { certificate: { file: nowhere.pem } }
   |            ^^^^^^^^^^^
   |
   = help: add key: { file: client.key }

error: cannot read the file etc/nowhere.pem: no such file
  --> etc/kassa.yaml:15:33
   |
15 |     tls: { certificate: { file: nowhere.pem } }
   |                                 ^^^^^^^^^^^
   |
   = help: paths are relative to the folder of the configuration

error: a route lacks `name`
  --> etc/kassa.yaml:17:5
   |
17 |   - match: { amount_from: 0.01, amount_to: "1.001", operations: [register, status] }
   |     ^^^^^
   |
   = help: add name: NAME

error: the amount 0.01 is not quoted
  --> etc/kassa.yaml:17:27
   |
17 |   - match: { amount_from: 0.01, amount_to: "1.001", operations: [register, status] }
   |                           ^^^^
   |
   = help: quote it: "0.01"

error: the amount "1.001" has more than 2 digits after the point
  --> etc/kassa.yaml:17:44
   |
17 |   - match: { amount_from: 0.01, amount_to: "1.001", operations: [register, status] }
   |                                            ^^^^^^^
   |
   = help: write roubles, and kopecks after a point: "99.90"

error: `register` is no operation that is routed
  --> etc/kassa.yaml:17:66
   |
17 |   - match: { amount_from: 0.01, amount_to: "1.001", operations: [register, status] }
   |                                                                  ^^^^^^^^
   |
   = help: the operations are register_receipt, register_correction, cash_in, cash_out, open_shift, close_shift, x_report, print_slip

error: `status` is no operation that is routed
  --> etc/kassa.yaml:17:76
   |
17 |   - match: { amount_from: 0.01, amount_to: "1.001", operations: [register, status] }
   |                                                                            ^^^^^^
   |
   = help: the operations are register_receipt, register_correction, cash_in, cash_out, open_shift, close_shift, x_report, print_slip

error: there is no account `shp`
  --> etc/kassa.yaml:18:16
   |
18 |     accounts: [shp, other, other]
   |                ^^^ did you mean `shop`?
   |
   = help: the accounts are shop, other

error: the account `other` is there twice
  --> etc/kassa.yaml:18:28
   |
18 |     accounts: [shp, other, other]
   |                            ^^^^^
   |
   = help: remove one of them

error: a route has either `accounts` or `weights`
  --> etc/kassa.yaml:20:16
   |
20 |     weights: { shop: 0, ather: 1.5 }
   |                ^^^^
   |
   = help: remove one of them

error: "0" is not a weight
  --> etc/kassa.yaml:20:22
   |
20 |     weights: { shop: 0, ather: 1.5 }
   |                      ^
   |
   = help: write a whole number from 1; leave an account out that shall get nothing

error: there is no account `ather`
  --> etc/kassa.yaml:20:25
   |
20 |     weights: { shop: 0, ather: 1.5 }
   |                         ^^^^^ did you mean `other`?
   |
   = help: the accounts are shop, other

error: "1.5" is not a weight
  --> etc/kassa.yaml:20:32
   |
20 |     weights: { shop: 0, ather: 1.5 }
   |                                ^^^
   |
   = help: write a whole number from 1; leave an account out that shall get nothing

error: the list of accounts is empty
  --> etc/kassa.yaml:21:15
   |
21 |     accounts: []
   |               ^
   |
   = help: name at least one

the configuration has 24 errors"#;
    assert_eq!(said(text), expected);
}
