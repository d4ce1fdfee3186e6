//! What the calls of a client share, each for moments only.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use scf_invoke_core::attempt::{AttemptEnd, Attempts, Clock, Outcome};
use scf_invoke_core::sign::day_key::DayKey;

use super::scratch::Scratch;
use crate::{Credentials, Deadline, Stream};

#[derive(Default)]
pub(super) struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    /// The key derived last, and the secret that it was derived from.
    day_key: Option<(Arc<Credentials>, DayKey)>,
    clock: Clock,
    // The one used last is at the end.
    idle: Vec<Stream>,
    // Filling a new one with zeros takes longer than signing does.
    spare: Vec<Scratch>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is ever half changed under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the clock as it is known.
    pub(super) fn clock(&self) -> Clock {
        self.lock().clock
    }

    /// Returns the day key that was derived last from these credentials.
    pub(super) fn day_key(&self, credentials: Option<&Arc<Credentials>>) -> Option<DayKey> {
        let state = self.lock();
        let (source, key) = state.day_key.as_ref()?;
        Arc::ptr_eq(source, credentials?).then(|| key.clone())
    }

    /// A buffer for one exchange.
    pub(super) fn take_scratch(&self) -> Scratch {
        let spare = self.lock().spare.pop();
        spare.unwrap_or_default()
    }

    pub(super) fn keep_scratch(&self, scratch: Scratch, most: usize) {
        let mut state = self.lock();
        if state.spare.len() < most {
            state.spare.push(scratch);
        }
    }

    pub(super) fn remember(&self, credentials: &Arc<Credentials>, key: &DayKey) {
        let mut state = self.lock();
        let known = state.day_key.as_ref().is_some_and(|(source, known)| {
            Arc::ptr_eq(source, credentials) && known.day() == key.day()
        });
        if !known {
            state.day_key = Some((Arc::clone(credentials), key.clone()));
        }
    }

    /// Decides what comes after an attempt; the clock may be corrected by it.
    pub(super) fn end(
        &self,
        attempts: &mut Attempts,
        end: &AttemptEnd<'_>,
        random: u32,
    ) -> Outcome {
        attempts.end(end, &mut self.lock().clock, random)
    }

    /// A connection that was used within `limit` and is still open.
    pub(super) fn take_idle(&self, limit: Duration, deadline: Deadline) -> Option<Stream> {
        loop {
            let mut state = self.lock();
            let mut stream = state.idle.pop()?;
            if stream.idle_for() > limit {
                // Those below it are older still. Closing them may take system
                // calls, which is not for the time of the lock.
                let old = std::mem::take(&mut state.idle);
                drop(state);
                drop(old);
                return None;
            }
            drop(state);
            if stream.is_reusable() {
                stream.set_deadline(deadline);
                return Some(stream);
            }
        }
    }

    /// Keeps a connection for the next call, unless there are enough.
    pub(super) fn keep_idle(&self, stream: Stream, most: usize) {
        let mut state = self.lock();
        if state.idle.len() < most {
            state.idle.push(stream);
            return;
        }
        drop(state);
        drop(stream);
    }
}
