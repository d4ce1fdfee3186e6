//! The I/O of a client, as its engine asks for it.

use std::time::Duration;

use scf_invoke_core::call::{Call, ExchangeError};

use super::{Identity, Interrupt, Passing, RateLimiter, ResponseHead, Route, SigningIdentity};
use crate::connection::StreamError;
use crate::{CredentialError, Deadline};

/// The I/O of a client. That of the blocking one is done when its futures are
/// polled first.
pub(crate) trait Carrier {
    /// A connection.
    type Stream;

    /// Returns a connection that has carried a call before.
    fn take_idle(&self, route: &Route, deadline: Deadline) -> Option<Self::Stream>;

    /// Connects. `on_tls` is called once where a TLS handshake begins.
    async fn connect(
        &self,
        route: &Route,
        deadline: Deadline,
        on_tls: impl FnOnce(),
    ) -> Result<Self::Stream, StreamError>;

    /// Carries one exchange, which a blocking carrier ends at the interrupt. `head`
    /// takes what is seen of the response.
    /// `on_passing` is called with the step `Waiting` as soon as the whole request
    /// may be out, with `Receiving` at the first byte of the response, and with the
    /// bytes of both.
    async fn exchange(
        stream: &mut Self::Stream,
        call: &mut Call<'_>,
        head: &mut ResponseHead,
        interrupt: &Interrupt,
        on_passing: impl FnMut(Passing<'_>),
    ) -> Result<(), ExchangeError<StreamError>>;

    /// Keeps a connection for the next call, unless there are enough.
    fn keep_idle(&self, route: &Route, stream: Self::Stream);

    /// Closes the connections that wait for a call, and keeps no other.
    fn close_idle(&self);

    /// Waits so long, or until the interrupt.
    async fn sleep(&self, wait: Duration, interrupt: &Interrupt);

    /// Awaits `act`; `None` where the interrupt came first. A blocking carrier
    /// takes no notice of it here.
    async fn unless<T>(&self, interrupt: &Interrupt, act: impl Future<Output = T>) -> Option<T>;

    /// Waits until the limiter lets one more request through, or until the
    /// interrupt.
    async fn pace(&self, limiter: &RateLimiter, interrupt: &Interrupt) {
        let mut turn = limiter.turn();
        while !interrupt.is_set()
            && let Some(wait) = limiter.wait(&mut turn)
        {
            self.sleep(wait, interrupt).await;
        }
    }

    /// Returns what the next attempt is signed with.
    async fn identity<'i>(
        &self,
        identity: &'i Identity,
    ) -> Result<SigningIdentity<'i>, CredentialError>;
}
