//! The pace of requests, for all workers together.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The time that the pace may catch up after workers were late.
const SLACK: Duration = Duration::from_millis(20);

/// Gives out the moments at which requests may be made, evenly spaced.
pub(super) struct Limiter {
    interval: Duration,
    next: Mutex<Instant>,
}

impl Limiter {
    pub(super) fn new(per_second: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self { interval, next: Mutex::new(Instant::now()) }
    }

    /// Waits until one more request may be made.
    pub(super) fn wait(&self) {
        let now = Instant::now();
        let slot = self.take(now.checked_sub(SLACK).unwrap_or(now));
        thread::sleep(slot.saturating_duration_since(now));
    }

    /// Makes all requests wait so long, since one was refused. Its own repeat
    /// is one of them: this waits as long as that has to beyond the backoff.
    pub(super) fn back_off(&self, backoff: Duration) {
        let end = Instant::now() + backoff;
        thread::sleep(self.take(end).saturating_duration_since(end));
    }

    /// Takes the first free moment from this one on.
    fn take(&self, earliest: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = (*next).max(earliest);
        *next = slot + self.interval;
        slot
    }
}
