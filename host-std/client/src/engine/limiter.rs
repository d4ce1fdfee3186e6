//! A bound on the requests in a second, which all calls that share it hold.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets the requests of many calls through, evenly spaced.
///
/// Every attempt counts, since the service counts them all. Where it says that
/// there are too many, all calls wait. `AsyncClient::map` has one of its own.
///
/// ```no_run
/// use std::sync::Arc;
///
/// let client = scf_invoke::Client::from_env("ap-guangzhou")?;
/// let limiter = Arc::new(scf_invoke::RateLimiter::new(100));
/// for number in 0..10_000 {
///     client.call("resize").event(number.to_string()).rate_limiter(&limiter).send()?;
/// }
/// # Ok::<(), scf_invoke::Error>(())
/// ```
#[derive(Debug)]
pub struct RateLimiter {
    /// The time between two requests.
    interval: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The moment of the next request.
    next: Option<Instant>,
}

impl RateLimiter {
    /// Returns a limiter of so many requests in a second; at least one.
    pub fn new(rate: u32) -> Self {
        let interval = Duration::from_secs(1) / rate.max(1);
        Self { interval, state: Mutex::default() }
    }

    /// Takes the next turn, and returns the wait until it, or else `None`.
    ///
    /// While the turn has not come, ask again after the wait.
    pub(crate) fn next(&self) -> Option<Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match state.next {
            Some(next) if next > now => Some(next - now),
            _ => {
                state.next = now.checked_add(self.interval);
                None
            }
        }
    }

    /// Lets nothing through for that time: the service has said that it is too
    /// much, to whichever call it was.
    pub(crate) fn pause(&self, wait: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now().checked_add(wait);
        state.next = state.next.max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_spaced_evenly() {
        let limiter = RateLimiter::new(10);
        assert_eq!(limiter.next(), None);
        let wait = limiter.next().unwrap();
        assert!(wait <= Duration::from_millis(100), "{wait:?}");
    }

    #[test]
    fn a_pause_holds_for_all() {
        let limiter = RateLimiter::new(1_000_000);
        limiter.pause(Duration::from_secs(60));
        assert!(limiter.next().unwrap() > Duration::from_secs(50));
        // A shorter one does not end it.
        limiter.pause(Duration::from_secs(1));
        assert!(limiter.next().unwrap() > Duration::from_secs(50));
    }
}
