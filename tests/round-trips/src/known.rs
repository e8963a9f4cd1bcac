//! What a server does wrong, and is known: a list, of which every entry has to be needed.

use crate::call::{Call, Outcome};

/// An entry: `document | operation | outcome | reason`; `*` stands for every operation.
#[derive(Debug, Clone)]
pub struct Known {
    document: String,
    operation: String,
    outcome: String,
    reason: String,
}

/// What is known of the mock server `prism`.
pub const OF_PRISM: &str = include_str!("../prism.txt");

/// What is known of our own clients, against the server of ours.
pub const OF_OURS: &str = include_str!("../ours.txt");

/// Reads a list. Lines that begin with `#`, and empty ones, say nothing.
///
/// # Errors
/// When a line has not four parts.
pub fn read(text: &str) -> Result<Vec<Known>, String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let parts: Vec<&str> = line.split('|').map(str::trim).collect();
            let [document, operation, outcome, reason] = parts.as_slice() else {
                return Err(format!("not `document | operation | outcome | reason`: {line}"));
            };
            let [document, operation, outcome, reason] =
                [document, operation, outcome, reason].map(|part| (*part).to_owned());
            Ok(Known { document, operation, outcome, reason })
        })
        .collect()
}

impl Known {
    /// Whether this is what became of a call.
    #[must_use]
    pub fn is(&self, document: &str, call: &Call) -> bool {
        call.outcome != Outcome::Fine
            && self.document == document
            && (self.operation == "*" || self.operation == call.operation)
            && self.outcome == call.outcome.name()
    }

    /// Whether nothing of `document` needs it.
    #[must_use]
    pub fn is_idle(&self, document: &str, calls: &[Call]) -> bool {
        self.document == document && !calls.iter().any(|call| self.is(document, call))
    }

    /// Why it is so.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
