//! One function, many events: what the `map` of both clients share.

use std::collections::BTreeMap;

use scf_invoke_core::attempt::{Delivery, RetryPolicy};

use crate::{Error, Reply};

/// The requests in a second that the API takes for `Invoke`.
const INVOKE_RATE: u32 = 100;

/// The options of a client's `map`.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub struct MapOptions {
    /// The number of calls that may be in progress at once; 64 by default. The
    /// blocking client has a thread for each.
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

/// The numbers of calls of a `map` by their outcome.
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

/// The result of one event, with its index.
pub(crate) type Item = (usize, Result<Reply, Error>);

/// The results of the calls in progress and ended, in their order.
pub(crate) struct Results {
    ordered: bool,
    /// The number of calls that may be in progress, and of results that may wait.
    most: usize,
    /// The number of calls in progress.
    running: usize,
    /// The index of the next event.
    started: usize,
    /// The index of the next result, where they come in order.
    given: usize,
    /// Results that wait to be taken, or for one before them.
    waiting: BTreeMap<usize, Result<Reply, Error>>,
    pub(crate) summary: MapSummary,
}

impl Results {
    pub(crate) fn new(options: &MapOptions) -> Self {
        Self {
            ordered: options.ordered,
            most: options.concurrency.max(1),
            running: 0,
            started: 0,
            given: 0,
            waiting: BTreeMap::new(),
            summary: MapSummary::default(),
        }
    }

    /// Returns whether another call may begin.
    pub(crate) fn has_room(&self) -> bool {
        self.running < self.most && self.waiting.len() < self.most
    }

    /// Returns whether no result is left to be taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Returns the number of calls in progress.
    pub(crate) fn running(&self) -> usize {
        self.running
    }

    /// Notes that a call begins, and returns the index of its event.
    pub(crate) fn begin(&mut self) -> usize {
        self.running += 1;
        self.started += 1;
        self.started - 1
    }

    /// Notes that a call has ended.
    pub(crate) fn end(&mut self, (index, result): Item) {
        self.running -= 1;
        self.summary.count(&result);
        self.waiting.insert(index, result);
    }

    /// Returns the result that is next, if it is here.
    pub(crate) fn take(&mut self) -> Option<Item> {
        let (&index, _) = self.waiting.first_key_value()?;
        if self.ordered && index != self.given {
            return None;
        }
        self.given += 1;
        self.waiting.pop_first()
    }
}
