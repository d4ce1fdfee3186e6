//! Tells invocations of SCF from other requests, by the head alone.

use hyper::Method;
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName};
use hyper::http::request::Parts;

use crate::limits::BODY_LIMIT;
use crate::refusal::{Reason, Refusal};

const VERSION: &str = "2018-04-16";

/// The part of a request that goes to the endpoint.
pub(crate) struct Invocation {
    pub(crate) headers: HeaderMap,
    pub(crate) length: u64,
}

/// Returns whether a header of this name goes to the endpoint.
pub(crate) fn is_passed_on(name: &str) -> bool {
    let prefixed = |prefix: &str| {
        name.len() > prefix.len()
            && name.as_bytes()[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
    };
    name.eq_ignore_ascii_case("authorization")
        || name.eq_ignore_ascii_case("content-type")
        || prefixed("x-tc-")
}

/// Returns the action in the head, if it is one of the two that are relayed.
pub(crate) fn action(head: &Parts) -> Option<&'static str> {
    let action = head.headers.get("x-tc-action")?;
    ["Invoke", "InvokeFunction"].into_iter().find(|name| action == name)
}

pub(crate) fn check(head: &Parts) -> Result<Invocation, Refusal> {
    if head.method != Method::POST {
        return Err(Refusal::new(
            Reason::Method,
            "Only POST is relayed: parameters in a URL would end up in logs.",
        ));
    }
    if head.uri.query().is_some() {
        return Err(Refusal::new(
            Reason::Target,
            "A query is not relayed: the parameters of Invoke go into the body, as JSON.",
        ));
    }
    let headers = passed_on(head)?;
    if action(head).is_none() {
        return Err(Refusal::new(
            Reason::Action,
            "Only invocations are relayed: X-TC-Action must be Invoke or InvokeFunction.",
        ));
    }
    if headers.get("x-tc-version").is_none_or(|version| version != VERSION) {
        return Err(Refusal::new(
            Reason::Version,
            format!("Only one version of the API is relayed: X-TC-Version must be {VERSION}."),
        ));
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case("application/json") {
        return Err(Refusal::new(Reason::ContentType, "Content-Type must be application/json."));
    }
    check_authorization(&headers)?;
    Ok(Invocation { length: length(head)?, headers })
}

fn passed_on(head: &Parts) -> Result<HeaderMap, Refusal> {
    let mut kept = HeaderMap::new();
    for (name, value) in &head.headers {
        if !is_passed_on(name.as_str()) {
            continue;
        }
        // Two of a name, or bytes that are read in more than one way, could
        // mean one thing here and another to the API.
        if value.to_str().is_err() {
            return Err(Refusal::new(Reason::Header, format!("The header {name} is not ASCII.")));
        }
        if kept.insert(name.clone(), value.clone()).is_some() {
            return Err(Refusal::new(Reason::Header, format!("The header {name} stands twice.")));
        }
    }
    Ok(kept)
}

fn check_authorization(headers: &HeaderMap) -> Result<(), Refusal> {
    let refuse = |message: &str| Err(Refusal::new(Reason::Authorization, message));
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(signed) = value.and_then(signed_headers) else {
        return refuse(
            "Only requests signed for SCF are relayed: Authorization must be of TC3-HMAC-SHA256, \
             with a credential of the service scf.",
        );
    };
    let names: Vec<&str> = signed.split(';').collect();
    if !names.contains(&"host") || !names.contains(&"content-type") {
        return refuse("The signature must cover content-type and host.");
    }
    // The relay sets the host, and passes on only some of the others.
    let arrives = |name: &str| {
        name == "host"
            || HeaderName::from_bytes(name.as_bytes()).is_ok_and(|name| headers.contains_key(name))
    };
    if !names.into_iter().all(arrives) {
        return refuse(
            "The signature covers a header that is missing or not relayed: sign content-type, \
             host and headers of X-TC alone.",
        );
    }
    Ok(())
}

/// Returns the signed headers, if the rest reads as a signature for SCF.
fn signed_headers(authorization: &str) -> Option<&str> {
    let mut parts = authorization.strip_prefix("TC3-HMAC-SHA256 ")?.split(',').map(str::trim);
    let credential = parts.next()?.strip_prefix("Credential=")?;
    let signed = parts.next()?.strip_prefix("SignedHeaders=")?;
    let signature = parts.next()?.strip_prefix("Signature=")?;
    let mut scope = credential.split('/');
    let good = scope.next().is_some_and(|id| !id.is_empty())
        && scope.next().is_some_and(|date| date.len() == 10)
        && scope.next() == Some("scf")
        && scope.next() == Some("tc3_request")
        && scope.next().is_none()
        && signature.len() == 64
        && signature.bytes().all(|byte| byte.is_ascii_hexdigit())
        && parts.next().is_none();
    good.then_some(signed)
}

/// Returns the length, which must be known beforehand, so that nothing is begun that is too long,
/// and a request that is cut is never taken for a whole one.
fn length(head: &Parts) -> Result<u64, Refusal> {
    let value = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let Some(length) = value.and_then(|text| text.parse::<u64>().ok()) else {
        return Err(Refusal::new(Reason::Length, "The body's length must be declared."));
    };
    if length > BODY_LIMIT {
        return Err(Refusal::new(
            Reason::TooLarge,
            format!("The body has {length} bytes; the API takes {BODY_LIMIT} at most."),
        ));
    }
    Ok(length)
}
