//! The certificate of a server of this machine.

use std::fmt;
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// A certificate that its server shows, and that its clients trust as it is.
pub(crate) struct Certificate {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("ring makes a key");
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("an address is a valid name");
        let certificate = params.self_signed(&key).expect("a certificate can sign itself");
        Self { certificate, key }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// The server's side of TLS, as a service of today has it: 1.3, resumption offered.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring does both versions")
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.der().clone()], key)
            .expect("the key belongs to the certificate");
        TlsAcceptor::from(Arc::new(config))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(…)")
    }
}
