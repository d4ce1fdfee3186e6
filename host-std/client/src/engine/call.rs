//! A call, put together option by option.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use scf_invoke_core::attempt::RetryPolicy;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::{Invocation, InvocationType, LogType};
use scf_invoke_core::request::region::Region;
use serde::Serialize;

use super::{CallEvent, Canceller, Options, RateLimiter};
use crate::error::EventError;
use crate::{ConfigurationError, Credentials, Error, Reply};

/// A call, put together option by option, and then sent.
///
/// Options that are not set are the client's.
///
/// ```no_run
/// use std::time::Duration;
///
/// let client = scf_invoke::Client::from_env("ap-guangzhou")?;
/// let reply = client
///     .call("resize")
///     .qualifier("prod")
///     .event_json(&("picture.png", 640))
///     .timeout(Duration::from_secs(30))
///     .send()?;
/// # Ok::<(), scf_invoke::Error>(())
/// ```
#[must_use = "a call does nothing until it is sent"]
pub struct Call<'a, C> {
    pub(crate) client: &'a C,
    pub(crate) invocation: Invocation<'a>,
    pub(crate) event: CallEvent<'a>,
    pub(crate) options: Options<'a>,
    /// The error of an option, which ends the call before it is sent.
    error: Option<Error>,
}

impl<'a, C> Call<'a, C> {
    pub(crate) fn new(client: &'a C, invocation: Invocation<'a>) -> Self {
        let event = CallEvent::from(Event::none());
        Self { client, invocation, event, options: Options::default(), error: None }
    }

    /// Sets the event, which is JSON.
    pub fn event(mut self, event: impl Into<CallEvent<'a>>) -> Self {
        self.event = event.into();
        self
    }

    /// Sets the event to a value, written as JSON. A value that has no such
    /// form is an error when the call is sent.
    pub fn event_json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        match serde_json::to_string(value) {
            Ok(text) => self.event = text.into(),
            Err(error) => self.error = Some(EventError(error).into()),
        }
        self
    }

    /// Sets the version or the alias to run.
    pub fn qualifier(mut self, qualifier: &'a str) -> Self {
        self.invocation = self.invocation.qualifier(qualifier);
        self
    }

    /// Sets the namespace of the function.
    pub fn namespace(mut self, namespace: &'a str) -> Self {
        self.invocation = self.invocation.namespace(namespace);
        self
    }

    /// Asks for the last 4 KB of the log.
    pub fn log(mut self) -> Self {
        self.invocation = self.invocation.log_type(LogType::Tail);
        self
    }

    /// Sets the key that an alias chooses a version by: JSON such as
    /// `{"User":"joe"}`.
    pub fn routing_key(mut self, routing_key: &'a str) -> Self {
        self.invocation = self.invocation.routing_key(routing_key);
        self
    }

    /// Sets the region of the function.
    pub fn region(mut self, name: impl Into<Cow<'a, str>>) -> Self {
        let name = name.into();
        if Region::new(&name).is_none() {
            self.error = Some(ConfigurationError::Region.into());
        }
        self.options.region = Some(name);
        self
    }

    /// Sets the longest time that the call may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Signs with these credentials. Those that many calls share keep their
    /// day's key.
    pub fn credentials(mut self, credentials: Arc<Credentials>) -> Self {
        self.options.credentials = Some(credentials);
        self
    }

    /// Sets how often the request is made that surely was not executed.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// Sends this id along, to find the call in traces: at most 128 printable
    /// ASCII characters. Hooks get it, too.
    pub fn trace_id(mut self, trace_id: &'a str) -> Self {
        self.options.trace_id = Some(trace_id);
        self
    }

    /// Lets the canceller end this call.
    pub fn canceller(mut self, canceller: &Canceller) -> Self {
        self.options.canceller = Some(canceller.clone());
        self
    }

    /// Makes the requests of this call when the limiter lets them through.
    pub fn rate_limiter(mut self, limiter: &Arc<RateLimiter>) -> Self {
        self.options.limiter = Some(Arc::clone(limiter));
        self
    }

    pub(crate) fn asynchronous(mut self) -> Self {
        self.invocation = self.invocation.invocation_type(InvocationType::Event);
        self
    }

    /// Takes the error of an option.
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        self.error.take().map_or(Ok(()), Err)
    }
}

/// An event that was queued. The function runs later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub(crate) reply: Reply,
}

impl Accepted {
    /// Returns the id of the request, to find it with the provider.
    pub fn request_id(&self) -> &str {
        self.reply.request_id()
    }

    /// Returns the id of the run to come, to find it in the logs.
    pub fn function_request_id(&self) -> &str {
        self.reply.function_request_id()
    }
}
