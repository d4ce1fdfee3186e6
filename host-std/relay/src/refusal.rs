//! The responses that are the relay's own.

use std::time::Duration;

use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use scf_invoke::Delivery;
use serde_json::json;

use crate::body::RelayBody;

/// The header that every error of the relay itself has, and no answer that it
/// passed on. Its value says how far the request got: `refused`, `not-sent` or
/// `unknown`.
pub const RELAY_HEADER: &str = "x-scf-relay";

/// The reason why the relay answered by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The page's origin is not one of those that were named.
    Origin,
    /// No host, several, or one that is not the relay's.
    Host,
    /// Another path than the relay's, or a query.
    Target,
    /// Another method than `POST`.
    Method,
    /// Another action than `Invoke` or `InvokeFunction`.
    Action,
    /// Another version of the API than 2018-04-16.
    Version,
    /// No signature of TC3-HMAC-SHA256 for SCF, or one over headers that are
    /// not passed on.
    Authorization,
    /// Another content type than `application/json`.
    ContentType,
    /// A header that is passed on stands twice, or is not plain ASCII.
    Header,
    /// The body's length is not declared.
    Length,
    /// The body is larger than the API takes.
    TooLarge,
    /// The client sent too many requests in a second.
    RateLimit,
    /// Too many requests are under way, of this client or of all.
    Busy,
    /// The client's body broke off, or came too slowly.
    Body,
    /// No connection to the endpoint.
    Unreachable,
    /// The connection to the endpoint broke before a response.
    Broken,
    /// A time limit ended the request.
    Timeout,
    /// The endpoint's bytes are not a response of the API.
    BadAnswer,
}

impl Reason {
    /// Returns the `Error.Code` of the response, such as `Relay.Origin`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Origin => "Relay.Origin",
            Self::Host => "Relay.Host",
            Self::Target => "Relay.Target",
            Self::Method => "Relay.Method",
            Self::Action => "Relay.Action",
            Self::Version => "Relay.Version",
            Self::Authorization => "Relay.Authorization",
            Self::ContentType => "Relay.ContentType",
            Self::Header => "Relay.Header",
            Self::Length => "Relay.Length",
            Self::TooLarge => "Relay.TooLarge",
            Self::RateLimit => "Relay.RateLimit",
            Self::Busy => "Relay.Busy",
            Self::Body => "Relay.Body",
            Self::Unreachable => "Relay.Unreachable",
            Self::Broken => "Relay.Broken",
            Self::Timeout => "Relay.Timeout",
            Self::BadAnswer => "Relay.BadAnswer",
        }
    }

    /// Returns the HTTP status of the response.
    pub const fn status(self) -> u16 {
        match self {
            Self::Host | Self::Header | Self::Body => 400,
            Self::Origin | Self::Action | Self::Version | Self::Authorization => 403,
            Self::Target => 404,
            Self::Method => 405,
            Self::Length => 411,
            Self::TooLarge => 413,
            Self::ContentType => 415,
            Self::RateLimit => 429,
            Self::Unreachable | Self::Broken | Self::BadAnswer => 502,
            Self::Busy => 503,
            Self::Timeout => 504,
        }
    }
}

/// A response of the relay's own, before it is written.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    delivery: Delivery,
    message: String,
    retry_after: Option<Duration>,
    /// Details that the operator may know beyond the message, for the log.
    cause: Option<String>,
}

impl Refusal {
    /// Returns the refusal of a request that breaks a rule.
    pub(crate) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self::failed(reason, Delivery::Refused, message)
    }

    /// Returns the refusal of a request that the endpoint, the client's body or the
    /// time ended.
    pub(crate) fn failed(reason: Reason, delivery: Delivery, message: impl Into<String>) -> Self {
        Self { reason, delivery, message: message.into(), retry_after: None, cause: None }
    }

    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Keeps the whole chain of causes.
    pub(crate) fn caused_by(mut self, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut text = error.to_string();
        let mut next = error.source();
        while let Some(error) = next {
            let said = error.to_string();
            // An error that wraps another often repeats its text.
            if !text.ends_with(&said) {
                text.push_str(": ");
                text.push_str(&said);
            }
            next = error.source();
        }
        self.cause = Some(text);
        self
    }

    /// Returns the text for the log.
    pub(crate) fn detail(&self) -> String {
        match &self.cause {
            Some(cause) => format!("{} ({cause})", self.message),
            None => self.message.clone(),
        }
    }

    pub(crate) fn response(&self) -> Response<RelayBody> {
        let body = json!({"Response": {
            "Error": {"Code": self.reason.code(), "Message": self.message},
            "RequestId": "",
        }});
        let mut response = Response::new(RelayBody::whole(body.to_string()));
        *response.status_mut() =
            StatusCode::from_u16(self.reason.status()).unwrap_or(StatusCode::BAD_GATEWAY);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let delivery = match self.delivery {
            Delivery::Refused => "refused",
            Delivery::NotSent => "not-sent",
            Delivery::Unknown | Delivery::Executed => "unknown",
        };
        headers.insert(HeaderName::from_static(RELAY_HEADER), HeaderValue::from_static(delivery));
        if self.reason == Reason::Method {
            headers.insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
        }
        if let Some(wait) = self.retry_after {
            // Whole seconds, and never too few.
            headers.insert(RETRY_AFTER, (wait.as_secs_f64().ceil().max(1.0) as u64).into());
        }
        response
    }
}
