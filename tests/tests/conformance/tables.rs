//! Codes, written out from FACTS C.1 to C.6, and that every table reads back what it writes.

use kassa_core::Misfit;
use kassa_providers::uniform::*;
use kassa_providers::{checkonline, itkassa, mobika, rentel, smartcashier};
use serde_json::{Value, json};

use crate::accounts::{self, Account, all, combinations};
use crate::exact_json::Exact;
use crate::receipts::KEY;

/// A receipt that every provider can carry, with one value put at a JSON pointer.
fn with(pointer: &str, value: &str) -> Submission {
    let mut receipt = json!({
        "kind": "income", "taxation": "general",
        "items": [{
            "name": "1", "quantity": "1", "price": "1",
            "vat": "none", "subject": "goods", "mode": "full_payment",
        }],
        "payments": { "cash": "1" }, "print": true,
    });
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    receipt.pointer_mut(parent).unwrap()[field] = Value::from(value);
    Submission::RegisterReceipt(serde_json::from_value(receipt).unwrap())
}

/// Whether an account has `choice` for the setting `name`.
pub(crate) fn has(account: &Account, name: &str, choice: &str) -> bool {
    account.settings.iter().any(|(setting, value)| *setting == name && value == choice)
}

/// One enumeration of the model at one provider.
pub(crate) struct Table {
    pub(crate) provider: &'static str,
    /// Where the value is in a receipt: JSON pointer, and name in a refusal.
    pub(crate) uniform: (&'static str, &'static str),
    /// Where its code is in the body.
    pub(crate) wire: &'static str,
    /// Every value of the enumeration.
    pub(crate) values: Vec<&'static str>,
    /// The code that FACTS gives a value, as JSON; `None` when it cannot be sent.
    pub(crate) code: fn(&Account, &str) -> Option<String>,
}

/// Checks `table` for every combination of settings; counts what was sent.
pub(crate) fn check(table: &Table) -> usize {
    let info = kassa_providers::providers().iter().find(|info| info.name == table.provider).unwrap();
    let mut sent = 0;
    for account in combinations(info) {
        for value in &table.values {
            let what = format!("{} of {}", value, account.label());
            let submission = with(table.uniform.0, value);
            match ((table.code)(&account, value), account.provider.encode(KEY, &submission)) {
                (Some(code), Ok(request)) => {
                    let body = Exact::read(std::str::from_utf8(request.body()).unwrap());
                    assert_eq!(body.leaf(table.wire), code, "{what}");
                    sent += 1;
                }
                (None, Err(refusal)) => {
                    assert_eq!(refusal.field, table.uniform.1, "{what}: {refusal}");
                }
                (code, result) => panic!("{what}: FACTS gives {code:?}, and Kassa {result:?}"),
            }
        }
    }
    sent
}

macro_rules! names {
    ($enumeration:ident) => {
        $enumeration::ALL.iter().map(|value| value.name()).collect()
    };
}

/// The position of `value` in a list, counted from `first`.
pub(crate) fn listed(list: &[&str], first: usize, value: &str) -> Option<String> {
    list.iter().position(|listed| *listed == value).map(|at| (first + at).to_string())
}

/// The name of `value` among pairs of a value and its name.
pub(crate) fn named(pairs: &[(&str, &str)], value: &str) -> Option<String> {
    pairs.iter().find(|(ours, _)| *ours == value).map(|(_, theirs)| format!("\"{theirs}\""))
}

/// FACTS C.1, CO2, SC3.
#[test]
fn operation_signs() {
    let smart_cashier =
        |_: &Account, value: &str| listed(&["income", "income_return", "expense", "expense_return"], 1, value);
    let check_online =
        |_: &Account, value: &str| listed(&["income", "expense", "income_return", "expense_return"], 0, value);
    let uniform = ("/kind", "kind");
    let values: Vec<_> = names!(OperationSign);
    assert_eq!(values.len(), 4);
    let table =
        Table { provider: "smartcashier", uniform, wire: "/receiptType", values: values.clone(), code: smart_cashier };
    assert_eq!(check(&table) % 4, 0);
    let table = Table { provider: "checkonline", uniform, wire: "/DocumentType", values, code: check_online };
    assert_eq!(check(&table) % 4, 0);
}

