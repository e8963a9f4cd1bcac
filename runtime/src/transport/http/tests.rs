//! Over loopback, against servers that misbehave in one way each.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use kassa_core::call::RequestBuilder;
use kassa_core::{BaseUrl, Secret};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;
use crate::account;
use crate::testing::account_at;

/// A server that gives each connection to `serve`, and counts them.
fn server(serve: impl Fn(TcpStream) + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            serve(stream.unwrap());
        }
    });
    (address, count)
}

/// Reads a request whole: its head, and the body that its length announces.
fn read_request(stream: &mut impl Read) -> String {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).unwrap_or(0);
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            body.len() >= length.map_or(0, |length| length.parse().unwrap())
        });
        if whole || read == 0 {
            return text;
        }
    }
}

fn answers(reply: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
    server(move |mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(reply.as_bytes());
    })
}

fn post(address: SocketAddr, scheme: &str) -> (Account, Request) {
    let url = format!("{scheme}://localhost:{}", address.port());
    let request = RequestBuilder::new(Method::POST, &BaseUrl::new(&url).unwrap()).path("/x").json(&"чек");
    let mut account = account_at(&url);
    account.timeout = Duration::from_secs(20);
    (account, request.build().unwrap())
}

async fn send(transport: &HttpTransport, address: SocketAddr) -> Result<Reply, SendError> {
    let (account, request) = post(address, "http");
    transport.send(&account, request).await
}

