//! TC3-HMAC-SHA256.

use std::borrow::Cow;

use super::attempt::{Attempt, HeaderLine, RequestHash};
use super::digest::{HmacKey, same, sha256_hex};
use super::{Scheme, Verified, check_time, check_token, diagnose, find, host_forms};
use crate::clock::recent_utc_date;
use crate::credential::Credential;
use crate::error::ApiError;
use crate::request::HttpRequest;

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TERMINATOR: &str = "tc3_request";
pub(super) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The `Authorization` header, split.
struct Authorization<'a> {
    secret_id: &'a str,
    /// All of the Credential but the secret id.
    scope: &'a str,
    date: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

fn malformed(what: &str) -> ApiError {
    ApiError::new(
        "AuthFailure.InvalidAuthorization",
        format!(
            "The Authorization header is malformed: {what}. It reads {ALGORITHM} \
             Credential=ID/DATE/SERVICE/{TERMINATOR}, SignedHeaders=content-type;host, Signature=HEX"
        ),
    )
}

fn parse(header: &str) -> Result<Authorization<'_>, ApiError> {
    let (algorithm, fields) =
        header.split_once(' ').ok_or_else(|| malformed("nothing follows the algorithm"))?;
    if algorithm != ALGORITHM {
        return Err(malformed("the algorithm is another one"));
    }
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for field in fields.split(',') {
        match field.trim_ascii().split_once('=') {
            Some(("Credential", value)) => credential = Some(value),
            Some(("SignedHeaders", value)) => signed_headers = Some(value),
            Some(("Signature", value)) => signature = Some(value),
            _ => return Err(malformed("it has a part that is none of the three")),
        }
    }
    let credential = credential.ok_or_else(|| malformed("it has no Credential"))?;
    let (secret_id, scope) = credential.split_once('/').unwrap_or((credential, ""));
    let mut parts = scope.split('/');
    let (Some(date), Some(service), Some(TERMINATOR), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed("its Credential is not ID/DATE/SERVICE/tc3_request"));
    };
    Ok(Authorization {
        secret_id,
        scope,
        date,
        service,
        signed_headers: signed_headers.ok_or_else(|| malformed("it has no SignedHeaders"))?,
        signature: signature.ok_or_else(|| malformed("it has no Signature"))?,
    })
}

fn lower_case(text: &str) -> Cow<'_, str> {
    let is_lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    match text.bytes().all(is_lower) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.to_lowercase()),
    }
}

/// Returns the header lines in the form that the documentation gives: names sorted,
/// values trimmed and in lower case, except the content type and the host,
/// which clients sign as they send them.
fn header_lines<'a>(
    request: &HttpRequest<'a>,
    signed_headers: &'a str,
) -> Result<Vec<HeaderLine<'a>>, ApiError> {
    let mut lines = Vec::with_capacity(4);
    for name in signed_headers.split(';') {
        let name = lower_case(name.trim_ascii());
        let value = request.header(&name).ok_or_else(|| {
            ApiError::new(
                "AuthFailure.SignatureFailure",
                format!("SignedHeaders names {name:?}, and the request has no such header."),
            )
        })?;
        let value = match &*name {
            "content-type" | "host" => Cow::Borrowed(value),
            _ => lower_case(value),
        };
        lines.push((name, value));
    }
    lines.sort();
    for mandatory in ["content-type", "host"] {
        if !lines.iter().any(|(name, _)| name == mandatory) {
            return Err(ApiError::new(
                "AuthFailure.InvalidAuthorization",
                format!("SignedHeaders is {signed_headers:?}; {mandatory} must be signed too."),
            ));
        }
    }
    Ok(lines)
}

/// The signature of a request by its head, and the key.
pub(crate) struct Signed<'a> {
    authorization: Authorization<'a>,
    credential: &'a Credential,
    timestamp: &'a str,
    seconds: i64,
}

/// Reads a signature and checks all of it that needs neither the body nor a hash.
pub(super) fn read_head<'a>(
    request: &HttpRequest<'a>,
    credentials: &'a [Credential],
    now: i64,
) -> Result<Signed<'a>, ApiError> {
    let authorization = parse(request.header("authorization").unwrap_or_default())?;
    let timestamp = request
        .header_set("x-tc-timestamp")
        .ok_or_else(|| ApiError::missing("X-TC-Timestamp (a header)"))?;
    let credential = find(credentials, authorization.secret_id)?;
    let seconds = check_time("X-TC-Timestamp", timestamp, now)?;
    Ok(Signed { authorization, credential, timestamp, seconds })
}

