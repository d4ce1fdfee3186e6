//! The asynchronous twin of the client.

use super::{Session, reborrow};
use crate::attempt::{Attempts, CallError, Clock, RetryPolicy};
use crate::call::Call;
use crate::error::Error;
use crate::reply::{Reply, Sink};
use crate::request::event::Event;
use crate::request::invocation::Invocation;
use crate::request::{Request, Settings};
use crate::sign::compression::{Compression, Software};
use crate::sign::tc3::Signer;
use crate::transport::AsyncTransport;

/// Runs functions over an asynchronous transport, as
/// [`Client`](super::Client) does over a blocking one.
///
/// A call that is dropped before it ends leaves its connection in the middle
/// of an exchange: [`Stream`](crate::transport::Stream) then refuses to go on
/// with it, and the function may have run.
#[derive(Debug)]
pub struct AsyncClient<'a, T, C = Software> {
    pub(super) transport: T,
    pub(super) session: Session<'a, C>,
}

impl<'a, T, C: Compression> AsyncClient<'a, T, C> {
    /// Creates a client that carries its calls over `transport`.
    pub const fn new(transport: T, settings: Settings<'a>, signer: Signer<'a, C>) -> Self {
        Self { transport, session: Session::new(settings, signer) }
    }

    /// Returns the settings, to change them between calls.
    pub const fn settings_mut(&mut self) -> &mut Settings<'a> {
        &mut self.session.settings
    }

    /// Starts with a clock that was corrected before, as [`clock`](Self::clock)
    /// said.
    #[must_use]
    pub const fn with_clock(mut self, clock: Clock) -> Self {
        self.session.clock = clock;
        self.session.is_clock_learnt = true;
        self
    }

    /// Returns the signer, to take a new day key or new credentials between calls.
    /// What was learnt of the clock stays.
    pub const fn signer_mut(&mut self) -> &mut Signer<'a, C> {
        &mut self.session.signer
    }

    /// Returns the transport, to connect it anew for example.
    pub const fn transport_mut(&mut self) -> &mut T {
        &mut self.transport
    }

    /// Gives the transport back.
    pub fn into_transport(self) -> T {
        self.transport
    }

    /// Returns the clock as the last server corrected it.
    pub const fn clock(&self) -> Clock {
        self.session.clock
    }

    /// Sets whether a refused clock is corrected by another attempt, as
    /// [`Client::set_retry`](super::Client::set_retry) does.
    pub const fn set_retry(&mut self, policy: RetryPolicy) {
        self.session.policy = policy;
    }
}

impl<T: AsyncTransport, C: Compression> AsyncClient<'_, T, C> {
    /// Runs a function, as [`Client::invoke`](super::Client::invoke) does.
    pub async fn invoke<'b, 'p>(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        payload: impl Into<Event<'p>>,
        buffer: &'b mut [u8],
    ) -> Result<Reply<'b>, Error<T::Error>> {
        let ended = self.run(now, invocation, payload.into(), buffer, None).await;
        self.session.reply(ended, buffer)
    }

    /// Returns what the buffer has of a reply that does not fit, as
    /// [`Client::partial_reply`](super::Client::partial_reply) does.
    pub fn partial_reply<'b>(&self, buffer: &'b [u8]) -> Reply<'b> {
        self.session.parts.partial_reply(buffer)
    }

    /// Runs a function, as
    /// [`Client::invoke_to_sink`](super::Client::invoke_to_sink) does.
    pub async fn invoke_to_sink<'p>(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        payload: impl Into<Event<'p>>,
        buffer: &mut [u8],
        sink: &mut (dyn Sink + Send),
    ) -> Result<Reply<'static>, Error<T::Error>> {
        let ended = self.run(now, invocation, payload.into(), buffer, Some(sink)).await;
        self.session.reply(ended, &[])
    }

    async fn run(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        mut payload: Event<'_>,
        buffer: &mut [u8],
        mut sink: Option<&mut (dyn Sink + Send)>,
    ) -> Result<(), CallError<T::Error>> {
        let mut attempts = Attempts::new(self.session.policy);
        loop {
            let time = self.session.time(now);
            let Session { settings, signer, parts, .. } = &mut self.session;
            let mut request = Request::new(settings, invocation, &payload, signer, time);
            request.prepare(&mut payload, signer, buffer).map_err(CallError::Request)?;
            // It stays where it is made: moving it takes room.
            let sink = reborrow(&mut sink);
            let mut call = Call::with_request(&request, payload.reborrow(), parts, buffer, sink);
            let exchange = self.transport.exchange(&mut call).await;
            let ended = call.ended(exchange);
            let again = self.session.is_again_now(&mut attempts, &ended, now, time);
            if !again || !self.transport.is_ready() {
                return ended;
            }
        }
    }
}
