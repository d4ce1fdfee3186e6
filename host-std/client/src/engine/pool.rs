//! The connections that wait for the next call.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A connection that can wait.
pub(crate) trait Pooled {
    /// Returns whether another request may use it. Never waits.
    fn is_reusable(&mut self) -> bool;

    /// Returns the time since a byte last moved.
    fn idle_for(&self) -> Duration;
}

/// The connections that wait for the next call, each with the route that it
/// is of.
pub(crate) struct Pool<S> {
    idle: Mutex<Idle<S>>,
    keep_alive: Duration,
}

struct Idle<S> {
    // The one used last is at the end.
    streams: Vec<(usize, S)>,
    /// The number that is kept.
    most: usize,
}

impl<S: Pooled> Pool<S> {
    /// Returns a pool of at most so many connections, for so long.
    pub(crate) fn new(keep_alive: Duration, most: usize) -> Self {
        Self { idle: Mutex::new(Idle { streams: vec![], most }), keep_alive }
    }

    fn lock(&self) -> MutexGuard<'_, Idle<S>> {
        // Nothing is ever half changed under the lock.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a connection that was used lately and is still open.
    pub(crate) fn take(&self, route: usize) -> Option<S> {
        loop {
            let mut idle = self.lock();
            let at = idle.streams.iter().rposition(|(of, _)| *of == route)?;
            let (_, mut stream) = idle.streams.remove(at);
            if stream.idle_for() > self.keep_alive {
                // Those below it are older still. Closing them may take system
                // calls, which is not for the time of the lock.
                let old: Vec<_> = idle.streams.drain(..at).collect();
                drop(idle);
                drop((old, stream));
                return None;
            }
            drop(idle);
            if stream.is_reusable() {
                return Some(stream);
            }
        }
    }

    /// Closes all connections, and keeps no other.
    pub(crate) fn close(&self) {
        let mut idle = self.lock();
        idle.most = 0;
        let streams = std::mem::take(&mut idle.streams);
        drop(idle);
        drop(streams);
    }

    /// Keeps a connection, unless there are enough.
    pub(crate) fn keep(&self, route: usize, stream: S) {
        let mut idle = self.lock();
        if idle.streams.len() < idle.most {
            idle.streams.push((route, stream));
            return;
        }
        drop(idle);
        drop(stream);
    }
}
