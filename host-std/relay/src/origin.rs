//! Which pages may read the answers.

use std::fmt;
use std::str::FromStr;

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ALLOW,
    HOST, HeaderName, HeaderValue, ORIGIN, VARY,
};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};

use crate::body::RelayBody;
use crate::check::is_passed_on;

/// What a client has to read of an answer besides its body.
const EXPOSED: &str = "Date, Retry-After, X-SCF-Relay, X-TC-RequestId";

/// The origin of a page, such as `https://app.example`, as a browser sends it:
/// in lower case, with a port only if it is not the scheme's own.
///
/// ```
/// use scf_relay::Origin;
///
/// assert!("https://app.example".parse::<Origin>().is_ok());
/// assert!("http://localhost:5173".parse::<Origin>().is_ok());
/// for wrong in ["*", "null", "app.example", "https://app.example/", "https://app.example:443"] {
///     assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, and the port if there is one.
    fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// Whether a page of this origin was served by this `Host`. The scheme is
    /// not compared: a proxy in front may have taken the TLS away.
    fn is_at(&self, host: &str) -> bool {
        let own_port = if self.0.starts_with("https:") { ":443" } else { ":80" };
        let host = host.strip_suffix(own_port).unwrap_or(host);
        host.eq_ignore_ascii_case(self.authority())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let (authority, own_port) = match text.split_once("://") {
            Some(("https", authority)) => (authority, ":443"),
            Some(("http", authority)) => (authority, ":80"),
            _ => return Err(OriginError),
        };
        let (host, port) = match authority.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let good_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(ip) => ip.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b':' | b'.')),
            None => {
                host.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'z' | b'-' | b'.' | b'_'))
            }
        };
        let good_port =
            port.is_none_or(|port| port.parse().is_ok_and(|n: u16| n > 0 && port == n.to_string()));
        if host.is_empty()
            || text.len() > 300
            || !good_host
            || !good_port
            || authority.ends_with(own_port)
        {
            return Err(OriginError);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The text is not an origin as a browser sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginError;

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an origin is http:// or https:// and a host in lower case, with a port only if it is \
             not the scheme's own, and nothing after it, such as https://app.example",
        )
    }
}

impl std::error::Error for OriginError {}

/// Where a request comes from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The relay's own origin, or no browser.
    Own,
    /// A page that may read the answer.
    Named(Origin),
    /// A page that may not; with its origin, if it has one.
    Foreign(Option<Origin>),
}

impl Source {
    pub(crate) fn of(head: &Parts, named: &[Origin]) -> Self {
        let Some(value) = head.headers.get(ORIGIN) else {
            return Self::Own;
        };
        let origin = value.to_str().ok().and_then(|text| text.parse::<Origin>().ok());
        let Some(origin) = origin else {
            return Self::Foreign(None);
        };
        if named.contains(&origin) {
            return Self::Named(origin);
        }
        let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or(head.uri.authority().map(|authority| authority.as_str()));
        if host.is_some_and(|host| origin.is_at(host)) {
            return Self::Own;
        }
        Self::Foreign(Some(origin))
    }

    /// Lets the page read the answer, if it may.
    pub(crate) fn admit(&self, response: &mut Response<RelayBody>) {
        let headers = response.headers_mut();
        // A cache must not give one origin's answer to another.
        headers.insert(VARY, HeaderValue::from_static("Origin"));
        if let Self::Named(origin) = self
            && let Ok(value) = HeaderValue::from_str(origin.as_str())
        {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, value);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
    }

    /// The answer to a preflight of a page that is not foreign.
    pub(crate) fn preflight(&self, head: &Parts) -> Response<RelayBody> {
        let mut response = Response::new(RelayBody::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
        if !matches!(self, Self::Named(_)) {
            return response;
        }
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        // Browsers keep it for no longer than this.
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
        let asked = head.headers.get(ACCESS_CONTROL_REQUEST_HEADERS);
        let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let granted: Vec<_> = asked
            .split(',')
            .filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok())
            .filter(|name| is_passed_on(name.as_str()))
            .map(|name| name.to_string())
            .collect();
        if let Ok(value) = HeaderValue::from_str(&granted.join(", "))
            && !granted.is_empty()
        {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, value);
        }
        response
    }
}
