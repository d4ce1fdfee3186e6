//! A bound on the requests in a second, which all calls that share it hold.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Lets the requests of many calls through, evenly spaced.
///
/// Every attempt counts, since the service counts them all. Where it says that
/// there are too many, all calls wait. A client's `map` has one of its own.
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
    /// The turn that is free.
    next: Option<Instant>,
    /// The end of the last pause. Turns before it are void.
    paused_until: Option<Instant>,
}

/// The moment at which one request may be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn(Instant);

impl RateLimiter {
    /// Returns a limiter of so many requests in a second; at least one.
    pub fn new(rate: u32) -> Self {
        let interval = Duration::from_secs(1) / rate.max(1);
        Self { interval, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next free turn. Timers are too coarse for many requests in a
    /// second, so turns are given away before they come.
    pub(crate) fn turn(&self) -> Turn {
        let mut state = self.state();
        let now = Instant::now();
        let turn = state.next.map_or(now, |next| next.max(now));
        state.next = turn.checked_add(self.interval);
        Turn(turn)
    }

    /// Returns the wait until the turn; `None` where it has come. A turn that a
    /// pause has voided becomes a new one.
    pub(crate) fn wait(&self, turn: &mut Turn) -> Option<Duration> {
        if self.state().paused_until.is_some_and(|until| turn.0 < until) {
            *turn = self.turn();
        }
        let wait = turn.0.saturating_duration_since(Instant::now());
        (!wait.is_zero()).then_some(wait)
    }

    /// Lets nothing through for that time: the service has said that it is too
    /// much, to whichever call it was.
    pub(crate) fn pause(&self, wait: Duration) {
        let mut state = self.state();
        let until = Instant::now().checked_add(wait);
        state.paused_until = state.paused_until.max(until);
        state.next = state.next.max(state.paused_until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_spaced_evenly() {
        let limiter = RateLimiter::new(10);
        let first = limiter.turn();
        assert_eq!(limiter.wait(&mut { first }), None);
        for number in 1..=3 {
            let turn = limiter.turn();
            // Turns do not depend on when they are asked for, but are not made up
            // for either.
            assert!(turn.0 - first.0 >= number * Duration::from_millis(100));
        }
    }

    #[test]
    fn turns_are_given_away_before_they_come() {
        let limiter = RateLimiter::new(1);
        let turns = [limiter.turn(), limiter.turn(), limiter.turn()];
        assert_eq!(turns[2].0 - turns[1].0, Duration::from_secs(1));
    }

    #[test]
    fn a_pause_holds_for_all_and_voids_their_turns() {
        let limiter = RateLimiter::new(1_000_000);
        let mut turns = [limiter.turn(), limiter.turn()];
        limiter.pause(Duration::from_secs(60));
        // A shorter one does not end it.
        limiter.pause(Duration::from_secs(1));
        for turn in &mut turns {
            assert!(limiter.wait(turn).unwrap() > Duration::from_secs(50));
        }
        assert!(limiter.wait(&mut limiter.turn()).unwrap() > Duration::from_secs(50));
        assert!(turns[1].0 > turns[0].0);
    }
}
