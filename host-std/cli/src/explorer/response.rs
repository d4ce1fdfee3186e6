//! Responses of the Explorer's server.

use std::fmt::Display;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use scf_invoke::{ConfigurationError, Error};
use scf_serve::BoxError;
use serde_json::{Value, json};

/// The body of any response.
pub(super) type Body = UnsyncBoxBody<Bytes, BoxError>;

/// An answer to the page that cannot be given, and why.
pub(super) struct Refused {
    status: StatusCode,
    /// A name or the core's number, by which the page has words in Chinese.
    code: String,
    number: Option<u16>,
    message: String,
}

impl Refused {
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), number: None, message: message.into() }
    }

    /// The emulator is asked for, and none was started.
    pub(super) fn no_emulator() -> Self {
        Self::new(StatusCode::CONFLICT, "NoEmulator", "no emulator was started: tscf explorer DIR")
    }

    /// A part of the Explorer's own work failed.
    pub(super) fn failed(error: &dyn Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Failed", error.to_string())
    }

    /// The draft is none that can be sent.
    pub(super) fn unfit(error: &Error) -> Self {
        Self {
            number: number(error),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, &code(error), error.to_string())
        }
    }
}

/// Returns the names of the error and of its cause, such as `Endpoint.Port`.
pub(super) fn code(error: &Error) -> String {
    let Error::Configuration(error) = error else {
        return String::new();
    };
    let debug = format!("{error:?}");
    let names = debug.split('(').take(2).map(|part| {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
        &part[..end]
    });
    names.filter(|name| !name.is_empty()).collect::<Vec<_>>().join(".")
}

/// Returns the core's number of the error.
pub(super) fn number(error: &Error) -> Option<u16> {
    match error {
        Error::Request(error) => Some(error.code()),
        Error::Protocol { error, .. } => Some(error.code()),
        Error::Configuration(error) => match error {
            ConfigurationError::DayKey(error) => Some(error.code()),
            ConfigurationError::Identity(error) => Some(error.code()),
            ConfigurationError::Settings(error) => Some(error.code()),
            _ => None,
        },
        _ => None,
    }
}

fn respond(status: StatusCode, content_type: &'static str, text: String) -> Response<Body> {
    let body = Full::new(Bytes::from(text)).map_err(Into::into).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Makes a response of a sentence.
pub(super) fn text(status: StatusCode, text: &str) -> Response<Body> {
    respond(status, "text/plain; charset=utf-8", text.to_owned())
}

/// Makes a response of a value, or of the reason why there is none.
pub(super) fn value(value: Result<Value, Refused>) -> Response<Body> {
    let (status, value) = match value {
        Ok(value) => (StatusCode::OK, value),
        Err(Refused { status, code, number, message }) => {
            (status, json!({"error": message, "code": code, "number": number}))
        }
    };
    respond(status, "application/json", value.to_string())
}
