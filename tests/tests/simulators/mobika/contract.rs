use kassa_tests::sim::Operation;
use kassa_tests::sim::mobika::{Cashier, Edit, Means};

use super::*;

#[tokio::test]
async fn the_example_waits_for_the_cashier_and_is_registered() {
    let sim = start(Options { accept_time: ms(250), processing_time: ms(250), ..options() }).await;
    let created = post(&sim, &order("a")).await.unwrap();
    assert_eq!((created.status, created.header("content-type")), (200, Some("application/json; charset=utf-8")));
    let created = created.json();
    assert_eq!((&created["groupId"], &created["orderId"]), (&json!(GROUP), &json!("a")));
    assert_eq!(created["cashierId"], "5d0c6a3e", "the phone became an id");
    assert_eq!(created["receipt"], order("a")["receipt"]);
    for absent in ["accepted", "processed", "status", "registrationInfo"] {
        assert_eq!(created[absent], Value::Null, "{absent}");
    }
    assert_eq!(get(&sim, &format!("{GROUP}/a")).await.json(), created);

    tokio::time::sleep(ms(300)).await;
    let accepted = get(&sim, &format!("{GROUP}/a")).await.json();
    assert!(accepted["accepted"].is_string() && accepted["processed"].is_null() && accepted["status"].is_null());
    assert_eq!(sim.ledger().count(), 0);

    // Nobody polls now.
    tokio::time::sleep(ms(260)).await;
    let entries = sim.ledger().entries();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.operation, entry.key.as_str(), entry.scope.as_str()), (Operation::Receipt, "a", GROUP));
    assert_eq!((entry.kind, entry.taxation, entry.agent), (Some(1), Some(1), None));
    assert_eq!((entry.total_kopecks, entry.cash_kopecks, entry.cashless_kopecks), (4_500, 0, 4_500));
    let line = &entry.lines[0];
    assert_eq!((line.quantity_micros, line.price_kopecks, line.total_kopecks), (1_500_000, 3_000, 4_500));
    assert_eq!((line.vat.as_str(), line.vat_meaning.as_str()), ("2", "10 %"));
    assert_eq!((line.payment_mode, line.subject), (Some(4), Some(1)), "the defaults");
    assert_eq!((entry.phone.as_deref(), &entry.email), (Some("+70001234567"), &None));

    let done = get(&sim, &format!("{GROUP}/a")).await.json();
    assert_eq!(done["status"], "processed");
    let info = &done["registrationInfo"];
    assert_eq!(
        (&info["fiscalDocNumber"], &info["receiptNumber"], &info["shiftNumber"]),
        (&json!(21), &json!(1), &json!(1))
    );
    assert_eq!(info["fiscalSign"], entry.fiscal_sign.unwrap().to_string());
    assert_eq!((&info["place"], &info["change"]), (&json!("kkt.cloud"), &Value::Null));
    for at in [&done["createdAt"], &done["accepted"], &done["processed"]] {
        let at = at.as_str().unwrap();
        assert!(at.len() == 27 && at.ends_with('Z') && at.as_bytes()[19] == b'.', "{at}");
    }
    assert!(info["registrationTime"].as_str().unwrap().ends_with(".000Z"));
    assert!(sim.deliveries().is_empty(), "no callback_url");
}

#[tokio::test]
async fn knobs_change_what_the_document_leaves_open() {
    let early = Some(("new".to_owned(), "queued".to_owned()));
    let sim = start(Options { early_statuses: early, sign_as_number: true, accept_time: ms(200), ..options() }).await;
    assert_eq!(post(&sim, &order("a")).await.unwrap().json()["status"], "new");
    tokio::time::sleep(ms(210)).await;
    let info = processed(&sim, "a").await["registrationInfo"].clone();
    assert_eq!(info["fiscalSign"].as_u64(), sim.ledger().entries()[0].fiscal_sign.map(u64::from));
}