fn lost(result: Result<Reply, SendError>) -> String {
    match result {
        Err(SendError::Lost(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn not_connected(result: Result<Reply, SendError>) -> String {
    match result {
        Err(SendError::NotConnected(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_whole_reply_comes_back_whatever_its_status() {
    for (line, status) in [("200 OK", 200), ("302 Found\r\nlocation: http://127.0.0.1:1/", 302), ("500 Oops", 500)] {
        let reply = format!("HTTP/1.1 {line}\r\ncontent-length: 2\r\nretry-after: 7\r\n\r\nok").leak();
        let (address, count) = answers(reply);
        let reply = send(&HttpTransport::new(), address).await.unwrap();
        assert_eq!((reply.status().as_u16(), reply.body().as_ref()), (status, b"ok".as_slice()));
        assert_eq!(reply.headers()["retry-after"], "7");
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn the_request_goes_out_as_it_was_made() {
    let (sender, seen) = std::sync::mpsc::channel();
    let (address, _) = server(move |mut stream| {
        sender.send(read_request(&mut stream)).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
    });
    send(&HttpTransport::new(), address).await.unwrap();
    let request = seen.recv().unwrap();
    assert!(request.starts_with("POST /x HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n\"чек\""), "{request}");
    for header in ["accept: application/json", "content-type: application/json; charset=utf-8", "user-agent: kassa/"] {
        assert!(request.contains(header), "{request}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let why = not_connected(send(&HttpTransport::new(), address).await);
    assert!(why.contains("refused"), "{why}");
}

#[tokio::test]
async fn an_unknown_host_is_no_connection() {
    let base = BaseUrl::new("http://no-such-host.invalid").unwrap();
    let request = RequestBuilder::new(Method::POST, &base).json(&1).build().unwrap();
    not_connected(HttpTransport::new().send(&account_at(base.as_str()), request).await);
}

#[tokio::test]
async fn what_is_closed_after_it_was_accepted_is_lost_and_not_sent_again() {
    let (address, count) = server(drop);
    lost(send(&HttpTransport::new(), address).await);
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let (address, count) = server(|mut stream| drop(read_request(&mut stream)));
    lost(send(&HttpTransport::new(), address).await);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_server_that_never_answers_is_lost() {
    let (address, _) = server(|stream| {
        // Held open for as long as the process lives.
        std::mem::forget(stream);
    });
    let (mut account, request) = post(address, "http");
    (account.connect_timeout, account.timeout) = (Duration::from_secs(1), Duration::from_millis(100));
    let why = lost(HttpTransport::new().send(&account, request).await);
    assert!(why.contains("timed out"), "{why}");
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_no_connection() {
    let (address, _) = server(std::mem::forget);
    let (mut account, request) = post(address, "https");
    account.tls.roots = vec![Authority::new().certificate.pem().into_bytes()];
    account.connect_timeout = Duration::from_millis(100);
    let why = not_connected(HttpTransport::new().send(&account, request).await);
    assert!(why.contains("timed out"), "{why}");
}

#[tokio::test]
async fn half_a_body_is_lost() {
    for reply in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\nhalf",
    ] {
        let (address, _) = answers(reply);
        let why = lost(send(&HttpTransport::new(), address).await);
        assert!(why.starts_with("the body of HTTP 200 was cut short"), "{why}");
    }
    let (address, _) = answers("HTTP/1.1 200");
    lost(send(&HttpTransport::new(), address).await);
    let (address, _) = answers("who goes there\r\n\r\n");
    lost(send(&HttpTransport::new(), address).await);
}

#[tokio::test]
async fn an_oversized_body_is_lost_whether_its_length_is_told_or_not() {
    let transport = HttpTransport::new().reply_limit(5);
    for reply in [
        "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nlonger",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nlonger",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nlonger\r\n0\r\n\r\n",
    ] {
        let (address, _) = answers(reply);
        assert_eq!(lost(send(&transport, address).await), "the body of HTTP 200 is longer than 5 bytes");
    }
    let (address, _) = answers("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole");
    assert_eq!(send(&transport, address).await.unwrap().body().as_ref(), b"whole");
}

#[tokio::test]
async fn each_request_has_its_own_connection_unless_they_are_kept() {
    let serve = |mut stream: TcpStream| {
        while !read_request(&mut stream).is_empty() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        }
    };
    for (transport, connections) in
        [(HttpTransport::new(), 3), (HttpTransport::new().reuse_connections(Duration::from_secs(60)), 1)]
    {
        let (address, count) = server(serve);
        let (account, request) = post(address, "http");
        for _ in 0..3 {
            transport.send(&account, request.clone()).await.unwrap();
        }
        assert_eq!(count.load(Ordering::SeqCst), connections);
    }
}

/// An authority and what it signs.
struct Authority {
    certificate: rcgen::Certificate,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec![]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate, issuer: rcgen::Issuer::new(params, key) }
    }

    fn sign(&self, name: &str) -> (rcgen::Certificate, rcgen::KeyPair) {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

/// A server that wants client certificates of `authority`.
fn tls_server(authority: &Authority, version: &'static rustls::SupportedProtocolVersion) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).unwrap();
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    let (certificate, key) = authority.sign("localhost");
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    let config = Arc::new(config);
    let (address, _) = server(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
        if !read_request(&mut stream).is_empty() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    address
}

fn identity(authority: &Authority) -> account::Identity {
    let (certificate, key) = authority.sign("client");
    account::Identity { certificate: certificate.pem().into_bytes(), key: Secret::new(key.serialize_pem()) }
}

#[tokio::test]
async fn a_client_certificate_is_shown_and_its_refusal_is_told_as_it_can_be() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let (mut account, request) = post(tls_server(&authority, version), "https");
        account.tls.roots = vec![authority.certificate.pem().into_bytes()];
        account.tls.identity = Some(identity(&authority));
        let transport = HttpTransport::new();
        assert_eq!(transport.send(&account, request.clone()).await.unwrap().body().as_ref(), b"ok");
        for identity in [None, Some(identity(&stranger))] {
            account.tls.identity = identity;
            let result = transport.send(&account, request.clone()).await;
            if version.version == rustls::ProtocolVersion::TLSv1_2 {
                not_connected(result);
            } else {
                // The client's part of the handshake was over, and the request may have left.
                lost(result);
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_nothing() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let (mut account, request) = post(tls_server(&authority, &rustls::version::TLS13), "https");
    account.tls.roots = vec![stranger.certificate.pem().into_bytes()];
    account.tls.identity = Some(identity(&authority));
    let why = not_connected(HttpTransport::new().send(&account, request).await);
    assert!(why.contains("certificate"), "{why}");
}

#[test]
fn certificates_that_cannot_be_used_are_told_before_anything_is_sent() {
    let mut account = account_at("https://localhost");
    let transport = HttpTransport::new();
    let authority = Authority::new();
    account.tls.roots = vec![b"nothing".to_vec()];
    assert_eq!(transport.prepare(&account).unwrap_err(), "CA certificate: the file has none in PEM");
    account.tls.roots = vec![authority.certificate.pem().into_bytes()];
    transport.prepare(&account).unwrap();
    let mut broken = identity(&authority);
    broken.key = Secret::new("no key");
    account.tls.identity = Some(broken);
    let why = transport.prepare(&account).unwrap_err();
    assert!(why.starts_with("client certificate: "), "{why}");
    account.tls.identity = Some(identity(&authority));
    transport.prepare(&account).unwrap();
}
