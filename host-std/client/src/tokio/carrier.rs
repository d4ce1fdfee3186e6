//! The I/O of the asynchronous client.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use scf_invoke_core::attempt::Delivery;
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::transport::{self, receive_async, send_async};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::connect::connect;
use super::stream::{AsyncStream, timed};
use crate::connection::authority;
use crate::engine::{
    Carrier, Config, Identity, Interrupt, Passing, Pool, ResponseHead, Route, SigningIdentity,
    Watched, WatchedRequest,
};
use crate::{CredentialError, Deadline, Endpoint, Error, Progress, Step, StreamError};

/// The sockets and clocks of tokio.
pub(crate) struct Tokio {
    pool: Pool<AsyncStream>,
    /// One permit for each call that may have a connection.
    permits: Option<Semaphore>,
}

impl Tokio {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            pool: Pool::new(config.keep_alive, config.idle_connections),
            permits: config.max_connections.map(Semaphore::new),
        }
    }

    /// Waits until one more call may have a connection.
    pub(super) async fn admit(
        &self,
        deadline: Deadline,
        endpoint: &Endpoint,
    ) -> Result<Option<SemaphorePermit<'_>>, Error> {
        let Some(permits) = &self.permits else {
            return Ok(None);
        };
        let acquire = async { permits.acquire().await.map_err(std::io::Error::other) };
        match timed(deadline, None, acquire).await {
            Ok(permit) => Ok(Some(permit)),
            Err(error) => {
                let error = StreamError::from_io(Step::Connect, &authority(endpoint), error);
                Err(Error::from_stream(error, Delivery::NotSent))
            }
        }
    }
}

impl Carrier for Tokio {
    type Stream = AsyncStream;

    fn take_idle(&self, route: &Route, deadline: Deadline) -> Option<AsyncStream> {
        let mut stream = self.pool.take(route.index)?;
        stream.deadline = deadline;
        Some(stream)
    }

    async fn connect(
        &self,
        route: &Route,
        deadline: Deadline,
        on_tls: impl FnOnce(),
    ) -> Result<AsyncStream, StreamError> {
        connect(&route.connector, deadline, on_tls).await
    }

    async fn exchange(
        stream: &mut AsyncStream,
        call: &mut Call<'_>,
        head: &mut ResponseHead,
        _: &Interrupt,
        mut on_passing: impl FnMut(Passing<'_>),
    ) -> Result<(), ExchangeError<StreamError>> {
        let mut request = WatchedRequest::new(stream, |bytes| on_passing(Passing::Sent(bytes)));
        let failed = send_async(&mut request, call).await?;
        match failed {
            // After a failed flush TLS still holds a part of the request.
            Some(_) => call.transmit_failed(),
            None => on_passing(Passing::Step(Progress::Waiting)),
        }
        let mut response = Watched::new(stream, head, on_passing);
        receive_async(&mut response, call, failed).await.map_err(|error| match error {
            ExchangeError::Transport(transport::StreamError::Io(error)) => {
                ExchangeError::Transport(error)
            }
            // It takes bytes or has an error of its own, so that only the end
            // of the stream is left.
            ExchangeError::Transport(_) => {
                ExchangeError::Transport(StreamError::closed(stream.peer()))
            }
            ExchangeError::Protocol(error) => ExchangeError::Protocol(error),
            ExchangeError::Request(error) => ExchangeError::Request(error),
        })
    }

    fn keep_idle(&self, route: &Route, stream: AsyncStream) {
        self.pool.keep(route.index, stream);
    }

    fn close_idle(&self) {
        self.pool.close();
    }

    async fn sleep(&self, wait: Duration, interrupt: &Interrupt) {
        self.unless(interrupt, tokio::time::sleep(wait)).await;
    }

    async fn unless<T>(&self, interrupt: &Interrupt, act: impl Future<Output = T>) -> Option<T> {
        let mut act = pin!(act);
        poll_fn(|context| match act.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => interrupt.poll(context).map(|()| None),
        })
        .await
    }

    async fn identity<'i>(
        &self,
        identity: &'i Identity,
    ) -> Result<SigningIdentity<'i>, CredentialError> {
        if let Some(at_hand) = identity.at_hand() {
            return Ok(at_hand);
        }
        // A provider may block; while it does, other calls go on.
        let Some(cache) = identity.cache() else {
            return identity.current();
        };
        let renewal = tokio::task::spawn_blocking(move || cache.get());
        match renewal.await {
            Ok(credentials) => Ok(SigningIdentity::Secret(credentials?)),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}
