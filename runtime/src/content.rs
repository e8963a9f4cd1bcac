//! What is submitted, as the journal keeps it, and its hash: two submissions under one key are the same when these are.

use kassa_providers::uniform::Submission;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A submission with its canonical text and hash.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    /// What is submitted, normalised.
    pub(crate) submission: Submission,
    /// It as JSON, for the journal.
    pub(crate) json: String,
    /// SHA-256 of its canonical JSON, hexadecimal.
    pub(crate) hash: String,
}

impl Content {
    /// The content of `submission`.
    pub(crate) fn of(submission: Submission) -> Result<Self, serde_json::Error> {
        let submission = submission.normalised();
        let value = serde_json::to_value(&submission)?;
        let mut canonical = String::new();
        write(&value, &mut canonical);
        let hash = Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { json: serde_json::to_string(&submission)?, submission, hash })
    }

    /// The submission that the journal keeps.
    pub(crate) fn read(json: &str) -> Result<Submission, serde_json::Error> {
        serde_json::from_str(json)
    }
}

/// Writes `value` with sorted keys and without what is null or empty: a field that a later version adds, and that
/// nobody states, must not make an old submission another one.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().filter(|(_, value)| !is_empty(value)).collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (n, (name, value)) in fields.into_iter().enumerate() {
                if n > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for (n, value) in values.iter().enumerate() {
                if n > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Null) || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{receipt, sale};

    #[test]
    fn the_same_however_it_is_written() {
        let hash = |text: &str| Content::of(Submission::CashIn(serde_json::from_str(text).unwrap())).unwrap().hash;
        let plain = hash(r#"{"amount":"70.50"}"#);
        assert_eq!(plain.len(), 64);
        assert_eq!(plain, hash(r#"{"cashier":null,"amount":70.5}"#));
        assert_ne!(plain, hash(r#"{"amount":"70.51"}"#));
        assert_ne!(plain, hash(r#"{"amount":"70.50","cashier":{"name":"x"}}"#));
    }

    #[test]
    fn the_hash_never_changes_from_version_to_version() {
        // A changed hash turns every stored key into a conflict: this value may not be mended to fit.
        let movement = serde_json::from_str(r#"{"amount":"70.50"}"#).unwrap();
        let canonical = Sha256::digest(r#"{"cash_in":{"amount":"70.50"}}"#);
        let hash: String = canonical.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(Content::of(Submission::CashIn(movement)).unwrap().hash, hash);
    }

    #[test]
    fn what_is_kept_reads_back() {
        let content = Content::of(sale()).unwrap();
        assert_eq!(Content::read(&content.json).unwrap(), content.submission);
        let other = Content::of(Submission::RegisterReceipt(receipt("71.00"))).unwrap();
        assert_ne!(other.hash, content.hash);
    }
}