/// FACTS C.2, A.3, SC4, CO8.
#[test]
fn taxations() {
    const ORDER: [&str; 6] =
        ["general", "simplified_income", "simplified_income_minus_expense", "imputed", "agricultural", "patent"];
    let uniform = ("/taxation", "taxation");
    let values: Vec<_> = names!(Taxation);
    assert_eq!(values.len(), 6);
    let table = Table {
        provider: "smartcashier",
        uniform,
        wire: "/taxationSystem",
        values: values.clone(),
        code: |_, value| listed(&ORDER, 1, value),
    };
    assert!(check(&table) > 0);
    let table = Table {
        provider: "checkonline",
        uniform,
        wire: "/TaxMode",
        values,
        code: |_, value| ORDER.iter().position(|name| *name == value).map(|bit| (1 << bit).to_string()),
    };
    assert!(check(&table) > 0);
}

/// FACTS C.3, SC1, SC2: codes 1, 3 and 6 mean nothing until a setting says so.
#[test]
fn vat_at_smart_cashier() {
    let code = |account: &Account, value: &str| {
        let code: Option<i64> = match value {
            "none" => Some(4),
            "vat10" => Some(2),
            "vat10_110" => Some(5),
            "vat0" => has(account, "code1_means", "vat0").then_some(1),
            "vat18" => has(account, "general_rate_means", "18").then_some(3),
            "vat20" => has(account, "general_rate_means", "20").then_some(3),
            "vat22" => has(account, "general_rate_means", "22").then_some(3),
            "vat18_118" => has(account, "general_rate_means", "18").then_some(6),
            "vat20_120" => has(account, "general_rate_means", "20").then_some(6),
            "vat22_122" => has(account, "general_rate_means", "22").then_some(6),
            "vat5" | "vat7" | "vat5_105" | "vat7_107" => None,
            other => panic!("FACTS C.3 has no {other}"),
        };
        code.map(|code| code.to_string())
    };
    let values = names!(VatRate);
    let table = Table {
        provider: "smartcashier",
        uniform: ("/items/0/vat", "items[0].vat"),
        wire: "/positions/0/taxType",
        values,
        code,
    };
    assert!(check(&table) > 0);
}

/// FACTS C.3, CO1, CO18: two dialects, and no 22 % in either.
#[test]
fn vat_at_check_online() {
    let code = |account: &Account, value: &str| {
        let native = has(account, "taxid_dialect", "native");
        assert!(native != has(account, "taxid_dialect", "ferma_1_7"), "{}", account.label());
        let code: Option<i64> = match value {
            "none" => Some(if native { 4 } else { 1 }),
            "vat0" => Some(if native { 3 } else { 4 }),
            "vat5" => Some(7),
            "vat7" => Some(8),
            "vat10" => Some(2),
            "vat20" => Some(if native { 1 } else { 3 }),
            "vat5_105" => Some(9),
            "vat7_107" => Some(10),
            "vat10_110" => Some(if native { 6 } else { 5 }),
            "vat20_120" => Some(if native { 5 } else { 6 }),
            "vat22" | "vat22_122" | "vat18" | "vat18_118" => None,
            other => panic!("FACTS C.3 has no {other}"),
        };
        code.map(|code| code.to_string())
    };
    let values = names!(VatRate);
    let table = Table {
        provider: "checkonline",
        uniform: ("/items/0/vat", "items[0].vat"),
        wire: "/Lines/0/Taxid",
        values,
        code,
    };
    assert!(check(&table) > 0);
}

/// FACTS C.4, CO10: what the document and the public sources name, code 12 by the edition of the fiscal format, and the
/// inferred ones when the account says so. Smart Cashier has none, and nothing but goods is safe.
#[test]
fn item_subjects() {
    let check_online = |account: &Account, value: &str| {
        let subject: ItemSubject = value.parse().unwrap();
        let code: Option<i64> = match subject.code() {
            12 if value == "composite" => has(account, "ffd_version", "1.05").then_some(12),
            12 if value == "payout" => {
                let later = ["1.1", "1.2"].into_iter().any(|version| has(account, "ffd_version", version));
                later.then_some(12)
            }
            12 => panic!("FACTS A.8 has no {value}"),
            code @ (1..=11 | 13 | 15 | 16) => Some(code),
            code @ (14 | 17..=27 | 30..=33) => has(account, "inferred_subjects", "ffd").then_some(code),
            code => panic!("FACTS A.8 has no {code}"),
        };
        code.map(|code| code.to_string())
    };
    let uniform = ("/items/0/subject", "items[0].subject");
    let values: Vec<_> = names!(ItemSubject);
    assert_eq!(values.len(), 32);
    let table = Table {
        provider: "checkonline",
        uniform,
        wire: "/Lines/0/LineAttribute",
        values: values.clone(),
        code: check_online,
    };
    assert!(check(&table) > 0);
    for account in all().iter().filter(|account| account.name() == "smartcashier") {
        for value in &values {
            let result = account.provider.encode(KEY, &with(uniform.0, value));
            assert_eq!(
                result.map(drop).map_err(|refusal| refusal.field).err(),
                (*value != "goods").then(|| uniform.1.into())
            );
        }
    }
}

