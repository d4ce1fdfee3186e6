//! This machine's clock beside the server's.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use scf_invoke::{ApiError, Error, Retry};

/// The difference between this machine's clock and the server's.
pub(crate) struct Offset {
    pub(crate) seconds: u64,
    is_ahead: bool,
}

impl Offset {
    /// Returns the difference, if the server tells its time.
    pub(crate) fn of(error: &ApiError) -> Option<Self> {
        let server = error.server_time()?;
        let local = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        Some(Self { seconds: local.abs_diff(server), is_ahead: local > server })
    }

    /// Returns that of a request which was refused for its time, and is made
    /// again for the server's.
    pub(crate) fn corrected(error: &Error) -> Option<Self> {
        match error {
            Error::Api(error) if error.retry() == Retry::AfterClockCorrection => Self::of(error),
            _ => None,
        }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.is_ahead { "ahead of" } else { "behind" };
        write!(f, "{} s {direction} the server's", self.seconds)
    }
}
