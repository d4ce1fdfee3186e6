//! A call from its first attempt to its last.

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scf_invoke_core::attempt::{AttemptEnd, Attempts, Next, Received, RetryPolicy};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::error::Delivery;
use scf_invoke_core::reply::{ReplyParts, TextField};
use scf_invoke_core::request::SignedRequest;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;

use super::cancel::Running;
use super::collect::Collector;
use super::hook::InProgress;
use super::response::{call_error, reply};
use super::shared::Shared;
use super::{
    Calls, Canceller, Carrier, Config, Identity, Interrupt, Passing, Progress, RateLimiter,
    ResponseHead, Route, SigningIdentity,
};
use crate::{
    ConfigurationError, Credentials, Deadline, Error, RelayError, Reply, Step, StreamError,
    StreamErrorKind,
};

/// A client without its I/O.
pub(crate) struct Engine<C> {
    pub(crate) config: Config,
    pub(crate) identity: Identity,
    pub(crate) carrier: C,
    pub(crate) calls: Calls,
    pub(super) shared: Shared,
}

/// The options of one call; without them, those of the client hold.
#[derive(Clone, Default)]
pub(crate) struct Options<'a> {
    pub(super) region: Option<Cow<'a, str>>,
    pub(super) timeout: Option<Duration>,
    pub(super) credentials: Option<Arc<Credentials>>,
    pub(super) retry: Option<RetryPolicy>,
    pub(super) limiter: Option<Arc<RateLimiter>>,
    pub(super) canceller: Option<Canceller>,
    pub(super) trace_id: Option<&'a str>,
}

/// The state of a call from attempt to attempt.
struct State<'e> {
    attempts: Attempts,
    deadline: Deadline,
    /// `true` where no idle connection is to be used.
    afresh: bool,
    route: &'e Route,
    routes_tried: usize,
    /// The credentials that the last was signed with, unless by a day key.
    credentials: Option<Arc<Credentials>>,
    progress: InProgress<'e>,
}

/// The result of an attempt, and what is next.
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

impl<C: Carrier> Engine<C> {
    pub(crate) fn new(config: Config, identity: Identity, carrier: C) -> Self {
        Self { config, identity, carrier, calls: Calls::default(), shared: Shared::default() }
    }

    /// Returns when a call with these options ends that starts now.
    pub(crate) fn deadline(&self, options: &Options<'_>) -> Deadline {
        match options.timeout {
            Some(timeout) => Deadline::after(timeout),
            None => self.config.timeouts.start(),
        }
    }

    pub(crate) fn reply_limit(&self) -> usize {
        self.config.reply_limit
    }

    /// Writes the request of the first attempt, and sends nothing.
    pub(crate) fn write_request(
        &self,
        invocation: &Invocation<'_>,
        mut event: Event<'_>,
        options: &Options<'_>,
        timestamp: Option<u64>,
        writer: &mut dyn io::Write,
    ) -> Result<(), Error> {
        let region = options.region.as_deref().unwrap_or(&self.config.region);
        let route = self.route(self.shared.route());
        let settings = self.config.settings(route, region, options.trace_id);
        let identity = match &options.credentials {
            Some(given) => SigningIdentity::Secret(Arc::clone(given)),
            None => self.identity.current()?,
        };
        let timestamp = timestamp.unwrap_or_else(|| self.shared.clock().now(unix_now()));
        let known = self.shared.day_key(identity.credentials());
        let mut signer = identity.signer(known).map_err(ConfigurationError::Identity)?;
        let mut scratch = self.shared.take_scratch();
        let buffer = scratch.bytes();
        let event = event.reborrow();
        let mut request =
            SignedRequest::new(&settings, invocation, event, &mut signer, timestamp, buffer)?;
        let mut parts = ReplyParts::new();
        let mut call = Call::new(&mut request, &mut parts, None);
        loop {
            let piece = call.transmit()?;
            if piece.is_empty() {
                return Ok(());
            }
            writer.write_all(piece).map_err(Error::Writer)?;
        }
    }

