//! One function, many events.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::task::JoinSet;

use super::AsyncClient;
use crate::Invocation;
use crate::engine::{Call, CallEvent, Item, MapOptions, MapSummary, RateLimiter, Results};

/// The stream of results of [`AsyncClient::map`], each with the index of its event.
///
/// It makes progress while [`next`](Self::next) is awaited, or it is polled as
/// a stream; calls in progress go on in between. Dropping it cancels them.
#[must_use = "no call is made before a result is asked for"]
pub struct AsyncMap<I> {
    client: AsyncClient,
    function_name: Arc<str>,
    events: Option<I>,
    options: MapOptions,
    limiter: Arc<RateLimiter>,
    running: JoinSet<Item>,
    results: Results,
}

impl<I> AsyncMap<I>
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
            results: Results::new(&options),
            options,
            running: JoinSet::new(),
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
        self.results.summary
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Item>> {
        loop {
            if let Some(item) = self.results.take() {
                return Poll::Ready(Some(item));
            }
            self.start();
            match ready!(self.running.poll_join_next(context)) {
                Some(Ok(item)) => self.results.end(item),
                Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                // Nothing runs and nothing is left.
                None => return Poll::Ready(None),
            }
        }
    }

    /// Starts as many calls as may be in progress, or wait for one before them.
    fn start(&mut self) {
        while self.results.has_room() {
            let Some(event) = self.events.as_mut().and_then(Iterator::next) else {
                self.events = None;
                return;
            };
            let (client, name) = (self.client.clone(), Arc::clone(&self.function_name));
            let mut event = event.into();
            let (limiter, retry) = (Arc::clone(&self.limiter), self.options.retry);
            let index = self.results.begin();
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

impl<I> Stream for AsyncMap<I>
where
    I: Iterator + Unpin,
    I::Item: Into<CallEvent<'static>>,
{
    type Item = Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        self.get_mut().poll(context)
    }
}
