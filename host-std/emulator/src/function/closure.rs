//! Functions that are Rust closures of the test.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::Failure;

/// The event that a closure is called with, and its context.
#[derive(Clone, Debug)]
pub struct Event {
    pub(crate) text: String,
    pub(crate) request_id: String,
    pub(crate) function_name: String,
    pub(crate) qualifier: String,
    pub(crate) namespace: String,
    pub(crate) printed: Arc<Mutex<Vec<u8>>>,
}

impl Event {
    /// Returns the event as the caller sent it; `{}` where it sent none.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the event as a value. The emulator has checked that it is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Returns the `FunctionRequestId` of this invocation.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Returns the name under which the closure was called.
    pub fn function_name(&self) -> &str {
        &self.function_name
    }

    /// Returns the version or alias that was asked for.
    pub fn qualifier(&self) -> &str {
        &self.qualifier
    }

    /// Returns the namespace that was asked for.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Adds a line to the log of this invocation.
    pub fn log(&self, line: &str) {
        let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        printed.extend_from_slice(line.as_bytes());
        printed.push(b'\n');
    }
}

/// The reply of a closure, `RetMsg`: text as it is, as from a custom runtime; a value as
/// JSON, as from a managed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply(pub(crate) String);

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Reply {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

/// A closure's failure, reported like an exception of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError(String);

impl FunctionError {
    /// Returns a failure with that text for a stack trace.
    pub fn new(stack_trace: impl Into<String>) -> Self {
        Self(stack_trace.into())
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FunctionError {}

impl From<String> for FunctionError {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for FunctionError {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<serde_json::Error> for FunctionError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

pub(crate) type Closure = Arc<dyn Fn(Event) -> Result<Reply, FunctionError> + Send + Sync>;

/// Runs a closure on a thread where it may block.
pub(super) async fn run(closure: Closure, event: Event) -> Result<String, Failure> {
    match tokio::task::spawn_blocking(move || closure(event)).await {
        Ok(Ok(reply)) => Ok(reply.0),
        Ok(Err(error)) => Err(Failure::Exception(error.0)),
        Err(join) => {
            let text = match join.try_into_panic() {
                Ok(payload) => match payload.downcast::<String>() {
                    Ok(text) => *text,
                    Err(payload) => payload
                        .downcast::<&str>()
                        .map_or_else(|_| "panic".to_owned(), |text| (*text).to_owned()),
                },
                Err(_) => "the emulator stopped".to_owned(),
            };
            Err(Failure::Exception(format!("panicked: {text}")))
        }
    }
}
