use kassa_tests::sim::Operation;

use super::*;

fn open() -> Value {
    json!({"type": "openSession", "isPrintable": false, "tagCashierINN": "123456789047", "tagCashierName": "ФИО"})
}

fn with_inn(kind: &str) -> Value {
    json!({"type": kind, "isPrintable": true, "tagCashierName": "Кассир", "tagCashierInn": "123456789047"})
}

fn cash(kind: &str) -> Value {
    let mut command = with_inn(kind);
    command["amountCash"] = json!(500.52);
    command
}

#[tokio::test]
async fn a_shift_opens_once_and_closes_once() {
    let sim = start(Options::new(SECRET, [register(REGISTER, Session::Closed)])).await;
    let opened = run(&sim, &document(1, open())).await;
    assert_eq!((&opened["title"], &opened["isFiscal"]), (&json!("shift opening"), &json!(true)));
    assert_eq!((&opened["sessionNumber"], &opened["checkNumber"]), (&json!("20"), &json!("11")));
    assert_eq!((&opened["fsNumber"], &opened["checkDate"]), (&json!(""), &json!("1969-12-31 21:00:00")));
    assert_eq!(opened["checkUrl"], "t=19700101T000000&s=0.00&fn=&i=11&fp=0000000000&n=0");
    assert_eq!(opened["resultItem"]["creErrorText"], "[ OpenSession ] no error");

    let twice = run(&sim, &document(2, open())).await["resultItem"].clone();
    assert_eq!((&twice["result"], &twice["creErrorId"]), (&json!("critical_error"), &json!("83")));
    assert_eq!(twice["creErrorText"], "[ OpenSession.Report ] Смена открыта, операция невозможна");

    let closed = run(&sim, &document(3, with_inn("closeSession"))).await;
    assert_eq!((&closed["sessionNumber"], &closed["checkNumber"]), (&json!("20"), &json!("12")));
    let twice = run(&sim, &document(4, with_inn("closeSession"))).await;
    assert_eq!(twice["resultItem"]["result"], "critical_error");
    assert_eq!((&twice["checkNumber"], &twice["checkDate"]), (&json!("0"), &json!("1970-01-01 00:00:00")));
    let book: Vec<_> = sim.ledger().entries().iter().map(|entry| entry.operation).collect();
    assert_eq!(book, [Operation::ShiftOpen, Operation::ShiftClose]);
}

#[tokio::test]
async fn a_receipt_opens_its_shift_by_itself_or_not() {
    for (session, alone, expected) in [
        (Session::Closed, true, vec![Operation::ShiftOpen, Operation::Receipt]),
        (Session::Expired, true, vec![Operation::ShiftClose, Operation::ShiftOpen, Operation::Receipt]),
        (Session::Opened, false, vec![Operation::Receipt]),
        (Session::Closed, false, vec![]),
        (Session::Expired, false, vec![]),
    ] {
        let options = Options::new(SECRET, [register(REGISTER, session)]);
        let sim = start(Options { shifts_by_themselves: alone, ..options }).await;
        let end = run(&sim, &document(1, sale())).await;
        let book = sim.ledger().entries();
        let operations: Vec<_> = book.iter().map(|entry| entry.operation).collect();
        assert_eq!(operations, expected, "{session:?}");
        assert_eq!(end["resultItem"]["result"] == "success", !expected.is_empty());
        if let Some(receipt) = book.last() {
            let number = 10 + book.len();
            assert_eq!(end["checkNumber"], number.to_string());
            assert_eq!((receipt.receipt_number, sim.ledger().by_key(&key(1)).len()), (Some(1), 1));
        }
    }
}

#[tokio::test]
async fn reports_and_cash_are_not_fiscal() {
    let sim = simulator().await;
    for (number, command, operation) in [
        (1, with_inn("xReport"), Operation::XReport),
        (2, cash("cashIn"), Operation::CashIn),
        (3, cash("cashOut"), Operation::CashOut),
    ] {
        let end = run(&sim, &document(number, command)).await;
        assert_eq!((&end["isFiscal"], &end["resultItem"]["result"]), (&json!(false), &json!("success")));
        assert_eq!((&end["checkNumber"], &end["checkDate"], &end["checkUrl"]), (&json!(""), &Value::Null, &json!("")));
        let entry = sim.ledger().by_key(&key(number)).remove(0);
        assert_eq!((entry.operation, entry.fd_number), (operation, None));
        assert_eq!(entry.total_kopecks, if operation == Operation::XReport { 0 } else { 50_052 });
    }
    for amount in [json!(0), json!(-1), json!(1.005), json!("500.52"), json!(null)] {
        let mut command = cash("cashIn");
        command["amountCash"] = amount;
        refused(&sim, &document(9, command), "amountCash").await;
    }
}

