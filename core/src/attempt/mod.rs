//! The end of an attempt: what it means, and what to do next.
//!
//! ```text
//!                 ┌───────────────────────── again ◄────────────────────────┐
//!                 ▼                                                         │
//! sign at Clock::now ──► exchange ──► Received ──► AttemptEnd ──► Attempts::end ──► Outcome
//!                                     what came    and what is    decides           delivery,
//!                                     back         known of it                      next
//! ```
//!
//! This is the one place that decides whether a request is made again. It does
//! no I/O and has no clock of its own: a client makes an attempt, tells how it
//! ended, and does what [`Next`] says. `core/tests/outcomes.tsv` lists every
//! end with its outcome.
//!
//! ```
//! use scf_invoke_core::attempt::{AttemptEnd, Attempts, Clock, Delivery, Next, Received, RetryPolicy};
//!
//! let mut clock = Clock::new();
//! let mut attempts = Attempts::new(RetryPolicy::default());
//! let random = 0x8000_0000;
//!
//! // The connection was lost before the whole request was sent.
//! let outcome = attempts.end(&AttemptEnd::new(Received::Lost, false), &mut clock, random);
//! assert_eq!(outcome.delivery, Delivery::NotSent);
//! assert_eq!(outcome.next, Next::AgainAfter(375));
//!
//! // And the second time afterwards: the function may run now.
//! let outcome = attempts.end(&AttemptEnd::new(Received::Lost, true), &mut clock, random);
//! assert_eq!(outcome.delivery, Delivery::Unknown);
//! assert_eq!(outcome.next, Next::GiveUp);
//! ```

mod clock;
mod delivery;
mod finish;
mod policy;
mod received;

pub use clock::Clock;
pub use delivery::Delivery;
pub(crate) use finish::CallError;
pub use policy::{Retry, RetryPolicy};
pub use received::Received;
pub(crate) use received::{api_error, foreign_retry, function_failed};

/// The end of an attempt: all that is known of it once nothing more comes.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AttemptEnd<'a> {
    /// The response, or its absence.
    pub received: Received<'a>,
    /// `true` if the whole request was sent.
    pub sent: bool,
    /// `true` if its connection had carried an exchange before.
    pub reused: bool,
    /// `true` if the caller has been given a part of the result already, which
    /// cannot be taken back.
    pub consumed: bool,
    /// The local clock when the request was signed, and the time that was
    /// signed, in unix seconds.
    pub local: u64,
    /// See `local`.
    pub signed: u64,
    /// The server's clock by the Date header, in unix seconds.
    pub server_time: Option<u64>,
    /// The wait that the Retry-After header asks for, in seconds.
    pub retry_after: Option<u32>,
}

impl<'a> AttemptEnd<'a> {
    /// Creates the end of an attempt on a new connection, with clocks unknown.
    #[must_use]
    pub const fn new(received: Received<'a>, sent: bool) -> Self {
        Self {
            received,
            sent,
            reused: false,
            consumed: false,
            local: 0,
            signed: 0,
            server_time: None,
            retry_after: None,
        }
    }
}

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Outcome {
    /// The delivery of the request.
    pub delivery: Delivery,
    /// The next step.
    pub next: Next,
}

/// The next step after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Next {
    /// Nothing: there is a reply.
    Done,
    /// Nothing: the error is final.
    GiveUp,
    /// Another attempt at once, signed by the corrected clock.
    AgainNow,
    /// Another attempt at once, on a connection that has carried none.
    AgainOnNewConnection,
    /// Another attempt with other credentials; where there are none, the error
    /// is final.
    AgainWithNewCredentials,
    /// Another attempt after so many milliseconds.
    AgainAfter(u32),
}

/// The attempts of one invocation.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Attempts {
    policy: RetryPolicy,
    /// The attempts made, without those that were repeated at once.
    made: u32,
    reconnected: bool,
    corrected: bool,
    renewed: bool,
}

impl Attempts {
    /// Creates the state before the first attempt.
    #[must_use]
    pub const fn new(policy: RetryPolicy) -> Self {
        Self { policy, made: 0, reconnected: false, corrected: false, renewed: false }
    }

    /// Returns the number of the attempt that is being made, from 1.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.made.saturating_add(1)
    }

    /// Decides what comes after an attempt.
    ///
    /// `random` is any number drawn evenly from all of `u32`. The clock is
    /// corrected where the request was refused for it.
    pub fn end(&mut self, end: &AttemptEnd<'_>, clock: &mut Clock, random: u32) -> Outcome {
        let delivery = end.received.delivery(end.sent);
        let retry = end.received.retry(delivery);
        let last = if end.received.is_reply() { Next::Done } else { Next::GiveUp };
        let again = match retry {
            _ if end.consumed => None,
            // The server had closed a connection that seemed open. That says
            // nothing of the server itself, and is no attempt that counts.
            Retry::AfterBackoff if end.reused && end.received == Received::Lost => {
                let first = !core::mem::replace(&mut self.reconnected, true);
                if first { Some(Next::AgainOnNewConnection) } else { self.wait(end, random) }
            }
            Retry::AfterBackoff => self.wait(end, random),
            retry => self.at_once(retry, end, clock),
        };
        let next = again.unwrap_or(last);
        #[cfg(feature = "log")]
        log::debug!("an attempt ended: {delivery}; next: {next:?}");
        Outcome { delivery, next }
    }

    /// Returns the next attempt that needs no wait: with other credentials, or a
    /// corrected clock.
    pub(crate) fn at_once(
        &mut self,
        retry: Retry,
        end: &AttemptEnd<'_>,
        clock: &mut Clock,
    ) -> Option<Next> {
        let again = match (retry, end.server_time) {
            (Retry::AfterClockCorrection, Some(server)) if !self.corrected => {
                self.corrected = clock.correct(end.local, end.signed, server);
                #[cfg(feature = "log")]
                if self.corrected {
                    log::info!("the clock is corrected by {} s", clock.offset());
                }
                self.corrected.then_some(Next::AgainNow)
            }
            (Retry::AfterNewCredentials, _) if !self.renewed => {
                self.renewed = true;
                Some(Next::AgainWithNewCredentials)
            }
            _ => None,
        };
        // A clock is corrected for the next call too.
        if self.policy.repeats() { again } else { None }
    }

    /// Returns another attempt after a wait, where the policy has one.
    fn wait(&mut self, end: &AttemptEnd<'_>, random: u32) -> Option<Next> {
        let drawn = self.policy.wait_ms(Retry::AfterBackoff, self.number(), random)?;
        let asked = end.retry_after.unwrap_or(0).saturating_mul(1000);
        // A server may ask for more patience than there is.
        if asked > self.policy.cap_ms {
            return None;
        }
        self.made = self.number();
        Some(Next::AgainAfter(drawn.max(asked)))
    }
}
