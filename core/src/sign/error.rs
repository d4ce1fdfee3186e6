//! The error of a request that cannot be signed.

use core::fmt;

use crate::wire::time::Day;
use crate::wire::utf8;

/// An error that prevents signing; nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SignError {
    /// The timestamp is after the year 9999.
    Timestamp,
    /// The service is not 1 to 32 lowercase letters, digits and hyphens.
    Service,
    /// The day key signs for another day than the request's: get a new one.
    DayKeyDate {
        /// The key's day.
        key: Day,
        /// The day of the request, by the caller's clock.
        request: Day,
    },
    /// The day key signs for another service than the request's.
    DayKeyService,
    /// Signature version 1 needs the secret key; a day key cannot make it.
    DayKeyVersion1,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Timestamp => "the time is after the year 9999: set the clock",
            Self::Service => {
                "the service name must be 1 to 32 lowercase letters, digits and hyphens"
            }
            Self::DayKeyDate { key, request } => {
                f.write_str("the day key signs on ")?;
                f.write_str(text(&key.date()))?;
                f.write_str(" (UTC) only, and the request is of ")?;
                f.write_str(text(&request.date()))?;
                ": get the key of that day, or set the clock"
            }
            Self::DayKeyService => "the day key signs for another service",
            Self::DayKeyVersion1 => "signature version 1 needs the secret key, not a day key",
        };
        f.write_str(text)
    }
}

impl core::error::Error for SignError {}

/// Returns ASCII digits as text.
fn text(ascii: &[u8]) -> &str {
    utf8::front(ascii)
}
