//! Servers that speak TLS.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use scf_invoke::{ClientBuilder, Roots, TlsOptions};

use super::Server;

/// A certificate for 127.0.0.1 that vouches for itself: the server's side, and
/// the file for the client's.
pub(crate) fn certificate(test: &str) -> (Arc<ServerConfig>, PathBuf) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tls-client-{test}.pem"));
    fs::write(&file, made.cert.pem()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (Arc::new(config), file)
}

pub(crate) fn secure(
    config: &Arc<ServerConfig>,
    tcp: TcpStream,
) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), tcp)
}

/// A builder for that server, which trusts the file alone.
pub(crate) fn trusting(server: &Server, trust: &Path) -> ClientBuilder {
    super::builder(&format!("https://127.0.0.1:{}", server.port))
        .tls(TlsOptions::new().roots(Roots::Added).ca_file(trust))
}