/// FACTS C.5. Smart Cashier has none, and nothing but a full payment is true.
#[test]
fn payment_modes() {
    const ORDER: [&str; 7] = [
        "full_prepayment",
        "prepayment",
        "advance",
        "full_payment",
        "partial_and_credit",
        "credit_transfer",
        "credit_payment",
    ];
    let uniform = ("/items/0/mode", "items[0].mode");
    let values: Vec<_> = names!(PaymentMode);
    assert_eq!(values.len(), 7);
    let table = Table {
        provider: "checkonline",
        uniform,
        wire: "/Lines/0/PayAttribute",
        values: values.clone(),
        code: |_, value| listed(&ORDER, 1, value),
    };
    assert!(check(&table) > 0);
    for account in all().iter().filter(|account| account.name() == "smartcashier") {
        for value in &values {
            let result = account.provider.encode(KEY, &with(uniform.0, value));
            let refused = result.map(drop).map_err(|refusal| refusal.field).err();
            assert_eq!(refused, (*value != "full_payment").then(|| uniform.1.into()));
        }
    }
}

/// FACTS A.4, C.6, CO19: every set of kinds is the sum of its bits, on the line and on the receipt.
#[test]
fn agent_kinds() {
    const ORDER: [&str; 7] = [
        "bank_paying_agent",
        "bank_paying_subagent",
        "paying_agent",
        "paying_subagent",
        "attorney",
        "commissioner",
        "other_agent",
    ];
    assert_eq!(AgentKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>(), ORDER);
    let account = accounts::account("checkonline", &[("taxid_dialect", "native")]);
    for mask in 1..128_usize {
        let kinds: Vec<_> = (0..7).filter(|bit| mask & (1 << bit) != 0).map(|bit| ORDER[bit]).collect();
        let Submission::RegisterReceipt(mut receipt) = with("/kind", "income") else { unreachable!() };
        let agent: Agent = serde_json::from_value(json!({ "kinds": kinds })).unwrap();
        receipt.items[0].agent = Some(agent);
        receipt.items.push(receipt.items[0].clone());
        let body = |receipt: &Receipt| {
            let request = account.provider.register_receipt(KEY, receipt).unwrap();
            Exact::read(std::str::from_utf8(request.body()).unwrap())
        };
        let same = body(&receipt);
        for pointer in ["/Lines/0/AgentModes", "/Lines/1/AgentModes", "/PaymentAgentModes"] {
            assert_eq!(same.leaf(pointer), mask.to_string(), "{pointer} of {kinds:?}");
        }
        // Lines that differ have no kind in common, and none is said of the whole receipt.
        receipt.items[1].agent = None;
        let other = body(&receipt);
        let differences = other.differences(&same);
        let paths: Vec<_> = differences.iter().map(|(at, ours, _)| (at.as_str(), ours.as_str())).collect();
        assert_eq!(paths, [("/Lines/1/AgentModes", "absent"), ("/PaymentAgentModes", "absent")]);
    }
}

/// `decode` undoes `encode` for every value, and `encode` undoes `decode` for every code.
fn inverts<V, C>(
    what: &str,
    values: &[V],
    encode: impl Fn(V) -> Result<C, Misfit>,
    decode: impl Fn(&C) -> Result<V, Misfit>,
) where
    V: Copy + PartialEq + std::fmt::Debug,
    C: From<i64> + Copy + PartialEq + std::fmt::Debug,
{
    let mut written = 0;
    for value in values {
        match encode(*value) {
            Ok(code) => {
                assert_eq!(decode(&code), Ok(*value), "{what}: {value:?} as {code:?}");
                written += 1;
            }
            Err(misfit) => assert!(misfit.to_string().starts_with("is "), "{what}: {misfit}"),
        }
    }
    let mut read = 0;
    for code in -1..=300 {
        let code = C::from(code);
        if let Ok(value) = decode(&code) {
            assert_eq!(encode(value), Ok(code), "{what}: {code:?} as {value:?}");
            read += 1;
        }
    }
    assert!(written > 0 && read == written, "{what}: {written} values, {read} codes");
}

