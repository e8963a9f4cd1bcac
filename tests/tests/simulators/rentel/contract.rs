use kassa_tests::sim::Operation;

use super::*;

#[tokio::test]
async fn the_example_is_registered() {
    let sim = simulator().await;
    accepted(&sim, &receipt(1)).await;
    tokio::time::sleep(ms(50)).await;
    let entries = sim.ledger().entries();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.operation, entry.key.as_str(), entry.scope.as_str()), (Operation::Receipt, &*id(1), INN));
    assert_eq!((entry.kind, entry.taxation, entry.agent), (Some(1), Some(1), Some(64)));
    assert_eq!((entry.total_kopecks, entry.cash_kopecks, entry.cashless_kopecks), (555_555, 0, 555_555));
    assert_eq!((entry.email.as_deref(), entry.phone.as_deref()), (Some("example@ya.ru"), Some("+79000000001")));
    assert_eq!((&entry.place, entry.fd_number), (&None, Some(5)));
    let tags: Vec<_> = entry.tags.iter().map(|(tag, value)| (*tag, value.as_str())).collect();
    let expected = [
        (1005, "г. Москва, проспект Мира 7"),
        (1016, "5047063977"),
        (1026, "ПАО Сбербанк"),
        (1036, "46204"),
        (1044, "Оплата по лицевому счету"),
        (1073, "+79000000008"),
        (1074, "+79000000009"),
        (1075, "+79091234567"),
        (1085, "CustomUserPropertyName"),
        (1086, "CustomUserPropertyValue"),
        (1171, "+74959613422"),
        (1225, "ООО «Фототехника»"),
        (1226, "1739815479"),
    ];
    assert_eq!(tags, expected);
    let line = &entry.lines[0];
    assert_eq!((line.quantity_micros, line.price_kopecks, line.total_kopecks), (1_000_000, 555_555, 555_555));
    assert_eq!((line.vat.as_str(), line.vat_meaning.as_str()), ("Vat20", "20 %"));
    assert_eq!((line.payment_mode, line.subject), (Some(1), Some(2)), "the item's own subject");
    let tags: Vec<_> = line.tags.iter().map(|(tag, value)| (*tag, value.as_str())).collect();
    assert_eq!(tags, [(1291, "1/2"), (1320, "0003574EA75F63675258464D5939504837435A5057"), (2003, "3"), (2108, "0")]);
}

#[tokio::test]
async fn an_invoice_is_registered_once() {
    let sim = simulator().await;
    accepted(&sim, &receipt(1)).await;
    accepted(&sim, &receipt(1)).await;
    assert_eq!(sim.conflicts(), 0);
    accepted(&sim, &with(1, "/CustomerReceipt/Email", json!("other@ya.ru"))).await;
    accepted(&sim, &with(1, "/Type", json!("Nonsense"))).await;
    assert_eq!(sim.conflicts(), 2);
    let body = receipt(2);
    let _ = tokio::join!(post(&sim, &body), post(&sim, &body), post(&sim, &body));
    tokio::time::sleep(ms(60)).await;
    accepted(&sim, &receipt(1)).await;
    assert_eq!((sim.ledger().by_key(&id(1)).len(), sim.ledger().by_key(&id(2)).len()), (1, 1));

    // Without an InvoiceId every receipt is new.
    let nameless = without(3, "/InvoiceId");
    accepted(&sim, &nameless).await;
    accepted(&sim, &nameless).await;
    tokio::time::sleep(ms(60)).await;
    assert_eq!(sim.ledger().by_key("").len(), 2);
}

#[tokio::test]
async fn a_failed_invoice_stays_failed() {
    let sim = simulator().await;
    sim.faults().push(Fault::DocumentedError(Documented::OperationFailed("Нет бумаги".to_owned())));
    for number in [1, 1, 2] {
        accepted(&sim, &receipt(number)).await;
        tokio::time::sleep(ms(50)).await;
    }
    assert_eq!((sim.ledger().by_key(&id(1)).len(), sim.ledger().by_key(&id(2)).len()), (0, 1));
}

#[tokio::test]
async fn strangers_and_strange_requests_are_turned_down() {
    let auth_header = Some(("Authorization".to_owned(), "Token s3cr3t".to_owned()));
    let sim = start(Options { auth_header, ..options() }).await;
    let body = receipt(1).to_string();
    let json = "Content-Type: application/json";
    let good = "Authorization: Token s3cr3t";
    for (head, expected) in [
        (format!("POST /receipt HTTP/1.1\r\n{json}"), 401),
        (format!("POST /receipt HTTP/1.1\r\n{json}\r\nAuthorization: Token x"), 401),
        (format!("POST /receipt HTTP/1.1\r\n{good}"), 400),
        (format!("GET /receipt HTTP/1.1\r\n{good}"), 405),
        (format!("POST /receipts HTTP/1.1\r\n{good}\r\n{json}"), 404),
        (format!("POST /receipt HTTP/1.1\r\n{good}\r\n{json}"), 200),
    ] {
        let answer = send(&sim.base_url(), &head, &body, None).await.unwrap();
        assert_eq!(answer.status, expected, "{head}");
    }
    assert!(!format!("{:?}", sim.requests()).contains("s3cr3t"), "no secret is kept");
}
