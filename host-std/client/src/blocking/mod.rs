//! The blocking client, over the sockets of std.

mod exchange;
mod map;
mod query;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use scf_invoke_core::call::{Call as CoreCall, ExchangeError};
use scf_invoke_core::request::invocation::Invocation;

use crate::engine::{
    Accepted, Call, CallEvent, Carrier, ClientBuilder, Collector, Engine, Identity, Interrupt,
    Passing, Pool, Pooled, ResponseHead, Route, SigningIdentity,
};
use crate::{CredentialError, Deadline, Endpoint, Error, MapOptions, Reply, Stream, StreamError};
pub use map::Map;

/// Runs functions.
///
/// A clone is cheap and shares everything; calls may be made from many threads
/// at a time. Between calls a client keeps connections open, remembers the
/// day's signing key, and corrects its clock by the server's.
///
/// A request is repeated only if it surely was not executed: it did not leave
/// whole, or the service refused it. In all other cases the caller decides, by
/// [`Error::delivery`].
///
/// ```no_run
/// let client = scf_invoke::Client::from_env("ap-guangzhou")?;
/// let greeting: String = client.invoke("hello", r#"{"name":"world"}"#)?.result()?;
/// # Ok::<(), scf_invoke::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Engine<Blocking>>);

impl Client {
    pub(crate) fn new(engine: Engine<Blocking>) -> Self {
        Self(Arc::new(engine))
    }

    /// Makes a client for a region, with credentials from the [usual
    /// places](crate::credential).
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn from_env(region: impl Into<String>) -> Result<Self, Error> {
        Self::builder().region(region).build()
    }

    /// Returns the settings, to be changed and built.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Returns where requests are sent.
    pub fn endpoint(&self) -> &Endpoint {
        self.0.config.endpoint()
    }

    /// Returns the host that is signed.
    pub fn host(&self) -> &str {
        self.0.config.host()
    }

    /// Returns whether requests carry the token of temporary credentials.
    pub fn has_token(&self) -> bool {
        self.0.identity.current().is_ok_and(|identity| identity.token().is_some())
    }

    /// Runs the function of that name with an event, which is JSON, and waits
    /// for its result.
    ///
    /// # Errors
    /// [`Error`]; a function that failed is one too.
    pub fn invoke<'a>(
        &'a self,
        function_name: &'a str,
        event: impl Into<CallEvent<'a>>,
    ) -> Result<Reply, Error> {
        self.call(function_name).event(event).send()
    }

    /// Begins a call, to be put together option by option: of the function of
    /// that name, or of an [`Invocation`].
    pub fn call<'a>(&'a self, invocation: impl Into<Invocation<'a>>) -> Call<'a, Self> {
        Call::new(self, invocation.into())
    }

    /// Runs a function once for each event, so many at a time and so many in a
    /// second as the options say, each on a thread.
    ///
    /// ```no_run
    /// let client = scf_invoke::Client::from_env("ap-guangzhou")?;
    /// let events = (0..10_000).map(|number| number.to_string());
    /// for (index, result) in client.map("resize", events, Default::default()) {
    ///     println!("{index}: {}", result?.result_text());
    /// }
    /// # Ok::<(), scf_invoke::Error>(())
    /// ```
    pub fn map<I>(&self, function_name: &str, events: I, options: MapOptions) -> Map<I::IntoIter>
    where
        I: IntoIterator,
        I::Item: Into<CallEvent<'static>>,
    {
        Map::new(self.clone(), function_name, events.into_iter(), options)
    }

    /// Lets no other call begin, and waits for those in progress until the
    /// deadline; then they are cancelled. Returns how many were. All clones are
    /// closed, and so are their connections.
    ///
    /// A call that begins later is [`Error::Closed`]. One that is cancelled is
    /// [`Error::Cancelled`], and is waited for until it has ended: for no longer
    /// than it takes to connect.
    ///
    /// ```no_run
    /// use scf_invoke::Deadline;
    /// use std::time::Duration;
    ///
    /// let client = scf_invoke::Client::from_env("ap-guangzhou")?;
    /// let cancelled = client.close(Deadline::after(Duration::from_secs(30)));
    /// # Ok::<(), scf_invoke::Error>(())
    /// ```
    pub fn close(&self, deadline: Deadline) -> usize {
        let Engine { calls, carrier, .. } = &*self.0;
        calls.end();
        carrier.close_idle();
        calls.wait_until_empty(deadline);
        let cancelled = calls.interrupt();
        calls.wait_until_empty(Deadline::NEVER);
        cancelled
    }

    fn run(
        &self,
        mut call: Call<'_, Self>,
        writer: Option<&mut (dyn io::Write + Send)>,
    ) -> Result<Reply, Error> {
        call.check()?;
        let engine = &self.0;
        let collector = Collector::new(writer, engine.reply_limit());
        let deadline = engine.deadline(&call.options);
        let event = call.event.core()?;
        let run = engine.run(&call.invocation, event, &call.options, deadline, collector);
        at_once(run)
    }
}

