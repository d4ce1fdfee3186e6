//! Pages: which may use a server and read its responses.

use std::fmt;
use std::str::FromStr;

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};

/// Says of a request without an origin what kind of page made it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origin of a page, such as `https://app.example`, as a browser sends it:
/// in lower case, with a port only if it is not the scheme's own.
///
/// ```
/// use scf_serve::Origin;
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
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the host, and the port if there is one.
    fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// Returns whether a page of this origin was served by this `Host`. The scheme is
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

/// The origin of a request, as far as it matters to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The server's own origin, or no browser.
    Own,
    /// A page that may read the response.
    Named(Origin),
    /// A page that may not; with its origin, if it has one.
    Foreign(Option<Origin>),
}

impl Source {
    /// Tells where a request comes from. A page of the server's own host needs
    /// no name, so the host has to be checked by [`Hosts`](crate::Hosts) where
    /// a page could choose it.
    pub fn of(headers: &HeaderMap, host: Option<&str>, named: &[Origin]) -> Self {
        let mut origins = headers.get_all(ORIGIN).into_iter();
        let Some(value) = origins.next() else {
            // A browser leaves out the origin where a page makes it load a URL,
            // and says here what kind of page that is.
            let site = headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
            return match site {
                Some(b"cross-site" | b"same-site") => Self::Foreign(None),
                _ => Self::Own,
            };
        };
        let origin = value.to_str().ok().and_then(|text| text.parse::<Origin>().ok());
        let (Some(origin), None) = (origin, origins.next()) else {
            return Self::Foreign(None);
        };
        if named.contains(&origin) {
            return Self::Named(origin);
        }
        if host.is_some_and(|host| origin.is_at(host)) {
            return Self::Own;
        }
        Self::Foreign(Some(origin))
    }

    /// Lets the page read a response, and of its head what is named here, if
    /// the page may.
    pub fn admit<B>(&self, response: &mut Response<B>, exposed: &'static str) {
        let headers = response.headers_mut();
        // A cache must not give one origin's response to another.
        headers.insert(VARY, HeaderValue::from_static("Origin"));
        if let Self::Named(origin) = self
            && let Ok(value) = HeaderValue::from_str(origin.as_str())
        {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, value);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
        }
    }

    /// Answers a preflight of a page that is not foreign: these methods, and of
    /// the headers that it asks for those that are granted.
    pub fn preflight(
        &self,
        head: &Parts,
        methods: &'static str,
        granted: impl Fn(&str) -> bool,
    ) -> Response<()> {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::NO_CONTENT;
        if !matches!(self, Self::Named(_)) {
            return response;
        }
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        // Browsers keep it for no longer than this.
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
        let asked = head.headers.get(ACCESS_CONTROL_REQUEST_HEADERS);
        let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let granted: Vec<_> = asked
            .split(',')
            .filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok())
            .filter(|name| granted(name.as_str()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn source(headers: &[(&'static str, &'static str)]) -> Source {
        let named = ["https://app.example".parse().unwrap()];
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        Source::of(&map, Some("127.0.0.1:9000"), &named)
    }

    #[test]
    fn pages_are_told_apart_by_their_origin() {
        let app = "https://app.example".parse().unwrap();
        let evil = "https://evil.example".parse().unwrap();
        assert_eq!(source(&[]), Source::Own);
        assert_eq!(source(&[("origin", "http://127.0.0.1:9000")]), Source::Own);
        assert_eq!(source(&[("origin", "https://app.example")]), Source::Named(app));
        assert_eq!(source(&[("origin", "https://evil.example")]), Source::Foreign(Some(evil)));
        for wrong in ["null", "", "https://app.example/", "http://localhost:80"] {
            assert_eq!(source(&[("origin", wrong)]), Source::Foreign(None), "{wrong}");
        }
        let twice = [("origin", "https://app.example"), ("origin", "https://evil.example")];
        assert_eq!(source(&twice), Source::Foreign(None));
    }

    #[test]
    fn a_load_without_an_origin_is_told_by_its_fetch_metadata() {
        for own in ["none", "same-origin"] {
            assert_eq!(source(&[("sec-fetch-site", own)]), Source::Own);
        }
        for foreign in ["cross-site", "same-site"] {
            assert_eq!(source(&[("sec-fetch-site", foreign)]), Source::Foreign(None));
        }
    }
}
