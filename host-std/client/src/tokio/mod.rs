//! The asynchronous client, on tokio.

mod carrier;
mod connect;
mod map;
mod stream;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use scf_invoke_core::request::invocation::Invocation;

pub(crate) use carrier::Tokio;
pub use map::AsyncMap;

use crate::engine::{Accepted, Call, CallEvent, Carrier, ClientBuilder, Collector, Engine};
use crate::{Deadline, Endpoint, Error, MapOptions, Reply};

/// Runs functions, on tokio: [`Client`](crate::Client) without its threads.
///
/// A clone is cheap and shares everything. Any number of calls may be in
/// progress at once, each as a future that can be sent between threads. A
/// future that is dropped cancels its call: the connection is closed, and a
/// [`Hook`](crate::Hook) learns whether the function may have run.
///
/// ```no_run
/// # async fn run() -> Result<(), scf_invoke::Error> {
/// let client = scf_invoke::AsyncClient::from_env("ap-guangzhou")?;
/// let greeting: String = client.invoke("hello", r#"{"name":"world"}"#).await?.result()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AsyncClient(Arc<Engine<Tokio>>);

impl AsyncClient {
    pub(crate) fn new(engine: Engine<Tokio>) -> Self {
        Self(Arc::new(engine))
    }

    /// Makes a client for a region, with credentials from the [usual
    /// places](crate::credential).
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn from_env(region: impl Into<String>) -> Result<Self, Error> {
        Self::builder().region(region).build_async()
    }

    /// Returns the settings, to be changed and built by
    /// [`ClientBuilder::build_async`].
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

    /// Runs the function of that name with an event, which is JSON, and waits
    /// for its result.
    ///
    /// # Errors
    /// [`Error`]; a function that failed is one too.
    pub async fn invoke<'a>(
        &'a self,
        function_name: &'a str,
        event: impl Into<CallEvent<'a>>,
    ) -> Result<Reply, Error> {
        self.call(function_name).event(event).send().await
    }

    /// Begins a call, to be put together option by option: of the function of
    /// that name, or of an [`Invocation`]. Awaited, it is sent.
    pub fn call<'a>(&'a self, invocation: impl Into<Invocation<'a>>) -> Call<'a, Self> {
        Call::new(self, invocation.into())
    }

    /// Runs a function once for each event, so many at a time and so many in a
    /// second as the options say.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), scf_invoke::Error> {
    /// use scf_invoke::{AsyncClient, MapOptions};
    ///
    /// let client = AsyncClient::from_env("ap-guangzhou")?;
    /// let events = (0..10_000).map(|number| number.to_string());
    /// let mut results = client.map("resize", events, MapOptions::default());
    /// while let Some((index, result)) = results.next().await {
    ///     println!("{index}: {:?}", result?.result_text());
    /// }
    /// println!("{:?}", results.summary());
    /// # Ok(())
    /// # }
    /// ```
    pub fn map<I>(
        &self,
        function_name: &str,
        events: I,
        options: MapOptions,
    ) -> AsyncMap<I::IntoIter>
    where
        I: IntoIterator,
        I::Item: Into<CallEvent<'static>>,
    {
        AsyncMap::new(self.clone(), function_name, events.into_iter(), options)
    }
}

impl AsyncClient {
    /// Lets no other call begin, and waits for those in progress until the
    /// deadline; then they are cancelled. Returns how many were. All clones are
    /// closed, and so are their connections.
    ///
    /// A call that begins later is [`Error::Closed`]. One that is cancelled is
    /// [`Error::Cancelled`].
    pub async fn close(&self, deadline: Deadline) -> usize {
        let Engine { calls, carrier, .. } = &*self.0;
        calls.end();
        carrier.close_idle();
        let empty = poll_fn(|context| calls.poll_empty(context));
        match deadline.remaining() {
            // That it was too late shows in the number that are left.
            Some(left) => drop(tokio::time::timeout(left, empty).await),
            None => empty.await,
        }
        calls.interrupt()
    }
}

impl<'a> Call<'a, AsyncClient> {
    /// Sends the call, and waits for the function's result.
    ///
    /// # Errors
    /// [`Error`]; a function that failed is one too.
    pub async fn send(mut self) -> Result<Reply, Error> {
        self.check()?;
        let engine = &self.client.0;
        let deadline = engine.deadline(&self.options);
        let _permit = engine.carrier.admit(deadline, engine.config.endpoint()).await?;
        let collector = Collector::new(None, engine.reply_limit());
        let event = self.event.core()?;
        engine.run(&self.invocation, event, &self.options, deadline, collector).await
    }

    /// Queues the event, and does not wait until the function has run.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn queue(self) -> Result<Accepted, Error> {
        let reply = self.asynchronous().send().await?;
        Ok(Accepted { reply })
    }
}

impl<'a> IntoFuture for Call<'a, AsyncClient> {
    type Output = Result<Reply, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for AsyncClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_as("AsyncClient", f)
    }
}
