//! TLS settings: whom to trust. Built once, then shared by every connection,
//! together with the sessions that can be resumed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// Which root certificates are trusted, besides the CA files added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Roots {
    /// The platform's, or the bundled ones if the platform has none, as a bare
    /// container has. They do not stand in for a broken `SSL_CERT_FILE` or
    /// `SSL_CERT_DIR`: whoever sets these may mean to trust less.
    #[default]
    PlatformElseBundled,
    /// The platform's alone.
    Platform,
    /// Mozilla's list, as of this program's build.
    Bundled,
    /// None but the CA files added.
    Added,
}

/// Settings from which a [`Tls`] is built.
///
/// ```no_run
/// use scf_invoke::{Roots, TlsOptions};
///
/// let tls = TlsOptions::new().roots(Roots::Added).ca_file("relay-ca.pem").build()?;
/// # Ok::<(), scf_invoke::TlsError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TlsOptions {
    roots: Roots,
    ca_files: Vec<PathBuf>,
    accept_any: bool,
}

impl TlsOptions {
    /// Returns options that verify against [`Roots::PlatformElseBundled`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses the roots.
    #[must_use]
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = roots;
        self
    }

    /// Trusts also the certificates in this PEM file.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_files.push(path.into());
        self
    }

    /// Accepts every certificate.
    ///
    /// Whoever stands between can then read and change requests and replies.
    /// For a server of your own, [`ca_file`](Self::ca_file) is the safe way.
    #[must_use]
    pub fn dangerous_accept_any_certificate(mut self) -> Self {
        self.accept_any = true;
        self
    }

    /// Reads the certificates and builds what connections share.
    ///
    /// # Errors
    /// [`TlsError`] where a CA file cannot be read or holds no certificate, or
    /// where there is nothing to trust at all.
    pub fn build(&self) -> Result<Tls, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Library)?;
        let mut config = if self.accept_any {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAny(provider)))
        } else {
            let verifier =
                WebPkiServerVerifier::builder_with_provider(Arc::new(self.store()?), provider)
                    .build()
                    .map_err(|_| TlsError::NoRoots { reasons: vec![] })?;
            builder.with_webpki_verifier(verifier)
        }
        .with_no_client_auth();
        // Only HTTP/1.1 is spoken here; a server should not guess otherwise.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Session resumption stays on, as is rustls's default: the store lives
        // in the configuration, which is why it is shared.
        Ok(Tls(Arc::new(config)))
    }

    fn store(&self) -> Result<RootCertStore, TlsError> {
        let mut store = RootCertStore::empty();
        for path in &self.ca_files {
            add_file(&mut store, path)?;
        }
        match self.roots {
            Roots::Added => {}
            Roots::Bundled => add_bundled(&mut store),
            Roots::Platform => {
                let reasons = add_platform(&mut store);
                if store.is_empty() {
                    return Err(TlsError::NoRoots { reasons });
                }
            }
            Roots::PlatformElseBundled => {
                let before = store.len();
                let reasons = add_platform(&mut store);
                if store.len() == before {
                    if roots_are_redirected() {
                        return Err(TlsError::NoRoots { reasons });
                    }
                    add_bundled(&mut store);
                }
            }
        }
        if store.is_empty() {
            return Err(TlsError::NoRoots { reasons: vec![] });
        }
        Ok(store)
    }
}

fn add_bundled(store: &mut RootCertStore) {
    store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
}

/// Adds what the platform trusts and returns what went wrong meanwhile. One
/// odd certificate among a hundred is no reason to trust none.
fn add_platform(store: &mut RootCertStore) -> Vec<String> {
    let found = rustls_native_certs::load_native_certs();
    store.add_parsable_certificates(found.certs);
    found.errors.iter().map(ToString::to_string).collect()
}

/// Returns whether the user has set where the platform's roots are.
fn roots_are_redirected() -> bool {
    ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some())
}

fn add_file(store: &mut RootCertStore, path: &Path) -> Result<(), TlsError> {
    let fail = |error| TlsError::CaFile { path: path.to_owned(), error };
    let bytes = fs::read(path).map_err(|error| fail(CaFileError::Unreadable(error)))?;
    let mut any = false;
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|error| fail(CaFileError::NotPem(error)))?;
        store.add(certificate).map_err(|error| fail(CaFileError::NotACertificate(error)))?;
        any = true;
    }
    if any { Ok(()) } else { Err(fail(CaFileError::Empty)) }
}

/// TLS settings ready for use. A clone is cheap and shares everything.
#[derive(Clone)]
pub struct Tls(pub(crate) Arc<ClientConfig>);

impl Tls {
    /// Returns the default: verification against [`Roots::PlatformElseBundled`].
    ///
    /// # Errors
    /// Those of [`TlsOptions::build`].
    pub fn new() -> Result<Self, TlsError> {
        TlsOptions::new().build()
    }

    /// rustls's configuration, for a connection made elsewhere. It offers
    /// HTTP/1.1 and nothing newer.
    pub fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// The reason why TLS cannot be set up.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// A CA file is of no use.
    CaFile {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: CaFileError,
    },
    /// There is no certificate to trust.
    NoRoots {
        /// The errors that occurred while they were loaded.
        reasons: Vec<String>,
    },
    /// rustls refused the settings.
    Library(rustls::Error),
}

/// The reason why a CA file cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum CaFileError {
    /// It cannot be read.
    Unreadable(std::io::Error),
    /// Its PEM is broken.
    NotPem(pem::Error),
    /// It has no certificate.
    Empty,
    /// A block named CERTIFICATE is none.
    NotACertificate(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CaFile { path, error } => {
                write!(f, "the CA file {} ", path.display())?;
                f.write_str(match error {
                    CaFileError::Unreadable(_) => {
                        "cannot be read: check that it exists and that you may read it"
                    }
                    CaFileError::NotPem(_) => "is broken: it must hold certificates in PEM form",
                    CaFileError::Empty => {
                        "has no certificate: it must hold at least one BEGIN CERTIFICATE block in PEM form"
                    }
                    CaFileError::NotACertificate(_) => {
                        "has a CERTIFICATE block that cannot be used as a CA"
                    }
                })
            }
            Self::NoRoots { reasons } => {
                f.write_str(
                    "there is no root certificate to trust: install the system's ca-certificates, \
                     check SSL_CERT_FILE and SSL_CERT_DIR if they are set, choose the bundled roots, \
                     or add a CA file",
                )?;
                for reason in reasons {
                    write!(f, "\n  - {reason}")?;
                }
                Ok(())
            }
            Self::Library(_) => f.write_str("the TLS library refused the settings"),
        }
    }
}

impl std::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::CaFile { error, .. } => match error {
                CaFileError::Unreadable(error) => Some(error),
                CaFileError::NotPem(error) => Some(error),
                CaFileError::NotACertificate(error) => Some(error),
                CaFileError::Empty => None,
            },
            Self::NoRoots { .. } => None,
            Self::Library(error) => Some(error),
        }
    }
}

/// Takes any certificate, yet checks that the server holds its key: without
/// that the handshake would prove nothing at all, and it costs nothing.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
