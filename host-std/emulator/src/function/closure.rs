//! Functions that are Rust closures of the test.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Failure;
use crate::api::Call as ApiCall;
use crate::id::RequestId;

/// The event that a closure is called with, and its context.
#[derive(Clone, Debug)]
pub struct Event {
    call: Arc<ApiCall>,
    request_id: RequestId,
    printed: Arc<Mutex<Vec<u8>>>,
}

impl Event {
    pub(super) fn new(call: Arc<ApiCall>, request_id: RequestId) -> Self {
        Self { call, request_id, printed: Arc::default() }
    }

    /// Returns the event as the caller sent it; `{}` where it sent none.
    pub fn text(&self) -> &str {
        self.call.event.as_deref().unwrap_or("{}")
    }

    /// Returns the event as a value. The emulator has checked that it is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_default()
    }

    /// Returns the `FunctionRequestId` of this invocation.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Returns the name under which the closure was called.
    pub fn function_name(&self) -> &str {
        &self.call.function_name
    }

    /// Returns the version or alias that was asked for.
    pub fn qualifier(&self) -> &str {
        &self.call.qualifier
    }

    /// Returns the namespace that was asked for.
    pub fn namespace(&self) -> &str {
        &self.call.namespace
    }

    /// Adds a line to the log of this invocation.
    pub fn log(&self, line: &str) {
        let mut printed = self.printed();
        printed.extend_from_slice(line.as_bytes());
        printed.push(b'\n');
    }

    /// Returns the log so far.
    pub(super) fn printed(&self) -> MutexGuard<'_, Vec<u8>> {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Runs it: here if it is quick, and else on a thread where it may block. Returns the result
    /// and the duration.
    pub(super) async fn run(
        self,
        event: Event,
        limit: Duration,
    ) -> (Result<String, Failure>, Duration) {
        let started = Instant::now();
        let result = if self.is_quick() {
            Some(self.call(event))
        } else {
            let run = tokio::task::spawn_blocking({
                let closure = self.clone();
                move || closure.call(event)
            });
            // A closure cannot be stopped; only the caller has its reply in time.
            let run = tokio::time::timeout(limit, run).await.ok();
            run.map(|run| {
                run.unwrap_or_else(|_| Err(Failure::Exception("the emulator stopped".to_owned())))
            })
        };
        let duration = started.elapsed();
        if let Some(is_quick) = &self.is_quick {
            is_quick.store(duration <= QUICK, Ordering::Relaxed);
        }
        // One that runs here ends before it can be timed out.
        let result = result.filter(|_| duration <= limit);
        (result.unwrap_or(Err(Failure::TimedOut(limit))), duration)
    }

    fn call(&self, event: Event) -> Result<String, Failure> {
        match catch_unwind(AssertUnwindSafe(|| (self.call)(event))) {
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
