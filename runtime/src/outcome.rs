//! What became of a submission (F6).

use std::ops::Deref;

use kassa_core::Violation;
use kassa_providers::uniform::Registration;
use serde::{Deserialize, Serialize};

/// What became of a submission. Never guessed: what nothing proves is [`Outcome::InDoubt`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "nearly every outcome is a registration")]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is registered.
    Registered {
        /// The account that registered it.
        account: String,
        /// What the register answered.
        registration: Registration,
        /// Where the answer differs from what was sent: `total: 70.00 is registered, 70.50 was sent`.
        differences: Vec<String>,
    },
    /// The provider has it and has not decided yet.
    Pending {
        /// The account that has it; empty while none has been chosen.
        account: String,
        /// What it waits for.
        about: String,
    },
    /// It is surely not registered.
    Rejected {
        /// The account that rejected it last.
        account: String,
        /// Why, and what to do.
        reason: Reason,
    },
    /// No byte of it left: no account takes it, or none could be reached.
    NotSent {
        /// Every account that was considered, and why it was passed over.
        passed_over: Vec<PassedOver>,
    },
    /// It may or may not be registered. No other account is asked before that is known.
    InDoubt {
        /// The account that may have registered it.
        account: String,
        /// What happened, and how the doubt can end.
        reason: Reason,
    },
}

impl Outcome {
    /// Whether nothing will change it any more.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Registered { .. } | Self::Rejected { .. } | Self::NotSent { .. })
    }

    /// Its name: `registered`, `pending`, `rejected`, `not_sent` or `in_doubt`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "registered",
            Self::Pending { .. } => "pending",
            Self::Rejected { .. } => "rejected",
            Self::NotSent { .. } => "not_sent",
            Self::InDoubt { .. } => "in_doubt",
        }
    }

    /// The account that it concerns.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Registered { account, .. }
            | Self::Pending { account, .. }
            | Self::Rejected { account, .. }
            | Self::InDoubt { account, .. } => Some(account).filter(|account| !account.is_empty()).map(String::as_str),
            Self::NotSent { .. } => None,
        }
    }
}

/// How a submission stands. It can be used as its outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// What became of it.
    pub outcome: Outcome,
    /// What looked wrong with it when it was accepted, and stopped nothing.
    pub warnings: Vec<Violation>,
}

impl Deref for Standing {
    type Target = Outcome;

    fn deref(&self) -> &Outcome {
        &self.outcome
    }
}

/// Why a submission was rejected, or why nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The error class of the uniform model.
    pub class: String,
    /// The provider's code.
    pub code: Option<String>,
    /// The provider's own words, or the transport's.
    pub message: Option<String>,
    /// What it means.
    pub about: String,
    /// What to do.
    pub next_step: String,
}

/// An account that a submission was not sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// The account.
    pub account: String,
    /// Why not.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_kept_as_json_and_comes_back() {
        let registration: Registration =
            serde_json::from_str(r#"{"document_number":7,"total":"70.50","unread":[]}"#).unwrap();
        let reason = Reason {
            class: "invalid".to_owned(),
            code: Some("7".to_owned()),
            message: None,
            about: "x".to_owned(),
            next_step: "y".to_owned(),
        };
        let passed_over = vec![PassedOver { account: "a".to_owned(), reason: "no".to_owned() }];
        let account = || "a".to_owned();
        for (outcome, name, is_final) in [
            (Outcome::Registered { account: account(), registration, differences: vec![] }, "registered", true),
            (Outcome::Pending { account: account(), about: "x".to_owned() }, "pending", false),
            (Outcome::Rejected { account: account(), reason: reason.clone() }, "rejected", true),
            (Outcome::NotSent { passed_over }, "not_sent", true),
            (Outcome::InDoubt { account: account(), reason }, "in_doubt", false),
        ] {
            let text = serde_json::to_string(&outcome).unwrap();
            assert!(text.starts_with(&format!("{{\"{name}\":")), "{text}");
            assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
            assert_eq!((outcome.name(), outcome.is_final()), (name, is_final));
        }
    }
}
