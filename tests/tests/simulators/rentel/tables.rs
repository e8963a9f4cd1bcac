use super::*;

/// Each change of the example makes it wrong.
#[tokio::test]
async fn the_schemas_are_enforced() {
    let sim = simulator().await;
    for (pointer, value) in [
        ("/Inn", json!(123_456_789)),
        ("/Inn", json!("123")),
        ("/Inn", json!("7704211201")),
        ("/Type", json!("income")),
        ("/Type", json!("ExpenseCorrection")),
        ("/InvoiceId", json!("1")),
        ("/InvoiceId", json!(null)),
        ("/CallbackUrl", json!(7)),
        ("/Comment", json!("x")),
        ("/CustomerReceipt", json!(null)),
        ("/CustomerReceipt/TaxationSystem", json!(0)),
        ("/CustomerReceipt/TaxationSystem", json!("SimpleInOutcome")),
        ("/CustomerReceipt/PaymentType", json!(0)),
        ("/CustomerReceipt/PaymentType", json!(5)),
        ("/CustomerReceipt/PaymentType", json!(null)),
        ("/CustomerReceipt/BillAddress", json!("")),
        ("/CustomerReceipt/CheckMcMode", json!("IGNORE")),
        ("/CustomerReceipt/Email", json!("ya.ru")),
        ("/CustomerReceipt/Phone", json!("79000000001")),
        ("/CustomerReceipt/Phone", json!("+89000000001")),
        ("/CustomerReceipt/AutomaticDeviceNumber", json!(46204)),
        ("/CustomerReceipt/Items", json!([])),
        ("/CustomerReceipt/CustomUserProperty/Value", json!(null)),
        ("/CustomerReceipt/PaymentAgentInfo/AgentType", json!("ANOTHER")),
        ("/CustomerReceipt/PaymentAgentInfo/ReceiverPhone", json!(["+79000000009"])),
        ("/CustomerReceipt/PaymentAgentInfo/SupplierPhone", json!("84959613422")),
        ("/CustomerReceipt/PaymentAgentInfo/SupplierInn", json!("17398")),
        ("/CustomerReceipt/PaymentAgentInfo/SupplierINN", json!("1739815479")),
        ("/Items", json!([])),
        ("/Items", json!(null)),
        ("/Items/0/Label", json!(" ")),
        ("/Items/0/Price", json!("5555.55")),
        ("/Items/0/Price", json!(5555.555)),
        ("/Items/0/Price", json!(-1)),
        ("/Items/0/Quantity", json!(0)),
        ("/Items/0/Quantity", json!("1")),
        ("/Items/0/Quantity", json!(1.000_000_1)),
        ("/Items/0/Amount", json!(5555.56)),
        ("/Items/0/Amount", json!(555_555)),
        ("/Items/0/Vat", json!("VatNo CalculatedVat10110")),
        ("/Items/0/Vat", json!("Vat22")),
        ("/Items/0/Vat", json!(1)),
        ("/Items/0/Measure", json!("piece")),
        ("/Items/0/Measure", json!(null)),
        ("/Items/0/PaymentMethod", json!(8)),
        ("/Items/0/PaymentMethod", json!(0)),
        ("/Items/0/PaymentType", json!(5)),
        ("/Items/0/MarkingCodeData/Type", json!("KTF7")),
        ("/Items/0/MarkingCodeData/Code", json!("")),
        ("/Items/0/MarkingCodeData/PlannedStatus", json!("1")),
        ("/Items/0/MarkingCodeData/Fractional/Numerator", json!(2)),
        ("/Items/0/MarkingCodeData/Fractional/Numerator", json!(0)),
        ("/Items/0/MarkingCodeData/Fractional/Denominator", json!(1)),
        ("/Items/0/MarkingCodeData/Fractional/Denominator", json!(1.5)),
        ("/PaymentItems/0/PaymentType", json!(5)),
        ("/PaymentItems/0/Sum", json!("5555.55")),
        ("/PaymentItems", json!([])),
        ("/PaymentItems", json!({})),
    ] {
        let field = pointer.rsplit('/').next().unwrap();
        let field = match field {
            "Denominator" if value == 1 => "Numerator",
            "CustomerReceipt" => "CustomerReceipt is not",
            field => field,
        };
        refused(&sim, &with(1, pointer, value), field).await;
    }
    for pointer in [
        "/Inn",
        "/Type",
        "/CustomerReceipt",
        "/CustomerReceipt/TaxationSystem",
        "/CustomerReceipt/PaymentType",
        "/CustomerReceipt/BillAddress",
        "/CustomerReceipt/PaymentAgentInfo/AgentType",
        "/Items",
        "/Items/0/Amount",
        "/Items/0/Price",
        "/Items/0/Quantity",
        "/Items/0/Vat",
        "/Items/0/Label",
        "/Items/0/MarkingCodeData/Fractional/Denominator",
        "/PaymentItems/0/Sum",
    ] {
        refused(&sim, &without(1, pointer), pointer.rsplit('/').next().unwrap()).await;
    }
    for body in [json!({}), json!([]), json!({"Request": receipt(1)["Request"], "Token": "x"}), json!({"Request": []})]
    {
        refused(&sim, &body, "").await;
    }
    assert_eq!(post_text(&sim, "{\"Request\":{},}").await.unwrap().status, 400);
    accepted(&sim, &receipt(1)).await;
    tokio::time::sleep(ms(50)).await;
    assert_eq!(sim.ledger().count(), 1);
}

