//! The errors of a call, each of which says whether the function may have run.

pub mod code;

use core::fmt;

pub use crate::attempt::Delivery;
use crate::attempt::{Retry, api_error, foreign_retry};
use crate::reply::error_code::ErrorCode;
use crate::reply::{BoundedStr, Fields, ReplyError, Utf8Error};
use crate::request::RequestError;
use crate::wire::bytes::Align32;
use crate::wire::http::HttpError;

/// An error of a call that has no reply. A function's own failure is not among
/// these: it comes as a [`Reply`](crate::reply::Reply).
///
/// `E` is the transport's own error.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The request is impossible; nothing was sent.
    Request(RequestError),
    /// The transport failed.
    Transport {
        /// The transport's own error.
        error: E,
        /// The delivery of the request.
        delivery: Delivery,
    },
    /// The response is not one of the API.
    Protocol {
        /// The defect.
        error: ProtocolError,
        /// The beginning of its body.
        excerpt: Excerpt,
        /// The delivery of the request.
        delivery: Delivery,
    },
    /// The service answered with an error.
    Api(ApiError),
    /// The function was run, and its reply does not fit in the buffer. What does is
    /// in [`Client::partial_reply`](crate::Client::partial_reply).
    Buffer {
        /// The size of the buffer that is needed, in bytes.
        needed: usize,
    },
    /// The function was run, and the caller's sink did not take its reply.
    Sink,
}

impl<E> Error<E> {
    /// Returns the delivery of the request.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Request(_) => Delivery::NotSent,
            Self::Transport { delivery, .. } | Self::Protocol { delivery, .. } => *delivery,
            Self::Api(error) => error.delivery(),
            Self::Buffer { .. } | Self::Sink => Delivery::Executed,
        }
    }

    /// Returns what could make another try succeed, without running the function
    /// twice.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Transport { delivery: Delivery::NotSent, .. } => Retry::AfterBackoff,
            Self::Protocol { error, delivery, .. } => foreign_retry(*error, *delivery),
            Self::Api(error) => error.retry(),
            _ => Retry::Never,
        }
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => error.fmt(f),
            Self::Transport { error, .. } => error.fmt(f),
            Self::Protocol { error, excerpt, .. } => {
                error.fmt(f)?;
                if !excerpt.as_str().is_empty() {
                    f.write_str("; it begins: ")?;
                    f.write_str(excerpt.as_str())?;
                }
                Ok(())
            }
            Self::Api(error) => error.fmt(f),
            Self::Buffer { needed } => {
                write!(f, "the reply needs a buffer of {needed} bytes (the function has run)")
            }
            Self::Sink => f.write_str("the sink did not take the reply"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            // Their own texts are in the one above already.
            Self::Request(error) => error.source(),
            Self::Transport { error, .. } => error.source(),
            _ => None,
        }
    }
}

/// The response is not one of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ProtocolError {
    /// It is not an HTTP/1.1 response, or not all of one.
    Http(HttpError),
    /// Its status is not 200, which the API uses for its errors as well: a
    /// proxy or gateway answered.
    Status(u16),
    /// Its body is not the API's.
    Reply(ReplyError),
    /// The function's result is not UTF-8.
    Utf8,
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(error) => {
                f.write_str("the response is not proper HTTP: ")?;
                error.fmt(f)
            }
            Self::Status(status) => write!(
                f,
                "the response has HTTP status {status}, which the API never sends: something \
                 between here and there answered"
            ),
            Self::Reply(error) => {
                f.write_str("the response is not the API's: ")?;
                error.fmt(f)
            }
            Self::Utf8 => Utf8Error.fmt(f),
        }
    }
}

impl core::error::Error for ProtocolError {}

/// The number of bytes that an [`Excerpt`] keeps.
pub const EXCERPT_MAX: usize = 64;

/// The beginning of a strange response's body, with every byte that is not
/// printable ASCII shown as `.`, so that it can be printed anywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Excerpt(BoundedStr<EXCERPT_MAX>);

impl Excerpt {
    /// Returns what may be shown of the beginning of a body.
    pub(crate) fn new(mut beginning: BoundedStr<EXCERPT_MAX>) -> Self {
        beginning.make_printable();
        Self(beginning)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// An error that the service answered with.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ApiError {
    fields: Fields,
    /// 0 where it is not known.
    server_time: Align32<u64>,
}

impl ApiError {
    pub(crate) fn new(fields: &Fields, server_time: Align32<u64>) -> Self {
        Self { fields: *fields, server_time }
    }

    /// Returns the code as a value of the enumeration.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::of(self.fields.error_code().as_bytes())
    }

    /// Returns the code as it came, such as `ResourceNotFound.Function`.
    pub fn code_text(&self) -> &str {
        self.fields.error_code().as_str()
    }

    /// Returns the service's message, cut where it is longer than the core
    /// keeps; [`Display`](fmt::Display) puts "..." there.
    pub fn message(&self) -> &str {
        self.fields.message().as_str()
    }

    /// Returns the id that the service's support asks for.
    pub fn request_id(&self) -> &str {
        self.fields.request_id().as_str()
    }

    /// Returns the server's clock by the Date header, in unix seconds.
    pub fn server_time(&self) -> Option<u64> {
        Some(self.server_time.0).filter(|&seconds| seconds > 0)
    }

    /// Returns whether the function may have run. An error with a function's result
    /// beside it contradicts itself: the function may have run.
    pub fn delivery(&self) -> Delivery {
        api_error(self.fields.error_code().as_bytes(), self.fields.has_content()).0
    }

    /// Returns what could make another try succeed.
    pub fn retry(&self) -> Retry {
        api_error(self.fields.error_code().as_bytes(), self.fields.has_content()).1
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code_text())?;
        f.write_str(": ")?;
        fmt::Display::fmt(self.fields.message(), f)?;
        if self.request_id().is_empty() {
            return Ok(());
        }
        f.write_str(" (request id ")?;
        f.write_str(self.request_id())?;
        f.write_str(")")
    }
}

impl core::error::Error for ApiError {}

impl<E> From<Utf8Error> for Error<E> {
    fn from(_: Utf8Error) -> Self {
        Self::Protocol {
            error: ProtocolError::Utf8,
            excerpt: Excerpt::default(),
            delivery: Delivery::Executed,
        }
    }
}
