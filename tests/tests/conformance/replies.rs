//! What every documented reply proves, and what a reply proves that no document has.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use http::StatusCode;
use kassa_core::{Bytes, ErrorClass, Finding, Means, Money, Operation as _, Repeat, Reply, Verdict, json};
use kassa_providers::uniform::{Operation, Registration, StatusQuery, Submission, error_class};
use kassa_providers::{checkonline, providers, smartcashier};
use serde_json::Value;

use crate::accounts::{Account, SECRET, account};
use crate::exact_json::Exact;
use crate::examples;
use crate::receipts::{PLAIN, movement, receipt};

/// The key of CheckOnline's documented reply.
const KEY: &str = "ac88fe9f-5885-11ea-ae38-788b1848edc8";

pub(crate) fn reply(status: u16, body: impl Into<Bytes>) -> Reply {
    let mut reply = http::Response::new(body.into());
    *reply.status_mut() = StatusCode::from_u16(status).unwrap();
    reply
}

fn smart_cashier() -> Account {
    account("smartcashier", &[("token", SECRET), ("cashbox_id", "register")])
}

fn check_online() -> Account {
    account("checkonline", &[("taxid_dialect", "ferma_1_7"), ("utc_offset", "+03:00")])
}

/// What CheckOnline's answer to a receipt proves.
fn answer(status: u16, body: impl Into<Bytes>) -> Verdict<Registration> {
    check_online().provider.decode(KEY, &receipt(PLAIN), &reply(status, body))
}

/// What Smart Cashier's answer to a question about `operation` proves.
fn status_of(operation: Operation, status: u16, body: impl Into<Bytes>) -> Verdict<Registration> {
    smart_cashier().provider.status_reply("12857F", &StatusQuery { operation, provider_id: None }, &reply(status, body))
}

#[track_caller]
pub(crate) fn found(verdict: Verdict<Registration>) -> Finding {
    match verdict {
        Verdict::Found(finding) => finding,
        Verdict::Done(registration) => panic!("it is done: {registration:?}"),
    }
}

#[track_caller]
pub(crate) fn done(verdict: Verdict<Registration>) -> Registration {
    match verdict {
        Verdict::Done(registration) => registration,
        Verdict::Found(finding) => panic!("it is not done: {finding:?}"),
    }
}

#[track_caller]
fn assert_doubt(verdict: Verdict<Registration>, what: &str) {
    let finding = found(verdict);
    assert_eq!(finding.class, &error_class::OUTCOME_UNKNOWN, "{what}: {finding:?}");
}

fn render(verdict: &Verdict<Registration>) -> String {
    match verdict {
        Verdict::Done(registration) => format!("done\n{}", serde_json::to_string_pretty(registration).unwrap()),
        Verdict::Found(Finding { class, code, message, about, new_key, .. }) => {
            let mut text = format!("found: {}\nmeans: {:?}\nnew key: {new_key}\n", class.name, class.means);
            for (name, value) in [("code", code.as_deref()), ("message", message.as_deref()), ("about", Some(*about))] {
                writeln!(text, "{name}: {}", value.unwrap_or("-")).unwrap();
            }
            text
        }
    }
}

macro_rules! assert_verdict {
    ($name:literal, $verdict:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($name, render(&$verdict)) })
    };
}

fn documented(provider: &str, name: &str) -> String {
    examples::read(provider, name)
}

/// A documented reply after `change`.
fn changed(provider: &str, name: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(&documented(provider, name)).unwrap();
    change(&mut value);
    value.to_string()
}

fn complex(change: impl FnOnce(&mut Value)) -> String {
    changed("checkonline", "complex.response.json", change)
}

/// CheckOnline's documented reply without what a register gives for a document: the shape of a failure.
fn failure(change: impl FnOnce(&mut Value)) -> String {
    const DOCUMENT: [&str; 8] =
        ["FiscalDocNumber", "DocNumber", "Date", "GrandTotal", "FiscalSign", "DocumentType", "QR", "FNSerialNumber"];
    complex(|value| {
        value.as_object_mut().unwrap().retain(|name, _| !DOCUMENT.contains(&name.as_str()));
        change(value);
    })
}

