//! Bad input is named: where it is and what is wrong with it; and nothing is taken for something else.

use kassa::validate::{Findings, validate};
use kassa_core::{Bytes, Contact, Date, SettingValues, json};
use kassa_providers::uniform::{CashMovement, Receipt, Submission};
use kassa_providers::{open, providers};
use serde_json::{Value, json};

use crate::accounts::SECRET;
use crate::paths::is_field;
use crate::receipts::{PLAIN, RETURN, receipt};

const TODAY: Date = Date::constant(2026, 3, 1);

/// Reads a receipt, and gives the error.
#[track_caller]
fn error_of(text: &str) -> String {
    let error = json::read::<Receipt>(&Bytes::from(text.to_owned())).map(|receipt| format!("{receipt:?}"));
    let error = error.expect_err(text);
    assert!(!error.reason.is_empty() && !error.place.is_empty(), "{error:?}");
    error.to_string()
}

#[test]
fn a_receipt_that_is_none_is_refused_at_its_place() {
    let edits = [
        ("vat10", "vat21", "items[0].vat", "unknown variant `vat21`, expected one of"),
        ("vat10", "20%", "items[0].vat", "unknown variant `20%`"),
        ("vat10", "VAT10", "items[0].vat", "unknown variant `VAT10`"),
        ("goods", "good", "items[0].subject", "unknown variant `good`"),
        ("full_payment", "full", "items[0].mode", "unknown variant `full`"),
        ("\"income\"", "\"sale\"", "kind", "unknown variant `sale`"),
        ("\"income\"", "1", "kind", "expected"),
        ("simplified_income", "usn", "taxation", "unknown variant `usn`"),
        ("30.50", "30.505", "items[0].price", "30.505 has more than 2 digits after the point"),
        ("30.50", "0.30000000000000004", "items[0].price", "has more than 2 digits after the point"),
        ("30.50", "\"30,50\"", "items[0].price", "is not a decimal number"),
        ("30.50", "92233720368547758.08", "items[0].price", "is out of range"),
        ("30.50", "-1e99", "items[0].price", "is out of range"),
        ("30.50", "null", "items[0].price", "is not a decimal number"),
        ("\"quantity\": 2", "\"quantity\": 0.0000001", "items[0].quantity", "more than 6 digits after the point"),
        ("\"quantity\": 2", "\"quantity\": \"два\"", "items[0].quantity", "is not a decimal number"),
        ("\"quantity\": 2", "\"qty\": 2", "items[0]", "unknown field `qty`, expected one of"),
        ("\"quantity\": 2, ", "", "items[0]", "missing field `quantity`"),
        ("\"quantity\": 2", "\"quantity\": 2, \"quantity\": 3", "items[0]", "duplicate field `quantity`"),
        ("\"cashless\": 61", "\"card\": 61", "payments", "unknown field `card`"),
        ("\"cashless\": 61", "\"cashless\": 61, \"cashless\": 1", "payments", "duplicate field `cashless`"),
        ("\"cashless\": 61", "\"cashless\": 61.001", "payments.cashless", "more than 2 digits after the point"),
        ("\"payments\"", "\"date\": \"2026-02-30\", \"payments\"", "date", ""),
        ("\"payments\"", "\"buyer\": { \"contact\": \"\" }, \"payments\"", "buyer.contact", "1 to 64 characters"),
        ("\"payments\"", "\"print\": \"yes\", \"payments\"", "print", "expected a boolean"),
        ("\"payments\"", "\"Kind\": \"income\", \"payments\"", "", "unknown field `Kind`"),
    ];
    for (from, to, place, reason) in edits {
        assert!(PLAIN.contains(from), "{from}");
        let error = error_of(&PLAIN.replacen(from, to, 1));
        assert!(error.starts_with("body"), "{error}");
        assert!(error.contains(place) && error.contains(reason), "{from} -> {to}: {error}");
        // And the line of the file.
        assert!(error.contains("line ") && error.contains("column "), "{from} -> {to}: {error}");
    }
    // In the second of two lines, the second is named.
    let mut two: Value = serde_json::from_str(PLAIN).unwrap();
    two["items"] = json!([two["items"][0], two["items"][0]]);
    two["items"][1]["vat"] = json!("vat21");
    assert!(error_of(&two.to_string()).starts_with("body.items[1].vat: "));
}

