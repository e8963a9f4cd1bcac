//! The exact HTTP request of every operation, and of every request that a document shows.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use kassa_core::{BaseUrl, Bytes, Operation as _, Page, Request, Support, json};
use kassa_providers::uniform::{
    CallbackSettings, DevicesQuery, ListQuery, Operation, ShiftAction, StatusQuery, Submission,
};
use kassa_providers::{checkonline, providers, smartcashier};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::accounts::{Account, SECRET, account, all};
use crate::exact_json::Exact;
use crate::examples;
use crate::receipts::{CORRECTION, CORRECTION_OF_SUMS, KEY, PLAIN, RETURN, correction, movement, receipt, slip, taxi};

const REGISTER: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";

/// Mobika's documented group and order.
const GROUP: &str = "745a492b-96e0-42a6-84b2-62edfa312e5f";
const ORDER: &str = "267f642d-9081-4045-a749-f9d299aef295";

fn smart_cashier() -> Account {
    let settings = [("token", SECRET), ("cashbox_id", REGISTER), ("general_rate_means", "20"), ("code1_means", "vat0")];
    account("smartcashier", &settings)
}

fn check_online() -> Account {
    account("checkonline", &[("taxid_dialect", "ferma_1_7"), ("ffd_version", "1.2"), ("inferred_subjects", "ffd")])
}

fn mobika() -> Account {
    let settings = [("auth_header", "X-Token"), ("auth_value", SECRET), ("group", GROUP), ("cashier", "79991234567")];
    account("mobika", &settings)
}

/// The documented requests have placeholders for the register.
fn it_kassa_at(register: &str) -> Account {
    let settings = [
        ("api_key", SECRET),
        ("register", register),
        ("correction_sums", "tax"),
        ("correction_untaxed", "settled"),
        ("excise_written", "text"),
        ("callback_key", SECRET),
        ("organization", "a6ca9ac2-8c7d-4071-b9ce-4e0aefbbba6c"),
    ];
    account("itkassa", &settings)
}

fn rentel() -> Account {
    let settings = [
        ("seller_inn", "0123456789"),
        ("callback_url", "http://testcallbackurl:12345"),
        ("callback_token", SECRET),
        ("auth_header", "X-Token"),
        ("auth_value", SECRET),
        ("marking_code_written", "plain"),
    ];
    account("rentel", &settings)
}

/// The request as it goes over the wire, secrets left out, and its body once more, a field to a line.
fn render(account: &Account, request: &Request) -> String {
    let mut request = request.clone();
    account.provider.authorize(&mut request).unwrap();
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        let value = if value.is_sensitive() { "(secret)" } else { value.to_str().unwrap() };
        writeln!(text, "{name}: {value}").unwrap();
    }
    assert!(!text.contains(SECRET), "{text}");
    let body = std::str::from_utf8(request.body()).unwrap();
    if !body.is_empty() {
        let broken = broken(&Exact::read(body), 0);
        write!(text, "\n{body}\n\n{broken}\n").unwrap();
    }
    text
}

/// JSON with a field to a line and every number as it is written.
fn broken(value: &Exact, depth: usize) -> String {
    let (indent, outdent) = ("  ".repeat(depth + 1), "  ".repeat(depth));
    let (open, close, entries): (_, _, Vec<String>) = match value {
        Exact::Leaf(text) => return text.clone(),
        Exact::Array(values) => ('[', ']', values.iter().map(|value| broken(value, depth + 1)).collect()),
        Exact::Object(fields) => {
            let field = |(name, value): (&String, &Exact)| format!("{name}: {}", broken(value, depth + 1));
            ('{', '}', fields.iter().map(field).collect())
        }
    };
    let entries: String = entries.iter().map(|entry| format!("{indent}{entry}\n")).collect();
    format!("{open}\n{entries}{outdent}{close}")
}

/// What Kassa sends for `submission`.
#[track_caller]
fn encoded(account: &Account, key: &str, submission: &Submission) -> Request {
    account.provider.encode(key, submission).unwrap_or_else(|refusal| panic!("{}: {refusal}", account.label()))
}

#[track_caller]
fn body(request: &Request) -> Exact {
    Exact::read(std::str::from_utf8(request.body()).unwrap())
}

macro_rules! assert_request {
    ($name:literal, $account:expr, $key:literal, $submission:expr) => {{
        let account = $account;
        let request = encoded(&account, $key, &$submission);
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!($name, render(&account, &request));
        });
    }};
}

