//! Nothing is lost (F4): what a provider carries comes back from its request, and what it does not carry is refused.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use kassa_core::{Refusal, Request, SettingKind};
use kassa_providers::uniform::{Measure, Operation, Payments, Receipt, Submission};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::accounts::{Account, all_and_made_up, combinations, info};
use crate::paths::{is_field, stated_in_receipts, without_indices};
use crate::receipts::{KEY, PLAIN, movement, receipt};
use crate::strategies::{
    Profile, config, corrections, keys, movements, receipts, shift_actions, slips, submissions, uuids,
};

/// What a provider may drop, by FACTS B and C: nothing of what is sold, to whom, at which tax, and how it is paid. The
/// day of a settlement and the seller choose rates and accounts, and are no part of a request.
fn may_drop(provider: &str) -> &'static [&'static str] {
    match provider {
        "smartcashier" => &["date", "seller_inn", "cashier", "internet"],
        "checkonline" => &["date", "seller_inn", "cashier", "internet", "print"],
        "mobika" => &["date", "seller_inn", "internet", "print", "items.marking.code_type"],
        "itkassa" => &["date", "seller_inn", "internet", "items.marking.code_type"],
        "rentel" => &["date", "cashier", "internet", "print"],
        "delta" | "echo" => &["date", "seller_inn", "cashier", "internet", "print"],
        other => panic!("say from the document of {other} what it may drop"),
    }
}

/// A refusal names a field of the model, or for a rule over several of them each one, or the setting that is missing.
fn check_refusal(account: &Account, refusal: &Refusal) -> Result<(), TestCaseError> {
    let setting = |name: &str| account.provider.info().settings.iter().any(|setting| setting.name == name);
    let named = refusal.field.split(" + ").all(|field| field == "key" || is_field(field) || setting(field));
    prop_assert!(named, "{}: {:?} is no field: {refusal}", account.label(), refusal.field);
    prop_assert!(refusal.reason.trim().len() > 5, "{}: {refusal:?}", account.label());
    // The next step of a person who reads it: it says what, and not only that.
    prop_assert!(refusal.reason.chars().any(char::is_whitespace), "{}: {refusal:?}", account.label());
    Ok(())
}

fn offers(account: &Account, operation: Operation) -> bool {
    let operations = account.provider.info().operations;
    let info = operations.iter().find(|info| info.operation == operation.name()).expect("every operation is decided");
    matches!(info.support, kassa_core::Support::Supported(_))
}

fn same(one: &Request, other: &Request) -> Result<(), TestCaseError> {
    prop_assert_eq!(one.method(), other.method());
    prop_assert_eq!(one.uri(), other.uri());
    prop_assert_eq!(one.headers(), other.headers());
    prop_assert_eq!(one.body(), other.body());
    Ok(())
}

/// The one property. Whether it was carried.
fn comes_back(account: &Account, key: &str, submission: &Submission) -> Result<bool, TestCaseError> {
    let provider = &account.provider;
    let operation = submission.operation();
    let request = match provider.encode(key, submission) {
        Ok(request) => request,
        Err(refusal) if offers(account, operation) => return check_refusal(account, &refusal).map(|()| false),
        Err(_) => return Ok(false),
    };
    prop_assert!(offers(account, operation), "{} sends what it does not offer", account.label());
    let reduced = provider.reduced(submission);
    prop_assert_eq!(&provider.reduced(&reduced), &reduced, "{}: reduced twice", account.label());
    let (back_key, back) = match provider.recover(operation, &request) {
        Ok(recovered) => recovered,
        Err(error) => {
            let body = String::from_utf8_lossy(request.body());
            return Err(TestCaseError::fail(format!("{}: {error} in {body}", account.label())));
        }
    };
    prop_assert_eq!(back_key.as_str(), key, "{}", account.label());
    prop_assert_eq!(&back, &reduced, "{}", account.label());
    prop_assert_eq!(back.check().errors, vec![], "{}", account.label());
    let again = provider.encode(&back_key, &back);
    prop_assert!(again.is_ok(), "{}: {again:?}", account.label());
    same(&request, &again.unwrap())?;
    // And whatever is dropped is dropped from nothing but what may be.
    same(&request, &provider.encode(key, &reduced).expect("what is left can be sent"))?;
    Ok(true)
}

