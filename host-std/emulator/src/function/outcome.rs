//! The outcome of an invocation, and the reply that the caller gets.

use std::time::Duration;

use serde_json::json;

use crate::id::RequestId;
use crate::log::{Ended, Log, RunLog};

/// A function's response is at most this long.
pub(crate) const RESPONSE_LIMIT: usize = 6 * 1024 * 1024;
/// The headers of a web function's response are at most this long.
pub(crate) const HEADER_LIMIT: usize = 4 * 1024;
/// The event of a synchronous call is at most this long.
pub(crate) const EVENT_LIMIT: usize = 6 * 1024 * 1024;

/// The reason why a function gave no result. Each has a status of its own.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The event is longer than the function may be sent.
    EventTooLarge(usize),
    /// The function raised, and this is its stack trace.
    Exception(String),
    /// A custom runtime reported a failure, in these words.
    UserCode(String),
    HandlerNotFound(String),
    TimedOut(Duration),
    OutOfMemory {
        limit_mb: u64,
    },
    /// It had more processes than this at once, and was ended.
    TooManyProcesses(usize),
    Exited(String),
    /// A web function's server gave no response that could be passed on, or cut it.
    BadResponse(String),
    ResponseTooLarge(usize),
    NotStarted(String),
    /// It was not ready in this time, by which it should have done something.
    StartTimedOut(Duration, &'static str),
    Concurrency(usize),
    /// A web function's response has so many bytes of headers.
    HeadersTooLarge(usize),
    /// A fault asks for this status.
    Asked(u16),
}

impl Failure {
    fn status(&self) -> u16 {
        match self {
            Self::EventTooLarge(_) => 406,
            Self::ResponseTooLarge(_) | Self::HeadersTooLarge(_) => 407,
            Self::Exception(_) => 430,
            Self::Concurrency(_) => 432,
            Self::TimedOut(_) => 433,
            Self::OutOfMemory { .. } => 434,
            Self::HandlerNotFound(_) => 437,
            Self::Exited(_) | Self::TooManyProcesses(_) => 439,
            Self::UserCode(_) | Self::BadResponse(_) => 443,
            Self::NotStarted(_) => 445,
            Self::StartTimedOut(..) => 450,
            Self::Asked(status) => *status,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::EventTooLarge(size) => {
                format!("the event has {size} bytes; at most {EVENT_LIMIT} are allowed")
            }
            Self::Exception(_) => "user code exception caught".to_owned(),
            Self::UserCode(_) => "user code error".to_owned(),
            Self::HandlerNotFound(what) => format!("handler not found: {what}"),
            Self::TimedOut(limit) => {
                format!("Invoking task timed out after {} seconds", limit.as_secs_f64())
            }
            Self::OutOfMemory { limit_mb } => {
                format!("the function used more than its {limit_mb} MB of memory")
            }
            Self::TooManyProcesses(limit) => {
                format!("the function had more than {limit} processes at once and was ended")
            }
            Self::Exited(how) => format!("the function's process ended while it ran: {how}"),
            Self::ResponseTooLarge(size) => {
                format!("the response has {size} bytes; at most {RESPONSE_LIMIT} are allowed")
            }
            Self::BadResponse(what) => format!("the web server gave no whole response: {what}"),
            Self::NotStarted(how) => format!("the function's process did not start: {how}"),
            Self::StartTimedOut(limit, task) => format!(
                "the function's process was not ready after {} seconds: {task} by then; \
                 init_timeout in function.json is the time that it has",
                limit.as_secs_f64()
            ),
            Self::Concurrency(limit) => {
                format!("{limit} instances of the function are running, which is the limit")
            }
            Self::HeadersTooLarge(size) => format!(
                "the response has {size} bytes of headers; at most {HEADER_LIMIT} are allowed"
            ),
            Self::Asked(_) => "the emulator was asked for this failure".to_owned(),
        }
    }

    fn ret_msg(&self, request_id: &str) -> String {
        let stack_trace = match self {
            Self::Exception(trace) | Self::UserCode(trace) => trace.as_str(),
            _ => "",
        };
        json!({
            "errorCode": -1,
            "errorMessage": self.message(),
            "requestId": request_id,
            "stackTrace": stack_trace,
            "statusCode": self.status(),
        })
        .to_string()
    }
}

/// The end of an invocation.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) request_id: RequestId,
    pub(crate) status: u16,
    pub(crate) ret_msg: String,
    pub(crate) err_msg: String,
    pub(crate) invoke_result: i64,
    pub(crate) mem_usage: u64,
    pub(crate) duration: Duration,
    log: Log,
    memory_mb: u64,
    /// It was answered before its end, and nothing but the result is known.
    pub(crate) is_early: bool,
}

impl Outcome {
    pub(crate) fn new(
        request_id: RequestId,
        result: Result<String, Failure>,
        mem_usage: u64,
        duration: Duration,
        log: RunLog,
        memory_mb: u64,
    ) -> Self {
        let result = result.and_then(|reply| {
            if reply.len() > RESPONSE_LIMIT {
                Err(Failure::ResponseTooLarge(reply.len()))
            } else {
                Ok(reply)
            }
        });
        let (status, ret_msg, err_msg, invoke_result) = match result {
            Ok(reply) => (200, reply, String::new(), 0),
            Err(failure) => (failure.status(), failure.ret_msg(&request_id), failure.message(), 1),
        };
        Self {
            request_id,
            status,
            ret_msg,
            err_msg,
            invoke_result,
            mem_usage,
            duration,
            log: log.end(),
            memory_mb,
            is_early: false,
        }
    }

    /// Keeps the result alone, as for an answer before the run's end.
    pub(crate) fn early(mut self) -> Self {
        self.mem_usage = 0;
        self.duration = Duration::ZERO;
        self.log = Log::default();
        self.is_early = true;
        self
    }

    /// Returns the bytes of its texts.
    pub(crate) fn size(&self) -> usize {
        self.ret_msg.len() + self.log.size()
    }

    /// Returns the whole log; nothing of a run that was answered before its end.
    pub(crate) fn log(&self) -> String {
        if self.is_early {
            return String::new();
        }
        self.log.text(&Ended {
            request_id: &self.request_id,
            ret_msg: &self.ret_msg,
            is_failure: self.invoke_result != 0,
            duration: self.duration,
            memory_mb: self.memory_mb,
            mem_usage: self.mem_usage,
        })
    }

    /// Milliseconds with three decimals.
    pub(crate) fn duration_ms(&self) -> f64 {
        self.duration.as_micros() as f64 / 1000.0
    }

    pub(crate) fn bill_duration_ms(&self) -> u64 {
        u64::try_from(self.duration.as_micros().div_ceil(1000)).unwrap_or(u64::MAX)
    }
}