/// Everything that Smart Cashier carries, and everything that it drops with a reason.
const SMART_CASHIER_EVERYTHING: &str = r#"{
    "kind": "income", "taxation": "general", "date": "2025-12-31", "seller_inn": "7707083893",
    "items": [
        { "name": "Молоко «Коровье» \"3,2 %\"", "quantity": 3, "price": 70.07, "total": 210.21,
          "vat": "vat20", "subject": "goods", "mode": "full_payment", "measure": "piece" },
        { "name": "Хлеб", "quantity": 1, "price": 0.1, "vat": "vat10", "subject": "goods", "mode": "full_payment" },
        { "name": "Соль", "quantity": 1, "price": 0.2, "vat": "vat0", "subject": "goods", "mode": "full_payment" },
        { "name": "Марки", "quantity": 10, "price": 10, "vat": "none", "subject": "goods", "mode": "full_payment" },
        { "name": "А", "quantity": 1, "price": 1, "vat": "vat20_120", "subject": "goods", "mode": "full_payment" },
        { "name": "Б", "quantity": 1, "price": 0, "vat": "vat10_110", "subject": "goods", "mode": "full_payment" }
    ],
    "payments": { "cash": 0.01, "cashless": 311.50 },
    "buyer": { "contact": "customer@example.com" },
    "cashier": { "name": "Кассир Иванова", "inn": "123456789047" },
    "internet": true, "print": false
}"#;

/// Everything that CheckOnline carries, and everything that it drops with a reason. The agents differ from line to line.
const CHECK_ONLINE_EVERYTHING: &str = r#"{
    "kind": "expense", "taxation": "patent", "date": "2026-03-01", "seller_inn": "7707083893",
    "items": [
        { "name": "Сыр\tна вес", "quantity": 0.125, "price": 1234.56, "total": 154.32,
          "vat": "vat10", "subject": "goods", "mode": "full_payment", "measure": "piece" },
        { "name": "Билет", "quantity": 1, "price": 99999999.99, "vat": "vat5_105", "subject": "lottery_ticket",
          "mode": "full_prepayment", "agent": { "kinds": ["bank_paying_agent", "commissioner", "other_agent"] },
          "supplier": { "inn": "123456789047" } },
        { "name": "26", "quantity": 1, "price": 1, "vat": "none", "subject": "other_contributions",
          "mode": "credit_transfer", "agent": { "kinds": ["attorney"] } },
        { "name": "Выплата", "quantity": 1, "price": 1, "vat": "vat7", "subject": "payout", "mode": "advance" },
        { "name": "Маркированное", "quantity": 1, "price": 1, "vat": "vat20_120", "subject": "goods_marked",
          "mode": "partial_and_credit" }
    ],
    "payments": { "cash": 99999999.99, "cashless": 157.32 },
    "buyer": { "contact": "customer@example.com" },
    "cashier": { "name": "Кассир Иванова", "inn": "123456789047" },
    "place": "Москва, ул. Тверская, 1", "internet": false, "print": true
}"#;

#[test]
fn smart_cashier_register_receipt() {
    let register = |key: &'static str, json: &str| (key, receipt(json));
    assert_request!("smartcashier_plain", smart_cashier(), "12854F", register("", PLAIN).1);
    assert_request!("smartcashier_everything", smart_cashier(), "заказ \"1\"/ё", receipt(SMART_CASHIER_EVERYTHING));
    assert_request!("smartcashier_return_for_cash", smart_cashier(), "12854R", receipt(RETURN));
    let phone = PLAIN.replacen("\"payments\"", "\"buyer\": { \"contact\": \"7 (987) 898-56-23\" }, \"payments\"", 1);
    let routed = [
        ("token", SECRET),
        ("cashbox_id", "register"),
        ("cashbox_group_id", "group"),
        ("juridical_person_id", "legal entity"),
        ("print_receipts", "false"),
    ];
    assert_request!("smartcashier_phone_and_routing", account("smartcashier", &routed), "12856F", receipt(&phone));
}

