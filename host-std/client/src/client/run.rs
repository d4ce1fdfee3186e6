//! A call from its first attempt to its last.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scf_invoke_core::attempt::{AttemptEnd, Attempts, Next, Received};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::error::{Delivery, Error as CoreError, ProtocolError};
use scf_invoke_core::reply::{ReplyClass, ReplyParts, TextField};
use scf_invoke_core::request::SignedRequest;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;

use super::collect::{Collector, Refusal};
use super::{Client, Progress, exchange};
use crate::{
    ApiError, ConfigurationError, Credentials, Deadline, Error, FunctionError, Reply, Stream,
    StreamError,
};

/// How an attempt is made.
struct Attempt {
    /// Whether no idle connection is to be used.
    afresh: bool,
    deadline: Deadline,
    /// The credentials that it was signed with, unless by a day key alone.
    credentials: Option<Arc<Credentials>>,
}

/// What an attempt came to, and what is next.
struct Ended {
    result: Result<Reply, Error>,
    next: Next,
}

impl From<Error> for Ended {
    /// Nothing was sent, and nothing will be.
    fn from(error: Error) -> Self {
        Self { result: Err(error), next: Next::GiveUp }
    }
}

impl Client {
    /// Makes attempts until one has a reply, or none is worth another.
    pub(super) fn run(
        &self,
        invocation: &Invocation<'_>,
        mut event: Event<'_>,
        mut collector: Collector<'_>,
    ) -> Result<Reply, Error> {
        let mut attempts = Attempts::new(self.retry);
        let mut attempt = Attempt {
            afresh: self.keep_alive.is_zero(),
            deadline: self.timeouts.start(),
            credentials: None,
        };
        loop {
            let tried =
                self.attempt(invocation, &mut event, &mut collector, &mut attempts, &mut attempt);
            let Ended { result, next } = tried.unwrap_or_else(Ended::from);
            let wait = match next {
                Next::Done | Next::GiveUp => return result,
                Next::AgainWithNewCredentials
                    if !self.identity.renew(attempt.credentials.as_ref()) =>
                {
                    return result;
                }
                Next::AgainOnNewConnection => {
                    attempt.afresh = true;
                    Duration::ZERO
                }
                Next::AgainNow | Next::AgainWithNewCredentials => Duration::ZERO,
                Next::AgainAfter(wait_ms) => Duration::from_millis(wait_ms.into()),
            };
            if attempt.deadline.remaining().is_some_and(|left| left <= wait) {
                return result;
            }
            if !wait.is_zero() {
                self.observe(Progress::Retrying { attempt: attempts.number(), wait });
                thread::sleep(wait);
            }
            collector.restart();
        }
    }

    /// Makes one attempt, and decides what comes after it.
    fn attempt(
        &self,
        invocation: &Invocation<'_>,
        event: &mut Event<'_>,
        collector: &mut Collector<'_>,
        attempts: &mut Attempts,
        attempt: &mut Attempt,
    ) -> Result<Ended, Error> {
        let local = unix_now();
        let signed = self.shared.clock().now(local);

        let settings = self.settings();
        let has_writer = collector.has_writer();
        let identity = self.identity.current()?;
        attempt.credentials = identity.credentials().cloned();
        let known = self.shared.day_key(identity.credentials());
        let mut signer = identity.signer(known).map_err(ConfigurationError::Identity)?;
        let mut scratch = self.shared.take_scratch();
        let mut request = SignedRequest::new(
            &settings,
            invocation,
            event.reborrow(),
            &mut signer,
            signed,
            scratch.bytes(),
        )?;
        if let (Some(credentials), Some(key)) = (identity.credentials(), signer.day_key()) {
            self.shared.remember(credentials, key);
        }
        let (mut stream, reused) = match self.connection(attempt) {
            Ok(connection) => connection,
            Err(error) => {
                let end = AttemptEnd::new(error.received(), false);
                let next = self.shared.end(attempts, &end, random()).next;
                let result = Err(Error::from_stream(error, Delivery::NotSent));
                return Ok(Ended { result, next });
            }
        };

        let mut parts = ReplyParts::new();
        let mut call = Call::new(&mut request, &mut parts, Some(&mut *collector));
        self.observe(Progress::Sending);
        let exchanged = exchange::exchange(&mut stream, &mut call, || {
            self.observe(Progress::Waiting);
        });
        let received = match &exchanged {
            // The error of the connection knows whether another would help.
            Err(ExchangeError::Transport(error)) if error.received() == Received::Stopped => {
                Received::Stopped
            }
            exchanged => call.classify(exchanged),
        };
        let end = AttemptEnd {
            reused,
            consumed: has_writer && call.layout().has(TextField::Result),
            local,
            signed,
            server_time: call.server_time(),
            retry_after: call.retry_after(),
            ..AttemptEnd::new(received, call.is_sent())
        };
        let next = self.shared.end(attempts, &end, random()).next;
        let keep = exchanged.is_ok() && call.keep_alive();
        let finished = call.finish(exchanged);
        if keep && !self.keep_alive.is_zero() {
            self.shared.keep_idle(stream, self.idle_connections);
        }
        self.shared.keep_scratch(scratch, self.idle_connections);
        let result = match finished {
            Ok(()) => reply(&parts, collector),
            Err(error) => Err(self.error(error, collector)),
        };
        Ok(Ended { result, next })
    }