#[test]
fn every_documented_reply_is_looked_at() {
    let expected: [(&str, &[&str]); 5] = [
        ("checkonline", &["complex.response.json"]),
        (
            "itkassa",
            &[
                "cre_items.response.json",
                "open_session_done.response.json",
                "open_session_error.response.json",
                "open_session_queued.response.json",
                "x_report_done.response.json",
            ],
        ),
        ("mobika", &["error.response.json", "get_order.response.json"]),
        ("rentel", &["create_receipt_failed.response.json", "create_receipt_success.response.json"]),
        (
            "smartcashier",
            &[
                "check_status_failed.response.json",
                "check_status_processed.response.json",
                "check_status_queued.response.json",
            ],
        ),
    ];
    let found: Vec<_> =
        providers().iter().map(|info| (info.name, examples::names(info.name, ".response.json"))).collect();
    assert_eq!(found, expected.map(|(name, files)| (name, files.iter().map(ToString::to_string).collect())));
}

#[test]
fn the_client_keeps_what_it_reads() {
    let text = documented("checkonline", "complex.response.json");
    let typed = match checkonline::client::RegisterReceipt::read(&reply(200, text.clone())).unwrap() {
        checkonline::client::RegisterReceiptReply::Ok(body) => serde_json::to_string(&body).unwrap(),
        other => panic!("{other:?}"),
    };
    assert_eq!(Exact::read(&typed), Exact::read(&text));
    for name in examples::names("smartcashier", ".response.json") {
        let text = documented("smartcashier", &name);
        let typed = match smartcashier::client::CheckStatus::read(&reply(200, text.clone())).unwrap() {
            smartcashier::client::CheckStatusReply::Ok(body) => serde_json::to_string(&body).unwrap(),
            other => panic!("{other:?}"),
        };
        assert_eq!(Exact::read(&typed), Exact::read(&text), "{name}");
    }
}

#[test]
fn documented_replies() {
    assert_verdict!("checkonline_complex", answer(200, documented("checkonline", "complex.response.json")));
    let text = |name: &str| documented("smartcashier", name);
    let asked = |text: String| status_of(Operation::RegisterReceipt, 200, text);
    assert_verdict!("smartcashier_status_queued", asked(text("check_status_queued.response.json")));
    assert_verdict!("smartcashier_status_processed", asked(text("check_status_processed.response.json")));
    assert_verdict!("smartcashier_status_failed", asked(text("check_status_failed.response.json")));
}

/// The clock of a CheckOnline register states no zone: without a setting none is invented.
#[test]
fn an_offset_is_not_invented() {
    let account = account("checkonline", &[("taxid_dialect", "native")]);
    let text = documented("checkonline", "complex.response.json");
    let registration = done(account.provider.decode(KEY, &receipt(PLAIN), &reply(200, text)));
    assert_eq!(registration.registered_at.unwrap().to_string(), "2020-02-27T12:43:57");
    // SC7: stated by Smart Cashier, and UTC where it is not.
    let name = "check_status_processed.response.json";
    for (written, read) in [
        ("2019-05-01T17:33:11.6287936+03:00", "2019-05-01T17:33:11.6287936+03:00"),
        ("2019-05-01T17:33:11Z", "2019-05-01T17:33:11+00:00"),
        ("2019-05-01T17:33:11.5", "2019-05-01T17:33:11.5+00:00"),
    ] {
        let text = changed("smartcashier", name, |v| v["fiscalParams"]["fiscalDocumentDateTimeUtc"] = written.into());
        let registration = done(status_of(Operation::RegisterReceipt, 200, text));
        assert_eq!(registration.registered_at.unwrap().to_string(), read);
    }
}

/// CO5, SC `fiscalDocumentSign`: what a document types as text holds a number, leading zeros and all.
#[test]
fn numbers_come_as_text() {
    for written in ["62848", "\"62848\"", "\"0062848\"", "62848.0", "6.2848e4"] {
        let text = documented("checkonline", "complex.response.json").replacen(
            "\"FiscalDocNumber\": 62848",
            &format!("\"FiscalDocNumber\": {written}"),
            1,
        );
        let registration = done(answer(200, text));
        assert_eq!((registration.document_number, registration.unread), (Some(62848), vec![]), "{written}");
    }
    for written in ["4294967295", "0000000001", "0"] {
        let text = changed("smartcashier", "check_status_processed.response.json", |value| {
            value["fiscalParams"]["fiscalDocumentSign"] = written.into();
        });
        let registration = done(status_of(Operation::RegisterReceipt, 200, text));
        assert_eq!(registration.fiscal_sign, Some(written.parse().unwrap()));
    }
    // What cannot be read is told, and undoes no registration.
    for written in ["12a", "1.5", "99999999999999999999"] {
        let registration = done(answer(200, complex(|value| value["FiscalDocNumber"] = written.into())));
        assert_eq!(registration.document_number, None);
        assert_eq!(registration.unread.len(), 1);
        assert!(registration.unread[0].starts_with("FiscalDocNumber: "), "{:?}", registration.unread);
        assert_eq!(registration.fiscal_sign, Some(1_570_734_444));
    }
    // An empty text says nothing.
    let registration = done(answer(200, complex(|value| value["FiscalDocNumber"] = "".into())));
    assert_eq!((registration.document_number, registration.unread), (None, vec![]));
}

