//! Every rule: what it finds, and that it is quiet about a sound receipt.

use kassa_core::{Date, Violation};
use kassa_providers::uniform::Submission;
use serde_json::{Value, json};

use super::{Findings, RULES, Severity, validate};

const TODAY: Date = Date::constant(2026, 3, 1);

/// A sound receipt with a line of 70.00.
fn sound() -> Value {
    json!({
        "kind": "income",
        "taxation": "general",
        "seller_inn": "7707083893",
        "items": [{
            "name": "Ёлка", "quantity": "2", "price": "35.00",
            "vat": "vat22", "subject": "goods", "mode": "full_payment",
        }],
        "payments": { "cash": "70" },
        "buyer": { "contact": "+79991234567" },
    })
}

/// What is found in a sound receipt after `changes`, pairs of a JSON pointer and what is put there.
fn find(changes: &[(&str, Value)]) -> Findings {
    let receipt = changed(sound(), changes);
    validate(&Submission::RegisterReceipt(serde_json::from_value(receipt).unwrap()), TODAY)
}

/// The same of a sound correction with lines.
fn find_in_correction(changes: &[(&str, Value)]) -> Findings {
    let mut correction = sound();
    correction["correction"] = json!({ "type": "self_initiated", "date": "2026-03-01" });
    let correction = changed(correction, changes);
    validate(&Submission::RegisterCorrection(serde_json::from_value(correction).unwrap()), TODAY)
}

/// The same of a sound correction without lines.
fn find_in_sums(changes: &[(&str, Value)]) -> Findings {
    let basis = json!({ "type": "self_initiated", "date": "2026-03-01", "description": "x" });
    let correction = json!({ "kind": "income", "correction": basis, "vat_sums": { "vat20": "5.00" }, "payments": {} });
    let correction = changed(correction, changes);
    validate(&Submission::RegisterCorrection(serde_json::from_value(correction).unwrap()), TODAY)
}

fn changed(mut document: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match document.pointer_mut(parent).unwrap() {
            Value::Array(list) => match key.parse::<usize>().unwrap() {
                index if index == list.len() => list.push(value.clone()),
                index => list[index] = value.clone(),
            },
            parent => parent[key] = value.clone(),
        }
    }
    document
}

