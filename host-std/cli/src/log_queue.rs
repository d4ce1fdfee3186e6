//! The lines of a server's log, on their way to standard error.
//!
//! A thread of its own writes them, so that a reader who has stopped (a pager that waits, a pipe
//! that nobody empties) holds up no request. What it does not read is counted, not kept.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::CommandError;

/// The bytes of lines that wait; one line alone may have more.
const LIMIT: usize = 1024 * 1024;
/// At the end, a reader who takes nothing for so long is waited for no longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lines that wait for standard error.
pub(crate) struct LogQueue(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Makes the line about lines that were not written.
    missed_line: fn(&str) -> String,
}

#[derive(Default)]
struct State {
    lines: VecDeque<String>,
    bytes: usize,
    /// The lines since the queue was full.
    missed: u64,
    is_writing: bool,
    /// The lines written so far.
    written: u64,
    has_ended: bool,
}

impl State {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.missed == 0 && !self.is_writing
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next line; nothing at the end.
    fn next(&self) -> Option<String> {
        let mut state = self.lock();
        state.written += u64::from(state.is_writing);
        state.is_writing = false;
        self.changed.notify_all();
        let nothing = |state: &mut State| state.is_empty() && !state.has_ended;
        let waited = self.changed.wait_while(state, nothing);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let line = match state.lines.pop_front() {
            Some(line) => {
                state.bytes -= line.len();
                line
            }
            None if state.missed > 0 => {
                let count = std::mem::take(&mut state.missed);
                (self.missed_line)(&format!(
                    "{count} lines of the log were not written: nobody read them"
                ))
            }
            None => return None,
        };
        state.is_writing = true;
        Some(line)
    }
}

impl LogQueue {
    /// Starts to write. `missed_line` makes a line of a text about the log itself.
    pub(crate) fn start(missed_line: fn(&str) -> String) -> Result<Self, CommandError> {
        Self::write_to(io::stderr(), missed_line).map_err(|error| {
            CommandError::Configuration(format!("the log's thread cannot be started: {error}"))
        })
    }

    fn write_to(
        mut out: impl Write + Send + 'static,
        missed_line: fn(&str) -> String,
    ) -> io::Result<Self> {
        let (state, changed) = (Mutex::default(), Condvar::new());
        let shared = Arc::new(Shared { state, changed, missed_line });
        let own = Arc::clone(&shared);
        std::thread::Builder::new().name("log".to_owned()).spawn(move || {
            while let Some(line) = own.next() {
                // Without a reader there is nobody to tell.
                let _ = out.write_all(line.as_bytes());
            }
        })?;
        Ok(Self(shared))
    }

    /// Adds a line, which ends with its line break. Once the queue is full, it has to be written
    /// first.
    pub(crate) fn push(&self, line: String) {
        let mut state = self.0.lock();
        let is_full = !state.lines.is_empty() && state.bytes + line.len() > LIMIT;
        if state.missed > 0 || is_full {
            state.missed += 1;
            return;
        }
        state.bytes += line.len();
        state.lines.push_back(line);
        drop(state);
        self.0.changed.notify_all();
    }
}

impl Drop for LogQueue {
    /// Waits until all is written, or the reader takes nothing any more.
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.has_ended = true;
        self.0.changed.notify_all();
        while !state.is_empty() {
            let written = state.written;
            let waited = self.0.changed.wait_timeout_while(state, PATIENCE, |state| {
                state.written == written && !state.is_empty()
            });
            let (after, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            state = after;
            if timeout.timed_out() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read};

    use super::{LIMIT, LogQueue};

    #[test]
    fn a_reader_who_has_stopped_holds_nobody_up_and_learns_what_is_missing() {
        let (reader, writer) = std::io::pipe().unwrap();
        let queue = LogQueue::write_to(writer, |text| format!("{text}\n")).unwrap();
        let line = format!("{}\n", "x".repeat(1023));
        let count = 4 * LIMIT / line.len();
        for _ in 0..count {
            queue.push(line.clone());
        }
        let mut reader = BufReader::new(reader);
        let mut written = 0;
        let missed = loop {
            let mut seen = String::new();
            reader.read_line(&mut seen).unwrap();
            if seen != line {
                break seen;
            }
            written += 1;
        };
        let missed: usize = missed.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(written + missed, count);
        queue.push("on\n".to_owned());
        drop(queue);
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "on\n");
    }

    #[test]
    fn a_line_longer_than_the_queue_is_written() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let queue = LogQueue::write_to(writer, |text| format!("{text}\n")).unwrap();
        let line = "x".repeat(2 * LIMIT);
        queue.push(line.clone());
        let seen = std::thread::spawn(move || {
            let mut seen = String::new();
            reader.read_to_string(&mut seen).unwrap();
            seen
        });
        drop(queue);
        assert_eq!(seen.join().unwrap().len(), line.len());
    }
}
