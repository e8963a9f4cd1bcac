//! A thin client over any transport.

use std::future::Future;

use super::access::{Credentials, authorize};
use crate::{BaseUrl, BuildError, Operation, Reply, Request, Unreadable};

/// Sends requests: over the network, or wherever else.
pub trait Transport {
    /// Why it could not.
    type Error;

    /// Sends `request`, and gives the reply with its whole body.
    fn send(&self, request: Request) -> impl Future<Output = Result<Reply, Self::Error>> + Send;
}

/// Calls the operations of a service.
#[derive(Debug, Clone)]
pub struct Client<T, C = ()> {
    /// Sends the requests.
    pub transport: T,
    /// Where the service answers, unless an operation names a server of its own.
    pub base: BaseUrl,
    /// What it is shown.
    pub credentials: C,
}

/// Why a call gave no answer that its document knows.
#[derive(Debug, thiserror::Error)]
pub enum CallError<E> {
    /// The request cannot be built: nothing was sent.
    #[error("nothing was sent: {0}")]
    Build(#[from] BuildError),
    /// The transport failed.
    #[error("the transport failed: {0}")]
    Transport(E),
    /// The reply is not what the document says.
    #[error("the reply cannot be read: {error}")]
    Unreadable {
        /// What is wrong.
        error: Unreadable,
        /// The reply.
        reply: Box<Reply>,
    },
}

impl<T: Transport, C: Credentials> Client<T, C> {
    /// Sends one operation, and reads what comes back.
    ///
    /// # Errors
    /// When it cannot be built, sent or read.
    pub async fn call<O: Operation>(&self, operation: &O) -> Result<O::Reply, CallError<T::Error>> {
        let mut request = self.request(operation)?;
        authorize(O::ACCESS, &self.credentials, &mut request)?;
        let reply = self.transport.send(request).await.map_err(CallError::Transport)?;
        O::read(&reply).map_err(|error| CallError::Unreadable { error, reply: Box::new(reply) })
    }

    /// The request of an operation, without credentials: to be kept, compared or shown.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn request<O: Operation>(&self, operation: &O) -> Result<Request, BuildError> {
        match O::SERVER {
            Some(server) => operation.request(&BaseUrl::new(server)?),
            None => operation.request(&self.base),
        }
    }
}
