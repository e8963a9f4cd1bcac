//! Receipts, cash movements and the rest that is submitted in the tests, written as a merchant writes them.

use kassa_providers::uniform::{CashMovement, Receipt, Submission};
use serde::de::DeserializeOwned;

/// A key that every provider takes.
pub(crate) const KEY: &str = "f47ac10b-58cc-4372-a567-0e02b2c3d479";

#[track_caller]
pub(crate) fn receipt(json: &str) -> Submission {
    let receipt: Receipt = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"));
    assert_eq!(receipt.check().errors, [], "{json}");
    Submission::RegisterReceipt(receipt)
}

#[track_caller]
pub(crate) fn movement(json: &str) -> CashMovement {
    read(json)
}

#[track_caller]
pub(crate) fn correction(json: &str) -> Submission {
    Submission::RegisterCorrection(read(json))
}

#[track_caller]
pub(crate) fn slip(json: &str) -> Submission {
    Submission::PrintSlip(read(json))
}

#[track_caller]
fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}

/// One line of goods, paid in full by card.
pub(crate) const PLAIN: &str = r#"{
    "kind": "income", "taxation": "simplified_income",
    "items": [{
        "name": "Хлеб ржаной", "quantity": 2, "price": 30.50,
        "vat": "vat10", "subject": "goods", "mode": "full_payment"
    }],
    "payments": { "cashless": 61 }
}"#;

/// The correction of a sale that was not registered, with its line.
pub(crate) const CORRECTION: &str = r#"{
    "kind": "income", "taxation": "simplified_income",
    "correction": { "type": "self_initiated", "date": "2026-01-15", "description": "Чек не пробит" },
    "items": [{
        "name": "Хлеб ржаной", "quantity": 2, "price": 30.50,
        "vat": "vat10", "subject": "goods", "mode": "full_payment"
    }],
    "payments": { "cashless": 61 }
}"#;

/// The correction of a sale with sums alone; with none of them, since what they hold is a choice.
pub(crate) const CORRECTION_OF_SUMS: &str = r#"{
    "kind": "income", "taxation": "simplified_income",
    "correction": { "type": "self_initiated", "date": "2026-01-15", "description": "Чек не пробит" },
    "payments": {}
}"#;

/// The return of [`PLAIN`], in cash alone.
pub(crate) const RETURN: &str = r#"{
    "kind": "income_return", "taxation": "simplified_income",
    "items": [{
        "name": "Хлеб ржаной", "quantity": "2", "price": "30.50",
        "vat": "vat10", "subject": "goods", "mode": "full_payment"
    }],
    "payments": { "cash": "61.00" }
}"#;

/// A taxi ride that an agent sells: the example of one document.
pub(crate) fn taxi(vat: &str) -> String {
    format!(
        r#"{{
            "kind": "income",
            "items": [{{
                "name": "Услуги по перевозке пассажиров и багажа", "quantity": 1, "price": 788.50,
                "vat": "{vat}", "subject": "service", "mode": "full_payment",
                "agent": {{ "kinds": ["other_agent"] }},
                "supplier": {{ "inn": "7707083893" }}
            }}],
            "payments": {{ "cashless": 788.50 }},
            "buyer": {{ "contact": "7-987-898-56-23" }}
        }}"#
    )
}