#[test]
fn smart_cashier_cash_and_status() {
    let cash_in = Submission::CashIn(movement(r#"{ "amount": 50000, "cashier": { "name": "Кассир" } }"#));
    assert_request!("smartcashier_cash_in", smart_cashier(), "12855F", cash_in);
    let cash_out = Submission::CashOut(movement(r#"{ "amount": "0.10", "seller_inn": "7707083893" }"#));
    assert_request!("smartcashier_cash_out", smart_cashier(), "12856F", cash_out);
    let account = smart_cashier();
    let query = StatusQuery { operation: Operation::RegisterReceipt, provider_id: None };
    let request = account.provider.status("заказ 1/2&key=3", &query).unwrap();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("smartcashier_status", render(&account, &request));
    });
}

#[test]
fn check_online_register_receipt() {
    assert_request!("checkonline_plain", check_online(), "545+64", receipt(PLAIN));
    assert_request!("checkonline_everything", check_online(), "545+65", receipt(CHECK_ONLINE_EVERYTHING));
    assert_request!("checkonline_return_for_cash", check_online(), "545+66", receipt(RETURN));
    assert_request!("checkonline_agent", check_online(), "545+67", receipt(&taxi("none")));
    let native = [("taxid_dialect", "native"), ("group", "enterprise 1"), ("client_id", "shop 2")];
    assert_request!("checkonline_native", account("checkonline", &native), "545+68", receipt(&taxi("none")));
}

/// The token goes into its header and nowhere else; what is not authorized carries none.
#[test]
fn the_token_is_where_the_document_wants_it() {
    let account = smart_cashier();
    let mut request = encoded(&account, "k", &receipt(PLAIN));
    assert!(!request.headers().contains_key("authorization"));
    account.provider.authorize(&mut request).unwrap();
    assert_eq!(request.headers()["authorization"].to_str().unwrap(), format!("Bearer {SECRET}"));
    assert!(!format!("{request:?} {account:?}").contains(&format!("Bearer {SECRET}")));

    // The certificate is the connection's: nothing is added.
    let account = check_online();
    let plain = encoded(&account, "k", &receipt(PLAIN));
    let mut request = plain.clone();
    account.provider.authorize(&mut request).unwrap();
    assert_eq!(request.headers(), plain.headers());
    assert!(account.provider.info().client_certificate);
}

/// Mobika and Rentel do not say how they know their callers: the account states the header (M6, RE19).
#[test]
fn an_undocumented_header_is_the_accounts_own() {
    for account in [mobika(), rentel()] {
        let mut request = encoded(&account, KEY, &receipt(PLAIN));
        assert!(!request.headers().contains_key("x-token"), "{}", account.label());
        account.provider.authorize(&mut request).unwrap();
        let value = &request.headers()["x-token"];
        assert_eq!(value.to_str().unwrap(), SECRET);
        assert!(value.is_sensitive(), "{}", account.label());
    }
}

/// What an account asks for beyond its provider is told, field and reason, and nothing is built.
#[test]
fn what_cannot_be_carried_is_refused() {
    let item = |with: &str| {
        let head = r#"{ "kind": "income", "taxation": "general", "payments": { "cash": "61" }, "items": [{ "#;
        let base =
            r#""name": "x", "quantity": 2, "price": "30.5", "vat": "none", "subject": "goods", "mode": "full_payment""#;
        format!("{head}{base}, {with} }}] }}")
    };
    let of = |with: &str| {
        let head =
            r#"{ "kind": "income", "taxation": "general", "items": [{ "name": "x", "quantity": 2, "price": "30.5","#;
        format!(r#"{head} "vat": "none", "subject": "goods", "mode": "full_payment" }}], {with} }}"#)
    };
    let cases = [
        ("smartcashier", item(r#""agent": { "kinds": ["other_agent"] }"#), "items[0].agent"),
        ("smartcashier", item(r#""supplier": { "inn": "7707083893" }"#), "items[0].supplier"),
        ("smartcashier", item(r#""marking": { "code": "010460" }"#), "items[0].marking"),
        ("smartcashier", item(r#""excise": "0.00""#), "items[0].excise"),
        ("smartcashier", item(r#""total": "61.01""#), "items[0].total"),
        (
            "smartcashier",
            PLAIN.replace("\"quantity\": 2", "\"quantity\": 2.5").replace("61", "76.25"),
            "items[0].quantity",
        ),
        ("smartcashier", PLAIN.replace("goods", "service"), "items[0].subject"),
        ("smartcashier", PLAIN.replace("full_payment", "advance"), "items[0].mode"),
        ("smartcashier", PLAIN.replace("vat10", "vat7"), "items[0].vat"),
        ("smartcashier", PLAIN.replace(r#", "taxation": "simplified_income""#, ""), "taxation"),
        ("smartcashier", of(r#""payments": { "prepaid": 61 }"#), "payments.prepaid"),
        ("smartcashier", of(r#""payments": { "cash": 70 }"#), "payments.cash + payments.cashless"),
        ("smartcashier", of(r#""payments": { "cash": 61 }, "machine_number": "1""#), "machine_number"),
        ("smartcashier", of(r#""payments": { "cash": 61 }, "buyer": { "inn": "7707083893" }"#), "buyer.inn"),
        ("smartcashier", of(r#""payments": { "cash": 61 }, "buyer": { "contact": "none" }"#), "buyer.contact"),
        ("checkonline", item(r#""agent": { "kinds": ["paying_agent"], "phones": ["+7"] }"#), "items[0].agent.phones"),
        ("checkonline", item(r#""supplier": { "name": "ООО" }"#), "items[0].supplier.name"),
        ("checkonline", item(r#""country": "643""#), "items[0].country"),
        ("checkonline", item(r#""measure": "kilogram""#), "items[0].measure"),
        ("smartcashier", item(r#""measure": "hour""#), "items[0].measure"),
        ("smartcashier", of(r#""payments": { "cash": 61 }, "place": "kkt.cloud""#), "place"),
        ("checkonline", PLAIN.replace("\"quantity\": 2", "\"quantity\": 0.0005"), "items[0].quantity"),
        ("checkonline", PLAIN.replace("Хлеб ржаной", ""), "items[0].name"),
        ("checkonline", PLAIN.replace("vat10", "vat22"), "items[0].vat"),
        ("checkonline", PLAIN.replace("goods", "composite"), "items[0].subject"),
        ("checkonline", of(r#""payments": { "credit": 61 }"#), "payments.credit"),
        ("checkonline", of(r#""payments": { "counter_provision": 61 }"#), "payments.counter_provision"),
        ("checkonline", of(r#""payments": { "cash": 61 }, "sender_email": "a@b.ru""#), "sender_email"),
        (
            "checkonline",
            of(r#""payments": { "cash": 61 }, "user_property": { "name": "a", "value": "b" }"#),
            "user_property",
        ),
        ("checkonline", of(r#""payments": { "cash": 61 }, "buyer": { "contact": "+4915112345678" }"#), "buyer.contact"),
    ];
    for (name, json, field) in cases {
        let account = if name == "smartcashier" { smart_cashier() } else { check_online() };
        let refusal = account.provider.encode("k", &receipt(&json)).expect_err(&json);
        assert_eq!(refusal.field, field, "{name}: {refusal} of {json}");
        assert!(refusal.reason.len() > 10, "{name}: {refusal}");
    }
}

/// FACTS F: the payment of a credit stands alone in its document. Everybody is warned, and one provider refuses.
#[test]
fn a_credit_payment_is_the_only_line() {
    let line = |mode: &str| {
        format!(
            r#"{{ "name": "x", "quantity": 1, "price": "1", "vat": "none", "subject": "payment", "mode": "{mode}" }}"#
        )
    };
    let json = |lines: &str| {
        let head = r#"{ "kind": "income", "taxation": "general", "payments": { "cash": "2" }"#;
        receipt(&format!(r#"{head}, "items": [{lines}] }}"#))
    };
    let provider = check_online().provider;
    let alone = json(&line("credit_payment"));
    provider.encode("k", &alone).unwrap();
    provider.encode("k", &json(&[line("full_payment"), line("full_payment")].join(","))).unwrap();
    for lines in [["full_payment", "credit_payment"], ["credit_payment", "credit_payment"]] {
        let refusal = provider.encode("k", &json(&lines.map(line).join(","))).unwrap_err();
        assert_eq!(refusal.field, "items.mode");
        assert!(refusal.reason.starts_with("has to be the only one there: "), "{refusal}");
    }
}

/// An operation is offered by every account or by none; one that is not offered says why.
#[test]
fn what_a_provider_does_not_offer_is_refused() {
    let cash = movement(r#"{ "amount": 1 }"#);
    let shift = ShiftAction::default();
    let on_paper = PLAIN.replacen("\"kind\"", "\"print\": true, \"kind\"", 1);
    let mut refused = BTreeSet::new();
    for account in all() {
        let provider = &account.provider;
        for info in provider.info().operations {
            let operation: Operation = info.operation.parse().unwrap();
            let result = match operation {
                Operation::RegisterReceipt => provider.encode(KEY, &receipt(&on_paper)),
                Operation::CashIn => provider.encode(KEY, &Submission::CashIn(cash.clone())),
                Operation::CashOut => provider.encode(KEY, &Submission::CashOut(cash.clone())),
                // With lines or with sums, as the document has it.
                Operation::RegisterCorrection => provider
                    .encode(KEY, &correction(CORRECTION))
                    .or_else(|_| provider.encode(KEY, &correction(CORRECTION_OF_SUMS))),
                Operation::OpenShift => provider.encode(KEY, &Submission::OpenShift(shift.clone())),
                Operation::CloseShift => provider.encode(KEY, &Submission::CloseShift(shift.clone())),
                Operation::XReport => provider.encode(KEY, &Submission::XReport(shift.clone())),
                Operation::PrintSlip => provider.encode(KEY, &slip(r#"{ "lines": [{ "text": "x" }] }"#)),
                Operation::Status => {
                    provider.status(KEY, &StatusQuery { operation: Operation::RegisterReceipt, provider_id: None })
                }
                Operation::List => provider.list(&ListQuery::default(), &Page::first()),
                Operation::Devices => provider.devices(&DevicesQuery::default(), &Page::first()),
                Operation::ConfigureCallback => {
                    let settings =
                        CallbackSettings { url: "https://shop.example".into(), test_url: None, error_email: None };
                    provider.configure_callback(&settings, &Page::first())
                }
            };
            match (info.support, result) {
                (Support::Unsupported(reason), Err(refusal)) => {
                    assert!(refusal.reason.contains(reason), "{}: {refusal}", account.label());
                    assert!(refusal.reason.contains(info.operation), "{}: {refusal}", account.label());
                    refused.insert((account.name(), info.operation));
                }
                (Support::Unsupported(_), Ok(request)) => panic!("{}: {request:?}", account.label()),
                (Support::Supported(id), Err(refusal)) => {
                    // The drawer is named by a setting.
                    let settings = provider.info().settings;
                    let lacks = settings.iter().any(|setting| setting.name == refusal.field);
                    assert!(lacks && operation != Operation::RegisterReceipt, "{} {id}: {refusal}", account.label());
                }
                (Support::Supported(_), Ok(_)) => {}
            }
        }
    }
    // FACTS C.12.
    let beyond_receipts = ["cash_in", "cash_out", "open_shift", "close_shift", "x_report", "print_slip"]
        .map(|operation| ("rentel", operation));
    let mut expected = BTreeSet::from(beyond_receipts);
    expected.extend(beyond_receipts.map(|(_, operation)| ("mobika", operation)));
    expected.extend(beyond_receipts.map(|(_, operation)| ("checkonline", operation)));
    for operation in ["open_shift", "close_shift", "x_report", "print_slip", "register_correction"] {
        expected.insert(("smartcashier", operation));
    }
    expected.extend([("checkonline", "register_correction"), ("mobika", "register_correction")]);
    expected.extend([("checkonline", "status"), ("rentel", "status")]);
    for operation in ["list", "devices", "configure_callback"] {
        let offers = if operation == "list" { "mobika" } else { "itkassa" };
        let others = ["checkonline", "itkassa", "mobika", "rentel", "smartcashier"].into_iter();
        expected.extend(others.filter(|name| *name != offers).map(|name| (name, operation)));
    }
    assert_eq!(refused, expected);
}

/// A typed request keeps the documented one, digit for digit, and the client sends it to where the document says.
#[track_caller]
fn kept<B, O>(provider: &str, name: &str, url: &str, operation: impl Fn(B) -> O) -> Exact
where
    B: DeserializeOwned + Serialize,
    O: kassa_core::Operation,
{
    let text = examples::read(provider, name);
    let typed: B = json::read(&Bytes::from(text.clone())).unwrap_or_else(|error| panic!("{name}: {error}"));
    let documented = Exact::read(&text);
    assert_eq!(Exact::read(&serde_json::to_string(&typed).unwrap()), documented, "{name}");
    let base = providers().iter().find(|info| info.name == provider).unwrap().base_url.unwrap();
    let request = operation(typed).request(&BaseUrl::new(base).unwrap()).unwrap();
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", url), "{name}");
    assert_eq!(request.headers()["content-type"], "application/json; charset=utf-8", "{name}");
    assert_eq!(body(&request), documented, "{name}");
    documented
}

/// Where Kassa's own request departs from the documented one: pointer, Kassa, document.
#[track_caller]
fn assert_departures(request: &Request, documented: &Exact, expected: &[(&str, &str, &str)]) {
    let found = body(request).differences(documented);
    let found: Vec<_> = found.iter().map(|(at, ours, theirs)| (at.as_str(), ours.as_str(), theirs.as_str())).collect();
    assert_eq!(found, expected);
}

/// Those without a test of their own: IT Kassa's sale and correction are templates, held by the types alone (`kept`).
#[test]
fn every_documented_request_is_looked_at() {
    let expected: [(&str, &[&str]); 5] = [
        ("checkonline", &["complex.request.json", "complex_qty_fixed.request.json"]),
        (
            "itkassa",
            &[
                "callback_close_session.request.json",
                "callback_settings.request.json",
                "cash_in.request.json",
                "cash_out.request.json",
                "close_session.request.json",
                "correction.request.json",
                "open_session.request.json",
                "sale_template.request.json",
                "slip.request.json",
                "x_report.request.json",
            ],
        ),
        ("mobika", &["create_order.request.json"]),
        ("rentel", &["create_receipt_from_schema_examples.request.json"]),
        (
            "smartcashier",
            &[
                "check_status.request.json",
                "deposit_cash.request.json",
                "form_receipt.request.json",
                "withdraw_cash.request.json",
            ],
        ),
    ];
    let found: Vec<_> =
        providers().iter().map(|info| (info.name, examples::names(info.name, ".request.json"))).collect();
    assert_eq!(found, expected.map(|(name, files)| (name, files.iter().map(ToString::to_string).collect())));
}

#[test]
fn smart_cashier_documented_receipt() {
    use smartcashier::{client::FormReceipt, types::FormReceiptRequest};
    let url = "https://api.smart-cashier.ru/v1.0/operations/formReceipt";
    let documented =
        kept("smartcashier", "form_receipt.request.json", url, |body: FormReceiptRequest| FormReceipt { body });
    // SC2, SC15: the sample's code 3 is whatever general rate the account says.
    let ours = receipt(
        r#"{
            "kind": "income", "taxation": "simplified_income", "print": true,
            "items": [
                { "name": "Молоко коровье", "quantity": 3, "price": 70,
                  "vat": "vat20", "subject": "goods", "mode": "full_payment" },
                { "name": "Хлеб ржаной", "quantity": 2, "price": 30,
                  "vat": "vat20", "subject": "goods", "mode": "full_payment" }
            ],
            "payments": { "cash": 200, "cashless": 70 },
            "buyer": { "contact": "customer@example.com" }
        }"#,
    );
    let request = encoded(&smart_cashier(), "12854F", &ours);
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", url));
    assert_departures(
        &request,
        &documented,
        &[
            ("/buyerPhoneNumber", "absent", "\"\""),  // SC14
            ("/cashboxGroupId", "absent", "\"\""),    // SC14
            ("/juridicalPersonId", "absent", "\"\""), // SC14
        ],
    );
}

#[test]
fn smart_cashier_documented_cash() {
    use smartcashier::{client, types::CashRequest};
    let register =
        account("smartcashier", &[("token", SECRET), ("cashbox_id", "c0264f46-4bfd-4953-bfbe-2e3cd1e0a4ad")]);
    let url = "https://api.smart-cashier.ru/v1.0/operations/depositCash";
    let documented =
        kept("smartcashier", "deposit_cash.request.json", url, |body: CashRequest| client::DepositCash { body });
    let ours = Submission::CashIn(movement(r#"{ "amount": 50000.00 }"#));
    assert_eq!(ours.check().errors, []);
    let request = encoded(&register, "12855F", &ours);
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", url));
    assert_departures(&request, &documented, &[]);

    let url = "https://api.smart-cashier.ru/v1.0/operations/withdrawCash";
    let documented =
        kept("smartcashier", "withdraw_cash.request.json", url, |body: CashRequest| client::WithdrawCash { body });
    // SC6: the sample takes nothing out, which the uniform model refuses.
    let ours = Submission::CashOut(movement(r#"{ "amount": 0 }"#));
    assert_eq!(ours.check().errors.iter().map(ToString::to_string).collect::<Vec<_>>(), ["amount: is less than 0.01"]);
    let request = encoded(&register, "12856F", &ours);
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", url));
    assert_departures(&request, &documented, &[]);
}

#[test]
fn smart_cashier_documented_status() {
    let documented: serde_json::Value =
        serde_json::from_str(&examples::read("smartcashier", "check_status.request.json")).unwrap();
    let account = smart_cashier();
    let query = StatusQuery { operation: Operation::RegisterReceipt, provider_id: None };
    let mut uniform = account.provider.status("12857F", &query).unwrap();
    account.provider.authorize(&mut uniform).unwrap();
    let base = BaseUrl::new("https://api.smart-cashier.ru").unwrap();
    let client = smartcashier::client::CheckStatus { operation_id: "12857F".to_owned() }.request(&base).unwrap();
    for request in [&uniform, &client] {
        assert_eq!(request.method().as_str(), documented["method"]);
        assert_eq!(request.uri().to_string(), documented["url"]);
        assert!(request.body().is_empty() && !request.headers().contains_key("content-type"));
    }
    let documented = documented["headers"]["Authorization"].as_str().unwrap();
    assert_eq!(uniform.headers()["authorization"].to_str().unwrap(), documented.replace("<токен>", SECRET));
}

#[test]
fn check_online_documented_receipts() {
    use checkonline::{client::RegisterReceipt, types::ReceiptRequest};
    let url = "https://ferma-c.ofd.ru/api/kkt/cloud/sync/receipt";
    let typed = |body: ReceiptRequest| RegisterReceipt { body };
    let printed = kept("checkonline", "complex.request.json", url, typed);
    let mended = kept("checkonline", "complex_qty_fixed.request.json", url, typed);
    let departures = [
        ("/Cash", "absent", "0"),                  // B.3: left out when 0
        ("/Clientid", "absent", "\"\""),           // no client_id is set; an empty one says nothing
        ("/Lines/0/LineAttribute", "4", "absent"), // C.4: a subject is always stated
        ("/Place", "absent", "\"\""),              // no place is stated; an empty one says nothing
        ("/TaxMode", "absent", "0"),               // CO8: absent is the registered system too
    ];
    // CO1: the sample's code 4 is 0 % to the document, and no VAT to CheckOnline itself. CO16: the first slot of three.
    for (dialect, vat) in [("ferma_1_7", "vat0"), ("native", "none")] {
        let account = account("checkonline", &[("taxid_dialect", dialect)]);
        let request = encoded(&account, "545+64", &receipt(&taxi(vat)));
        assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", url));
        assert_departures(&request, &mended, &departures);
        let mut departures = departures.to_vec();
        departures.insert(3, ("/Lines/0/Qty", "1000", "1")); // CO7
        assert_departures(&request, &printed, &departures);
    }
}

/// What is documented, as JSON with every number as it is written.
#[track_caller]
fn example(provider: &str, name: &str) -> Exact {
    Exact::read(&examples::read(provider, name))
}

#[test]
fn mobika_documented_order() {
    let ours = receipt(
        r#"{
            "kind": "income", "taxation": "general",
            "items": [{ "name": "Картошка", "quantity": 1.5, "price": 30,
                        "vat": "vat10", "subject": "goods", "mode": "full_payment" }],
            "payments": { "cashless": 45 },
            "buyer": { "contact": "+70001234567" }
        }"#,
    );
    let request = encoded(&mobika(), ORDER, &ours);
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/v1/orders"));
    assert_departures(
        &request,
        &example("mobika", "create_order.request.json"),
        &[
            ("/receipt/products/0/paymentMethod", "4", "absent"), // the default, said
            ("/receipt/products/0/productType", "1", "absent"),   // the default, said
            ("/receipt/products/0/taxType", "2", "0"),            // M1: the table has no 0
        ],
    );
}

/// IK20: what sets a callback up that nobody would believe is refused.
#[test]
fn it_kassa_wants_all_that_proves_a_callback() {
    let hook: CallbackSettings = serde_json::from_str(r#"{ "url": "https://shop.example/news" }"#).unwrap();
    for (given, missing) in [
        (&[][..], Some("organization")),
        (&[("callback_key", SECRET)], Some("organization")),
        (&[("organization", "a6ca9ac2")], Some("callback_key")),
        (&[("callback_key", SECRET), ("organization", "a6ca9ac2")], None),
    ] {
        let settings = [&[("api_key", SECRET), ("register", GROUP)], given].concat();
        let request = account("itkassa", &settings).provider.configure_callback(&hook, &Page::first());
        assert_eq!(request.err().map(|refusal| refusal.field).as_deref(), missing, "{given:?}");
    }
}

#[test]
fn it_kassa_documented_commands() {
    let cashier = r#""cashier": { "name": "Кассир Талалихин В.В.", "inn": "123456789047" }, "print": true"#;
    let shift = || serde_json::from_str::<ShiftAction>(&format!("{{ {cashier} }}")).unwrap();
    let cash = || movement(&format!(r#"{{ "amount": 500.52, {cashier} }}"#));
    let opening = r#"{ "cashier": { "name": "ФИО КАССИРА", "inn": "123456789047" }, "print": false }"#;
    let slip = slip(
        r#"{ "lines": [
            { "text": "Заголовок документа", "font": "bold" }, { "feed": 10 }, { "text": "Строка 2\nСтрока 3" },
            { "qr": "Номер_билета_кодировать_в_QR-код", "qr_size": 6 }
        ] }"#,
    );
    let cases = [
        ("open_session.request.json", "${CreItemID}", Submission::OpenShift(serde_json::from_str(opening).unwrap())),
        ("close_session.request.json", "${CreItemId}", Submission::CloseShift(shift())),
        ("x_report.request.json", "${CreItemId}", Submission::XReport(shift())),
        ("cash_in.request.json", "${CreItemId}", Submission::CashIn(cash())),
        ("cash_out.request.json", "${CreItemId}", Submission::CashOut(cash())), // IK3
        ("slip.request.json", "${CreItemId}", slip),
    ];
    for (name, register, submission) in cases {
        let request = encoded(&it_kassa_at(register), KEY, &submission);
        let uri = request.uri().to_string();
        assert_eq!(
            (request.method().as_str(), uri.as_str()),
            ("POST", "https://qapi.itkassa.ru/open/api/v1/print-documents")
        );
        let key = format!("\"{KEY}\"");
        let mut departures = vec![("/idempKey", key.as_str(), "absent")]; // a key always goes with it
        if name == "slip.request.json" {
            departures.insert(0, ("/commands/5/disablePrintFooter", "absent", "true")); // the register's own way
        }
        assert_departures(&request, &example("itkassa", name), &departures);
    }
}

#[test]
fn rentel_documented_receipt() {
    let ours = receipt(
        r#"{
            "kind": "income", "taxation": "general",
            "items": [{
                "name": "Оплата услуг по страхованию.", "quantity": 1, "price": 5555.55,
                "vat": "vat20", "subject": "goods", "mode": "full_prepayment", "measure": "piece",
                "agent": {
                    "kinds": ["other_agent"], "operation": "Оплата по лицевому счету", "phones": ["+79000000008"],
                    "receiving_operator_phones": ["+79000000009"],
                    "transfer_operator": {
                        "name": "ПАО Сбербанк", "inn": "5047063977", "address": "г. Москва, проспект Мира 7",
                        "phones": ["+79091234567"]
                    }
                },
                "supplier": { "name": "ООО «Фототехника»", "inn": "1739815479", "phones": ["+74959613422"] },
                "marking": {
                    "code": "0003574EA75F63675258464D5939504837435A5057", "code_type": "unknown",
                    "planned_status": "piece_sold", "fraction": { "numerator": 1, "denominator": 2 }
                }
            }],
            "payments": { "cashless": 5555.55 },
            "buyer": { "contact": "+79000000001" },
            "machine_number": "46204",
            "user_property": { "name": "CustomUserPropertyName", "value": "CustomUserPropertyValue" }
        }"#,
    );
    let request = encoded(&rentel(), "6f000fee-bbac-4444-bda1-e9ce9999fcc7", &ours);
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/receipt"));
    assert_departures(
        &request,
        &example("rentel", "create_receipt_from_schema_examples.request.json"),
        &[
            ("/Request/CustomerReceipt/CheckMcMode", "absent", "null"), // says nothing
            ("/Request/CustomerReceipt/CorrectionInfo", "absent", "null"), // says nothing
            ("/Request/CustomerReceipt/Email", "absent", "\"example@ya.ru\""), // one contact is stated
            ("/Request/Items/0/MarkingCodeData/Fractional/Denominator", "2", "1"), // RE5
            ("/Request/Items/0/Quantity", "1", "1.0"),
        ],
    );
}
