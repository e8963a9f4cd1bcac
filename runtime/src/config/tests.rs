//! Whole files, and the exact text that each of them gets.

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
fn debug_shows_no_secret() {
    let text = with_account(
        "    provider: talker\n    settings: { token: { env: TOKEN } }\n    tls: { certificate: { file: client.pem }, key: { file: client.key } }\n",
    );
    let config = Config::read(&text, Path::new("etc/kassa.yaml"), &Made::default()).unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("PRIVATE"), "{shown}");
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

error: base URL "ftp://x": has to begin with https://
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

#[test]
fn a_secret_in_the_file_is_refused_and_never_shown() {
    let text = r#"journal: k
accounts:
  a:
    provider: talker
    settings: { token: hunter2, tokn: hunter3, print: ja }
  b:
    provider: talker
    base_url: https://me:hunter4@talker.example
    settings:
      token: |
        hunter5
        hunter6
    tls: { certificate: client.pem, key: hunter7 }
  c: { provider: tolker, settings: { token: hunter8 }, base: x }
  d: { provider: talker, settings: { token: { value: hunter9 } } }
routes: [{ name: all, accounts: [a, b, c, d] }]
"#;
    let expected = r#"error: the setting `token` is a secret, and may not stand in this file
 --> etc/kassa.yaml:5:17
  |
5 |     settings: { token: …, tokn: …, print: ja }
  |                 ^^^^^
  |
  = help: write token: { env: NAME } or { file: path }

error: `talker` has no setting `tokn`
 --> etc/kassa.yaml:5:33
  |
5 |     settings: { token: …, tokn: …, print: ja }
  |                           ^^^^ did you mean `token`?
  |
  = help: its settings are token, rate_means, print, group

error: setting `print`: is neither true nor false
 --> etc/kassa.yaml:5:55
  |
5 |     settings: { token: …, tokn: …, print: ja }
  |                                           ^^
  |
  = help: Whether paper comes out.

error: a base URL may not carry credentials
 --> etc/kassa.yaml:8:15
  |
8 |     base_url: …
  |               ^
  |
  = help: put them into `settings`

error: the setting `token` is a secret, and may not stand in this file
  --> etc/kassa.yaml:10:7
   |
10 |       token: |
   |       ^^^^^
   |
   = help: write token: { env: NAME } or { file: path }

error: the certificate has to come from the environment or a file
  --> etc/kassa.yaml:13:25
   |
13 |     tls: { certificate: client.pem, key: … }
   |                         ^^^^^^^^^^
   |
   = help: write { env: NAME } or { file: path } for the certificate

error: the private key has to come from the environment or a file
  --> etc/kassa.yaml:13:42
   |
13 |     tls: { certificate: client.pem, key: … }
   |                                          ^
   |
   = help: write { env: NAME } or { file: path } for the private key

error: unknown provider `tolker`
  --> etc/kassa.yaml:14:18
   |
14 |   c: { provider: tolker, settings: { token: … }, base: x }
   |                  ^^^^^^ did you mean `talker`?
   |
   = help: this build has the providers talker, whisperer

error: unknown key `base`
  --> etc/kassa.yaml:14:56
   |
14 |   c: { provider: tolker, settings: { token: … }, base: x }
   |                                                  ^^^^
   |
   = help: the account `c` has the keys provider, base_url, seller_inn, settings, connect_timeout, timeout, visible_after, limits, tls

error: unknown source `value`
  --> etc/kassa.yaml:15:47
   |
15 |   d: { provider: talker, settings: { token: { value: … } } }
   |                                               ^^^^^
   |
   = help: write { env: NAME } or { file: path } for the setting `token`

the configuration has 10 errors"#;
    assert_eq!(said(text), expected);
}