/// The same for codes that are words: no two values have one.
fn words_invert<V, C>(
    what: &str,
    values: &[V],
    encode: impl Fn(V) -> Result<C, Misfit>,
    decode: impl Fn(&C) -> Result<V, Misfit>,
) where
    V: Copy + PartialEq + std::fmt::Debug,
    C: From<String> + std::fmt::Debug,
{
    let written = values.iter().filter_map(|value| encode(*value).ok().map(|code| (value, code)));
    let read = written.inspect(|(value, code)| assert_eq!(decode(code).as_ref(), Ok(*value), "{what}: {code:?}"));
    assert!(read.count() > 0, "{what}");
    assert!(decode(&C::from("no such word".to_owned())).is_err(), "{what}");
}

#[test]
fn tables_read_back_what_they_write() {
    for account in all() {
        let what = account.label();
        let values = accounts::values(&account.settings);
        match account.name() {
            "smartcashier" => {
                use smartcashier::{settings::Settings, tables::*};
                let settings = Settings::read(&values).unwrap();
                inverts(&what, OperationSign::ALL, receipt_type::encode, receipt_type::decode);
                inverts(&what, Taxation::ALL, taxation::encode, taxation::decode);
                inverts(
                    &what,
                    VatRate::ALL,
                    |value| vat::encode(value, &settings),
                    |code| vat::decode(code, &settings),
                );
            }
            "checkonline" => {
                use checkonline::{settings::Settings, tables::*};
                let settings = Settings::read(&values).unwrap();
                inverts(&what, OperationSign::ALL, document_type::encode, document_type::decode);
                inverts(&what, Taxation::ALL, tax_mode::encode, tax_mode::decode);
                inverts(&what, PaymentMode::ALL, pay_attribute::encode, pay_attribute::decode);
                inverts(&what, AgentKind::ALL, agent_modes::encode, agent_modes::decode);
                inverts(
                    &what,
                    ItemSubject::ALL,
                    |value| line_attribute::encode(value, &settings),
                    |code| line_attribute::decode(code, &settings),
                );
                inverts(
                    &what,
                    VatRate::ALL,
                    |value| vat::encode(value, &settings),
                    |code| vat::decode(code, &settings),
                );
            }
            "mobika" => {
                use mobika::tables::*;
                inverts(&what, OperationSign::ALL, receipt_type::encode, receipt_type::decode);
                inverts(&what, Taxation::ALL, tax_system::encode, tax_system::decode);
                inverts(&what, VatRate::ALL, tax_type::encode, tax_type::decode);
                inverts(&what, PaymentMode::ALL, payment_method::encode, payment_method::decode);
                inverts(&what, ItemSubject::ALL, product_type::encode, product_type::decode);
                inverts(&what, AgentKind::ALL, agent_type::encode, agent_type::decode);
            }
            "itkassa" => {
                use itkassa::tables::*;
                words_invert(&what, OperationSign::ALL, command::encode, command::decode);
                words_invert(&what, OperationSign::ALL, payment_sign::encode, payment_sign::decode);
                words_invert(&what, CorrectionType::ALL, correction_type::encode, correction_type::decode);
                words_invert(&what, Taxation::ALL, sno::encode, sno::decode);
                words_invert(&what, VatRate::ALL, tax::encode, tax::decode);
                words_invert(&what, ItemSubject::ALL, ppr::encode, ppr::decode);
                words_invert(&what, PaymentMode::ALL, psr::encode, psr::decode);
                words_invert(&what, SlipFont::ALL, font::encode, font::decode);
                words_invert(&what, ShiftState::ALL, session_state::encode, session_state::decode);
                inverts(&what, AgentKind::ALL, agent_bits::encode, agent_bits::decode);
            }
            "rentel" => {
                use rentel::tables::*;
                words_invert(&what, OperationSign::ALL, receipt_kind::encode, receipt_kind::decode);
                words_invert(&what, OperationSign::ALL, correction_kind::encode, correction_kind::decode);
                words_invert(&what, CorrectionType::ALL, correction_type::encode, correction_type::decode);
                words_invert(&what, Taxation::ALL, taxation::encode, taxation::decode);
                words_invert(&what, VatRate::ALL, vat::encode, vat::decode);
                words_invert(&what, AgentKind::ALL, agent::encode, agent::decode);
                words_invert(&what, Measure::ALL, measure::encode, measure::decode);
                words_invert(&what, MarkingCodeType::ALL, code_type::encode, code_type::decode);
                words_invert(&what, PlannedStatus::ALL, planned_status::encode, planned_status::decode);
                inverts(&what, ItemSubject::ALL, subject::encode, subject::decode);
                inverts(&what, PaymentMode::ALL, mode::encode, mode::decode);
            }
            other => panic!("the tables of {other} are not tried"),
        }
    }
}