pub(super) fn verify(
    request: &HttpRequest<'_>,
    signed: &Signed<'_>,
    explain: bool,
) -> Result<Verified, ApiError> {
    let &Signed { ref authorization, credential, timestamp, seconds } = signed;

    let scope = |date: &str, service: &str| format!("{date}/{service}/{TERMINATOR}");
    let utc = recent_utc_date(seconds);
    if authorization.date != &*utc {
        return Err(diagnose::scope_differs(
            &scope(&utc, authorization.service),
            authorization.scope,
            "the date is the UTC date of X-TC-Timestamp, not the local one",
        ));
    }
    let host = request.header("host").unwrap_or_default();
    // Some clients take the first label of the address for the service, and
    // so sign for `127` when they talk to 127.0.0.1.
    let service_fits = authorization.service == "scf"
        || host_forms(host)
            .iter()
            .any(|form| form.split('.').next() == Some(authorization.service));
    if !service_fits {
        return Err(diagnose::scope_differs(
            &scope(&utc, "scf"),
            authorization.scope,
            "the service is scf, in lower case",
        ));
    }

    let headers = header_lines(request, authorization.signed_headers)?;
    let unsigned = request.header("x-tc-content-sha256") == Some(UNSIGNED_PAYLOAD);
    let expected = Attempt {
        method: Cow::Borrowed(request.method),
        path: Cow::Borrowed("/"),
        query: Cow::Borrowed(request.query),
        signed_headers: None,
        headers,
        blank_line: true,
        payload_hash: sha256_hex(match unsigned {
            true => UNSIGNED_PAYLOAD.as_bytes(),
            false => request.body,
        })
        .into(),
        tail: "",
        newline: "\n",
        sign_newline: "\n",
        algorithm: ALGORITHM,
        timestamp: Cow::Borrowed(timestamp),
        scope: Cow::Borrowed(authorization.scope),
        request_hash: RequestHash::Lower,
        key_prefix: "TC3",
        secret_key: Cow::Borrowed(credential.zeroizing_key()),
        key_date: Cow::Borrowed(authorization.date),
        key_service: authorization.service,
        key_terminator: TERMINATOR,
        hex_keys: false,
    };
    let key = credential.day_key(authorization.scope, || expected.signing_key());
    if !accepted(&expected, &key, request, host, authorization.signature) {
        if !explain {
            return Err(diagnose::unexplained());
        }
        return Err(diagnose::tc3(
            &expected,
            request,
            &host_forms(host),
            authorization.signed_headers,
            authorization.signature,
            seconds,
        ));
    }
    check_token(credential, request.header_set("x-tc-token"))?;
    Ok(Verified {
        scheme: Scheme::Tc3,
        secret_id: credential.shared_id(),
        v1_parameters: Vec::new(),
    })
}

/// Tries the forms that are all right: of the host, and of the case of
/// values, which the documentation lowers and the SDKs leave as they are.
fn accepted(
    expected: &Attempt<'_>,
    key: &HmacKey,
    request: &HttpRequest<'_>,
    host: &str,
    signature: &str,
) -> bool {
    let fits = |attempt: &Attempt<'_>| {
        same(key.sign(attempt.string_to_sign().as_bytes()).as_bytes(), signature.as_bytes())
    };
    // Most clients sign what the documentation says.
    if fits(expected) {
        return true;
    }
    let content_type = request.header("content-type").unwrap_or_default();
    let mut as_sent = expected.clone();
    for (name, value) in &mut as_sent.headers {
        if name != "x-tc-action" {
            *value = Cow::Borrowed(request.header(name).unwrap_or_default());
        }
    }
    let mut lowered = expected.clone();
    lowered.set_header("content-type", &content_type.to_lowercase());
    let hosts = host_forms(host);
    for mut attempt in [expected.clone(), lowered, as_sent] {
        for host in &hosts {
            attempt.set_header("host", host);
            if fits(&attempt) {
                return true;
            }
        }
    }
    false
}
