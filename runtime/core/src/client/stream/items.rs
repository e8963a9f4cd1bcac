//! Replies that are read as they come.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::{Body, BodyError};
use crate::Unreadable;

/// Makes items of bytes, in whatever pieces these come.
pub trait Decode: Default {
    /// What comes out.
    type Item;

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When no item can be made of them, nor of what follows.
    fn push(&mut self, bytes: Bytes) -> Result<(), Unreadable>;

    /// Takes the end: what is left may be an item.
    ///
    /// # Errors
    /// As [`Decode::push`].
    fn end(&mut self) -> Result<(), Unreadable>;

    /// The next item that is complete.
    fn item(&mut self) -> Option<Result<Self::Item, Unreadable>>;
}

/// Bytes as they come.
#[derive(Debug, Clone, Default)]
pub struct Pieces(VecDeque<Bytes>);

impl Decode for Pieces {
    type Item = Bytes;

    fn push(&mut self, bytes: Bytes) -> Result<(), Unreadable> {
        self.0.push_back(bytes);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn item(&mut self) -> Option<Result<Bytes, Unreadable>> {
        self.0.pop_front().map(Ok)
    }
}

/// Why no more items come.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The reply broke off.
    #[error("the reply broke off: {0}")]
    Broken(BodyError),
    /// An item, or the whole, is not what the document says.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// What comes back of a call that streams.
#[derive(Debug)]
pub enum Answer<D, R> {
    /// What the document says comes in items.
    Stream(Stream<D>),
    /// Another status or media type, read as a whole.
    Whole(R),
}

/// A reply that is read as it comes.
#[derive(Debug)]
pub struct Stream<D> {
    /// Status and headers.
    pub head: http::response::Parts,
    /// What makes the items; it may know more than they say.
    pub decoder: D,
    body: Option<Body>,
}

impl<D: Decode> Stream<D> {
    /// A reply of which the head has come.
    #[must_use]
    pub fn new(reply: super::Reply) -> Self {
        let (head, body) = reply.into_parts();
        Self { head, decoder: D::default(), body: Some(body) }
    }

    /// The next item, as soon as it is complete; `None` at the end. An item that cannot be read is told, and the next one
    /// may be good; behind a stream that broke off, or cannot be read as a whole, nothing follows.
    pub async fn next(&mut self) -> Option<Result<D::Item, StreamError>> {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }

    /// As [`Stream::next`].
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<D::Item, StreamError>>> {
        loop {
            if let Some(item) = self.decoder.item() {
                return Poll::Ready(Some(item.map_err(StreamError::from)));
            }
            let Some(body) = &mut self.body else { return Poll::Ready(None) };
            let taken = match ready!(body.poll_next(context)) {
                Some(Ok(bytes)) => self.decoder.push(bytes),
                Some(Err(error)) => {
                    self.body = None;
                    return Poll::Ready(Some(Err(StreamError::Broken(error))));
                }
                None => {
                    self.body = None;
                    self.decoder.end()
                }
            };
            if let Err(error) = taken {
                self.body = None;
                return Poll::Ready(Some(Err(error.into())));
            }
        }
    }

    /// What has not been read.
    #[must_use]
    pub fn into_body(self) -> Body {
        self.body.unwrap_or_default()
    }
}
