//! The HTTP/1.1 server under every simulator. It can also do what a well-behaved server never does: leave without an
//! answer, or in the middle of one.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;

use super::witness::Witness;

const MAX_REQUEST: usize = 8 << 20;
const DRIP: usize = 16;
/// Long enough for the first half to reach the wire before the connection is cut.
const BEFORE_CUT: Duration = Duration::from_millis(30);

/// A request as a simulator saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path with the query, as it came.
    pub path: String,
    /// Headers with lower-case names; the value of `authorization`, or of the vendor's own header for the secret, is
    /// replaced by `***`.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// The list behind `requests()`.
#[derive(Debug, Clone, Default)]
pub(super) struct SeenLog {
    list: Arc<Mutex<Vec<Seen>>>,
    witness: Witness<Seen>,
    /// The vendor's own header with a secret in it, in lower case.
    secret: Option<Arc<str>>,
}

impl SeenLog {
    /// A list that does not keep the value of that header.
    pub(super) fn hiding(header: &str) -> SeenLog {
        SeenLog { secret: Some(header.to_ascii_lowercase().into()), ..SeenLog::default() }
    }

    pub(super) fn witness(&self) -> &Witness<Seen> {
        &self.witness
    }

    pub(super) fn all(&self) -> Vec<Seen> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, request: &Request) {
        let headers = request.headers.iter().map(|(name, value)| {
            let value = match name.as_str() {
                "authorization" | "proxy-authorization" | "cookie" => "***".to_owned(),
                name if self.secret.as_deref() == Some(name) => "***".to_owned(),
                _ => String::from_utf8_lossy(value.as_bytes()).into_owned(),
            };
            (name.as_str().to_owned(), value)
        });
        let seen = Seen {
            method: request.method.clone(),
            path: match &request.query {
                Some(query) => format!("{}?{query}", request.path),
                None => request.path.clone(),
            },
            headers: headers.collect(),
            body: request.body.to_vec(),
        };
        self.witness.tell(&seen);
        self.list.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }
}

/// A request read in full.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Request {
    /// Whether the body is said to be JSON in UTF-8.
    pub(super) fn is_json(&self) -> bool {
        let given = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let Some(given) = given else { return false };
        let mut parts = given.split(';').map(|part| part.trim().to_ascii_lowercase());
        parts.next().as_deref() == Some("application/json")
            && parts.all(|parameter| matches!(parameter.as_str(), "charset=utf-8" | "charset=\"utf-8\""))
    }

    /// Whether that header came once, with that value.
    pub(super) fn bears(&self, header: &str, value: &str) -> bool {
        let mut given = self.headers.get_all(header).iter();
        given.next().is_some_and(|given| given.as_bytes() == value.as_bytes()) && given.next().is_none()
    }
}

/// `%41` as `A`. None where it is not that, or not UTF-8.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// A request that was taken in, to be kept and taken in again ([`Simulator::take_in_again`](super::Simulator)). The secrets
/// in its headers are those of a simulator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    method: String,
    path: String,
    query: Option<String>,
    headers: Vec<(String, String)>,
    body: String,
}

impl Taken {
    pub(super) fn of(request: &Request) -> Taken {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Taken {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
            body: text(&request.body),
        }
    }

    fn request(&self) -> Request {
        let headers = self
            .headers
            .iter()
            .filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?)));
        Request {
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers: headers.collect(),
            body: Bytes::from(self.body.clone()),
        }
    }
}

/// What becomes of a request.
pub(super) enum Reply {
    Answer(Answer),
    /// The connection closes without a byte.
    Close,
}

/// An HTTP answer and the manner of its sending.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) from_cache: bool,
    /// Seconds for `Retry-After`.
    pub(super) retry_after: Option<u64>,
    pub(super) body: Vec<u8>,
    pub(super) manner: Manner,
}

/// How an answer's body goes out.
pub(super) enum Manner {
    Whole,
    Half,
    Drip(Duration),
}

impl Answer {
    pub(super) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status,
            content_type: content_type.to_owned(),
            from_cache: false,
            retry_after: None,
            body: body.into(),
            manner: Manner::Whole,
        }
    }

    pub(super) fn json(status: u16, body: impl Into<Vec<u8>>) -> Answer {
        Answer::new(status, "application/json; charset=utf-8", body)
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Reply {
        Reply::Answer(answer)
    }
}

/// A vendor's behaviour.
pub(super) trait Vendor: Send + Sync + 'static {
    fn handle(&self, request: Request) -> impl Future<Output = Reply> + Send;
}

