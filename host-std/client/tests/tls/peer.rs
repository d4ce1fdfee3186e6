//! The other side of the tests of TLS: authorities, and servers with their
//! certificates.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use embedded_io::{Read as _, Write as _};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use scf_invoke::{
    Connector, Deadline, Endpoint, Roots, Step, Stream, StreamErrorKind, Tls, TlsOptions,
};

/// Long enough for anything that should happen, on a busy machine too.
pub(crate) const AMPLE: Duration = Duration::from_secs(60);

pub(crate) type ServerStream = StreamOwned<ServerConnection, TcpStream>;

/// A certificate authority, with its certificate in a file.
pub(crate) struct Authority {
    pub(crate) issuer: CertifiedIssuer<'static, KeyPair>,
    pub(crate) file: PathBuf,
}

impl Authority {
    pub(crate) fn new(test: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.distinguished_name.push(DnType::CommonName, format!("CA {test}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = file(test, issuer.pem().as_bytes());
        Self { issuer, file }
    }

    /// A server's certificate, for some names and years.
    pub(crate) fn issue(&self, names: &[&str], years: (i32, i32)) -> ServerConfig {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        server_config(
            certificate.der().clone(),
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            rustls::ALL_VERSIONS,
        )
    }

    pub(crate) fn good(&self) -> ServerConfig {
        self.issue(&["127.0.0.1", "localhost"], (2020, 2100))
    }

    /// Trust in this authority and no other.
    pub(crate) fn tls(&self) -> Tls {
        TlsOptions::new().roots(Roots::Added).ca_file(&self.file).build().unwrap()
    }
}

pub(crate) fn server_config(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

pub(crate) fn file(test: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tls-{test}.pem"));
    fs::write(&path, content).unwrap();
    path
}

/// A TLS server that handles some connections one after another.
pub(crate) struct Server {
    pub(crate) port: u16,
    thread: thread::JoinHandle<()>,
}

impl Server {
    pub(crate) fn start(
        config: ServerConfig,
        connections: usize,
        mut handle: impl FnMut(ServerStream) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::new(config);
        let thread = thread::spawn(move || {
            for _ in 0..connections {
                let tcp = listener.accept().unwrap().0;
                // A test that goes wrong should fail and not hang.
                tcp.set_read_timeout(Some(AMPLE)).unwrap();
                let session = ServerConnection::new(config.clone()).unwrap();
                handle(StreamOwned::new(session, tcp));
            }
        });
        Self { port, thread }
    }

    /// For clients that are expected to break off.
    pub(crate) fn whatever(config: ServerConfig) -> Self {
        Self::start(config, 1, |mut stream| {
            let _ = stream.read(&mut [0; 1]);
        })
    }

    pub(crate) fn connector(&self, host: &str, tls: Tls) -> Connector {
        let endpoint = Endpoint::parse(&format!("https://{host}:{}", self.port)).unwrap();
        Connector::new(endpoint).tls(tls)
    }

    pub(crate) fn connect(&self, tls: Tls) -> Stream {
        self.connector("127.0.0.1", tls).connect(Deadline::after(AMPLE)).unwrap()
    }

    pub(crate) fn join(self) {
        self.thread.join().unwrap();
    }
}

/// Serves one request of seven bytes.
pub(crate) fn answer(stream: &mut ServerStream) {
    let mut request = [0; 7];
    stream.read_exact(&mut request).unwrap();
    assert_eq!(&request, b"request");
    stream.write_all(b"reply").unwrap();
    stream.flush().unwrap();
}

pub(crate) fn exchange(stream: &mut Stream) {
    stream.write_all(b"request").unwrap();
    stream.flush().unwrap();
    let mut reply = [0; 5];
    stream.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"reply");
}

pub(crate) fn becomes_unusable(stream: &mut Stream) -> bool {
    let end = Instant::now() + AMPLE;
    while stream.is_reusable() {
        if Instant::now() > end {
            return false;
        }
        thread::yield_now();
    }
    true
}

/// Connects to a server that is expected not to be trusted.
pub(crate) fn refused(config: ServerConfig, host: &str, tls: Tls) -> String {
    let server = Server::whatever(config);
    let error = server.connector(host, tls).connect(Deadline::after(AMPLE)).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::Certificate, "{error:?}");
    assert_eq!(error.step(), Step::Connect);
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
    server.join();
    error.to_string()
}
