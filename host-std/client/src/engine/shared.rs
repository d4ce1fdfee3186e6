//! The state that the calls of a client share, each for moments only.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use scf_invoke_core::attempt::{AttemptEnd, Attempts, Clock, Outcome};
use scf_invoke_core::sign::day_key::DayKey;

use super::scratch::Scratch;
use crate::Credentials;

#[derive(Default)]
pub(super) struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    /// The route that led somewhere last.
    route: usize,
    /// The key derived last, and the secret that it was derived from.
    day_key: Option<(Arc<Credentials>, DayKey)>,
    clock: Clock,
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

    /// Returns the route that led somewhere last.
    pub(super) fn route(&self) -> usize {
        self.lock().route
    }

    pub(super) fn prefer(&self, route: usize) {
        self.lock().route = route;
    }

    /// Returns a buffer for one exchange.
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
}
