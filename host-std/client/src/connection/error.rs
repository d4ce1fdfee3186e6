//! An error of a connection: the step, the peer, the cause and the remedy.

use std::fmt;
use std::io;
use std::time::Duration;

use scf_invoke_core::attempt::Received;

use super::socket::Expired;

/// The step in which an error occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Step {
    /// Looking up the name, connecting, shaking hands: nothing of a request
    /// has left.
    Connect,
    /// Sending the request: some of it may have left.
    Send,
    /// Waiting for the reply: the request may have been carried out.
    Receive,
}

/// The kinds of [`StreamError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamErrorKind {
    /// The name has no address, or could not be looked up.
    NameResolution,
    /// Nothing listens at the port.
    Refused,
    /// The proxy did not lead to the endpoint.
    Proxy,
    /// No connection was ready in time.
    ConnectTimeout,
    /// No route leads there.
    Unreachable,
    /// The server's certificate is not to be trusted.
    Certificate,
    /// TLS failed for another reason.
    Tls,
    /// TLS could not be set up on this side.
    TlsSetup,
    /// No byte moved for too long.
    IdleTimeout,
    /// The whole call took too long.
    CallTimeout,
    /// The server closed or reset the connection.
    Closed,
    /// Anything else that the operating system reports.
    Io,
}

/// An error of a [`Stream`](super::Stream) or on the way to one.
///
/// Its text says what was being done, with which address, and what to do; what
/// the operating system or the TLS library said is its
/// [`source`](std::error::Error::source).
///
/// ```
/// use scf_invoke::{Connector, Deadline, Endpoint, StreamErrorKind};
///
/// let port = {
///     let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
///     listener.local_addr()?.port()
/// };
/// let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{port}"))?;
/// let error = Connector::new(endpoint).connect(Deadline::NEVER).unwrap_err();
/// assert_eq!(error.kind(), StreamErrorKind::Refused);
/// assert!(error.to_string().starts_with("connecting to 127.0.0.1:"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
// Boxed, so that the results of reads and writes stay small.
pub struct StreamError(Box<Inner>);

struct Inner {
    kind: StreamErrorKind,
    step: Step,
    peer: String,
    reason: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl StreamError {
    /// Returns the kind.
    pub fn kind(&self) -> StreamErrorKind {
        self.0.kind
    }

    /// Returns the step that failed.
    pub fn step(&self) -> Step {
        self.0.step
    }

    /// Returns the host and port, and the address where one was reached.
    pub fn peer(&self) -> &str {
        &self.0.peer
    }

    /// Returns the error as the engine takes it, which decides whether another
    /// attempt could help.
    pub(crate) fn received(&self) -> Received<'static> {
        use StreamErrorKind as Kind;
        match self.0.kind {
            // Errors that last until somebody mends the cause, and the caller's
            // own limits.
            Kind::Certificate | Kind::Tls | Kind::TlsSetup => Received::Stopped,
            Kind::IdleTimeout | Kind::CallTimeout => Received::Stopped,
            _ => Received::Lost,
        }
    }

    /// Returns the error of a connection that the peer closed before the response
    /// was complete.
    pub(crate) fn closed(peer: &str) -> Self {
        Self::from_io(Step::Receive, peer, io::ErrorKind::UnexpectedEof.into())
    }

    pub(crate) fn new(
        kind: StreamErrorKind,
        step: Step,
        peer: &str,
        reason: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            step,
            peer: peer.to_owned(),
            reason: reason.into(),
            source: None,
        }))
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Sorts what the socket or the TLS library reported.
    pub(crate) fn from_io(step: Step, peer: &str, error: io::Error) -> Self {
        let (kind, reason) = match error.get_ref() {
            Some(inner) => match inner.downcast_ref::<Expired>() {
                Some(expired) => return Self::expired(step, peer, *expired),
                None => tls_reason(inner).unwrap_or_else(|| os_reason(&error)),
            },
            None => os_reason(&error),
        };
        Self::new(kind, step, peer, reason).with_source(error)
    }

    fn expired(step: Step, peer: &str, expired: Expired) -> Self {
        match expired {
            Expired::Deadline => Self::call_timeout(step, peer),
            Expired::Idle(limit) => Self::new(
                StreamErrorKind::IdleTimeout,
                step,
                peer,
                format!(
                    "no byte moved for {}: allow a longer silence if the function needs it",
                    Seconds(limit)
                ),
            ),
        }
    }

    pub(super) fn call_timeout(step: Step, peer: &str) -> Self {
        Self::new(
            StreamErrorKind::CallTimeout,
            step,
            peer,
            "the time for the whole call is used up: allow more if the function needs it",
        )
    }

    pub(crate) fn connect_timeout(peer: &str, limit: Duration) -> Self {
        Self::new(
            StreamErrorKind::ConnectTimeout,
            Step::Connect,
            peer,
            format!(
                "no connection was ready within {}: check the network and any firewall or proxy on the way",
                Seconds(limit)
            ),
        )
    }
}

struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0.as_secs_f64())
    }
}