#[test]
fn text_that_is_no_json_is_refused_at_its_place() {
    for (text, reason) in [
        ("", "empty"),
        ("<html>", "HTML"),
        ("{", "EOF while parsing an object at line 1"),
        ("{\"kind\": \"income\",}", "trailing comma at line 1 column 19"),
        ("{\"kind\": 'income'}", "expected value at line 1 column 10"),
        ("{\"kind\": income}", "expected value at line 1 column 10"),
        ("1", "expected struct Receipt"),
        ("null", "expected struct Receipt"),
        ("NaN", "expected value"),
    ] {
        let error = error_of(text);
        assert!(error.contains(reason), "{text:?}: {error}");
    }
    let end = PLAIN.len();
    for cut in (0..end).filter(|cut| PLAIN.is_char_boundary(*cut)) {
        error_of(&PLAIN[..cut]);
    }
    error_of(&format!("{PLAIN} {PLAIN}"));
}

/// A receipt is an object with names, and no list of values in some order.
#[test]
fn a_list_is_no_receipt() {
    let line = r#"["x",1,1,null,"none","goods","full_payment",null,null,null,null,null,null,null,null]"#;
    let list =
        format!(r#"["income","general",null,null,[{line}],[1,0,0,0,0],null,null,null,null,null,null,null,null,null]"#);
    error_of(&list);
    error_of("[]");
    assert!(error_of(&PLAIN.replace(r#"{ "cashless": 61 }"#, "[0, 61, 0, 0, 0]")).starts_with("body.payments: "));
}

/// FACTS A.1, F: an INN, a phone and a country have digits, and a digit is one of ten.
#[test]
fn digits_are_ascii() {
    for (pointer, value) in [
        ("/seller_inn", json!("١٢٣٤٥٦٧٨٩٠")),
        ("/seller_inn", json!("１２３４５６７８９０１２")),
        ("/buyer", json!({ "inn": "٧٧٠٧٠٨٣٨٩٣" })),
        ("/items/0/country", json!("٦٤٣")),
        ("/items/0/supplier", json!({ "phones": ["+٧"] })),
    ] {
        assert_eq!(changed(pointer, value.clone()).check().errors.len(), 1, "{pointer} {value}");
    }
}

/// FACTS F: a phone is `+` and 10 to 15 digits; what is shorter, longer or of other digits is none.
#[test]
fn a_plus_is_no_phone() {
    for text in ["+", "+1", "+123456789", "+1234567890123456", "+٧٩٩٩١٢٣٤٥٦٧", "89991234567"] {
        assert_eq!(text.parse::<Contact>().unwrap().phone(), None, "{text}");
    }
    for text in ["+1234567890", "+123456789012345", "7 (999) 123-45-67"] {
        assert!(text.parse::<Contact>().unwrap().phone().is_some(), "{text}");
    }
}

/// A receipt after one change: JSON pointer, and what is put there.
fn changed(pointer: &str, value: Value) -> Submission {
    let mut receipt: Value = serde_json::from_str(PLAIN).unwrap();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    receipt.pointer_mut(parent).unwrap()[field] = value;
    Submission::RegisterReceipt(serde_json::from_value(receipt).unwrap())
}

#[test]
fn limits_of_single_fields() {
    let long = |count: usize| Value::from("ё".repeat(count));
    let item = serde_json::from_str::<Value>(PLAIN).unwrap()["items"][0].clone();
    let cases: [(&str, Value, &str); 38] = [
        ("/items", json!([]), "items: has fewer than 1 entries"),
        ("/items", vec![item; 251].into(), "items: has more than 250 entries"),
        ("/items/0/name", long(129), "items[0].name: is longer than 128 characters"),
        ("/items/0/quantity", json!("0"), "items[0].quantity: is less than 0.000001"),
        ("/items/0/quantity", json!("-1"), "items[0].quantity: is less than 0.000001"),
        ("/items/0/quantity", json!("281474976.710656"), "items[0].quantity: is more than 281474976.710655"),
        ("/items/0/price", json!("-0.01"), "items[0].price: is less than 0"),
        ("/items/0/price", json!("100000000"), "items[0].price: is more than 99999999.99"),
        ("/items/0/total", json!("-0.01"), "items[0].total: is less than 0"),
        ("/items/0/total", json!("100000000"), "items[0].total: is more than 99999999.99"),
        ("/items/0/excise", json!("-0.01"), "items[0].excise: is less than 0"),
        ("/items/0/country", json!("64"), "items[0].country: is not of the form ^"),
        ("/items/0/country", json!("RUS"), "items[0].country: is not of the form ^"),
        ("/items/0/declaration", long(33), "items[0].declaration: is longer than 32 characters"),
        ("/items/0/additional_property", long(65), "items[0].additional_property: is longer than 64 characters"),
        ("/items/0/agent", json!({}), "items[0].agent.kinds: has fewer than 1 entries"),
        (
            "/items/0/agent",
            json!({ "kinds": ["attorney"], "operation": "ё".repeat(25) }),
            "items[0].agent.operation: is longer than 24 characters",
        ),
        (
            "/items/0/agent",
            json!({ "kinds": ["attorney"], "phones": ["+7", "79991234567"] }),
            "items[0].agent.phones[1]: is not of the form ^",
        ),
        (
            "/items/0/agent",
            json!({ "kinds": ["attorney"], "transfer_operator": { "inn": "770770389" } }),
            "items[0].agent.transfer_operator.inn: is not of the form ^",
        ),
        (
            "/items/0/supplier",
            json!({ "phones": ["+1234567890123456789"] }),
            "items[0].supplier.phones[0]: is not of the form ^",
        ),
        (
            "/items/0/supplier",
            json!({ "name": "ё".repeat(240) }),
            "items[0].supplier.name: is longer than 239 characters",
        ),
        (
            "/items/0/marking",
            json!({ "code": "x".repeat(224) }),
            "items[0].marking.code: is longer than 223 characters",
        ),
        (
            "/items/0/marking",
            json!({ "code": "x", "fraction": { "numerator": 0, "denominator": 2 } }),
            "items[0].marking.fraction.numerator: is less than 1",
        ),
        (
            "/items/0/marking",
            json!({ "code": "x", "fraction": { "numerator": 1, "denominator": 1 } }),
            "items[0].marking.fraction.denominator: is less than 2",
        ),
        ("/payments/cash", json!("-0.01"), "payments.cash: is less than 0"),
        ("/payments/cashless", json!("-61"), "payments.cashless: is less than 0"),
        ("/payments/prepaid", json!("-0.01"), "payments.prepaid: is less than 0"),
        ("/payments/credit", json!("-0.01"), "payments.credit: is less than 0"),
        ("/payments/counter_provision", json!("-0.01"), "payments.counter_provision: is less than 0"),
        ("/seller_inn", json!("77077038930"), "seller_inn: is not of the form ^"),
        ("/seller_inn", json!("7707083893\n"), "seller_inn: is not of the form ^"),
        ("/buyer", json!({ "inn": "" }), "buyer.inn: is not of the form ^"),
        ("/buyer", json!({ "name": "ё".repeat(240) }), "buyer.name: is longer than 239 characters"),
        ("/cashier", json!({ "name": "x", "inn": "7707083893" }), "cashier.inn: is not of the form ^"),
        ("/place", long(257), "place: is longer than 256 characters"),
        ("/machine_number", long(21), "machine_number: is longer than 20 characters"),
        (
            "/user_property",
            json!({ "name": "ё".repeat(65), "value": "x" }),
            "user_property.name: is longer than 64 characters",
        ),
        (
            "/user_property",
            json!({ "name": "x", "value": "ё".repeat(235) }),
            "user_property.value: is longer than 234 characters",
        ),
    ];
    for (pointer, value, expected) in cases {
        let findings = changed(pointer, value).check();
        let found = [findings.errors, findings.warnings.clone()].concat();
        // FACTS F: what the sources give differently warns.
        let warns =
            ["/items/0/name", "/cashier", "/user_property"].contains(&pointer) || expected.contains("supplier.name");
        assert_eq!(findings.warnings.len(), usize::from(warns), "{pointer}");
        let [violation] = found.as_slice() else { panic!("{pointer}: {found:?}") };
        // The pattern itself is the spec's.
        let text = violation.to_string();
        assert!(
            if expected.ends_with('^') { text.starts_with(expected) } else { text == expected },
            "{pointer}: {text}"
        );
        assert!(is_field(&violation.field), "{pointer}: {found:?}");
    }
    // One short of each limit is fine.
    for (pointer, value) in [
        ("/items/0/name", long(128)),
        ("/items/0/price", json!("99999999.99")),
        ("/items/0/quantity", json!("0.000001")),
        ("/items/0/quantity", json!("281474976.710655")),
        ("/user_property", json!({ "name": "ё".repeat(64), "value": "ё".repeat(234) })),
        ("/cashier", json!({ "name": "x", "inn": "123456789047" })),
        ("/items/0/supplier", json!({ "name": "ё".repeat(239) })),
        ("/place", long(256)),
        ("/seller_inn", json!("123456789047")),
        ("/machine_number", long(20)),
        ("/items/0/supplier", json!({ "phones": ["+123456789012345678"] })),
    ] {
        assert_eq!(changed(pointer, value).check(), Findings::default(), "{pointer}");
    }
    let movement: CashMovement = serde_json::from_str(r#"{ "amount": "-5", "seller_inn": "1" }"#).unwrap();
    for submission in [Submission::CashIn(movement.clone()), Submission::CashOut(movement)] {
        let found: Vec<_> = submission.check().errors.into_iter().map(|violation| violation.field).collect();
        assert_eq!(found, ["seller_inn", "amount"]);
    }
    // Every one that is broken is told, in one go.
    let mut worst = serde_json::from_str::<Value>(PLAIN).unwrap();
    worst["items"][0]["quantity"] = json!("0");
    worst["items"][0]["price"] = json!("-1");
    worst["payments"]["cash"] = json!("-1");
    let worst: Receipt = serde_json::from_value(worst).unwrap();
    assert_eq!(worst.check().errors.len(), 3);
}

/// The errors that validation finds on [`TODAY`].
fn errors(submission: &Submission) -> Vec<String> {
    errors_on(TODAY, submission)
}

fn errors_on(today: Date, submission: &Submission) -> Vec<String> {
    let findings = validate(submission, today);
    for violation in findings.errors.iter().chain(&findings.warnings) {
        assert!(is_field(&violation.field), "{violation:?}");
    }
    findings.errors.iter().map(ToString::to_string).collect()
}

#[test]
fn sums_that_do_not_agree() {
    assert_eq!(errors(&receipt(PLAIN)), Vec::<String>::new());
    let short = changed("/payments", json!({ "cash": 30, "cashless": "30.99" }));
    assert_eq!(errors(&short), ["payments: come to 60.99, and the total is 61.00"]);
    let over = changed("/payments", json!({ "cashless": "61.01" }));
    assert_eq!(
        errors(&over),
        ["payments: come to 61.01 without cash, and the total is 61.00; only cash may exceed it"]
    );
    assert_eq!(errors(&changed("/payments", json!({ "cash": 5000 }))), Vec::<String>::new());
    assert_eq!(errors(&changed("/payments", json!({}))), ["payments: come to 0.00, and the total is 61.00"]);
    let nothing = changed("/items/0/price", json!("0"));
    assert!(errors(&nothing).contains(&"total: is 0.00; it has to be more than 0".to_owned()));
    let overflow = changed("/items/0/quantity", json!("9223372036854.775807"));
    assert_eq!(errors(&overflow)[0], "items[0].quantity: is more than 281474976.710655");
    assert!(errors(&overflow)[1].starts_with("items[0]: price × quantity is "), "{:?}", errors(&overflow));
    let line = changed("/items/0/total", json!("61.02"));
    assert!(errors(&line)[0].starts_with("items[0].total: is 61.02, and 30.50 × 2 is 61.00"), "{:?}", errors(&line));
    let huge = changed("/payments", json!({ "cash": "92233720368547758.07", "cashless": "61" }));
    assert_eq!(errors(&huge), ["payments: are out of range: they cannot be added up"]);
}

/// FACTS A.6 and F: a rate is for its days; a return of an older settlement may still use it.
#[test]
fn rates_have_their_days() {
    // What is wrong with a receipt of `date`, registered on `today`.
    let of = |kind: &str, vat: &str, date: Option<&str>, today: &str| {
        let mut json: Value = serde_json::from_str(if kind.ends_with("return") { RETURN } else { PLAIN }).unwrap();
        json["kind"] = json!(kind);
        json["items"][0]["vat"] = json!(vat);
        if let Some(date) = date {
            json["date"] = json!(date);
        }
        let receipt = Submission::RegisterReceipt(serde_json::from_value(json).unwrap());
        errors_on(today.parse().unwrap(), &receipt)
    };
    let fine = Vec::<String>::new();
    for vat in ["vat20", "vat20_120"] {
        let ended = |found: Vec<String>| {
            let [error] = found.as_slice() else { panic!("{vat}: {found:?}") };
            assert!(error.starts_with(&format!("items[0].vat: is {vat}, valid until 2025-12-31, and ")), "{error}");
            assert!(error.ends_with("; only returns may still use it"), "{error}");
        };
        for kind in ["income", "expense"] {
            assert_eq!(of(kind, vat, None, "2025-12-31"), fine);
            assert_eq!(of(kind, vat, Some("2025-12-31"), "2025-12-31"), fine);
            ended(of(kind, vat, None, "2026-01-01"));
            ended(of(kind, vat, Some("2026-01-01"), "2026-01-01"));
            ended(of(kind, vat, Some("2026-03-01"), "2026-03-01"));
            // The register dates it with its own day.
            ended(of(kind, vat, Some("2025-12-31"), "2026-03-01"));
        }
        for kind in ["income_return", "expense_return"] {
            assert_eq!(of(kind, vat, None, "2026-03-01"), fine, "the return of a sale of 2025");
            assert_eq!(of(kind, vat, Some("2026-03-01"), "2026-03-01"), fine);
        }
    }
    for (vat, before, since) in [
        ("vat22", "2025-12-31", "2026-01-01"),
        ("vat22_122", "2025-12-31", "2026-01-01"),
        ("vat5", "2024-12-31", "2025-01-01"),
        ("vat7_107", "2024-12-31", "2025-01-01"),
    ] {
        for kind in ["income", "income_return"] {
            let expected = [format!("items[0].vat: is {vat}, valid from {since}, and the receipt is of {before}")];
            assert_eq!(of(kind, vat, None, before), expected);
            assert_eq!(of(kind, vat, Some(before), before), expected);
            assert_eq!(of(kind, vat, None, since), fine);
            assert_eq!(of(kind, vat, Some(since), since), fine);
        }
    }
    assert_eq!(of("income", "vat18", None, "2018-12-31"), fine);
    assert_eq!(of("income", "vat18", None, "2026-03-01").len(), 1);
    assert_eq!(of("income_return", "vat18", None, "2026-03-01"), fine);
    for vat in ["vat10", "vat10_110", "vat0", "none"] {
        for today in ["2017-01-01", "2026-01-01", "2031-12-31"] {
            assert_eq!(of("income", vat, None, today), fine, "{vat}");
        }
    }
    assert!(of("income", "none", Some("2026-03-02"), "2026-03-01")[0].starts_with("date: is 2026-03-02"));
}

/// An account without what it must have is refused, everything at once, and no secret is shown.
#[test]
fn settings_that_are_wrong_are_told() {
    let problems = |name: &str, settings: &[(&str, &str)], base_url: Option<&str>| -> Vec<String> {
        let values = settings.iter().fold(SettingValues::default(), |values, (name, value)| values.with(*name, *value));
        let errors = open(name, &values, base_url).expect_err("these settings are wrong");
        errors.iter().map(ToString::to_string).collect()
    };
    for info in providers() {
        let required: Vec<_> =
            info.settings.iter().filter(|setting| setting.required && setting.default.is_none()).collect();
        let found = problems(info.name, &[], info.base_url.is_none().then_some("https://provider.test"));
        assert_eq!(found.len(), required.len(), "{}: {found:?}", info.name);
        for (text, setting) in found.iter().zip(required) {
            let expected = format!("setting `{}`: is missing ({})", setting.name, setting.about);
            assert_eq!(*text, expected);
        }
        // F11: no default where a wrong value prints a wrong tax.
        for setting in info.settings.iter().filter(|setting| setting.about.contains("VAT")) {
            assert_eq!(setting.default, None, "{} {}", info.name, setting.name);
        }
    }
    let found = problems("checkonline", &[("taxid_dialect", "ferma"), ("taxid", "native")], None);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("setting `taxid`: the provider has no such setting; it has `taxid_dialect`"),
        "{found:?}"
    );
    assert_eq!(found[1], "setting `taxid_dialect`: is none of ferma_1_7, native");
    let found =
        problems("smartcashier", &[("token", SECRET), ("general_rate_means", "21"), ("print_receipts", "yes")], None);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(!found.concat().contains(SECRET));
    assert_eq!(problems("smartcashier", &[("token", "")], None), ["setting `token`: is empty"]);
    for address in ["ftp://x", "https://user:password@x", "", "x"] {
        let found = problems("smartcashier", &[("token", SECRET)], Some(address));
        assert!(found.len() == 1 && found[0].starts_with("setting `base_url`: "), "{address}: {found:?}");
    }
    let found = problems("smartcashie", &[], None);
    let known: Vec<_> = providers().iter().map(|info| format!("`{}`", info.name)).collect();
    assert_eq!(found, [format!("setting `provider`: there is no `smartcashie`; there is {}", known.join(", "))]);
}
