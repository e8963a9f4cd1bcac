//! The transport over HTTP/1.1 and TLS.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use kassa_core::{Reply, Request, Secret};
use reqwest::{Certificate, Client, Identity};

use super::{SendError, Transport};
use crate::account::{Account, Tls};

/// How long a reply may be, where nothing else is said: far longer than any document's.
pub const REPLY_LIMIT: usize = 4 * 1024 * 1024;

/// Sends requests with reqwest and rustls.
///
/// What it takes care of:
///
/// - **Nothing is sent twice.** reqwest's own repeats are off, and redirects are not followed.
/// - **A fresh connection for each request**, unless [`HttpTransport::reuse_connections`] says otherwise. A server may
///   close an idle connection at the moment a request goes out on it; nobody can tell then whether the request was
///   read, and a receipt would be in doubt for the sake of a handshake.
/// - **A connect failure is told from a send failure.** Refused, unknown host, no route, a certificate that is not
///   trusted, a handshake that fails or takes too long: [`SendError::NotConnected`]. Everything later is
///   [`SendError::Lost`], also the case that a service of TLS 1.3 does not accept the client certificate: by that
///   version the client has finished its handshake and begun to send before it hears of it.
/// - **No proxy** is taken from the environment: a receipt goes to the host that its account names.
/// - **Only HTTP/1.1**: one request, one connection, one fate.
///
/// Verification of certificates cannot be turned off (F10).
pub struct HttpTransport {
    reply_limit: usize,
    idle: Duration,
    clients: Mutex<HashMap<ClientKey, Client>>,
}

/// What a client is made for. Two accounts never share one, and the same name with another certificate is another one.
#[derive(PartialEq, Eq, Hash)]
struct ClientKey {
    account: String,
    timeouts: (Duration, Duration),
    certificate: Option<Vec<u8>>,
    roots: Vec<Vec<u8>>,
    https: bool,
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpTransport {
    /// A transport with the limits of this module.
    #[must_use]
    pub fn new() -> Self {
        Self { reply_limit: REPLY_LIMIT, idle: Duration::ZERO, clients: Mutex::default() }
    }

    /// Takes a reply of more than `bytes` for lost.
    #[must_use]
    pub fn reply_limit(mut self, bytes: usize) -> Self {
        self.reply_limit = bytes;
        self
    }

    /// Keeps connections for the next request, for as long as `idle`. It has to be well below the time after which the
    /// servers close idle connections: every request that meets one just closing is in doubt.
    #[must_use]
    pub fn reuse_connections(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// The client for `account`.
    fn client(&self, account: &Account) -> Result<Client, String> {
        let key = ClientKey {
            account: account.name.clone(),
            timeouts: (account.connect_timeout, account.timeout),
            certificate: account.tls.identity.as_ref().map(|identity| identity.certificate.clone()),
            roots: account.tls.roots.clone(),
            https: account.provider.base_url().as_str().starts_with("https"),
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(account, key.https)?;
        clients.insert(key, client.clone());
        Ok(client)
    }

    fn build(&self, account: &Account, https: bool) -> Result<Client, String> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Somebody else may have installed one in between, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let builder = Client::builder()
            .user_agent(concat!("kassa/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // reqwest repeats what a server refuses by protocol, and hyper what a reused connection has not begun to
            // send. Neither may happen to a receipt behind the journal's back: the first is off, and without kept
            // connections there is no case of the second.
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(if self.idle.is_zero() { 0 } else { usize::MAX })
            .pool_idle_timeout(self.idle)
            .connect_timeout(account.connect_timeout)
            // The whole time contains the connection's, so that a slow connection always ends as one that was not made,
            // and never as an answer that was lost.
            .timeout(account.connect_timeout + account.timeout);
        with_tls(builder, &account.tls, https)?.build().map_err(|error| explain(&error))
    }
}

/// Adds certificates. Roots are trusted beside the platform's.
fn with_tls(mut builder: reqwest::ClientBuilder, tls: &Tls, https: bool) -> Result<reqwest::ClientBuilder, String> {
    let mut roots = Vec::new();
    for pem in &tls.roots {
        let read = Certificate::from_pem_bundle(pem).map_err(|error| format!("CA certificate: {}", explain(&error)))?;
        if read.is_empty() {
            return Err("CA certificate: the file has none in PEM".to_owned());
        }
        roots.extend(read);
    }
    // Without TLS nothing is trusted, and a machine without certificates of its own can be talked from.
    builder = if https { builder.tls_certs_merge(roots) } else { builder.tls_certs_only([]) };
    if let Some(identity) = &tls.identity {
        let mut pem = String::from_utf8_lossy(&identity.certificate).into_owned();
        pem.push('\n');
        pem.push_str(identity.key.expose());
        let pem = Secret::new(pem);
        let identity = Identity::from_pem(pem.expose().as_bytes());
        builder = builder.identity(identity.map_err(|error| format!("client certificate: {}", explain(&error)))?);
    }
    Ok(builder)
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("reply_limit", &self.reply_limit).finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for HttpTransport {
    fn prepare(&self, account: &Account) -> Result<(), String> {
        self.client(account).map(|_| ())
    }

    async fn send(&self, account: &Account, request: Request) -> Result<Reply, SendError> {
        let client = self.client(account).map_err(SendError::NotConnected)?;
        let request = reqwest::Request::try_from(request).map_err(|error| SendError::NotConnected(explain(&error)))?;
        let mut response = client.execute(request).await.map_err(|error| {
            // `is_connect` is said of errors of the connector alone (DNS, TCP, TLS), before hyper takes up the request.
            if error.is_connect() { SendError::NotConnected(explain(&error)) } else { SendError::Lost(explain(&error)) }
        })?;
        let body = read(&mut response, self.reply_limit).await?;
        let mut reply = Reply::new(body);
        *reply.status_mut() = response.status();
        *reply.headers_mut() = std::mem::take(response.headers_mut());
        Ok(reply)
    }
}

/// Reads the body, as far as `limit`.
async fn read(response: &mut reqwest::Response, limit: usize) -> Result<Bytes, SendError> {
    let status = response.status().as_u16();
    let too_long = || SendError::Lost(format!("the body of HTTP {status} is longer than {limit} bytes"));
    if response.content_length().is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(too_long());
    }
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => return Err(too_long()),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.freeze()),
            Err(error) => {
                return Err(SendError::Lost(format!("the body of HTTP {status} was cut short: {}", explain(&error))));
            }
        }
    }
}

/// An error with its causes, without the address: that may hold a key.
fn explain(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() { "timed out".to_owned() } else { String::new() };
    let mut cause = error.source();
    if cause.is_none() && text.is_empty() {
        return "the request failed, for no stated cause".to_owned();
    }
    while let Some(error) = cause {
        let words = error.to_string();
        // Each layer tends to repeat the words of the one below.
        if !text.ends_with(&words) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&words);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
