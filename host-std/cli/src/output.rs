//! The forms in which a call's reply is printed.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal};
use std::time::Duration;

use clap::ValueEnum;
use scf_invoke::scf_invoke_core::wire::json;
use scf_invoke::{Error, Reply};

use crate::error::CommandError;
use crate::json::Object;
use crate::stderr::{note, print_line};
use crate::stdout::{print, print_both};
use crate::terminal::for_terminal;

/// The form in which a result is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    Text,
    Json,
    Raw,
}

/// Prints what a function gave back.
pub(crate) fn reply(form: Form, reply: &Reply) -> io::Result<()> {
    beside(reply);
    match form {
        Form::Json => print(object(Ok(reply)).as_bytes()),
        _ => print_result(form, reply.result_text()),
    }
}

fn print_result(form: Form, result: &str) -> io::Result<()> {
    let terminal = io::stdout().is_terminal();
    if form == Form::Raw {
        // Streamed already, unless it goes to a terminal.
        return print(for_terminal(result, terminal).as_bytes());
    }
    let text = plain_text(result);
    let text = for_terminal(&text, terminal);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    print_both(text.as_bytes(), end.as_bytes())
}

/// Prints that the event of an asynchronous call was accepted.
pub(crate) fn accepted(form: Form, reply: &Reply) -> io::Result<()> {
    note_accepted(reply);
    if form != Form::Json {
        return Ok(());
    }
    let mut object = Object::new();
    add_accepted(&mut object, reply);
    print(object.into_line().as_bytes())
}

pub(crate) fn note_accepted(reply: &Reply) {
    note(&format!(
        "tscf: accepted; request id {}, function request id {}",
        reply.request_id(),
        reply.function_request_id()
    ));
}

/// Prints the result of an event that has run since it was accepted.
pub(crate) fn event_result(
    form: Form,
    accepted: &Reply,
    succeeded: bool,
    result: &str,
    milliseconds: Option<f64>,
) -> io::Result<()> {
    match form {
        Form::Json => {
            let mut object = Object::new();
            object.display("ok", succeeded);
            if !succeeded {
                object.text("error", "function");
            }
            add_result(&mut object, result);
            object.text("request_id", accepted.request_id());
            object.text("function_request_id", accepted.function_request_id());
            if let Some(milliseconds) = milliseconds {
                object.display("duration_ms", milliseconds);
            }
            print(object.into_line().as_bytes())
        }
        _ if succeeded => print_result(form, result),
        _ => {
            print_line(result.trim_end());
            Ok(())
        }
    }
}

/// Prints why there is no result; the error itself is reported after it.
pub(crate) fn error(form: Form, error: &CommandError) -> io::Result<()> {
    let CommandError::Call(Error::Function(function)) = error else {
        return match form {
            Form::Json => print(object(Err(error)).as_bytes()),
            _ => Ok(()),
        };
    };
    let reply = function.reply();
    beside(reply);
    match form {
        Form::Json => print(object(Err(error)).as_bytes()),
        Form::Text => {
            // It is for the eyes, not for what reads the result.
            let trace = function.stack_trace();
            print_line(trace.as_deref().unwrap_or(reply.result_text()).trim_end());
            Ok(())
        }
        Form::Raw if io::stdout().is_terminal() => {
            print(for_terminal(reply.result_text(), true).as_bytes())
        }
        Form::Raw => Ok(()),
    }
}

/// Returns the text of a result that is a JSON string, and any other result as
/// it is.
fn plain_text(result: &str) -> Cow<'_, str> {
    if !result.starts_with('"') {
        return Cow::Borrowed(result);
    }
    match serde_json::from_str(result) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(result),
    }
}

/// Prints the log and the line of numbers on standard error.
fn beside(reply: &Reply) {
    if let Some(log) = reply.log().filter(|log| !log.is_empty()) {
        note(log.strip_suffix('\n').unwrap_or(log));
    }
    let mut line = format!("tscf: request id {}", reply.request_id());
    if reply.function_request_id() != reply.request_id() && !reply.function_request_id().is_empty()
    {
        let _ = write!(line, ", function request id {}", reply.function_request_id());
    }
    if let Some(duration) = reply.duration() {
        let _ = write!(line, ", ran {:.1} ms", duration.as_secs_f64() * 1e3);
    }
    if let Some(billed) = reply.billed_duration() {
        let _ = write!(line, ", billed {} ms", billed.as_millis());
    }
    if let Some(memory) = reply.memory_bytes() {
        let _ = write!(line, ", {:.1} MB", memory as f64 / f64::from(1 << 20));
    }
    note(&line);
}

/// Returns all that is known of a call, as a line of JSON.
fn object(outcome: Result<&Reply, &CommandError>) -> String {
    let mut object = Object::new();
    add_outcome(&mut object, outcome);
    object.into_line()
}

/// Adds all that is known of a call.
pub(crate) fn add_outcome(object: &mut Object, outcome: Result<&Reply, &CommandError>) {
    object.display("ok", outcome.is_ok());
    match outcome {
        Ok(reply) => add_reply(object, reply),
        Err(error) => {
            add_error(object, error);
            match error {
                CommandError::Call(Error::Function(error)) => add_reply(object, error.reply()),
                CommandError::Call(error) => {
                    if let Some(id) = error.request_id() {
                        object.text("request_id", id);
                    }
                }
                _ => {}
            }
        }
    }
}

fn add_result(object: &mut Object, result: &str) {
    if json::check(result.as_bytes()).is_ok() {
        object.json("result", result);
    } else {
        object.text("result", result);
    }
    object.text("result_text", result);
}

fn add_reply(object: &mut Object, reply: &Reply) {
    add_result(object, reply.result_text());
    if let Some(log) = reply.log().filter(|log| !log.is_empty()) {
        object.text("log", log);
    }
    object.text("request_id", reply.request_id());
    object.text("function_request_id", reply.function_request_id());
    if let Some(duration) = reply.duration() {
        object.display("duration_ms", Millis(duration));
    }
    if let Some(billed) = reply.billed_duration() {
        object.display("billed_duration_ms", billed.as_millis());
    }
    if let Some(memory) = reply.memory_bytes() {
        object.display("memory_bytes", memory);
    }
}

/// Adds what an accepted event has: no result, and no figures.
pub(crate) fn add_accepted(object: &mut Object, reply: &Reply) {
    object.display("ok", true);
    object.display("accepted", true);
    object.text("request_id", reply.request_id());
    object.text("function_request_id", reply.function_request_id());
}

fn add_error(object: &mut Object, error: &CommandError) {
    object.text("error", error.kind());
    object.text("message", &error.text());
    if let Some(delivery) = error.delivery() {
        object.text("delivery", delivery.as_str());
    }
    let CommandError::Call(error) = error else {
        return;
    };
    match error {
        Error::Function(error) => {
            if let Some(status) = error.status_code() {
                object.display("status_code", status);
            }
            object.text("error_message", error.message());
        }
        Error::Api(error) => {
            object.text("code", error.code_text());
            object.text("error_message", error.message());
        }
        _ => {}
    }
}

/// A time in milliseconds, as exact as it is.
struct Millis(Duration);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let (whole, part) = (nanos / 1_000_000, nanos % 1_000_000);
        if part == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{part:06}").trim_end_matches('0'))
    }
}