/// A number where a document has text and text where it has a number: either it is read for what it says, or there is
/// doubt that names the field. It is never a rejection, and nothing is read for something else.
#[test]
fn undocumented_kinds_of_values_prove_nothing_wrong() {
    let documented = done(answer(200, documented("checkonline", "complex.response.json")));
    let texts: [(&str, Value); 9] = [
        ("FiscalSign", "1570734444".into()),
        ("DocNumber", "58".into()),
        ("GrandTotal", "17520".into()),
        ("DocumentType", "0".into()),
        ("FCEError", "0".into()),
        ("fceerror", "0".into()),
        ("HTTPStatus", "200".into()),
        ("Fatal", "false".into()),
        ("FNSerialNumber", 9_289_000_100_444_444_i64.into()),
    ];
    for (field, value) in texts {
        match answer(200, complex(|body| body[field] = value.clone())) {
            Verdict::Done(registration) => assert_eq!(registration, documented, "{field}"),
            Verdict::Found(finding) => {
                assert_eq!(finding.class, &error_class::OUTCOME_UNKNOWN, "{field}");
                assert!(finding.message.as_deref().unwrap().contains(field), "{field}: {finding:?}");
            }
        }
    }
}

/// CO4: the service error comes under two spellings, and one that is not 0 wins.
#[test]
fn either_service_error_counts() {
    let set = |value: &mut Value, upper: i64, lower: i64| {
        value["FCEError"] = upper.into();
        value["fceerror"] = lower.into();
    };
    for status in [200, 500] {
        for (upper, lower, code) in [(5, 0, "FCEError 5"), (0, 5, "FCEError 5"), (18, 5, "FCEError 18")] {
            let finding = found(answer(status, failure(|value| set(value, upper, lower))));
            assert_eq!(finding.code.as_deref(), Some(code), "{upper} {lower}");
            assert_eq!(finding.class, &error_class::OVERLOADED);
        }
    }
    done(answer(200, complex(|value| set(value, 0, 0))));
    // Where one of the two is missing, the other one counts.
    for field in ["FCEError", "fceerror"] {
        let alone = |code: i64| {
            failure(|value| {
                value.as_object_mut().unwrap().retain(|name, _| !name.eq_ignore_ascii_case("fceerror"));
                value[field] = code.into();
            })
        };
        assert_eq!(found(answer(200, alone(24))).class, &error_class::IN_PROGRESS, "{field}");
    }
}

/// CO3: the names of keys have been spelled otherwise.
#[test]
fn other_spellings_of_keys_are_read() {
    let spelled = |request: &str, client: &str| {
        complex(|value| {
            let fields = value.as_object_mut().unwrap();
            let (id, client_id) = (fields.remove("Requestid").unwrap(), fields.remove("Clientid").unwrap());
            fields.insert(request.to_owned(), id);
            fields.insert(client.to_owned(), client_id);
        })
    };
    for (request, client) in [("Requestid", "Clientid"), ("RequestId", "ClientId"), ("RequestID", "ClientID")] {
        let text = spelled(request, client);
        assert_eq!(done(answer(200, text.clone())).document_number, Some(62848), "{request}");
        // And whatever the spelling, another key is another key.
        assert_doubt(answer(200, text.replace(KEY, "another")), request);
    }
}

/// An answer to somebody else's request says nothing about ours, be it a success or an error.
#[test]
fn another_key_proves_nothing() {
    let other = complex(|value| value["Requestid"] = "another".into());
    let finding = found(answer(200, other));
    assert_eq!(finding.class, &error_class::OUTCOME_UNKNOWN);
    assert!(finding.about.contains("another key"), "{finding:?}");
    for code in [2, 5, 24] {
        let other = failure(|value| {
            value["Requestid"] = "another".into();
            value["FCEError"] = code.into();
        });
        assert_doubt(answer(500, other), "an error for another key");
    }
}