#[test]
fn what_is_carried_comes_back() {
    let accounts = all_and_made_up();
    let mut runner = TestRunner::new(config(400));
    let result = runner.run(&(keys(), submissions()), |(key, submission)| {
        prop_assert_eq!(submission.check().errors, vec![], "the strategies keep the limits");
        for account in &accounts {
            comes_back(account, &key, &submission)?;
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// The cases of a strategy, the same on every run.
fn draw<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config(1), rng);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// Whether every choice of the account is made, so that nothing is refused for want of one.
fn is_decided(account: &Account) -> bool {
    let settings = account.provider.info().settings;
    settings.iter().all(|setting| account.settings.iter().any(|(name, _)| *name == setting.name))
}

/// The property says nothing about receipts that are refused: enough of them have to be carried. Shares are of the
/// receipts of a profile, with the settings that carry the fewest and the most of them.
#[test]
fn enough_is_carried() {
    // Per provider and profile: the least that any account carries, and that one with every choice made carries, in %.
    let expected = [
        ("checkonline", Profile::Plain, 60, 60),
        ("checkonline", Profile::Rich, 40, 50),
        ("delta", Profile::Plain, 45, 45),
        ("delta", Profile::Agent, 12, 12),
        ("echo", Profile::Plain, 18, 18),
        ("echo", Profile::Agent, 8, 8),
        ("itkassa", Profile::Plain, 40, 40),
        ("itkassa", Profile::Agent, 30, 30),
        ("mobika", Profile::Plain, 60, 60),
        ("mobika", Profile::Agent, 40, 40),
        ("rentel", Profile::Plain, 55, 55),
        ("rentel", Profile::Agent, 55, 55),
        ("smartcashier", Profile::Plain, 45, 48),
    ];
    for (name, profile, least, decided) in expected {
        let cases = draw(&receipts(profile), 400);
        for account in combinations(info(name)) {
            let carried =
                cases.iter().filter(|receipt| account.provider.register_receipt(KEY, receipt).is_ok()).count();
            let share = carried * 100 / cases.len();
            let bound = if is_decided(&account) { decided } else { least };
            assert!(share >= bound, "{}: {share} % of {profile:?}", account.label());
        }
    }
    let listed: BTreeSet<_> = expected.iter().map(|(name, ..)| *name).collect();
    let carriers: BTreeSet<_> = all_and_made_up().iter().map(Account::name).collect();
    assert_eq!(listed, carriers, "every provider has its share");
}

/// Each field of a receipt that [`PLAIN`] does not have: its JSON pointer there, and what to put.
fn single_fields() -> Vec<(&'static str, &'static str, Value)> {
    let agent = |name: &str, value: Value| json!({ "kinds": ["paying_agent"], name: value });
    let operator = |name: &str, value: Value| agent("transfer_operator", json!({ name: value }));
    let marking = |name: &str, value: Value| json!({ "code": "010460", name: value });
    vec![
        ("date", "/date", json!("2025-06-01")),
        ("seller_inn", "/seller_inn", json!("7707083893")),
        ("items.total", "/items/0/total", json!("61.01")),
        ("items.measure", "/items/0/measure", json!("kilogram")),
        ("items.agent.kinds", "/items/0/agent", json!({ "kinds": ["paying_agent", "other_agent"] })),
        ("items.agent.operation", "/items/0/agent", agent("operation", json!("x"))),
        ("items.agent.phones", "/items/0/agent", agent("phones", json!(["+7"]))),
        ("items.agent.receiving_operator_phones", "/items/0/agent", agent("receiving_operator_phones", json!(["+7"]))),
        ("items.agent.transfer_operator.name", "/items/0/agent", operator("name", json!("x"))),
        ("items.agent.transfer_operator.inn", "/items/0/agent", operator("inn", json!("7707083893"))),
        ("items.agent.transfer_operator.address", "/items/0/agent", operator("address", json!("x"))),
        ("items.agent.transfer_operator.phones", "/items/0/agent", operator("phones", json!(["+7"]))),
        ("items.supplier.name", "/items/0/supplier", json!({ "name": "x" })),
        ("items.supplier.inn", "/items/0/supplier", json!({ "inn": "7707083893" })),
        ("items.supplier.phones", "/items/0/supplier", json!({ "phones": ["+7"] })),
        ("items.marking.code", "/items/0/marking", json!({ "code": "010460" })),
        ("items.marking.code_type", "/items/0/marking", marking("code_type", json!("gs1_m"))),
        ("items.marking.planned_status", "/items/0/marking", marking("planned_status", json!("piece_sold"))),
        (
            "items.marking.fraction.numerator",
            "/items/0/marking",
            marking("fraction", json!({ "numerator": 1, "denominator": 2 })),
        ),
        (
            "items.marking.fraction.denominator",
            "/items/0/marking",
            marking("fraction", json!({ "numerator": 1, "denominator": 3 })),
        ),
        ("items.excise", "/items/0/excise", json!("0.01")),
        ("items.country", "/items/0/country", json!("643")),
        ("items.declaration", "/items/0/declaration", json!("x")),
        ("items.additional_property", "/items/0/additional_property", json!("x")),
        ("payments.prepaid", "/payments/prepaid", json!("0.01")),
        ("payments.credit", "/payments/credit", json!("0.01")),
        ("payments.counter_provision", "/payments/counter_provision", json!("0.01")),
        ("buyer.contact", "/buyer", json!({ "contact": "customer@example.com" })),
        ("buyer.contact", "/buyer", json!({ "contact": "+79878985623" })),
        ("buyer.name", "/buyer", json!({ "name": "x" })),
        ("buyer.inn", "/buyer", json!({ "inn": "7707083893" })),
        ("cashier.name", "/cashier", json!({ "name": "x" })),
        ("cashier.inn", "/cashier", json!({ "name": "x", "inn": "123456789047" })),
        ("place", "/place", json!("x")),
        ("machine_number", "/machine_number", json!("x")),
        ("additional_property", "/additional_property", json!("x")),
        ("user_property.name", "/user_property", json!({ "name": "x", "value": "" })),
        ("user_property.value", "/user_property", json!({ "name": "", "value": "x" })),
        ("sender_email", "/sender_email", json!("a@b.ru")),
        ("internet", "/internet", json!(true)),
        ("internet", "/internet", json!(false)),
        ("print", "/print", json!(true)),
        ("print", "/print", json!(false)),
        ("additional_info", "/additional_info", json!("x")),
    ]
}

/// A receipt that is carried, and one field more: that is carried too, or refused by its name, or dropped as it may be.
#[test]
fn no_field_is_lost_alone() {
    let mut plain: Value = serde_json::from_str(PLAIN).unwrap();
    plain["print"] = json!(true); // without paper, some want a contact
    let always = ["kind", "taxation", "items.name", "items.quantity", "items.price", "items.vat", "items.subject"];
    let always = always.into_iter().chain(["items.mode", "payments.cash", "payments.cashless"]);
    let tried: BTreeSet<_> = always.chain(single_fields().into_iter().map(|(field, ..)| field)).collect();
    assert_eq!(tried, stated_in_receipts(), "every field of the uniform spec is tried");
    for account in all_and_made_up() {
        let submit = |receipt: &Value| {
            let submission = Submission::RegisterReceipt(serde_json::from_value(receipt.clone()).unwrap());
            assert_eq!(submission.check().errors, [], "{receipt}");
            let carried = comes_back(&account, KEY, &submission).unwrap_or_else(|error| panic!("{error}: {receipt}"));
            (submission, carried)
        };
        assert!(submit(&plain).1, "{} does not carry the plainest receipt", account.label());
        for (field, pointer, value) in single_fields() {
            let mut receipt = plain.clone();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            receipt.pointer_mut(parent).unwrap()[name] = value.clone();
            let (submission, carried) = submit(&receipt);
            let what = format!("{} {field}", account.label());
            if carried {
                let left = account.provider.reduced(&submission);
                let left = serde_json::to_value(receipt_of(&left)).unwrap();
                let dropped = may_drop(account.name()).iter().any(|dropped| is_at_or_below(field, dropped));
                // Beside what the model asks for with it.
                let leaf = field.rsplit('.').next().unwrap();
                let (at, value) = match value.get(leaf) {
                    Some(value) => (format!("{pointer}/{leaf}"), value),
                    None => (pointer.to_owned(), &value),
                };
                assert_eq!(left.pointer(&at), (!dropped).then_some(value), "{what}");
            } else {
                let refusal = account.provider.encode(KEY, &submission).unwrap_err();
                let refused = without_indices(&refusal.field);
                // What one of the parties states may ask for more of both.
                let party = |path: &str| path.starts_with("items.agent") || path.starts_with("items.supplier");
                let marking = |path: &str| path.starts_with("items.marking");
                let unprinted = field == "print" && refused == "buyer.contact";
                // A rule over the payments names them all.
                let paid = refusal.field.split(" + ").any(|refused| is_at_or_below(field, refused));
                let related = is_at_or_below(field, &refused)
                    || party(field) && party(&refused)
                    || marking(field) && marking(&refused)
                    || unprinted
                    || paid;
                assert!(related, "{what}: {refusal}");
            }
        }
    }
}

/// What the carried receipts have between them: each field that the provider carries, present and absent.
#[test]
fn every_carried_field_is_tried() {
    let agency = [
        "items.agent.kinds",
        "items.agent.operation",
        "items.agent.phones",
        "items.agent.receiving_operator_phones",
        "items.agent.transfer_operator.name",
        "items.agent.transfer_operator.inn",
        "items.agent.transfer_operator.address",
        "items.agent.transfer_operator.phones",
        "items.supplier.inn",
        "items.supplier.phones",
    ];
    let paid = ["taxation", "buyer.contact", "payments.cash", "payments.cashless"];
    let expected: [(&str, Profile, &[&str]); 8] = [
        ("itkassa", Profile::Plain, &["taxation", "buyer.contact", "cashier.name", "print", "payments.cash"]),
        ("itkassa", Profile::Agent, &agency),
        ("mobika", Profile::Plain, &paid),
        ("mobika", Profile::Agent, &agency),
        ("rentel", Profile::Plain, &paid),
        ("rentel", Profile::Agent, &agency),
        ("smartcashier", Profile::Plain, &["taxation", "buyer.contact", "print", "payments.cash", "payments.cashless"]),
        (
            "checkonline",
            Profile::Rich,
            &[
                "taxation",
                "buyer.contact",
                "place",
                "payments.cash",
                "payments.cashless",
                "items.agent.kinds",
                "items.supplier.inn",
            ],
        ),
    ];
    for (name, profile, fields) in expected {
        let account = combinations(info(name)).into_iter().find(is_decided).unwrap();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut carried = 0;
        for receipt in draw(&receipts(profile), 600) {
            if account.provider.register_receipt(KEY, &receipt).is_err() {
                continue;
            }
            carried += 1;
            let Submission::RegisterReceipt(reduced) = account.provider.reduced(&Submission::RegisterReceipt(receipt))
            else {
                unreachable!("a receipt stays one");
            };
            paths(&serde_json::to_value(&reduced).unwrap(), "", &mut BTreeSet::new())
                .into_iter()
                .for_each(|path| *seen.entry(path).or_default() += 1);
        }
        for field in fields {
            let times = seen.get(*field).copied().unwrap_or_default();
            assert!(times >= carried / 20, "{name}: {field} {times} times of {carried}");
        }
        let beyond: Vec<_> = seen.keys().filter(|path| may_drop(name).contains(&path.as_str())).collect();
        assert!(beyond.is_empty(), "{name}: {beyond:?} are dropped and come back");
    }
}

/// The fields that `value` states, money that is nothing left out.
fn paths(value: &Value, at: &str, out: &mut BTreeSet<String>) -> BTreeSet<String> {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                paths(value, &path, out);
            }
        }
        Value::Array(values) if values.iter().any(Value::is_object) => {
            values.iter().for_each(|value| drop(paths(value, at, out)));
        }
        Value::String(text) if text == "0.00" => {}
        _ => drop(out.insert(at.to_owned())),
    }
    out.clone()
}