impl<'a> Call<'a, Client> {
    /// Sends the call, and waits for the function's result.
    ///
    /// # Errors
    /// [`Error`]; a function that failed is one too.
    pub fn send(self) -> Result<Reply, Error> {
        self.client.run(self, None)
    }

    /// Sends the call, and writes the function's result to `writer` while it
    /// arrives, so that no memory grows with it. The reply then has all but the
    /// result.
    ///
    /// The error text of a function that failed is written as well: only the
    /// end of the response says whether it is a result.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Writer`] is the writer's own.
    pub fn send_to(self, writer: &mut (dyn io::Write + Send)) -> Result<Reply, Error> {
        self.client.run(self, Some(writer))
    }

    /// Queues the event, and does not wait until the function has run.
    ///
    /// # Errors
    /// [`Error`].
    pub fn queue(self) -> Result<Accepted, Error> {
        let reply = self.asynchronous().send()?;
        Ok(Accepted { reply })
    }

    /// Writes the HTTP request that the call would send, byte for byte, and
    /// sends nothing. With a `timestamp`, in unix seconds, it is always the
    /// same, version 1 with its nonce aside.
    ///
    /// It carries the signature and the session token, but no secret key.
    ///
    /// # Errors
    /// [`Error::Request`], or [`Error::Writer`].
    pub fn write_request(
        mut self,
        timestamp: Option<u64>,
        writer: &mut dyn io::Write,
    ) -> Result<(), Error> {
        self.check()?;
        let engine = &self.client.0;
        engine.write_request(&self.invocation, self.event.core()?, &self.options, timestamp, writer)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_as("Client", f)
    }
}

/// The sockets of std.
pub(crate) struct Blocking {
    pool: Pool<Stream>,
}

impl Blocking {
    pub(crate) fn new(keep_alive: Duration, idle_connections: usize) -> Self {
        Self { pool: Pool::new(keep_alive, idle_connections) }
    }
}

impl Carrier for Blocking {
    type Stream = Stream;

    fn take_idle(&self, route: &Route, deadline: Deadline) -> Option<Stream> {
        let mut stream = self.pool.take(route.index)?;
        stream.set_deadline(deadline);
        Some(stream)
    }

    async fn connect(
        &self,
        route: &Route,
        deadline: Deadline,
        on_tls: impl FnOnce(),
    ) -> Result<Stream, StreamError> {
        route.connector.connect_observed(deadline, on_tls)
    }

    async fn exchange(
        stream: &mut Stream,
        call: &mut CoreCall<'_>,
        head: &mut ResponseHead,
        interrupt: &Interrupt,
        on_passing: impl FnMut(Passing<'_>),
    ) -> Result<(), ExchangeError<StreamError>> {
        let _armed = interrupt.arm(stream.tcp());
        exchange::exchange(stream, call, head, on_passing)
    }

    fn keep_idle(&self, route: &Route, stream: Stream) {
        self.pool.keep(route.index, stream);
    }

    fn close_idle(&self) {
        self.pool.close();
    }

    async fn sleep(&self, wait: Duration, interrupt: &Interrupt) {
        interrupt.sleep(wait);
    }

    async fn unless<T>(&self, _: &Interrupt, act: impl Future<Output = T>) -> Option<T> {
        Some(act.await)
    }

    async fn identity<'i>(
        &self,
        identity: &'i Identity,
    ) -> Result<SigningIdentity<'i>, CredentialError> {
        identity.current()
    }
}

impl Pooled for Stream {
    fn is_reusable(&mut self) -> bool {
        Stream::is_reusable(self)
    }

    fn idle_for(&self) -> Duration {
        Stream::idle_for(self)
    }
}

/// Returns the output of a future that never waits but by blocking.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