fn os_reason(error: &io::Error) -> (StreamErrorKind, String) {
    use io::ErrorKind as Io;
    let (kind, reason) = match error.kind() {
        Io::ConnectionRefused => (
            StreamErrorKind::Refused,
            "the connection was refused: check the port, and that something listens there",
        ),
        Io::NetworkUnreachable | Io::HostUnreachable | Io::NetworkDown | Io::AddrNotAvailable => {
            (StreamErrorKind::Unreachable, "the address cannot be reached: check the network")
        }
        Io::TimedOut => {
            (StreamErrorKind::Closed, "the connection was lost, since the server no longer answers")
        }
        Io::ConnectionReset
        | Io::ConnectionAborted
        | Io::BrokenPipe
        | Io::NotConnected
        | Io::UnexpectedEof
        | Io::WriteZero => (
            StreamErrorKind::Closed,
            "the server closed the connection before its response was complete",
        ),
        _ => (StreamErrorKind::Io, "the operating system reported an error"),
    };
    (kind, reason.to_owned())
}

#[cfg(not(feature = "tls"))]
fn tls_reason(
    _error: &(dyn std::error::Error + Send + Sync + 'static),
) -> Option<(StreamErrorKind, String)> {
    None
}

#[cfg(feature = "tls")]
fn tls_reason(
    error: &(dyn std::error::Error + Send + Sync + 'static),
) -> Option<(StreamErrorKind, String)> {
    use rustls::CertificateError as Cert;
    let reason = match error.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(cert) => {
            let reason = match cert {
                // A CA of the right name but another key gives a bad signature.
                Cert::UnknownIssuer | Cert::BadSignature => {
                    "was not issued by a CA that is trusted here: for a server of your own, \
                     add its CA file"
                        .to_owned()
                }
                Cert::NotValidForName => "is for another host: check the endpoint".to_owned(),
                Cert::NotValidForNameContext { presented, .. } => {
                    format!("is for another host ({}): check the endpoint", Names(presented))
                }
                Cert::Expired | Cert::ExpiredContext { .. } => {
                    "has expired: check this machine's clock, else the server must renew it"
                        .to_owned()
                }
                Cert::NotValidYet | Cert::NotValidYetContext { .. } => {
                    "is not valid yet: check this machine's clock".to_owned()
                }
                Cert::Revoked => "was revoked".to_owned(),
                Cert::Other(other) if other.to_string() == "CaUsedAsEndEntity" => {
                    "is that of a CA, which no server may use: make one with the extension \
                     basicConstraints=CA:FALSE, as openssl req -x509 does with -addext"
                        .to_owned()
                }
                other => format!("is not acceptable ({other})"),
            };
            return Some((
                StreamErrorKind::Certificate,
                format!("the server's certificate {reason}"),
            ));
        }
        rustls::Error::InvalidMessage(_) => {
            "the server did not answer in TLS: check the port, or use http if it speaks plain HTTP"
        }
        rustls::Error::AlertReceived(_) => "the server refused the TLS connection",
        rustls::Error::PeerIncompatible(_) => {
            "the server speaks no version or cipher of TLS that is accepted here (1.2 and 1.3 are)"
        }
        _ => "TLS failed",
    };
    Some((StreamErrorKind::Tls, reason.to_owned()))
}

/// The names in a certificate, which come from whoever sent it: a few, and
/// without control characters.
#[cfg(feature = "tls")]
struct Names<'a>(&'a [String]);

#[cfg(feature = "tls")]
impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().take(3).enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            let short: String = bare_name(name).chars().take(100).collect();
            write!(f, "{}", short.escape_debug())?;
        }
        if self.0.len() > 3 {
            f.write_str(", ...")?;
        }
        Ok(())
    }
}

/// Returns a name without the kind that the library writes around it, as in
/// `DnsName("example.com")`.
#[cfg(feature = "tls")]
fn bare_name(name: &str) -> &str {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.map_or(name, |inner| inner.trim_matches('"'))
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let doing = match self.0.step {
            Step::Connect => "connecting to",
            Step::Send => "sending the request to",
            Step::Receive => "waiting for the answer of",
        };
        write!(f, "{doing} {}: {}", self.0.peer, self.0.reason)
    }
}

impl fmt::Debug for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamError")
            .field("kind", &self.0.kind)
            .field("step", &self.0.step)
            .field("peer", &self.0.peer)
            .field("reason", &self.0.reason)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

impl embedded_io::Error for StreamError {
    fn kind(&self) -> embedded_io::ErrorKind {
        use embedded_io::ErrorKind as Kind;
        match self.0.kind {
            StreamErrorKind::Refused => Kind::ConnectionRefused,
            StreamErrorKind::ConnectTimeout
            | StreamErrorKind::IdleTimeout
            | StreamErrorKind::CallTimeout => Kind::TimedOut,
            StreamErrorKind::Certificate | StreamErrorKind::Tls => Kind::InvalidData,
            StreamErrorKind::Closed => Kind::ConnectionReset,
            StreamErrorKind::Unreachable | StreamErrorKind::Proxy => Kind::AddrNotAvailable,
            StreamErrorKind::NameResolution => Kind::NotFound,
            StreamErrorKind::TlsSetup => Kind::InvalidInput,
            StreamErrorKind::Io => Kind::Other,
        }
    }
}
