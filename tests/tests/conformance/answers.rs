//! What the answers of Mobika, IT Kassa and Rentel prove (FACTS C.10, D.1).

use kassa_core::{Bytes, Finding, Request, Verdict};
use kassa_providers::uniform::{Operation, Registration, StatusQuery, error_class};
use serde_json::{Value, json};

use crate::accounts::{Account, SECRET, account};
use crate::examples;
use crate::receipts::{KEY, PLAIN, receipt};
use crate::replies::{done, found, reply};

/// Mobika's documented order.
const ORDER: &str = "267f642d-9081-4045-a749-f9d299aef295";

fn mobika() -> Account {
    account("mobika", &[("auth_header", "X-Token"), ("auth_value", SECRET), ("group", "group")])
}

fn it_kassa(unknown_key: Option<&'static str>) -> Account {
    let mut settings = vec![("api_key", SECRET), ("register", "register"), ("utc_offset", "+03:00")];
    settings.extend(unknown_key.map(|choice| ("unknown_key", choice)));
    account("itkassa", &settings)
}

fn rentel() -> Account {
    rentel_with(&[])
}

fn rentel_with(choices: &[(&'static str, &str)]) -> Account {
    let settings = [
        ("auth_header", "X-Token"),
        ("auth_value", SECRET),
        ("seller_inn", "7707083893"),
        ("callback_url", "https://shop.example/"),
        ("callback_token", SECRET),
    ];
    account("rentel", &[&settings, choices].concat())
}

fn example(provider: &str, name: &str) -> Value {
    serde_json::from_str(&examples::read(provider, name)).unwrap()
}

fn asked(account: &Account, key: &str, operation: Operation, status: u16, body: &Value) -> Verdict<Registration> {
    account.provider.status_reply(key, &StatusQuery { operation, provider_id: None }, &reply(status, body.to_string()))
}

fn called_back(account: &Account, callback: &str, operation: Operation, body: &Value) -> Verdict<Registration> {
    account.provider.callback_verdict(callback, KEY, operation, &Request::new(body.to_string().into()))
}

#[track_caller]
fn assert_doubt(verdict: Verdict<Registration>, what: &str) {
    let finding = found(verdict);
    assert_eq!(finding.class, &error_class::OUTCOME_UNKNOWN, "{what}: {finding:?}");
}

/// Nothing but somebody who looks can tell.
fn assert_held(verdict: Verdict<Registration>, what: &str) {
    let finding = found(verdict);
    assert_eq!(finding.class, &error_class::INVESTIGATE, "{what}: {finding:?}");
}

/// Class, whether a new key is due, and the provider's code.
fn told(verdict: Verdict<Registration>) -> (&'static str, bool, Option<String>) {
    let Finding { class, new_key, code, .. } = found(verdict);
    (class.name, new_key, code.filter(|code| !code.starts_with("HTTP ")))
}

/// M7, M8: a cashier registers it some time.
#[test]
fn mobika_order_and_its_states() {
    let sent = mobika().provider.decode(ORDER, &receipt(PLAIN), &reply(200, "anything"));
    assert_eq!(told(sent), ("in_progress", false, None));
    let order = example("mobika", "get_order.response.json");
    let of = |change: fn(&mut Value)| {
        let mut order = order.clone();
        change(&mut order);
        asked(&mobika(), ORDER, Operation::RegisterReceipt, 200, &order)
    };
    let registration = done(of(|_| {}));
    assert_eq!(registration.fiscal_sign, Some(4_200_000_001)); // M3
    assert_eq!(registration.document_number, Some(21));
    assert_eq!(registration.registered_at.unwrap().to_string(), "2019-01-29T14:55:50+00:00");
    assert_eq!(registration.cashier_name.as_deref(), Some("Иванов А"));
    assert_eq!(registration.unread, Vec::<String>::new());
    assert_eq!(
        done(of(|order| order["registrationInfo"]["fiscalSign"] = json!(4_200_000_001_u32))).fiscal_sign,
        Some(4_200_000_001)
    );
    fn without(order: &mut Value, fields: &[&str]) {
        order.as_object_mut().unwrap().retain(|name, _| !fields.contains(&name.as_str()));
    }
    // Queued, and accepted by a register.
    for more in [false, true] {
        let mut order = order.clone();
        without(&mut order, &["status", "processed", "registrationInfo"]);
        if !more {
            without(&mut order, &["accepted"]);
        }
        let verdict = asked(&mobika(), ORDER, Operation::RegisterReceipt, 200, &order);
        assert_eq!(told(verdict), ("in_progress", false, None));
    }
    // Processed, and how is not said; another state than the document's only one; another order.
    assert_doubt(of(|order| without(order, &["registrationInfo"])), "no registration");
    assert_doubt(of(|order| order["status"] = json!("cancelled")), "another state");
    assert_doubt(of(|order| without(order, &["status"])), "no state");
    assert_doubt(of(|order| order["orderId"] = json!("another")), "another order");
}

/// D.1.
#[test]
fn mobika_statuses() {
    let error = example("mobika", "error.response.json");
    let account = mobika();
    let posted = [
        (400, "invalid"),
        (401, "auth_config"),
        (403, "auth_config"),
        (404, "auth_config"),
        (405, "auth_config"),
        (429, "overloaded"),
        (500, "outcome_unknown"),
        (502, "outcome_unknown"),
    ];
    for (status, class) in posted {
        let verdict = account.provider.decode(KEY, &receipt(PLAIN), &reply(status, error.to_string()));
        assert_eq!(told(verdict), (class, false, None), "{status}");
    }
    let verdict = asked(&account, KEY, Operation::RegisterReceipt, 404, &error);
    assert_eq!(told(verdict), ("not_found", false, None));
    assert_eq!(told(asked(&account, KEY, Operation::RegisterReceipt, 500, &error)).0, "outcome_unknown");
}

/// IK4 to IK8, C.10.
#[test]
fn it_kassa_documents() {
    let account = it_kassa(None);
    let of = |name: &str, operation| asked(&account, KEY, operation, 200, &example("itkassa", name));
    assert_eq!(told(of("open_session_queued.response.json", Operation::OpenShift)), ("in_progress", false, None));
    let opened = done(of("open_session_done.response.json", Operation::OpenShift));
    assert_eq!((opened.shift_number, opened.document_number), (Some(1), Some(11))); // IK5, IK7
    assert_eq!(opened.registered_at, None); // IK4: 1969 is no date
    assert_eq!(opened.fiscal_sign, None); // all zeros in the QR code
    assert_eq!(opened.fn_serial, None); // an empty text is none
    assert_eq!(opened.provider_id.as_deref(), Some("b61a171e-f7ef-4b6b-a239-8f246925342a"));
    assert_eq!(opened.unread, Vec::<String>::new());
    let reported = done(of("x_report_done.response.json", Operation::XReport));
    assert_eq!((reported.document_number, reported.qr, reported.unread), (None, None, Vec::new()));
    // The same to the command itself.
    let queued = example("itkassa", "open_session_queued.response.json").to_string();
    let verdict = account.provider.decode(KEY, &receipt(PLAIN), &reply(200, queued));
    assert_eq!(told(verdict), ("in_progress", false, None));
}

/// A document of a sale that has been printed, with what a real register says.
fn sold(change: impl FnOnce(&mut Value)) -> Value {
    let mut answer = example("itkassa", "open_session_done.response.json");
    let document = &mut answer["object"];
    document["type"] = json!("sale");
    document["checkNumber"] = json!("174");
    document["fsNumber"] = json!("9999078900006849");
    document["checkDate"] = json!("2026-03-01 12:34:56");
    document["checkUrl"] = json!("t=20260301T123456&s=61.00&fn=9999078900006849&i=174&fp=0123456789&n=1");
    change(document);
    answer
}

#[test]
fn it_kassa_registers_a_sale() {
    let account = it_kassa(None);
    let sale = |body: &Value| asked(&account, KEY, Operation::RegisterReceipt, 200, body);
    let registration = done(sale(&sold(|_| {})));
    assert_eq!(registration.document_number, Some(174)); // IK7
    assert_eq!(registration.fiscal_sign, Some(123_456_789)); // IK6: from the QR code
    assert_eq!(registration.registered_at.unwrap().to_string(), "2026-03-01T12:34:56+03:00"); // IK4
    assert_eq!(registration.fn_serial.as_deref(), Some("9999078900006849")); // IK8
    // IK6: the sign itself, where it is.
    assert_eq!(done(sale(&sold(|document| document["checkSign"] = json!("987654321")))).fiscal_sign, Some(987_654_321));
    assert_doubt(sale(&sold(|document| document["idempKey"] = json!("another"))), "another key");
    // What contradicts itself proves nothing.
    assert_doubt(sale(&sold(|document| document["resultItem"]["creErrorId"] = json!("83"))), "success with an error");
    assert_doubt(sale(&sold(|document| document["resultItem"]["result"] = json!("warning"))), "another result");
    // IK7: a text of the QR code whose number is 0 belongs to no document.
    assert!(registration.qr.is_some_and(|qr| qr.contains("i=174")));
    let unnumbered = "t=19700101T000000&s=0.00&fn=&i=0&fp=0000000000&n=0";
    assert_eq!(done(sale(&sold(|document| document["checkUrl"] = json!(unnumbered)))).qr, None);
    // Waiting.
    let waiting = sale(&sold(|document| document["resultItem"] = Value::Null));
    assert_eq!(told(waiting), ("in_progress", false, None));
}

/// Somebody has to look, since asking again tells nothing else.
#[track_caller]
fn assert_test_register(verdict: Verdict<Registration>) {
    let finding = found(verdict);
    assert_eq!(finding.class, &error_class::INVESTIGATE, "{finding:?}");
    assert!(finding.about.contains("test register"), "{finding:?}");
}

/// What makes a fiscal document, and what makes none.
const FISCAL: [Operation; 4] =
    [Operation::RegisterReceipt, Operation::RegisterCorrection, Operation::OpenShift, Operation::CloseShift];
const PLAIN_JOBS: [Operation; 4] = [Operation::CashIn, Operation::CashOut, Operation::XReport, Operation::PrintSlip];

/// IK6, IK7: "success" alone registers nothing fiscal, and a number 0 is that of a test register.
#[test]
fn it_kassa_wants_a_fiscal_document() {
    let account = it_kassa(None);
    let none = |document: &mut Value| {
        document["checkNumber"] = json!("");
        document["checkUrl"] = json!("");
    };
    let zero = |document: &mut Value| {
        document["checkNumber"] = json!("0");
        document["checkUrl"] = json!("t=19700101T000000&s=0.00&fn=&i=0&fp=0000000000&n=0");
    };
    let signed = |document: &mut Value| {
        document["checkNumber"] = Value::Null;
        document["checkSign"] = json!("987654321");
    };
    let no_sign = |document: &mut Value| {
        document["checkNumber"] = Value::Null;
        document["checkSign"] = json!("0000000000");
    };
    for operation in FISCAL {
        let answer = |change: fn(&mut Value)| asked(&account, KEY, operation, 200, &sold(change));
        assert_eq!(done(answer(|_| {})).document_number, Some(174), "{operation}");
        assert_eq!(done(answer(signed)).fiscal_sign, Some(987_654_321), "{operation}");
        for (change, what) in [(none as fn(&mut Value), "no number"), (no_sign, "sign 0")] {
            assert_held(answer(change), &format!("{operation}, {what}"));
        }
        assert_test_register(answer(zero));
    }
    for operation in PLAIN_JOBS {
        let registration = done(asked(&account, KEY, operation, 200, &sold(none)));
        assert_eq!((registration.document_number, registration.qr), (None, None), "{operation}");
    }
    // At once, in the answer to the command: the same.
    let answered =
        |change: fn(&mut Value)| account.provider.decode(KEY, &receipt(PLAIN), &reply(200, sold(change).to_string()));
    assert_eq!(done(answered(|_| {})).document_number, Some(174));
    assert_held(answered(none), "no number");
    assert_held(answered(no_sign), "sign 0");
    assert_test_register(answered(zero));
    // What the document shows about a shift is no sale.
    assert_doubt(answered(|document| document["type"] = json!("openSession")), "another job");
}

/// IK12, IK13, D.1: the document says that the commands had been carried out when such an error came, so it proves
/// nothing of a receipt; of the opening of a shift it says that the shift had been open.
#[test]
fn it_kassa_refusals() {
    let account = it_kassa(None);
    let failed = |kind: &'static str, code: Value, text: &'static str| {
        sold(|document| {
            document["type"] = json!(kind);
            document["resultItem"]["result"] = json!("critical_error");
            document["resultItem"]["creErrorId"] = code;
            document["resultItem"]["creErrorText"] = json!(text);
        })
    };
    let shift_open = "[ OpenSession.Report ] Смена открыта, операция невозможна";
    let blocked = ("device_blocked", true, None);
    // Asked again, the service says the same: somebody has to look.
    let unknown = ("investigate", false, None);
    let no_connection = ("outcome_unknown", false, Some("Error 255".to_owned()));
    let cases = [
        (Operation::RegisterReceipt, failed("sale", json!("83"), shift_open), unknown.clone()),
        (Operation::RegisterReceipt, failed("sale", json!(83), shift_open), unknown.clone()),
        (Operation::RegisterReceipt, failed("openSession", json!("83"), shift_open), unknown.clone()),
        (Operation::RegisterReceipt, failed("sale", json!("83"), "[ OpenSession ] Нет бумаги"), unknown.clone()),
        (Operation::RegisterCorrection, failed("correction", json!("83"), shift_open), unknown.clone()),
        (Operation::CloseShift, failed("closeSession", json!("83"), shift_open), unknown.clone()),
        (Operation::CashIn, failed("cashIn", json!("83"), shift_open), unknown.clone()),
        (Operation::OpenShift, failed("openSession", json!("83"), shift_open), blocked.clone()),
        (Operation::OpenShift, failed("closeSession", json!("83"), shift_open), unknown.clone()),
        (Operation::OpenShift, failed("openSession", json!("0"), shift_open), unknown.clone()),
        (Operation::OpenShift, failed("openSession", json!("7"), "[ OpenSession.Report ] Нет бумаги"), unknown.clone()),
        (Operation::OpenShift, failed("openSession", json!("7"), "[ OpenSession ] Смена открыта"), unknown.clone()),
        (Operation::RegisterReceipt, failed("sale", json!("7"), "[ Sale.Close ] Нет бумаги"), unknown.clone()),
        (Operation::RegisterReceipt, failed("sale", json!("255"), "Нет связи"), no_connection.clone()),
        (Operation::RegisterReceipt, failed("sale", json!(255), shift_open), no_connection.clone()),
    ];
    for (operation, body, expected) in cases {
        assert_eq!(told(asked(&account, KEY, operation, 200, &body)), expected, "{operation} {body}");
        if operation == Operation::RegisterReceipt {
            let verdict = account.provider.decode(KEY, &receipt(PLAIN), &reply(200, body.to_string()));
            // An answer to the command that is about a shift is about another job.
            let about_a_sale = body["object"]["type"] == "sale";
            let expected = if about_a_sale { expected } else { ("outcome_unknown", false, None) };
            assert_eq!(told(verdict), expected, "{body}");
        }
    }
}

/// IK12: the flat shape names no job. To the command it proves nothing; to the question for a key, it has to show a
/// fiscal document; and it rejects nothing.
#[test]
fn it_kassa_flat_answers() {
    let account = it_kassa(None);
    let refused = example("itkassa", "open_session_error.response.json");
    let unknown = ("outcome_unknown", false, None);
    let posted = |body: &Value| told(account.provider.decode(KEY, &receipt(PLAIN), &reply(200, body.to_string())));
    for operation in FISCAL.into_iter().chain(PLAIN_JOBS) {
        assert_eq!(told(asked(&account, KEY, operation, 200, &refused)), unknown, "{operation}");
    }
    assert_eq!(posted(&refused), unknown);
    let mut unconnected = refused.clone();
    unconnected["lastErrorId"] = json!(255);
    let no_connection = ("outcome_unknown", false, Some("Error 255".to_owned()));
    assert_eq!(told(asked(&account, KEY, Operation::RegisterReceipt, 200, &unconnected)), no_connection);

    let mut done_flat = refused;
    done_flat["lastErrorId"] = json!(0);
    done_flat["lastErrorMessage"] = json!("[ Sale ] Ошибок нет");
    done_flat["result"] = json!("success");
    let with = |number: Value, sign: Value| {
        let mut body = done_flat.clone();
        body["checkNumber"] = number;
        body["checkSign"] = sign;
        body
    };
    for body in [&done_flat, &with(json!(174), json!("987654321")), &with(json!(0), Value::Null)] {
        assert_eq!(posted(body), ("in_progress", false, None), "{body}");
    }
    for operation in FISCAL {
        let answer = |body: &Value| asked(&account, KEY, operation, 200, body);
        assert_doubt(answer(&done_flat), "no number");
        assert_test_register(answer(&with(json!("0"), json!("987654321"))));
        assert_doubt(answer(&with(Value::Null, json!("0000000000"))), "sign 0");
        assert_eq!(done(answer(&with(json!("174"), Value::Null))).document_number, Some(174), "{operation}");
        assert_eq!(done(answer(&with(Value::Null, json!("987654321")))).fiscal_sign, Some(987_654_321), "{operation}");
    }
    for operation in PLAIN_JOBS {
        assert_doubt(asked(&account, KEY, operation, 200, &with(json!(174), Value::Null)), "whose number?");
    }
}

/// IK7, IK13: a callback is believed as far as the answer to a question.
#[test]
fn it_kassa_callbacks() {
    let account = it_kassa(None);
    let told_of = |operation, change: &dyn Fn(&mut Value)| {
        let mut body = sold(|document| document["idempKey"] = json!(KEY))["object"].take();
        change(&mut body);
        called_back(&account, "documentDone", operation, &body)
    };
    let none = |body: &mut Value| body["checkNumber"] = json!("");
    let zero = |body: &mut Value| body["checkNumber"] = json!("0");
    for operation in FISCAL {
        assert_eq!(done(told_of(operation, &|_| {})).document_number, Some(174), "{operation}");
        assert_held(told_of(operation, &none), "no number");
        assert_test_register(told_of(operation, &zero));
    }
    for operation in PLAIN_JOBS {
        assert_eq!(done(told_of(operation, &none)).document_number, None, "{operation}");
    }
    // The example, whose register has number 0.
    let example = example("itkassa", "callback_close_session.request.json");
    assert_test_register(called_back(&account, "documentDone", Operation::CloseShift, &example));

    let failed = |kind: &'static str| {
        move |body: &mut Value| {
            body["type"] = json!(kind);
            body["resultItem"]["result"] = json!("critical_error");
            body["resultItem"]["creErrorId"] = json!("83");
            body["resultItem"]["creErrorText"] = json!("[ OpenSession.Report ] Смена открыта, операция невозможна");
        }
    };
    assert_eq!(told(told_of(Operation::OpenShift, &failed("openSession"))), ("device_blocked", true, None));
    for (operation, kind) in [
        (Operation::OpenShift, "sale"),
        (Operation::RegisterReceipt, "openSession"),
        (Operation::RegisterReceipt, "sale"),
        (Operation::CloseShift, "closeSession"),
        (Operation::CashIn, "cashIn"),
    ] {
        assert_held(told_of(operation, &failed(kind)), kind);
    }
}

/// IK11: what an unknown key is answered with is the account's knowledge, and without it nothing is proved.
#[test]
fn it_kassa_unknown_keys() {
    let nothing = json!({});
    let of = |account: &Account| told(asked(account, KEY, Operation::RegisterReceipt, 404, &nothing)).0;
    assert_eq!(of(&it_kassa(None)), "outcome_unknown");
    assert_eq!(of(&it_kassa(Some("status_404"))), "not_found");
    let refused = json!({ "code": 5 });
    let account = it_kassa(None);
    assert_eq!(told(asked(&account, KEY, Operation::RegisterReceipt, 200, &refused)).0, "outcome_unknown");
    let answer =
        |status, body: &Value| told(account.provider.decode(KEY, &receipt(PLAIN), &reply(status, body.to_string())));
    assert_eq!(answer(200, &refused), ("invalid", false, None));
    assert_eq!(answer(401, &nothing), ("auth_config", false, None));
    assert_eq!(answer(200, &nothing).0, "outcome_unknown");
    assert_eq!(answer(500, &nothing).0, "outcome_unknown");
}

/// RE11, RE19, D.1: taken is not registered, and error 1 tells nothing.
#[test]
fn rentel_answers() {
    let account = rentel();
    let answer = |status, body: Bytes| told(account.provider.decode(KEY, &receipt(PLAIN), &reply(status, body)));
    let success = examples::read("rentel", "create_receipt_success.response.json");
    assert_eq!(answer(200, success.into()), ("in_progress", false, None));
    let failed = example("rentel", "create_receipt_failed.response.json");
    let failed_with = |code: i64| {
        let mut failed = failed.clone();
        failed["Data"]["Error"]["Code"] = json!(code);
        Bytes::from(failed.to_string())
    };
    assert_eq!(answer(400, failed_with(1)), ("outcome_unknown", false, Some("Error 1".to_owned())));
    assert_eq!(answer(400, failed_with(2)), ("invalid", false, None));
    assert_eq!(answer(400, failed_with(0)).0, "outcome_unknown");
    assert_eq!(answer(400, "{}".into()).0, "outcome_unknown");
    assert_eq!(answer(401, "".into()), ("auth_config", false, None));
    assert_eq!(answer(500, "".into()).0, "outcome_unknown");
}

/// RE11: the code decides, and its name and the receipt have to go with it; anything else is for somebody to look at.
#[test]
fn rentel_callbacks() {
    let receipt = json!({
        "ReceiptDateUtc": "2026-03-01T09:34:56",
        "Device": { "FDN": "174", "FPD": "0123456789", "FN": "9999078900006849" },
    });
    let callback = |code: Value, name: Value, receipt: &Value| {
        let body = json!({
            "InvoiceId": KEY, "StatusCode": code, "StatusName": name, "StatusMessage": "Нет бумаги", "Receipt": receipt,
        });
        called_back(&rentel_with(&[("callback_body", "ferma")]), "receiptDone", Operation::RegisterReceipt, &body)
    };
    let registration = done(callback(json!(2), json!("CONFIRMED"), &receipt));
    assert_eq!((registration.document_number, registration.fiscal_sign), (Some(174), Some(123_456_789)));
    let failed = found(callback(json!(3), json!("KKT_ERROR"), &Value::Null));
    assert_eq!((failed.message.as_deref(), failed.class), (Some("Нет бумаги"), &error_class::DEVICE_BLOCKED));
    assert!(failed.new_key, "the next attempt has another InvoiceId");
    for (code, name, receipt) in [
        (json!(3), json!("CONFIRMED"), &receipt),
        (json!(3), json!("KKT_ERROR"), &receipt),
        (json!(3), json!("CONFIRMED"), &Value::Null),
        (json!(3), Value::Null, &Value::Null),
        (json!(2), json!("KKT_ERROR"), &Value::Null),
        (json!(2), json!("KKT_ERROR"), &receipt),
        (json!(2), json!("CONFIRMED"), &Value::Null),
        (json!(2), json!("CONFIRMED"), &json!({ "Device": { "FPD": "" } })),
        (json!(2), Value::Null, &receipt),
        (json!(0), json!("CONFIRMED"), &receipt),
        (json!(1), json!("KKT_ERROR"), &Value::Null),
        (json!(0), json!("NEW"), &Value::Null),
        (json!(1), json!("PROCESSED"), &receipt),
        (json!(4), json!("CONFIRMED"), &receipt),
        (Value::Null, json!("CONFIRMED"), &receipt),
        (Value::Null, json!("KKT_ERROR"), &Value::Null),
    ] {
        let finding = found(callback(code.clone(), name.clone(), receipt));
        assert_eq!((finding.class, finding.new_key), (&error_class::INVESTIGATE, false), "{code} {name} {receipt}");
    }
    // Without the setting that says what a callback looks like, none proves anything.
    let body = json!({ "InvoiceId": KEY, "StatusCode": 2, "StatusName": "CONFIRMED", "Receipt": receipt });
    assert_doubt(called_back(&rentel(), "receiptDone", Operation::RegisterReceipt, &body), "no setting");
}
