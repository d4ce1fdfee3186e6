//! The client: one place to send to, one identity, any number of calls.

mod builder;
mod collect;
mod exchange;
mod identity;
mod progress;
mod run;
mod scratch;
mod shared;

use std::fmt;
use std::io;
use std::time::Duration;

pub use builder::Builder;
use collect::Collector;
use identity::Identity;
pub use progress::Progress;
use run::unix_now;
use scf_invoke_core::attempt::RetryPolicy;
use scf_invoke_core::call::Call;
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::{Language, SignedRequest, Signing};
use scf_invoke_core::sign::tc3::Method;
use shared::Shared;

use crate::{ConfigurationError, Connector, Endpoint, Error, Reply, Timeouts};

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
/// let client = scf_invoke::Client::from_env("ap-guangzhou")?;
/// let reply = client.invoke("hello", r#"{"name":"world"}"#)?;
/// println!("{}", reply.result_text());
/// # Ok::<(), scf_invoke::Error>(())
/// ```
pub struct Client {
    region: String,
    identity: Identity,
    host: String,
    connector: Connector,
    timeouts: Timeouts,
    retry: RetryPolicy,
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
        self.identity.current().is_ok_and(|identity| identity.token().is_some())
    }

    /// Runs the function of that name with an event, which is JSON, and waits
    /// for its result.
    ///
    /// # Errors
    /// [`Error`]; a function that failed is one too.
    pub fn invoke<'p>(
        &self,
        function_name: &str,
        event: impl Into<Event<'p>>,
    ) -> Result<Reply, Error> {
        self.call(&Invocation::new(function_name), event)
    }

    /// Runs a function, with all the parameters there are.
    ///
    /// ```
    /// # let emulator = scf_emulator::Emulator::builder()
    /// #     .function("hello", |event| Ok(event.json())).start().unwrap();
    /// # let credential = emulator.credential();
    /// # let client = scf_invoke::Client::builder()
    /// #     .region("ap-guangzhou")
    /// #     .credentials(scf_invoke::Credentials::new(
    /// #         credential.secret_id(), credential.secret_key(), None)?)
    /// #     .endpoint(emulator.url().parse()?)
    /// #     .build()?;
    /// use scf_invoke::{Invocation, LogType, Event};
    ///
    /// let hello = Invocation::new("hello").qualifier("$LATEST").log_type(LogType::Tail);
    /// let reply = client.call(&hello, Event::none())?;
    /// println!("{}", reply.log().unwrap_or_default());
    /// # Ok::<(), scf_invoke::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error`]; a function that failed is one too.
    pub fn call<'p>(
        &self,
        invocation: &Invocation<'_>,
        event: impl Into<Event<'p>>,
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
        event: impl Into<Event<'p>>,
        writer: &mut (dyn io::Write + Send),
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
        event: impl Into<Event<'p>>,
        timestamp: Option<u64>,
        writer: &mut dyn io::Write,
    ) -> Result<(), Error> {
        let timestamp = timestamp.unwrap_or_else(|| self.shared.clock().now(unix_now()));
        let identity = self.identity.current()?;
        let known = self.shared.day_key(identity.credentials());
        let mut signer = identity.signer(known).map_err(ConfigurationError::Identity)?;
        let settings = self.settings();
        let mut payload = event.into();
        let mut scratch = self.shared.take_scratch();
        let mut request = SignedRequest::new(
            &settings,
            invocation,
            payload.reborrow(),
            &mut signer,
            timestamp,
            scratch.bytes(),
        )?;
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

    fn observe(&self, progress: Progress) {
        if let Some(observer) = &self.observer {
            observer(progress);
        }
    }
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
