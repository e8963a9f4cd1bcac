//! What can be streamed.

use super::super::media_type::{is_of, may_be};
use super::{Body, Decode, Request};
use crate::{BaseUrl, BuildError, Operation};

/// What is sent once: an operation whose body may be streamed, or a reference to any other.
pub trait Upload {
    /// The operation, its body in memory.
    type Operation: Operation;

    /// The request. It takes what is sent, which cannot be sent again.
    ///
    /// # Errors
    /// As [`Operation::request`].
    fn into_request(self, base: &BaseUrl) -> Result<Request, BuildError>;
}

impl<O: Operation> Upload for &O {
    type Operation = O;

    fn into_request(self, base: &BaseUrl) -> Result<Request, BuildError> {
        Ok(self.request(base)?.map(Body::from))
    }
}

/// The request of an operation whose body is in memory.
///
/// # Errors
/// When it cannot be built.
pub fn whole(of: impl Upload, base: &BaseUrl) -> Result<crate::Request, BuildError> {
    let (head, body) = of.into_request(base)?.into_parts();
    let body = body.whole().ok_or_else(|| BuildError::Body("it is not in memory".to_owned()))?;
    Ok(http::Request::from_parts(head, body))
}

/// What is streamed: of which media type, and with which statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streamed {
    /// The first and the last status.
    statuses: (u16, u16),
    pub(in super::super) media_type: &'static str,
    /// Whether nothing else comes there.
    alone: bool,
}

impl Streamed {
    /// All that comes from the status `first` to `last`. A reply that does not say its media type is taken for it.
    #[must_use]
    pub const fn alone(first: u16, last: u16, media_type: &'static str) -> Self {
        Self { statuses: (first, last), media_type, alone: true }
    }

    /// One of several media types, which the reply has to say.
    #[must_use]
    pub const fn among(first: u16, last: u16, media_type: &'static str) -> Self {
        Self { statuses: (first, last), media_type, alone: false }
    }
}

/// An operation that answers with items, or with a body that is worth reading in pieces.
pub trait Download: Operation {
    /// Makes the items.
    type Items: Decode;

    /// Where they come.
    const STREAMS: &'static [Streamed];

    /// Whether a reply is one that they come in.
    #[must_use]
    fn is_stream(head: &http::response::Parts) -> bool {
        let status = head.status.as_u16();
        Self::STREAMS.iter().filter(|of| (of.statuses.0..=of.statuses.1).contains(&status)).any(|of| {
            let told = if of.alone { may_be } else { is_of };
            told(&head.headers, of.media_type)
        })
    }
}
