//! The outcome of a call, as C sees it.

use core::ffi::c_char;

use scf_invoke_core::attempt::{self, Received};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::error::ProtocolError;
use scf_invoke_core::reply::{BoundedStr, Fields, ReplyClass, failure_details};
use scf_invoke_core::wire::http::HttpError;
use scf_invoke_core::wire::utf8;

use crate::check::{self, Run};
use crate::problem::Problem;
use crate::status::Status;
use crate::types::Text;

/// The point that a request reached. Invoke is not idempotent, so this decides
/// whether it may be made again.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It did not leave whole: surely not executed.
    NotSent = 0,
    /// The service refused it: surely not executed.
    Refused = 1,
    /// It was sent, and nothing says what became of it.
    Unknown = 2,
    /// The function was run, or its run was accepted.
    Executed = 3,
}

impl From<attempt::Delivery> for Delivery {
    fn from(delivery: attempt::Delivery) -> Self {
        match delivery {
            attempt::Delivery::NotSent => Self::NotSent,
            attempt::Delivery::Refused => Self::Refused,
            attempt::Delivery::Unknown => Self::Unknown,
            attempt::Delivery::Executed => Self::Executed,
        }
    }
}

/// The change that could make another try succeed without running the function
/// twice.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Nothing.
    Never = 0,
    /// Time.
    AfterBackoff = 1,
    /// The right time of day: `server_time` of the outcome, where it is known.
    AfterClockCorrection = 2,
    /// Other credentials: a temporary token or key has ended.
    AfterNewCredentials = 3,
}

impl From<attempt::Retry> for Retry {
    fn from(retry: attempt::Retry) -> Self {
        match retry {
            attempt::Retry::AfterBackoff => Self::AfterBackoff,
            attempt::Retry::AfterClockCorrection => Self::AfterClockCorrection,
            attempt::Retry::AfterNewCredentials => Self::AfterNewCredentials,
            _ => Self::Never,
        }
    }
}

/// The outcome of a call. The character arrays end in NUL and are empty where
/// there is nothing to say; longer texts are cut.
#[repr(C)]
#[derive(Debug)]
pub struct Outcome {
    /// The function's result, or the reason of its failure, in the call's
    /// buffer: not set where it was absent, empty where it went to a sink.
    pub result: Text,
    /// The log, likewise.
    pub log: Text,
    /// The size of the call's buffer that it takes, where it was too small.
    pub needed: usize,
    /// The first byte of the event that is not JSON, where that is wrong.
    pub offset: u64,
    /// The server's clock in unix seconds, beside an error of the API; 0 where
    /// it is not known.
    pub server_time: u64,
    /// The time that the function ran, in nanoseconds; -1 where it is not
    /// known.
    pub duration_ns: i64,
    /// The time that is billed, in milliseconds; -1 where it is not known.
    pub billed_ms: i64,
    /// The memory that the run took, in bytes; -1 where it is not known.
    pub memory_bytes: i64,
    /// The platform's status of a function that failed, which
    /// scf_function_status() has in words; 0 where it is not known.
    pub function_status: i64,
    /// The status of the call: SCF_STATUS_OK if the function ran and returned,
    /// or the event was accepted.
    pub status: Status,
    /// The point that the request reached.
    pub delivery: Delivery,
    /// The change that could make another try succeed.
    pub retry: Retry,
    /// The HTTP status, where it is not the API's 200.
    pub http_status: u16,
    /// 1 if the connection may carry another request.
    pub keep_alive: u8,
    /// The id of the request, for the provider's support.
    pub request_id: [c_char; 49],
    /// The id of the function's run, for its logs.
    pub function_request_id: [c_char; 49],
    /// The API's error code, for scf_error_code().
    pub error_code: [c_char; 65],
    /// The API's message or the function's; the name of what is wrong with a
    /// request; how a response that is not the API's begins. A message of over
    /// 128 bytes is cut, and ends with "...".
    pub message: [c_char; 132],
}

impl Outcome {
    /// Says that nothing is known yet.
    pub(crate) fn clear(&mut self) {
        self.duration_ns = -1;
        self.billed_ms = -1;
        self.memory_bytes = -1;
    }

    /// Fills in the outcome of a request that is not whole; the delivery is
    /// zero, not sent.
    #[inline(never)]
    pub(crate) fn problem(&mut self, problem: &Problem) {
        self.status = problem.status;
        self.needed = problem.needed;
        self.offset = problem.offset;
        copy(&mut self.message, problem.name);
    }

