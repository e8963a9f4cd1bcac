//! An account: one contract with one provider, as configuration states it (F11).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kassa_core::{Doubt, Refusal, Request, Secret, Support};
use kassa_providers::Provider;
use kassa_providers::uniform::{Operation, Submission};

use crate::dispatcher::Limits;
use crate::login::TokenSlot;
use crate::route::seller_inn;

/// How long a connection may take to stand, where configuration does not say.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a whole exchange may take, where configuration does not say. Some services hold a request for 90 seconds
/// before they answer, and giving up earlier would leave a receipt in doubt for nothing.
pub const TIMEOUT: Duration = Duration::from_secs(100);

/// One contract with one provider: its credentials and settings (inside `provider`), and how it is reached.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name in configuration, routes and the journal.
    pub name: String,
    /// The provider, opened with this account's settings.
    pub provider: Arc<dyn Provider>,
    /// The seller whose receipts it registers (tag 1018); `None` takes any seller's.
    pub seller_inn: Option<String>,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long a whole exchange may take, from its first byte to the last one of the reply.
    pub timeout: Duration,
    /// After how long a submission that its provider took is found when it is asked for, as the operator has found out.
    /// Where neither this nor the provider's document says so, "not found" proves nothing.
    pub visible_after: Option<Duration>,
    /// How much it may be sent.
    pub limits: Limits,
    /// What its TLS connections need.
    pub tls: Tls,
    /// The token that it has logged in for, where its provider wants one.
    pub token: TokenSlot,
}

impl Account {
    /// An account named `name`, with the default timeouts, for any seller, without a client certificate.
    #[must_use]
    pub fn new(name: impl Into<String>, provider: Box<dyn Provider>) -> Self {
        Self {
            name: name.into(),
            provider: provider.into(),
            seller_inn: None,
            connect_timeout: CONNECT_TIMEOUT,
            timeout: TIMEOUT,
            visible_after: None,
            limits: Limits::default(),
            tls: Tls::default(),
            token: TokenSlot::default(),
        }
    }

    /// How doubt about a submission ends here. Of two lengths of time the longer one counts.
    #[must_use]
    pub fn doubt(&self) -> Doubt {
        match self.provider.info().doubt {
            Doubt::Locatable { visible_after } => {
                Doubt::Locatable { visible_after: visible_after.max(self.visible_after) }
            }
            doubt => doubt,
        }
    }

    /// Whether the provider offers `operation`.
    ///
    /// # Errors
    /// Why it does not.
    pub fn supports(&self, operation: Operation) -> Result<(), Refusal> {
        let info = self.provider.info();
        let offered = info.operations.iter().find(|offered| offered.operation == operation.name());
        let why = match offered.map(|offered| offered.support) {
            Some(Support::Supported(_)) => return Ok(()),
            Some(Support::Unsupported(why)) => format!(": {why}"),
            None => String::new(),
        };
        Err(Refusal::new("operation", format!("{} does not offer {operation}{why}", info.title)))
    }

    /// Whether this account may register `submission`, as far as that is known before it is encoded: the provider
    /// offers the operation, and the seller is not another one than the account's.
    ///
    /// # Errors
    /// Why it is passed over.
    pub fn takes(&self, submission: &Submission) -> Result<(), Refusal> {
        self.supports(submission.operation())?;
        match (self.seller_inn.as_deref(), seller_inn(submission)) {
            (Some(own), Some(stated)) if own != stated => {
                Err(Refusal::new("seller_inn", format!("is {stated}, and the account is for {own}")))
            }
            _ => Ok(()),
        }
    }

    /// The request that would register `submission` here, credentials not yet added. What the dispatcher sends and what
    /// an explanation shows both come from here.
    ///
    /// # Errors
    /// Why this account is passed over: nothing is sent.
    pub fn prepare(&self, key: &str, submission: &Submission) -> Result<Request, Refusal> {
        self.takes(submission)?;
        self.provider.encode(key, submission)
    }
}

/// What the TLS connections of an account need. Verification is always on (F10). `Debug` tells only what there is.
#[derive(Clone, Default)]
pub struct Tls {
    /// Who we are, for a service that asks for a client certificate.
    pub identity: Option<Identity>,
    /// Certificates (PEM) of authorities that are trusted beside the platform's.
    pub roots: Vec<Vec<u8>>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("identity", &self.identity).field("roots", &self.roots.len()).finish()
    }
}

/// A client certificate and its key. `Debug` shows no part of either.
#[derive(Clone)]
pub struct Identity {
    /// The certificate and its chain, PEM.
    pub certificate: Vec<u8>,
    /// The private key, PEM.
    pub key: Secret,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}
