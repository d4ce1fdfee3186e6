//! The log of a running emulator.

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use scf_emulator::{Observation, ObservationKind};

use crate::error::CommandError;
use crate::json::Object;
use crate::log_queue::LogQueue;
use crate::stderr::shown;
use crate::terminal::{harmless, obeys_sequences};

/// The form of the log.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    /// Lines for people
    Text,
    /// A JSON object for each line
    Json,
}

/// The bytes of a line's start that wait for its end. A line that is longer is printed in parts.
const LONGEST_START: usize = 8 * 1024;

/// Prints the log of an emulator to standard error as it comes.
pub(crate) struct Log {
    form: LogForm,
    queue: LogQueue,
    is_coloured: bool,
    /// The start of a line, by request, whose end is still to come.
    started: Mutex<HashMap<String, String>>,
}

impl Log {
    pub(crate) fn new(form: LogForm) -> Result<Self, CommandError> {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_coloured = io::stderr().is_terminal() && obeys_sequences() && !plain;
        let missed_line = match form {
            LogForm::Text => |text: &str| shown(&format!("tscf: {text}")),
            LogForm::Json => |text: &str| with_text(object("notice", None, ""), text),
        };
        let queue = LogQueue::start(missed_line)?;
        Ok(Self { form, queue, is_coloured, started: Mutex::default() })
    }

    /// Prints an observation.
    pub(crate) fn tell(&self, seen: &Observation) {
        let name = seen.function_name.as_deref().unwrap_or("-");
        match &seen.kind {
            ObservationKind::Log { text } => {
                for line in self.lines(&seen.request_id, text) {
                    self.print(seen, name, "log", &line);
                }
            }
            kind => {
                if let Some(rest) = self.take(&seen.request_id) {
                    self.print(seen, name, "log", &rest);
                }
                if let Some((kind, text)) = described(kind, &seen.request_id) {
                    self.print(seen, name, kind, &text);
                }
            }
        }
    }

    /// Returns the lines that have ended, and keeps the start of the next.
    fn lines(&self, request_id: &str, text: &str) -> Vec<String> {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = started.remove(request_id).unwrap_or_default();
        all.push_str(text);
        let mut lines: Vec<String> = all.split('\n').map(str::to_owned).collect();
        match lines.pop() {
            Some(rest) if rest.len() >= LONGEST_START => lines.push(rest),
            Some(rest) if !rest.is_empty() => {
                started.insert(request_id.to_owned(), rest);
            }
            _ => {}
        }
        lines
    }

    fn take(&self, request_id: &str) -> Option<String> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner).remove(request_id)
    }

    fn print(&self, seen: &Observation, name: &str, kind: &str, text: &str) {
        if self.form == LogForm::Json {
            let mut object = object(kind, seen.function_name.as_deref(), &seen.request_id);
            if let ObservationKind::Ran { status, duration, mem_usage, .. } = &seen.kind
                && kind == "ran"
            {
                object.display("status", status);
                object.display("durationMs", duration.as_secs_f64() * 1e3);
                object.display("memoryBytes", mem_usage);
            }
            if let ObservationKind::Refused { code, .. } = &seen.kind {
                object.text("code", code);
            }
            self.queue.push(with_text(object, text));
        } else if self.is_coloured {
            let (name, text) = (harmless(name), harmless(text));
            self.queue.push(format!("\x1b[{}m{name}\x1b[0m: {text}\n", colour(&name)));
        } else {
            self.queue.push(shown(&format!("{name}: {text}")));
        }
    }
}

/// Begins a line of JSON.
fn object(kind: &str, function_name: Option<&str>, request_id: &str) -> Object {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut object = Object::new();
    object.display("timeMs", since.as_millis());
    object.text("kind", kind);
    match function_name {
        Some(name) => object.text("function", name),
        None => object.json("function", "null"),
    }
    object.text("requestId", request_id);
    object
}

/// Ends a line of JSON.
fn with_text(mut object: Object, text: &str) -> String {
    object.text("text", text);
    object.into_line()
}

/// Returns the same colour for a function each time, and none that means an error.
fn colour(name: &str) -> u32 {
    let sum = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    32 + sum % 5
}

fn described(kind: &ObservationKind, request_id: &str) -> Option<(&'static str, String)> {
    Some(match kind {
        ObservationKind::Ran { status, duration, mem_usage, log } => {
            let mut text = format!("status {status}, {:.1} ms", duration.as_secs_f64() * 1e3);
            if *mem_usage > 0 {
                text.push_str(&format!(", {:.1} MB", *mem_usage as f64 / f64::from(1 << 20)));
            }
            if *status != 200 {
                // The reason of the failure, which the function did not print itself.
                let error = log.lines().find(|line| line.starts_with("ERROR RequestId"));
                text.push_str(&error.map(|line| format!("\n{line}")).unwrap_or_default());
            }
            ("ran", text)
        }
        ObservationKind::Accepted => ("accepted", "accepted".to_owned()),
        ObservationKind::Refused { code, message } => {
            ("refused", format!("{code}: {message} (request id {request_id})"))
        }
        ObservationKind::Retrying { wait } => {
            ("retrying", format!("runs again in {} s", wait.as_secs_f64()))
        }
        ObservationKind::GivenUp => (
            "givenUp",
            format!(
                "the event is given up; the cloud sends it to the dead-letter queue of the \
                 function, if it has one (request id {request_id})"
            ),
        ),
        ObservationKind::Notice { text } => ("notice", text.clone()),
        ObservationKind::Abandoned => (
            "abandoned",
            format!("an event was accepted and did not run to its end (request id {request_id})"),
        ),
        ObservationKind::Interrupted => (
            "interrupted",
            format!("the call was running when the emulator stopped (request id {request_id})"),
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_START, Log, LogForm};

    #[test]
    fn a_line_waits_for_its_end_unless_it_is_long() {
        let log = Log::new(LogForm::Text).ok().unwrap();
        assert_eq!(log.lines("a", "one\ntw"), ["one"]);
        assert_eq!(log.lines("b", "other\n"), ["other"]);
        assert_eq!(log.lines("a", "o\n"), ["two"]);
        let long = "x".repeat(LONGEST_START);
        assert_eq!(log.lines("a", &long), [long]);
        assert_eq!(log.take("a"), None);
    }
}
