//! What is submitted: sales mostly, and whatever else the accounts have.

use kassa::kassa_core::Money;
use kassa::uniform::Submission;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What is submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum What {
    Sale,
    Return,
    Correction,
    CashIn,
    CashOut,
}

impl What {
    pub(crate) const ALL: [What; 5] = [What::Sale, What::Return, What::Correction, What::CashIn, What::CashOut];

    /// Of how many in twenty.
    pub(crate) fn share(self) -> u64 {
        match self {
            What::Sale => 11,
            What::Return => 3,
            What::Correction | What::CashIn | What::CashOut => 2,
        }
    }

    /// Its name, and that of many.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            What::Sale => ("sale", "sales"),
            What::Return => ("return", "returns"),
            What::Correction => ("correction", "corrections"),
            What::CashIn => ("cash in", "times cash in"),
            What::CashOut => ("cash out", "times cash out"),
        }
    }

    /// Whether the provider takes it. A correction with lines is nothing for IT Kassa.
    pub(crate) fn is_for(self, provider: &str) -> bool {
        match self {
            What::Sale | What::Return => true,
            What::Correction => provider == "rentel",
            What::CashIn | What::CashOut => matches!(provider, "smartcashier" | "itkassa"),
        }
    }

    /// The submission; `mark` is somewhere in what the providers are sent, wherever they have a place for it.
    pub(crate) fn submission(self, mark: &str, price: Money) -> Submission {
        match self {
            What::Sale => Submission::RegisterReceipt(receipt("income", "", mark, price)),
            What::Return => Submission::RegisterReceipt(receipt("income_return", "", mark, price)),
            What::Correction => {
                let basis = r#""correction": { "type": "self_initiated", "date": "2026-01-20", "description": "Забытый чек" },"#;
                Submission::RegisterCorrection(receipt("income", basis, mark, price))
            }
            What::CashIn => Submission::CashIn(movement(mark, price)),
            What::CashOut => Submission::CashOut(movement(mark, price)),
        }
    }
}

fn receipt<T: DeserializeOwned>(kind: &str, basis: &str, mark: &str, price: Money) -> T {
    read(&format!(
        r#"{{
          "kind": "{kind}", "taxation": "simplified_income", {basis}
          "items": [{{ "name": "Чай {mark}", "quantity": 1, "price": "{price}", "vat": "none",
                       "subject": "goods", "mode": "full_payment" }}],
          "payments": {{ "cashless": "{price}" }},
          "buyer": {{ "contact": "buyer@example.org" }}
        }}"#
    ))
}

fn movement<T: DeserializeOwned>(mark: &str, amount: Money) -> T {
    read(&format!(r#"{{ "amount": "{amount}", "cashier": {{ "name": "Кассир {mark}" }} }}"#))
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("what the torture submits reads")
}
