//! How requests reach a provider: the trait, and what can go wrong on the way.

mod http;
mod transmit;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use kassa_core::{Reply, Request};

pub use self::http::{HttpTransport, REPLY_LIMIT};
pub(crate) use self::transmit::transmit;
use crate::account::Account;

/// Sends requests. It sends each once at most: repeats are the dispatcher's alone (F8).
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Looks at what an account needs of the transport (certificates, keys) before anything is sent for it.
    ///
    /// # Errors
    /// What is wrong with it.
    fn prepare(&self, account: &Account) -> Result<(), String> {
        let _ = account;
        Ok(())
    }

    /// Sends `request` and reads the whole reply, whatever its status. A redirect is a reply.
    ///
    /// # Errors
    /// [`SendError::NotConnected`] only when it is certain that no byte of the request left.
    async fn send(&self, account: &Account, request: Request) -> Result<Reply, SendError>;
}

/// A transport that somebody else holds too.
#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn prepare(&self, account: &Account) -> Result<(), String> {
        (**self).prepare(account)
    }

    async fn send(&self, account: &Account, request: Request) -> Result<Reply, SendError> {
        (**self).send(account, request).await
    }
}

/// Why no whole reply came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No connection was made: no byte of the request left.
    #[error("no connection: {0}")]
    NotConnected(String),
    /// The request may have left, wholly or in part, and no whole reply came.
    #[error("no whole answer: {0}")]
    Lost(String),
}
