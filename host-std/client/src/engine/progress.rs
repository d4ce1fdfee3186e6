//! The progress of a call, for whoever watches it.

use std::fmt;
use std::time::Duration;

/// The stage that a call is in, as passed to
/// [`ClientBuilder::on_progress`](super::ClientBuilder::on_progress).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Connecting: name lookup, TCP, and the proxy if there is one.
    Connecting,
    /// Shaking hands for TLS.
    Securing,
    /// Sending the request.
    Sending,
    /// The request is out, and the response is awaited.
    Waiting,
    /// The first byte of the response is here.
    Receiving,
    /// A request was surely not executed, and is made again after this time.
    Retrying {
        /// The attempt that comes, counted from 1.
        attempt: u32,
        /// The wait before it.
        wait: Duration,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connecting => f.write_str("connecting"),
            Self::Securing => f.write_str("shaking hands for TLS"),
            Self::Sending => f.write_str("sending the request"),
            Self::Waiting => f.write_str("waiting for the answer"),
            Self::Receiving => f.write_str("receiving the answer"),
            Self::Retrying { attempt, .. } => write!(f, "waiting before attempt {attempt}"),
        }
    }
}
