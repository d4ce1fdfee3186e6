//! The client: one place to send to, one identity, any number of calls.

mod builder;
mod collect;
mod exchange;
mod identity;
mod progress;
mod shared;

use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use builder::Builder;
use collect::{Collector, Problem};
use identity::Identity;
pub use progress::Progress;
use scf_core::call::{Call, Completed};
use scf_core::error::{Delivery, Error as CoreError, ProtocolError};
use scf_core::invocation::Invocation;
use scf_core::payload::Payload;
use scf_core::reply::Outcome;
use scf_core::request::{Language, Signing};
use scf_core::retry::{Policy, Retry};
use scf_core::tc3::Method;
use shared::Shared;
use zeroize::Zeroize;

use crate::{ConfigurationError, Connector, Deadline, Endpoint, Error, FunctionError, Reply};
use crate::{StreamError, Timeouts};

/// As much as one write, and one TLS record, carries.
const BUFFER: usize = 16 << 10;

/// A difference between the clocks that is no cause of a refusal, in seconds.
const CLOCK_TOLERANCE: u64 = 60;

type Observer = Box<dyn Fn(Progress) + Send + Sync>;

/// Runs functions.
///
/// It is made once and shared: calls may be made from many threads at a time.
/// Between calls it keeps connections open, remembers the day's signing key,
/// and corrects its clock by the server's.
///
/// A request is repeated only if it surely was not executed: it did not leave
/// whole, or the service refused it. Everything else is the caller's to judge,
/// by [`Error::delivery`].
///
/// ```no_run
/// let client = scf_std::Client::from_env("ap-guangzhou")?;
/// let reply = client.invoke("hello", r#"{"name":"world"}"#)?;
/// println!("{}", reply.result());
/// # Ok::<(), scf_std::Error>(())
/// ```
pub struct Client {
    region: String,
    identity: Identity,
    host: String,
    connector: Connector,
    timeouts: Timeouts,
    retry: Policy,
    method: Method,
    signing: Signing,
    language: Option<Language>,
    request_client: Option<String>,
    keep_alive: Duration,
    idle_connections: usize,
    reply_limit: usize,
    observer: Option<Observer>,
    shared: Shared,
}

impl Client {
    /// A client for a region, with credentials from the [usual
    /// places](crate::credential).
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn from_env(region: impl Into<String>) -> Result<Self, Error> {
        Self::builder().region(region).build()
    }

    /// The settings, to be changed and built.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Where requests are sent.
    pub fn endpoint(&self) -> &Endpoint {
        self.connector.endpoint()
    }

    /// The host that is signed.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether requests carry the token of temporary credentials.
    pub fn has_token(&self) -> bool {
        self.identity.has_token()
    }

