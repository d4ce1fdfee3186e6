//! Errors that prevent a request.

use core::fmt;

use crate::request::SettingsError;
use crate::request::invocation::InvocationError;
use crate::sign::tc3::SignError;
use crate::wire::json::Invalid;

/// An error that prevents a request; nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RequestError {
    /// A parameter breaks the API's rules.
    Invocation(InvocationError),
    /// A setting is unusable.
    Settings(SettingsError),
    /// The request cannot be signed.
    Sign(SignError),
    /// The event is not JSON.
    Event(Invalid),
    /// The event is over the limit of 6 MiB, or of 128 KiB for an
    /// asynchronous call.
    PayloadTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The source of the event failed.
    Source,
    /// The source of the event wrote something else the second time.
    SourceChanged,
    /// The request with all its parameters is over the limit for its form:
    /// 10 MiB for POST, 32 KiB for GET, 1 MiB for a version 1 form.
    TooLarge {
        /// The request's size, in bytes.
        size: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The buffer is too small to work in.
    Buffer {
        /// The size that is needed, in bytes.
        needed: usize,
    },
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invocation(error) => error.fmt(f),
            Self::Settings(error) => error.fmt(f),
            Self::Sign(error) => error.fmt(f),
            Self::Event(error) => {
                f.write_str("the event is not JSON: ")?;
                error.fmt(f)
            }
            Self::PayloadTooLarge { limit } => write!(f, "the event is over {limit} bytes"),
            Self::Source => f.write_str("the source of the event could not give its bytes"),
            Self::SourceChanged => {
                f.write_str("the source of the event wrote something else the second time")
            }
            Self::TooLarge { size, limit } => {
                write!(f, "the request has {size} bytes, over the limit of {limit}")
            }
            Self::Buffer { needed } => {
                write!(f, "the buffer is too small: at least {needed} bytes are needed")
            }
        }
    }
}

impl core::error::Error for RequestError {}

impl From<InvocationError> for RequestError {
    fn from(error: InvocationError) -> Self {
        Self::Invocation(error)
    }
}

impl From<SettingsError> for RequestError {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

impl From<SignError> for RequestError {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

impl From<Invalid> for RequestError {
    fn from(error: Invalid) -> Self {
        Self::Event(error)
    }
}