#[test]
fn settings_are_checked() {
    let text = r#"journal: k
accounts:
  a:
    provider: talker
    settings:
      token: { env: EMPTY }
      rate_means: 18
      print:
      group: []
  b: { provider: talker }
  c: { provider: whisperer }
  d:
    provider: talker
    settings: { token: { env: TOKEN, file: token } }
  e: { provider: talker, settings: { token: { file: nowhere } } }
routes: [{ name: all, accounts: [a, b, c, d, e] }]
"#;
    let expected = r#"error: setting `token`: is empty
 --> etc/kassa.yaml:6:16
  |
6 |       token: { env: EMPTY }
  |                ^^^
  |
  = help: Who we are.

error: setting `rate_means`: is none of 20, 22
 --> etc/kassa.yaml:7:19
  |
7 |       rate_means: 18
  |                   ^^
  |
  = help: What the general rate is.

error: the setting `print` has no value
 --> etc/kassa.yaml:8:7
  |
8 |       print:
  |       ^^^^^
  |
  = help: write print: true or false

error: a text is due here, and this is a list
 --> etc/kassa.yaml:9:14
  |
9 |       group: []
  |              ^

error: the account `b` lacks the setting `token`
  --> etc/kassa.yaml:10:3
   |
10 |   b: { provider: talker }
   |   ^
   |
   = help: add token: { env: NAME } (Who we are.)

error: the account `c` lacks the setting `dialect`
  --> etc/kassa.yaml:11:3
   |
11 |   c: { provider: whisperer }
   |   ^
   |
   = help: add dialect: "old" or "new" (How VAT codes are numbered.)

error: the account `c` lacks `base_url`: the document of `whisperer` states none
  --> etc/kassa.yaml:11:3
   |
11 |   c: { provider: whisperer }
   |   ^
   |
   = help: add base_url: https://… as the provider told you

error: `whisperer` answers only to a client certificate, and the account `c` has none
  --> etc/kassa.yaml:11:18
   |
11 |   c: { provider: whisperer }
   |                  ^^^^^^^^^
   |
   = help: add tls: { certificate: { file: client.pem }, key: { file: client.key } }

error: the setting `token` has to have one source
  --> etc/kassa.yaml:14:26
   |
14 |     settings: { token: { env: TOKEN, file: token } }
   |                          ^^^
   |
   = help: write { env: NAME } or { file: path } for the setting `token`

error: cannot read the file etc/nowhere: no such file
  --> etc/kassa.yaml:15:53
   |
15 |   e: { provider: talker, settings: { token: { file: nowhere } } }
   |                                                     ^^^^^^^
   |
   = help: paths are relative to the folder of the configuration

the configuration has 10 errors"#;
    assert_eq!(said(text), expected);
}

#[test]
fn certificates_and_keys_are_looked_into() {
    let text = r#"journal: k
accounts:
  a:
    provider: talker
    settings: { token: { env: TOKEN } }
    tls: { certificate: { file: token }, key: { file: locked.key }, roots: [{ file: client.key }] }
  b:
    provider: talker
    settings: { token: { env: TOKEN } }
    tls: { key: { file: client.pem } }
routes: [{ name: all, accounts: [a, b] }]
"#;
    let expected = r#"error: the certificate holds no certificate in PEM
 --> etc/kassa.yaml:6:27
  |
6 |     tls: { certificate: { file: token }, key: { file: locked.key }, roots: [{ file: client.key }] }
  |                           ^^^^
  |
  = help: it begins with -----BEGIN CERTIFICATE-----; other forms can be converted with openssl

error: the private key is encrypted
 --> etc/kassa.yaml:6:49
  |
6 |     tls: { certificate: { file: token }, key: { file: locked.key }, roots: [{ file: client.key }] }
  |                                                 ^^^^
  |
  = help: write it unencrypted with `openssl pkey -in KEY -out client.key`, readable by nobody else

error: the certificate holds no certificate in PEM
 --> etc/kassa.yaml:6:79
  |
6 |     tls: { certificate: { file: token }, key: { file: locked.key }, roots: [{ file: client.key }] }
  |                                                                               ^^^^
  |
  = help: it begins with -----BEGIN CERTIFICATE-----; other forms can be converted with openssl

error: `tls` has a key and no certificate
  --> etc/kassa.yaml:10:12
   |
10 |     tls: { key: { file: client.pem } }
   |            ^^^
   |
   = help: add certificate: { file: client.pem }

error: the private key holds no key in PEM
  --> etc/kassa.yaml:10:19
   |
10 |     tls: { key: { file: client.pem } }
   |                   ^^^^
   |
   = help: write it unencrypted with `openssl pkey -in KEY -out client.key`, readable by nobody else

the configuration has 5 errors"#;
    assert_eq!(said(text), expected);
}

