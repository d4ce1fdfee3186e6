//! The error of a call without a reply, in few bytes.

use core::fmt;

use crate::attempt::{Delivery, Retry};
use crate::reply::ReplyError;
use crate::request::SettingsError;
use crate::request::invocation::InvocationError;
use crate::sign::tc3::SignError;
use crate::wire::http::HttpError;

/// The error of a call without a reply: a number, how far the request got, and
/// what could make another try succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LiteError {
    pub(super) kind: LiteErrorKind,
    pub(super) delivery: Delivery,
    pub(super) retry: Retry,
    /// The server's clock, 0 where it is not known; or the length of a result that
    /// has no room. In one field, for a second one takes 200 bytes of flash.
    pub(super) detail: u64,
}

impl LiteError {
    /// Returns the kind of the error.
    #[must_use]
    pub const fn kind(&self) -> LiteErrorKind {
        self.kind
    }

    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(&self) -> u16 {
        self.kind.code()
    }

    /// Returns how far the request got.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Returns what could make another try succeed without running the function
    /// twice.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        self.retry
    }

    /// Returns the server's clock by its response, in unix seconds.
    #[must_use]
    pub fn server_time(&self) -> Option<u64> {
        let is_time = self.detail > 0 && self.kind != LiteErrorKind::ResultRoom;
        is_time.then_some(self.detail)
    }

    /// Returns the length of a result that has no room, in bytes: a buffer of twice
    /// as many holds it.
    #[must_use]
    pub fn result_length(&self) -> Option<usize> {
        (self.kind == LiteErrorKind::ResultRoom).then_some(self.detail as usize)
    }
}

impl fmt::Display for LiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error {} ({})", self.code(), self.delivery.as_str())
    }
}

impl core::error::Error for LiteError {}

/// The kind of a [`LiteError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LiteErrorKind {
    /// The function's name breaks the rule for names.
    FunctionName,
    /// The host is empty, or has a character that no host name has.
    Host,
    /// The event is not JSON.
    EventNotJson,
    /// The buffer is too small for the request.
    Buffer,
    /// The time is after the year 9999.
    Timestamp,
    /// The day key signs on another day.
    DayKeyDay,
    /// The day key signs for another service.
    DayKeyService,
    /// The service answered with an error.
    Api,
    /// Sending or receiving failed, or the connection closed before the response
    /// was complete.
    Transport,
    /// An HTTP status other than 200, which the API never sends.
    HttpStatus,
    /// The response is not the API's.
    NotApi,
    /// The function has run, and the buffer is too small for its result, of which
    /// the front is in the first half of the buffer.
    ResultRoom,
    /// The response is not proper HTTP.
    Http(HttpError),
}

/// The numbers of the kinds, in their order.
const CODES: &[u8; 12] = &[
    InvocationError::FunctionName.code() as u8,
    SettingsError::Host.code() as u8,
    43,
    49,
    SignError::Timestamp.code() as u8,
    63,
    SignError::DayKeyService.code() as u8,
    81,
    82,
    84,
    ReplyError::NotAnEnvelope.code() as u8,
    90,
];

impl LiteErrorKind {
    /// Returns the [number](crate::error::code) of the error.
    #[must_use]
    pub const fn code(self) -> u16 {
        // Places in a table, for a number in each arm takes 40 bytes more.
        let place = match self {
            Self::FunctionName => 0,
            Self::Host => 1,
            Self::EventNotJson => 2,
            Self::Buffer => 3,
            Self::Timestamp => 4,
            Self::DayKeyDay => 5,
            Self::DayKeyService => 6,
            Self::Api => 7,
            Self::Transport => 8,
            Self::HttpStatus => 9,
            Self::NotApi => 10,
            Self::ResultRoom => 11,
            Self::Http(_) => CODES.len(),
        };
        match self {
            Self::Http(error) => error.code(),
            _ => CODES[place] as u16,
        }
    }

    pub(super) const fn with(self, delivery: Delivery) -> LiteError {
        LiteError { kind: self, delivery, retry: Retry::Never, detail: 0 }
    }

    /// Returns the error of a request that has not left whole.
    pub(super) const fn not_sent(self) -> LiteError {
        let retry =
            if matches!(self, Self::Transport) { Retry::AfterBackoff } else { Retry::Never };
        LiteError { kind: self, delivery: Delivery::NotSent, retry, detail: 0 }
    }
}

impl From<SignError> for LiteErrorKind {
    fn from(error: SignError) -> Self {
        match error {
            SignError::DayKeyDate { .. } => Self::DayKeyDay,
            SignError::DayKeyService => Self::DayKeyService,
            _ => Self::Timestamp,
        }
    }
}