#[track_caller]
fn errors(changes: &[(&str, Value)], expected: &[&str]) {
    let found: Vec<_> = find(changes).errors.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn warnings(changes: &[(&str, Value)], expected: &[&str]) {
    let findings = find(changes);
    let found: Vec<_> = findings.warnings.iter().map(ToString::to_string).collect();
    assert_eq!((found, findings.errors), (expected.iter().map(ToString::to_string).collect(), vec![]));
}

fn line() -> Value {
    sound()["items"][0].clone()
}

#[test]
fn a_sound_receipt_has_no_findings() {
    assert_eq!(find(&[]), Findings::default());
}

#[test]
fn there_is_a_line() {
    let findings = find(&[("/items", json!([]))]);
    assert_eq!(findings.errors.len(), 1, "{findings:?}");
    assert_eq!(findings.errors[0].field, "items");
}

#[test]
fn there_are_not_too_many_lines() {
    let many = |count: usize| {
        let total = format!("{}", 70 * count);
        find(&[("/items", Value::Array(vec![line(); count])), ("/payments/cash", json!(total))])
    };
    assert_eq!(many(100), Findings::default());
    assert_eq!(many(101).warnings[0].to_string(), "items: are 101; some services take at most 100");
    assert_eq!(many(250).errors, []);
    assert_eq!(many(251).errors[0].field, "items");
}

#[test]
fn the_total_is_more_than_nothing() {
    errors(
        &[("/items/0/price", json!("0")), ("/payments/cash", json!("0"))],
        &["total: is 0.00; it has to be more than 0"],
    );
}

#[test]
fn the_total_can_be_registered() {
    let line = json!({ "name": "x", "quantity": 1, "price": "99999999.99", "vat": "none", "subject": "goods", "mode": "full_payment" });
    let changes = [("/items/0", line.clone()), ("/items/1", line), ("/payments/cash", json!("199999999.98"))];
    errors(&changes, &["total: is 199999999.98, and at most 99999999.99 can be registered"]);
}

#[test]
fn sums_never_overflow() {
    let huge = "92233720368547758.07";
    let found = |changes: &[(&str, Value)]| find(changes).errors.iter().map(ToString::to_string).collect::<Vec<_>>();
    let changes = [("/items/0/price", json!("99999999.99")), ("/items/0/quantity", json!("9223372036854.775807"))];
    assert_eq!(
        found(&changes),
        [
            "items[0].quantity: is more than 281474976.710655",
            "items[0]: price × quantity is out of range: 99999999.99 × 9223372036854.775807",
        ]
    );
    let mut line = line();
    line["total"] = json!(huge);
    let found_lines = found(&[("/items/0", line.clone()), ("/items/1", line)]);
    assert!(
        found_lines.contains(&"total: is out of range: the lines cannot be added up".to_owned()),
        "{found_lines:?}"
    );
    let changes = [("/payments/cash", json!(huge)), ("/payments/cashless", json!("0.01"))];
    assert_eq!(found(&changes), ["payments: are out of range: they cannot be added up"]);
    let changes = [("/payments/credit", json!(huge)), ("/payments/cashless", json!(huge))];
    assert_eq!(found(&changes), ["payments: are out of range: they cannot be added up"]);
    // The far ends of the range against each other.
    let changes = [("/items/0/total", json!("-92233720368547758.08"))];
    assert!(found(&changes).iter().any(|error| error.starts_with("items[0].total: is -92233720368547758.08, and")));
}

#[test]
fn a_line_alone_can_be_registered() {
    let changes = [("/items/0/quantity", json!("4000000")), ("/payments/cash", json!("140000000"))];
    let expected = [
        "items[0]: price × quantity is 140000000.00, and at most 99999999.99 can be registered",
        "total: is 140000000.00, and at most 99999999.99 can be registered",
    ];
    errors(&changes, &expected);
}

#[test]
fn a_stated_line_total_is_within_a_kopeck() {
    for total in ["69.99", "70.00", "70.01"] {
        errors(&[("/items/0/total", json!(total)), ("/payments/cash", json!("71"))], &[]);
    }
    let expected = "items[0].total: is 70.02, and 35.00 × 2 is 70.00; leave it out, or state it within a kopeck";
    errors(&[("/items/0/total", json!("70.02")), ("/payments/cash", json!("71"))], &[expected]);
}

#[test]
fn payments_cover_the_total() {
    errors(&[("/payments", json!({ "cash": "69.99" }))], &["payments: come to 69.99, and the total is 70.00"]);
    errors(&[("/payments", json!({ "cash": "20", "cashless": "50" }))], &[]);
    errors(&[("/payments", json!({ "cash": "100" }))], &[]);
}

#[test]
fn only_cash_exceeds_the_total() {
    let expected = "payments: come to 70.01 without cash, and the total is 70.00; only cash may exceed it";
    for kind in ["cashless", "prepaid", "credit", "counter_provision"] {
        errors(&[("/payments", json!({ kind: "70.01" }))], &[expected]);
    }
}

#[test]
fn a_line_has_a_name_unless_it_is_an_advance() {
    errors(&[("/items/0/name", json!(" "))], &["items[0].name: is empty; only an advance may go without a name"]);
    errors(&[("/items/0/name", json!("")), ("/items/0/mode", json!("advance"))], &[]);
}

#[test]
fn some_subjects_are_named_by_numbers() {
    for (subject, sound, wrong, range) in [
        ("non_operating_income", ["1", "25"], ["0", "26", "01", "x", ""], "\"1\" to \"25\""),
        ("other_contributions", ["26", "31"], ["25", "32", "+26", "x", ""], "\"26\" to \"31\""),
    ] {
        for name in sound {
            errors(&[("/items/0/subject", json!(subject)), ("/items/0/name", json!(name))], &[]);
        }
        for name in wrong {
            let expected = format!("items[0].name: is {name:?}; the subject {subject} is named by a number, {range}");
            errors(&[("/items/0/subject", json!(subject)), ("/items/0/name", json!(name))], &[&expected]);
        }
    }
}

#[test]
fn an_ordinary_receipt_uses_what_is_valid_on_its_day() {
    let vat = |vat: &str, date: &str| [("/items/0/vat", json!(vat)), ("/date", json!(date))];
    errors(&vat("vat22", "2026-01-01"), &[]);
    // A register prints today's date, whatever day the settlement was of.
    let late = "items[0].vat: is vat20, valid until 2025-12-31, and the register will date it 2026-03-01; only returns may still use it";
    errors(&vat("vat20", "2025-12-31"), &[late]);
    let to_come = "date: is 2026-03-02, and today is 2026-03-01: a settlement is not of a day to come";
    errors(&vat("vat22", "2026-03-02"), &[to_come]);
    let ended = "items[0].vat: is vat20, valid until 2025-12-31, and the receipt is of 2026-01-01; only returns may still use it";
    errors(&vat("vat20", "2026-01-01"), &[ended]);
    errors(
        &vat("vat22", "2025-12-31"),
        &["items[0].vat: is vat22, valid from 2026-01-01, and the receipt is of 2025-12-31"],
    );
    // Without a date of its own, today counts.
    let ended = "items[0].vat: is vat20_120, valid until 2025-12-31, and the receipt is of 2026-03-01; only returns may still use it";
    errors(&[("/items/0/vat", json!("vat20_120"))], &[ended]);
    let ended =
        "taxation: is imputed, valid until 2020-12-31, and the receipt is of 2026-03-01; only returns may still use it";
    // FACTS F: the abolished system is a warning.
    warnings(&[("/taxation", json!("imputed"))], &[ended]);
}

#[test]
fn a_return_may_use_what_has_ended_and_not_what_has_not_begun() {
    for kind in ["income_return", "expense_return"] {
        let returned =
            |vat: &str, date: &str| [("/kind", json!(kind)), ("/items/0/vat", json!(vat)), ("/date", json!(date))];
        errors(&returned("vat20", "2026-01-01"), &[]);
        errors(&returned("vat18", "2026-01-01"), &[]);
        errors(
            &returned("vat22", "2025-12-31"),
            &["items[0].vat: is vat22, valid from 2026-01-01, and the receipt is of 2025-12-31"],
        );
    }
}

#[test]
fn rates_of_different_times_are_not_mixed() {
    let mut old = line();
    old["vat"] = json!("vat20");
    let changes = [("/kind", json!("income_return")), ("/items/1", old), ("/payments/cash", json!("140"))];
    warnings(&changes, &["items[0].vat: is vat22, and another line has vat20: they were never valid on one day"]);
}

#[test]
fn a_credit_payment_stands_alone() {
    warnings(&[("/items/0/mode", json!("credit_payment"))], &[]);
    let changes = [("/items/0/mode", json!("credit_payment")), ("/items/1", line()), ("/payments/cash", json!("140"))];
    warnings(&changes, &["items[0].mode: is credit_payment; some registers take it as the only line of a receipt"]);
}

#[test]
fn a_contact_can_be_reached() {
    warnings(&[("/buyer/contact", json!("a@b.ru"))], &[]);
    let expected = "buyer.contact: is neither an e-mail address nor a phone with its country (+ and 10 to 15 digits)";
    warnings(&[("/buyer/contact", json!("89991234567"))], &[expected]);
    let changes = [("/buyer", json!(null)), ("/print", json!(false))];
    warnings(&changes, &["buyer.contact: is missing, and no paper comes out: the buyer gets no receipt"]);
}

#[test]
fn check_digits_of_inns() {
    for inn in ["7704211201", "7707083893", "6163047214", "7709364346", "123456789047"] {
        assert!(super::inn_is_sound(inn), "{inn}");
    }
    for inn in ["7710000000", "7720000000", "0123456789", "123456789048", "", "77042112010", "770421120x"] {
        assert!(!super::inn_is_sound(inn), "{inn}");
    }
    let changes = [
        ("/seller_inn", json!("7710000000")),
        ("/buyer/inn", json!("0123456789")),
        ("/cashier", json!({ "name": "x", "inn": "123456789048" })),
        ("/items/0/supplier", json!({ "inn": "7710000000" })),
    ];
    warnings(
        &changes,
        &[
            "seller_inn: has wrong check digits",
            "items[0].supplier.inn: has wrong check digits",
            "buyer.inn: has wrong check digits",
            "cashier.inn: has wrong check digits",
        ],
    );
}

#[test]
fn texts_can_be_printed() {
    let changes = [("/items/0/name", json!("«Ёлка» — €\n")), ("/place", json!("кафе №5"))];
    let expected = "items[0].name: has characters that registers cannot print (not in CP866): \\u{a} `«` `»` `—` `€`";
    warnings(&changes, &[expected]);
}

#[test]
fn an_agent_states_what_its_kind_owes() {
    let bank = [("/items/0/agent", json!({ "kinds": ["bank_paying_agent"], "phones": ["+79991234567"] }))];
    warnings(
        &bank,
        &[
            "items[0].agent: is a bank_paying_agent and does not state operation, transfer_operator.name, \
             transfer_operator.inn, transfer_operator.address, transfer_operator.phones",
            "items[0].supplier: does not state inn, name, phones; whoever sells through an agent is named",
        ],
    );
    let supplier = json!({ "inn": "7704211201", "name": "x", "phones": ["+79991234567"] });
    let paying = [("/items/0/agent", json!({ "kinds": ["paying_subagent"] })), ("/items/0/supplier", supplier.clone())];
    let expected = "items[0].agent: is a paying_subagent and does not state phones, receiving_operator_phones";
    warnings(&paying, &[expected]);
    let other = [("/items/0/agent", json!({ "kinds": ["commissioner"] })), ("/items/0/supplier", supplier)];
    warnings(&other, &[]);
}

#[test]
fn shared_fields_have_room() {
    let phones = ["+79991234567", "+79991234568"];
    let supplier = |name: usize| [("/items/0/supplier", json!({ "name": "я".repeat(name), "phones": phones }))];
    warnings(&supplier(207), &[]);
    let expected =
        "items[0].supplier: has a name and phones of 240 bytes, four for each phone counted in; registers hold 239";
    warnings(&supplier(208), &[expected]);
    let property = |value: usize| [("/user_property", json!({ "name": "x".repeat(10), "value": "x".repeat(value) }))];
    warnings(&property(225), &[]);
    warnings(&property(226), &["user_property: has a name and a value of 236 characters; registers hold 235"]);
}

#[test]
fn a_fraction_is_a_part_of_one_piece() {
    let part = |numerator: i64, denominator: i64| {
        let fraction = json!({ "numerator": numerator, "denominator": denominator });
        [
            ("/items/0/marking", json!({ "code": "x", "fraction": fraction })),
            ("/items/0/quantity", json!("1")),
            ("/items/0/price", json!("70")),
        ]
    };
    errors(&part(1, 2), &[]);
    errors(&part(2, 2), &["items[0].marking.fraction: is 2/2; it has to be more than 0 and less than 1"]);
    let mut whole = part(1, 2);
    whole[1] = ("/items/0/quantity", json!("2"));
    whole[2] = ("/items/0/measure", json!("gram"));
    errors(
        &whole,
        &[
            "items[0].quantity: is 2; of a part of a marked package the quantity is 1",
            "items[0].measure: is gram; a part of a marked package is counted in pieces",
        ],
    );
}

#[test]
fn the_subject_tells_whether_there_is_a_marking_code() {
    let marking = || ("/items/0/marking", json!({ "code": "x" }));
    for subject in ["excise_marked", "goods_marked"] {
        let expected = format!("items[0].marking: is missing; the subject {subject} is for goods with a marking code");
        warnings(&[("/items/0/subject", json!(subject))], &[&expected]);
        warnings(&[("/items/0/subject", json!(subject)), marking()], &[]);
    }
    for subject in ["excise_unmarked", "goods_unmarked"] {
        let expected = format!("items[0].subject: is {subject}, for goods without a marking code, and there is one");
        warnings(&[("/items/0/subject", json!(subject)), marking()], &[&expected]);
        warnings(&[("/items/0/subject", json!(subject))], &[]);
    }
}

#[test]
fn a_cash_movement_is_checked_too() {
    let movement = json!({ "amount": "5", "seller_inn": "7710000000", "cashier": { "name": "«x»" } });
    let findings = validate(&Submission::CashIn(serde_json::from_value(movement).unwrap()), TODAY);
    let found: Vec<_> = findings.warnings.iter().map(|warning| warning.field.as_str()).collect();
    assert_eq!((found, findings.errors), (vec!["seller_inn", "cashier.name"], vec![]));
    let movement = json!({ "amount": "0" });
    assert_eq!(
        validate(&Submission::CashOut(serde_json::from_value(movement).unwrap()), TODAY).errors[0].field,
        "amount"
    );
}

#[test]
fn a_correction_rests_on_something_and_has_lines_or_sums() {
    let correction = |basis: &str, rest: &str| {
        let json = format!(r#"{{ "kind": "income", "correction": {basis}, "payments": {{}}, {rest} }}"#);
        validate(&Submission::RegisterCorrection(serde_json::from_str(&json).unwrap()), TODAY).errors
    };
    let sums = r#""vat_sums": { "vat20": "5.00" }"#;
    let own = format!(r#"{{ "type": "self_initiated", "date": "{TODAY}", "description": "x" }}"#);
    assert_eq!(correction(&own, sums), []);
    let fields = |errors: Vec<Violation>| errors.into_iter().map(|error| error.field).collect::<Vec<_>>();
    assert_eq!(
        fields(correction(r#"{ "type": "self_initiated", "date": "2099-01-01", "description": "x" }"#, sums)),
        ["correction.date"]
    );
    assert_eq!(
        fields(correction(r#"{ "type": "by_order", "date": "2025-01-01", "description": "x" }"#, sums)),
        ["correction.number"]
    );
    assert_eq!(
        correction(r#"{ "type": "by_order", "date": "2025-01-01", "number": "15", "description": "x" }"#, sums),
        []
    );
    assert_eq!(fields(correction(&own, r#""place": "x""#)), ["vat_sums"]);
    let json = format!(r#"{{ "kind": "income_return", "correction": {own}, "payments": {{}}, {sums} }}"#);
    let back = validate(&Submission::RegisterCorrection(serde_json::from_str(&json).unwrap()), TODAY);
    assert_eq!(fields(back.errors), ["kind"]);
}

#[test]
fn a_line_of_a_slip_is_one_thing() {
    let fields = |lines: &str| {
        let slip = serde_json::from_str(&format!(r#"{{ "lines": [{lines}] }}"#)).unwrap();
        let findings = validate(&Submission::PrintSlip(slip), TODAY);
        findings.errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
    };
    let sound = r#"{ "text": "x", "font": "bold" }, { "qr": "y", "qr_size": 6 }, { "feed": 3 }"#;
    assert_eq!(fields(sound), Vec::<String>::new());
    assert_eq!(fields("{}"), ["lines[0]"]);
    assert_eq!(fields(r#"{ "text": "x", "feed": 1 }"#), ["lines[0]"]);
    assert_eq!(fields(r#"{ "qr": "x", "font": "bold" }"#), ["lines[0].font"]);
    assert_eq!(fields(r#"{ "text": "x", "qr_size": 1 }"#), ["lines[0].qr_size"]);
}

/// Each rule at its border: kept just inside of it, and broken just outside, with its severity.
#[test]
fn every_rule_has_a_border() {
    let at = |pointer: &'static str, value: Value| vec![(pointer, value)];
    let lines = |count: usize, name: usize| {
        let mut line = line();
        line["name"] = json!("я".repeat(name));
        let paid = (70 * count).to_string();
        vec![("/items", Value::Array(vec![line; count])), ("/payments/cash", json!(paid))]
    };
    let price = |price: &str| {
        vec![
            ("/items/0/price", json!(price)),
            ("/items/0/quantity", json!("1")),
            ("/payments/cash", json!("99999999.99")),
        ]
    };
    let two_lines = |vat: &str| {
        let mut other = line();
        other["vat"] = json!(vat);
        vec![("/items/1", other), ("/payments/cash", json!("140"))]
    };
    let agent = |kind: &str, phones: Value| {
        let agent = json!({ "kinds": [kind], "phones": phones, "receiving_operator_phones": ["+79991234567"] });
        let supplier = json!({ "inn": "7704211201", "name": "x", "phones": ["+79991234567"] });
        vec![("/items/0/agent", agent), ("/items/0/supplier", supplier)]
    };
    let supplier = |supplier: Value| {
        vec![("/items/0/agent", json!({ "kinds": ["commissioner"] })), ("/items/0/supplier", supplier)]
    };
    let fraction = |numerator: i64| {
        let marking = json!({ "code": "x", "fraction": { "numerator": numerator, "denominator": 3 } });
        vec![("/items/0/marking", marking), ("/items/0/quantity", json!("1")), ("/payments/cash", json!("35"))]
    };
    let on = |pointer: &'static str, value: &str, date: &str| vec![(pointer, json!(value)), ("/date", json!(date))];
    let old_return = |other: &str| [two_lines(other), at("/kind", json!("income_return"))].concat();
    let slip = |line: Value| {
        let slip = serde_json::from_value(json!({ "lines": [line] })).unwrap();
        validate(&Submission::PrintSlip(slip), TODAY)
    };
    let receipt = |changes: Vec<(&str, Value)>| find(&changes);
    let correction = |changes: Vec<(&str, Value)>| find_in_correction(&changes);
    let sums = |changes: Vec<(&str, Value)>| find_in_sums(&changes);
    // The rule, what keeps it, what breaks it.
    let borders = [
        (
            "line_range",
            receipt(price("99999999.99")),
            receipt([price("50000000"), at("/items/0/quantity", json!("2"))].concat()),
        ),
        ("line_total", receipt(at("/items/0/total", json!("69.99"))), receipt(at("/items/0/total", json!("69.98")))),
        ("total_positive", receipt(at("/items/0/price", json!("0.01"))), receipt(at("/items/0/price", json!("0")))),
        (
            "total_range",
            receipt(price("99999999.99")),
            receipt([price("99999999.99"), vec![("/items/1", line())]].concat()),
        ),
        (
            "payments_cover",
            receipt(at("/payments/cash", json!("70.00"))),
            receipt(at("/payments/cash", json!("69.99"))),
        ),
        (
            "only_cash_exceeds",
            receipt(at("/payments/cashless", json!("70.00"))),
            receipt(at("/payments/cashless", json!("70.01"))),
        ),
        (
            "payments_range",
            receipt(at("/payments/cash", json!("92233720368547758.07"))),
            receipt(vec![("/payments/cash", json!("92233720368547758.07")), ("/payments/cashless", json!("0.01"))]),
        ),
        ("name", receipt(at("/items/0/name", json!("x"))), receipt(at("/items/0/name", json!(" ")))),
        (
            "numbered_name",
            receipt(vec![("/items/0/subject", json!("non_operating_income")), ("/items/0/name", json!("25"))]),
            receipt(vec![("/items/0/subject", json!("non_operating_income")), ("/items/0/name", json!("26"))]),
        ),
        ("item_count", receipt(lines(100, 1)), receipt(lines(101, 1))),
        // A line takes 43 bytes and its name, the rest 266: 158 names of 110 are 24440 bytes, of 111 they are 24598.
        ("document_nearly_full", receipt(lines(158, 110)), receipt(lines(158, 111))),
        ("document_full", receipt(lines(191, 127)), receipt(lines(192, 127))),
        ("fraction", receipt(fraction(2)), receipt(fraction(3))),
        (
            "marking_subject",
            receipt(vec![("/items/0/subject", json!("goods_marked")), ("/items/0/marking", json!({ "code": "x" }))]),
            receipt(at("/items/0/subject", json!("goods_marked"))),
        ),
        (
            "credit_payment_alone",
            receipt(at("/items/0/mode", json!("credit_payment"))),
            receipt([two_lines("vat22"), at("/items/0/mode", json!("credit_payment"))].concat()),
        ),
        (
            "prepayment_rate",
            receipt(vec![("/items/0/mode", json!("advance")), ("/items/0/vat", json!("vat22_122"))]),
            receipt(vec![("/items/0/mode", json!("credit_transfer")), ("/items/0/vat", json!("vat22_122"))]),
        ),
        (
            "value_days",
            receipt(on("/items/0/vat", "vat22", "2026-01-01")),
            receipt(on("/items/0/vat", "vat22", "2025-12-31")),
        ),
        (
            "taxation_days",
            receipt(vec![("/taxation", json!("imputed")), ("/kind", json!("income_return"))]),
            receipt(at("/taxation", json!("imputed"))),
        ),
        ("day_to_come", receipt(at("/date", json!("2026-03-01"))), receipt(at("/date", json!("2026-03-02")))),
        ("rate_mixture", receipt(old_return("vat10")), receipt(old_return("vat20"))),
        ("correction_date", correction(vec![]), correction(at("/correction/date", json!("2026-03-02")))),
        (
            "correction_number",
            correction(at("/correction", json!({ "type": "by_order", "date": "2026-03-01", "number": "1" }))),
            correction(at("/correction", json!({ "type": "by_order", "date": "2026-03-01" }))),
        ),
        ("correction_description", sums(vec![]), sums(at("/correction/description", json!(" ")))),
        ("correction_kind", sums(at("/kind", json!("expense"))), sums(at("/kind", json!("expense_return")))),
        (
            "correction_sums",
            sums(vec![("/vat_sums", json!({})), ("/payments/cash", json!("0.01"))]),
            sums(at("/vat_sums", json!({}))),
        ),
        ("correction_mixture", correction(two_lines("vat10")), correction(two_lines("vat20"))),
        ("slip_line", slip(json!({ "text": "a\nb", "font": "bold" })), slip(json!({ "text": "a", "feed": 1 }))),
        (
            "contact_form",
            receipt(at("/buyer/contact", json!("+1234567890"))),
            receipt(at("/buyer/contact", json!("+123456789"))),
        ),
        (
            "contact_missing",
            receipt(at("/buyer", json!(null))),
            receipt(vec![("/buyer", json!(null)), ("/print", json!(false))]),
        ),
        (
            "agent_fields",
            receipt(agent("paying_agent", json!(["+79991234567"]))),
            receipt(agent("paying_agent", json!([]))),
        ),
        (
            "supplier_fields",
            receipt(supplier(json!({ "inn": "7704211201", "name": "x", "phones": ["+7"] }))),
            receipt(supplier(json!({ "name": "x", "phones": ["+7"] }))),
        ),
        (
            "supplier_room",
            receipt(supplier(json!({ "inn": "7704211201", "name": "я".repeat(233), "phones": ["+7"] }))),
            receipt(supplier(json!({ "inn": "7704211201", "name": "я".repeat(234), "phones": ["+7"] }))),
        ),
        (
            "user_property_room",
            receipt(at("/user_property", json!({ "name": "x".repeat(64), "value": "x".repeat(171) }))),
            receipt(at("/user_property", json!({ "name": "x".repeat(64), "value": "x".repeat(172) }))),
        ),
        (
            "inn_digits",
            receipt(at("/seller_inn", json!("7704211201"))),
            receipt(at("/seller_inn", json!("7704211202"))),
        ),
        ("cp866", receipt(at("/items/0/name", json!("№ ё"))), receipt(at("/items/0/name", json!("№ —")))),
    ];
    for (id, kept, broken) in &borders {
        let rule = RULES.iter().find(|rule| rule.id == *id).unwrap_or_else(|| panic!("there is no rule {id}"));
        let ids = |found: &[Violation]| found.iter().map(|violation| violation.rule.clone()).collect::<Vec<_>>();
        assert!(kept.errors.is_empty() && !ids(&kept.warnings).contains(&rule.id.to_owned()), "{id}: {kept:?}");
        let (found, other) = match rule.severity {
            Severity::Error => (&broken.errors, &broken.warnings),
            Severity::Warning => (&broken.warnings, &broken.errors),
        };
        assert!(ids(found).contains(&rule.id.to_owned()), "{id}: {broken:?}");
        assert!(!ids(other).contains(&rule.id.to_owned()), "{id}: {broken:?}");
        assert!(rule.severity == Severity::Error || broken.errors.is_empty(), "{id} stops nothing: {broken:?}");
    }
    let (tested, all) = (borders.map(|(id, ..)| id), RULES.iter().map(|rule| rule.id).collect::<Vec<_>>());
    assert_eq!(tested.as_slice(), all, "every rule, in the order of the table");
}

/// FACTS A.6, F: 20 % stays in use for what was settled in 2025.
#[test]
fn a_correction_may_use_what_has_ended_and_not_what_has_not_begun() {
    let on = |vat: &str, date: &str| {
        let mode = if vat == "vat20_120" { "advance" } else { "full_payment" };
        let date = ("/correction/date", json!(date));
        find_in_correction(&[("/items/0/vat", json!(vat)), ("/items/0/mode", json!(mode)), date])
    };
    for (vat, date) in [("vat20", "2025-12-31"), ("vat20_120", "2025-12-31"), ("vat18", "2018-06-01")] {
        assert_eq!(on(vat, date), Findings::default(), "{vat}");
    }
    // What was not valid on the day of the settlement was wrong then, too.
    for (vat, date, why) in [
        (
            "vat20",
            "2026-01-01",
            "valid until 2025-12-31, and the corrected settlement is of 2026-01-01; only returns may still use it",
        ),
        ("vat22", "2025-12-31", "valid from 2026-01-01, and the corrected settlement is of 2025-12-31"),
    ] {
        let found = on(vat, date).errors;
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [format!("items[0].vat: is {vat}, {why}")]
        );
    }
    let returned = [("/items/0/vat", json!("vat20")), ("/kind", json!("income_return"))];
    assert_eq!(find_in_correction(&returned).errors, [], "the return of an older one");
    // The day of an order tells nothing of the settlement's.
    let ordered =
        [("/items/0/vat", json!("vat20")), ("/correction/type", json!("by_order")), ("/correction/number", json!("7"))];
    assert_eq!(find_in_correction(&ordered).errors, []);
    let mut document = sound();
    document["correction"] = json!({ "type": "self_initiated", "date": "2025-12-31" });
    let correction = Submission::RegisterCorrection(serde_json::from_value(document).unwrap());
    let found = validate(&correction, Date::constant(2025, 12, 31)).errors;
    let expected = "items[0].vat: is vat22, valid from 2026-01-01, and the register will date it 2025-12-31";
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
}

#[test]
fn a_calculated_rate_goes_with_a_prepayment() {
    let line = |vat: &str, mode: &str| [("/items/0/vat", json!(vat)), ("/items/0/mode", json!(mode))];
    for mode in ["full_prepayment", "prepayment", "advance"] {
        for vat in ["vat22_122", "vat10_110", "vat5_105", "vat7_107", "vat0", "none"] {
            warnings(&line(vat, mode), &[]);
        }
        let expected = format!("items[0].vat: is vat10, and {mode} is a prepayment, which takes a calculated rate");
        warnings(&line("vat10", mode), &[&expected]);
    }
    for mode in ["full_payment", "partial_and_credit", "credit_transfer", "credit_payment"] {
        for vat in ["vat22", "vat10", "vat5", "vat7", "vat0", "none"] {
            warnings(&line(vat, mode), &[]);
        }
        let expected = format!("items[0].vat: is vat7_107, a calculated rate, and {mode} is no prepayment");
        warnings(&line("vat7_107", mode), &[&expected]);
    }
}

#[test]
fn what_is_no_printed_text_may_have_any_character() {
    warnings(&[("/items/0/marking", json!({ "code": "01\u{1d}21" }))], &[]);
    warnings(&[("/additional_info", json!("a\nb"))], &[]);
    let expected = "additional_info: has characters that registers cannot print (not in CP866): `€`";
    warnings(&[("/additional_info", json!("€"))], &[expected]);
    let slip = json!({ "lines": [{ "text": "a\nb €" }, { "qr": "«»" }] });
    let found = validate(&Submission::PrintSlip(serde_json::from_value(slip).unwrap()), TODAY).warnings;
    assert_eq!(found.iter().map(|warning| warning.field.as_str()).collect::<Vec<_>>(), ["lines[0].text"]);
}

/// `docs/validation.md` has every rule as it is. `UPDATE_EXPECTED=1` writes its table anew.
#[test]
fn the_page_has_every_rule() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/validation.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (start, end) = ("<!-- rules -->\n", "<!-- end of rules -->");
    let (before, rest) = page.split_once(start).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let rows = RULES.iter().map(|rule| {
        let severity = if rule.severity == Severity::Error { "error" } else { "warning" };
        format!("| `{}` | {severity} | {} | {} |\n", rule.id, rule.about, rule.source)
    });
    let table: String = rows.collect();
    let expected = format!(
        "{before}{start}\n| rule | severity | what has to hold | source |\n|---|---|---|---|\n{table}\n{end}{after}"
    );
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(path, &expected).unwrap();
    } else {
        assert_eq!(page, expected, "UPDATE_EXPECTED=1 cargo test -p kassa --lib validate writes it");
    }
}
