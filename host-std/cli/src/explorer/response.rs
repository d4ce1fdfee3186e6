//! Responses of the Explorer's server.

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use scf_serve::BoxError;
use serde_json::{Value, json};

/// The body of any response.
pub(super) type Body = UnsyncBoxBody<Bytes, BoxError>;

/// An answer to the page that cannot be given: the status, and why.
pub(super) type Refused = (StatusCode, String);

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
        Err((status, message)) => (status, json!({"error": message})),
    };
    respond(status, "application/json", value.to_string())
}
