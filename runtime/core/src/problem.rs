//! What can be wrong with a value, and where.

use std::fmt;

/// Why a value does not fit; not yet told where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(String);

impl Misfit {
    /// A misfit for `reason`, a clause that follows the name of a field: `has no code for …`.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misfit {}

/// A provider cannot carry a value: found before anything is sent (F4).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("{field}: {reason}")]
pub struct Refusal {
    /// The uniform field, `items[2].quantity`.
    pub field: String,
    /// Why it cannot be carried, and what to do about it where that is known.
    pub reason: String,
}

impl Refusal {
    /// `field` is refused for `reason`.
    #[must_use]
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }

    /// Names the element of the list `list` that the field belongs to.
    #[must_use]
    pub fn in_element(mut self, list: &str, index: usize) -> Self {
        self.field = in_element(&self.field, list, index);
        self
    }
}

/// A message of a provider cannot be read as its document says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("{}{reason}", prefix(place))]
pub struct Unreadable {
    /// The field or the position in the text; empty for the whole message.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

impl Unreadable {
    /// `place` is unreadable for `reason`.
    #[must_use]
    pub fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }

    /// Names the element of the list `list` that the field belongs to.
    #[must_use]
    pub fn in_element(mut self, list: &str, index: usize) -> Self {
        self.place = in_element(&self.place, list, index);
        self
    }
}

/// A value breaks a rule of the uniform model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("{}{reason}", prefix(field))]
pub struct Violation {
    /// The rule, as programs know it: `payments_cover_total`.
    pub rule: String,
    /// The uniform field, `items[2].quantity`; empty for the whole receipt.
    pub field: String,
    /// How it breaks the rule.
    pub reason: String,
}

impl Violation {
    /// `field` breaks `rule` for `reason`.
    #[must_use]
    pub fn new(rule: impl Into<String>, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { rule: rule.into(), field: field.into(), reason: reason.into() }
    }
}

/// What is wrong with a submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The rules it breaks: nothing is accepted.
    pub errors: Vec<Violation>,
    /// What looks wrong, and stops nothing.
    pub warnings: Vec<Violation>,
}

impl Findings {
    /// Adds a violation that stops everything.
    pub fn error(&mut self, rule: &str, field: impl Into<String>, reason: impl Into<String>) {
        self.errors.push(Violation::new(rule, field, reason));
    }

    /// Adds a violation that stops nothing.
    pub fn warn(&mut self, rule: &str, field: impl Into<String>, reason: impl Into<String>) {
        self.warnings.push(Violation::new(rule, field, reason));
    }
}

fn prefix(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("{place}: ") }
}

fn in_element(field: &str, list: &str, index: usize) -> String {
    match field.strip_prefix(list) {
        Some(rest) => format!("{list}[{index}]{rest}"),
        None => format!("{list}[{index}]: {field}"),
    }
}

/// Tells where a misfit is.
pub trait Place<T> {
    /// The uniform field that cannot be carried.
    ///
    /// # Errors
    /// The misfit as a refusal of `field`.
    fn refuse(self, field: &str) -> Result<T, Refusal>;

    /// The field of a message that cannot be read.
    ///
    /// # Errors
    /// The misfit as an unreadable `place`.
    fn unreadable(self, place: &str) -> Result<T, Unreadable>;
}

impl<T> Place<T> for Result<T, Misfit> {
    fn refuse(self, field: &str) -> Result<T, Refusal> {
        self.map_err(|misfit| Refusal::new(field, misfit.0))
    }

    fn unreadable(self, place: &str) -> Result<T, Unreadable> {
        self.map_err(|misfit| Unreadable::new(place, misfit.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_named() {
        let refusal = Refusal::new("items.quantity", "has no code").in_element("items", 2);
        assert_eq!(refusal.to_string(), "items[2].quantity: has no code");
    }
}
