//! What an account states: its settings, certificates, times and limits.

use super::*;

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
