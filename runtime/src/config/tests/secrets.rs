//! Secrets come from elsewhere, and nothing shows one.

use super::*;

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
