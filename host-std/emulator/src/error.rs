//! Errors that the API answers, and errors of starting an emulator.

use std::borrow::Cow;
use std::fmt;

/// An error that the API answers: `Error.Code` and `Error.Message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// One of the API's codes, such as `AuthFailure.SignatureFailure`.
    pub code: Cow<'static, str>,
    /// The mistake, and the advice.
    pub message: String,
}

impl ApiError {
    /// Returns an error of that code.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    /// Returns the error of a request whose body finds no room.
    pub(crate) fn no_memory() -> Self {
        Self::new(
            "RequestLimitExceeded",
            "The bodies of other requests take all the memory that the emulator gives to them; \
             wait and try again.",
        )
    }

    pub(crate) fn missing(what: &str) -> Self {
        Self::new("MissingParameter", format!("The request lacks the required parameter {what}."))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ApiError {}

/// The reason why an emulator did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The folder of functions cannot be read.
    FunctionsDir(std::path::PathBuf, std::io::Error),
    /// The address cannot be listened on.
    Bind(std::net::SocketAddr, std::io::Error),
    /// The address is reachable from other machines, which was not allowed.
    NotLoopback(std::net::SocketAddr),
    /// There is no function of that name to debug; there are these.
    NoFunction(String, Vec<String>),
    /// A function's name breaks the naming rules.
    FunctionName(String),
    /// The text is no origin as a browser sends it.
    Origin(String),
    /// The certificate cannot be made, or its CA not written to this file.
    #[cfg(feature = "tls")]
    Tls(std::path::PathBuf, Box<dyn std::error::Error + Send + Sync>),
    /// The server's thread could not be started.
    Thread(std::io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FunctionsDir(dir, error) => {
                write!(f, "cannot read the functions folder {}: {error}", dir.display())
            }
            Self::Bind(addr, error) => write!(f, "cannot listen on {addr}: {error}"),
            Self::NotLoopback(addr) => write!(
                f,
                "{addr} can be reached from other machines, and whoever reaches the emulator runs \
                 code here; use 127.0.0.1, or allow it explicitly"
            ),
            Self::FunctionName(name) => {
                write!(f, "{name:?} is no function name: {}", crate::api::NAME_RULE)
            }
            Self::NoFunction(name, names) => {
                let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                write!(f, "there is no function {name:?} to debug; there are: {names}")
            }
            Self::Origin(origin) => write!(
                f,
                "{origin:?} is no origin: give one such as http://127.0.0.1:8000, in lower case \
                 and with nothing after it"
            ),
            #[cfg(feature = "tls")]
            Self::Tls(file, error) => write!(
                f,
                "cannot make a certificate whose CA is written to {}: {error}",
                file.display()
            ),
            Self::Thread(error) => write!(f, "cannot start the emulator's thread: {error}"),
        }
    }
}

impl From<scf_serve::StartError> for StartError {
    fn from(error: scf_serve::StartError) -> Self {
        match error {
            scf_serve::StartError::Bind(addr, error) => Self::Bind(addr, error),
            scf_serve::StartError::Thread(error) => Self::Thread(error),
            other => Self::Thread(std::io::Error::other(other)),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::FunctionsDir(_, error) | Self::Bind(_, error) | Self::Thread(error) => {
                Some(error)
            }
            #[cfg(feature = "tls")]
            Self::Tls(_, error) => Some(&**error),
            Self::NotLoopback(_)
            | Self::FunctionName(_)
            | Self::NoFunction(..)
            | Self::Origin(_) => None,
        }
    }
}
