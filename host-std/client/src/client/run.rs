//! A call from its first attempt to its last.

use std::cell::Cell;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scf_invoke_core::attempt::retry::Retry;
use scf_invoke_core::call::{Call, Completed};
use scf_invoke_core::error::{Delivery, Error as CoreError, ProtocolError};
use scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke_core::reply::{Answer, Outcome};
use scf_invoke_core::request::SignedRequest;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;

use super::collect::{Collector, Problem};
use super::{Client, Progress, exchange};
use crate::{
    ConfigurationError, Credentials, Deadline, Error, FunctionError, Reply, Stream, StreamError,
};

/// A difference between the clocks that is no cause of a refusal, in seconds.
const CLOCK_TOLERANCE: u64 = 60;

impl Client {
    /// Makes attempts until one has an answer, or none is worth another.
    pub(super) fn run(
        &self,
        invocation: &Invocation<'_>,
        mut payload: Event<'_>,
        mut collector: Collector<'_>,
    ) -> Result<Reply, Error> {
        let deadline = self.timeouts.start();
        let mut attempt = 1;
        let (mut corrected, mut renewed) = (false, false);
        let mut made = Attempt { afresh: self.keep_alive.is_zero(), ..Attempt::default() };
        loop {
            let tried = self.attempt(invocation, &mut payload, &mut collector, deadline, &mut made);
            let error = match tried {
                Ok(completed) => return finish(completed, collector),
                Err(error) => error,
            };
            // What the writer has cannot be taken back.
            if collector.wrote {
                return Err(error);
            }
            collector.restart();
            if made.reused && matches!(error, Error::Network { delivery: Delivery::NotSent, .. }) {
                // The server had closed a connection that seemed open. That
                // says nothing of the server itself: no reason to wait.
                made.afresh = true;
                continue;
            }
            if !renewed && self.renew(&error, &made) {
                renewed = true;
                continue;
            }
            let wait = match error.retry() {
                Retry::AfterClockCorrection if !corrected && self.correct(&error, &made) => {
                    corrected = true;
                    Duration::ZERO
                }
                retry => match self.retry.wait_ms(retry, attempt, random()) {
                    Some(wait) => {
                        attempt += 1;
                        Duration::from_millis(wait.into())
                    }
                    None => return Err(error),
                },
            };
            if deadline.remaining().is_some_and(|left| left <= wait) {
                return Err(error);
            }
            if !wait.is_zero() {
                self.observe(Progress::Retrying { attempt, wait });
                thread::sleep(wait);
            }
        }
    }

    /// Makes one request. What `made` tells of it decides about another.
    fn attempt(
        &self,
        invocation: &Invocation<'_>,
        payload: &mut Event<'_>,
        collector: &mut Collector<'_>,
        deadline: Deadline,
        made: &mut Attempt,
    ) -> Result<Completed, Error> {
        made.local = unix_now();
        made.signed = self.shared.clock().now(made.local);

        let settings = self.settings();
        let stopped = Cell::new(false);
        let mut sink = collector.sink(&stopped);
        let identity = self.identity.current()?;
        made.credentials = identity.credentials().cloned();
        let known = self.shared.day_key(identity.credentials());
        let mut signer = identity.signer(known).map_err(ConfigurationError::Identity)?;
        let mut scratch = self.shared.take_scratch();
        let mut request = SignedRequest::new(
            &settings,
            invocation,
            payload.reborrow(),
            &mut signer,
            made.signed,
            scratch.bytes(),
        )?;
        let mut answer = Answer::new();
        let mut call = Call::new(&mut request, &mut answer, Some(&mut sink));
        if let (Some(credentials), Some(key)) = (identity.credentials(), signer.day_key()) {
            self.shared.remember(credentials, key);
        }

        let mut stream = self.connection(deadline, made)?;
        self.observe(Progress::Sending);
        let exchanged =
            exchange::exchange(&mut stream, &mut call, &mut || !stopped.get(), &mut || {
                self.observe(Progress::Waiting);
            });
        let keep = exchanged.is_ok() && call.keep_alive() && call.is_sent();
        let outcome = call.conclude(exchanged);
        if keep && !self.keep_alive.is_zero() {
            self.shared.keep_idle(stream, self.idle_connections);
        }
        self.shared.keep_scratch(scratch, self.idle_connections);
        outcome.map_err(|error| self.told(error, collector))
    }

