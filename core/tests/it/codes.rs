//! The numbers of errors, which are one table.

use scf_invoke_core::error::{Error, Excerpt, ProtocolError};
use scf_invoke_core::lite::LiteErrorKind;
use scf_invoke_core::reply::{Member, ReplyError};
use scf_invoke_core::request::invocation::{InvocationError, Parameter};
use scf_invoke_core::request::{RequestError, SettingsError};
use scf_invoke_core::sign::credential::{CredentialError, Part};
use scf_invoke_core::sign::day_key::ImportError;
use scf_invoke_core::sign::tc3::SignError;
use scf_invoke_core::wire::http::HttpError;
use scf_invoke_core::wire::json::{ScanError, Validator};
use scf_invoke_core::wire::time::Day;
use scf_invoke_core::{Delivery, ErrorCode};

/// Returns number and name of each row of the table.
fn rows() -> Vec<(u16, &'static str)> {
    let row = |line: &'static str| {
        let mut cells = line.split('|').skip(1).map(str::trim);
        Some((cells.next()?.parse().ok()?, cells.next()?.trim_matches('`')))
    };
    include_str!("../../src/error/codes.md").lines().filter_map(row).collect()
}

/// Returns the number of the row of that name.
fn number(name: &str) -> u16 {
    rows().iter().find(|row| row.1 == name).unwrap_or_else(|| panic!("{name} is in no row")).0
}

/// Returns a call's error with this defect of the response.
fn protocol(error: ProtocolError) -> Error<()> {
    Error::Protocol { error, excerpt: Excerpt::default(), delivery: Delivery::Unknown }
}

/// Returns every error with the name of its row.
fn errors() -> Vec<(Error<()>, &'static str)> {
    let invocation = |error| Error::Request(RequestError::Invocation(error));
    let settings = |error| Error::Request(RequestError::Settings(error));
    let sign = |error| Error::Request(RequestError::Sign(error));
    let reply = |error| protocol(ProtocolError::Reply(error));
    let http = |error| protocol(ProtocolError::Http(error));
    let not_json = Validator::new().push(b"?").unwrap_err();
    let [key, request] = [0, 1_700_000_000].map(|time| Day::of_timestamp(time).unwrap());
    vec![
        (invocation(InvocationError::FunctionNameMissing), "FUNCTION_NAME_MISSING"),
        (invocation(InvocationError::FunctionName), "FUNCTION_NAME"),
        (invocation(InvocationError::Empty(Parameter::Qualifier)), "PARAMETER_EMPTY"),
        (invocation(InvocationError::Control(Parameter::Qualifier)), "PARAMETER_CONTROL"),
        (invocation(InvocationError::RoutingKey), "ROUTING_KEY"),
        (invocation(InvocationError::RoutingKeyTooLong(2000)), "ROUTING_KEY_TOO_LONG"),
        (invocation(InvocationError::LogTypeOfEvent), "LOG_TYPE_OF_EVENT"),
        (invocation(InvocationError::EventOfInvokeFunction), "EVENT_OF_INVOKE_FUNCTION"),
        (settings(SettingsError::Host), "HOST"),
        (settings(SettingsError::Path), "PATH"),
        (settings(SettingsError::RequestClient), "REQUEST_CLIENT"),
        (settings(SettingsError::TraceId), "TRACE_ID"),
        (Error::Request(RequestError::Event(not_json)), "EVENT_NOT_JSON"),
        (Error::Request(RequestError::PayloadTooLarge { limit: 1 }), "EVENT_TOO_LARGE"),
        (Error::Request(RequestError::Source), "SOURCE_FAILED"),
        (Error::Request(RequestError::SourceChanged), "SOURCE_CHANGED"),
        (Error::Request(RequestError::TooLarge { size: 2, limit: 1 }), "REQUEST_TOO_LARGE"),
        (Error::Request(RequestError::Buffer { needed: 64 }), "BUFFER"),
        #[cfg(feature = "v1")]
        (settings(SettingsError::Presigned), "PRESIGNED"),
        (sign(SignError::Timestamp), "TIMESTAMP"),
        (sign(SignError::DayKeyDate { key, request }), "DAY_KEY_DAY"),
        (sign(SignError::DayKeyService), "DAY_KEY_SERVICE"),
        (sign(SignError::Service), "SERVICE"),
        (sign(SignError::DayKeyVersion1), "DAY_KEY_VERSION1"),
        (Error::Transport { error: (), delivery: Delivery::Unknown }, "TRANSPORT"),
        (http(HttpError::Truncated), "TRANSPORT"),
        (protocol(ProtocolError::Status(502)), "HTTP_STATUS"),
        (reply(ReplyError::Json(ScanError::Incomplete)), "REPLY_NOT_JSON"),
        (reply(ReplyError::NotAnEnvelope), "REPLY_NOT_API"),
        (reply(ReplyError::WrongType(Member::Log)), "REPLY_WRONG_TYPE"),
        (reply(ReplyError::Duplicate(Member::Log)), "REPLY_DUPLICATE"),
        (protocol(ProtocolError::Utf8), "RESULT_UTF8"),
        (Error::Buffer { needed: 64 }, "RESULT_ROOM"),
        (Error::Sink, "SINK"),
        (reply(ReplyError::Sink), "SINK"),
        (reply(ReplyError::NoResult), "REPLY_NO_RESULT"),
        (http(HttpError::StatusLine), "HTTP_STATUS_LINE"),
        (http(HttpError::Version), "HTTP_VERSION"),
        (http(HttpError::Upgraded), "HTTP_UPGRADED"),
        (http(HttpError::HeadTooLong), "HTTP_HEAD_TOO_LONG"),
        (http(HttpError::LineEnd), "HTTP_LINE_END"),
        (http(HttpError::HeaderName), "HTTP_HEADER_NAME"),
        (http(HttpError::HeaderValue), "HTTP_HEADER_VALUE"),
        (http(HttpError::Folded), "HTTP_FOLDED"),
        (http(HttpError::ContentLength), "HTTP_CONTENT_LENGTH"),
        (http(HttpError::TransferEncoding), "HTTP_TRANSFER_ENCODING"),
        (http(HttpError::Ambiguous), "HTTP_AMBIGUOUS"),
        (http(HttpError::ChunkSize), "HTTP_CHUNK_SIZE"),
        (http(HttpError::ChunkLine), "HTTP_CHUNK_LINE"),
        (http(HttpError::ChunkEnd), "HTTP_CHUNK_END"),
        (http(HttpError::BodyTooLarge), "HTTP_BODY_TOO_LARGE"),
    ]
}

