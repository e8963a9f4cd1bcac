use super::*;

fn with(number: u32, pointer: &str, value: Value) -> Value {
    let mut command = sale();
    let (owner, field) = pointer.rsplit_once('/').unwrap();
    command.pointer_mut(owner).unwrap()[field] = value;
    document(number, command)
}

/// Each change makes it wrong.
#[tokio::test]
async fn the_tables_are_enforced() {
    let sim = simulator().await;
    for (pointer, value) in [
        ("/isPrintable", json!("false")),
        ("/sno", json!("sno_ysn_dm")),
        ("/sno", json!(2)),
        ("/tagCashierINN", json!("12")),
        ("/tagCashierName", json!("")),
        ("/tagClientContact", json!("cl@mail")),
        ("/tagClientContact", json!("7000")),
        ("/tagClientINN", json!(7_704_211_201_i64)),
        ("/tagSaleLocation", json!(null)),
        ("/tagAgentType", json!(0)),
        ("/tagAgentType", json!(128)),
        ("/tagAgentType", json!("1")),
        ("/tagTransferServiceOperatorINN", json!("x")),
        ("/tagSupplierINN", json!("7704211201")),
        ("/lines", json!([])),
        ("/lines/0/title", json!("ы".repeat(251))),
        ("/lines/0/title", json!("")),
        ("/lines/0/price", json!(30)),
        ("/lines/0/price", json!("30.001")),
        ("/lines/0/price", json!("-30")),
        ("/lines/0/price", json!("3e1")),
        ("/lines/0/quantity", json!(1.5)),
        ("/lines/0/quantity", json!("1.5001")),
        ("/lines/0/quantity", json!("0")),
        ("/lines/0/total", json!(45.0)),
        ("/lines/0/total", json!("45.02")),
        ("/lines/0/total", json!("45.001")),
        ("/lines/0/tax", json!("vat_22")),
        ("/lines/0/tax", json!("vat_18")),
        ("/lines/0/ppr", json!("commodity")),
        ("/lines/0/psr", json!("full_payment")),
        ("/lines/0/tagAgentType", json!(128)),
        ("/lines/0/tagServiceProviderINN", json!("77")),
        ("/lines/0/tagExcise", json!("x")),
        ("/lines/0/tagCountry", json!("RU")),
        ("/lines/0/tagGtdNumber", json!("1".repeat(33))),
        ("/lines/0/tagTrueSign", json!("")),
        ("/lines/0/tags", json!({})),
        ("/lines/0/measure", json!(0)),
        ("/amountCash", json!("45")),
        ("/amountCash", json!(45.001)),
        ("/amountElectronic", json!(-1)),
        ("/amountCard", json!(1)),
    ] {
        refused(&sim, &with(1, pointer, value), pointer.rsplit('/').next().unwrap()).await;
    }
    for (tag, field) in [
        (json!({"id": "x", "type": "byte", "value": "1"}), "id"),
        (json!({"id": 1191, "type": "text", "value": "1"}), "type"),
        (json!({"id": 1191, "type": "byte", "value": "256"}), "value"),
        (json!({"id": 1162, "type": "array", "value": "15 2004"}), "value"),
        (json!({"id": 1191, "type": "string", "value": null}), "value"),
        (json!({"id": 1191, "type": "string", "value": "x", "name": "y"}), "name"),
    ] {
        refused(&sim, &with(1, "/lines/0/tags", json!([tag])), field).await;
    }
    for field in ["title", "price", "quantity", "tax", "ppr", "psr"] {
        let mut command = sale();
        command["lines"][0].as_object_mut().unwrap().remove(field).unwrap();
        refused(&sim, &document(1, command), field).await;
    }
    queued(&sim, &document(1, sale())).await;
}

#[tokio::test]
async fn who_prints_nothing_has_to_be_told_where_to_send_it() {
    let sim = simulator().await;
    let mut command = sale();
    command.as_object_mut().unwrap().remove("tagClientContact").unwrap();
    refused(&sim, &document(1, command.clone()), "tagClientContact").await;
    command["isPrintable"] = json!(true);
    run(&sim, &document(1, command)).await;
    assert_eq!(sim.ledger().entries()[0].print, Some(true));
}

#[tokio::test]
async fn sums_have_to_agree_and_only_cash_may_exceed() {
    let sim = simulator().await;
    let paid = |number: u32, amounts: Value| {
        let mut command = sale();
        for field in ["amountCash", "amountElectronic"] {
            command.as_object_mut().unwrap().remove(field);
        }
        command.as_object_mut().unwrap().extend(amounts.as_object().unwrap().clone());
        document(number, command)
    };
    for amounts in [
        json!({"amountCash": 545.51}),
        json!({"amountElectronic": 545.53}),
        json!({"amountElectronic": 54552}),
        json!({"amountPrepaid": 600}),
    ] {
        refused(&sim, &paid(1, amounts), "kopecks").await;
    }
    refused(&sim, &paid(1, json!({})), "amountCash").await;
    run(&sim, &paid(1, json!({"amountCash": 600}))).await;
    let five = json!({"amountCash": 100, "amountElectronic": 100, "amountPrepaid": 100, "amountCredit": 100,
        "amountIncoming": 145.52});
    run(&sim, &paid(2, five)).await;
    let entry = sim.ledger().by_key(&key(2)).remove(0);
    assert_eq!((entry.prepaid_kopecks, entry.credit_kopecks, entry.counter_kopecks), (10_000, 10_000, 14_552));
}

