//! The printer: results in order, the journal's ends, the status line.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use scf_invoke::Delivery;

use super::summary::{Ending, Summary};
use super::worker::{Ended, Message, Outcome, Shared};
use crate::error::CommandError;
use crate::json::Object;
use crate::output::{add_accepted, add_outcome};
use crate::status_line::StatusLine;
use crate::stderr::note;
use crate::stdout::Stdout;

/// The time between two status lines.
const REDRAW: Duration = Duration::from_millis(500);

pub(super) struct Printer {
    shared: Arc<Shared>,
    line: Arc<Mutex<StatusLine>>,
    /// The size of the input in bytes, where it is known.
    size: Option<u64>,
    /// The bytes of the input that are done.
    done: u64,
    stdout: Stdout,
    summary: Summary,
    printed: u64,
    /// The results that came before an earlier one.
    early: BTreeMap<u64, Ended>,
    /// No event comes any more.
    is_exhausted: bool,
    is_interrupted: bool,
    error: Option<CommandError>,
}

impl Printer {
    pub(super) fn new(
        shared: Arc<Shared>,
        line: Arc<Mutex<StatusLine>>,
        size: Option<u64>,
    ) -> Self {
        Self {
            shared,
            line,
            size,
            done: 0,
            stdout: Stdout::new(),
            summary: Summary::new(),
            printed: 0,
            early: BTreeMap::new(),
            is_exhausted: false,
            is_interrupted: false,
            error: None,
        }
    }

    /// Prints until all events that were begun have ended, and returns the exit
    /// code.
    pub(super) fn run(mut self, messages: &Receiver<Message>) -> Result<u8, CommandError> {
        let draws = StatusLine::is_possible();
        while !(self.is_exhausted && self.shared.is_drained()) {
            let message = if draws {
                match messages.recv_timeout(REDRAW) {
                    Err(RecvTimeoutError::Timeout) => {
                        self.draw();
                        continue;
                    }
                    other => other.ok(),
                }
            } else {
                messages.recv().ok()
            };
            match message {
                Some(Message::Ended(ended)) => self.take(ended),
                Some(Message::Exhausted(result)) => {
                    self.is_exhausted = true;
                    if let Err(error) = result {
                        self.fail(error);
                    }
                }
                Some(Message::Signal) => {
                    self.is_exhausted = true;
                    self.is_interrupted = true;
                    self.shared.stop();
                    self.announce_end();
                }
                None => break,
            }
        }
        self.status_line(StatusLine::freeze);
        note(&self.summary.to_string());
        match self.error {
            Some(error) => Err(error),
            None if self.is_interrupted => Ok(130),
            None => Ok(self.summary.code),
        }
    }

    fn status_line(&self, change: impl FnOnce(&mut StatusLine)) {
        change(&mut self.line.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn draw(&self) {
        let done = self.size.map(|size| self.done as f64 / size.max(1) as f64);
        let text = self.summary.progress(done);
        self.status_line(|line| line.show(&text));
    }

    fn announce_end(&self) {
        let calls = self.shared.in_flight().len();
        self.status_line(StatusLine::erase);
        if calls > 0 {
            note(&format!(
                "tscf: no other event is sent; {calls} calls are in progress: press Ctrl-C again \
                 to end them"
            ));
        }
    }

    /// Ends the run after the calls in progress.
    fn fail(&mut self, error: CommandError) {
        self.shared.stop();
        self.is_exhausted = true;
        self.error.get_or_insert(error);
    }

    /// Takes what has ended, and prints what is next.
    fn take(&mut self, ended: Ended) {
        if self.shared.arguments.unordered {
            self.print(&ended);
            self.shared.is_printed(ended.line);
        } else {
            self.early.insert(ended.index, ended);
            while let Some(next) = self.early.remove(&self.printed) {
                self.print(&next);
                self.shared.is_printed(next.line);
            }
        }
    }

    fn print(&mut self, ended: &Ended) {
        self.printed += 1;
        self.done = self.done.max(ended.input_end);
        let outcome = match &ended.outcome {
            Outcome::DoneBefore => return self.summary.add(ended.line, Ending::DoneBefore, 0),
            Outcome::UnknownBefore => return self.summary.add(ended.line, Ending::Unknown, 5),
            Outcome::Called(outcome) => outcome.as_ref().as_ref(),
        };
        let mut object = Object::new();
        object.display("line", ended.line);
        match outcome {
            Ok(reply) if self.shared.arguments.is_async => add_accepted(&mut object, reply),
            outcome => add_outcome(&mut object, outcome),
        }
        // Standard output keeps its error for the end.
        let _ = self.stdout.write_all(object.into_line().as_bytes());
        match outcome {
            Ok(_) => self.summary.add(ended.line, Ending::Succeeded, 0),
            Err(error) => self.summary.add(ended.line, Ending::of(error), error.code()),
        }
        if let Some(error) = self.stdout.take_error() {
            return self.fail(CommandError::Output(error));
        }
        let delivery = match outcome {
            Ok(_) => Some(Delivery::Executed),
            Err(error) => error.delivery(),
        };
        if let (Some(journal), Some(delivery)) = (&self.shared.journal, delivery)
            && let Err(error) = journal.ended(ended.line, delivery)
        {
            self.fail(error);
        }
    }
}
