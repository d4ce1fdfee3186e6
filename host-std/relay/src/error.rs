//! The reason why a relay did not start.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use scf_invoke::TlsError;

/// The reason why a relay did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The path does not begin with `/`, or has more than plain segments.
    Path(String),
    /// The host to send is none.
    Host(String),
    /// The endpoint has a path; the API has none.
    EndpointPath(String),
    /// The page's folder cannot be read.
    Page(PathBuf, io::Error),
    /// TLS cannot be set up.
    Tls(TlsError),
    /// The address cannot be listened on.
    Bind(SocketAddr, io::Error),
    /// The server's thread could not be started.
    Thread(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(
                f,
                "{path:?} is no path for a relay: give one such as /scf, of letters, digits, -, _ \
                 and . between slashes"
            ),
            Self::Host(host) => {
                write!(f, "{host:?} is no host: give one such as scf.tencentcloudapi.com")
            }
            Self::EndpointPath(path) => write!(
                f,
                "the endpoint has the path {path}, but what is signed is sent to /: give scheme, \
                 host and port alone"
            ),
            Self::Page(dir, error) => {
                write!(f, "cannot read the page's folder {}: {error}", dir.display())
            }
            Self::Tls(_) => f.write_str("TLS to the endpoint cannot be set up"),
            Self::Bind(addr, error) => write!(f, "cannot listen on {addr}: {error}"),
            Self::Thread(error) => write!(f, "cannot start the relay's thread: {error}"),
        }
    }
}

impl From<scf_serve::StartError> for StartError {
    fn from(error: scf_serve::StartError) -> Self {
        match error {
            scf_serve::StartError::Bind(addr, error) => Self::Bind(addr, error),
            scf_serve::StartError::Thread(error) => Self::Thread(error),
            other => Self::Thread(io::Error::other(other)),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Page(_, error) | Self::Bind(_, error) | Self::Thread(error) => Some(error),
            Self::Tls(error) => Some(error),
            Self::Path(_) | Self::Host(_) | Self::EndpointPath(_) => None,
        }
    }
}
