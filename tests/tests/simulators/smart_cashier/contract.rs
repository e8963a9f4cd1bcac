use super::*;

#[tokio::test]
async fn the_example_goes_through_queue_and_register() {
    let sim = start(Options { processing_time: ms(500), ..Options::new(TOKEN, [CASHBOX.to_owned()]) }).await;
    let accepted = form(&sim, &receipt("12854F")).await.unwrap();
    assert_eq!((accepted.status, accepted.text().as_str()), (200, ""));

    let queued = status(&sim, "12854F").await;
    assert_eq!(queued.header("content-type"), Some("application/json; charset=utf-8"));
    let queued = queued.json();
    assert_eq!(queued["status"], 1);
    for absent in ["handlerCashboxId", "processingDateTimeUtc", "fiscalParams", "errorMessage"] {
        assert_eq!(queued[absent], Value::Null, "{absent}");
    }
    assert_eq!(sim.ledger().count(), 0);

    // Nobody polls now.
    tokio::time::sleep(ms(550)).await;
    let entries = sim.ledger().entries();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!(entry.operation, Operation::Receipt);
    assert_eq!((entry.kind, entry.taxation, entry.print), (Some(1), Some(2), Some(true)));
    assert_eq!((entry.total_kopecks, entry.cash_kopecks, entry.cashless_kopecks), (27_000, 20_000, 7_000));
    assert_eq!(entry.lines[0].quantity_micros, 3_000_000);
    assert_eq!((entry.lines[0].price_kopecks, entry.lines[0].vat.as_str()), (7_000, "3"));
    assert_eq!(entry.lines[0].vat_meaning, "18 %");
    assert_eq!(entry.email.as_deref(), Some("customer@example.com"));
    assert_eq!(serde_json::from_str::<Value>(&entry.raw).unwrap(), receipt("12854F"));

    let done = status(&sim, "12854F").await.json();
    assert_eq!(done["status"], 2);
    assert_eq!(done["handlerCashboxId"], CASHBOX);
    let fiscal = &done["fiscalParams"];
    assert_eq!(fiscal["fiscalDocumentNumber"], 24);
    assert_eq!(fiscal["fiscalDocumentSign"], format!("{:010}", entry.fiscal_sign.unwrap()));
    assert_eq!((&fiscal["fiscalReceiptNumber"], &fiscal["shiftNumber"]), (&json!(1), &json!(3)));
    assert_eq!(fiscal["fnNumber"].as_str().unwrap().len(), 16);
    assert_eq!(fiscal["registrationNumber"].as_str().unwrap().len(), 16);
    assert_eq!((&fiscal["fnsUrl"], &fiscal["notPrinted"]), (&json!("www.nalog.ru"), &json!(false)));
    for at in [&done["creationDateTimeUtc"], &done["processingDateTimeUtc"], &fiscal["fiscalDocumentDateTimeUtc"]] {
        let at = at.as_str().unwrap();
        assert!(at.len() == 33 && at.ends_with("+03:00") && at.as_bytes()[19] == b'.', "{at}");
    }
}

#[tokio::test]
async fn signs_keep_their_leading_zero() {
    let sim = simulator().await;
    for id in ["even", "odd"] {
        form(&sim, &receipt(id)).await.unwrap();
        tokio::time::sleep(ms(40)).await;
    }
    let even = settled(&sim, "even").await["fiscalParams"]["fiscalDocumentSign"].clone();
    let odd = settled(&sim, "odd").await["fiscalParams"]["fiscalDocumentSign"].clone();
    assert!(!even.as_str().unwrap().starts_with('0'), "{even}");
    assert!(odd.as_str().unwrap().starts_with('0'), "{odd}");
    assert_eq!((even.as_str().unwrap().len(), odd.as_str().unwrap().len()), (10, 10));
}

#[tokio::test]
async fn a_repeat_registers_nothing_and_other_content_is_counted() {
    let sim = simulator().await;
    let first = form(&sim, &receipt("a")).await.unwrap();
    let before = settled(&sim, "a").await;
    let repeat = form(&sim, &receipt("a")).await.unwrap();
    assert_eq!((repeat.status, repeat.body), (first.status, first.body));
    assert_eq!(sim.conflicts(), 0);

    let mut other = receipt("a");
    other["positions"][0]["name"] = json!("Кефир");
    assert_eq!(form(&sim, &other).await.unwrap().status, 200);
    assert_eq!(sim.conflicts(), 1);
    // One namespace for the three operations (SC13).
    let cash = json!({"operationId": "a", "cashboxId": CASHBOX, "amount": 1}).to_string();
    assert_eq!(post(&sim, "depositCash", &cash).await.unwrap().status, 200);
    assert_eq!(sim.conflicts(), 2);

    tokio::time::sleep(ms(50)).await;
    assert_eq!(status(&sim, "a").await.json(), before);
    assert_eq!(sim.ledger().count(), 1);

    // The same body on another address is another request.
    let cash = json!({"operationId": "c", "cashboxId": CASHBOX, "amount": 1}).to_string();
    for method in ["depositCash", "withdrawCash"] {
        assert_eq!(post(&sim, method, &cash).await.unwrap().status, 200);
    }
    tokio::time::sleep(ms(50)).await;
    assert_eq!(sim.conflicts(), 3);
    let entries = sim.ledger().by_key("c");
    assert_eq!((entries.len(), entries[0].operation), (1, Operation::CashIn));
}

