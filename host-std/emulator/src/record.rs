//! The record of a request.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::fault::Fault;

/// One request, as the emulator got it, and what became of it.
///
/// A signature and a token are left out of the headers.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Record {
    /// The `RequestId` of the answer.
    pub request_id: String,
    /// The `FunctionRequestId`, once a function was found.
    pub function_request_id: Option<String>,
    /// `Invoke` or another action, as the request has it.
    pub action: Option<String>,
    /// The function.
    pub function_name: Option<String>,
    /// Its namespace.
    pub namespace: Option<String>,
    /// The version or alias that was asked for.
    pub qualifier: Option<String>,
    /// The trigger that made the call, `timer`, `apigw` (`/_http`) or `web`; none where that is
    /// a request of the API.
    pub trigger: Option<&'static str>,
    /// True where the caller waits for the result.
    pub synchronous: Option<bool>,
    /// The region that was asked for.
    pub region: Option<String>,
    /// The event.
    pub event: Option<String>,
    /// `X-TC-TraceId`.
    pub trace_id: Option<String>,
    /// The request's headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The fault that it took.
    pub fault: Option<Fault>,
    /// Its state.
    pub state: RecordState,
    /// The time at which it came.
    pub received: Option<SystemTime>,
    /// The time at which its function was last started.
    pub started: Option<SystemTime>,
    /// The time at which it ended.
    pub ended: Option<SystemTime>,
    /// The number of runs of its function; an event that fails is run again.
    pub runs: u32,
    /// The number of the instance of its last run, which counts those of its function from 1
    /// on; a closure has none.
    pub instance: Option<u64>,
    /// The time that this instance took to start, if it was started for the run.
    pub start_up: Option<Duration>,
    /// The function's status, 200 on success, of its last run.
    pub status: Option<u16>,
    /// The duration of that run.
    pub duration: Duration,
    /// Its memory at the peak, in bytes; 0 where that is not known.
    pub memory_bytes: u64,
    /// The result, or the description of the failure.
    pub result_text: Option<String>,
    /// Its log so far; the whole one when it has ended. That of an invocation which was answered
    /// before its end is what it printed, also afterwards.
    pub log: String,
    /// The error that the API answered.
    pub error: Option<ApiError>,
}

/// The state of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordState {
    /// It is being read and authorized.
    #[default]
    Received,
    /// Its event waits for its function, for the first time or again.
    Queued,
    /// Its function runs.
    Running,
    /// Its function has run with success.
    Succeeded,
    /// Its function has failed.
    Failed,
    /// The API answered an error, or a question that runs nothing.
    Answered,
    /// A fault, or the client, ended it before there was an answer.
    Cut,
    /// It was accepted, and the emulator stopped before its function ran to an
    /// end.
    Abandoned,
}

impl RecordState {
    /// Returns its name in the control interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Answered => "answered",
            Self::Cut => "cut",
            Self::Abandoned => "abandoned",
        }
    }
}

impl Record {
    /// Returns the record as the control interface shows it: all of it, or as a
    /// line of a list.
    pub(crate) fn json(&self, whole: bool) -> Value {
        let mut value = json!({
            "requestId": self.request_id,
            "functionRequestId": self.function_request_id,
            "action": self.action,
            "functionName": self.function_name,
            "namespace": self.namespace,
            "qualifier": self.qualifier,
            "trigger": self.trigger,
            "synchronous": self.synchronous,
            "region": self.region,
            "traceId": self.trace_id,
            "fault": self.fault.as_ref().map(ToString::to_string),
            "state": self.state.name(),
            "receivedMs": self.received.and_then(milliseconds),
            "startedMs": self.started.and_then(milliseconds),
            "endedMs": self.ended.and_then(milliseconds),
            "runs": self.runs,
            "instance": self.instance,
            "startUpMs": self.start_up.map(|time| time.as_secs_f64() * 1e3),
            "status": self.status,
            "durationMs": self.duration.as_secs_f64() * 1e3,
            "memoryBytes": self.memory_bytes,
            "error": self.error.as_ref().map(|error| json!({
                "code": error.code,
                "message": error.message,
            })),
        });
        if whole && let Some(object) = value.as_object_mut() {
            object.insert("event".into(), self.event.clone().into());
            object.insert("resultText".into(), self.result_text.clone().into());
            object.insert("log".into(), self.log.clone().into());
            let headers: Vec<Value> =
                self.headers.iter().map(|(name, value)| json!([name, value])).collect();
            object.insert("headers".into(), headers.into());
        }
        value
    }
}

/// Milliseconds since 1970.
pub(crate) fn milliseconds(time: SystemTime) -> Option<u64> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}