    /// Runs the function of that name with an event, which is JSON, and waits
    /// for its result.
    ///
    /// # Errors
    /// [`Error`]; a function that failed is one too.
    pub fn invoke<'p>(
        &self,
        function_name: &str,
        event: impl Into<Payload<'p>>,
    ) -> Result<Reply, Error> {
        self.call(&Invocation::new(function_name), event)
    }

    /// Runs a function, with all the parameters there are.
    ///
    /// ```
    /// # let emulator = scf_emulator::Emulator::builder()
    /// #     .function("hello", |event| Ok(event.json())).start().unwrap();
    /// # let credential = emulator.credential();
    /// # let client = scf_std::Client::builder()
    /// #     .region("ap-guangzhou")
    /// #     .credentials(scf_std::Credentials::new(
    /// #         credential.secret_id(), credential.secret_key(), None)?)
    /// #     .endpoint(emulator.url().parse()?)
    /// #     .build()?;
    /// use scf_std::{Invocation, LogType, Payload};
    ///
    /// let hello = Invocation::new("hello").qualifier("$LATEST").log_type(LogType::Tail);
    /// let reply = client.call(&hello, Payload::none())?;
    /// println!("{}", reply.log().unwrap_or_default());
    /// # Ok::<(), scf_std::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error`]; a function that failed is one too.
    pub fn call<'p>(
        &self,
        invocation: &Invocation<'_>,
        event: impl Into<Payload<'p>>,
    ) -> Result<Reply, Error> {
        self.run(invocation, event.into(), Collector::new(None, self.reply_limit))
    }

    /// Runs a function and writes its result to `writer` while it arrives, so
    /// that no memory grows with it. The reply then has all but the result.
    ///
    /// What a function that failed left in place of a result is written as
    /// well: only the end of the answer tells which it was.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Writer`] is the writer's own.
    pub fn call_to_writer<'p>(
        &self,
        invocation: &Invocation<'_>,
        event: impl Into<Payload<'p>>,
        writer: &mut dyn io::Write,
    ) -> Result<Reply, Error> {
        self.run(invocation, event.into(), Collector::new(Some(writer), self.reply_limit))
    }

    /// Writes the HTTP request that a call would send, byte for byte, and
    /// sends nothing. With a `timestamp`, in unix seconds, it is always the
    /// same, version 1 with its nonce aside.
    ///
    /// It carries the signature and the session token, but no secret key.
    ///
    /// # Errors
    /// [`Error::Request`], or [`Error::Writer`].
    pub fn write_request<'p>(
        &self,
        invocation: &Invocation<'_>,
        event: impl Into<Payload<'p>>,
        timestamp: Option<u64>,
        writer: &mut dyn io::Write,
    ) -> Result<(), Error> {
        let (clock, known) = self.shared.signing();
        let timestamp = timestamp.unwrap_or_else(|| clock.now(unix_now()));
        let mut signer = self.identity.signer(known).map_err(ConfigurationError::Identity)?;
        let settings = self.settings();
        let mut payload = event.into();
        let mut buffer = Scratch { bytes: [0; BUFFER], wipe: self.identity.has_token() };
        let mut call = Call::new(
            &settings,
            invocation,
            payload.reborrow(),
            &mut signer,
            timestamp,
            &mut buffer.bytes,
            None,
        )?;
        loop {
            let piece = call.transmit()?;
            if piece.is_empty() {
                return Ok(());
            }
            writer.write_all(piece).map_err(Error::Writer)?;
        }
    }

    /// Makes attempts until one has an answer, or none is worth another.
    fn run(
        &self,
        invocation: &Invocation<'_>,
        mut payload: Payload<'_>,
        mut collector: Collector<'_>,
    ) -> Result<Reply, Error> {
        let deadline = self.timeouts.start();
        let mut attempt = 1;
        let mut corrected = false;
        let mut fresh = self.keep_alive.is_zero();
        loop {
            let failed =
                match self.attempt(invocation, &mut payload, &mut collector, deadline, fresh) {
                    Ok(completed) => return finish(completed, collector),
                    Err(failed) => failed,
                };
            // What the writer has cannot be taken back.
            if collector.wrote || collector.problem.is_some() {
                return Err(failed.error);
            }
            collector.restart();
            let not_sent = failed.error.delivery() == Delivery::NotSent;
            if failed.reused && not_sent && matches!(failed.error, Error::Network { .. }) {
                // The server had closed a connection that seemed open. That
                // says nothing of the server itself: no reason to wait.
                fresh = true;
                continue;
            }
            let wait = match failed.error.retry() {
                Retry::AfterClockCorrection if !corrected && self.correct(&failed) => {
                    corrected = true;
                    Duration::ZERO
                }
                retry => match self.retry.wait_ms(retry, attempt, random()) {
                    Some(wait) => Duration::from_millis(wait.into()),
                    None => return Err(failed.error),
                },
            };
            if deadline.remaining().is_some_and(|left| left <= wait) {
                return Err(failed.error);
            }
            if !wait.is_zero() {
                attempt += 1;
                self.observe(Progress::Retrying { attempt, wait });
                thread::sleep(wait);
            }
        }
    }

    /// Makes one request.
    fn attempt(
        &self,
        invocation: &Invocation<'_>,
        payload: &mut Payload<'_>,
        collector: &mut Collector<'_>,
        deadline: Deadline,
        fresh: bool,
    ) -> Result<Completed, Failed> {
        let (clock, known) = self.shared.signing();
        let local = unix_now();
        let signed = clock.now(local);
        let mut failed = Failed {
            error: Error::ReplyTooLarge { limit: self.reply_limit },
            reused: false,
            local,
            signed,
        };
        let fail = |failed: Failed, error| Err(Failed { error, ..failed });

        let settings = self.settings();
        let mut buffer = Scratch { bytes: [0; BUFFER], wipe: self.identity.has_token() };
        let stopped = Cell::new(false);
        let mut sink = collector.sink(&stopped);
        let mut signer = match self.identity.signer(known) {
            Ok(signer) => signer,
            Err(error) => return fail(failed, ConfigurationError::Identity(error).into()),
        };
        let prepared = Call::new(
            &settings,
            invocation,
            payload.reborrow(),
            &mut signer,
            signed,
            &mut buffer.bytes,
            Some(&mut sink),
        );
        let mut call = match prepared {
            Ok(call) => call,
            Err(error) => return fail(failed, error.into()),
        };
        if let Some(key) = signer.day_key() {
            self.shared.remember(key);
        }

        let idle = if fresh { None } else { self.shared.take_idle(self.keep_alive, deadline) };
        failed.reused = idle.is_some();
        let mut stream = match idle {
            Some(stream) => stream,
            None => {
                self.observe(Progress::Connecting);
                match self.connector.connect(deadline) {
                    Ok(stream) => stream,
                    Err(error) => {
                        return fail(failed, Error::from_stream(error, Delivery::NotSent));
                    }
                }
            }
        };
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
        outcome.map_err(|error| {
            failed.error = self.told(error, collector);
            failed
        })
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

    /// Takes over the server's time; whether the refused request was signed
    /// by another. A call beside this one may have learnt it first.
    fn correct(&self, failed: &Failed) -> bool {
        let Error::Api(error) = &failed.error else {
            return false;
        };
        let Some(server) = error.server_time() else {
            return false;
        };
        let clock = self.shared.learn(failed.local, server);
        clock.now(failed.local).abs_diff(failed.signed) > CLOCK_TOLERANCE
    }

    fn observe(&self, progress: Progress) {
        if let Some(observer) = &self.observer {
            observer(progress);
        }
    }
}

/// An attempt that failed, and what decides about another.
struct Failed {
    error: Error,
    reused: bool,
    local: u64,
    signed: u64,
}

/// The buffer of one exchange. It holds the session token for a moment.
struct Scratch {
    bytes: [u8; BUFFER],
    wipe: bool,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.wipe {
            self.bytes.zeroize();
        }
    }
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
    let reply = Reply { fields: reply.fields().clone(), result, log };
    if failed { Err(Error::Function(Box::new(FunctionError::new(reply)))) } else { Ok(reply) }
}

fn unix_now() -> u64 {
    // A clock before 1970 is as wrong as one at 1970.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A number that differs between threads and calls; no secret depends on it.
fn random() -> u32 {
    RandomState::new().build_hasher().finish() as u32
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("region", &self.region)
            .field("identity", &self.identity)
            .field("endpoint", self.endpoint())
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}
