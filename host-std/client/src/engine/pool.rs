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
    // The one used last is at the end.
    idle: Mutex<Vec<(usize, S)>>,
    keep_alive: Duration,
    most: usize,
}

impl<S: Pooled> Pool<S> {
    /// Returns a pool of at most so many connections, for so long.
    pub(crate) fn new(keep_alive: Duration, most: usize) -> Self {
        Self { idle: Mutex::default(), keep_alive, most }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(usize, S)>> {
        // Nothing is ever half changed under the lock.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a connection that was used lately and is still open.
    pub(crate) fn take(&self, route: usize) -> Option<S> {
        loop {
            let mut idle = self.lock();
            let at = idle.iter().rposition(|(of, _)| *of == route)?;
            let (_, mut stream) = idle.remove(at);
            if stream.idle_for() > self.keep_alive {
                // Those below it are older still. Closing them may take system
                // calls, which is not for the time of the lock.
                let old: Vec<_> = idle.drain(..at).collect();
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

    /// Keeps a connection, unless there are enough.
    pub(crate) fn keep(&self, route: usize, stream: S) {
        let mut idle = self.lock();
        if idle.len() < self.most {
            idle.push((route, stream));
            return;
        }
        drop(idle);
        drop(stream);
    }
}