#[tokio::test]
async fn a_repeat_is_the_same_order_until_it_is_registered() {
    let sim = start(Options { accept_time: ms(150), ..options() }).await;
    let first = post(&sim, &order("a")).await.unwrap();
    assert_eq!(post(&sim, &order("a")).await.unwrap().json(), first.json());
    let mut other = order("a");
    other["receipt"]["products"][0]["name"] = json!("Морковь");
    assert_eq!(sim.conflicts(), 0);
    assert_eq!(post(&sim, &other).await.unwrap().status, 400);
    assert_eq!(sim.conflicts(), 1);
    processed(&sim, "a").await;
    assert_eq!(post(&sim, &order("a")).await.unwrap().status, 400);
    assert_eq!((sim.ledger().by_key("a").len(), sim.conflicts()), (1, 1));

    // The key is unique within the group only.
    let mut elsewhere = order("a");
    elsewhere["groupId"] = json!(OTHER_GROUP);
    assert_eq!(post(&sim, &elsewhere).await.unwrap().status, 200);
}

#[tokio::test]
async fn concurrent_repeats_register_once() {
    let sim = simulator().await;
    let body = order("a");
    let all = tokio::join!(post(&sim, &body), post(&sim, &body), post(&sim, &body));
    for answer in [all.0, all.1, all.2] {
        assert_eq!(answer.unwrap().status, 200);
    }
    processed(&sim, "a").await;
    assert_eq!(sim.ledger().by_key("a").len(), 1);
}

#[tokio::test]
async fn the_cashier_changes_the_order_before_registering_it() {
    let sim = start(Options { accept_time: ms(200), ..options() }).await;
    sim.edit_next([Edit::Price { product: 0, kopecks: 2_000 }]);
    sim.edit_next([Edit::Quantity { product: 0, thousandths: 2_000 }, Edit::Payment(Means::Cash)]);
    let before = post(&sim, &order("price")).await.unwrap().json();
    assert_eq!(before["receipt"], order("price")["receipt"], "not yet");
    post(&sim, &order("rest")).await.unwrap();
    post(&sim, &order("none")).await.unwrap();
    let price = processed(&sim, "price").await["receipt"].clone();
    assert_eq!((&price["products"][0]["price"], &price["payment"]), (&json!(2000), &json!({"ecash": 3000})));
    let rest = processed(&sim, "rest").await["receipt"].clone();
    assert_eq!((&rest["products"][0]["quantity"], &rest["payment"]), (&json!(2000), &json!({"cash": 6000})));
    assert_eq!(processed(&sim, "none").await["receipt"], order("none")["receipt"]);
    let entry = &sim.ledger().by_key("rest")[0];
    assert_eq!((entry.total_kopecks, entry.cash_kopecks, entry.cashless_kopecks), (6_000, 6_000, 0));
    assert_eq!(serde_json::from_str::<Value>(&entry.raw).unwrap(), order("rest"), "what was asked for is kept");
}

#[tokio::test]
async fn change_is_told() {
    let sim = simulator().await;
    let mut body = order("a");
    body["receipt"]["payment"] = json!({"cash": 5000});
    post(&sim, &body).await.unwrap();
    assert_eq!(processed(&sim, "a").await["registrationInfo"]["change"], 500);
}

#[tokio::test]
async fn the_cashier_has_to_be_the_only_one() {
    let cashier = |id: &str, surname: &str| Cashier {
        id: id.to_owned(),
        phone: format!("7999{id}"),
        surname: surname.to_owned(),
        inn: format!("12345678{id}"),
    };
    let cashiers = vec![cashier("0001", "Иванов"), cashier("0002", "Петров"), cashier("0003", "Петров")];
    let sim = start(Options { cashiers, ..options() }).await;
    for (at, hint) in ["0001", "79990001", "Иванов", "123456780001"].into_iter().enumerate() {
        let mut body = order(&at.to_string());
        body["cashierId"] = json!(hint);
        assert_eq!(post(&sim, &body).await.unwrap().json()["cashierId"], "0001", "{hint}");
    }
    for hint in ["Петров", "Сидоров"] {
        let mut body = order("x");
        body["cashierId"] = json!(hint);
        let answer = post(&sim, &body).await.unwrap();
        assert!(answer.status == 400 && is_error(&answer), "{hint}");
    }
    let mut nobody = order("y");
    nobody.as_object_mut().unwrap().remove("cashierId");
    assert_eq!(post(&sim, &nobody).await.unwrap().json()["cashierId"], Value::Null);
}

