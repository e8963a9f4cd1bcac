//! Routes, and accounts that none uses.

use super::*;

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
