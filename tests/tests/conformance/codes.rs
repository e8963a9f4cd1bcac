//! Codes of Mobika, IT Kassa and Rentel, written out from FACTS C.1 to C.9.

use kassa_providers::uniform::*;
use serde_json::{Value, json};

use crate::accounts::{Account, account, combinations};
use crate::exact_json::Exact;
use crate::receipts::{CORRECTION, KEY, correction};
use crate::tables::{Table, check, has, listed, named};

const MOBIKA: &str = "mobika";
const IT_KASSA: &str = "itkassa";
const RENTEL: &str = "rentel";

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|value| name(*value)).collect()
}

/// Checks an enumeration of a receipt at the three providers: where it is on the wire, and its codes.
fn check_three(
    uniform: (&'static str, &'static str),
    values: &[&'static str],
    wires: [&'static str; 3],
    codes: [fn(&Account, &str) -> Option<String>; 3],
) {
    for ((provider, wire), code) in [MOBIKA, IT_KASSA, RENTEL].into_iter().zip(wires).zip(codes) {
        let values = values.to_vec();
        // RE3: Rentel has the subject on the receipt too, where it is of all items.
        let uniform =
            if provider == RENTEL && uniform.1 == "items[0].subject" { (uniform.0, "items.subject") } else { uniform };
        assert!(check(&Table { provider, uniform, wire, values, code }) > 0, "{provider}");
    }
}

/// FACTS C.1, IK1, RE10: an advance is an income as any other.
#[test]
fn operation_signs() {
    check_three(
        ("/kind", "kind"),
        &names(OperationSign::ALL, OperationSign::name),
        ["/receipt/receiptType", "/commands/0/type", "/Request/Type"],
        [
            |_, value| listed(&["income", "income_return", "expense", "expense_return"], 1, value),
            |_, value| {
                let names = [
                    ("income", "sale"),
                    ("income_return", "returnSale"),
                    ("expense", "buy"),
                    ("expense_return", "returnBuy"),
                ];
                named(&names, value)
            },
            |_, value| {
                let names = [
                    ("income", "Income"),
                    ("income_return", "IncomeReturn"),
                    ("expense", "Expense"),
                    ("expense_return", "ExpenseReturn"),
                ];
                named(&names, value)
            },
        ],
    );
}

/// FACTS C.2, M2: Mobika counts from 0.
#[test]
fn taxations() {
    check_three(
        ("/taxation", "taxation"),
        &names(Taxation::ALL, Taxation::name),
        ["/receipt/taxSystem", "/commands/0/sno", "/Request/CustomerReceipt/TaxationSystem"],
        [
            |_, value| {
                let order = [
                    "general",
                    "simplified_income",
                    "simplified_income_minus_expense",
                    "imputed",
                    "agricultural",
                    "patent",
                ];
                listed(&order, 0, value)
            },
            |_, value| {
                let names = [
                    ("general", "sno_osn"),
                    ("simplified_income", "sno_ysn_d"),
                    ("simplified_income_minus_expense", "sno_ysn_dmr"),
                    ("imputed", "sno_envd"),
                    ("agricultural", "sno_esn"),
                    ("patent", "sno_psn"),
                ];
                named(&names, value)
            },
            |_, value| {
                let names = [
                    ("general", "Common"),
                    ("simplified_income", "SimpleIn"),
                    ("simplified_income_minus_expense", "SimpleInOut"),
                    ("imputed", "Unified"),
                    ("agricultural", "UnifiedAgricultural"),
                    ("patent", "Patent"),
                ];
                named(&names, value)
            },
        ],
    );
}

/// FACTS C.3, M1, M4, IK17, RE1, RE13: none has 5, 7 or 22 %, and 0 is nobody's code.
#[test]
fn vat_rates() {
    check_three(
        ("/items/0/vat", "items[0].vat"),
        &names(VatRate::ALL, VatRate::name),
        ["/receipt/products/0/taxType", "/commands/0/lines/0/tax", "/Request/Items/0/Vat"],
        [
            |_, value| listed(&["vat20", "vat10", "vat20_120", "vat10_110", "vat0", "none"], 1, value),
            |_, value| {
                let names = [
                    ("none", "vat_none"),
                    ("vat0", "vat_0"),
                    ("vat10", "vat_10"),
                    ("vat20", "vat_20"),
                    ("vat10_110", "vat_110"),
                    ("vat20_120", "vat_120"),
                ];
                named(&names, value)
            },
            |_, value| {
                let names = [
                    ("none", "VatNo"),
                    ("vat0", "Vat0"),
                    ("vat10", "Vat10"),
                    ("vat20", "Vat20"),
                    ("vat10_110", "CalculatedVat10110"),
                    ("vat20_120", "CalculatedVat20120"),
                ];
                named(&names, value)
            },
        ],
    );
}

/// RE13: what ended with 2018 is in no ordinary receipt of Rentel, and in corrections of that time.
#[test]
fn vat_rates_of_corrections() {
    let codes = [
        ("none", "VatNo"),
        ("vat0", "Vat0"),
        ("vat10", "Vat10"),
        ("vat18", "Vat18"),
        ("vat20", "Vat20"),
        ("vat10_110", "CalculatedVat10110"),
        ("vat18_118", "CalculatedVat18118"),
        ("vat20_120", "CalculatedVat20120"),
    ];
    let account = one(RENTEL);
    for rate in names(VatRate::ALL, VatRate::name) {
        match account.provider.encode(KEY, &corrected(CORRECTION, "/items/0/vat", rate)) {
            Ok(request) => {
                let body = Exact::read(std::str::from_utf8(request.body()).unwrap());
                assert_eq!(Some(body.leaf("/Request/Items/0/Vat").to_owned()), named(&codes, rate));
            }
            Err(refusal) => assert_eq!((named(&codes, rate), &*refusal.field), (None, "items[0].vat"), "{refusal}"),
        }
    }
}

/// FACTS C.4, M14, RE9: code 12 is the composite item, and never a payout.
#[test]
fn item_subjects() {
    check_three(
        ("/items/0/subject", "items[0].subject"),
        &names(ItemSubject::ALL, ItemSubject::name),
        ["/receipt/products/0/productType", "/commands/0/lines/0/ppr", "/Request/Items/0/PaymentType"],
        [
            |_, value| {
                let order = [
                    "goods",
                    "excise_goods",
                    "job",
                    "service",
                    "gambling_bet",
                    "gambling_prize",
                    "lottery_ticket",
                    "lottery_prize",
                    "intellectual_property",
                    "payment",
                    "agent_commission",
                    "composite",
                    "other",
                ];
                listed(&order, 1, value)
            },
            |_, value| {
                let names = [
                    ("goods", "goods"),
                    ("excise_goods", "excise_goods"),
                    ("job", "job"),
                    ("service", "service"),
                    ("gambling_bet", "bet_in_game"),
                    ("gambling_prize", "winning_in_game"),
                    ("lottery_ticket", "lottery_ticket"),
                    ("lottery_prize", "lottery_winning"),
                    ("intellectual_property", "ipr"),
                    ("payment", "payment"),
                    ("agent_commission", "agent_commission"),
                    ("composite", "composite"),
                    ("other", "other"),
                ];
                named(&names, value)
            },
            |_, value| listed(&["goods", "excise_goods", "job", "service"], 1, value),
        ],
    );
}

/// FACTS C.5: IT Kassa's `credit` is the fifth mode.
#[test]
fn payment_modes() {
    fn by_number(_: &Account, value: &str) -> Option<String> {
        let order = [
            "full_prepayment",
            "prepayment",
            "advance",
            "full_payment",
            "partial_and_credit",
            "credit_transfer",
            "credit_payment",
        ];
        listed(&order, 1, value)
    }
    check_three(
        ("/items/0/mode", "items[0].mode"),
        &names(PaymentMode::ALL, PaymentMode::name),
        ["/receipt/products/0/paymentMethod", "/commands/0/lines/0/psr", "/Request/Items/0/PaymentMethod"],
        [
            by_number,
            |_, value| {
                let names = [
                    ("full_prepayment", "prepayment_100"),
                    ("prepayment", "prepayment"),
                    ("advance", "advance"),
                    ("full_payment", "full_settle"),
                    ("partial_and_credit", "credit"),
                    ("credit_transfer", "credit_transfer"),
                    ("credit_payment", "credit_payment"),
                ];
                named(&names, value)
            },
            by_number,
        ],
    );
}

/// FACTS C.8: every measure at Rentel; elsewhere a line is counted in pieces, and another measure is refused.
#[test]
fn measures() {
    let values = names(Measure::ALL, Measure::name);
    let pieces_only: fn(&Account, &str) -> bool = |_, value| value == "piece";
    for provider in [MOBIKA, IT_KASSA] {
        for account in combinations(info(provider)) {
            for value in &values {
                let sent = account.provider.encode(KEY, &with_line("measure", json!(value)));
                assert_eq!(sent.is_ok(), pieces_only(&account, value), "{value} of {}", account.label());
            }
        }
    }
    let table = Table {
        provider: RENTEL,
        uniform: ("/items/0/measure", "items[0].measure"),
        wire: "/Request/Items/0/Measure",
        values,
        code: |_, value| Some(format!("\"{}\"", value.to_ascii_uppercase())),
    };
    assert!(check(&table) > 0);
}

/// FACTS A.4, C.6: a number of a bit, a name, or the sum of the bits; of several kinds at once only the sum.
#[test]
fn agent_kinds() {
    let kinds = names(AgentKind::ALL, AgentKind::name);
    assert_eq!(kinds.len(), 7);
    let rentel = [
        "BANK_PAYMENT_AGENT",
        "BANK_PAYMENT_SUBAGENT",
        "PAYMENT_AGENT",
        "PAYMENT_SUBAGENT",
        "CONFIDANT",
        "COMMISSIONER",
        "AGENT",
    ];
    for (bit, kind) in kinds.iter().enumerate() {
        let sold = sold_by(&[*kind]);
        assert_eq!(sent(MOBIKA, &sold).leaf("/receipt/agent/agentType"), bit.to_string());
        assert_eq!(
            sent(RENTEL, &sold).leaf("/Request/CustomerReceipt/PaymentAgentInfo/AgentType"),
            quoted(rentel[bit])
        );
    }
    for mask in 1..128_usize {
        let set: Vec<_> = (0..7).filter(|bit| mask & (1 << bit) != 0).map(|bit| kinds[bit]).collect();
        let sold = sold_by(&set);
        let body = sent(IT_KASSA, &sold);
        for pointer in ["/commands/0/tagAgentType", "/commands/0/lines/0/tagAgentType"] {
            assert_eq!(body.leaf(pointer), mask.to_string(), "{set:?}");
        }
        if set.len() > 1 {
            for provider in [MOBIKA, RENTEL] {
                let refusal = one(provider).provider.encode(KEY, &sold).unwrap_err();
                assert!(refusal.field.contains("agent.kinds"), "{provider}: {refusal}");
            }
        }
    }
}

/// FACTS C.8: kinds of marking codes and planned statuses at Rentel; how the code is written is the account's choice.
#[test]
fn marking_at_rentel() {
    let types = [
        "UNKNOWN_PRODUCT_CODE",
        "EAN8",
        "EAN13",
        "ITF14",
        "GS1",
        "GS1M",
        "SHORT_MC",
        "FUR",
        "EGAIS20",
        "EGAIS30",
        "KTF1",
        "KTF2",
        "KTF3",
        "KTF4",
        "KTF5",
        "KTF6",
    ];
    assert_eq!(MarkingCodeType::ALL.len(), types.len());
    let ours = names(MarkingCodeType::ALL, MarkingCodeType::name);
    let expected = [
        "unknown", "ean8", "ean13", "itf14", "gs1_0", "gs1_m", "short", "fur", "egais_2", "egais_3", "f1", "f2", "f3",
        "f4", "f5", "f6",
    ];
    assert_eq!(ours, expected);
    let statuses = [
        ("piece_sold", "PIECE_PRODUCT_INCOME"),
        ("measured_in_sale", "MEASURED_PRODUCT_INCOME"),
        ("piece_returned", "PIECE_PRODUCT_RETURN"),
        ("measured_returned", "MEASURED_PRODUCT_RETURN"),
        ("unchanged", "PRODUCT_STATUS_NOT_CHANGED"),
    ];
    let marked = |name: &str, value: &str| with_line("marking", json!({ "code": "04600439931256", name: value }));
    for account in combinations(info(RENTEL)) {
        let written = ["plain", "hex"].into_iter().find(|written| has(&account, "marking_code_written", written));
        for (ours, theirs) in ours.iter().zip(types) {
            match (written, account.provider.encode(KEY, &marked("code_type", ours))) {
                (Some(written), Ok(request)) => {
                    let body = Exact::read(std::str::from_utf8(request.body()).unwrap());
                    assert_eq!(body.leaf("/Request/Items/0/MarkingCodeData/Type"), quoted(theirs));
                    let code = if written == "plain" { "04600439931256" } else { "3034363030343339393331323536" };
                    assert_eq!(body.leaf("/Request/Items/0/MarkingCodeData/Code"), quoted(code));
                }
                (None, Err(refusal)) => assert_eq!(refusal.field, "items[0].marking.code", "{refusal}"),
                (written, other) => panic!("{written:?}: {other:?}"),
            }
        }
        if written.is_none() {
            continue;
        }
        for status in names(PlannedStatus::ALL, PlannedStatus::name) {
            match account.provider.encode(KEY, &marked("planned_status", status)) {
                Ok(request) => {
                    let body = Exact::read(std::str::from_utf8(request.body()).unwrap());
                    let expected = named(&statuses, status).expect("FACTS C.8 has it");
                    assert_eq!(body.leaf("/Request/Items/0/MarkingCodeData/PlannedStatus"), expected);
                }
                Err(refusal) => {
                    assert_eq!(named(&statuses, status), None);
                    assert_eq!(refusal.field, "items[0].marking.planned_status");
                }
            }
        }
    }
}

/// FACTS C.1, C.9, IK16: kinds and types of corrections.
#[test]
fn corrections() {
    let rentel = [
        ("income", "IncomeCorrection"),
        ("income_return", "IncomeReturnCorrection"),
        ("expense", "BuyCorrection"),
        ("expense_return", "ExpenseReturnCorrection"),
    ];
    let it_kassa = [("income", "incoming"), ("expense", "outcoming")];
    for kind in names(OperationSign::ALL, OperationSign::name) {
        let body = sent(RENTEL, &corrected(CORRECTION, "/kind", kind));
        assert_eq!(Some(body.leaf("/Request/Type").to_owned()), named(&rentel, kind));
        let account = it_kassa_corrects(&[("correction_sums", "tax"), ("correction_untaxed", "settled")]);
        match account.provider.encode(KEY, &corrected(SUMS, "/kind", kind)) {
            Ok(request) => {
                let body = Exact::read(std::str::from_utf8(request.body()).unwrap());
                assert_eq!(Some(body.leaf("/commands/0/paymentSign").to_owned()), named(&it_kassa, kind));
            }
            Err(refusal) => {
                assert_eq!(named(&it_kassa, kind), None, "{refusal}");
                assert_eq!(refusal.field, "kind");
            }
        }
    }
    for (ours, it_kassa, rentel) in [("self_initiated", "bySelf", "SELF"), ("by_order", "byDocument", "INSTRUCTION")] {
        let body = sent(IT_KASSA, &corrected(SUMS, "/correction/type", ours));
        assert_eq!(body.leaf("/commands/0/correctionType"), quoted(it_kassa));
        let body = sent(RENTEL, &corrected(CORRECTION, "/correction/type", ours));
        assert_eq!(body.leaf("/Request/CustomerReceipt/CorrectionInfo/Type"), quoted(rentel));
    }
    // C.9: each sum under its own tag.
    let body = sent(IT_KASSA, &correction(SUMS));
    let sums = [
        ("Vat20", "1.00"),
        ("Vat10", "2.00"),
        ("Vat0", "3.00"),
        ("None", "4.00"),
        ("Vat120", "5.00"),
        ("Vat110", "6.00"),
    ];
    for (name, sum) in sums {
        let name = if name == "None" { "VatNone" } else { name };
        assert_eq!(body.leaf(&format!("/commands/0/amount{name}")), quoted(sum));
    }
    assert_eq!(body.leaf("/commands/0/docDate"), quoted("2026-01-15"));
    let body = sent(RENTEL, &correction(CORRECTION));
    assert_eq!(body.leaf("/Request/CustomerReceipt/CorrectionInfo/ReceiptDate"), quoted("15.01.26")); // RE15
}

fn it_kassa_corrects(choices: &[(&'static str, &str)]) -> Account {
    let settings: Vec<_> = [("api_key", "k"), ("register", "r")].iter().chain(choices).copied().collect();
    account(IT_KASSA, &settings)
}

/// IK16: what holds the tax and what holds the settled sum is chosen apart, each by its own setting.
#[test]
fn sums_of_corrections_by_what_they_hold() {
    let (taxed, untaxed) = (("correction_sums", "tax"), ("correction_untaxed", "settled"));
    for (field, holds) in [
        ("vat20", taxed),
        ("vat10", taxed),
        ("vat20_120", taxed),
        ("vat10_110", taxed),
        ("vat0", untaxed),
        ("none", untaxed),
    ] {
        let alone = corrected(SUMS, "/vat_sums", json!({ field: "1.00" }));
        for choices in [&[][..], &[taxed], &[untaxed], &[taxed, untaxed]] {
            let sent = it_kassa_corrects(choices).provider.encode(KEY, &alone);
            match sent {
                Ok(_) => assert!(choices.contains(&holds), "{field} {choices:?}"),
                Err(refusal) => {
                    assert!(!choices.contains(&holds), "{field} {choices:?}: {refusal}");
                    assert_eq!(refusal.field, format!("vat_sums.{field}"));
                    assert!(refusal.to_string().contains(holds.0), "{refusal}");
                }
            }
        }
    }
}

/// FACTS C.7: the kinds of payment, each alone.
#[test]
fn payments() {
    let kinds = [
        ("cash", "/receipt/payment/cash", "/commands/0/amountCash", 0),
        ("cashless", "/receipt/payment/ecash", "/commands/0/amountElectronic", 1),
        ("prepaid", "/receipt/payment/prepayment", "/commands/0/amountPrepaid", 2),
        ("credit", "/receipt/payment/credit", "/commands/0/amountCredit", 3),
        ("counter_provision", "/receipt/payment/consideration", "/commands/0/amountIncoming", 4),
    ];
    for (kind, mobika, it_kassa, rentel) in kinds {
        let mut receipt = plain();
        receipt["payments"] = json!({ kind: "1.50" });
        receipt["items"][0]["price"] = json!("1.50");
        let submission = Submission::RegisterReceipt(serde_json::from_value(receipt).unwrap());
        assert_eq!(sent(MOBIKA, &submission).leaf(mobika), "150");
        assert_eq!(sent(IT_KASSA, &submission).leaf(it_kassa), "1.5");
        let body = sent(RENTEL, &submission);
        assert_eq!(body.leaf("/Request/PaymentItems/0/PaymentType"), rentel.to_string());
        assert_eq!(body.leaf("/Request/PaymentItems/0/Sum"), "1.5");
    }
}

/// Sums alone, each of its own.
const SUMS: &str = r#"{
    "kind": "income", "taxation": "general",
    "correction": { "type": "by_order", "date": "2026-01-15", "number": "15", "description": "Предписание" },
    "vat_sums": { "vat20": 1, "vat10": 2, "vat0": 3, "none": 4, "vat20_120": 5, "vat10_110": 6 },
    "payments": {}
}"#;

fn info(provider: &str) -> &'static kassa_core::ProviderInfo {
    kassa_providers::providers().iter().find(|info| info.name == provider).unwrap()
}

/// The account of a provider with every choice made, the last of each.
fn one(provider: &str) -> Account {
    let most = combinations(info(provider)).into_iter().max_by_key(|account| account.settings.len());
    most.expect("there is one at least")
}

fn sent(provider: &str, submission: &Submission) -> Exact {
    let account = one(provider);
    let request = account.provider.encode(KEY, submission);
    let request = request.unwrap_or_else(|refusal| panic!("{}: {refusal}", account.label()));
    Exact::read(std::str::from_utf8(request.body()).unwrap())
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn plain() -> Value {
    json!({
        "kind": "income", "taxation": "general",
        "items": [{
            "name": "1", "quantity": "1", "price": "1",
            "vat": "none", "subject": "goods", "mode": "full_payment",
        }],
        "payments": { "cash": "1" }, "print": true,
    })
}

fn with_line(name: &str, value: Value) -> Submission {
    let mut receipt = plain();
    receipt["items"][0][name] = value;
    Submission::RegisterReceipt(serde_json::from_value(receipt).unwrap())
}

/// A sale by an agent of `kinds`, with what the first of them states.
fn sold_by(kinds: &[&str]) -> Submission {
    let mut agent = json!({ "kinds": kinds });
    if kinds[0].starts_with("bank") {
        let operator = json!({ "name": "РНКО", "inn": "7707083893", "address": "Москва", "phones": ["+71"] });
        agent["operation"] = json!("Перевод");
        agent["phones"] = json!(["+72"]);
        agent["transfer_operator"] = operator;
    } else if kinds[0].starts_with("paying") {
        agent["phones"] = json!(["+72"]);
        agent["receiving_operator_phones"] = json!(["+73"]);
    }
    let mut receipt = plain();
    receipt["items"][0]["agent"] = agent;
    receipt["items"][0]["supplier"] = json!({ "inn": "7707083893", "phones": ["+74"] });
    Submission::RegisterReceipt(serde_json::from_value(receipt).unwrap())
}

fn corrected(json: &str, pointer: &str, value: impl Into<Value>) -> Submission {
    let mut changed: Value = serde_json::from_str(json).unwrap();
    *changed.pointer_mut(pointer).unwrap() = value.into();
    correction(&changed.to_string())
}
