//! The time that a call may take: the settings, and the moment at which one call
//! ends.

use std::time::{Duration, Instant};

/// The three timeouts of a call.
///
/// ```
/// use scf_invoke::Timeouts;
/// use std::time::Duration;
///
/// let timeouts = Timeouts::default().call(Duration::from_secs(30));
/// assert_eq!(timeouts.connect, Duration::from_secs(10));
/// assert_eq!(timeouts.idle, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Timeouts {
    /// Until a connection is ready to carry a request: name lookup, TCP over
    /// all the addresses found, and the TLS handshake together. 10 s by default.
    pub connect: Duration,
    /// The longest time in which no byte moves in either direction. None by
    /// default: a synchronous function is silent for as long as it runs.
    pub idle: Option<Duration>,
    /// The whole call, however many bytes trickle in meanwhile. 310 s by
    /// default, since a synchronous invocation may take 300 s.
    pub call: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: None, call: Some(Duration::from_secs(310)) }
    }
}

impl Timeouts {
    /// Sets how long connecting may take.
    pub const fn connect(mut self, limit: Duration) -> Self {
        self.connect = limit;
        self
    }

    /// Sets the longest time in which no byte moves, or none.
    pub fn idle(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle = limit.into();
        self
    }

    /// Sets how long the whole call may take; `None` for no limit.
    pub fn call(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.call = limit.into();
        self
    }

    /// Returns the name of a timeout that is zero.
    pub(crate) fn zero(&self) -> Option<&'static str> {
        let zero = Some(Duration::ZERO);
        [
            (Some(self.connect), "Timeouts::connect"),
            (self.idle, "Timeouts::idle"),
            (self.call, "Timeouts::call"),
        ]
        .into_iter()
        .find_map(|(timeout, name)| (timeout == zero).then_some(name))
    }

    /// Returns the deadline of a call that starts now.
    pub fn start(&self) -> Deadline {
        self.call.map_or(Deadline::NEVER, Deadline::after)
    }
}

/// The moment at which a call ends, or never.
///
/// ```
/// use scf_invoke::Deadline;
/// use std::time::Duration;
///
/// assert_eq!(Deadline::NEVER.remaining(), None);
/// assert!(Deadline::after(Duration::ZERO).has_passed());
/// assert!(!Deadline::after(Duration::from_secs(60)).has_passed());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// No end.
    pub const NEVER: Self = Self(None);

    /// Returns the moment `duration` from now; never, if the clock cannot count so far.
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now().checked_add(duration))
    }

    /// Returns the given moment.
    pub const fn at(moment: Instant) -> Self {
        Self(Some(moment))
    }

    /// Returns the time left: zero once it has passed, `None` if there is no end.
    pub fn remaining(&self) -> Option<Duration> {
        self.remaining_at(Instant::now())
    }

    /// Returns whether the moment has come.
    pub fn has_passed(&self) -> bool {
        self.remaining() == Some(Duration::ZERO)
    }

    /// Returns whichever of the two comes first.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Self(Some(a.min(b))),
            (a, b) => Self(a.or(b)),
        }
    }

    pub(crate) fn remaining_at(&self, now: Instant) -> Option<Duration> {
        self.0.map(|end| end.saturating_duration_since(now))
    }
}
