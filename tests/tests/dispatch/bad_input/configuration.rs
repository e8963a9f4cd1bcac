//! Configuration files, with the providers of this build.

use std::env::VarError;
use std::io;
use std::path::Path;

use kassa::config::{Config, Surroundings};

use crate::bench::TOKEN;

/// An environment with one variable, and a folder with two files.
struct World;

impl Surroundings for World {
    fn variable(&self, name: &str) -> Result<String, VarError> {
        if name == "SC_TOKEN" { Ok(TOKEN.to_owned()) } else { Err(VarError::NotPresent) }
    }

    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        match path.to_str() {
            Some("client.pem") => Ok(b"-----BEGIN CERTIFICATE-----\n".to_vec()),
            Some("client.key") => Ok(b"-----BEGIN PRIVATE KEY-----\n".to_vec()),
            _ => Err(io::Error::new(io::ErrorKind::NotFound, "no such file")),
        }
    }
}

/// A sound file.
const SOUND: &str = r#"journal: kassa.sqlite
accounts:
  sc:
    provider: smartcashier
    settings:
      token: { env: SC_TOKEN }
      general_rate_means: "22"
  co:
    provider: checkonline
    settings: { taxid_dialect: ferma_1_7 }
    tls: { certificate: { file: client.pem }, key: { file: client.key } }
routes:
  - name: all
    accounts: [sc, co]
"#;

/// What is said of [`SOUND`] with one text replaced.
#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert!(SOUND.contains(from), "{from}");
    let said = Config::read(&SOUND.replacen(from, to, 1), Path::new("kassa.yaml"), &World).unwrap_err().to_string();
    assert!(!said.contains(TOKEN), "{said}");
    assert_eq!(said, expected, "\n{said}\n");
}

#[test]
fn a_sound_file() {
    let config = Config::read(SOUND, Path::new("kassa.yaml"), &World).unwrap();
    let names: Vec<_> =
        config.accounts.iter().map(|account| (account.name.as_str(), account.provider.info().name)).collect();
    assert_eq!(names, [("sc", "smartcashier"), ("co", "checkonline")]);
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
}

#[test]
fn broken_yaml() {
    check(
        "  sc:\n",
        "\tsc:\n",
        r#"error: not valid YAML: tabs disallowed within this context (block indentation)
 --> kassa.yaml:3:2
  |
3 |  sc:
  |  ^

the configuration has 1 error"#,
    );
    check(
        "[sc, co]",
        "[sc, co",
        r#"error: not valid YAML: while parsing a flow sequence, expected ',' or ']'
  --> kassa.yaml:15:1
   |
15 |
   | ^

the configuration has 1 error"#,
    );
    check(
        SOUND,
        "\n",
        r#"error: the file is empty
 --> kassa.yaml:2:1
  |
2 |
  | ^
  |
  = help: see `kassa --help` for an example

the configuration has 1 error"#,
    );
    check(
        "{ env: SC_TOKEN }",
        "{ env: SC_TOKEN",
        r#"error: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'
 --> kassa.yaml:7:25
  |
7 |       general_rate_means: "22"
  |                         ^

the configuration has 1 error"#,
    );
}

#[test]
fn unknown_keys() {
    check(
        "journal:",
        "jornal:",
        r#"error: unknown key `jornal`
 --> kassa.yaml:1:1
  |
1 | jornal: kassa.sqlite
  | ^^^^^^ did you mean `journal`?
  |
  = help: the configuration has the keys journal, retention, time_zone, accounts, routes

error: the configuration lacks `journal`
 --> kassa.yaml:1:1
  |
1 | jornal: kassa.sqlite
  | ^^^^^^
  |
  = help: add journal: kassa.sqlite

the configuration has 2 errors"#,
    );
    check(
        "    settings: { taxid_dialect: ferma_1_7 }",
        "    seting: { taxid_dialect: ferma_1_7 }",
        r#"error: the account `co` lacks the setting `taxid_dialect`
 --> kassa.yaml:8:3
  |
8 |   co:
  |   ^^
  |
  = help: add taxid_dialect: "ferma_1_7" or "native" (How the service numbers VAT codes 1, 3, 4, 5 and 6: as its document says, or as CheckOnline itself does. A wrong choice prints a wrong tax on every receipt; verify with a test receipt (CO1).)

error: unknown key `seting`
  --> kassa.yaml:10:5
   |
10 |     seting: { taxid_dialect: ferma_1_7 }
   |     ^^^^^^ did you mean `settings`?
   |
   = help: the account `co` has the keys provider, base_url, seller_inn, settings, connect_timeout, timeout, visible_after, limits, tls

the configuration has 2 errors"#,
    );
    check(
        "general_rate_means",
        "general_rate_mean",
        r#"error: `smartcashier` has no setting `general_rate_mean`
 --> kassa.yaml:7:7
  |
7 |       general_rate_mean: …
  |       ^^^^^^^^^^^^^^^^^ did you mean `general_rate_means`?
  |
  = help: its settings are token, cashbox_id, cashbox_group_id, juridical_person_id, print_receipts, code1_means, general_rate_means

the configuration has 1 error"#,
    );
}

