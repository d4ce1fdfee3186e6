//! The number of each error, for logs and for images that print no text.
//!
//! The numbers are those of the C face, and stay what they are from one version
//! to the next:
//!
#![doc = include_str!("codes.md")]

use crate::error::{Error, ProtocolError};
use crate::reply::{FunctionError, ReplyError};
use crate::request::invocation::InvocationError;
use crate::request::{RequestError, SettingsError};
use crate::sign::credential::CredentialError;
use crate::sign::day_key::ImportError;
use crate::sign::tc3::SignError;
use crate::wire::http::HttpError;

impl InvocationError {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::FunctionNameMissing => 30,
            Self::FunctionName => 31,
            Self::Empty(_) => 32,
            Self::Control(_) => 33,
            Self::RoutingKey => 34,
            Self::RoutingKeyTooLong(_) => 35,
            Self::LogTypeOfEvent => 36,
            Self::EventOfInvokeFunction => 37,
        }
    }
}

impl SettingsError {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Host => 39,
            Self::Path => 40,
            Self::RequestClient => 41,
            Self::TraceId => 42,
            #[cfg(feature = "v1")]
            Self::Presigned => 50,
        }
    }
}

impl CredentialError {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Empty(_) => 60,
            Self::Character(_) => 61,
        }
    }
}

impl SignError {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Timestamp => 62,
            Self::DayKeyDate { .. } => 63,
            Self::DayKeyService => 64,
            Self::Service => 69,
            Self::DayKeyVersion1 => 70,
        }
    }
}

impl ImportError {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Form => 65,
            Self::Date => 66,
            Self::Service => 67,
            Self::Key => 68,
        }
    }
}

impl RequestError {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Invocation(error) => error.code(),
            Self::Settings(error) => error.code(),
            Self::Event(_) => 43,
            Self::PayloadTooLarge { .. } => 44,
            Self::Source => 46,
            Self::SourceChanged => 47,
            Self::TooLarge { .. } => 48,
            Self::Buffer { .. } => 49,
            Self::Sign(error) => error.code(),
        }
    }
}

impl FunctionError<'_> {
    /// Returns the [number](crate::error::code) of the error: 80.
    #[must_use]
    pub const fn code(&self) -> u16 {
        80
    }
}

impl ReplyError {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Json(_) => 85,
            Self::NotAnEnvelope => 86,
            Self::WrongType(_) => 87,
            Self::Duplicate(_) => 88,
            Self::Sink => 91,
            Self::NoResult => 92,
        }
    }
}

impl HttpError {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Truncated => 82,
            // From 1 on, in the order of their declaration.
            error => 99 + error as u16,
        }
    }
}

impl ProtocolError {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Http(error) => error.code(),
            Self::Status(_) => 84,
            Self::Reply(error) => error.code(),
            Self::Utf8 => 89,
        }
    }
}

impl<E> Error<E> {
    /// Returns the [number](crate::error::code) of the error, which takes no
    /// text and so none of the flash that [`Display`](core::fmt::Display) does.
    #[must_use]
    pub const fn code(&self) -> u16 {
        match self {
            Self::Request(error) => error.code(),
            Self::Api(_) => 81,
            Self::Transport { .. } => 82,
            Self::Protocol { error, .. } => error.code(),
            Self::Buffer { .. } => 90,
            Self::Sink => 91,
        }
    }
}