    /// An idle connection, or a new one; and whether it had been used before.
    fn connection(&self, attempt: &Attempt) -> Result<(Stream, bool), StreamError> {
        if !attempt.afresh
            && let Some(stream) = self.shared.take_idle(self.keep_alive, attempt.deadline)
        {
            return Ok((stream, true));
        }
        self.observe(Progress::Connecting);
        Ok((self.connector.connect(attempt.deadline)?, false))
    }

    /// The error of an exchange; where the collector refused to go on, it
    /// knows why.
    fn error(&self, error: CoreError<StreamError>, collector: &mut Collector<'_>) -> Error {
        match (collector.refusal.take(), error) {
            (Some(Refusal::Writer(error)), _) => Error::Writer(error),
            (_, CoreError::Request(error)) => Error::Request(error),
            (_, CoreError::Transport { error, delivery }) => Error::from_stream(error, delivery),
            (_, CoreError::Protocol { error, excerpt, delivery }) => {
                Error::Protocol { error, excerpt: Box::new(excerpt), delivery }
            }
            (_, CoreError::Api(error)) => {
                Error::Api(Box::new(ApiError::new(error, text(&mut collector.api_message))))
            }
            _ => Error::ReplyTooLarge { limit: self.reply_limit },
        }
    }
}

/// The reply of a call that has finished, or the function's failure.
fn reply(parts: &ReplyParts, collector: &mut Collector<'_>) -> Result<Reply, Error> {
    let utf8 = || Error::Protocol {
        error: ProtocolError::Utf8,
        excerpt: Box::default(),
        delivery: Delivery::Executed,
    };
    let reply = parts.reply(&[]).map_err(|_| utf8())?;
    let failed = reply.fields().class() == ReplyClass::FunctionFailed;
    let result_text = if failed {
        // What is kept may end inside of a character.
        text(&mut collector.result)
    } else if collector.has_writer() {
        String::new()
    } else {
        String::from_utf8(std::mem::take(&mut collector.result)).map_err(|_| utf8())?
    };
    let log = reply.log().map(|_| text(&mut collector.log));
    let reply = Reply { fields: *reply.fields(), result_text, log };
    if failed {
        let message = text(&mut collector.function_message);
        return Err(Error::Function(Box::new(FunctionError::new(reply, message))));
    }
    Ok(reply)
}

/// Takes a text; what is not UTF-8 in it is replaced.
fn text(bytes: &mut Vec<u8>) -> String {
    String::from_utf8(std::mem::take(bytes))
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

pub(super) fn unix_now() -> u64 {
    // A clock before 1970 is as wrong as one at 1970.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A number that differs between threads and calls; no secret depends on it.
pub(super) fn random() -> u32 {
    RandomState::new().build_hasher().finish() as u32
}
