//! Where the providers post outcomes: a server whose paths are the accounts, which hands what comes to the dispatcher.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kassa::Dispatcher;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The address, before anybody listens there.
pub(crate) struct Hook {
    listener: TcpListener,
}

impl Hook {
    pub(crate) async fn open() -> Result<Hook> {
        Ok(Hook { listener: TcpListener::bind("127.0.0.1:0").await? })
    }

    pub(crate) fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Hands every request to the dispatcher, until the demo ends.
    pub(crate) async fn serve(self, dispatcher: Arc<Dispatcher>) {
        let mut connections = JoinSet::new();
        loop {
            let Ok((stream, _)) = self.listener.accept().await else { continue };
            let dispatcher = Arc::clone(&dispatcher);
            connections.spawn(async move {
                let service = service_fn(|request| hand_over(&dispatcher, request));
                // A provider that goes away comes again.
                let _ =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }
}

/// `POST /rental?token=…` is a callback for the account `rental`.
async fn hand_over(
    dispatcher: &Dispatcher,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let account = head.uri.path().trim_start_matches('/').to_owned();
    let request = hyper::Request::from_parts(head, body.collect().await?.to_bytes());
    let answer = dispatcher.callback(&account, request).await.unwrap_or_else(|error| error.answer());
    Ok(answer.map(Full::new))
}
