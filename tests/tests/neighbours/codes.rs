//! Delta and Echo: what a receipt becomes where codes are words, numbers, bits and numbers of bits.

use kassa::Outcome;
use kassa::kassa_core::SettingValues;
use kassa::uniform::{Correction, Receipt, Registration, Submission};
use kassa_tests::sim::Simulator;
use kassa_tests::sim::neighbours::{delta, echo};
use serde_json::{Value, json};

use crate::bench::Desk;

async fn delta_bench() -> (Simulator, Desk) {
    let delta = delta::start("x-caller", "who-calls").await;
    let settings = SettingValues::default().with("header", "X-Caller").with("caller", "who-calls").with("shop", "s-1");
    let desk = Desk::at("delta", &delta, settings);
    (delta, desk)
}

async fn echo_bench() -> (Simulator, Desk) {
    let echo = echo::start("the-key").await;
    let settings = SettingValues::default().with("key", "the-key").with("utc_offset", "+03:00");
    let desk = Desk::at("echo", &echo, settings);
    (echo, desk)
}

fn receipt(changes: Value) -> Receipt {
    let mut whole = json!({
        "kind": "income", "taxation": "patent",
        "items": [
            { "name": "Tea", "quantity": "2", "price": "110.00", "vat": "vat10", "subject": "goods", "mode": "full_payment" },
            { "name": "Cup", "quantity": "0.5", "price": "60.00", "vat": "none", "subject": "goods", "mode": "full_payment" },
            { "name": "Pot", "quantity": "1", "price": "55.00", "vat": "vat10", "subject": "goods", "mode": "full_payment" },
        ],
        "payments": { "cash": "200.00", "cashless": "105.00" },
    });
    let fields = changes.as_object().unwrap().clone();
    whole.as_object_mut().unwrap().extend(fields);
    serde_json::from_value(whole).unwrap()
}

/// What the simulator was sent last.
fn sent(simulator: &Simulator) -> Value {
    serde_json::from_slice(&simulator.requests().last().unwrap().body).unwrap()
}

fn registration(outcome: &Outcome) -> &Registration {
    let Outcome::Registered { registration, .. } = outcome else { panic!("{outcome:?}") };
    registration
}

#[tokio::test]
async fn payments_and_taxes_are_lists_and_codes_are_words() {
    let (delta, desk) = delta_bench().await;
    let outcome = desk.dispatcher.register("k-1", receipt(json!({}))).await.unwrap().outcome;
    let body = sent(&delta);
    assert_eq!(body["receipt"]["payments"], json!([{ "type": 0, "sum": 200 }, { "type": 1, "sum": 105 }]));
    // 220.00 and 55.00 at 10 % hold 20.00 and 5.00 of tax, in the order in which the rates come.
    assert_eq!(body["receipt"]["vats"], json!([{ "type": "vat10", "sum": 25 }, { "type": "none", "sum": 0 }]));
    assert_eq!(body["receipt"]["sno"], "patent");
    assert_eq!(body["receipt"]["items"][1]["quantity"], json!(0.5));
    let registration = registration(&outcome);
    assert_eq!(registration.registered_at.map(|at| at.to_string()).as_deref(), Some("2030-12-24T18:05:09+03:00"));
    assert_eq!(registration.fiscal_sign, Some(3_141_592_653));
    assert_eq!((delta.ledger().by_key("k-1")[0].kind, registration.provider_id.as_deref()), (Some(1), Some("u-1")));
}

#[tokio::test]
async fn the_kind_of_a_receipt_chooses_the_operation() {
    let (delta, desk) = delta_bench().await;
    for (key, kind, code) in [("k-1", "income_return", 2), ("k-2", "expense", 3), ("k-3", "income", 1)] {
        desk.dispatcher.register(key, receipt(json!({ "kind": kind }))).await.unwrap();
        assert_eq!(delta.ledger().by_key(key)[0].kind, Some(code), "{kind}");
    }
    let paths: Vec<_> = delta.requests().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/sell_refund?shop=s-1", "/buy?shop=s-1", "/sell?shop=s-1"]);
    let outcome = desk.dispatcher.register("k-4", receipt(json!({ "kind": "expense_return" }))).await.unwrap().outcome;
    let Outcome::NotSent { passed_over } = &outcome else { panic!("{outcome:?}") };
    assert!(passed_over[0].reason.contains("nothing undoes a purchase"), "{passed_over:?}");
}

