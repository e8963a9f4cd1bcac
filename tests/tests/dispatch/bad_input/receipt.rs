//! Receipts in JSON, through the command.

use crate::command::{Said, Shop};
use crate::receipts::text;

/// What the command says to each receipt, and that nothing came of it.
async fn check(cases: &[(String, &str)]) {
    let shop = Shop::open().await;
    for (receipt, expected) in cases {
        shop.write("receipt.json", receipt);
        let Said { code, out, err } = shop.run(&["register", "order-1", "receipt.json"]).await;
        assert_eq!((err.trim_end(), code, out.as_str()), (*expected, 2, ""), "\n{err}\n");
    }
    assert_eq!((shop.bench.requests(), shop.bench.documents()), (0, 0));
    let status = shop.run(&["status", "order-1"]).await;
    assert!(matches!(status.code, 2 | 8), "nothing was accepted: {status:?}");
}

fn with(from: &str, to: &str) -> String {
    text(&[(from, to)])
}

#[tokio::test]
async fn amounts_that_are_none() {
    check(&[
        (
            with("\"35.25\"", "35.255"),
            r#"error: items[0].price: 35.255 has more than 2 digits after the point
 --> receipt.json:5:55
  |
5 |     { "name": "Чай чёрный", "quantity": "2", "price": 35.255,
  |                                                       ^^^^^^
  |
  = help: write an exact amount, best in quotes: "70.50"

nothing was accepted"#,
        ),
        (
            with("\"35.25\"", "0.1e-2"),
            r#"error: items[0].price: 0.1e-2 has more than 2 digits after the point
 --> receipt.json:5:55
  |
5 |     { "name": "Чай чёрный", "quantity": "2", "price": 0.1e-2,
  |                                                       ^^^^^^
  |
  = help: write an exact amount, best in quotes: "70.50"

nothing was accepted"#,
        ),
        (
            with("\"35.25\"", "\"-35.25\""),
            r#"error: total: is -70.50; it has to be more than 0
 --> receipt.json:1:1
  |
1 | {
  | ^

error: items[0].price: is less than 0
 --> receipt.json:5:55
  |
5 |     { "name": "Чай чёрный", "quantity": "2", "price": "-35.25",
  |                                                       ^^^^^^^^

error: payments: come to 50.00 without cash, and the total is -70.50; only cash may exceed it
 --> receipt.json:8:15
  |
8 |   "payments": { "cash": "20.50", "cashless": "50.00" },
  |               ^

receipt.json has 3 errors

nothing was accepted"#,
        ),
        (
            with("\"35.25\"", "\"99999999999999999999\""),
            r#"error: items[0].price: "99999999999999999999" is out of range
 --> receipt.json:5:55
  |
5 |     { "name": "Чай чёрный", "quantity": "2", "price": "99999999999999999999",
  |                                                       ^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: the number is too large

nothing was accepted"#,
        ),
        (
            with("\"35.25\"", "\"100000000.00\""),
            r#"error: total: is 200000000.00, and at most 99999999.99 can be registered
 --> receipt.json:1:1
  |
1 | {
  | ^

error: items[0]: price × quantity is 200000000.00, and at most 99999999.99 can be registered
 --> receipt.json:5:5
  |
5 |     { "name": "Чай чёрный", "quantity": "2", "price": "100000000.00",
  |     ^

error: items[0].price: is more than 99999999.99
 --> receipt.json:5:55
  |
5 |     { "name": "Чай чёрный", "quantity": "2", "price": "100000000.00",
  |                                                       ^^^^^^^^^^^^^^

error: payments: come to 70.50, and the total is 200000000.00
 --> receipt.json:8:15
  |
8 |   "payments": { "cash": "20.50", "cashless": "50.00" },
  |               ^

receipt.json has 4 errors

nothing was accepted"#,
        ),
        (
            with("\"2\"", "\"281474976\""),
            r#"error: total: is 9921992904.00, and at most 99999999.99 can be registered
 --> receipt.json:1:1
  |
1 | {
  | ^

error: items[0]: price × quantity is 9921992904.00, and at most 99999999.99 can be registered
 --> receipt.json:5:5
  |
5 |     { "name": "Чай чёрный", "quantity": "281474976", "price": "35.25",
  |     ^

error: payments: come to 70.50, and the total is 9921992904.00
 --> receipt.json:8:15
  |
8 |   "payments": { "cash": "20.50", "cashless": "50.00" },
  |               ^

receipt.json has 3 errors

nothing was accepted"#,
        ),
        (
            with("\"2\"", "0.0000001"),
            r#"error: items[0].quantity: 0.0000001 has more than 6 digits after the point
 --> receipt.json:5:41
  |
5 |     { "name": "Чай чёрный", "quantity": 0.0000001, "price": "35.25",
  |                                         ^^^^^^^^^
  |
  = help: write an exact amount, best in quotes: "70.50"

nothing was accepted"#,
        ),
        (
            with("\"20.50\"", "\"-20.50\""),
            r#"error: payments: come to 29.50, and the total is 70.50
 --> receipt.json:8:15
  |
8 |   "payments": { "cash": "-20.50", "cashless": "50.00" },
  |               ^

error: payments.cash: is less than 0
 --> receipt.json:8:25
  |
8 |   "payments": { "cash": "-20.50", "cashless": "50.00" },
  |                         ^^^^^^^^

receipt.json has 2 errors

nothing was accepted"#,
        ),
    ])
    .await;
}

#[tokio::test]
async fn sums_that_do_not_fit() {
    check(&[
        (
            with("\"20.50\"", "\"20.49\""),
            r#"error: payments: come to 70.49, and the total is 70.50
 --> receipt.json:8:15
  |
8 |   "payments": { "cash": "20.49", "cashless": "50.00" },
  |               ^

receipt.json has 1 error

nothing was accepted"#,
        ),
        (
            with("\"50.00\"", "\"70.51\""),
            r#"error: payments: come to 70.51 without cash, and the total is 70.50; only cash may exceed it
 --> receipt.json:8:15
  |
8 |   "payments": { "cash": "20.50", "cashless": "70.51" },
  |               ^

receipt.json has 1 error

nothing was accepted"#,
        ),
        (
            with("\"35.25\"", "\"0\""),
            r#"error: total: is 0.00; it has to be more than 0
 --> receipt.json:1:1
  |
1 | {
  | ^

error: payments: come to 50.00 without cash, and the total is 0.00; only cash may exceed it
 --> receipt.json:8:15
  |
8 |   "payments": { "cash": "20.50", "cashless": "50.00" },
  |               ^

receipt.json has 2 errors

nothing was accepted"#,
        ),
        (
            with("\"price\": \"35.25\"", "\"price\": \"35.25\", \"total\": \"70.00\""),
            r#"error: items[0].total: is 70.00, and 35.25 × 2 is 70.50; leave it out, or state it within a kopeck
 --> receipt.json:5:73
  |
5 |     { "name": "Чай чёрный", "quantity": "2", "price": "35.25", "total": "70.00",
  |                                                                         ^^^^^^^

receipt.json has 1 error

nothing was accepted"#,
        ),
    ])
    .await;
}

#[tokio::test]
async fn rates_that_are_none() {
    let in_2026 = ("\"kind\"", "\"date\": \"2026-01-01\", \"kind\"");
    let in_2025 = ("\"kind\"", "\"date\": \"2025-12-31\", \"kind\"");
    check(&[
        (with("vat10", "vat21"), r#"error: items[0].vat: `vat21` is not known
 --> receipt.json:6:14
  |
6 |       "vat": "vat21", "subject": "goods", "mode": "full_payment" }
  |              ^^^^^^^
  |
  = help: write one of vat20, vat10, vat20_120, vat10_110, vat0, none, vat5, vat7, vat5_105, vat7_107, vat22, vat22_122, vat18, vat18_118

nothing was accepted"#),
        (with("\"vat10\"", "10"), r#"error: items[0].vat: a name in quotes is due here
 --> receipt.json:6:14
  |
6 |       "vat": 10, "subject": "goods", "mode": "full_payment" }
  |              ^^

nothing was accepted"#),
        (text(&[("vat10", "vat20"), in_2026]), r#"error: items[0].vat: is vat20, valid until 2025-12-31, and the receipt is of 2026-01-01; only returns may still use it
 --> receipt.json:6:14
  |
6 |       "vat": "vat20", "subject": "goods", "mode": "full_payment" }
  |              ^^^^^^^

receipt.json has 1 error

nothing was accepted"#),
        (text(&[("vat10", "vat22"), in_2025]), r#"error: items[0].vat: is vat22, valid from 2026-01-01, and the receipt is of 2025-12-31
 --> receipt.json:6:14
  |
6 |       "vat": "vat22", "subject": "goods", "mode": "full_payment" }
  |              ^^^^^^^

receipt.json has 1 error

nothing was accepted"#),
    ])
    .await;
}

#[tokio::test]
async fn fields_that_are_wrong() {
    check(&[
        (with("\"vat\"", "\"tax\": 1, \"vat\""), r#"error: items[0].tax: there is no such field
 --> receipt.json:6:7
  |
6 |       "tax": 1, "vat": "vat10", "subject": "goods", "mode": "full_payment" }
  |       ^^^^^
  |
  = help: the fields here are name, quantity, price, total, vat, subject, mode, measure, agent, supplier, marking, excise, country, declaration, additional_property

nothing was accepted"#),
        (with("\"name\": \"Чай чёрный\", ", ""), r#"error: items[0].name is missing
 --> receipt.json:5:5
  |
5 |     { "quantity": "2", "price": "35.25",
  |     ^
  |
  = help: add "name" to this object

nothing was accepted"#),
        (with("Чай чёрный", ""), r#"error: items[0].name: is empty; only an advance may go without a name
 --> receipt.json:5:15
  |
5 |     { "name": "", "quantity": "2", "price": "35.25",
  |               ^^

receipt.json has 1 error

nothing was accepted"#),
        (with("\"taxation\": \"general\",", "\"taxation\": \"general\", \"kind\": \"expense\","), r#"error: kind is there twice
 --> receipt.json:3:26
  |
3 |   "taxation": "general", "kind": "expense",
  |                          ^^^^^^
  |
  = help: remove one of them

nothing was accepted"#),
        (with("\"vat\": \"vat10\"", "\"country\": \"RUS\", \"vat\": \"vat10\""), r#"error: items[0].country: is not of the form ^[0-9]{3}$
 --> receipt.json:6:18
  |
6 |       "country": "RUS", "vat": "vat10", "subject": "goods", "mode": "full_payment" }
  |                  ^^^^^

receipt.json has 1 error

nothing was accepted"#),
    ])
    .await;
}

#[tokio::test]
async fn texts_that_are_no_receipt() {
    let cut = text(&[]);
    check(&[
        (
            String::new(),
            r#"error: not valid JSON: EOF while parsing a value
 --> receipt.json:1:1
  |
1 |
  | ^
  |
  = help: the file is empty; `kassa --help` shows a receipt

nothing was accepted"#,
        ),
        (
            "<!DOCTYPE html>\n<html></html>\n".to_owned(),
            r#"error: not valid JSON: expected value
 --> receipt.json:1:1
  |
1 | <!DOCTYPE html>
  | ^
  |
  = help: this is HTML or XML

nothing was accepted"#,
        ),
        (
            cut[..cut.find("\"payments\"").unwrap()].to_owned(),
            r#"error: not valid JSON: EOF while parsing a value
 --> receipt.json:8:2
  |
8 |
  |  ^

nothing was accepted"#,
        ),
        (
            format!("{cut}{cut}"),
            r#"error: not valid JSON: trailing characters
  --> receipt.json:11:1
   |
11 | {
   | ^

nothing was accepted"#,
        ),
        (
            with("\"income\",", "'income',"),
            r#"error: not valid JSON: expected value
 --> receipt.json:2:11
  |
2 |   "kind": 'income',
  |           ^

nothing was accepted"#,
        ),
    ])
    .await;
}

/// A list is no receipt, and its fields have names.
#[tokio::test]
async fn a_list_is_no_receipt() {
    let shop = Shop::open().await;
    let said = shop.run_for(&["register", "order-1", "-"], "[]").await;
    assert_eq!(said.code, 2, "{said:?}");
    let item = r#"[["Чай", "2", "35.25", null, "vat10", "goods", "full_payment"]]"#;
    let listed = format!(r#"["income", "general", null, null, {item}, ["70.50"]]"#);
    let said = shop.run_for(&["register", "order-1", "-"], &listed).await;
    assert_eq!(said.code, 2, "{said:?}");
    assert_eq!(shop.bench.requests(), 0);
}

/// Programs get the same as an object.
#[tokio::test]
async fn in_json() {
    let shop = Shop::open().await;
    shop.write("receipt.json", &with("\"20.50\"", "\"20.49\""));
    let said = shop.run(&["--format", "json", "register", "order-1", "receipt.json"]).await;
    let error = &said.json()["error"];
    assert_eq!((said.code, error["kind"].as_str()), (2, Some("invalid")));
    let violations = serde_json::json!([{ "rule": "payments_cover", "field": "payments", "reason": "come to 70.49, and the total is 70.50" }]);
    assert_eq!(error["violations"], violations);
    let explained = shop.run(&["explain", "order-1", "receipt.json"]).await;
    assert_eq!(explained.code, 2);
    assert!(explained.out.contains("  not sent, since the submission is not valid; it would be:\n"), "{explained:?}");
    assert_eq!(shop.bench.requests(), 0);
}
