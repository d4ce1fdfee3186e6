//! Functions that are Rust closures of the test.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

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

type Call = dyn Fn(Event) -> Result<Reply, FunctionError> + Send + Sync;

/// The time that a quick closure may take. One that took longer would hold up other calls.
const QUICK: Duration = Duration::from_millis(10);

/// A closure, and the thread that it runs on.
#[derive(Clone)]
pub(crate) struct Closure {
    call: Arc<Call>,
    /// It was said not to block, and its last run took no longer than `QUICK`.
    is_quick: Option<Arc<AtomicBool>>,
}

impl Closure {
    pub(crate) fn new<F, R>(function: F, is_quick: bool) -> Self
    where
        F: Fn(Event) -> Result<R, FunctionError> + Send + Sync + 'static,
        R: Into<Reply>,
    {
        let call = Arc::new(move |event| function(event).map(Into::into));
        Self { call, is_quick: is_quick.then(|| Arc::new(AtomicBool::new(true))) }
    }

    /// Returns whether it runs on the thread that asks for it.
    pub(super) fn is_quick(&self) -> bool {
        self.is_quick.as_ref().is_some_and(|is_quick| is_quick.load(Ordering::Relaxed))
    }

    /// Runs it: here if it is quick, and else on a thread where it may block.
    pub(super) async fn run(self, event: Event) -> Result<String, Failure> {
        if self.is_quick() {
            return self.call(event);
        }
        let run = tokio::task::spawn_blocking(move || self.call(event)).await;
        run.unwrap_or_else(|_| Err(Failure::Exception("the emulator stopped".to_owned())))
    }

    fn call(&self, event: Event) -> Result<String, Failure> {
        let started = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| (self.call)(event)));
        if let Some(is_quick) = &self.is_quick {
            is_quick.store(started.elapsed() <= QUICK, Ordering::Relaxed);
        }
        match result {
            Ok(Ok(reply)) => Ok(reply.0),
            Ok(Err(error)) => Err(Failure::Exception(error.0)),
            Err(payload) => {
                let text = payload.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
                Err(Failure::Exception(format!("panicked: {}", text.unwrap_or("panic"))))
            }
        }
    }
}
