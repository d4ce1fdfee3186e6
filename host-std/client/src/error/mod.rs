//! The reason why a call has no result, and whether the function may have run.

mod configuration;
mod relay;

use std::fmt;
use std::io;

use scf_invoke_core::attempt::{Delivery, Received, Retry};
use scf_invoke_core::error::{ApiError as CoreApiError, Excerpt, ProtocolError};
use scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke_core::request::RequestError;

pub use configuration::ConfigurationError;
pub use relay::RelayError;

#[cfg(feature = "tls")]
use crate::TlsError;
use crate::reply::shown;
use crate::{
    CredentialError, EndpointError, FunctionError, ProxyError, ResultError, StreamError,
    StreamErrorKind,
};

/// The reason why a call has no result.
///
/// Its text says what was wrong and what to do, and whether the function may
/// have run where that is in question. What lies beneath is its
/// [`source`](std::error::Error::source). No secret is ever in it.
///
/// ```
/// use scf_invoke::{Client, Credentials, Delivery, Error};
///
/// let client = Client::builder()
///     .region("ap-guangzhou")
///     .credentials(Credentials::new("AKIDEXAMPLE", "the-secret-key", None)?)
///     .build()?;
/// let error = client.invoke("hello", "{name: 1}").unwrap_err();
/// assert!(matches!(error, Error::Request(_)));
/// assert_eq!(error.delivery(), Delivery::NotSent);
/// assert!(error.to_string().starts_with("the event is not JSON: "));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Credentials or settings are missing or wrong.
    Configuration(ConfigurationError),
    /// A parameter or the event breaks the API's rules.
    Request(RequestError),
    /// The event cannot be written as JSON.
    Event(EventError),
    /// The function failed.
    Function(Box<FunctionError>),
    /// The service answered with an error.
    Api(Box<ApiError>),
    /// A relay on the way answered in place of the API.
    Relay(Box<RelayError>),
    /// The connection failed.
    Network {
        /// The error of the connection.
        error: StreamError,
        /// The delivery of the request.
        delivery: Delivery,
    },
    /// A timeout ended the call.
    Timeout {
        /// Which one, and what was being done.
        error: StreamError,
        /// The delivery of the request.
        delivery: Delivery,
    },
    /// The bytes received are not a response of the API.
    Protocol {
        /// The reason.
        error: ProtocolError,
        /// The beginning of the body, in printable ASCII.
        excerpt: Box<Excerpt>,
        /// The delivery of the request.
        delivery: Delivery,
    },
    /// The function ran, and its reply is over the client's limit.
    ReplyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The function ran, and the writer for its result failed.
    Writer(io::Error),
    /// The function ran, and its result is not of the wanted form.
    Result(ResultError),
    /// A [`Canceller`](crate::Canceller) ended the call, or the client was closed
    /// meanwhile.
    Cancelled {
        /// The delivery of the request.
        delivery: Delivery,
    },
    /// The client was closed before the call began.
    Closed,
}

impl Error {
    /// Returns the delivery of the request: whether the function may have run.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Configuration(_) | Self::Request(_) | Self::Event(_) | Self::Closed => {
                Delivery::NotSent
            }
            Self::Function(error) => error.delivery(),
            Self::ReplyTooLarge { .. } | Self::Writer(_) | Self::Result(_) => Delivery::Executed,
            Self::Api(error) => error.delivery(),
            Self::Relay(error) => error.delivery(),
            Self::Network { delivery, .. }
            | Self::Timeout { delivery, .. }
            | Self::Protocol { delivery, .. }
            | Self::Cancelled { delivery } => *delivery,
        }
    }

    /// Returns the id of the request, where there was a response.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Function(error) => Some(error.request_id()),
            Self::Api(error) => Some(error.request_id()),
            _ => None,
        }
        .filter(|id| !id.is_empty())
    }

    /// Returns what could make another try succeed, without running the function
    /// twice. The client has acted on this already, by its policy.
    pub fn retry(&self) -> Retry {
        let received = match self {
            Self::Function(error) => return error.retry(),
            Self::Api(error) => return error.retry(),
            Self::Relay(error) => return error.retry(),
            Self::Network { error, .. } | Self::Timeout { error, .. } => error.received(),
            Self::Protocol { error, .. } => Received::Foreign { error: *error, has_result: false },
            _ => Received::Stopped,
        };
        received.retry(self.delivery())
    }

    pub(crate) fn from_stream(error: StreamError, delivery: Delivery) -> Self {
        use StreamErrorKind as Kind;
        match error.kind() {
            Kind::ConnectTimeout | Kind::IdleTimeout | Kind::CallTimeout => {
                Self::Timeout { error, delivery }
            }
            _ => Self::Network { error, delivery },
        }
    }
}