/// CO6: the messages come as null, a text or a list; and in no shape may they hide the error.
#[test]
fn device_messages_come_in_every_shape() {
    let shapes = [
        (Value::Null, None),
        ("".into(), None),
        ("Сумма оплат меньше\nсуммы чека".into(), Some("Сумма оплат меньше суммы чека")),
        (vec!["Ошибка 69", "оплата"].into(), Some("Ошибка 69; оплата")),
        (Value::Array(vec![]), None),
    ];
    for (shape, message) in shapes {
        let text = failure(|value| {
            value["Response"]["Error"] = 69.into();
            value["Response"]["ErrorMessages"] = shape.clone();
        });
        let finding = found(answer(200, text));
        assert_eq!((finding.class, finding.code.as_deref()), (&error_class::INVALID, Some("Error 69")), "{shape}");
        assert_eq!(finding.message.as_deref(), message, "{shape}");
        // A success with messages is one.
        let text = complex(|value| value["Response"]["ErrorMessages"] = shape.clone());
        assert_eq!(done(answer(200, text)).fiscal_sign, Some(1_570_734_444), "{shape}");
    }
    let absent = complex(|value| drop(value["Response"].as_object_mut().unwrap().remove("ErrorMessages")));
    done(answer(200, absent));
}

#[test]
fn unknown_fields_change_nothing() {
    fn add(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.values_mut().for_each(add);
                fields.insert("Shift".to_owned(), serde_json::json!({ "Number": [1, null, { "x": 0.1 }] }));
            }
            Value::Array(values) => values.iter_mut().for_each(add),
            _ => {}
        }
    }
    let text = documented("checkonline", "complex.response.json");
    assert_eq!(answer(200, complex(add)), answer(200, text));
    for name in examples::names("smartcashier", ".response.json") {
        let verdict = |text| status_of(Operation::RegisterReceipt, 200, text);
        assert_eq!(verdict(changed("smartcashier", &name, add)), verdict(documented("smartcashier", &name)), "{name}");
    }
}

/// What is left out or null beside the proof of a registration does not undo it; without the proof there is none.
#[test]
fn the_proof_of_a_registration_is_complete() {
    const PROOF: [&str; 3] = ["FCEError", "Response", "FiscalSign"];
    let body: Value = serde_json::from_str(&documented("checkonline", "complex.response.json")).unwrap();
    for field in body.as_object().unwrap().keys() {
        let missing = complex(|value| drop(value.as_object_mut().unwrap().remove(field)));
        let null = complex(|value| value[field] = Value::Null);
        for text in [missing, null] {
            let verdict = answer(200, text);
            if PROOF.contains(&field.as_str()) {
                assert_doubt(verdict, field);
            } else {
                assert_eq!(done(verdict).fiscal_sign, Some(1_570_734_444), "{field}");
            }
        }
    }
    assert_doubt(answer(200, complex(|value| value["Response"] = serde_json::json!({}))), "no device error");
    // B.3: success is HTTP 200 and both errors 0.
    assert_doubt(answer(500, documented("checkonline", "complex.response.json")), "a success with HTTP 500");
}

/// FACTS D: what each class proves, and what may be done.
#[test]
fn error_classes() {
    use {Means::*, Repeat::*};
    let expected = [
        ("invalid", Rejected, Never, false),
        ("auth_config", Rejected, Never, true),
        ("overloaded", Rejected, Backoff, true),
        ("device_blocked", Rejected, Never, true),
        ("not_found", Doubt, Ask, false),
        ("in_progress", Pending, Ask, false),
        ("investigate", Doubt, Never, false),
        ("outcome_unknown", Doubt, Ask, false),
    ];
    let found: Vec<_> =
        error_class::ALL.iter().map(|class| (class.name, class.means, class.repeat, class.elsewhere)).collect();
    assert_eq!(found, expected);
    for class in error_class::ALL {
        assert!(!class.elsewhere || class.means == Rejected, "{}: only a rejection may go elsewhere", class.name);
        assert_eq!(error_class::by_name(class.name), Some(*class));
    }
}

