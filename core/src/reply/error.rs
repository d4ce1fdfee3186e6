//! Errors of a body that is not a reply.

use core::fmt;

use super::member::Member;
use crate::wire::json::ScanError;

/// A defect of a response's body that is not the reply to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[repr(u8)]
pub enum ReplyError {
    /// The body is not JSON, as a page from a proxy, or ended too early.
    // From 1, so that none is 0 and a new decoder is nothing but zeros.
    Json(ScanError) = 1,
    /// The body is JSON, but not the envelope of the API.
    NotAnEnvelope,
    /// This field has a type that does not tell how the call ended.
    WrongType(Member),
    /// This field is there twice.
    Duplicate(Member),
    /// The sink refused a piece of text.
    Sink,
    /// The reply to a synchronous call has no result of the function.
    NoResult,
}

impl From<ScanError> for ReplyError {
    fn from(error: ScanError) -> Self {
        Self::Json(error)
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, name) = match *self {
            Self::Json(error) => {
                f.write_str("the reply is not JSON: ")?;
                return error.fmt(f);
            }
            Self::NotAnEnvelope => ("the reply is JSON, but not a response of the API", ""),
            Self::WrongType(member) => {
                ("the reply has a field of the wrong type: ", member.as_str())
            }
            Self::Duplicate(member) => ("the reply has a field twice: ", member.as_str()),
            Self::Sink => ("the sink took no more of the reply's text", ""),
            Self::NoResult => ("the reply has no result of the function", ""),
        };
        f.write_str(text)?;
        f.write_str(name)
    }
}

impl core::error::Error for ReplyError {}