/// Returns what the user must know of a request that has no reply.
fn delivered(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::NotSent => "; the function was not run",
        Delivery::Refused => "; the request was refused, and the function not run",
        Delivery::Unknown => "; the function may have run: find out before calling again",
        Delivery::Executed => "; the function has run",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(error) => error.fmt(f),
            Self::Request(RequestError::Event(invalid)) => {
                write!(f, "the event is not JSON: {invalid}, at byte {}", invalid.offset + 1)
            }
            Self::Request(error) => error.fmt(f),
            Self::Function(error) => error.fmt(f),
            Self::Api(error) => {
                f.write_str("the API refused: ")?;
                shown(&error.to_string(), f)?;
                f.write_str(". ")?;
                f.write_str(ErrorCode::advice(error.code_text()))
            }
            Self::Relay(error) => {
                f.write_str("the relay answered itself: ")?;
                shown(&error.to_string(), f)?;
                f.write_str(delivered(error.delivery()))
            }
            Self::Network { error, delivery } | Self::Timeout { error, delivery } => {
                error.fmt(f)?;
                f.write_str(delivered(*delivery))
            }
            Self::Protocol { error, excerpt, delivery } => {
                error.fmt(f)?;
                if !excerpt.as_str().is_empty() {
                    write!(f, ", and begins with \"{}\"", excerpt.as_str())?;
                }
                f.write_str(": check the endpoint and any proxy on the way")?;
                f.write_str(delivered(*delivery))
            }
            Self::ReplyTooLarge { limit } => write!(
                f,
                "the reply is over {limit} bytes: allow more, or let the result go to a writer{}",
                delivered(Delivery::Executed)
            ),
            Self::Writer(_) => {
                f.write_str("the result could not be written")?;
                f.write_str(delivered(Delivery::Executed))
            }
            Self::Result(error) => error.fmt(f),
            Self::Event(error) => error.fmt(f),
            Self::Cancelled { delivery } => {
                f.write_str("the call was cancelled")?;
                f.write_str(delivered(*delivery))
            }
            Self::Closed => f.write_str("the client is closed: make another for this call"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // The text above is theirs already, so that it is not said twice.
            Self::Configuration(error) => error.source(),
            Self::Network { error, .. } | Self::Timeout { error, .. } => error.source(),
            Self::Request(error) => error.source(),
            Self::Function(_)
            | Self::Api(_)
            | Self::Relay(_)
            | Self::Protocol { .. }
            | Self::Result(_) => None,
            Self::Event(_) => None,
            Self::ReplyTooLarge { .. } | Self::Cancelled { .. } | Self::Closed => None,
            Self::Writer(error) => Some(error),
        }
    }
}

/// An error that the service answered with, with all of its message.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    error: CoreApiError,
    message: String,
}

impl ApiError {
    /// `message` is empty where the error is known by its short form alone.
    pub(crate) fn new(error: CoreApiError, message: String) -> Self {
        let message = if message.is_empty() { error.message().to_owned() } else { message };
        Self { error, message }
    }

    /// Returns the code as a value of the enumeration.
    pub fn code(&self) -> ErrorCode {
        self.error.code()
    }

    /// Returns the code as it came, such as `ResourceNotFound.Function`.
    pub fn code_text(&self) -> &str {
        self.error.code_text()
    }

    /// Returns the service's message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the id that the service's support asks for.
    pub fn request_id(&self) -> &str {
        self.error.request_id()
    }

    /// Returns the server's clock by the Date header, in unix seconds.
    pub fn server_time(&self) -> Option<u64> {
        self.error.server_time()
    }

    /// Returns whether the function may have run.
    pub fn delivery(&self) -> Delivery {
        self.error.delivery()
    }

    /// Returns what could make another try succeed.
    pub fn retry(&self) -> Retry {
        self.error.retry()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code_text(), self.message)?;
        match self.request_id() {
            "" => Ok(()),
            id => write!(f, " (request id {id})"),
        }
    }
}

impl std::error::Error for ApiError {}

/// A value or bytes that are no event.
#[derive(Debug)]
pub struct EventError(pub(crate) serde_json::Error);

impl EventError {
    pub(crate) fn utf8(error: std::str::Utf8Error) -> Self {
        Self(serde::ser::Error::custom(error))
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event cannot be written as JSON: {}", self.0)
    }
}

impl std::error::Error for EventError {}

impl From<EventError> for Error {
    fn from(error: EventError) -> Self {
        Self::Event(error)
    }
}

impl From<ConfigurationError> for Error {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<CredentialError> for Error {
    fn from(error: CredentialError) -> Self {
        Self::Configuration(ConfigurationError::Credentials(error))
    }
}

impl From<EndpointError> for Error {
    fn from(error: EndpointError) -> Self {
        Self::Configuration(ConfigurationError::Endpoint(error))
    }
}

impl From<ProxyError> for Error {
    fn from(error: ProxyError) -> Self {
        Self::Configuration(ConfigurationError::Proxy(error))
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

#[cfg(feature = "tls")]
impl From<TlsError> for Error {
    fn from(error: TlsError) -> Self {
        Self::Configuration(ConfigurationError::Tls(error))
    }
}
