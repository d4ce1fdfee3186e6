//! The response to a request, and its meaning for delivery and retry.

use super::{Delivery, Retry};
use crate::error::ProtocolError;
use crate::reply::error_code;
use crate::reply::function_status;
use crate::reply::{Fields, MemberNumbers, MemberReader, ReplyClass, ReplyError};
use crate::wire::http::HttpError;

/// The response to a request, or its absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Received<'a> {
    /// Nothing, and the end came from this side: the request breaks a rule, a
    /// certificate is not trusted, a timeout has passed. The same again would
    /// end the same way.
    Stopped,
    /// Nothing, or not all of a response: there was no connection, or it was
    /// lost.
    Lost,
    /// Something that is not a response of the API.
    Foreign {
        /// The defect.
        error: ProtocolError,
        /// `true` if it has a function's result all the same.
        has_result: bool,
    },
    /// An error of the API.
    ApiError {
        /// The error code, such as `ResourceNotFound.Function`, in bytes: it is
        /// looked up and never shown, and their check as text takes a kilobyte.
        code: &'a [u8],
        /// `true` if a function's result stands beside it.
        has_result: bool,
    },
    /// The function ran and returned; or an asynchronous event was accepted.
    Success,
    /// The function failed.
    FunctionFailed {
        /// The platform's status, where the result tells it and no figures of a
        /// run contradict it. Without it, the function counts as run.
        status: Option<u16>,
    },
    /// A reply that the caller's buffer or sink did not take.
    Untaken,
}

impl<'a> Received<'a> {
    /// Returns what a whole response is.
    ///
    /// `read` is how the [`Decoder`](crate::reply::Decoder) has ended;
    /// `asynchronous` says that the event is accepted and run later, so that
    /// there is no result; `status` is what the result of a function that failed
    /// tells, see [`failure_details`](crate::reply::failure_details).
    #[must_use]
    pub fn from_response(
        http_status: u16,
        read: Result<(), ReplyError>,
        fields: &'a Fields,
        asynchronous: bool,
        status: Option<i64>,
    ) -> Self {
        Self::new(Response::new(http_status, read, &fields, asynchronous), &fields, status)
    }

    /// Returns what a whole response is whose members a host has read: the error
    /// code, and the numbers.
    #[must_use]
    pub fn from_members(
        http_status: u16,
        reader: &mut MemberReader,
        code: &'a [u8],
        numbers: &MemberNumbers,
        asynchronous: bool,
        status: Option<i64>,
    ) -> Self {
        let is_envelope = reader.finish();
        let class = reader.class(numbers).filter(|_| is_envelope);
        let read = class.map(|_| ()).ok_or(ReplyError::NotAnEnvelope);
        let members = ReadMembers {
            class: class.unwrap_or(ReplyClass::Success),
            code,
            has_content: reader.has_content(),
            has_figures: numbers.has_figures,
        };
        Self::new(Response::new(http_status, read, &members, asynchronous), &members, status)
    }

    /// Returns the failure of a function, with the status that its result tells.
    #[must_use]
    pub fn function_failed(fields: &Fields, status: Option<i64>) -> Self {
        Self::failure(&fields, status)
    }

    fn failure<'e>(evidence: &impl Evidence<'e>, status: Option<i64>) -> Self {
        // Figures of a run contradict a status that tells of none.
        let status = status.filter(|_| !evidence.has_figures());
        Self::FunctionFailed { status: status.and_then(|status| status.try_into().ok()) }
    }

    /// Returns what came back, with the words of a response.
    pub(super) fn new(
        response: Response,
        evidence: &impl Evidence<'a>,
        status: Option<i64>,
    ) -> Self {
        let has_result = evidence.has_content();
        match response {
            Response::ApiError => Self::ApiError { code: evidence.code(), has_result },
            Response::TRUNCATED if !has_result => Self::Lost,
            Response::Foreign(error) => Self::Foreign { error, has_result },
            Response::Untaken => Self::Untaken,
            Response::Reply if evidence.class() == ReplyClass::FunctionFailed => {
                Self::failure(evidence, status)
            }
            Response::Reply => Self::Success,
        }
    }

    /// Returns whether it is a reply: the function's result or its failure.
    pub(super) const fn is_reply(self) -> bool {
        matches!(self, Self::Success | Self::FunctionFailed { .. })
    }

    /// Returns the delivery of the request. Where the evidence contradicts itself,
    /// the function may have run.
    #[must_use]
    pub fn delivery(self, sent: bool) -> Delivery {
        match self {
            Self::Stopped | Self::Lost => unanswered(sent),
            Self::Foreign { error, has_result } => foreign(error, has_result, sent),
            Self::ApiError { code, has_result } => api_error(code, has_result).0,
            Self::FunctionFailed { status } => function_failed(status).0,
            Self::Success | Self::Untaken => Delivery::Executed,
        }
    }

    /// Returns what could make another attempt succeed without running the
    /// function twice, by the delivery that this came to.
    #[must_use]
    pub fn retry(self, delivery: Delivery) -> Retry {
        match self {
            Self::Lost if delivery == Delivery::NotSent => Retry::AfterBackoff,
            Self::Foreign { error, .. } => foreign_retry(error, delivery),
            Self::ApiError { code, has_result } => api_error(code, has_result).1,
            Self::FunctionFailed { status } => function_failed(status).1,
            Self::Lost | Self::Stopped | Self::Success | Self::Untaken => Retry::Never,
        }
    }
}

