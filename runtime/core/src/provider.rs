//! What a provider can do, as data.

use crate::{Doubt, Refusal, SettingInfo};

/// Whether a provider offers an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// Through this operation of its API.
    Supported(&'static str),
    /// It does not, and why.
    Unsupported(&'static str),
}

/// One operation of the uniform model at a provider.
#[derive(Debug)]
pub struct SubmitterInfo {
    /// Name of the uniform operation.
    pub operation: &'static str,
    /// Whether the provider offers it.
    pub support: Support,
}

/// A callback of a provider's document.
#[derive(Debug)]
pub struct CallbackInfo {
    /// Its name in the document.
    pub callback: &'static str,
    /// What tells it from a forged one: the settings of the account that it is held against. Empty where the provider
    /// gives no means to tell; `Err` says why it is not listened to at all.
    pub verified_by: Result<&'static [&'static str], &'static str>,
}

/// An object of an answer that says again what was sent, as it was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// Where it stands in the body of the answer, names joined by dots.
    pub answered: &'static str,
    /// Where it stands in the body of the request.
    pub sent: &'static str,
}

/// What a provider can do.
#[derive(Debug)]
pub struct ProviderInfo {
    /// Its name in configuration: the folder of its spec.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The document and version that its spec captures.
    pub document: &'static str,
    /// Where its API answers, when the document says so.
    pub base_url: Option<&'static str>,
    /// Whether a connection needs a client certificate.
    pub client_certificate: bool,
    /// How doubt ends.
    pub doubt: Doubt,
    /// Whether keys have to be UUIDs.
    pub uuid_keys: bool,
    /// What of its answers says again what was sent.
    pub compared: &'static [Compared],
    /// The settings of an account.
    pub settings: &'static [SettingInfo],
    /// What it offers, one entry per uniform operation.
    pub operations: &'static [SubmitterInfo],
    /// What it sends by itself, one entry per callback of its document.
    pub callbacks: &'static [CallbackInfo],
}

impl ProviderInfo {
    /// How the uniform operation of this name is offered; `None` when the spec does not know it.
    #[must_use]
    pub fn support(&self, operation: &str) -> Option<Support> {
        self.operations.iter().find(|info| info.operation == operation).map(|info| info.support)
    }

    /// The refusal of an operation that is not offered.
    #[must_use]
    pub fn refusal(&self, operation: &str) -> Refusal {
        let why = match self.support(operation) {
            Some(Support::Unsupported(why)) => why,
            Some(Support::Supported(_)) | None => "nothing says how",
        };
        Refusal::new("", format!("{operation} is not offered: {why}"))
    }
}
