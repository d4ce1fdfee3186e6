//! Verifies signatures: TC3-HMAC-SHA256 and version 1.
//!
//! Everything here is a pure function of the request, the known keys and the
//! time. A signature that does not match is handed to `diagnose`, which looks
//! for the mistake that made it.

mod attempt;
mod diagnose;
mod digest;
mod mutations;
mod tc3;
mod v1;

pub(crate) use digest::HmacKey;

use std::sync::Arc;

use crate::credential::Credential;
use crate::error::ApiError;
use crate::request::{HttpRequest, decode_pairs};

/// The distance that a request's time may have from the server's clock, inclusive.
pub(crate) const WINDOW_SECS: i64 = 300;

const GET_LIMIT: usize = 32 * 1024;
const V1_POST_LIMIT: usize = 1024 * 1024;
pub(crate) const TC3_POST_LIMIT: usize = 10 * 1024 * 1024;

/// The scheme of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `TC3-HMAC-SHA256`, by the `Authorization` header.
    Tc3,
    /// Version 1, `HmacSHA1` or `HmacSHA256`, by the `Signature` parameter.
    V1,
}

/// A request whose signature is right.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The scheme of the signature.
    pub scheme: Scheme,
    /// Whose key signed it.
    pub secret_id: Arc<str>,
    /// The decoded parameters of version 1, those of the signature included.
    pub(crate) v1_parameters: Vec<(String, String)>,
}

/// Checks a request's method, size, time, key, signature and token.
///
/// `now` is the server's clock in seconds since 1970. The request is wholly
/// untrusted: any input gives a value or an error.
///
/// # Errors
///
/// The error that the API would answer. For a wrong signature its message
/// names the first line that differs, where the mistake could be found.
pub fn verify(
    request: &HttpRequest<'_>,
    credentials: &[Credential],
    now: i64,
) -> Result<Verified, ApiError> {
    check(request, None, credentials, now, true)
}

/// Verifies a request. Its head is read unless it was before. The search for what is wrong with
/// a signature takes a while, and is left out where it is not to explain.
pub(crate) fn check(
    request: &HttpRequest<'_>,
    head: Option<&Head<'_>>,
    credentials: &[Credential],
    now: i64,
    explain: bool,
) -> Result<Verified, ApiError> {
    let post = match request.method {
        "POST" => true,
        "GET" => false,
        other => {
            return Err(ApiError::new(
                "UnsupportedProtocol",
                format!("Only GET and POST are supported, not {other}."),
            ));
        }
    };
    if request.query.len() > GET_LIMIT {
        return Err(too_large("query", request.query.len(), GET_LIMIT));
    }
    if request.header_set("authorization").is_some() {
        within(request, TC3_POST_LIMIT)?;
        if post {
            json_content_type(request)?;
        }
        return match head {
            Some(Head::Tc3(signed)) => tc3::verify(request, signed, explain),
            _ => tc3::verify(request, &tc3::read_head(request, credentials, now)?, explain),
        };
    }
    let encoded = if post {
        if !is_form(request) {
            return Err(unsigned());
        }
        within(request, V1_POST_LIMIT)?;
        std::str::from_utf8(request.body).map_err(|_| not_utf8())?
    } else {
        request.query
    };
    let parameters = decode_pairs(encoded).ok_or_else(not_utf8)?;
    if !parameters.iter().any(|(key, _)| key == "Signature" || key == "SecretId") {
        return Err(unsigned());
    }
    v1::verify(request, encoded, parameters, credentials, now)
}

/// The head of a request whose body is worth reading.
pub(crate) enum Head<'a> {
    Tc3(tc3::Signed<'a>),
    /// A signature of version 1 can stand in the body.
    V1,
}

impl Head<'_> {
    /// Returns how much of a body the request may have.
    pub(crate) fn body_limit(&self) -> usize {
        match self {
            Self::Tc3(_) => TC3_POST_LIMIT,
            Self::V1 => V1_POST_LIMIT,
        }
    }
}

/// Reads a request's head. One that already condemns the request is an error, so that nothing of
/// the body is kept.
pub(crate) fn read_head<'a>(
    head: &HttpRequest<'a>,
    credentials: &'a [Credential],
    now: i64,
) -> Result<Head<'a>, ApiError> {
    if head.header_set("authorization").is_some() {
        return tc3::read_head(head, credentials, now).map(Head::Tc3);
    }
    if head.method == "POST" && !is_form(head) {
        return Err(unsigned());
    }
    Ok(Head::V1)
}

fn is_form(request: &HttpRequest<'_>) -> bool {
    request
        .header("content-type")
        .is_some_and(|kind| is_media_type(kind, "application/x-www-form-urlencoded"))
}

/// Returns whether a content type, such as `application/json; charset=utf-8`, is of this kind.
fn is_media_type(content_type: &str, wanted: &str) -> bool {
    let kind = content_type.split_once(';').map_or(content_type, |(kind, _)| kind);
    kind.trim_ascii().eq_ignore_ascii_case(wanted)
}

