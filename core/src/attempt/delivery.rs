//! The delivery of a request.

use core::fmt;

/// The delivery of a request. `Invoke` is not idempotent, so this decides whether
/// it may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Delivery {
    /// The request did not leave whole, so it was surely not executed.
    NotSent,
    /// The service refused it, so the function was surely not run.
    Refused,
    /// It was sent, and nothing says what became of it.
    Unknown,
    /// The function was run, or its run was accepted.
    Executed,
}

impl Delivery {
    /// Returns it in words: `not sent`, `refused`, `unknown`, `executed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not sent",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Executed => "executed",
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