#[tokio::test]
async fn sums_have_to_agree() {
    let sim = simulator().await;
    let paid = |number: u32, items: Value| with(number, "/PaymentItems", items);
    for items in [
        json!([{"PaymentType": 1, "Sum": 5555.54}]),
        json!([{"PaymentType": 0, "Sum": 6000}]),
        json!([{"PaymentType": 1, "Sum": 5000}, {"PaymentType": 1, "Sum": 555.55}]),
    ] {
        refused(&sim, &paid(1, items), "PaymentItems").await;
    }
    let five: Vec<_> = (0..5).map(|kind| json!({"PaymentType": kind, "Sum": 1111.11})).collect();
    accepted(&sim, &paid(1, json!(five))).await;
    accepted(&sim, &paid(2, json!(null))).await;
    accepted(&sim, &without(3, "/PaymentItems")).await;
    tokio::time::sleep(ms(50)).await;
    let all = sim.ledger().by_key(&id(1)).remove(0);
    assert_eq!(
        (all.cash_kopecks, all.prepaid_kopecks, all.credit_kopecks, all.counter_kopecks),
        (111_111, 111_111, 111_111, 111_111)
    );
    for number in [2, 3] {
        assert_eq!(sim.ledger().by_key(&id(number))[0].cash_kopecks, 555_555, "all in cash");
    }
}

#[tokio::test]
async fn the_amount_is_price_times_quantity() {
    let sim = simulator().await;
    for (number, price, quantity, amount, fits) in [
        (1, "30", "1.5", "45", true),
        (2, "0.01", "0.5", "0.01", true),
        (3, "0.03", "0.5", "0.01", true),
        (4, "0.03", "0.5", "0.02", true),
        (5, "0.03", "0.5", "0.03", false),
        (6, "33.33", "0.333333", "11.11", true),
        (7, "33.33", "0.333333", "11.12", false),
        (8, "1e1", "1", "10", false),
    ] {
        let mut body = without(number, "/Items/0/MarkingCodeData");
        body["Request"]["PaymentItems"] = json!(null);
        let item = &mut body["Request"]["Items"][0];
        for (field, digits) in [("Price", price), ("Quantity", quantity), ("Amount", amount)] {
            item[field] = json!(format!("<{digits}>"));
        }
        let text = body.to_string().replace("\"<", "").replace(">\"", "");
        assert_eq!(post_text(&sim, &text).await.unwrap().status == 200, fits, "{price} {quantity} {amount}");
    }
}

#[tokio::test]
async fn a_fraction_is_of_one_piece() {
    let sim = simulator().await;
    refused(&sim, &with(1, "/Items/0/Measure", json!("KILOGRAM")), "Fractional").await;
    let mut two = receipt(1);
    two["Request"]["Items"][0]["Quantity"] = json!(2);
    two["Request"]["Items"][0]["Amount"] = json!(11111.1);
    two["Request"]["PaymentItems"] = json!(null);
    refused(&sim, &two, "Fractional").await;
    accepted(&sim, &without(1, "/Items/0/Measure")).await;
}