/// Takes a free port on the loopback interface.
pub(super) async fn bind() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    (listener, address)
}

/// A vendor that is served.
pub(super) struct Server {
    pub(super) task: JoinHandle<()>,
    pub(super) again: Box<dyn Fn(&Taken) + Send + Sync>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.task).finish()
    }
}

/// Serves until the task is aborted, which also cuts the open connections.
pub(super) fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, vendor: impl Vendor, seen: SeenLog) -> Server {
    let vendor = Arc::new(vendor);
    // A vendor that is not served any more is gone, and its errands with it.
    let served = Arc::downgrade(&vendor);
    let again = move |taken: &Taken| {
        let Some(vendor) = served.upgrade() else { return };
        // A vendor has taken a request in before it waits for anything: who asked may leave.
        let mut handling = Box::pin(vendor.handle(taken.request()));
        let _ = handling.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    };
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else {
                        // Out of descriptors, most likely: give the others time to end.
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        continue;
                    };
                    connections.spawn(connect(stream, tls.clone(), vendor.clone(), seen.clone()));
                }
                Some(_) = connections.join_next() => {}
            }
        }
    });
    Server { task, again: Box::new(again) }
}

async fn connect<V: Vendor>(stream: TcpStream, tls: Option<TlsAcceptor>, vendor: Arc<V>, seen: SeenLog) {
    // Only a matter of speed, so a failure changes nothing.
    let _ = stream.set_nodelay(true);
    match tls {
        None => converse(stream, vendor, seen).await,
        Some(tls) => {
            // A client without a certificate ends here.
            if let Ok(stream) = tls.accept(stream).await {
                converse(stream, vendor, seen).await;
            }
        }
    }
}

async fn converse<V, S>(stream: S, vendor: Arc<V>, seen: SeenLog)
where
    V: Vendor,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (vendor, seen) = (vendor.clone(), seen.clone());
        async move {
            let request = read(request).await?;
            seen.note(&request);
            match vendor.handle(request).await {
                Reply::Answer(answer) => Ok(write(answer)),
                // An error of the service makes hyper drop the connection without an answer.
                Reply::Close => Err(io::Error::other("closed on purpose")),
            }
        }
    });
    // The client's view of a broken connection is what matters; ours is of no use.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn read(request: hyper::Request<Incoming>) -> io::Result<Request> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MAX_REQUEST).collect().await.map_err(io::Error::other)?;
    Ok(Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body: body.to_bytes(),
    })
}

fn write(answer: Answer) -> hyper::Response<Pieces> {
    let body = Bytes::from(answer.body);
    let mut length = body.len();
    let pieces = match answer.manner {
        Manner::Whole => Pieces::new([body], Duration::ZERO),
        Manner::Drip(pause) => Pieces::new(body.chunks(DRIP).map(Bytes::copy_from_slice), pause),
        Manner::Half => {
            length = length.max(2);
            Pieces::new([body.slice(..body.len() / 2)], BEFORE_CUT).cut()
        }
    };
    let mut response = hyper::Response::builder().status(answer.status).header(CONTENT_LENGTH, length);
    if length > 0 {
        response = response.header(CONTENT_TYPE, answer.content_type);
    }
    if answer.from_cache {
        response = response.header("X-From-Cache", "1");
    }
    if let Some(seconds) = answer.retry_after {
        response = response.header(RETRY_AFTER, seconds);
    }
    response.body(pieces).expect("a fault's status and content type are valid HTTP")
}

/// A body sent piece by piece, which may break off.
struct Pieces {
    left: VecDeque<Bytes>,
    pause: Duration,
    resting: Option<Pin<Box<Sleep>>>,
    cut: bool,
}

impl Pieces {
    fn new(pieces: impl IntoIterator<Item = Bytes>, pause: Duration) -> Pieces {
        let left = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        Pieces { left, pause, resting: None, cut: false }
    }

    /// Breaks off after the last piece. The rest before lets the head out even when there is no piece at all.
    fn cut(self) -> Pieces {
        Pieces { cut: true, resting: Some(Box::pin(tokio::time::sleep(self.pause))), ..self }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(rest) = &mut self.resting {
            ready!(rest.as_mut().poll(cx));
            self.resting = None;
        }
        match self.left.pop_front() {
            Some(piece) => {
                if !self.pause.is_zero() {
                    self.resting = Some(Box::pin(tokio::time::sleep(self.pause)));
                }
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            None if self.cut => Poll::Ready(Some(Err(io::Error::other("cut on purpose")))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && !self.cut
    }
}
