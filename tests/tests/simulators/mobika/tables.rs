use super::*;

async fn refused(sim: &Simulator, body: &Value, field: &str) {
    let answer = post(sim, body).await.unwrap();
    assert!(answer.status == 400 && is_error(&answer), "{field}: {} {}", answer.status, answer.text());
    // For its own sake, not because something else no longer fits.
    assert!(answer.text().contains(field), "{field}: {}", answer.text());
}

/// Each change of the example makes it wrong.
#[tokio::test]
async fn the_tables_are_enforced() {
    let sim = simulator().await;
    for (pointer, value) in [
        ("/groupId", json!(7)),
        ("/orderId", json!("")),
        ("/orderId", json!(null)),
        ("/cashierId", json!(79_991_234_567_i64)),
        ("/receipt/receiptType", json!(0)),
        ("/receipt/receiptType", json!(5)),
        ("/receipt/receiptType", json!("1")),
        ("/receipt/taxSystem", json!(6)),
        ("/receipt/taxSystem", json!(-1)),
        ("/receipt/taxSystem", json!(null)),
        ("/receipt/payment", json!({})),
        ("/receipt/payment", json!({"ecash": 45.0})),
        ("/receipt/payment", json!({"ecash": "4500"})),
        ("/receipt/payment", json!({"ecash": 4500, "cash": -1})),
        ("/receipt/payment", json!({"card": 4500})),
        ("/receipt/products", json!([])),
        ("/receipt/products/0/name", json!(" ")),
        ("/receipt/products/0/quantity", json!(1.5)),
        ("/receipt/products/0/quantity", json!(0)),
        ("/receipt/products/0/price", json!(30.5)),
        ("/receipt/products/0/price", json!(-1)),
        ("/receipt/products/0/taxType", json!(0)),
        ("/receipt/products/0/taxType", json!(7)),
        ("/receipt/customerContact", json!("70001234567")),
        ("/receipt/customerContact", json!("+7000123456")),
        ("/receipt/customerContact", json!("a@b")),
    ] {
        let mut body = order("a");
        *body.pointer_mut(pointer).unwrap() = value;
        let field = pointer.rsplit('/').next().unwrap();
        let field = if body["receipt"]["payment"].get("card").is_some() { "card" } else { field };
        let sum = body["receipt"]["payment"].as_object().is_some_and(|sums| sums.values().any(|sum| *sum != 4500));
        refused(&sim, &body, if field == "payment" && sum { "cash" } else { field }).await;
    }
    for (owner, field, value) in [
        ("", "status", json!("processed")),
        ("", "createdAt", json!("2019-01-29T14:55:50.892581Z")),
        ("", "registrationInfo", json!({})),
        ("", "comment", json!("x")),
        ("/receipt", "total", json!(4500)),
        ("/receipt", "cashierINN", json!("123")),
        ("/receipt", "customerINN", json!("12345678901")),
        ("/receipt", "additionalProps", json!("12345678901234567")),
        ("/receipt", "additionalInfo", json!("ы".repeat(513))),
        ("/receipt", "userAttrName", json!("без значения")),
        ("/receipt", "place", json!("")),
        ("/receipt/products/0", "total", json!(4500)),
        ("/receipt/products/0", "paymentMethod", json!(0)),
        ("/receipt/products/0", "paymentMethod", json!(8)),
        ("/receipt/products/0", "productType", json!(14)),
        ("/receipt/products/0", "productCode", json!("010460")),
        ("/receipt/products/0", "productId", json!(7)),
    ] {
        let mut body = order("a");
        body.pointer_mut(owner).unwrap()[field] = value;
        refused(&sim, &body, field).await;
    }
    for (owner, field) in [
        ("", "groupId"),
        ("", "orderId"),
        ("", "receipt"),
        ("/receipt", "receiptType"),
        ("/receipt", "payment"),
        ("/receipt", "products"),
        ("/receipt/products/0", "name"),
        ("/receipt/products/0", "quantity"),
        ("/receipt/products/0", "price"),
        ("/receipt/products/0", "taxType"),
    ] {
        let mut body = order("a");
        body.pointer_mut(owner).unwrap().as_object_mut().unwrap().remove(field).unwrap();
        refused(&sim, &body, field).await;
    }
    assert_eq!(post(&sim, &order("a")).await.unwrap().status, 200);
}

#[tokio::test]
async fn sums_have_to_agree_and_only_cash_may_exceed() {
    let sim = simulator().await;
    for (payment, expected) in [
        (json!({"ecash": 4499}), 400),
        (json!({"ecash": 4501}), 400),
        (json!({"ecash": 45}), 400),
        (json!({"cash": 1, "ecash": 4500}), 200),
        (json!({"cash": 4499}), 400),
        (json!({"cash": 1000, "ecash": 1000, "prepayment": 1000, "credit": 1000, "consideration": 500}), 200),
        (json!({"prepayment": 4501}), 400),
    ] {
        let mut body = order(&payment.to_string());
        body["receipt"]["payment"] = payment.clone();
        assert_eq!(post(&sim, &body).await.unwrap().status, expected, "{payment}");
    }
    let mut free = order("free");
    free["receipt"]["products"][0]["price"] = json!(0);
    free["receipt"]["payment"] = json!({"ecash": 0});
    assert_eq!(post(&sim, &free).await.unwrap().status, 400);
    tokio::time::sleep(ms(60)).await;
    let entries = sim.ledger().entries();
    let all = entries.iter().find(|entry| entry.prepaid_kopecks > 0).unwrap();
    assert_eq!((all.prepaid_kopecks, all.credit_kopecks, all.counter_kopecks), (1_000, 1_000, 500));
}

