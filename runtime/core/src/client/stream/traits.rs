//! What can be streamed.

use super::super::reply::is_of;
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

/// Statuses, from and to, and the media type that is streamed there.
pub type Statuses = &'static [(u16, u16, &'static str)];

/// An operation that answers with items, or with a body that is worth reading in pieces.
pub trait Download: Operation {
    /// Makes the items.
    type Items: Decode;

    /// Where they come.
    const STREAMS: Statuses;

    /// Whether a reply is one that they come in.
    #[must_use]
    fn is_stream(head: &http::response::Parts) -> bool {
        let status = head.status.as_u16();
        let streams = Self::STREAMS.iter().filter(|(from, to, _)| (*from..=*to).contains(&status));
        let mut types = streams.map(|(_, _, media_type)| media_type);
        types.any(|media_type| is_of(&head.headers, media_type))
    }
}