#[test]
fn every_error_has_the_number_of_its_row() {
    for (error, name) in errors() {
        assert_eq!(error.code(), number(name), "{error:?}");
    }
    for (error, name) in [
        (CredentialError::Empty(Part::Token), "CREDENTIAL_EMPTY"),
        (CredentialError::Character(Part::Token), "CREDENTIAL_CHARACTER"),
    ] {
        assert_eq!(error.code(), number(name), "{error:?}");
    }
    for (error, name) in [
        (ImportError::Form, "IMPORT_FORM"),
        (ImportError::Date, "IMPORT_DATE"),
        (ImportError::Service, "IMPORT_SERVICE"),
        (ImportError::Key, "IMPORT_KEY"),
    ] {
        assert_eq!(error.code(), number(name), "{error:?}");
    }
}

#[test]
fn the_small_call_has_the_same_numbers() {
    for (kind, name) in [
        (LiteErrorKind::FunctionName, "FUNCTION_NAME"),
        (LiteErrorKind::Host, "HOST"),
        (LiteErrorKind::EventNotJson, "EVENT_NOT_JSON"),
        (LiteErrorKind::Buffer, "BUFFER"),
        (LiteErrorKind::Timestamp, "TIMESTAMP"),
        (LiteErrorKind::DayKeyDay, "DAY_KEY_DAY"),
        (LiteErrorKind::DayKeyService, "DAY_KEY_SERVICE"),
        (LiteErrorKind::Api, "API"),
        (LiteErrorKind::Transport, "TRANSPORT"),
        (LiteErrorKind::HttpStatus, "HTTP_STATUS"),
        (LiteErrorKind::NotApi, "REPLY_NOT_API"),
        (LiteErrorKind::ResultRoom, "RESULT_ROOM"),
        (LiteErrorKind::Http(HttpError::ChunkEnd), "HTTP_CHUNK_END"),
    ] {
        assert_eq!(kind.code(), number(name), "{kind:?}");
    }
}

#[test]
fn no_number_stands_for_two_things() {
    let rows = rows();
    assert!(rows.is_sorted_by(|one, other| one.0 < other.0), "{rows:?}");
    // An error code of the API is a text, and this table is not its place.
    assert!(rows.iter().all(|row| ErrorCode::parse(row.1) == ErrorCode::Unknown));
}