/// Dropping takes away what the mapping says, and changes nothing else.
#[test]
fn only_declared_fields_are_dropped() {
    let dropped: RefCell<BTreeMap<&str, BTreeSet<String>>> = RefCell::default();
    let accounts = all_and_made_up();
    TestRunner::new(config(256))
        .run(&receipts(Profile::Any), |mut receipt| {
            // Another measure is refused, where it cannot be sent: see `no_field_is_lost_alone`.
            receipt.items.iter_mut().for_each(|item| item.measure = item.measure.map(|_| Measure::Piece));
            let whole = Submission::RegisterReceipt(receipt.clone()).normalised();
            let mut whole = serde_json::to_value(receipt_of(&whole)).unwrap();
            leave_pieces_out(&mut whole);
            for account in &accounts {
                let left = account.provider.reduced(&Submission::RegisterReceipt(receipt.clone()));
                let mut left = serde_json::to_value(receipt_of(&left)).unwrap();
                leave_pieces_out(&mut left);
                let mut gone = BTreeSet::new();
                compare(&whole, &left, "", &mut gone)
                    .map_err(|path| TestCaseError::fail(format!("{}: {path} is changed", account.label())))?;
                for path in &gone {
                    let allowed = may_drop(account.name()).iter().any(|field| is_at_or_below(path, field));
                    prop_assert!(allowed, "{} drops {path}", account.label());
                }
                dropped.borrow_mut().entry(account.name()).or_default().extend(gone);
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    for (name, dropped) in dropped.into_inner() {
        for field in may_drop(name) {
            assert!(dropped.iter().any(|path| is_at_or_below(path, field)), "{name} has never dropped {field}");
        }
    }
}

/// A line that states no measure is counted in pieces: to state it says nothing.
fn leave_pieces_out(receipt: &mut Value) {
    for item in receipt["items"].as_array_mut().unwrap() {
        item.as_object_mut().unwrap().retain(|name, value| name != "measure" || value != "piece");
    }
}

fn receipt_of(submission: &Submission) -> &Receipt {
    match submission {
        Submission::RegisterReceipt(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

fn is_at_or_below(path: &str, field: &str) -> bool {
    path == field || path.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'))
}

/// Collects what `left` lacks of `whole`; a difference of another kind is an error. `print` and `seller_inn` may get the
/// account's.
fn compare(whole: &Value, left: &Value, at: &str, gone: &mut BTreeSet<String>) -> Result<(), String> {
    match (whole, left) {
        (Value::Object(whole), Value::Object(left)) => {
            let path = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
            for (name, value) in whole {
                match left.get(name) {
                    Some(left) => compare(value, left, &path(name), gone)?,
                    None => drop(gone.insert(path(name))),
                }
            }
            match left
                .keys()
                .find(|name| !whole.contains_key(*name) && !matches!(path(name).as_str(), "print" | "seller_inn"))
            {
                Some(name) => Err(path(name)),
                None => Ok(()),
            }
        }
        (Value::Array(whole), Value::Array(left)) if whole.len() == left.len() => {
            whole.iter().zip(left).try_for_each(|(whole, left)| compare(whole, left, at, gone))
        }
        (whole, left) if whole == left => Ok(()),
        _ => Err(at.to_owned()),
    }
}

/// A cash movement comes back wherever there is a drawer, whatever its amount.
#[test]
fn cash_comes_back() {
    let accounts: Vec<_> = all_and_made_up().into_iter().filter(|account| offers(account, Operation::CashIn)).collect();
    assert!(!accounts.is_empty());
    let carried = RefCell::new(0);
    TestRunner::new(config(256))
        .run(&(uuids(), movements()), |(key, movement)| {
            for account in &accounts {
                for submission in [Submission::CashIn(movement.clone()), Submission::CashOut(movement.clone())] {
                    let comes = comes_back(account, &key, &submission)?;
                    // With every text set, the drawer is known and nothing is left to refuse.
                    let settings = account.provider.info().settings.iter();
                    let mut texts = settings.filter(|setting| setting.kind == SettingKind::Text);
                    let drawer = texts.all(|text| account.settings.iter().any(|(name, _)| *name == text.name));
                    prop_assert!(comes || !drawer, "{}", account.label());
                    prop_assert!(!comes || drawer || account.name() != "smartcashier", "{}", account.label());
                    *carried.borrow_mut() += usize::from(comes);
                }
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(carried.into_inner() >= 256);
}

/// Corrections, shifts and slips come back where they are offered, with every choice made, and often enough.
#[test]
fn what_is_no_receipt_comes_back() {
    type Drawn = BoxedStrategy<Submission>;
    let shift = || shift_actions();
    // Sums alone, with no payments beside them: that is what can be sent.
    let of_sums = corrections(Profile::Plain).prop_map(|mut correction| {
        if correction.items.is_empty() {
            correction.payments = Payments::default();
        }
        Submission::RegisterCorrection(correction)
    });
    let cases: [(&str, Drawn, usize); 7] = [
        ("itkassa", of_sums.clone().boxed(), 10),
        ("echo", of_sums.boxed(), 4),
        ("rentel", corrections(Profile::Plain).prop_map(Submission::RegisterCorrection).boxed(), 10),
        ("itkassa", shift().prop_map(Submission::OpenShift).boxed(), 100),
        ("itkassa", shift().prop_map(Submission::CloseShift).boxed(), 100),
        ("itkassa", shift().prop_map(Submission::XReport).boxed(), 100),
        ("itkassa", slips().prop_map(Submission::PrintSlip).boxed(), 90),
    ];
    for (name, drawn, least) in cases {
        let account = combinations(info(name)).into_iter().find(is_decided).unwrap();
        let drawn = draw(&drawn, 400);
        let back =
            |submission: &Submission| comes_back(&account, KEY, submission).unwrap_or_else(|error| panic!("{error}"));
        let carried = drawn.iter().filter(|submission| back(submission)).count();
        assert!(carried * 100 >= drawn.len() * least, "{name} {}: {carried}", drawn[0].operation());
    }
}

/// A request that Kassa did not build is not read for one, and one operation is not read for another.
#[test]
fn what_kassa_did_not_build_is_not_recovered() {
    let cash = movement(r#"{ "amount": 1 }"#);
    let submissions = [receipt(PLAIN), Submission::CashIn(cash.clone()), Submission::CashOut(cash)];
    let mut tried = 0;
    for account in all_and_made_up() {
        for submission in &submissions {
            let Ok(mut request) = account.provider.encode(KEY, submission) else { continue };
            let ours = submission.operation();
            for operation in Operation::ALL.iter().filter(|operation| **operation != ours) {
                let recovered = account.provider.recover(*operation, &request);
                assert!(recovered.is_err(), "{}: {ours} as {operation}: {recovered:?}", account.label());
            }
            for body in ["", "{}", "null", "[]", "<html>", "{\"operationId\":1}", "{\"Requestid\":\"k\"}"] {
                *request.body_mut() = body.into();
                let recovered = account.provider.recover(ours, &request);
                assert!(recovered.is_err(), "{} {ours} {body:?}: {recovered:?}", account.label());
                tried += 1;
            }
        }
    }
    assert!(tried > 100);
}
