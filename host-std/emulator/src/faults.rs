//! The faults that wait for a request.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::changes::{Change, Changes};
use crate::error::ApiError;
use crate::fault::{Fault, too_many};

/// A fault, whom it waits for and how often it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArmedFault {
    /// Its number, by which it can be taken back.
    pub id: u64,
    /// The function whose requests it waits for; those of all without it.
    pub function_name: Option<String>,
    /// The fault itself.
    pub fault: Fault,
    /// The number of requests that it still waits for; all of them without a number.
    pub left: Option<u64>,
}

#[derive(Debug)]
pub(crate) struct Faults {
    changes: Changes,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    armed: Vec<ArmedFault>,
}

impl Faults {
    pub(crate) fn new(changes: Changes) -> Self {
        Self { changes, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn arm(&self, function: Option<&str>, fault: Fault, times: Option<u64>) -> u64 {
        let mut state = self.lock();
        state.next += 1;
        let id = state.next;
        if times != Some(0) {
            let function_name = function.map(str::to_owned);
            state.armed.push(ArmedFault { id, function_name, fault, left: times });
            self.changes.send(|| Change::Faults(state.armed.clone()));
        }
        id
    }

    /// Takes the first fault that waits for requests of all functions, or for
    /// those of this one.
    pub(crate) fn take(&self, function: Option<&str>) -> Option<Fault> {
        let mut state = self.lock();
        let index =
            state.armed.iter().position(|armed| armed.function_name.as_deref() == function)?;
        let armed = &mut state.armed[index];
        let fault = armed.fault.clone();
        armed.left = armed.left.map(|left| left.saturating_sub(1));
        if armed.left == Some(0) {
            state.armed.remove(index);
        }
        self.changes.send(|| Change::Faults(state.armed.clone()));
        Some(fault)
    }

    pub(crate) fn list(&self) -> Vec<ArmedFault> {
        self.lock().armed.clone()
    }

    /// Takes one back, or all of them; whether there was any.
    pub(crate) fn disarm(&self, id: Option<u64>) -> bool {
        let mut state = self.lock();
        let before = state.armed.len();
        state.armed.retain(|armed| id.is_some_and(|id| armed.id != id));
        let is_changed = state.armed.len() < before;
        if is_changed {
            self.changes.send(|| Change::Faults(state.armed.clone()));
        }
        is_changed
    }
}

/// At most so many calls within any second.
#[derive(Debug)]
pub(crate) struct RateLimit {
    per_second: usize,
    recent: Mutex<VecDeque<Instant>>,
}

impl RateLimit {
    pub(crate) fn new(per_second: usize) -> Self {
        Self { per_second, recent: Mutex::default() }
    }

    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let now = Instant::now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|then| now.duration_since(*then) < Duration::from_secs(1));
        if recent.len() >= self.per_second {
            return Err(too_many());
        }
        recent.push_back(now);
        Ok(())
    }
}