#[test]
fn names_that_are_not_there() {
    check(
        "smartcashier",
        "smart_cashier",
        r#"error: unknown provider `smart_cashier`
 --> kassa.yaml:4:15
  |
4 |     provider: smart_cashier
  |               ^^^^^^^^^^^^^ did you mean `smartcashier`?
  |
  = help: this build has the providers checkonline, itkassa, mobika, rentel, smartcashier

the configuration has 1 error"#,
    );
    check(
        "[sc, co]",
        "[sc, cu]",
        r#"error: there is no account `cu`
  --> kassa.yaml:14:20
   |
14 |     accounts: [sc, cu]
   |                    ^^ did you mean `co`?
   |
   = help: the accounts are sc, co

the configuration has 1 error"#,
    );
}

#[test]
fn a_setting_is_missing() {
    check(
        "{ taxid_dialect: ferma_1_7 }",
        "{}",
        r#"error: the account `co` lacks the setting `taxid_dialect`
  --> kassa.yaml:10:15
   |
10 |     settings: {}
   |               ^
   |
   = help: add taxid_dialect: "ferma_1_7" or "native" (How the service numbers VAT codes 1, 3, 4, 5 and 6: as its document says, or as CheckOnline itself does. A wrong choice prints a wrong tax on every receipt; verify with a test receipt (CO1).)

the configuration has 1 error"#,
    );
    check(
        "    settings: { taxid_dialect: ferma_1_7 }\n",
        "",
        r#"error: the account `co` lacks the setting `taxid_dialect`
 --> kassa.yaml:8:3
  |
8 |   co:
  |   ^^
  |
  = help: add taxid_dialect: "ferma_1_7" or "native" (How the service numbers VAT codes 1, 3, 4, 5 and 6: as its document says, or as CheckOnline itself does. A wrong choice prints a wrong tax on every receipt; verify with a test receipt (CO1).)

the configuration has 1 error"#,
    );
    check(
        "      token: { env: SC_TOKEN }\n",
        "",
        r#"error: the account `sc` lacks the setting `token`
 --> kassa.yaml:6:7
  |
6 |       general_rate_means: "22"
  |       ^^^^^^^^^^^^^^^^^^
  |
  = help: add token: { env: NAME } (JWT from the personal account.)

the configuration has 1 error"#,
    );
}

#[test]
fn a_setting_has_a_wrong_value() {
    check(
        "ferma_1_7",
        "ferma17",
        r#"error: setting `taxid_dialect`: is none of ferma_1_7, native
  --> kassa.yaml:10:32
   |
10 |     settings: { taxid_dialect: ferma17 }
   |                                ^^^^^^^
   |
   = help: How the service numbers VAT codes 1, 3, 4, 5 and 6: as its document says, or as CheckOnline itself does. A wrong choice prints a wrong tax on every receipt; verify with a test receipt (CO1).

the configuration has 1 error"#,
    );
    check(
        "\"22\"",
        "20 %",
        r#"error: setting `general_rate_means`: is none of 18, 20, 22
 --> kassa.yaml:7:27
  |
7 |       general_rate_means: 20 %
  |                           ^^^^
  |
  = help: Which rate VAT codes 3 and 6 print; the document still says 18 % (SC2).

the configuration has 1 error"#,
    );
    check(
        "{ taxid_dialect: ferma_1_7 }",
        "{ taxid_dialect: ferma_1_7, utc_offset: Moscow }",
        r#"error: setting `utc_offset`: is no offset from UTC; write one such as "+03:00"
  --> kassa.yaml:10:55
   |
10 |     settings: { taxid_dialect: ferma_1_7, utc_offset: Moscow }
   |                                                       ^^^^^^
   |
   = help: Offset of the registers' clocks from UTC; answers state none.

the configuration has 1 error"#,
    );
}

#[test]
fn a_secret_is_not_where_it_is_said_to_be() {
    check(
        "SC_TOKEN",
        "NOWHERE",
        r#"error: the environment variable `NOWHERE` is not set
 --> kassa.yaml:6:21
  |
6 |       token: { env: NOWHERE }
  |                     ^^^^^^^
  |
  = help: set it, or name another

the configuration has 1 error"#,
    );
    check(
        "{ env: SC_TOKEN }",
        "{ file: token.txt }",
        r#"error: cannot read the file token.txt: no such file
 --> kassa.yaml:6:22
  |
6 |       token: { file: token.txt }
  |                      ^^^^^^^^^
  |
  = help: paths are relative to the folder of the configuration

the configuration has 1 error"#,
    );
}

