//! One function, many events.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use scf_invoke_core::attempt::{Delivery, RetryPolicy};
use tokio::task::JoinSet;

use super::AsyncClient;
use crate::engine::{Call, CallEvent, RateLimiter};
use crate::{Error, Invocation, Reply};

/// The requests in a second that the API takes for `Invoke`.
const INVOKE_RATE: u32 = 100;

/// The options of [`AsyncClient::map`].
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub struct MapOptions {
    /// The number of calls that may be in progress at once; 64 by default.
    pub concurrency: usize,
    /// The number of requests that may be made in a second, those that are
    /// repeated included; 100 by default, the API's limit for `Invoke`.
    pub rate: u32,
    /// `true` where results come in the order of the events; so by default. Then
    /// one that is slow holds up those behind it, and so many are waiting at
    /// most as are in progress.
    pub ordered: bool,
    /// The policy for requests that surely were not executed. When the
    /// service says that there are too many, all calls wait. 10 attempts by
    /// default.
    pub retry: RetryPolicy,
}

impl Default for MapOptions {
    fn default() -> Self {
        Self {
            concurrency: 64,
            rate: INVOKE_RATE,
            ordered: true,
            retry: RetryPolicy::default().attempts(10),
        }
    }
}

impl MapOptions {
    /// Sets how many calls may be in progress at once.
    pub fn concurrency(mut self, most: usize) -> Self {
        self.concurrency = most;
        self
    }

    /// Sets how many requests may be made in a second.
    pub fn rate(mut self, rate: u32) -> Self {
        self.rate = rate;
        self
    }

    /// Gives results as they come, and not in the order of the events.
    pub fn unordered(mut self) -> Self {
        self.ordered = false;
        self
    }

    /// Sets how often a request is made that surely was not executed.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }
}

/// The numbers of calls of a [`Map`] by their outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MapSummary {
    /// The function gave a result.
    pub succeeded: u64,
    /// The function ran, and there is no result to use.
    pub failed: u64,
    /// The function was surely not run.
    pub not_run: u64,
    /// The function may have run.
    pub unknown: u64,
}

impl MapSummary {
    fn count(&mut self, result: &Result<Reply, Error>) {
        let counter = match result.as_ref().map_err(Error::delivery) {
            Ok(_) => &mut self.succeeded,
            Err(Delivery::Executed) => &mut self.failed,
            Err(Delivery::NotSent | Delivery::Refused) => &mut self.not_run,
            Err(_) => &mut self.unknown,
        };
        *counter += 1;
    }
}

type Item = (usize, Result<Reply, Error>);

/// The stream of results of [`AsyncClient::map`], each with the index of its event.
///
/// It makes progress while [`next`](Self::next) is awaited, or it is polled as
/// a stream; calls in progress go on in between. Dropping it cancels them.
#[must_use = "no call is made before a result is asked for"]
pub struct Map<I> {
    client: AsyncClient,
    function_name: Arc<str>,
    events: Option<I>,
    options: MapOptions,
    limiter: Arc<RateLimiter>,
    running: JoinSet<Item>,
    /// The index of the next event.
    started: usize,
    /// The index of the next result, where they come in order.
    given: usize,
    /// Results that wait for one before them.
    waiting: BTreeMap<usize, Result<Reply, Error>>,
    summary: MapSummary,
}

impl<I> Map<I>
where
    I: Iterator,
    I::Item: Into<CallEvent<'static>>,
{
    pub(super) fn new(
        client: AsyncClient,
        function_name: &str,
        events: I,
        options: MapOptions,
    ) -> Self {
        Self {
            client,
            function_name: function_name.into(),
            events: Some(events),
            limiter: Arc::new(RateLimiter::new(options.rate)),
            options,
            running: JoinSet::new(),
            started: 0,
            given: 0,
            waiting: BTreeMap::new(),
            summary: MapSummary::default(),
        }
    }

    /// Returns the next result; `None` after the last.
    ///
    /// It may be dropped and called again without losing any.
    pub async fn next(&mut self) -> Option<Item> {
        poll_fn(|context| self.poll(context)).await
    }

    /// Returns the numbers of the calls that have ended.
    pub fn summary(&self) -> MapSummary {
        self.summary
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Item>> {
        loop {
            if let Some(item) = self.take_waiting() {
                return Poll::Ready(Some(item));
            }
            self.start();
            match ready!(self.running.poll_join_next(context)) {
                Some(Ok((index, result))) => {
                    self.summary.count(&result);
                    self.waiting.insert(index, result);
                }
                Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                // Nothing runs and nothing is left.
                None => return Poll::Ready(None),
            }
        }
    }

    fn take_waiting(&mut self) -> Option<Item> {
        let (&index, _) = self.waiting.first_key_value()?;
        if self.options.ordered && index != self.given {
            return None;
        }
        self.given += 1;
        self.waiting.pop_first()
    }

    /// Starts as many calls as may be in progress, or wait for one before them.
    fn start(&mut self) {
        let most = self.options.concurrency.max(1);
        while self.running.len() < most && self.waiting.len() < most {
            let Some(event) = self.events.as_mut().and_then(Iterator::next) else {
                self.events = None;
                return;
            };
            let (client, name) = (self.client.clone(), Arc::clone(&self.function_name));
            let mut event = event.into();
            let (limiter, retry) = (Arc::clone(&self.limiter), self.options.retry);
            let index = self.started;
            self.started += 1;
            self.running.spawn(async move {
                let result = match event.core() {
                    Ok(event) => {
                        let call = Call::new(&client, Invocation::new(&name)).event(event);
                        call.rate_limiter(&limiter).retry(retry).send().await
                    }
                    Err(error) => Err(error),
                };
                (index, result)
            });
        }
    }
}

impl<I> Stream for Map<I>
where
    I: Iterator + Unpin,
    I::Item: Into<CallEvent<'static>>,
{
    type Item = Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        self.get_mut().poll(context)
    }
}
