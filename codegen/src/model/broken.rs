//! What could not be resolved.

use super::UPath;

/// What of a mapping could not be resolved. An error tells of each; the rules pass it over, so that one mistake is told
/// once.
#[derive(Debug, Default)]
pub struct BrokenPlan {
    /// Uniform operations.
    pub operations: Vec<usize>,
    /// Some operation is not even known by name.
    pub unknown_operation: bool,
    /// Callbacks of the document.
    pub callbacks: Vec<usize>,
    /// Some callback is not even known by name.
    pub unknown_callback: bool,
    /// Any of the settings may be meant by what could not be resolved.
    pub settings: bool,
    /// Any of the tables may be.
    pub tables: bool,
    /// Any of the error tables may be.
    pub errors: bool,
}

impl BrokenPlan {
    /// Whether operations are missing.
    #[must_use]
    pub fn lacks_operations(&self) -> bool {
        !self.operations.is_empty() || self.unknown_operation
    }
}

/// What the lines of an operation name that could not be resolved: it counts as sent.
#[derive(Debug, Default)]
pub struct BrokenLines {
    /// Uniform fields, with all below them.
    pub paths: Vec<UPath>,
    /// The key.
    pub key: bool,
    /// Some line does not say what it carries; it may be any field, or the key.
    pub unknown: bool,
}
