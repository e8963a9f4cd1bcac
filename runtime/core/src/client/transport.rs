//! A thin client over any transport.

use std::future::Future;

use bytes::Bytes;
use http::{HeaderValue, header};

use super::access::{Credentials, authorize};
use super::stream::{self, Answer, BodyError, Download, Stream, StreamError, Upload};
use crate::{BaseUrl, BuildError, Operation, Reply, Request, Unreadable};

/// Sends requests: over the network, or wherever else.
pub trait Transport {
    /// Why it could not.
    type Error;

    /// Sends `request`, and gives the reply with its whole body.
    fn send(&self, request: Request) -> impl Future<Output = Result<Reply, Self::Error>> + Send;
}

/// Sends requests whose bodies, and gives replies whose bodies, need not be in memory. A [`stream::Body`] is an
/// `http_body::Body`, and is made of one, so that this is a line or two over most HTTP libraries.
pub trait StreamTransport {
    /// Why it could not.
    type Error;

    /// Sends `request`, and gives the reply as soon as its head is there.
    fn open(&self, request: stream::Request) -> impl Future<Output = Result<stream::Reply, Self::Error>> + Send;
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
    /// The reply began, and did not end.
    #[error("{0}")]
    Broken(StreamError),
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
        read::<O, _>(reply)
    }
}

impl<T, C> Client<T, C> {
    /// The request of an operation, without credentials: to be kept, compared or shown.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn request<O: Operation>(&self, operation: &O) -> Result<Request, BuildError> {
        match O::SERVER {
            Some(server) => operation.request(&self.server(server)?),
            None => operation.request(&self.base),
        }
    }

    /// A server of an operation's own, which may be relative to that of the service.
    fn server(&self, server: &str) -> Result<BaseUrl, BuildError> {
        BaseUrl::new(&self.base.join(server)?)
    }
}

impl<T: StreamTransport, C: Credentials> Client<T, C> {
    /// Sends what may be streamed, and reads what comes back as a whole. What is streamed is given by value: it is sent
    /// once, and not again.
    ///
    /// # Errors
    /// When it cannot be built, sent or read, or the reply is longer than 64 MB.
    pub async fn send<U: Upload>(&self, upload: U) -> Result<<U::Operation as Operation>::Reply, CallError<T::Error>> {
        let reply = self.open(upload, "").await?;
        whole::<U::Operation, _>(reply).await
    }

    /// Sends an operation, and reads what comes back as it comes: where that is no stream by the document, as a whole.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn stream<U: Upload<Operation: Download>>(
        &self,
        upload: U,
    ) -> Result<Answer<<U::Operation as Download>::Items, <U::Operation as Operation>::Reply>, CallError<T::Error>>
    {
        let wanted = <U::Operation as Download>::STREAMS.first().map_or("", |of| of.media_type);
        let (head, body) = self.open(upload, wanted).await?.into_parts();
        let is_stream = <U::Operation as Download>::is_stream(&head);
        let reply = http::Response::from_parts(head, body);
        if is_stream {
            return Ok(Answer::Stream(Stream::new(reply)));
        }
        whole::<U::Operation, _>(reply).await.map(Answer::Whole)
    }

    /// Sends a request, authorised. Of several media types, `wanted` is asked for before the others.
    async fn open<U: Upload>(&self, upload: U, wanted: &str) -> Result<stream::Reply, CallError<T::Error>> {
        let request = match U::Operation::SERVER {
            Some(server) => upload.into_request(&self.server(server)?),
            None => upload.into_request(&self.base),
        }?;
        let (head, body) = request.into_parts();
        let mut request = http::Request::from_parts(head, Bytes::new());
        prefer(wanted, &mut request);
        authorize(U::Operation::ACCESS, &self.credentials, &mut request)?;
        self.transport.open(request.map(|_| body)).await.map_err(CallError::Transport)
    }
}

/// How long a reply may be that is read as a whole.
const MAX_WHOLE: usize = 64 << 20;

async fn whole<O: Operation, E>(reply: stream::Reply) -> Result<O::Reply, CallError<E>> {
    let (head, body) = reply.into_parts();
    let body =
        body.collect(MAX_WHOLE).await.map_err(|error: BodyError| CallError::Broken(StreamError::Broken(error)))?;
    read::<O, _>(http::Response::from_parts(head, body))
}

fn read<O: Operation, E>(reply: Reply) -> Result<O::Reply, CallError<E>> {
    O::read(&reply).map_err(|error| CallError::Unreadable { error, reply: Box::new(reply) })
}

/// Asks for the media type `wanted` before the others that are asked for.
fn prefer(wanted: &str, request: &mut Request) {
    let Some(accept) = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()) else { return };
    let mut types: Vec<String> =
        accept.split(", ").filter(|other| *other != wanted).map(|other| format!("{other};q=0.5")).collect();
    if wanted.is_empty() || wanted.contains('*') || types.is_empty() {
        return;
    }
    types.insert(0, wanted.to_owned());
    if let Ok(value) = HeaderValue::from_str(&types.join(", ")) {
        request.headers_mut().insert(header::ACCEPT, value);
    }
}
