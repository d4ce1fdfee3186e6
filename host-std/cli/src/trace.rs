//! `--verbose`: the steps of a call, and the head of its request.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use scf_invoke::{Client, Error, Invocation, Progress};

use crate::client;
use crate::connection::Connection;
use crate::error::CommandError;
use crate::stderr::note;

/// Prints each step with the time since the first.
pub(crate) struct Trace {
    started: Instant,
    last: Mutex<Option<Progress>>,
}

impl Trace {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), last: Mutex::new(None) }
    }

    /// Prints where the call goes, and what is sent before the event, without
    /// its secrets.
    pub(crate) fn head(
        &self,
        connection: &Connection,
        client: &Client,
        invocation: &Invocation<'_>,
    ) -> Result<(), CommandError> {
        let proxy = client::proxy(connection, client.endpoint())?;
        let by = proxy.map_or("no proxy".to_owned(), |proxy| format!("the proxy {proxy}"));
        note(&format!("tscf: to {}, by {by}", client.endpoint()));
        let mut request = vec![];
        client.call(*invocation).write_request(None, &mut request)?;
        let request = String::from_utf8_lossy(&request);
        let head = request.split("\r\n\r\n").next().unwrap_or_default();
        for line in head.lines() {
            note(&format!("tscf: > {}", without_secrets(line)));
        }
        Ok(())
    }

    pub(crate) fn step(&self, step: Progress) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let text = match (step, *last) {
            (Progress::Connecting, _) => "connecting".to_owned(),
            (Progress::Securing, _) => "connected; shaking hands for TLS".to_owned(),
            (Progress::Sending, Some(Progress::Connecting)) => {
                "connected; sending the request".to_owned()
            }
            (Progress::Sending, Some(Progress::Securing)) => {
                "TLS is ready; sending the request".to_owned()
            }
            (Progress::Sending, _) => "sending the request on a connection used before".to_owned(),
            (Progress::Waiting, _) => "the request is out; waiting for the answer".to_owned(),
            (Progress::Receiving, _) => "the first byte of the answer is here".to_owned(),
            // Its error was printed.
            (Progress::Retrying { .. }, _) => return,
            (step, _) => step.to_string(),
        };
        self.print(&text);
        *last = Some(step);
    }

    /// Prints why another attempt follows.
    pub(crate) fn retry(&self, error: &Error, wait: Duration) {
        self.print(&format!("{error}; the next attempt follows in {} ms", wait.as_millis()));
    }

    /// Prints that the call has ended.
    pub(crate) fn end(&self) {
        self.print("the call has ended");
    }

    fn print(&self, text: &str) {
        let elapsed: Duration = self.started.elapsed();
        note(&format!("tscf: {:8.1} ms  {text}", elapsed.as_secs_f64() * 1e3));
    }
}

/// Returns a line of the head without its signature or token. The length is
/// that of a request without an event, and left out as well.
fn without_secrets(line: &str) -> String {
    if let Some((before, _)) = line.split_once("Signature=") {
        return format!("{before}Signature=(removed)");
    }
    match line.split_once(": ") {
        Some((name @ ("X-TC-Token" | "Content-Length"), _)) => format!("{name}: (removed)"),
        _ => line.to_owned(),
    }
}
