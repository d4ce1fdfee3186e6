//! The I/O of a client, as its engine asks for it.

use std::time::Duration;

use scf_invoke_core::call::{Call, ExchangeError};

use super::{Identity, RateLimiter, Route, SigningIdentity};
use crate::connection::StreamError;
use crate::{CredentialError, Deadline};

/// The I/O of a client. That of the blocking one is done when its futures are
/// polled first.
pub(crate) trait Carrier {
    /// A connection.
    type Stream;

    /// Returns a connection that has carried a call before.
    fn take_idle(&self, route: &Route, deadline: Deadline) -> Option<Self::Stream>;

    /// Connects.
    async fn connect(&self, route: &Route, deadline: Deadline)
    -> Result<Self::Stream, StreamError>;

    /// Carries one exchange. `sent` is called once, as soon as the whole
    /// request may be out.
    async fn exchange(
        stream: &mut Self::Stream,
        call: &mut Call<'_>,
        sent: impl FnMut(),
    ) -> Result<(), ExchangeError<StreamError>>;

    /// Keeps a connection for the next call, unless there are enough.
    fn keep_idle(&self, route: &Route, stream: Self::Stream);

    /// Waits.
    async fn sleep(&self, wait: Duration);

    /// Waits until the limiter lets one more request through.
    async fn pace(&self, limiter: &RateLimiter) {
        while let Some(wait) = limiter.next() {
            self.sleep(wait).await;
        }
    }

    /// Returns what the next attempt is signed with.
    async fn identity<'i>(
        &self,
        identity: &'i Identity,
    ) -> Result<SigningIdentity<'i>, CredentialError>;
}