#[test]
fn times_are_lengths_of_time() {
    let text = r#"journal: k
accounts:
  a: { provider: talker, settings: { token: { env: TOKEN } }, connect_timeout: 0s, timeout: 2h }
  b: { provider: talker, settings: { token: { env: TOKEN } }, timeout: 5s }
  c: { provider: talker, settings: { token: { env: TOKEN } }, timeout: 99999999999999999999m }
routes: [{ name: all, accounts: [a, b, c] }]
"#;
    let expected = r#"error: 0s is out of range
 --> etc/kassa.yaml:3:80
  |
3 |   a: { provider: talker, settings: { token: { env: TOKEN } }, connect_timeout: 0s, timeout: 2h }
  |                                                                                ^^
  |
  = help: write more than nothing and at most 60m

error: "2h" is not a length of time
 --> etc/kassa.yaml:3:93
  |
3 |   a: { provider: talker, settings: { token: { env: TOKEN } }, connect_timeout: 0s, timeout: 2h }
  |                                                                                             ^^
  |
  = help: write it as 500ms, 5s or 2m

error: "99999999999999999999m" is not a length of time
 --> etc/kassa.yaml:5:72
  |
5 |   c: { provider: talker, settings: { token: { env: TOKEN } }, timeout: 99999999999999999999m }
  |                                                                        ^^^^^^^^^^^^^^^^^^^^^
  |
  = help: write it as 500ms, 5s or 2m

the configuration has 3 errors"#;
    assert_eq!(said(text), expected);
}

#[test]
fn what_would_end_no_doubt_is_refused() {
    let text = with_account("    { provider: talker, settings: { token: { env: TOKEN } }, visible_after: 5m }\n");
    let expected = r#"error: `visible_after` decides nothing: no doubt with `talker` ends by asking for the key
 --> etc/kassa.yaml:4:77
  |
4 |     { provider: talker, settings: { token: { env: TOKEN } }, visible_after: 5m }
  |                                                                             ^^
  |
  = help: leave it out

the configuration has 1 error"#;
    assert_eq!(said(&text), expected);
}

#[test]
fn limits_are_numbers_of_things() {
    let text = with_account(
        "    { provider: talker, settings: { token: { env: TOKEN } }, limits: { at_once: 0, rate: { per: 1s } } }\n",
    );
    let expected = r#"error: "0" is no number of things
 --> etc/kassa.yaml:4:81
  |
4 |     { provider: talker, settings: { token: { env: TOKEN } }, limits: { at_once: 0, rate: { per: 1s } } }
  |                                                                                 ^
  |
  = help: write a whole number from 1 to 1000000

error: `rate` lacks `requests`
 --> etc/kassa.yaml:4:92
  |
4 |     { provider: talker, settings: { token: { env: TOKEN } }, limits: { at_once: 0, rate: { per: 1s } } }
  |                                                                                            ^^^
  |
  = help: add requests: 10

the configuration has 2 errors"#;
    assert_eq!(said(&text), expected);
}

#[test]
fn what_looks_wrong_is_a_warning() {
    let text = r#"journal: k
accounts:
  a:
    provider: talker
    base_url: http://talker.example
    seller_inn: 7710000000
    settings: { token: { env: TOKEN } }
  b: { provider: talker, settings: { token: { env: TOKEN } } }
routes:
  - { name: all, accounts: [a] }
  - { name: more, match: { amount_from: 5 }, accounts: [a] }
"#;
    let expected = r#"warning: credentials and receipts would go over the network in the clear
 --> etc/kassa.yaml:5:15
  |
5 |     base_url: http://talker.example
  |               ^^^^^^^^^^^^^^^^^^^^^
  |
  = help: write https://

warning: the check digits of the INN 7710000000 are wrong
 --> etc/kassa.yaml:6:17
  |
6 |     seller_inn: 7710000000
  |                 ^^^^^^^^^^

warning: no route uses the account `b`
 --> etc/kassa.yaml:8:3
  |
8 |   b: { provider: talker, settings: { token: { env: TOKEN } } }
  |   ^
  |
  = help: name it in a route, or remove it

warning: the route `more` is never reached: `all` before it takes everything
  --> etc/kassa.yaml:11:7
   |
11 |   - { name: more, match: { amount_from: 5 }, accounts: [a] }
   |       ^^^^
   |
   = help: the first route that fits decides; move it up"#;
    assert_eq!(said(text), expected);
}