#[tokio::test]
async fn every_field_reaches_the_book() {
    let sim = simulator().await;
    let mut body = order("a");
    body["receipt"] = json!({
        "receiptType": 4, "taxSystem": 5, "payment": {"cash": 4500}, "place": "Авто 7",
        "products": [{"name": "Сыр", "quantity": 1500, "price": 3000, "taxType": 6, "productId": "p",
            "paymentMethod": 1, "productType": 13, "productCode": "AQID"}],
        "cashierName": "Курьер Иванов", "cashierINN": "123456789047", "customerName": "Петров",
        "customerINN": "7704211201", "customerContact": "a@b.ru", "additionalProps": "1192",
        "userAttrName": "n", "userAttrValue": "v", "machineNumber": "46204", "additionalInfo": "спасибо",
    });
    post(&sim, &body).await.unwrap();
    let info = processed(&sim, "a").await["registrationInfo"].clone();
    assert_eq!((&info["cashierName"], &info["place"]), (&json!("Курьер Иванов"), &json!("Авто 7")));
    assert_eq!(info["machineNumber"], "46204");
    let entry = &sim.ledger().entries()[0];
    assert_eq!((entry.kind, entry.taxation, entry.email.as_deref()), (Some(4), Some(32), Some("a@b.ru")));
    let tags: Vec<_> = entry.tags.iter().map(|(tag, value)| (*tag, value.as_str())).collect();
    let expected = [
        (1021, "Курьер Иванов"),
        (1036, "46204"),
        (1085, "n"),
        (1086, "v"),
        (1192, "1192"),
        (1203, "123456789047"),
        (1227, "Петров"),
        (1228, "7704211201"),
    ];
    assert_eq!(tags, expected);
    let line = &entry.lines[0];
    assert_eq!((line.payment_mode, line.subject, line.tags[&1162].as_str()), (Some(1), Some(13), "AQID"));
}

#[tokio::test]
async fn an_agent_brings_what_its_type_needs() {
    let sim = simulator().await;
    let bank = json!({
        "agentType": 0, "agentOperation": "Перевод", "agentPhones": ["+79000000008", "+1"],
        "transferOperatorName": "Банк", "transferOperatorINN": "7704211201", "transferOperatorAddress": "Москва",
        "transferOperatorPhones": ["+74950000000"], "supplierPhones": ["+74959613422"], "supplierINN": "7707083893",
    });
    let paying = json!({"agentType": 3, "agentPhones": ["+79000000008"], "paymentOperatorPhones": ["+74950000000"]});
    let other = json!({"agentType": 6});
    let with = |id: &str, agent: &Value| {
        let mut body = order(id);
        body["receipt"]["agent"] = agent.clone();
        body
    };
    for (id, agent, bits) in [("bank", &bank, 1), ("paying", &paying, 8), ("other", &other, 64)] {
        assert_eq!(post(&sim, &with(id, agent)).await.unwrap().status, 200, "{id}");
        processed(&sim, id).await;
        assert_eq!(sim.ledger().by_key(id)[0].agent, Some(bits));
    }
    let tags = &sim.ledger().by_key("bank")[0].tags;
    assert_eq!((tags[&1044].as_str(), tags[&1073].as_str()), ("Перевод", "+79000000008 +1"));
    assert_eq!((tags[&1016].as_str(), tags[&1171].as_str()), ("7704211201", "+74959613422"));
    assert_eq!((tags[&1005].as_str(), tags[&1226].as_str()), ("Москва", "7707083893"));

    for (agent, field, value) in [
        (&bank, "agentType", json!(7)),
        (&bank, "agentOperation", Value::Null),
        (&bank, "transferOperatorINN", json!("77")),
        (&bank, "agentPhones", json!("+79000000008")),
        (&bank, "agentPhones", json!(["79000000008"])),
        (&bank, "agentPhones", json!(["+1234567890123456789"])),
        (&bank, "supplierName", json!("ООО")),
        (&paying, "agentOperation", json!("Перевод")),
        (&paying, "transferOperatorName", json!("Банк")),
        (&other, "agentPhones", json!(["+79000000008"])),
    ] {
        let mut agent = agent.clone();
        agent[field] = value;
        refused(&sim, &with("x", &agent), field).await;
    }
    for field in ["agentOperation", "agentPhones", "transferOperatorName", "transferOperatorAddress"] {
        let mut agent = bank.clone();
        agent.as_object_mut().unwrap().remove(field).unwrap();
        refused(&sim, &with("x", &agent), field).await;
    }
}
