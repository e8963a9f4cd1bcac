//! A server on loopback that is as cheap as one can be: it reads a request, and answers with a documented answer into
//! which it puts the key of the request. It has a thread of its own, and is the same for both that are compared.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::tls::Certificate;

/// The documented answer of a provider that registers a receipt in one exchange.
const ANSWER: &str = include_str!("../../specs/providers/checkonline/examples/complex.response.json");

/// The key in [`ANSWER`].
const DOCUMENTED_KEY: &str = "ac88fe9f-5885-11ea-ae38-788b1848edc8";

/// What stands before the key in a request, as serde_json writes it.
const BEFORE_KEY: &[u8] = br#""Requestid":""#;

/// The name of the server's thread: its time is not the client's.
pub const THREAD: &str = "server";

/// A server that answers until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    tls: Option<Certificate>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// A server; over TLS if `tls` says so.
    #[must_use]
    pub fn start(tls: bool) -> Self {
        let tls = tls.then(Certificate::new);
        let acceptor = tls.as_ref().map(Certificate::acceptor);
        let (stop, stopped) = oneshot::channel();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        listener.set_nonblocking(true).expect("a socket can be told not to block");
        let address = listener.local_addr().expect("a bound socket has an address");
        let thread = std::thread::Builder::new().name(THREAD.to_owned());
        let thread = thread.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                tokio::select! {
                    () = accept(listener, acceptor) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, tls, stop: Some(stop), thread: Some(thread.expect("a thread can be made")) }
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The authority that its clients have to trust, PEM.
    #[must_use]
    pub fn root(&self) -> Option<String> {
        self.tls.as_ref().map(Certificate::pem)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The answer to the receipt of this key.
#[must_use]
pub fn answer_to(key: &str) -> Bytes {
    Template::new().filled(key.as_bytes())
}

async fn accept(listener: std::net::TcpListener, tls: Option<TlsAcceptor>) {
    let listener = TcpListener::from_std(listener).expect("a listener of this runtime");
    let template = Arc::new(Template::new());
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        // Without it, the second half of an answer waits for the acknowledgement of the first.
        stream.set_nodelay(true).expect("a socket can be told not to wait");
        let (template, tls) = (template.clone(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => serve(stream, template).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, template).await;
                    }
                }
            }
        });
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, template: Arc<Template>) {
    let service = service_fn(|request| answer(request, &template));
    // A client that closes the connection ends it.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, template: &Template) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let mut response = Response::new(Full::new(template.filled(key(&body))));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    Ok(response)
}

/// The key of a request.
fn key(body: &[u8]) -> &[u8] {
    let at = body.windows(BEFORE_KEY.len()).position(|window| window == BEFORE_KEY);
    let rest = at.map_or(&[][..], |at| &body[at + BEFORE_KEY.len()..]);
    &rest[..rest.iter().position(|byte| *byte == b'"').unwrap_or_default()]
}

/// The answer, without the key.
#[derive(Debug)]
struct Template {
    before: &'static str,
    after: &'static str,
}

impl Template {
    fn new() -> Self {
        let (before, after) = ANSWER.split_once(DOCUMENTED_KEY).expect("the documented answer has its key");
        Self { before, after }
    }

    fn filled(&self, key: &[u8]) -> Bytes {
        let mut body = BytesMut::with_capacity(ANSWER.len() + key.len());
        body.put(self.before.as_bytes());
        body.put(key);
        body.put(self.after.as_bytes());
        body.freeze()
    }
}