#[tokio::test]
async fn every_field_and_code_reaches_the_book() {
    let sim = simulator().await;
    let ppr = [
        "goods",
        "excise_goods",
        "job",
        "service",
        "bet_in_game",
        "winning_in_game",
        "lottery_ticket",
        "lottery_winning",
        "ipr",
        "payment",
        "agent_commission",
        "composite",
        "other",
    ];
    let psr = ["prepayment_100", "prepayment", "advance", "full_settle", "credit", "credit_transfer", "credit_payment"];
    let tax = ["vat_none", "vat_0", "vat_10", "vat_20", "vat_110", "vat_120"];
    let lines: Vec<Value> = (0..13)
        .map(|at| {
            json!({"title": "Т", "price": "1,5", "quantity": "2", "tax": tax[at % 6], "ppr": ppr[at],
                "psr": psr[at % 7]})
        })
        .collect();
    let mut command = sale();
    command["lines"] = json!(lines);
    command["amountCash"] = json!(39);
    command["amountElectronic"] = json!(0);
    for (number, kind) in ["sale", "returnSale", "buy", "returnBuy"].into_iter().enumerate() {
        command["type"] = json!(kind);
        let number = number as u32 + 1;
        run(&sim, &document(number, command.clone())).await;
        let entry = sim.ledger().by_key(&key(number)).remove(0);
        assert_eq!(entry.kind, u8::try_from(number).ok());
        for (at, line) in entry.lines.iter().enumerate() {
            assert_eq!(line.subject.map(usize::from), Some(at + 1));
            assert_eq!(line.payment_mode.map(usize::from), Some(at % 7 + 1));
            assert_eq!((line.vat.as_str(), line.price_kopecks), (tax[at % 6], 150));
        }
    }
    for (number, sno) in
        ["sno_osn", "sno_ysn_d", "sno_ysn_dmr", "sno_envd", "sno_esn", "sno_psn"].into_iter().enumerate()
    {
        let number = number as u32 + 10;
        run(&sim, &with(number, "/sno", json!(sno))).await;
        assert_eq!(sim.ledger().by_key(&key(number))[0].taxation, Some(1 << (number - 10)));
    }

    let mut full = sale();
    full.as_object_mut().unwrap().extend(
        json!({"tagClientTitle": "ООО", "tagClientINN": "7704211201", "tagSaleLocation": "shop.ru",
            "tagAgentType": 65, "tagAgentOperator": "Перевод", "tagAgentContact": "+71",
            "tagPayeeServiceOperatorContact": "+72", "tagTransferServiceOperatorContact": "+73",
            "tagTransferServiceOperatorTitle": "Банк", "tagTransferServiceOperatorAddress": "Москва",
            "tagTransferServiceOperatorINN": "7707083893"})
        .as_object()
        .unwrap()
        .clone(),
    );
    full["lines"][0].as_object_mut().unwrap().extend(
        json!({"tagAgentType": 1, "tagServiceProviderINN": "7704211201", "tagServiceProviderContact": "+74",
            "tagServiceProviderTitle": "Поставщик", "tagExcise": "1.5", "tagCountry": "643", "tagGtdNumber": "1",
            "tagTrueSign": "010\u{1d}21", "tags": [{"id": "1191", "type": "string", "value": "x"}]})
        .as_object()
        .unwrap()
        .clone(),
    );
    let end = run(&sim, &document(30, full)).await;
    assert!(end["resultItem"]["commands"].as_str().unwrap().contains("010\\u001d21"));
    let entry = sim.ledger().by_key(&key(30)).remove(0);
    assert_eq!((entry.agent, entry.place.as_deref()), (Some(65), Some("shop.ru")));
    let tags: Vec<_> = entry.tags.into_iter().filter(|(tag, _)| ![1021, 1203].contains(tag)).collect();
    let expected = [
        (1005, "Москва"),
        (1016, "7707083893"),
        (1026, "Банк"),
        (1044, "Перевод"),
        (1073, "+71"),
        (1074, "+72"),
        (1075, "+73"),
        (1227, "ООО"),
        (1228, "7704211201"),
    ];
    assert_eq!(tags, expected.map(|(tag, text)| (tag, text.to_owned())));
    let line = &entry.lines[0];
    assert_eq!((line.agent, line.supplier_inn.as_deref()), (Some(1), Some("7704211201")));
    let tags: Vec<_> = line.tags.iter().map(|(tag, value)| (*tag, value.as_str())).collect();
    let expected = [
        (1162, "010\u{1d}21"),
        (1171, "+74"),
        (1191, "x"),
        (1225, "Поставщик"),
        (1229, "150"),
        (1230, "643"),
        (1231, "1"),
    ];
    assert_eq!(tags, expected);
}

#[tokio::test]
async fn the_vendor_can_round() {
    let sim = start(Options { rounds: true, check_sign: true, ..options() }).await;
    let mut command = sale();
    command["lines"] = json!([{"title": "Т", "price": "30.005", "quantity": "1.4995", "tax": "vat_0",
        "ppr": "goods", "psr": "credit"}]);
    command["amountCash"] = json!(45.02);
    command["amountElectronic"] = json!(0);
    let end = run(&sim, &document(1, command)).await;
    let entry = sim.ledger().entries().remove(0);
    let line = &entry.lines[0];
    assert_eq!((line.price_kopecks, line.quantity_micros, line.total_kopecks), (3_001, 1_500_000, 4_502));
    assert_eq!(end["checkSign"], entry.fiscal_sign.unwrap().to_string());
}