/// FACTS D.2: service errors, by class; of an unknown outcome those first where to ask again is no help.
const SERVICE: [(&ErrorClass, &[i64]); 7] = [
    (&error_class::INVALID, &[2, 3, 17]),
    (&error_class::AUTH_CONFIG, &[4, 7, 8, 9, 10, 13, 15, 21]),
    (&error_class::OVERLOADED, &[1, 5, 18]),
    (&error_class::DEVICE_BLOCKED, &[12, 14]),
    (&error_class::IN_PROGRESS, &[24]),
    (&error_class::INVESTIGATE, &[6, 19, 20]),
    (&error_class::OUTCOME_UNKNOWN, &[16]),
];

/// FACTS D.3: device errors, by class.
const DEVICE: [(&ErrorClass, &[i64]); 5] = [
    (&error_class::INVALID, &[9, 16, 51, 52, 55, 69, 73, 77, 90, 94, 95, 109, 125, 142, 208, 241, 242, 243, 245, 246]),
    (&error_class::AUTH_CONFIG, &[79, 238, 239]),
    (
        &error_class::DEVICE_BLOCKED,
        &[1, 2, 5, 6, 7, 18, 20, 21, 22, 23, 60, 61, 70, 74, 114, 115, 124, 192, 196, 207, 248],
    ),
    (&error_class::IN_PROGRESS, &[80]),
    (
        &error_class::OUTCOME_UNKNOWN,
        &[3, 4, 8, 17, 32, 40, 41, 57, 85, 200, 240, 244, 247, 249, 250, 252, 253, 254, 255],
    ),
];

/// FACTS B.3, CO14: rejections that the service remembers under the key, so that only a new one can pass.
const REMEMBERED: [i64; 14] = [51, 52, 55, 69, 73, 77, 94, 142, 208, 241, 242, 243, 245, 246];

/// The codes that the document lists.
fn documented_codes(schema: &str, field: &str) -> BTreeSet<i64> {
    let text = std::fs::read_to_string(examples::specs().join("providers/checkonline/openapi.yaml")).unwrap();
    let document: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let codes = &document["components"]["schemas"][schema]["properties"][field]["x-error-codes"];
    codes.as_mapping().unwrap().keys().map(|code| code.as_str().unwrap().parse().unwrap()).collect()
}