fn json_content_type(request: &HttpRequest<'_>) -> Result<(), ApiError> {
    let kind = request.header("content-type").unwrap_or_default();
    if is_media_type(kind, "application/json") || is_media_type(kind, "") {
        return Ok(());
    }
    if is_media_type(kind, "multipart/form-data") {
        let message = "This API takes no multipart body; send application/json.";
        return Err(ApiError::new("InvalidRequest", message));
    }
    Err(ApiError::new(
        "InvalidParameter",
        format!("A POST signed with TC3-HMAC-SHA256 carries application/json, not {kind:?}."),
    ))
}

fn within(request: &HttpRequest<'_>, limit: usize) -> Result<(), ApiError> {
    if request.body.len() > limit {
        return Err(too_large("body", request.body.len(), limit));
    }
    Ok(())
}

pub(crate) fn too_large(what: &str, have: usize, limit: usize) -> ApiError {
    ApiError::new(
        "RequestSizeLimitExceeded",
        format!("The {what} has {have} bytes; at most {limit} are allowed."),
    )
}

/// Returns whether an error is of a signature whose mistake is still to be looked for.
pub(crate) fn is_unexplained(error: &ApiError) -> bool {
    *error == diagnose::unexplained()
}

fn not_utf8() -> ApiError {
    ApiError::new("InvalidParameter", "The parameters are not UTF-8.")
}

fn unsigned() -> ApiError {
    ApiError::new(
        "AuthFailure.InvalidAuthorization",
        "The request is not signed: it has neither an Authorization header (TC3-HMAC-SHA256) nor \
         the parameters SecretId and Signature in the query or in a form body (version 1).",
    )
}

/// Finds the key. An unknown id is not repeated in the answer, since it may
/// be a secret key sent in the wrong place.
fn find<'c>(credentials: &'c [Credential], secret_id: &str) -> Result<&'c Credential, ApiError> {
    if let Some(credential) =
        credentials.iter().find(|credential| credential.secret_id() == secret_id)
    {
        return Ok(credential);
    }
    if credentials
        .iter()
        .any(|credential| digest::same(credential.secret_key().as_bytes(), secret_id.as_bytes()))
    {
        return Err(ApiError::new(
            "AuthFailure.InvalidSecretId",
            "A secret key was sent in the place of the secret id: the two are swapped.",
        ));
    }
    if secret_id.is_empty() || !secret_id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ApiError::new(
            "AuthFailure.InvalidSecretId",
            "The secret id is empty or has characters that no secret id has; look for spaces or \
             a line break around it.",
        ));
    }
    let known: Vec<&str> = credentials.iter().map(Credential::secret_id).collect();
    Err(ApiError::new(
        "AuthFailure.SecretIdNotFound",
        format!("The secret id of the request is not known here; known are: {}.", known.join(", ")),
    ))
}

fn check_time(what: &str, text: &str, now: i64) -> Result<i64, ApiError> {
    let Ok(timestamp) = text.parse::<i64>() else {
        return Err(ApiError::new(
            "InvalidParameter",
            format!("{what} is {text:?}, not a number of seconds since 1970."),
        ));
    };
    let behind = now.saturating_sub(timestamp);
    if behind.saturating_abs() > WINDOW_SECS {
        let hint = if timestamp.checked_div(1000).is_some_and(|secs| {
            now.saturating_sub(secs).saturating_abs() <= WINDOW_SECS && timestamp > now
        }) {
            "it is in milliseconds; send seconds".to_owned()
        } else if behind > 0 {
            format!("it is {behind} s behind; set the client's clock")
        } else {
            format!("it is {} s ahead; set the client's clock", behind.saturating_abs())
        };
        return Err(ApiError::new(
            "AuthFailure.SignatureExpire",
            format!(
                "{what} is {timestamp} and the server's clock {now}: {hint}. At most \
                 {WINDOW_SECS} s are allowed."
            ),
        ));
    }
    Ok(timestamp)
}

fn check_token(credential: &Credential, sent: Option<&str>) -> Result<(), ApiError> {
    let message = match (credential.token(), sent) {
        (None, None) => return Ok(()),
        (Some(token), Some(sent)) if digest::same(token.as_bytes(), sent.as_bytes()) => {
            return Ok(());
        }
        (Some(_), Some(_)) => "The token does not belong to the secret id.",
        (Some(_), None) => {
            "The secret id is a temporary one, and the request has no token (X-TC-Token, or Token \
             in version 1)."
        }
        (None, Some(_)) => {
            "The request has a token, and the secret id is a permanent one, which has none."
        }
    };
    Err(ApiError::new("AuthFailure.TokenFailure", message))
}

/// Returns the forms of host that clients sign, the header as received first: some
/// leave out the port, and some send a whole URL as `Host`.
fn host_forms(received: &str) -> Vec<String> {
    let bare = received.split_once("://").map_or(received, |(_, rest)| rest).trim_end_matches('/');
    let without_port = match bare.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => bare,
    };
    let mut forms = vec![received.to_owned()];
    for form in [bare, without_port] {
        for form in [form.to_owned(), form.to_ascii_lowercase()] {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}