    /// Fills in the outcome of a call whose request was whole, with the buffer
    /// that has the texts of its reply.
    ///
    /// # Safety
    /// The buffer was checked, is valid for reads, and the call does not use it
    /// after this.
    #[inline(never)]
    pub(crate) unsafe fn finish(
        &mut self,
        call: &Call<'static>,
        exchange: Result<(), ExchangeError<()>>,
        buffer: Run,
    ) {
        let transport_failed = matches!(exchange, Err(ExchangeError::Transport(())));
        let received = call.classify(&exchange);
        let delivery = received.delivery(call.is_sent());
        self.delivery = delivery.into();
        self.retry = received.retry(delivery).into();
        match received {
            Received::Success | Received::FunctionFailed { .. } => {
                self.fields(call.fields());
                // SAFETY: the caller's promise is the same.
                unsafe { self.texts(call, buffer) };
            }
            Received::ApiError { .. } => {
                self.fields(call.fields());
                self.server_time = call.server_time().unwrap_or(0);
                self.status = Status::Api;
            }
            Received::Untaken if call.layout().is_full() => {
                self.needed = call.buffer_needed();
                self.status = Status::ResultRoom;
            }
            Received::Untaken => self.status = Status::Sink,
            _ if transport_failed => self.status = Status::Transport,
            Received::Foreign { error, .. } => self.foreign(call, error),
            Received::Lost | Received::Stopped => {
                self.foreign(call, ProtocolError::Http(HttpError::Truncated));
            }
        }
    }

    fn fields(&mut self, fields: &Fields) {
        copy(&mut self.request_id, fields.request_id().as_bytes());
        copy(&mut self.function_request_id, fields.function_request_id().as_bytes());
        copy(&mut self.error_code, fields.error_code().as_bytes());
        copy_message(&mut self.message, fields.message());
        if let Some(duration) = fields.duration() {
            self.duration_ns = duration.as_nanos().min(i64::MAX as u64) as i64;
        }
        self.billed_ms = fields.billed_duration().unwrap_or(-1);
        self.memory_bytes = fields.memory_bytes().unwrap_or(-1);
    }

    /// Fills in the texts of a reply, and the details in them of a function
    /// that failed.
    ///
    /// # Safety
    /// As for [`Self::finish`].
    unsafe fn texts(&mut self, call: &Call<'static>, buffer: Run) {
        // The call has looked into its buffer for the last time.
        // SAFETY: the caller's promise is the same.
        let buffer = unsafe { check::bytes(buffer.start, buffer.length) }.unwrap_or_default();
        let text = |bytes: Option<&[u8]>| match bytes {
            Some(bytes) => Text { data: bytes.as_ptr().cast(), length: bytes.len() },
            None => Text::NONE,
        };
        self.result = text(call.layout().result(buffer));
        // SAFETY: the text is a part of the buffer.
        let result = unsafe {
            if check::texts(&raw const self.result, 1).is_err() {
                self.result = Text::NONE;
                self.status = Status::ResultUtf8;
                self.delivery = Delivery::Executed;
                self.retry = Retry::Never;
                return;
            }
            check::known(self.result).unwrap_or_default()
        };
        let log = call.layout().log(buffer);
        self.log = text(log.map(|log| log.get(..utf8::valid_up_to(log)).unwrap_or_default()));
        if call.fields().class() == ReplyClass::FunctionFailed {
            self.status = Status::FunctionFailed;
            let details = failure_details(result);
            self.function_status = details.status_code.unwrap_or(0);
            if self.message[0] == 0 {
                copy_message(&mut self.message, &details.error_message);
            }
        }
    }

    /// Fills in what is wrong with a response that is not the API's.
    fn foreign(&mut self, call: &Call<'static>, error: ProtocolError) {
        if let ProtocolError::Status(status) = error {
            self.http_status = status;
        }
        let mut problem = Problem::NONE;
        self.status = problem.protocol(error);
        if problem.name.is_empty() {
            copy(&mut self.message, call.excerpt().as_str().as_bytes());
        } else {
            copy(&mut self.message, problem.name);
        }
    }
}

/// Copies a text that fits by its type. The rest, the NUL among it, is zeroed
/// already.
#[inline(never)]
fn copy(to: &mut [c_char], text: &[u8]) {
    let room = to.len().saturating_sub(1);
    for (to, &byte) in to.iter_mut().take(room).zip(text) {
        *to = byte as c_char;
    }
}

/// Copies a message, with a mark where it was cut.
#[inline(never)]
fn copy_message(to: &mut [c_char; 132], message: &BoundedStr<128>) {
    copy(to, message.as_bytes());
    if message.is_truncated() {
        copy(to.get_mut(message.as_bytes().len()..).unwrap_or_default(), b"...");
    }
}
