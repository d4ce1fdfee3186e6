//! One function, many events, on threads.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::Client;
use crate::Invocation;
use crate::engine::{
    Call, CallEvent, Canceller, Item, MapOptions, MapSummary, RateLimiter, Results,
};

/// The results of [`Client::map`], each with the index of its event.
///
/// Events are taken while the next result is waited for; calls in progress go
/// on in between. Dropping it cancels them, and waits for none.
#[must_use = "no call is made before a result is asked for"]
pub struct Map<I> {
    events: Option<I>,
    results: Results,
    worker: Worker,
    /// The number of threads, of which there are no more than calls.
    threads: usize,
    jobs: Sender<Job>,
    ended: Receiver<thread::Result<Item>>,
}

type Job = (usize, CallEvent<'static>);

impl<I> Map<I>
where
    I: Iterator,
    I::Item: Into<CallEvent<'static>>,
{
    pub(super) fn new(client: Client, function_name: &str, events: I, options: MapOptions) -> Self {
        let (jobs, waiting) = mpsc::channel();
        let (sender, ended) = mpsc::channel();
        let results = Results::new(&options);
        let worker = Worker {
            client,
            function_name: function_name.into(),
            limiter: Arc::new(RateLimiter::new(options.rate)),
            options,
            canceller: Canceller::new(),
            jobs: Arc::new(Mutex::new(waiting)),
            ended: sender,
        };
        Self { events: Some(events), results, worker, threads: 0, jobs, ended }
    }

    /// Returns the numbers of the calls that have ended.
    pub fn summary(&self) -> MapSummary {
        self.results.summary
    }

    /// Starts as many calls as may be in progress, or wait for one before them.
    fn start(&mut self) {
        while self.results.has_room() {
            let Some(event) = self.events.as_mut().and_then(Iterator::next) else {
                self.events = None;
                return;
            };
            let job = (self.results.begin(), event.into());
            if self.threads < self.results.running() {
                let worker = self.worker.clone();
                let thread = thread::Builder::new().name("scf-map".into());
                let started = thread.spawn(move || worker.work());
                self.threads += usize::from(started.is_ok());
            }
            if self.threads == 0 {
                // Without any thread, this one does it.
                self.results.end(self.worker.call(job));
            } else {
                // The receiver is kept here.
                let _ = self.jobs.send(job);
            }
        }
    }
}

impl<I> Iterator for Map<I>
where
    I: Iterator,
    I::Item: Into<CallEvent<'static>>,
{
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.results.take() {
                return Some(item);
            }
            self.start();
            if self.results.running() > 0 {
                // A sender is kept here, so that there always is one.
                match self.ended.recv().ok()? {
                    Ok(item) => self.results.end(item),
                    Err(panic) => resume_unwind(panic),
                }
            } else if self.events.is_none() && self.results.is_empty() {
                return None;
            }
        }
    }
}

impl<I> Drop for Map<I> {
    fn drop(&mut self) {
        self.worker.canceller.cancel();
    }
}

/// What each of the threads has.
#[derive(Clone)]
struct Worker {
    client: Client,
    function_name: Arc<str>,
    options: MapOptions,
    limiter: Arc<RateLimiter>,
    canceller: Canceller,
    jobs: Arc<Mutex<Receiver<Job>>>,
    ended: Sender<thread::Result<Item>>,
}

impl Worker {
    /// Makes calls until there are no more.
    fn work(&self) {
        loop {
            let job = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else {
                return;
            };
            // An event that writes itself may panic; that is the caller's.
            let ended = catch_unwind(AssertUnwindSafe(|| self.call(job)));
            if self.ended.send(ended).is_err() {
                return;
            }
        }
    }

    fn call(&self, (index, mut event): Job) -> Item {
        let result = event.core().and_then(|event| {
            Call::new(&self.client, Invocation::new(&self.function_name))
                .event(event)
                .rate_limiter(&self.limiter)
                .retry(self.options.retry)
                .canceller(&self.canceller)
                .send()
        });
        (index, result)
    }
}
