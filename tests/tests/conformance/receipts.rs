//! Receipts and cash movements of the tests, written as a merchant writes them.

use kassa_providers::uniform::{CashMovement, Receipt, Submission};

#[track_caller]
pub(crate) fn receipt(json: &str) -> Submission {
    let receipt: Receipt = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"));
    assert_eq!(receipt.check(), [], "{json}");
    Submission::RegisterReceipt(receipt)
}

#[track_caller]
pub(crate) fn movement(json: &str) -> CashMovement {
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