#[test]
fn a_secret_stands_in_the_file() {
    check(
        "{ env: SC_TOKEN }",
        TOKEN,
        r#"error: the setting `token` is a secret, and may not stand in this file
 --> kassa.yaml:6:7
  |
6 |       token: …
  |       ^^^^^
  |
  = help: write token: { env: NAME } or { file: path }

the configuration has 1 error"#,
    );
    check(
        "{ env: SC_TOKEN }",
        &format!("{{ value: {TOKEN} }}"),
        r#"error: unknown source `value`
 --> kassa.yaml:6:16
  |
6 |       token: { value: … }
  |                ^^^^^
  |
  = help: write { env: NAME } or { file: path } for the setting `token`

the configuration has 1 error"#,
    );
    check(
        "{ env: SC_TOKEN }",
        &format!("[{TOKEN}]"),
        r#"error: the setting `token` is a secret, and may not stand in this file
 --> kassa.yaml:6:7
  |
6 |       token: […]
  |       ^^^^^
  |
  = help: write token: { env: NAME } or { file: path }

the configuration has 1 error"#,
    );
}

/// Nothing of the query is shown, whatever else is wrong in the line.
#[test]
fn an_address_has_its_token_in_it() {
    let rental = |beside: &str| {
        format!(
            r#"  rental:
    provider: rentel
    base_url: https://rentel.example
    settings: {{ auth_header: X-Key, auth_value: {{ env: SC_TOKEN }}, seller_inn: "7707083893", callback_token: {{ env: SC_TOKEN }},
      callback_url: https://shop.example/hook?token={TOKEN}{beside} }}
routes:
  - name: scooters
    match: {{ seller_inn: ["7707083893"] }}
    accounts: [rental]
"#
        )
    };
    check(
        "routes:\n",
        &rental(""),
        r#"error: account `rental`: setting `callback_url`: has the query parameter `token`, and is kept and shown: leave that out, the setting `callback_token` is added when a request is sent
  --> kassa.yaml:16:7
   |
16 |       callback_url: … }
   |       ^^^^^^^^^^^^

the configuration has 1 error"#,
    );
    check(
        "routes:\n",
        &rental(", marking_check: never"),
        r#"error: setting `marking_check`: is none of IGNORE_ANY_ERRORS, REQUIRE_NO_M_MINUS
  --> kassa.yaml:16:114
   |
16 |       callback_url: …, marking_check: never }
   |                                       ^^^^^
   |
   = help: How strictly marking codes are checked.

the configuration has 1 error"#,
    );
}

#[test]
fn a_certificate_is_missing() {
    check(
        "    tls: { certificate: { file: client.pem }, key: { file: client.key } }\n",
        "",
        r#"error: `checkonline` answers only to a client certificate, and the account `co` has none
 --> kassa.yaml:9:15
  |
9 |     provider: checkonline
  |               ^^^^^^^^^^^
  |
  = help: add tls: { certificate: { file: client.pem }, key: { file: client.key } }

the configuration has 1 error"#,
    );
    check(
        "client.pem",
        "nowhere.pem",
        r#"error: cannot read the file nowhere.pem: no such file
  --> kassa.yaml:11:33
   |
11 |     tls: { certificate: { file: nowhere.pem }, key: { file: client.key } }
   |                                 ^^^^^^^^^^^
   |
   = help: paths are relative to the folder of the configuration

the configuration has 1 error"#,
    );
    check(
        ", key: { file: client.key }",
        "",
        r#"error: `tls` has a certificate and no key
  --> kassa.yaml:11:12
   |
11 |     tls: { certificate: { file: client.pem } }
   |            ^^^^^^^^^^^
   |
   = help: add key: { file: client.key }

the configuration has 1 error"#,
    );
    check(
        "client.pem",
        "client.key",
        r#"error: the certificate holds no certificate in PEM
  --> kassa.yaml:11:27
   |
11 |     tls: { certificate: { file: client.key }, key: { file: client.key } }
   |                           ^^^^
   |
   = help: it begins with -----BEGIN CERTIFICATE-----; other forms can be converted with openssl

the configuration has 1 error"#,
    );
}

/// All of it in one run, in the order of the file.
#[test]
fn everything_at_once() {
    let text =
        SOUND.replace("journal: kassa.sqlite\n", "").replace("SC_TOKEN", "NOWHERE").replace("ferma_1_7", "ferma");
    let error = Config::read(&text, Path::new("kassa.yaml"), &World).unwrap_err();
    let firsts: Vec<_> = error.shown.iter().map(|shown| shown.lines().take(2).collect::<Vec<_>>().join("")).collect();
    assert_eq!(
        firsts,
        [
            "error: the configuration lacks `journal` --> kassa.yaml:1:1",
            "error: the environment variable `NOWHERE` is not set --> kassa.yaml:5:21",
            "error: setting `taxid_dialect`: is none of ferma_1_7, native --> kassa.yaml:9:32",
        ]
    );
    assert!(error.to_string().ends_with("\n\nthe configuration has 3 errors"), "{error}");
}