    /// An idle connection, or a new one.
    fn connection(&self, deadline: Deadline, made: &mut Attempt) -> Result<Stream, Error> {
        if !made.afresh
            && let Some(stream) = self.shared.take_idle(self.keep_alive, deadline)
        {
            made.reused = true;
            return Ok(stream);
        }
        made.reused = false;
        self.observe(Progress::Connecting);
        self.connector
            .connect(deadline)
            .map_err(|error| Error::from_stream(error, Delivery::NotSent))
    }

    /// The error of an exchange; where the collector refused to go on, it
    /// knows why.
    fn told(&self, error: CoreError<StreamError>, collector: &mut Collector<'_>) -> Error {
        match collector.problem.take() {
            Some(problem) => {
                collector.wrote = true;
                match problem {
                    Problem::Limit => Error::ReplyTooLarge { limit: self.reply_limit },
                    Problem::Writer(error) => Error::Writer(error),
                }
            }
            None => {
                Error::from_core(error).unwrap_or(Error::ReplyTooLarge { limit: self.reply_limit })
            }
        }
    }

    /// Whether there are other credentials than those that the service no
    /// longer takes.
    fn renew(&self, error: &Error, made: &Attempt) -> bool {
        let Error::Api(error) = error else {
            return false;
        };
        matches!(
            error.code(),
            ErrorCode::AuthFailureTokenFailure | ErrorCode::AuthFailureSecretIdNotFound
        ) && self.identity.renew(made.credentials.as_ref())
    }

    /// Takes over the server's time; whether the refused request was signed
    /// by another. A call beside this one may have learnt it first.
    fn correct(&self, error: &Error, made: &Attempt) -> bool {
        let Error::Api(error) = error else {
            return false;
        };
        let Some(server) = error.server_time() else {
            return false;
        };
        let clock = self.shared.learn(made.local, server);
        clock.now(made.local).abs_diff(made.signed) > CLOCK_TOLERANCE
    }
}

/// How an attempt was made.
#[derive(Default)]
struct Attempt {
    /// No idle connection is to be used.
    afresh: bool,
    /// One was used.
    reused: bool,
    /// The local clock when it was signed, and the time that was signed.
    local: u64,
    signed: u64,
    /// The credentials that it was signed with, unless by a day key alone.
    credentials: Option<Arc<Credentials>>,
}

fn finish(completed: Completed, collector: Collector<'_>) -> Result<Reply, Error> {
    let utf8 = || Error::Protocol {
        error: ProtocolError::Utf8,
        excerpt: Box::default(),
        delivery: Delivery::Executed,
    };
    let reply = completed.reply(&[]).map_err(|_| utf8())?;
    let failed = reply.fields().outcome() == Outcome::FunctionFailed;
    let result = if !collector.wrote {
        String::from_utf8(collector.ret_msg).map_err(|_| utf8())?
    } else if failed {
        // What is kept may end inside of a character.
        String::from_utf8_lossy(&collector.ret_msg).into_owned()
    } else {
        String::new()
    };
    let log = match reply.log() {
        Some(_) => Some(String::from_utf8(collector.log).map_err(|_| utf8())?),
        None => None,
    };
    let reply = Reply { fields: *reply.fields(), result, log };
    if failed { Err(Error::Function(Box::new(FunctionError::new(reply)))) } else { Ok(reply) }
}

pub(super) fn unix_now() -> u64 {
    // A clock before 1970 is as wrong as one at 1970.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A number that differs between threads and calls; no secret depends on it.
pub(super) fn random() -> u32 {
    RandomState::new().build_hasher().finish() as u32
}