#[tokio::test]
async fn each_item_has_an_agent_of_its_own() {
    let (delta, desk) = delta_bench().await;
    let item = |agent: Value| {
        let mut item = json!({ "name": "Tea", "quantity": "1", "price": "10.00", "vat": "none", "subject": "service", "mode": "full_payment" });
        if !agent.is_null() {
            item["agent"] = agent;
            item["supplier"] = json!({ "inn": "7707083893", "name": "Garden", "phones": ["+79990000000"] });
        }
        item
    };
    let attorney = json!({ "kinds": ["attorney"] });
    let paying = json!({ "kinds": ["paying_agent"], "phones": ["+79991112233"] });
    let items = json!([item(attorney), item(Value::Null), item(paying)]);
    let receipt = receipt(json!({ "items": items, "payments": { "cash": "30.00" } }));
    let outcome = desk.dispatcher.register("k-1", receipt).await.unwrap().outcome;
    registration(&outcome);
    let items = &sent(&delta)["receipt"]["items"];
    assert_eq!((&items[0]["agent"]["type"], &items[2]["agent"]["type"]), (&json!("attorney"), &json!("paying_agent")));
    assert_eq!((items[1].get("agent"), &items[2]["agent"]["phones"]), (None, &json!(["+79991112233"])));
    assert_eq!(items[0]["supplier"]["inn"], "7707083893");
}

#[tokio::test]
async fn one_agent_for_the_receipt_is_a_mask_and_a_tax_system_the_number_of_a_bit() {
    let (echo, desk) = echo_bench().await;
    let agent = json!({ "kinds": ["paying_agent", "attorney"], "phones": ["+79991112233"] });
    let item = |agent: &Value| {
        json!({ "name": "Tea", "quantity": "1.5", "price": "10.00", "vat": "vat0", "subject": "goods", "mode": "full_payment",
            "agent": agent, "supplier": { "inn": "7707083893" } })
    };
    let two = json!([item(&agent), item(&agent)]);
    let whole = receipt(json!({ "items": two, "payments": { "cashless": "30.00" }, "taxation": "agricultural" }));
    let outcome = desk.dispatcher.register("k-1", whole).await.unwrap().outcome;
    let body = sent(&echo);
    assert_eq!((&body["agent"], &body["agent_phone"]), (&json!(4 + 16), &json!("+79991112233")));
    assert_eq!((&body["tax_system"], &body["sign"], &body["lines"][0]["rate"]), (&json!(4), &json!(1), &json!(5)));
    assert_eq!(
        (&body["lines"][0]["thousandths"], &body["card"], body.get("buyer")),
        (&json!(1500), &json!(3000), None)
    );
    let at = registration(&outcome).registered_at.map(|at| at.to_string());
    assert_eq!(at.as_deref(), Some("2030-12-24T18:05:00+03:00"));

    let other = json!([item(&agent), item(&json!({ "kinds": ["other_agent"] }))]);
    let mixed = receipt(json!({ "items": other, "payments": { "cashless": "30.00" } }));
    let outcome = desk.dispatcher.register("k-2", mixed).await.unwrap().outcome;
    assert_eq!((outcome.name(), echo.ledger().count()), ("not_sent", 1));
}

#[tokio::test]
async fn a_day_is_written_as_the_document_says() {
    let (echo, desk) = echo_bench().await;
    let correction = json!({
        "kind": "income", "taxation": "general", "items": [],
        "correction": { "type": "by_order", "date": "2025-03-09", "number": "17-ФНС", "description": "late" },
        "vat_sums": { "vat20": "20.00" }, "payments": { "cash": "120.00" },
    });
    let correction: Correction = serde_json::from_value(correction).unwrap();
    let explanation = desk.dispatcher.explain("k-1", &Submission::RegisterCorrection(correction.clone()));
    assert!(explanation.first().is_some(), "{explanation}");
    let outcome = desk.dispatcher.register_correction("k-1", correction).await.unwrap().outcome;
    registration(&outcome);
    let body = sent(&echo);
    assert_eq!((&body["day"], &body["own"]), (&json!("09.03.25"), &json!(1)));
    assert_eq!(body["rates"], json!([{ "rate": 1, "tax": 2000 }]));
}