#[test]
fn routes_are_checked() {
    let text = r#"journal: k
accounts: { a: { provider: talker, settings: { token: { env: TOKEN } } } }
routes:
  - { name: x, accounts: [a], weights: { a: 1 } }
  - { name: x }
  - { name: y, match: { amount_from: "20", amount_to: "10" }, accounts: a }
  - { name: z, match: { amount_from: "-1", seller_inn: [], operations: cash_in }, weights: {} }
  - { name: x, accounts: [a] }
  - { name: x, accounts: [a] }
  - text
"#;
    let expected = r#"error: a route has either `accounts` or `weights`
 --> etc/kassa.yaml:4:42
  |
4 |   - { name: x, accounts: [a], weights: { a: 1 } }
  |                                          ^
  |
  = help: remove one of them

error: a route has to name its accounts
 --> etc/kassa.yaml:5:7
  |
5 |   - { name: x }
  |       ^^^^
  |
  = help: add accounts: [NAME, …], tried in order, or weights: { NAME: 3, … }

error: no amount is both at least 20.00 and at most 10.00
 --> etc/kassa.yaml:6:38
  |
6 |   - { name: y, match: { amount_from: "20", amount_to: "10" }, accounts: a }
  |                                      ^^^^
  |
  = help: exchange the two

error: a list of accounts is due here, and this is a single value
 --> etc/kassa.yaml:6:73
  |
6 |   - { name: y, match: { amount_from: "20", amount_to: "10" }, accounts: a }
  |                                                                         ^
  |
  = help: write [a, b], or one per line after `- `

error: the amount -1 is negative
 --> etc/kassa.yaml:7:38
  |
7 |   - { name: z, match: { amount_from: "-1", seller_inn: [], operations: cash_in }, weights: {} }
  |                                      ^^^^
  |
  = help: amounts are counted from 0

error: the list of INNs is empty
 --> etc/kassa.yaml:7:56
  |
7 |   - { name: z, match: { amount_from: "-1", seller_inn: [], operations: cash_in }, weights: {} }
  |                                                        ^
  |
  = help: name at least one

error: a list of operations is due here, and this is a single value
 --> etc/kassa.yaml:7:72
  |
7 |   - { name: z, match: { amount_from: "-1", seller_inn: [], operations: cash_in }, weights: {} }
  |                                                                        ^^^^^^^
  |
  = help: write [a, b], or one per line after `- `

error: `weights` names no account
 --> etc/kassa.yaml:7:92
  |
7 |   - { name: z, match: { amount_from: "-1", seller_inn: [], operations: cash_in }, weights: {} }
  |                                                                                            ^
  |
  = help: write weights: { NAME: 3, … }

error: the route `x` is there twice
 --> etc/kassa.yaml:9:7
  |
9 |   - { name: x, accounts: [a] }
  |       ^^^^
  |
  = help: give it another name

warning: the route `x` is never reached: `x` before it takes everything
 --> etc/kassa.yaml:9:7
  |
9 |   - { name: x, accounts: [a] }
  |       ^^^^
  |
  = help: the first route that fits decides; move it up

error: a route has to be a mapping of keys to values, and this is a single value
  --> etc/kassa.yaml:10:5
   |
10 |   - text
   |     ^^^^

the configuration has 10 errors, 1 warning"#;
    assert_eq!(said(text), expected);
}

#[test]
fn a_file_of_another_shape_is_refused() {
    let text = r#"- a
"#;
    let expected = r#"error: the configuration has to be a mapping of keys to values, and this is a list
 --> etc/kassa.yaml:1:3
  |
1 | - a
  |   ^

the configuration has 1 error"#;
    assert_eq!(said(text), expected);
}

#[test]
fn an_empty_file_is_refused() {
    let text = r#"# nothing yet
"#;
    let expected = r#"error: the file is empty
 --> etc/kassa.yaml:2:1
  |
2 |
  | ^
  |
  = help: see `kassa --help` for an example

the configuration has 1 error"#;
    assert_eq!(said(text), expected);
}

#[test]
fn sections_are_there() {
    let text = r#"journal:
accounts: {}
"#;
    let expected = r#"error: `journal` of the configuration has no value
 --> etc/kassa.yaml:1:1
  |
1 | journal:
  | ^^^^^^^
  |
  = help: write journal: kassa.sqlite

error: the configuration lacks `routes`
 --> etc/kassa.yaml:1:1
  |
1 | journal:
  | ^^^^^^^
  |
  = help: add routes: [{ name: all, accounts: [NAME] }]

error: `accounts` names no account
 --> etc/kassa.yaml:2:11
  |
2 | accounts: {}
  |           ^
  |
  = help: add NAME: { provider: …, settings: … }

the configuration has 3 errors"#;
    assert_eq!(said(text), expected);
}

#[test]
fn broken_yaml_says_where() {
    let text = r#"journal: k
accounts: [
"#;
    let expected = r#"error: not valid YAML: while parsing a node, did not find expected node content
 --> etc/kassa.yaml:3:1
  |
3 |
  | ^

the configuration has 1 error"#;
    assert_eq!(said(text), expected);
}
