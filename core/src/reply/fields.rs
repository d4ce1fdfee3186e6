//! The small fields of a reply.

use super::bounded::BoundedStr;
use super::member::Member;
use super::number::{Duration, Integer};

/// The class of a reply: the function's result, its failure, or an error of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ReplyClass {
    /// The function ran and returned; or, for an asynchronous call, the event
    /// was accepted.
    Success,
    /// The function failed, which is no error of the API.
    FunctionFailed,
    /// The API answered with an error: see [`Fields::error_code`].
    ApiError,
}

/// The members of the envelope beside RetMsg and Log.
///
/// A field that was absent or `null` is empty or `None`. A field that only
/// informs is left out as well where it has the wrong type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Fields {
    pub(super) request_id: BoundedStr<48>,
    pub(super) function_request_id: BoundedStr<48>,
    pub(super) error_code: BoundedStr<64>,
    pub(super) message: BoundedStr<128>,
    /// In the order of [`Member`]; the duration in nanoseconds.
    pub(super) numbers: [Integer; 5],
    pub(super) has_error: bool,
    pub(super) has_result: bool,
    pub(super) has_failure: bool,
    pub(super) has_content: bool,
}

impl Fields {
    pub(crate) const fn new() -> Self {
        Self {
            request_id: BoundedStr::new(),
            function_request_id: BoundedStr::new(),
            error_code: BoundedStr::new(),
            message: BoundedStr::new(),
            numbers: [Integer::NONE; 5],
            has_error: false,
            has_result: false,
            has_failure: false,
            has_content: false,
        }
    }

    /// Returns what the reply is.
    ///
    /// Success is: no error of the API, InvokeResult 0, 200 or absent, and
    /// ErrMsg empty.
    #[must_use]
    pub fn class(&self) -> ReplyClass {
        if self.has_error {
            ReplyClass::ApiError
        } else if self.has_failure || !matches!(self.invoke_result(), None | Some(0 | 200)) {
            ReplyClass::FunctionFailed
        } else {
            ReplyClass::Success
        }
    }

    /// Returns the id of the request, to find it with the provider.
    #[must_use]
    pub const fn request_id(&self) -> &BoundedStr<48> {
        &self.request_id
    }

    /// Returns the id of the run of the function, to find it in the logs.
    #[must_use]
    pub const fn function_request_id(&self) -> &BoundedStr<48> {
        &self.function_request_id
    }

    /// Returns the API's error code as it came, empty where there was none. See
    /// [`ErrorCode`](crate::reply::error_code::ErrorCode).
    #[must_use]
    pub const fn error_code(&self) -> &BoundedStr<64> {
        &self.error_code
    }

    /// Returns the API's error message, or the function's (`ErrMsg`).
    #[must_use]
    pub const fn message(&self) -> &BoundedStr<128> {
        &self.message
    }

    /// Returns the memory that the run took, in bytes.
    #[must_use]
    pub const fn memory_bytes(&self) -> Option<i64> {
        self.number(Member::MemUsage)
    }

    /// Returns the time that is billed, in milliseconds.
    #[must_use]
    pub const fn billed_duration(&self) -> Option<i64> {
        self.number(Member::BillDuration)
    }

    /// Returns the time that the function ran.
    #[must_use]
    pub const fn duration(&self) -> Option<Duration> {
        match self.number(Member::Duration) {
            Some(nanos) if nanos >= 0 => Some(Duration::from_nanos(nanos as u64)),
            _ => None,
        }
    }

    /// Returns 0 or 200 for success, 1 or -1 for a failure.
    #[must_use]
    pub const fn invoke_result(&self) -> Option<i64> {
        self.number(Member::InvokeResult)
    }

    /// Returns the number that stands for the error in the old form of the
    /// envelope.
    #[must_use]
    pub const fn old_code(&self) -> Option<i64> {
        self.number(Member::OldCode)
    }

    /// Returns whether the envelope had a `Result`. An asynchronous call may
    /// have none.
    #[must_use]
    pub const fn has_result(&self) -> bool {
        self.has_result
    }

    /// Returns whether that `Result` has any of the members that it should
    /// have, other than `null`: without one there is no reply of a function.
    #[must_use]
    pub const fn has_content(&self) -> bool {
        self.has_content
    }

    /// Returns whether a run has left figures: time, or memory.
    #[must_use]
    pub fn has_figures(&self) -> bool {
        let figures = [Member::MemUsage, Member::BillDuration, Member::Duration];
        figures.into_iter().any(|member| self.number(member).is_some_and(|figure| figure > 0))
    }

    const fn number(&self, member: Member) -> Option<i64> {
        self.numbers[member.number()].get()
    }
}
