use super::*;

/// Each change of the example makes it wrong.
#[tokio::test]
async fn the_tables_are_enforced() {
    let sim = simulator().await;
    let shapes: [(&str, Value); 31] = [
        ("/operationId", json!("")),
        ("/operationId", json!(12854)),
        ("/receiptType", json!(0)),
        ("/receiptType", json!(5)),
        ("/receiptType", json!("1")),
        ("/receiptType", json!(1.0)),
        ("/printReceipt", json!("true")),
        ("/printReceipt", json!(null)),
        ("/taxationSystem", json!(0)),
        ("/taxationSystem", json!(7)),
        ("/buyerEmail", json!(null)),
        ("/buyerPhoneNumber", json!(79991234567_i64)),
        ("/positions", json!([])),
        ("/positions", json!({})),
        ("/positions/0/name", json!(" ")),
        ("/positions/0/quantity", json!(3.0)),
        ("/positions/0/quantity", json!(2.5)),
        ("/positions/0/quantity", json!(0)),
        ("/positions/0/quantity", json!(-3)),
        ("/positions/0/quantity", json!("3")),
        ("/positions/0/price", json!(70.001)),
        ("/positions/0/price", json!(-70)),
        ("/positions/0/price", json!("70")),
        ("/positions/0/taxType", json!(0)),
        ("/positions/0/taxType", json!(7)),
        ("/cashPaymentSum", json!(200.000_000_01)),
        ("/cashlessPaymentSum", json!(-70)),
        ("/totalSum", json!(0.300_000_000_000_000_04)),
        ("/juridicalPersonId", json!("7")),
        ("/cashboxGroupId", json!("da2bb850-63ef-47e4-8b45-7b5b841eaa9")),
        ("/cashboxId", json!("no guid")),
    ];
    for (pointer, value) in shapes {
        let mut body = receipt("a");
        *body.pointer_mut(pointer).unwrap() = value.clone();
        let answer = form(&sim, &body).await.unwrap();
        assert_eq!(answer.status, 400, "{pointer} {value}");
        // For its own sake, not because the sums no longer agree.
        let field = pointer.rsplit('/').next().unwrap();
        let names_it = answer.text().contains(field);
        assert!(names_it, "{pointer} {value}: {}", answer.text());
    }
    let sums: [(&str, Value); 6] = [
        ("/positions/0/quantity", json!(3000)),
        ("/positions/0/price", json!(7000)),
        ("/cashPaymentSum", json!(200.01)),
        ("/cashPaymentSum", json!(270)),
        ("/totalSum", json!(269.99)),
        ("/totalSum", json!(27000)),
    ];
    for (pointer, value) in sums {
        let mut body = receipt("a");
        *body.pointer_mut(pointer).unwrap() = value.clone();
        let answer = form(&sim, &body).await.unwrap();
        assert_eq!(answer.status, 400, "{pointer} {value}");
        let is_about_sums = answer.text().contains(" make ");
        assert!(is_about_sums, "{pointer} {value}: {}", answer.text());
    }
    for required in [
        "operationId",
        "receiptType",
        "printReceipt",
        "taxationSystem",
        "cashPaymentSum",
        "cashlessPaymentSum",
        "totalSum",
        "positions",
    ] {
        let mut body = receipt("a");
        body.as_object_mut().unwrap().remove(required);
        assert_eq!(form(&sim, &body).await.unwrap().status, 400, "{required}");
    }
    for required in ["name", "quantity", "price", "taxType"] {
        let mut body = receipt("a");
        body["positions"][1].as_object_mut().unwrap().remove(required);
        assert_eq!(form(&sim, &body).await.unwrap().status, 400, "{required}");
    }
    let mut body = receipt("a");
    body["paymentMethod"] = json!(4);
    assert_eq!(form(&sim, &body).await.unwrap().status, 400);
    let mut body = receipt("a");
    body["positions"][0]["unit"] = json!("шт");
    assert_eq!(form(&sim, &body).await.unwrap().status, 400);
    for text in ["", "[]", "null", "{\"operationId\":\"a\",}"] {
        assert_eq!(post(&sim, "formReceipt", text).await.unwrap().status, 400, "{text}");
    }
    let mut body = receipt("a");
    body["cashboxId"] = json!("c0264f46-4bfd-4953-bfbe-2e3cd1e0a4ad");
    assert_eq!(form(&sim, &body).await.unwrap().status, 403);

    // None of it used the id up: only the first successful request counts.
    let mut body = receipt("a");
    for optional in ["buyerEmail", "buyerPhoneNumber", "juridicalPersonId", "cashboxGroupId", "cashboxId"] {
        body.as_object_mut().unwrap().remove(optional);
    }
    assert_eq!(form(&sim, &body).await.unwrap().status, 200);
    assert_eq!(settled(&sim, "a").await["handlerCashboxId"], CASHBOX);
    assert_eq!(sim.ledger().count(), 1);
}

#[tokio::test]
async fn kopecks_are_exact() {
    let sim = simulator().await;
    let body = |price: &str, sum: &str| {
        format!(
            r#"{{"operationId":"{price}","receiptType":4,"printReceipt":false,"taxationSystem":6,
            "positions":[{{"name":"x","quantity":3,"price":{price},"taxType":1}}],
            "cashPaymentSum":0,"cashlessPaymentSum":{sum},"totalSum":{sum}}}"#
        )
    };
    for (price, sum) in [("0.1", "0.3"), ("70.10", "210.30"), ("33333333.33", "99999999.99")] {
        assert_eq!(post(&sim, "formReceipt", &body(price, sum)).await.unwrap().status, 200, "{price}");
    }
    for (price, sum) in [("0.1", "0.30000000000000004"), ("70.1", "210.29"), ("33333333.34", "100000000.02")] {
        let text = body(price, sum).replacen(price, "new", 1);
        assert_eq!(post(&sim, "formReceipt", &text).await.unwrap().status, 400, "{price}");
    }
    tokio::time::sleep(ms(50)).await;
    let totals: Vec<_> = sim.ledger().entries().iter().map(|entry| entry.total_kopecks).collect();
    assert_eq!(totals, [30, 21_030, 9_999_999_999]);
    let entry = &sim.ledger().by_key("0.1")[0];
    assert_eq!((entry.kind, entry.taxation, entry.print), (Some(4), Some(32), Some(false)));
}
