//! What is printed of a call.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use scf_invoke::scf_invoke_core::wire::json;
use scf_invoke::{Error, Reply};

use crate::arguments::Form;
use crate::failure::{Failure, complain};
use crate::json::Object;
use crate::terminal::for_terminal;

/// Standard output, where a reader that has gone is no error: it has seen
/// enough, and the call goes on to its end.
pub(crate) struct Stdout {
    gone: bool,
}

impl Stdout {
    pub(crate) fn new() -> Self {
        Self { gone: false }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.gone {
            return Ok(bytes.len());
        }
        match io::stdout().lock().write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(bytes.len())
            }
            other => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match io::stdout().lock().flush() {
            Err(error) if !self.gone && error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

/// Writes to standard output, all of it.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = Stdout::new();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(Failure::Output)
}

/// Prints what a function gave back.
pub(crate) fn reply(form: Form, reply: &Reply) -> Result<(), Failure> {
    beside(reply);
    let terminal = io::stdout().is_terminal();
    let result = for_terminal(reply.result(), terminal);
    match form {
        Form::Json => object(reply, None).map_err(Failure::Output),
        // Streamed already, unless it goes to a terminal.
        Form::Raw => print(result.as_bytes()),
        Form::Text => {
            print(result.as_bytes())?;
            if result.is_empty() || result.ends_with('\n') { Ok(()) } else { print(b"\n") }
        }
    }
}

/// Prints why there is no result; the failure itself is reported after it.
pub(crate) fn failure(form: Form, failure: &Failure) -> Result<(), Failure> {
    let reply = match failure {
        Failure::Call(Error::Function(error)) => Some(error.reply()),
        _ => None,
    };
    if let Some(reply) = reply {
        beside(reply);
    }
    match (form, reply) {
        (Form::Json, Some(reply)) => object(reply, Some(failure)).map_err(Failure::Output),
        (Form::Json, None) => bare_failure(failure).map_err(Failure::Output),
        (Form::Text, Some(reply)) => {
            // It is for the eyes, not for what reads the result.
            let trace = match failure {
                Failure::Call(Error::Function(error)) => error.stack_trace(),
                _ => None,
            };
            let terminal = io::stderr().is_terminal();
            let words = for_terminal(trace.as_deref().unwrap_or(reply.result()), terminal);
            complain(words.trim_end());
            Ok(())
        }
        (Form::Raw, Some(reply)) if io::stdout().is_terminal() => {
            print(for_terminal(reply.result(), true).as_bytes())
        }
        _ => Ok(()),
    }
}

/// The log and the line of numbers, on standard error.
fn beside(reply: &Reply) {
    let terminal = io::stderr().is_terminal();
    if let Some(log) = reply.log().filter(|log| !log.is_empty()) {
        let log = for_terminal(log, terminal);
        complain(log.strip_suffix('\n').unwrap_or(&log));
    }
    let mut line = format!("scf: request id {}", reply.request_id());
    if reply.function_request_id() != reply.request_id() && !reply.function_request_id().is_empty()
    {
        let _ = write!(line, ", function request id {}", reply.function_request_id());
    }
    if let Some(duration) = reply.duration() {
        let _ = write!(line, ", ran {:.1} ms", duration.as_secs_f64() * 1e3);
    }
    if let Some(billed) = reply.billed() {
        let _ = write!(line, ", billed {} ms", billed.as_millis());
    }
    if let Some(memory) = reply.memory() {
        let _ = write!(line, ", {:.1} MB", memory as f64 / f64::from(1 << 20));
    }
    complain(&for_terminal(&line, terminal));
}

/// All that is known of a call that has a reply.
fn object(reply: &Reply, failure: Option<&Failure>) -> io::Result<()> {
    let mut object = Object::new();
    object.display("ok", failure.is_none())?;
    if let Some(failure) = failure {
        add_failure(&mut object, failure)?;
    }
    object.text("result", reply.result())?;
    if json::check(reply.result().as_bytes()).is_ok() {
        object.raw("value", reply.result())?;
    }
    if let Some(log) = reply.log() {
        object.text("log", log)?;
    }
    object.text("request_id", reply.request_id())?;
    object.text("function_request_id", reply.function_request_id())?;
    if let Some(duration) = reply.duration() {
        object.display("duration_ms", duration.as_secs_f64() * 1e3)?;
    }
    if let Some(billed) = reply.billed() {
        object.display("billed_ms", billed.as_millis())?;
    }
    if let Some(memory) = reply.memory() {
        object.display("memory_bytes", memory)?;
    }
    object.end()
}

/// All that is known of a call without one.
fn bare_failure(failure: &Failure) -> io::Result<()> {
    let mut object = Object::new();
    object.display("ok", false)?;
    add_failure(&mut object, failure)?;
    if let Failure::Call(error) = failure
        && let Some(id) = error.request_id()
    {
        object.text("request_id", id)?;
    }
    object.end()
}

fn add_failure(object: &mut Object, failure: &Failure) -> io::Result<()> {
    object.text("error", failure.kind())?;
    object.text("message", &failure.text())?;
    let Failure::Call(error) = failure else {
        return Ok(());
    };
    object.text("delivery", error.delivery().as_str())?;
    match error {
        Error::Function(error) => {
            if let Some(status) = error.status_code() {
                object.display("status_code", status)?;
            }
            object.text("error_message", error.message())
        }
        Error::Api(error) => {
            object.text("code", error.code_text())?;
            object.text("error_message", error.message())
        }
        _ => Ok(()),
    }
}
