//! A client that sends bytes and reports what came back, broken or not.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Everything that came back on one connection, up to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    /// None if not even a whole head came.
    fn parse(bytes: &[u8]) -> Option<Heard> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Heard { status, head, body: bytes[end + 4..].to_vec() })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether as many bytes came as were announced.
    pub(crate) fn is_whole(&self) -> bool {
        self.header("content-length") == Some(self.body.len().to_string().as_str())
    }
}

/// One request on a connection of its own. None if no answer came.
pub(crate) async fn send(base_url: &str, head: &str, body: &str, tls: Option<TlsConnector>) -> Option<Heard> {
    let address = base_url.split("://").nth(1).unwrap();
    let request =
        format!("{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let stream = TcpStream::connect(address).await.unwrap();
    let bytes = match tls {
        None => exchange(stream, &request).await,
        Some(tls) => {
            let name = ServerName::try_from("127.0.0.1").unwrap();
            match tls.connect(name, stream).await {
                Ok(stream) => exchange(stream, &request).await,
                Err(_) => Vec::new(),
            }
        }
    };
    Heard::parse(&bytes)
}

/// Whether the handshake succeeds in the client's eyes, and with which version.
pub(crate) async fn handshake(base_url: &str, tls: TlsConnector) -> Option<ProtocolVersion> {
    let address = base_url.split("://").nth(1).unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = tls.connect(name, stream).await.ok()?;
    stream.get_ref().1.protocol_version()
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, request: &str) -> Vec<u8> {
    let mut heard = Vec::new();
    // A broken connection is one of the things to be seen, and what came before stays in `heard`.
    if stream.write_all(request.as_bytes()).await.is_ok() && stream.flush().await.is_ok() {
        let _ = stream.read_to_end(&mut heard).await;
    }
    heard
}

/// A TLS client that trusts the authority and, if given, shows a certificate.
pub(crate) fn connector(ca_pem: &str, identity: Option<(&str, &str)>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match identity {
        None => config.with_no_client_auth(),
        Some((cert, key)) => {
            let cert = CertificateDer::from_pem_slice(cert.as_bytes()).unwrap();
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
            config.with_client_auth_cert(vec![cert], key).unwrap()
        }
    };
    TlsConnector::from(Arc::new(config))
}

pub(crate) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}
