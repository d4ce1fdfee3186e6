//! TLS in front of the emulator, with certificates that are made on the spot.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A front that runs, for the name that it was started with.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    /// The certificate of the authority that has signed its own, in DER.
    pub(crate) authority: Vec<u8>,
}

/// Takes TLS 1.3 connections and forwards what is in them to `inner`.
pub(crate) fn start(name: &str, inner: SocketAddr) -> Result<Front, Failure> {
    let mut params = CertificateParams::new([])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // rcgen's keys are for P-256 by default.
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.not_after = rcgen::date_time_ymd(2100, 1, 1);
    let certificate = params.signed_by(&key, &issuer)?;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )?;
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for outer in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            // A client that hangs up, as it should where it does not trust us.
            std::thread::spawn(move || forward(outer, inner, config));
        }
    });
    Ok(Front { address, authority: issuer.der().to_vec() })
}

/// Returns an authority that has signed nothing.
pub(crate) fn stranger() -> Result<Vec<u8>, Failure> {
    let mut params = CertificateParams::new([])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?.der().to_vec())
}

fn forward(outer: TcpStream, inner: SocketAddr, config: Arc<ServerConfig>) -> Result<(), Failure> {
    // A turn of each after the other, so a short one.
    const TURN: Duration = Duration::from_millis(1);
    let mut inner = TcpStream::connect(inner)?;
    for stream in [&outer, &inner] {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TURN))?;
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    }
    let mut outer = StreamOwned::new(ServerConnection::new(config)?, outer);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match read(&mut outer, &mut buffer)? {
            Some(0) => return Ok(()),
            Some(count) => inner.write_all(&buffer[..count])?,
            None => {}
        }
        match read(&mut inner, &mut buffer)? {
            Some(0) => {
                outer.conn.send_close_notify();
                outer.flush()?;
                return Ok(());
            }
            Some(count) => {
                outer.write_all(&buffer[..count])?;
                outer.flush()?;
            }
            None => {}
        }
    }
}

/// Reads the bytes that have come; `None` if nothing came within the turn.
fn read(from: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<Option<usize>> {
    match from.read(buffer) {
        Ok(count) => Ok(Some(count)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