#[tokio::test]
async fn corrections_say_what_they_correct() {
    let sim = simulator().await;
    let info =
        json!({"Type": "SELF", "Description": "Ошибочный чек", "ReceiptDate": "19.01.22", "ReceiptId": "5644062179"});
    refused(&sim, &with(1, "/CustomerReceipt/CorrectionInfo", info.clone()), "CorrectionInfo").await;
    let correction = |number: u32, kind: &str, info: &Value| {
        let mut body = with(number, "/CustomerReceipt/CorrectionInfo", info.clone());
        body["Request"]["Type"] = json!(kind);
        body
    };
    for (number, kind, sign) in [
        (1, "IncomeCorrection", 1),
        (2, "IncomeReturnCorrection", 2),
        (3, "BuyCorrection", 3),
        (4, "ExpenseReturnCorrection", 4),
    ] {
        refused(&sim, &correction(number, kind, &Value::Null), "CorrectionInfo").await;
        accepted(&sim, &correction(number, kind, &info)).await;
        tokio::time::sleep(ms(50)).await;
        let entry = sim.ledger().by_key(&id(number)).remove(0);
        assert_eq!((entry.operation.as_str(), entry.kind, entry.lines.len()), ("correction", Some(sign), 1));
        assert_eq!((entry.tags[&1173].as_str(), entry.tags[&1178].as_str()), ("0", "19.01.22"));
        assert_eq!((entry.tags[&1177].as_str(), entry.tags[&1179].as_str()), ("Ошибочный чек", "5644062179"));
    }
    for (field, value) in [
        ("Type", json!("BY_ORDER")),
        ("Description", json!("")),
        ("ReceiptDate", json!("2022-01-19")),
        ("ReceiptDate", json!("19.01.2022")),
        ("ReceiptDate", json!("31.02.22")),
        ("ReceiptDate", json!("01.01.99")),
        ("ReceiptId", json!(5_644_062_179_i64)),
        ("Number", json!("1")),
    ] {
        let mut info = info.clone();
        info[field] = value;
        refused(&sim, &correction(5, "IncomeCorrection", &info), field).await;
    }
    let mut by_order = info.clone();
    by_order["Type"] = json!("INSTRUCTION");
    accepted(&sim, &correction(6, "IncomeCorrection", &by_order)).await;
    by_order.as_object_mut().unwrap().remove("ReceiptId");
    refused(&sim, &correction(7, "IncomeCorrection", &by_order), "ReceiptId").await;
}

#[tokio::test]
async fn every_code_reaches_the_book() {
    let sim = simulator().await;
    let types = ["Income", "IncomeReturn", "Expense", "ExpenseReturn", "IncomePrepayment", "IncomeReturnPrepayment"];
    let signs = [1, 2, 3, 4, 1, 2];
    let systems = ["Common", "SimpleIn", "SimpleInOut", "Unified", "UnifiedAgricultural", "Patent"];
    let agents = [
        "BANK_PAYMENT_AGENT",
        "BANK_PAYMENT_SUBAGENT",
        "PAYMENT_AGENT",
        "PAYMENT_SUBAGENT",
        "CONFIDANT",
        "COMMISSIONER",
    ];
    let vats = ["Vat10", "Vat0", "VatNo", "CalculatedVat10110", "CalculatedVat18118", "CalculatedVat20120"];
    let measures =
        [("GRAM", "10"), ("KILOGRAM", "11"), ("METER", "22"), ("LITER", "41"), ("HOUR", "71"), ("OTHER", "255")];
    for at in 0..6 {
        let number = at as u32 + 1;
        let mut body = with(number, "/Type", json!(types[at]));
        let customer = &mut body["Request"]["CustomerReceipt"];
        customer["TaxationSystem"] = json!(systems[at]);
        customer["PaymentAgentInfo"]["AgentType"] = json!(agents[at]);
        customer["BillAddress"] = json!("shop.ru");
        let item = &mut body["Request"]["Items"][0];
        item["Vat"] = json!(vats[at]);
        item["Measure"] = json!(measures[at].0);
        item["PaymentType"] = json!(null);
        item["MarkingCodeData"] = json!(null);
        accepted(&sim, &body).await;
        tokio::time::sleep(ms(40)).await;
        let entry = sim.ledger().by_key(&id(number)).remove(0);
        assert_eq!((entry.kind, entry.taxation, entry.agent), (Some(signs[at]), Some(1 << at), Some(1 << at)));
        assert_eq!((entry.place.as_deref(), entry.lines[0].subject), (Some("shop.ru"), Some(1)));
        assert_eq!((entry.lines[0].vat.as_str(), entry.lines[0].tags[&2108].as_str()), (vats[at], measures[at].1));
    }
    let mut advance = without(9, "/Items/0/Label");
    advance["Request"]["Items"][0]["PaymentMethod"] = json!(3);
    accepted(&sim, &advance).await;
}
