//! What came back for a request, and what that says of it.

use super::{Delivery, Retry};
use crate::error::ProtocolError;
use crate::reply::error_code::ErrorCode;
use crate::reply::function_status;
use crate::reply::{Fields, ReplyClass, ReplyError};

/// What came back for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        /// What is wrong with it.
        error: ProtocolError,
        /// Whether it has a function's result all the same.
        has_result: bool,
    },
    /// An error of the API.
    ApiError {
        /// The error code, such as `ResourceNotFound.Function`.
        code: &'a str,
        /// Whether a function's result stands beside it.
        has_result: bool,
    },
    /// The function ran and returned; or an asynchronous event was accepted.
    Success,
    /// The function failed.
    FunctionFailed {
        /// The platform's status, where the result tells it. Without it, the
        /// function counts as run.
        status: Option<i64>,
        /// Whether the reply has figures of a run.
        has_figures: bool,
    },
    /// A reply that the caller's buffer or sink did not take.
    Untaken,
}

impl<'a> Received<'a> {
    /// Returns what a whole response is.
    ///
    /// `read` is how the [`Decoder`](crate::reply::Decoder) has ended;
    /// `asynchronous` says that the event is accepted and run later, so that
    /// there is no result. The status of a function that failed is not known
    /// here: [`with_status`](Self::with_status) adds it.
    #[must_use]
    pub fn from_response(
        http_status: u16,
        read: Result<(), ReplyError>,
        fields: &'a Fields,
        asynchronous: bool,
    ) -> Self {
        let has_result = fields.has_content();
        let class = fields.class();
        let foreign = |error| Self::Foreign { error, has_result };
        match read {
            Ok(()) if class == ReplyClass::ApiError => {
                Self::ApiError { code: fields.error_code().as_str(), has_result }
            }
            _ if http_status != 200 => foreign(ProtocolError::Status(http_status)),
            Err(ReplyError::Sink) => Self::Untaken,
            Err(error) => foreign(ProtocolError::Reply(error)),
            Ok(()) if !asynchronous && !has_result => {
                foreign(ProtocolError::Reply(ReplyError::NoResult))
            }
            Ok(()) if class == ReplyClass::FunctionFailed => {
                Self::FunctionFailed { status: None, has_figures: fields.has_figures() }
            }
            Ok(()) => Self::Success,
        }
    }

    /// Adds the status that the result of a failed function tells.
    #[must_use]
    pub fn with_status(self, status: Option<i64>) -> Self {
        match self {
            Self::FunctionFailed { has_figures, .. } => {
                Self::FunctionFailed { status, has_figures }
            }
            other => other,
        }
    }

    /// Returns whether it is a reply: the function's result or its failure.
    pub(super) const fn is_reply(self) -> bool {
        matches!(self, Self::Success | Self::FunctionFailed { .. })
    }

    pub(super) const fn is_failure(self) -> bool {
        matches!(self, Self::FunctionFailed { .. })
    }

    /// Returns how far the request got. Where the evidence contradicts itself,
    /// the function may have run.
    #[must_use]
    pub fn delivery(self, sent: bool) -> Delivery {
        match self {
            Self::Foreign { has_result: true, .. } | Self::ApiError { has_result: true, .. } => {
                Delivery::Unknown
            }
            // What answers in the API's place with 4xx has not passed it on.
            Self::Foreign { error: ProtocolError::Status(400..=499), .. } => Delivery::Refused,
            Self::ApiError { code, .. } if ErrorCode::may_have_run(code) => Delivery::Unknown,
            Self::ApiError { .. } => Delivery::Refused,
            Self::FunctionFailed { status: Some(status), has_figures: false }
                if !function_status::may_have_run(status) =>
            {
                Delivery::Refused
            }
            Self::Success | Self::FunctionFailed { .. } | Self::Untaken => Delivery::Executed,
            Self::Stopped | Self::Lost | Self::Foreign { .. } if sent => Delivery::Unknown,
            Self::Stopped | Self::Lost | Self::Foreign { .. } => Delivery::NotSent,
        }
    }

    /// Returns what could make another attempt succeed without running the
    /// function twice, by the delivery that this came to.
    #[must_use]
    pub fn retry(self, delivery: Delivery) -> Retry {
        match (delivery, self) {
            (Delivery::NotSent, Self::Lost) => Retry::AfterBackoff,
            (Delivery::Refused, Self::ApiError { code, .. }) => ErrorCode::retry(code),
            (Delivery::Refused, Self::Foreign { error: ProtocolError::Status(429), .. }) => {
                Retry::AfterBackoff
            }
            (Delivery::Refused, Self::FunctionFailed { status: Some(429 | 432), .. }) => {
                Retry::AfterBackoff
            }
            _ => Retry::Never,
        }
    }
}