#[tokio::test]
async fn concurrent_repeats_register_once() {
    let sim = simulator().await;
    let body = receipt("a");
    let all = tokio::join!(form(&sim, &body), form(&sim, &body), form(&sim, &body), form(&sim, &body));
    for answer in [all.0, all.1, all.2, all.3] {
        assert_eq!(answer.unwrap().status, 200);
    }
    tokio::time::sleep(ms(50)).await;
    assert_eq!(sim.ledger().by_key("a").len(), 1);
}

#[tokio::test]
async fn cash_documents_have_no_fiscal_data() {
    let sim = simulator().await;
    for (method, operation) in [("depositCash", Operation::CashIn), ("withdrawCash", Operation::CashOut)] {
        let body = json!({"operationId": method, "cashboxId": CASHBOX, "amount": 50000.5});
        assert_eq!(post(&sim, method, &body.to_string()).await.unwrap().status, 200);
        let done = settled(&sim, method).await;
        assert_eq!((&done["status"], &done["fiscalParams"]), (&json!(2), &Value::Null));
        let entry = &sim.ledger().by_key(method)[0];
        assert_eq!((entry.operation, entry.total_kopecks), (operation, 5_000_050));
        assert_eq!((entry.kind, entry.fd_number, entry.fiscal_sign), (None, None, None));
    }
    for amount in ["0", "00", "-1", "1.005", "\"1\"", "1e3"] {
        let body = format!(r#"{{"operationId":"x","cashboxId":"{CASHBOX}","amount":{amount}}}"#);
        assert_eq!(post(&sim, "depositCash", &body).await.unwrap().status, 400, "{amount}");
    }
    let nowhere = r#"{"operationId":"x","cashboxId":"","amount":1}"#;
    assert_eq!(post(&sim, "depositCash", nowhere).await.unwrap().status, 400);
}

#[tokio::test]
async fn strangers_and_strange_requests_are_turned_down() {
    let sim = simulator().await;
    let path = "/v1.0/operations/formReceipt";
    let body = receipt("a").to_string();
    let json = "Content-Type: application/json";
    let good = format!("Authorization: Bearer {TOKEN}");
    for (head, expected) in [
        (format!("POST {path} HTTP/1.1\r\n{json}"), 401),
        (format!("POST {path} HTTP/1.1\r\n{json}\r\nAuthorization: Bearer x{TOKEN}"), 401),
        (format!("POST {path} HTTP/1.1\r\n{json}\r\nAuthorization: bearer {TOKEN}"), 401),
        (format!("POST {path} HTTP/1.1\r\n{json}\r\nAuthorization: {TOKEN}"), 401),
        (format!("POST {path} HTTP/1.1\r\n{good}"), 400),
        (format!("POST {path} HTTP/1.1\r\n{good}\r\nContent-Type: text/plain"), 400),
        (format!("POST {path} HTTP/1.1\r\n{good}\r\n{json}; charset=windows-1251"), 400),
        (format!("GET {path} HTTP/1.1\r\n{good}\r\n{json}"), 405),
        (format!("POST /v1/operations/formReceipt HTTP/1.1\r\n{good}\r\n{json}"), 404),
        (format!("GET /v1.0/operations/checkStatus?operationId=a HTTP/1.1\r\n{good}"), 404),
        ("GET /v1.0/operations/checkStatus?operationId=a HTTP/1.1".to_owned(), 401),
        (format!("POST {path} HTTP/1.1\r\n{good}\r\n{json}; charset=UTF-8"), 200),
    ] {
        let answer = send(&sim.base_url(), &head, &body, None).await.unwrap();
        assert_eq!(answer.status, expected, "{head}");
    }
    let seen = sim.requests();
    assert_eq!(seen.len(), 12);
    assert!(!format!("{seen:?}").contains(TOKEN), "no secret is kept");
    assert!(seen[1].headers.contains(&("authorization".to_owned(), "***".to_owned())));
    assert_eq!((seen[1].method.as_str(), seen[1].path.as_str()), ("POST", path));
    assert_eq!(seen[9].path, "/v1.0/operations/checkStatus?operationId=a");
    assert_eq!(seen[1].body, body.as_bytes());
}