fn by_code(classes: &[(&'static ErrorClass, &[i64])]) -> BTreeMap<i64, &'static ErrorClass> {
    let pairs: Vec<_> = classes.iter().flat_map(|(class, codes)| codes.iter().map(|code| (*code, *class))).collect();
    let map: BTreeMap<_, _> = pairs.iter().copied().collect();
    assert_eq!(map.len(), pairs.len(), "a code is listed twice");
    map
}

#[test]
fn every_service_error() {
    let expected = by_code(&SERVICE);
    assert_eq!(expected.keys().copied().collect::<BTreeSet<_>>(), documented_codes("ReceiptResponse", "FCEError"));
    // Codes that the document skips, and what nobody has thought of.
    let others = [11, 22, 23, 25, 99, 255, 1000, -1, i64::MIN, i64::MAX];
    for (code, class) in expected.into_iter().chain(others.map(|code| (code, &error_class::OUTCOME_UNKNOWN))) {
        for (field, status) in [("FCEError", 200), ("FCEError", 500), ("fceerror", 200), ("fceerror", 500)] {
            let text = format!(r#"{{"{field}":{code},"ErrorDescription":"почему","Fatal":true}}"#);
            let finding = found(answer(status, text));
            assert_eq!(finding.class, class, "{field} {code}");
            assert_eq!(finding.code, Some(format!("FCEError {code}")));
            assert_eq!(finding.message.as_deref(), Some("почему"));
            assert!(!finding.new_key, "{code}: the key of a service error stays");
            // F6: beside everything that a success has, it contradicts itself, and there is doubt.
            let finding = found(answer(status, complex(|value| value[field] = code.into())));
            assert_eq!(finding.class.means, Means::Doubt, "{field} {code}: {finding:?}");
        }
    }
}

#[test]
fn every_device_error() {
    let expected = by_code(&DEVICE);
    assert_eq!(expected.keys().copied().collect::<BTreeSet<_>>(), documented_codes("DeviceResult", "Error"));
    let others = [10, 50, 56, 99, 100, 251, 256, 1000, -1, i64::MIN, i64::MAX];
    for (code, class) in expected.into_iter().chain(others.map(|code| (code, &error_class::OUTCOME_UNKNOWN))) {
        for status in [200, 500] {
            let text = format!(r#"{{"FCEError":0,"Response":{{"Error":{code},"ErrorMessages":["почему"]}}}}"#);
            let finding = found(answer(status, text));
            assert_eq!(finding.class, class, "{code}");
            assert_eq!(finding.code, Some(format!("Error {code}")));
            assert_eq!(finding.message.as_deref(), Some("почему"));
            assert_eq!(finding.new_key, REMEMBERED.contains(&code), "{code}");
            // F6: beside everything that a success has, it contradicts itself, and there is doubt.
            let finding = found(answer(status, complex(|value| value["Response"]["Error"] = code.into())));
            assert_eq!(finding.class.means, Means::Doubt, "{code}: {finding:?}");
        }
    }
}

/// CO12: whether a repeat will fail is a hint, and proves nothing.
#[test]
fn fatal_proves_nothing() {
    for code in [6, 5, 2] {
        let with = |fatal: bool| found(answer(500, format!(r#"{{"FCEError":{code},"Fatal":{fatal}}}"#)));
        assert_eq!(with(true), with(false), "{code}");
    }
}

/// FACTS D.1 for Smart Cashier: what a status alone proves about a submission.
#[test]
fn statuses_of_submissions() {
    let cash = movement(r#"{ "amount": 1 }"#);
    let submissions = [receipt(PLAIN), Submission::CashIn(cash.clone()), Submission::CashOut(cash)];
    let account = smart_cashier();
    for submission in &submissions {
        for status in 100..=599 {
            let class = match status {
                200 => &error_class::IN_PROGRESS, // SC8
                400 => &error_class::INVALID,
                401 | 403 => &error_class::AUTH_CONFIG,
                // SC11 for 500. A 404 or 429 is not in the document, and proves nothing.
                _ => &error_class::OUTCOME_UNKNOWN,
            };
            for body in ["", "{}", "null", "Ошибка", "<html><body>502 Bad Gateway</body></html>", "{\"status\":3}"]
            {
                let finding = found(account.provider.decode("12854F", submission, &reply(status, body)));
                assert_eq!(finding.class, class, "HTTP {status} {body:?}");
                assert_eq!(finding.code, Some(format!("HTTP {status}")));
            }
        }
    }
    // What nobody has documented is shown to a person, cut to a size.
    let finding = found(account.provider.decode("k", &submissions[0], &reply(400, "Неверный\r\n  taxType")));
    assert_eq!(finding.message.as_deref(), Some("Неверный taxType"));
    let finding = found(account.provider.decode("k", &submissions[0], &reply(400, "ж".repeat(100_000))));
    assert!(finding.message.unwrap().chars().count() <= 501);
}

/// FACTS D.1 for Smart Cashier: what a status alone proves about a question.
#[test]
fn statuses_of_questions() {
    let processed = documented("smartcashier", "check_status_processed.response.json");
    for status in (100..=599).filter(|status| *status != 200) {
        let class = match status {
            404 => &error_class::NOT_FOUND,
            401 | 403 => &error_class::AUTH_CONFIG,
            _ => &error_class::OUTCOME_UNKNOWN,
        };
        for body in ["", "<html>", &processed] {
            let finding = found(status_of(Operation::RegisterReceipt, status, body.to_owned()));
            assert_eq!(finding.class, class, "HTTP {status} {body:?}");
        }
    }
}

/// FACTS C.10: the states of an operation, and what each proves.
#[test]
fn states_of_an_operation() {
    let all = [Operation::RegisterReceipt, Operation::CashIn, Operation::CashOut];
    for operation in all {
        let is_receipt = operation == Operation::RegisterReceipt;
        let class = |text: &str| found(status_of(operation, 200, text.to_owned())).class;
        assert_eq!(class(r#"{"status":1}"#), &error_class::IN_PROGRESS);
        assert_eq!(class(r#"{"status":3,"fiscalParams":null}"#), &error_class::DEVICE_BLOCKED);
        // SC9, SC10: not processed is the end of it, and a repeat takes a new key.
        let finding = found(status_of(operation, 200, r#"{"status":3,"errorMessage":"Нет  бумаги"}"#));
        assert_eq!((finding.new_key, finding.message.as_deref()), (true, Some("Нет бумаги")));
        for state in [0, 4, -1, 200, i64::MAX] {
            assert_eq!(class(&format!(r#"{{"status":{state}}}"#)), &error_class::OUTCOME_UNKNOWN, "{state}");
        }
        for text in ["{}", r#"{"status":null}"#, "null", "[]", "1", "\"1\""] {
            assert_eq!(class(text), &error_class::OUTCOME_UNKNOWN, "{text}");
        }
        // Cash moves without a fiscal document; a receipt does not.
        for text in [r#"{"status":2}"#, r#"{"status":2,"fiscalParams":null}"#] {
            let verdict = status_of(operation, 200, text);
            if is_receipt {
                assert_doubt(verdict, text);
            } else {
                assert_eq!(done(verdict), Registration::default(), "{text}");
            }
        }
    }
    // SC5: registered, and the paper is not whole.
    let text = changed("smartcashier", "check_status_processed.response.json", |value| {
        value["fiscalParams"]["notPrinted"] = true.into();
    });
    assert_eq!(done(status_of(Operation::RegisterReceipt, 200, text)).not_printed, Some(true));
}

/// No reply that was not understood to its end proves anything: not a body cut short at any byte, not a page of a proxy,
/// not an empty one.
#[test]
fn what_is_not_read_to_its_end_proves_nothing() {
    let full = documented("checkonline", "complex.response.json");
    let full = full.trim_end().as_bytes();
    for end in 0..full.len() {
        for status in [200, 500] {
            assert_doubt(answer(status, full[..end].to_vec()), &format!("cut at {end}"));
        }
    }
    for name in examples::names("smartcashier", ".response.json") {
        let full = documented("smartcashier", &name);
        let full = full.trim_end().as_bytes();
        for end in 0..full.len() {
            let verdict = status_of(Operation::RegisterReceipt, 200, full[..end].to_vec());
            assert_doubt(verdict, &format!("{name} cut at {end}"));
        }
    }
    let page = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>";
    let junk: [&[u8]; 7] = [b"", b" \r\n", page.as_bytes(), b"\xff\xfe\x00", b"OK", b"{}{}", b"[{}]"];
    for body in junk {
        for status in [200, 500] {
            assert_doubt(answer(status, body.to_vec()), &format!("{body:?}"));
        }
        assert_doubt(status_of(Operation::RegisterReceipt, 200, body.to_vec()), &format!("{body:?}"));
    }
    let finding = found(answer(200, page));
    assert!(finding.message.as_deref().unwrap().contains("HTML"), "{finding:?}");
    let finding = found(answer(200, ""));
    assert!(finding.message.as_deref().unwrap().contains("empty"), "{finding:?}");
}

/// FACTS D.1: "any 502/503/504" and every other 5xx without proof is doubt, and so is what no document has.
#[test]
fn a_status_alone_proves_nothing_at_check_online() {
    let success = documented("checkonline", "complex.response.json");
    let rejected = r#"{"FCEError":2,"Response":{"Error":69}}"#;
    for status in (100..=599).filter(|status| !matches!(status, 200 | 500)) {
        for body in ["", "<html>", rejected, &success] {
            assert_doubt(answer(status, body.to_owned()), &format!("HTTP {status} {body:?}"));
        }
    }
    for body in ["", "{}", "<html>", "null", r#"{"error":"x"}"#] {
        assert_doubt(answer(500, body), body);
    }
}

#[test]
fn numbers_beyond_every_range_prove_nothing_wrong() {
    let huge = ["99999999999999999999", "-99999999999999999999", "1e400", "1e-400", "9.5"];
    for field in ["FiscalSign", "GrandTotal", "DocNumber", "DocumentType", "FCEError", "fceerror", "HTTPStatus"] {
        for number in huge {
            let text = complex(|value| value[field] = "@".into()).replacen("\"@\"", number, 1);
            let finding = found(answer(200, text));
            assert_eq!(finding.class, &error_class::OUTCOME_UNKNOWN, "{field} {number}");
            assert!(finding.message.unwrap().contains(field), "{field} {number}");
        }
    }
    // FFD's own largest sign, and what fits and is nonsense all the same.
    let sign = done(answer(200, complex(|value| value["FiscalSign"] = 4_294_967_295_i64.into())));
    assert_eq!(sign.fiscal_sign, Some(4_294_967_295));
    let total = done(answer(200, complex(|value| value["GrandTotal"] = i64::MAX.into())));
    assert_eq!(total.total, Some(Money::from_units(i64::MAX)));
    for (path, number) in [("Month", 13), ("Day", 31), ("Year", 100_000), ("Day", -1), ("Month", 1_000_000_007)] {
        let registration = done(answer(200, complex(|value| value["Date"]["Date"][path] = number.into())));
        assert_eq!(registration.registered_at, None, "{path} {number}");
        assert!(registration.unread[0].starts_with("Date: "), "{:?}", registration.unread);
    }
    // CO2: a kind that the document does not have.
    let registration = done(answer(200, complex(|value| value["DocumentType"] = 4.into())));
    assert_eq!((registration.kind, registration.unread.len()), (None, 1));
}

/// F6: a list where a document has an object was not understood, and proves nothing.
#[test]
fn a_list_is_no_reply() {
    for operation in [Operation::RegisterReceipt, Operation::CashIn] {
        for body in ["[]", "[1]", "[3]", r#"[2,null,null,null,[24,"1"]]"#, r#"{"status":2,"fiscalParams":[24,"1"]}"#] {
            assert_doubt(status_of(operation, 200, body), body);
        }
    }
    let inner = r#"{"FCEError":0,"Response":[69]}"#;
    for body in ["[]", "[5]", r#"[0,"k",null,null,null,[69]]"#, inner] {
        assert_doubt(answer(500, body), body);
    }
}

/// F6: a reply that says both that it failed and what was registered proves neither.
#[test]
fn what_contradicts_itself_proves_nothing() {
    let failed = changed("smartcashier", "check_status_processed.response.json", |value| value["status"] = 3.into());
    for operation in [Operation::RegisterReceipt, Operation::CashIn, Operation::CashOut] {
        assert_doubt(status_of(operation, 200, failed.clone()), &failed);
    }
    // A receipt comes with its fiscal sign at least.
    assert_doubt(status_of(Operation::RegisterReceipt, 200, r#"{"status":2,"fiscalParams":{}}"#), "no sign");
}

/// FACTS H.6, CO3: a key that comes in two spellings with one value is read.
#[test]
fn a_key_may_come_in_two_spellings() {
    let documented = documented("checkonline", "complex.response.json");
    let twice = documented.replacen('{', &format!(r#"{{"RequestId":"{KEY}","ClientId":null,"#), 1);
    assert_eq!(answer(200, twice), answer(200, documented));
}

/// FACTS H.5, H.6: ids, signs and counters come as numbers or as texts.
#[test]
fn signs_and_counters_come_as_numbers_or_texts() {
    let number = r#"{"status":2,"fiscalParams":{"fiscalDocumentSign":637894524,"fnNumber":9999451122}}"#;
    let registration = done(status_of(Operation::RegisterReceipt, 200, number));
    assert_eq!((registration.fiscal_sign, registration.fn_serial.as_deref()), (Some(637_894_524), Some("9999451122")));
    let text = r#"{"FCEError":0,"Response":{"Error":0},"FiscalSign":"0570734444","DocNumber":"58"}"#;
    let registration = done(answer(200, text));
    assert_eq!((registration.fiscal_sign, registration.receipt_number), (Some(570_734_444), Some(58)));
}

/// CO9: the text of a QR code is passed on, and nothing is concluded from it.
#[test]
fn a_qr_text_is_not_judged() {
    assert_eq!(done(answer(200, complex(|value| value["QR"] = "".into()))).qr, None);
    for text in ["t=20200227T3333&s=175.20", "не QR"] {
        assert_eq!(done(answer(200, complex(|value| value["QR"] = text.into()))).qr.as_deref(), Some(text));
    }
}

/// A reply that is deep or long is an error, and neither a crash nor a proof.
#[test]
fn monstrous_bodies_prove_nothing() {
    let deep = format!("{{\"x\":{}", "[".repeat(200_000));
    assert_doubt(answer(200, deep), "deep");
    let long = format!("{{\"ErrorDescription\":\"{}", "ж".repeat(2_000_000));
    let finding = found(answer(500, long));
    assert_eq!(finding.class, &error_class::OUTCOME_UNKNOWN);
    assert!(finding.message.unwrap().len() < 4_000);
    assert!(json::read::<Value>(&Bytes::from_static(b"\xef\xbb\xbf{}")).is_err());
}
