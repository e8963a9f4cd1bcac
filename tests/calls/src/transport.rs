//! Sends requests to one server over HTTP/1.1, whatever their address says, and keeps what went out and what came back.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use kassa_core::client::{BaseUrl, Bytes, Reply, Request, Transport};
use kassa_core::http::{Request as HttpRequest, Uri};
use tokio::net::TcpStream;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A way to one server.
#[derive(Debug)]
pub(super) struct Wired {
    /// Host and port.
    authority: String,
    /// What the addresses of an operation have before its path, and the server has not.
    pub(super) strip: &'static str,
    /// Which answer is asked for: its number, and the status if it is not the usual one.
    wish: Option<(usize, Option<u16>)>,
    kept: Mutex<(Option<Request>, Option<Reply>)>,
}

impl Wired {
    /// A way to the server at `address`: `http://127.0.0.1:4010`.
    pub(super) fn to(address: String) -> Self {
        let authority = address.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { authority, strip: "", wish: None, kept: Mutex::default() }
    }

    pub(super) fn base(&self) -> BaseUrl {
        BaseUrl::new(&format!("http://{}", self.authority)).expect("an address with a host and a port")
    }

    /// Asks for an answer from now on, and forgets what was kept.
    pub(super) fn wish(&mut self, answer: Option<(usize, Option<u16>)>) {
        self.wish = answer;
        *self.kept() = (None, None);
    }

    /// The last request.
    pub(super) fn sent(&self) -> Option<Request> {
        self.kept().0.clone()
    }

    /// The reply to it.
    pub(super) fn got(&self) -> Option<Reply> {
        self.kept().1.clone()
    }

    fn kept(&self) -> MutexGuard<'_, (Option<Request>, Option<Reply>)> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn exchange(&self, request: Request) -> Result<Reply, Box<dyn std::error::Error + Send + Sync>> {
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let target: Uri = target.strip_prefix(self.strip).unwrap_or(target).parse()?;
        let (mut parts, body) = request.into_parts();
        parts.uri = target;
        parts.headers.insert("host", self.authority.parse()?);
        if let Some((n, status)) = self.wish {
            // The one is for a server of ours, the other for the mock.
            parts.headers.insert("x-answer", n.into());
            if let Some(status) = status {
                parts.headers.insert("prefer", format!("code={status}").parse()?);
            }
        }
        let stream = TcpStream::connect(&self.authority).await?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let reply = sender.send_request(HttpRequest::from_parts(parts, Full::new(body))).await?;
        let (parts, body) = reply.into_parts();
        let body: Bytes = body.collect().await?.to_bytes();
        Ok(Reply::from_parts(parts, body))
    }
}

impl Transport for &Wired {
    type Error = io::Error;

    async fn send(&self, request: Request) -> Result<Reply, io::Error> {
        self.kept().0 = Some(request.clone());
        let reply = tokio::time::timeout(PATIENCE, self.exchange(request)).await;
        let reply = reply.map_err(io::Error::other)?.map_err(io::Error::other)?;
        self.kept().1 = Some(reply.clone());
        Ok(reply)
    }
}
