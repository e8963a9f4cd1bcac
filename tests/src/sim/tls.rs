//! Certificates made at start: an authority, a server of this machine, and a client that the server demands.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsAcceptor;

/// What a server and its client show each other, all PEM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pki {
    pub(super) ca_pem: String,
    server_cert_pem: String,
    server_key_pem: String,
    pub(super) client_cert_pem: String,
    pub(super) client_key_pem: String,
}

/// Makes the certificates.
pub(super) fn certificates() -> Pki {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Simulator authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = new_key();
    let authority_cert = authority.self_signed(&authority_key).expect("an authority signs itself");
    let issuer = Issuer::new(authority, authority_key);

    let server_key = new_key();
    let server_cert = leaf("Simulator server", ExtendedKeyUsagePurpose::ServerAuth)
        .signed_by(&server_key, &issuer)
        .expect("the authority signs the server");
    let client_key = new_key();
    let client_cert = leaf("Simulator client", ExtendedKeyUsagePurpose::ClientAuth)
        .signed_by(&client_key, &issuer)
        .expect("the authority signs the client");
    Pki {
        ca_pem: authority_cert.pem(),
        server_cert_pem: server_cert.pem(),
        server_key_pem: server_key.serialize_pem(),
        client_cert_pem: client_cert.pem(),
        client_key_pem: client_key.serialize_pem(),
    }
}

/// A server side that lets in only the bearer of the client certificate.
///
/// With TLS 1.3 a client learns of its refusal only when it reads, after it may have sent its request; with TLS 1.2
/// the handshake itself fails on both sides. A client has to cope with either.
pub(super) fn demand_client_certificate(pki: &Pki, tls12_only: bool) -> TlsAcceptor {
    let certificate = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate was written");
    let mut roots = RootCertStore::empty();
    roots.add(certificate(&pki.ca_pem)).expect("the authority is a valid root");
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone())
        .build()
        .expect("one root is enough");
    let versions: &[_] = if tls12_only { &[&rustls::version::TLS12] } else { rustls::DEFAULT_VERSIONS };
    let key = PrivateKeyDer::from_pem_slice(pki.server_key_pem.as_bytes()).expect("a key was written");
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("ring does both versions")
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate(&pki.server_cert_pem)], key)
        .expect("the key belongs to the certificate");
    TlsAcceptor::from(Arc::new(config))
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("ring makes a key")
}

fn leaf(name: &str, usage: ExtendedKeyUsagePurpose) -> CertificateParams {
    let hosts = match usage {
        ExtendedKeyUsagePurpose::ServerAuth => vec!["127.0.0.1".to_owned(), "localhost".to_owned()],
        _ => Vec::new(),
    };
    let mut params = CertificateParams::new(hosts).expect("both hosts are valid names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    params
}
