//! The workers: each takes the next event, runs it, and passes on its end.

use std::collections::BTreeSet;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use scf_invoke::{Client, Invocation, RateLimiter, Reply};

use super::Map;
use super::input::{Input, Line};
use super::journal::{Journal, State};
use crate::error::CommandError;
use crate::event::{self, Source};

/// A message to the printer.
pub(super) enum Message {
    /// An event has ended.
    Ended(Ended),
    /// There is no other line, or reading on is of no use.
    Exhausted(Result<(), CommandError>),
    /// The user wants no more events to be sent.
    Signal,
}

/// An event that has ended.
pub(super) struct Ended {
    /// Its place among all the events read, counted from 0.
    pub(super) index: u64,
    /// Its line.
    pub(super) line: u64,
    /// The bytes of the input up to its end.
    pub(super) input_end: u64,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    /// A call was made, or the line is no event.
    Called(Box<Result<Reply, CommandError>>),
    /// It was done by an earlier run.
    DoneBefore,
    /// It may have run in an earlier run, and is not to be repeated.
    UnknownBefore,
}

/// The state that all workers share.
pub(super) struct Shared {
    pub(super) arguments: Map,
    pub(super) client: Client,
    pub(super) journal: Option<Journal>,
    limiter: Arc<RateLimiter>,
    input: Mutex<Input>,
    calls: Mutex<Calls>,
    printed: Condvar,
}

#[derive(Default)]
struct Calls {
    /// No event is to be begun any more.
    is_stopping: bool,
    /// The number of events begun and printed.
    begun: u64,
    printed: u64,
    /// The lines whose events were sent and are not printed.
    in_flight: BTreeSet<u64>,
}

impl Shared {
    pub(super) fn new(
        arguments: Map,
        client: Client,
        journal: Option<Journal>,
        input: Input,
    ) -> Self {
        let limiter = Arc::new(RateLimiter::new(arguments.rate()));
        Self {
            arguments,
            client,
            journal,
            limiter,
            input: Mutex::new(input),
            calls: Mutex::default(),
            printed: Condvar::new(),
        }
    }

    /// Begins no other event.
    pub(super) fn stop(&self) {
        self.calls().is_stopping = true;
        self.printed.notify_all();
    }

    /// Notes that an event is printed, or is not to be.
    pub(super) fn is_printed(&self, line: u64) {
        let mut calls = self.calls();
        calls.printed += 1;
        calls.in_flight.remove(&line);
        self.printed.notify_all();
    }

    /// Returns whether all events that were begun are printed.
    pub(super) fn is_drained(&self) -> bool {
        let calls = self.calls();
        calls.begun == calls.printed
    }

    /// Returns the lines whose events were sent and are not printed.
    pub(super) fn in_flight(&self) -> Vec<u64> {
        self.calls().in_flight.iter().copied().collect()
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room for another event. There is none once it is
    /// stopping.
    fn wait_for_room(&self) -> bool {
        let window = self.arguments.window();
        let calls = self
            .printed
            .wait_while(self.calls(), |calls| {
                !calls.is_stopping && calls.begun - calls.printed >= window
            })
            .unwrap_or_else(PoisonError::into_inner);
        !calls.is_stopping
    }

    /// Takes the next event and begins it, one worker at a time.
    ///
    /// # Errors
    /// There is none, or it cannot be read or recorded.
    fn next(&self) -> Result<Option<Begun>, CommandError> {
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.wait_for_room() {
            return Ok(None);
        }
        let line = input.next().map_err(|error| {
            CommandError::Usage(format!("{} cannot be read: {error}", self.arguments.input))
        })?;
        let Some(line) = line else {
            return Ok(None);
        };
        let state = match &self.journal {
            Some(journal) => journal.state(line.number, &line.text)?,
            None => State::NotRun,
        };
        let mut settled = match state {
            State::Run => Some(Outcome::DoneBefore),
            State::Unknown if !self.arguments.repeat_unknown => Some(Outcome::UnknownBefore),
            _ => {
                let invalid = self.check(&line).err();
                invalid.map(|error| Outcome::Called(Box::new(Err(error))))
            }
        };
        let calls = settled.is_none();
        let Some(index) = self.begin(line.number, calls) else {
            return Ok(None);
        };
        if calls
            && let Some(journal) = &self.journal
            && let Err(error) = journal.sent(line.number, &line.text)
        {
            self.stop();
            settled = Some(Outcome::Called(Box::new(Err(error))));
        }
        Ok(Some(Begun { index, line, settled }))
    }

    fn begin(&self, line: u64, calls: bool) -> Option<u64> {
        let mut state = self.calls();
        if state.is_stopping {
            return None;
        }
        if calls {
            state.in_flight.insert(line);
        }
        state.begun += 1;
        Some(state.begun - 1)
    }

    fn check(&self, line: &Line) -> Result<(), CommandError> {
        let limit = self.invocation().payload_max();
        if line.text.len() > limit {
            return Err(CommandError::Usage(format!(
                "the event in line {} has more than the {limit} bytes that an event may have",
                line.number
            )));
        }
        event::check(&Source::Line(line.number), &line.text)
    }

    fn invocation(&self) -> Invocation<'_> {
        self.arguments.invocation()
    }

    fn call(&self, line: &Line) -> Result<Reply, CommandError> {
        // It was checked.
        let event =
            str::from_utf8(&line.text).map_err(|error| CommandError::Usage(error.to_string()))?;
        Ok(self.client.call(self.invocation()).event(event).rate_limiter(&self.limiter).send()?)
    }
}

struct Begun {
    index: u64,
    line: Line,
    /// The outcome, where it needs no call.
    settled: Option<Outcome>,
}

/// Runs events until there are no more.
pub(super) fn work(shared: &Shared, messages: &Sender<Message>) {
    loop {
        let begun = match shared.next() {
            Ok(Some(begun)) => begun,
            ended => {
                // The printer may have gone, once all is printed.
                let _ = messages.send(Message::Exhausted(ended.map(drop)));
                return;
            }
        };
        let Begun { index, line, settled } = begun;
        let outcome = settled.unwrap_or_else(|| Outcome::Called(Box::new(shared.call(&line))));
        let ended = Ended { index, line: line.number, input_end: line.end, outcome };
        let _ = messages.send(Message::Ended(ended));
    }
}
