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
    /// Returns the difference, if the server sends its time.
    pub(crate) fn of(error: &ApiError) -> Option<Self> {
        let server = error.server_time()?;
        let local = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        Some(Self { seconds: local.abs_diff(server), is_ahead: local > server })
    }
}

/// Returns what the user should know of a request that was refused for its
/// time, and is made again.
pub(crate) fn correction(error: &Error) -> Option<String> {
    let Error::Api(error) = error else {
        return None;
    };
    let offset = Offset::of(error).filter(|_| error.retry() == Retry::AfterClockCorrection)?;
    Some(format!(
        "tscf: this machine's clock is {offset}; requests are signed for the server's time"
    ))
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.is_ahead { "ahead of" } else { "behind" };
        write!(f, "{} s {direction} the server's", self.seconds)
    }
}
