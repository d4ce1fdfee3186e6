//! Bounds on connections.

use std::time::Duration;

/// Bounds on what connections may take of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Connections at once. Where all are taken, a new one ends the one that
    /// has waited longest for its client; where none waits, the new one waits.
    pub connections: usize,
    /// Connections at once of one peer that is not this machine, likewise.
    pub per_peer: usize,
    /// The longest time for a request's head, and so the longest that a
    /// connection may be idle.
    pub head: Duration,
    /// The longest time in which a client takes nothing of a response.
    pub pause: Duration,
    /// The size of a request's head in bytes.
    pub head_bytes: usize,
    /// The time for which a graceful stop waits for what runs.
    pub grace: Duration,
}

impl Default for Limits {
    /// Returns 512 connections, 64 of one peer, 60 s for a head, 30 s without
    /// movement, 64 KiB of head, 10 s of grace.
    fn default() -> Self {
        Self {
            connections: 512,
            per_peer: 64,
            head: Duration::from_secs(60),
            pause: Duration::from_secs(30),
            head_bytes: 64 * 1024,
            grace: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// Sets how long a graceful stop waits.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Sets how long a client may take for a head, and how long it may take
    /// nothing of a response.
    #[must_use]
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.head = pause;
        self.pause = pause;
        self
    }
}