#[tokio::test]
async fn corrections_are_sums_by_rate() {
    let sim = simulator().await;
    let end = run(&sim, &document(1, correction())).await;
    assert_eq!((&end["type"], &end["checkNumber"]), (&json!("correction"), &json!("11")));
    let entry = sim.ledger().entries().remove(0);
    assert_eq!((entry.operation, entry.kind, entry.taxation), (Operation::Correction, Some(1), Some(4)));
    assert_eq!((entry.total_kopecks, entry.lines.len(), entry.receipt_number), (10_150, 0, Some(1)));
    assert_eq!((entry.tags[&1102].as_str(), entry.tags[&1105].as_str()), ("10050", "100"));
    assert_eq!((entry.tags[&1173].as_str(), entry.tags[&1178].as_str()), ("0", "2019-11-22"));
    assert_eq!((entry.tags[&1177].as_str(), entry.tags[&1179].as_str()), ("Opisanie", "7"));

    let mut by_order = correction();
    by_order["correctionType"] = json!("byDocument");
    by_order["paymentSign"] = json!("outcoming");
    run(&sim, &document(2, by_order.clone())).await;
    let entry = sim.ledger().by_key(&key(2)).remove(0);
    assert_eq!((entry.kind, entry.tags[&1173].as_str()), (Some(3), "1"));
    by_order.as_object_mut().unwrap().remove("docNumber");
    refused(&sim, &document(3, by_order), "docNumber").await;

    for (field, value) in [
        ("docDate", json!("22.11.2019")),
        ("docDate", json!("2019-02-30")),
        ("docDate", json!("2999-01-01")),
        ("docDate", json!("2019-11-22T00:00:00")),
        ("docDescription", json!("")),
        ("correctionType", json!("self")),
        ("paymentSign", json!("income")),
        ("amountVat20", json!(100.5)),
        ("amountVat20", json!("100.505")),
        ("amountVat20", json!("-1")),
        ("amountVat22", json!("1")),
        ("amountCash", json!(101.5)),
        ("lines", json!([])),
        ("sno", json!("sno_ysn_dm")),
        ("tagCashierInn", json!("123456789047")),
    ] {
        let mut command = correction();
        command[field] = value;
        refused(&sim, &document(3, command), field).await;
    }
    for field in ["docDescription", "docDate", "correctionType", "paymentSign", "sno", "isPrintable"] {
        let mut command = correction();
        command.as_object_mut().unwrap().remove(field).unwrap();
        refused(&sim, &document(3, command), field).await;
    }
}

#[tokio::test]
async fn text_is_printed_between_its_marks() {
    let sim = simulator().await;
    let slip = json!([
        {"type": "startSlip"},
        {"type": "print", "text": "Заголовок документа", "font": "bold"},
        {"type": "feed", "count": 10},
        {"type": "printQR", "text": "Номер_билета", "size": "6"},
        {"type": "endSlip", "disablePrintFooter": true},
    ]);
    let body = |commands: &Value| json!({"creItemId": REGISTER, "idempKey": key(1), "commands": commands});
    let end = run(&sim, &body(&slip)).await;
    assert_eq!((&end["isFiscal"], &end["type"]), (&json!(false), &json!("startSlip")));
    assert_eq!(sim.ledger().entries()[0].operation, Operation::Slip);
    for (at, field, value) in [
        (0, "isPrintable", json!(true)),
        (1, "isPrintable", json!(true)),
        (1, "font", json!("italic")),
        (1, "text", json!("")),
        (2, "count", json!("10")),
        (3, "size", json!(6)),
        (4, "disablePrintFooter", json!("true")),
        (2, "type", json!("sale")),
    ] {
        let mut commands = slip.clone();
        commands[at][field] = value;
        let mut wrong = body(&commands);
        wrong["idempKey"] = json!(key(2));
        refused(&sim, &wrong, field).await;
    }
    let loose = json!([{"type": "print", "text": "Строка 2\nСтрока 3"}]);
    let mut loose = body(&loose);
    loose["idempKey"] = json!(key(3));
    run(&sim, &loose).await;
    for commands in [json!([{"type": "startSlip"}]), json!([{"type": "endSlip"}]), json!([]), json!({})] {
        let mut wrong = body(&commands);
        wrong["idempKey"] = json!(key(4));
        refused(&sim, &wrong, "").await;
    }
}

#[tokio::test]
async fn names_are_those_of_the_document() {
    let sim = simulator().await;
    let misspelt = |command: Value, from: &str, to: &str| {
        let mut command = command;
        let value = command.as_object_mut().unwrap().remove(from).unwrap();
        command[to] = value;
        command
    };
    for (command, field) in [
        (json!({"type": "Sale"}), "Sale"),
        (json!({"type": "cashout"}), "cashout"),
        (json!({}), "type"),
        (misspelt(sale(), "tagCashierINN", "tagCashierInn"), "tagCashierInn"),
        (misspelt(open(), "tagCashierINN", "tagCashierInn"), "tagCashierInn"),
        (misspelt(with_inn("xReport"), "tagCashierInn", "tagCashierINN"), "tagCashierINN"),
        (misspelt(cash("cashOut"), "tagCashierInn", "tagCashierINN"), "tagCashierINN"),
        (misspelt(open(), "isPrintable", "printable"), "isPrintable"),
    ] {
        refused(&sim, &document(1, command), field).await;
    }
    for (field, value) in [
        ("creItemId", json!("${CreItemId}")),
        ("creItemId", json!(key(5))),
        ("idempKey", json!("1")),
        ("idempKey", json!(null)),
        ("title", json!("x")),
    ] {
        let mut body = document(1, sale());
        body[field] = value;
        refused(&sim, &body, field).await;
    }
    let two = json!({"creItemId": REGISTER, "commands": [sale(), sale()]});
    refused(&sim, &two, "more than one").await;
    assert_eq!(sim.ledger().count(), 0);
}
