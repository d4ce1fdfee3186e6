//! The core's errors as what C can be told.

use scf_core::credential::CredentialError;
use scf_core::day_key::ImportError;
use scf_core::error::ProtocolError;
use scf_core::http::HttpError;
use scf_core::invocation::InvocationError;
use scf_core::reply::ReplyError;
use scf_core::request::{RequestError, SettingsError};
use scf_core::tc3::SignError;

use crate::status::Status;

/// A status and what goes with it.
#[derive(Clone, Copy)]
pub(crate) struct Problem {
    pub(crate) status: Status,
    pub(crate) needed: usize,
    pub(crate) offset: u64,
    pub(crate) name: &'static str,
}

impl From<Status> for Problem {
    fn from(status: Status) -> Self {
        Self { status, needed: 0, offset: 0, name: "" }
    }
}

fn named(status: Status, name: &'static str) -> Problem {
    Problem { name, ..Problem::from(status) }
}

impl From<CredentialError> for Problem {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Empty(part) => named(Status::CredentialEmpty, part.as_str()),
            CredentialError::Character(part) => named(Status::CredentialCharacter, part.as_str()),
        }
    }
}

impl From<RequestError> for Problem {
    fn from(error: RequestError) -> Self {
        let status = match error {
            RequestError::Invocation(error) => return error.into(),
            RequestError::Settings(error) => match error {
                SettingsError::Host => Status::Host,
                SettingsError::Path => Status::Path,
                SettingsError::RequestClient => Status::RequestClient,
                SettingsError::TraceId => Status::TraceId,
                _ => Status::Other,
            },
            RequestError::Sign(error) => match error {
                SignError::Timestamp => Status::Timestamp,
                SignError::DayKeyDate { .. } => Status::DayKeyDay,
                SignError::DayKeyService => Status::DayKeyService,
                _ => Status::Other,
            },
            RequestError::Payload(invalid) => {
                return Self { offset: invalid.offset as u64, ..Status::EventNotJson.into() };
            }
            RequestError::PayloadTooLarge { .. } => Status::EventTooLarge,
            RequestError::Source => Status::SourceFailed,
            RequestError::SourceChanged => Status::SourceChanged,
            RequestError::TooLarge { .. } => Status::RequestTooLarge,
            RequestError::Buffer { needed } => return Self { needed, ..Status::Buffer.into() },
            _ => Status::Other,
        };
        status.into()
    }
}

impl From<InvocationError> for Problem {
    fn from(error: InvocationError) -> Self {
        let status = match error {
            InvocationError::FunctionNameMissing => Status::FunctionNameMissing,
            InvocationError::FunctionName => Status::FunctionName,
            InvocationError::Empty(name) => return named(Status::ParameterEmpty, name.as_str()),
            InvocationError::Control(name) => {
                return named(Status::ParameterControl, name.as_str());
            }
            InvocationError::RoutingKey => Status::RoutingKey,
            InvocationError::RoutingKeyTooLong(_) => Status::RoutingKeyTooLong,
            InvocationError::LogTypeOfEvent => Status::LogTypeOfEvent,
            InvocationError::EventOfInvokeFunction => Status::EventOfInvokeFunction,
            _ => Status::Other,
        };
        status.into()
    }
}

impl From<ProtocolError> for Problem {
    fn from(error: ProtocolError) -> Self {
        let status = match error {
            ProtocolError::Http(error) => error.into(),
            ProtocolError::Status(_) => Status::HttpStatus,
            ProtocolError::Reply(error) => match error {
                ReplyError::Json(_) => Status::ReplyNotJson,
                ReplyError::NotAnEnvelope => Status::ReplyNotApi,
                ReplyError::WrongType(member) => {
                    return named(Status::ReplyWrongType, member.as_str());
                }
                ReplyError::Duplicate(member) => {
                    return named(Status::ReplyDuplicate, member.as_str());
                }
                ReplyError::Sink => Status::Sink,
                _ => Status::Other,
            },
            ProtocolError::Utf8 => Status::ResultUtf8,
            _ => Status::Other,
        };
        status.into()
    }
}

impl From<HttpError> for Status {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::StatusLine => Self::HttpStatusLine,
            HttpError::Version => Self::HttpVersion,
            HttpError::Upgraded => Self::HttpUpgraded,
            HttpError::HeadTooLong => Self::HttpHeadTooLong,
            HttpError::LineEnd => Self::HttpLineEnd,
            HttpError::HeaderName => Self::HttpHeaderName,
            HttpError::HeaderValue => Self::HttpHeaderValue,
            HttpError::Folded => Self::HttpFolded,
            HttpError::ContentLength => Self::HttpContentLength,
            HttpError::TransferEncoding => Self::HttpTransferEncoding,
            HttpError::Ambiguous => Self::HttpAmbiguous,
            HttpError::ChunkSize => Self::HttpChunkSize,
            HttpError::ChunkLine => Self::HttpChunkLine,
            HttpError::ChunkEnd => Self::HttpChunkEnd,
            HttpError::BodyTooLarge => Self::HttpBodyTooLarge,
            HttpError::Truncated => Self::Truncated,
            _ => Self::Other,
        }
    }
}

impl From<ImportError> for Status {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Form => Self::ImportForm,
            ImportError::Date => Self::ImportDate,
            ImportError::Service => Self::ImportService,
            ImportError::Key => Self::ImportKey,
        }
    }
}
