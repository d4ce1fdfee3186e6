//! The core's errors as C's statuses.

use scf_invoke_core::error::ProtocolError;
use scf_invoke_core::reply::ReplyError;
use scf_invoke_core::request::invocation::InvocationError;
use scf_invoke_core::request::{RequestError, SettingsError};
use scf_invoke_core::sign::credential::CredentialError;
use scf_invoke_core::sign::day_key::ImportError;
use scf_invoke_core::sign::tc3::SignError;
use scf_invoke_core::wire::http::HttpError;

use crate::status::Status;

/// A status and what goes with it, filled in where it is kept.
pub(crate) struct Problem {
    pub(crate) status: Status,
    pub(crate) needed: usize,
    pub(crate) offset: u64,
    pub(crate) name: &'static str,
}

impl Problem {
    /// No problem.
    pub(crate) const NONE: Self = Self { status: Status::Ok, needed: 0, offset: 0, name: "" };

    fn named(&mut self, status: Status, name: &'static str) -> Status {
        self.name = name;
        status
    }

    pub(crate) fn credential(&mut self, error: CredentialError) -> Status {
        let (status, part) = match error {
            CredentialError::Empty(part) => (Status::CredentialEmpty, part),
            CredentialError::Character(part) => (Status::CredentialCharacter, part),
        };
        self.status = self.named(status, part.as_str());
        self.status
    }

    #[inline(never)]
    pub(crate) fn request(&mut self, error: &RequestError) -> Status {
        self.status = match *error {
            RequestError::Invocation(error) => self.invocation(error),
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
            RequestError::Event(invalid) => {
                self.offset = invalid.offset as u64;
                Status::EventNotJson
            }
            RequestError::PayloadTooLarge { .. } => Status::EventTooLarge,
            RequestError::Source => Status::SourceFailed,
            RequestError::SourceChanged => Status::SourceChanged,
            RequestError::TooLarge { .. } => Status::RequestTooLarge,
            RequestError::Buffer { needed } => {
                self.needed = needed;
                Status::Buffer
            }
            _ => Status::Other,
        };
        self.status
    }

    fn invocation(&mut self, error: InvocationError) -> Status {
        match error {
            InvocationError::FunctionNameMissing => Status::FunctionNameMissing,
            InvocationError::FunctionName => Status::FunctionName,
            InvocationError::Empty(name) => self.named(Status::ParameterEmpty, name.as_str()),
            InvocationError::Control(name) => self.named(Status::ParameterControl, name.as_str()),
            InvocationError::RoutingKey => Status::RoutingKey,
            InvocationError::RoutingKeyTooLong(_) => Status::RoutingKeyTooLong,
            InvocationError::LogTypeOfEvent => Status::LogTypeOfEvent,
            InvocationError::EventOfInvokeFunction => Status::EventOfInvokeFunction,
            _ => Status::Other,
        }
    }

    #[inline(never)]
    pub(crate) fn protocol(&mut self, error: ProtocolError) -> Status {
        self.status = match error {
            ProtocolError::Http(error) => error.into(),
            ProtocolError::Status(_) => Status::HttpStatus,
            ProtocolError::Reply(error) => match error {
                ReplyError::Json(_) => Status::ReplyNotJson,
                ReplyError::NotAnEnvelope => Status::ReplyNotApi,
                ReplyError::WrongType(member) => {
                    self.named(Status::ReplyWrongType, member.as_str())
                }
                ReplyError::Duplicate(member) => {
                    self.named(Status::ReplyDuplicate, member.as_str())
                }
                ReplyError::Sink => Status::Sink,
                ReplyError::NoResult => Status::ReplyNoResult,
                _ => Status::Other,
            },
            ProtocolError::Utf8 => Status::ResultUtf8,
            _ => Status::Other,
        };
        self.status
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
            // A connection that is lost, however it says so.
            HttpError::Truncated => Self::Transport,
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