    /// Makes attempts until one has a reply, or none is worth another.
    pub(crate) async fn run(
        &self,
        invocation: &Invocation<'_>,
        mut event: Event<'_>,
        options: &Options<'_>,
        deadline: Deadline,
        mut collector: Collector<'_>,
    ) -> Result<Reply, Error> {
        let region = options.region.as_deref().unwrap_or(&self.config.region);
        let hooks = &self.config.hooks;
        let progress = InProgress::new(hooks, invocation.function_name(), region, options.trace_id);
        let canceller = options.canceller.as_ref();
        let Some(running) = Running::begin(progress.info.id, &self.calls, canceller) else {
            let result = Err(Error::Closed);
            progress.end(&result);
            return result;
        };
        let interrupt = &*running.interrupt;
        // Of the last attempt that was followed by another.
        let mut delivery = Delivery::NotSent;
        let mut state = State {
            attempts: Attempts::new(options.retry.unwrap_or(self.config.retry)),
            deadline,
            afresh: self.config.keep_alive.is_zero(),
            route: self.route(self.shared.route()),
            routes_tried: 1,
            credentials: None,
            progress,
        };
        let result = loop {
            if let Some(limiter) = &options.limiter {
                self.carrier.pace(limiter, interrupt).await;
            }
            if interrupt.is_set() {
                break Err(Error::Cancelled { delivery });
            }
            let tried = {
                let attempt = self.attempt(
                    invocation,
                    &mut event,
                    options,
                    &mut collector,
                    &mut state,
                    interrupt,
                );
                self.carrier.unless(interrupt, pin!(attempt)).await
            };
            let Some(tried) = tried else {
                break Err(Error::Cancelled { delivery: state.progress.delivery() });
            };
            let Ended { result, next } = tried.unwrap_or_else(Ended::from);
            let error = match (&result, next) {
                (Ok(_), _) | (_, Next::Done) => break result,
                (Err(error), _) => error,
            };
            delivery = error.delivery();
            if interrupt.is_set() {
                break Err(Error::Cancelled { delivery });
            }
            let wait = match next {
                _ if self.changes_route(error, &mut state) => Duration::ZERO,
                Next::Done | Next::GiveUp => break result,
                Next::AgainWithNewCredentials => match &state.credentials {
                    Some(rejected)
                        if options.credentials.is_none() && self.identity.renew(rejected) =>
                    {
                        Duration::ZERO
                    }
                    _ => break result,
                },
                Next::AgainOnNewConnection => {
                    state.afresh = true;
                    Duration::ZERO
                }
                Next::AgainNow => Duration::ZERO,
                Next::AgainAfter(wait_ms) => Duration::from_millis(wait_ms.into()),
            };
            if deadline.remaining().is_some_and(|left| left <= wait) {
                break result;
            }
            state.progress.again(error, state.attempts.number(), wait);
            match &options.limiter {
                // A rate limit of the service holds for all calls.
                Some(limiter) if delivery == Delivery::Refused => limiter.pause(wait),
                _ if wait.is_zero() => {}
                _ => self.carrier.sleep(wait, interrupt).await,
            }
            collector.restart();
        };
        state.progress.end(&result);
        result
    }