/// A response, without the words of it: one register, where [`Received`] takes
/// four, which saves 240 bytes of flash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Response {
    /// A reply, whether the function failed or not.
    Reply,
    /// An error of the API.
    ApiError,
    /// A reply that the caller's sink did not take.
    Untaken,
    /// Not the API's, or not one that it may send.
    Foreign(ProtocolError),
}

impl Response {
    /// The connection was lost before the end.
    pub(super) const TRUNCATED: Self = Self::Foreign(ProtocolError::Http(HttpError::Truncated));

    /// Classifies a response that has come to its end, or that was read as far
    /// as `read` allows.
    pub(super) fn new<'e>(
        http_status: u16,
        read: Result<(), ReplyError>,
        evidence: &impl Evidence<'e>,
        asynchronous: bool,
    ) -> Self {
        match read {
            Ok(()) if evidence.class() == ReplyClass::ApiError => Self::ApiError,
            _ if http_status != 200 => Self::Foreign(ProtocolError::Status(http_status)),
            Err(ReplyError::Sink) => Self::Untaken,
            Err(error) => Self::Foreign(ProtocolError::Reply(error)),
            Ok(()) if !asynchronous && !evidence.has_content() => {
                Self::Foreign(ProtocolError::Reply(ReplyError::NoResult))
            }
            Ok(()) => Self::Reply,
        }
    }
}

/// The small facts of a response, by which it is classified.
pub(super) trait Evidence<'a> {
    fn class(&self) -> ReplyClass;
    fn code(&self) -> &'a [u8];
    fn has_content(&self) -> bool;
    fn has_figures(&self) -> bool;
}

impl<'a> Evidence<'a> for &'a Fields {
    fn class(&self) -> ReplyClass {
        Fields::class(self)
    }

    fn code(&self) -> &'a [u8] {
        self.error_code().as_bytes()
    }

    fn has_content(&self) -> bool {
        Fields::has_content(self)
    }

    fn has_figures(&self) -> bool {
        Fields::has_figures(self)
    }
}

/// The facts that a host has read.
struct ReadMembers<'a> {
    class: ReplyClass,
    code: &'a [u8],
    has_content: bool,
    has_figures: bool,
}

impl<'a> Evidence<'a> for ReadMembers<'a> {
    fn class(&self) -> ReplyClass {
        self.class
    }

    fn code(&self) -> &'a [u8] {
        self.code
    }

    fn has_content(&self) -> bool {
        self.has_content
    }

    fn has_figures(&self) -> bool {
        self.has_figures
    }
}

// The rules, each by itself, so that an image has only those that it uses.

/// Returns the delivery of a request without a response of the API.
const fn unanswered(sent: bool) -> Delivery {
    if sent { Delivery::Unknown } else { Delivery::NotSent }
}

/// Returns the delivery of a request with a response that is not the API's.
pub(super) fn foreign(error: ProtocolError, has_result: bool, sent: bool) -> Delivery {
    match error {
        _ if has_result => Delivery::Unknown,
        // What answers in the API's place with 4xx has not passed it on.
        ProtocolError::Status(400..=499) => Delivery::Refused,
        _ => unanswered(sent),
    }
}

/// Returns the retry after a response that is not the API's.
pub(crate) fn foreign_retry(error: ProtocolError, delivery: Delivery) -> Retry {
    match (error, delivery) {
        (ProtocolError::Status(429), Delivery::Refused) => Retry::AfterBackoff,
        (ProtocolError::Http(HttpError::Truncated), Delivery::NotSent) => Retry::AfterBackoff,
        _ => Retry::Never,
    }
}

/// Returns delivery and retry of an error of the API, with a function's result
/// beside it or not.
pub(crate) fn api_error(code: &[u8], has_result: bool) -> (Delivery, Retry) {
    if has_result { (Delivery::Unknown, Retry::Never) } else { error_code::judge(code) }
}

/// Returns delivery and retry of a function that failed, with the platform's
/// status.
pub(crate) fn function_failed(status: Option<u16>) -> (Delivery, Retry) {
    match status {
        Some(status) if !function_status::may_have_run(status.into()) => {
            let limited = matches!(status, 429 | 432);
            (Delivery::Refused, if limited { Retry::AfterBackoff } else { Retry::Never })
        }
        _ => (Delivery::Executed, Retry::Never),
    }
}
