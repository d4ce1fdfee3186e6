//! Faults that tests inject, to see how a client bears them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::ApiError;

/// Something that goes wrong with the next request.
///
/// Faults queue up: each request takes one, in the order in which they were
/// injected, and is answered as usual where there is none. A request that is
/// refused (a wrong signature, say) takes its fault with it.
///
/// ```
/// # fn main() -> Result<(), scf_emulator::StartError> {
/// use scf_emulator::{Emulator, Fault};
///
/// let emulator = Emulator::builder().start()?;
/// emulator.inject(Fault::rate_limited());
/// emulator.inject(Fault::CloseBeforeRun);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// Answers this error instead of running the function.
    Api(ApiError),
    /// Answers this HTTP status (from 200) and an HTML page, as a gateway in
    /// trouble does, without running the function.
    HttpStatus(u16),
    /// Reads the request, does not run the function and closes the connection.
    CloseBeforeRun,
    /// Runs the function and closes the connection without an answer.
    CloseAfterRun,
    /// Runs the function and closes the connection in the middle of the answer's body.
    CutResponse,
    /// Runs the function and holds the answer back for so long.
    Delay(Duration),
}

impl Fault {
    /// `RequestLimitExceeded`: too many requests.
    pub fn rate_limited() -> Self {
        Self::Api(too_many())
    }
}

fn too_many() -> ApiError {
    ApiError::new("RequestLimitExceeded", "Too many requests in a second; wait and try again.")
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

#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Arc<Mutex<VecDeque<Fault>>>);

impl Faults {
    pub(crate) fn inject(&self, fault: Fault) {
        self.lock().push_back(fault);
    }

    pub(crate) fn next(&self) -> Option<Fault> {
        self.lock().pop_front()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