    /// Makes one attempt, and decides what comes after it.
    async fn attempt(
        &self,
        invocation: &Invocation<'_>,
        event: &mut Event<'_>,
        options: &Options<'_>,
        collector: &mut Collector<'_>,
        state: &mut State<'_>,
        interrupt: &Interrupt,
    ) -> Result<Ended, Error> {
        let identity = match &options.credentials {
            Some(given) => SigningIdentity::Secret(Arc::clone(given)),
            None => self.carrier.identity(&self.identity).await?,
        };
        state.credentials = identity.credentials().cloned();
        let local = unix_now();
        let signed = self.shared.clock().now(local);
        let known = self.shared.day_key(identity.credentials());
        let mut signer = identity.signer(known).map_err(ConfigurationError::Identity)?;
        let region = state.progress.info.region;
        let settings = self.config.settings(state.route, region, options.trace_id);
        let has_writer = collector.has_writer();
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
        let mut stream = match self.connection(state).await {
            Ok(stream) => stream,
            Err(error) => {
                let end = AttemptEnd::new(error.received(), false);
                let next = self.shared.end(&mut state.attempts, &end, random()).next;
                let result = Err(Error::from_stream(error, Delivery::NotSent));
                return Ok(Ended { result, next });
            }
        };

        let mut parts = ReplyParts::new();
        let mut call = Call::new(&mut request, &mut parts, Some(&mut *collector));
        state.progress.progress(Progress::Sending);
        let mut head = ResponseHead::default();
        let on_passing = |passing: Passing<'_>| state.progress.passing(&passing);
        let exchanged = C::exchange(&mut stream, &mut call, &mut head, interrupt, on_passing).await;
        let received = match &exchanged {
            // The error of the connection knows whether another would help.
            Err(ExchangeError::Transport(error)) if error.received() == Received::Stopped => {
                Received::Stopped
            }
            exchanged => call.classify(exchanged),
        };
        let relay = match received {
            Received::ApiError { has_result: false, .. } => head.relay(call.retry_after()),
            _ => None,
        };
        let (received, sent) = relay.unwrap_or((received, call.is_sent()));
        let end = AttemptEnd {
            reused: state.progress.reused,
            consumed: has_writer && call.layout().has(TextField::Result),
            local,
            signed,
            server_time: call.server_time(),
            retry_after: call.retry_after(),
            ..AttemptEnd::new(received, sent)
        };
        let outcome = self.shared.end(&mut state.attempts, &end, random());
        let retry = received.retry(outcome.delivery);
        let keep = exchanged.is_ok() && call.keep_alive();
        let finished = call.finish(exchanged);
        if keep && !self.config.keep_alive.is_zero() {
            self.carrier.keep_idle(state.route, stream);
        }
        self.shared.keep_scratch(scratch, self.config.idle_connections);
        let result = match finished {
            Ok(()) => reply(&parts, collector),
            Err(error) => match call_error(error, collector, self.config.reply_limit) {
                Error::Api(error) if relay.is_some() => {
                    let error = RelayError::new(*error, outcome.delivery, retry);
                    Err(Error::Relay(Box::new(error)))
                }
                error => Err(error),
            },
        };
        Ok(Ended { result, next: outcome.next })
    }

    /// Returns an idle connection, or a new one.
    async fn connection(&self, state: &mut State<'_>) -> Result<C::Stream, StreamError> {
        let idle = match state.afresh {
            true => None,
            false => self.carrier.take_idle(state.route, state.deadline),
        };
        state.progress.reused = idle.is_some();
        if let Some(stream) = idle {
            return Ok(stream);
        }
        state.progress.progress(Progress::Connecting);
        let progress = &state.progress;
        let on_tls = || progress.progress(Progress::Securing);
        let stream = self.carrier.connect(state.route, state.deadline, on_tls).await?;
        if state.routes_tried > 1 {
            self.shared.prefer(state.route.index);
        }
        Ok(stream)
    }

    pub(crate) fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("region", &self.config.region)
            .field("identity", &self.identity)
            .field("endpoint", self.config.endpoint())
            .field("host", &self.config.host())
            .finish_non_exhaustive()
    }

    pub(super) fn route(&self, index: usize) -> &Route {
        // There is at least one, and every index is one of them.
        &self.config.routes[index % self.config.routes.len()]
    }

    /// Takes the next route, if there is one and this one led nowhere: then
    /// nothing of the request was sent.
    fn changes_route<'e>(&'e self, error: &Error, state: &mut State<'e>) -> bool {
        let nowhere = match error {
            Error::Network { error, delivery: Delivery::NotSent }
            | Error::Timeout { error, delivery: Delivery::NotSent } => {
                error.step() == Step::Connect && error.kind() != StreamErrorKind::CallTimeout
            }
            _ => false,
        };
        if !nowhere || state.routes_tried >= self.config.routes.len() {
            return false;
        }
        state.routes_tried += 1;
        state.route = self.route(state.route.index + 1);
        true
    }
}

pub(super) fn unix_now() -> u64 {
    // A clock before 1970 is as wrong as one at 1970.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Returns a number that differs between threads and calls; no secret depends
/// on it.
pub(super) fn random() -> u32 {
    RandomState::new().build_hasher().finish() as u32
}
