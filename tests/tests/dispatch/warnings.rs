//! What looks wrong with a submission is told with its outcome, kept in the journal, and told again; what breaks a rule
//! is not accepted.

use kassa::kassa_core::Violation;
use kassa_tests::sim::{Documented, Fault};
use serde_json::json;

use crate::bench::{Bench, ms, short};
use crate::command::Shop;
use crate::receipts::{changed, goods, text};

/// A name that a drive cannot hold, and an INN with wrong check digits.
const ODD: [(&str, &str); 2] = [("Чай чёрный", "«Чай»"), ("\"kind\"", "\"seller_inn\": \"7710000000\", \"kind\"")];

fn warnings() -> Vec<Violation> {
    vec![
        Violation::new("inn_digits", "seller_inn", "has wrong check digits"),
        Violation::new("cp866", "items[0].name", "has characters that registers cannot print (not in CP866): `«` `»`"),
    ]
}

#[tokio::test]
async fn go_with_the_outcome_whenever_it_is_told() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    let first = desk.register("order-1", changed(&ODD)).await.unwrap();
    assert_eq!((short(&first), &first.warnings), ("registered sc".to_owned(), &warnings()));
    assert_eq!(desk.entry("order-1").await.warnings, warnings());
    // The same key, and a question: as they were kept.
    assert_eq!(desk.register("order-1", changed(&ODD)).await.unwrap(), first);
    assert_eq!(desk.status("order-1").await.unwrap(), first);
    assert_eq!(bench.documents(), 1);
    // Nothing is wrong with this one.
    assert_eq!(desk.register("order-2", goods()).await.unwrap().warnings, []);
}

#[tokio::test]
async fn go_with_every_outcome() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc()]);
    bench.sc.faults().push(Fault::DocumentedError(Documented::Http(400)));
    let rejected = desk.register("rejected", changed(&ODD)).await.unwrap();
    assert_eq!((short(&rejected), rejected.warnings), ("rejected sc invalid".to_owned(), warnings()));
    let mut refused = ODD.to_vec();
    refused.push(("vat10", "vat22"));
    let not_sent = desk.register("not-sent", changed(&refused)).await.unwrap();
    assert_eq!((short(&not_sent), not_sent.warnings), ("not_sent".to_owned(), warnings()));
    assert_eq!(desk.register("not-sent", changed(&refused)).await.unwrap().warnings, warnings());
}

#[tokio::test]
async fn outlive_a_restart() {
    let shop = Shop::open().await;
    shop.write("receipt.json", &text(&ODD));
    shop.fault(Fault::StaySlow(ms(6_000)));
    let mut child = shop.spawn(&["register", "order-1", "receipt.json"]);
    while crate::bench::asks(&shop.bench.sc).is_empty() {
        tokio::time::sleep(ms(5)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let status = shop.run(&["--format", "json", "status", "order-1"]).await;
    assert_eq!((status.code, &status.json()["warnings"]), (5, &json!(warnings())));
    let resumed = shop.run(&["--format", "json", "resume"]).await;
    assert_eq!((resumed.code, &resumed.json()["warnings"]), (0, &json!(warnings())));
}

/// People read them on the standard error output, at their places where the text is at hand.
#[tokio::test]
async fn are_told_by_the_command() {
    let shop = Shop::open().await;
    shop.write("receipt.json", &text(&ODD));
    let at_their_places = r#"warning: seller_inn: has wrong check digits
 --> receipt.json:2:17
  |
2 |   "seller_inn": "7710000000", "kind": "income",
  |                 ^^^^^^^^^^^^

warning: items[0].name: has characters that registers cannot print (not in CP866): `«` `»`
 --> receipt.json:5:15
  |
5 |     { "name": "«Чай»", "quantity": "2", "price": "35.25",
  |               ^^^^^^^

"#;
    for _ in 0..2 {
        let said = shop.run(&["register", "order-1", "receipt.json"]).await;
        assert_eq!((said.code, said.err.as_str()), (0, at_their_places));
        assert!(said.out.starts_with("order-1: registered by sc\n"), "{said:?}");
    }
    let said = shop.run(&["--format", "json", "register", "order-1", "receipt.json"]).await;
    assert_eq!((said.err.as_str(), &said.json()["warnings"]), (at_their_places, &json!(warnings())));
    let said = shop.run(&["status", "order-1"]).await;
    let told: String = warnings().iter().map(|warning| format!("warning: order-1: {warning}\n\n")).collect();
    assert_eq!(said.err, told);

    let said = shop.run(&["explain", "order-2", "receipt.json"]).await;
    let listed: String = warnings().iter().map(|warning| format!("  warning: {warning}\n")).collect();
    assert!(said.out.starts_with(&format!("register_receipt under the key order-2\n{listed}route all")), "{said:?}");
    let said = shop.run(&["--format", "json", "explain", "order-2", "receipt.json"]).await;
    assert_eq!(said.json()["warnings"], json!(warnings()));
}

/// FACTS A.6: 20 % ended with 2025 for sales, and stays for their returns.
#[tokio::test]
async fn a_rate_that_has_ended_is_for_returns() {
    let shop = Shop::with(Bench::start().await, "[co, sc]");
    let of_2026 = ("\"kind\"", "\"date\": \"2026-01-01\", \"kind\"");
    shop.write("sale.json", &text(&[("vat10", "vat20"), of_2026]));
    let said = shop.run(&["register", "order-1", "sale.json"]).await;
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        said.err.starts_with("error: items[0].vat: is vat20, valid until 2025-12-31, and the receipt is of 2026-01-01"),
        "{said:?}"
    );
    shop.write("return.json", &text(&[("\"income\"", "\"income_return\""), ("vat10", "vat20"), of_2026]));
    let said = shop.run(&["register", "order-1", "return.json"]).await;
    assert!(said.code == 0 && said.out.starts_with("order-1: registered by co\n"), "{said:?}");
}