#[tokio::test]
async fn orders_are_listed_by_time_and_place() {
    let sim = simulator().await;
    assert_eq!(get(&sim, GROUP).await.text(), "[]");
    for id in ["a", "b", "c"] {
        post(&sim, &order(id)).await.unwrap();
        tokio::time::sleep(ms(5)).await;
    }
    let ids = |answer: Heard| -> Vec<String> {
        let list = answer.json();
        list.as_array().unwrap().iter().map(|order| order["orderId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(get(&sim, GROUP).await), ["a", "b", "c"]);
    assert_eq!(ids(get(&sim, &format!("{GROUP}?limit=1&offset=1")).await), ["b"]);
    assert_eq!(ids(get(&sim, &format!("{GROUP}?offset=3")).await), [""; 0]);
    let at: jiff::Timestamp = processed(&sim, "b").await["createdAt"].as_str().unwrap().parse().unwrap();
    let local = at.strftime("%Y-%m-%dT%H:%M:%S.%4f").to_string();
    // Four digits cut the moment off, so it is before the order.
    assert_eq!(ids(get(&sim, &format!("{GROUP}?createdFrom={local}%2B00:00")).await), ["b", "c"]);
    assert_eq!(ids(get(&sim, &format!("{GROUP}?createdTo={local}%2B00:00")).await), ["a"]);
    for query in ["limit=501", "limit=0", "createdFrom=2014-05-27T19:55:56.327%2B03:00", "createdTo=2014-05-27", "x=1"]
    {
        assert_eq!(get(&sim, &format!("{GROUP}?{query}")).await.status, 400, "{query}");
    }
    let plus = format!("{GROUP}?createdFrom={local}+00:00");
    assert_eq!(get(&sim, &plus).await.status, 400, "a plus in a query is a space");
    assert_eq!(get(&sim, OTHER_GROUP).await.text(), "[]");
    assert_eq!(get(&sim, "945a492b-96e0-42a6-84b2-62edfa312e5f").await.status, 404);
}

#[tokio::test]
async fn strangers_and_strange_requests_are_turned_down() {
    let sim = simulator().await;
    let body = order("a/б").to_string();
    let json = "Content-Type: application/json";
    let good = format!("x-token: {SECRET}");
    for (head, expected) in [
        (format!("POST /v1/orders HTTP/1.1\r\n{json}"), 401),
        (format!("POST /v1/orders HTTP/1.1\r\n{json}\r\nX-Token: x"), 401),
        (format!("POST /v1/orders HTTP/1.1\r\n{good}"), 400),
        (format!("GET /v1/orders HTTP/1.1\r\n{good}"), 405),
        (format!("POST /v1/orders/{GROUP} HTTP/1.1\r\n{good}\r\n{json}"), 405),
        (format!("DELETE /v1/orders/{GROUP}/a HTTP/1.1\r\n{good}"), 405),
        (format!("POST /orders HTTP/1.1\r\n{good}\r\n{json}"), 404),
        (format!("POST /v1/ordersx HTTP/1.1\r\n{good}\r\n{json}"), 404),
        (format!("GET /v1/orders/{GROUP}/a/b HTTP/1.1\r\n{good}"), 404),
        (format!("GET /v1/orders/{GROUP}/a HTTP/1.1\r\n{good}"), 404),
        (format!("POST /v1/orders HTTP/1.1\r\n{good}\r\n{json}; charset=UTF-8"), 200),
        (format!("GET /v1/orders/{GROUP}/a%2F%D0%B1 HTTP/1.1\r\n{good}"), 200),
    ] {
        let answer = send(&sim.base_url(), &head, &body, None).await.unwrap();
        assert_eq!(answer.status, expected, "{head}");
        assert_eq!(is_error(&answer), expected != 200, "{head}");
    }
    assert!(!format!("{:?}", sim.requests()).contains(SECRET), "no secret is kept");
}
