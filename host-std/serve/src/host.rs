//! The names under which a server answers.

use std::fmt;
use std::net::IpAddr;

use hyper::header::{HOST, HeaderMap};

/// The hosts that a request may name in its `Host` header.
///
/// A page can reach a server on the loopback interface through a name of its
/// own, which then stands in the `Host` header. A server there answers only
/// to names that nobody else can have.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    any: bool,
    /// Lower case; one that begins with a dot stands for all names that end so.
    named: Vec<String>,
}

impl Hosts {
    /// Takes every host, as a server does that other machines reach by names
    /// which it cannot know.
    pub fn any() -> Self {
        Self { any: true, named: Vec::new() }
    }

    /// Takes `localhost`, names that end in `.localhost` and addresses of the
    /// loopback interface.
    pub fn loopback() -> Self {
        Self::default()
    }

    /// Takes this host too, on any port. One that begins with a dot stands for
    /// all names that end so.
    #[must_use]
    pub fn and(mut self, host: &str) -> Self {
        self.named.push(host.to_ascii_lowercase());
        self
    }

    /// Takes the names of the API too: clients that sign for them send them to
    /// wherever the API is emulated. A page cannot have them, for they are the
    /// vendor's.
    #[must_use]
    pub fn and_api(self) -> Self {
        [".tencentcloudapi.com", ".tencentcloudapi.com.cn", ".tencentcloudapi.cn"]
            .into_iter()
            .fold(self, Self::and)
    }

    /// Returns the one host that a request names, with its port.
    ///
    /// # Errors
    ///
    /// An error for no host, several, or one that is not taken here.
    pub fn check<'a>(&self, headers: &'a HeaderMap) -> Result<&'a str, HostError> {
        let mut hosts = headers.get_all(HOST).into_iter();
        let host = hosts.next().ok_or(HostError::Missing)?;
        if hosts.next().is_some() {
            return Err(HostError::Several);
        }
        let host = host.to_str().map_err(|_| HostError::Foreign(String::new()))?;
        self.check_name(host).map(|()| host)
    }

    /// Checks a host that stands elsewhere than in the header, such as in the
    /// URL of a request by HTTP/2.
    ///
    /// # Errors
    ///
    /// [`HostError::Foreign`] for one that is not taken here.
    pub fn check_name(&self, host: &str) -> Result<(), HostError> {
        if self.takes(host) { Ok(()) } else { Err(HostError::Foreign(host.to_owned())) }
    }

    fn takes(&self, host: &str) -> bool {
        // Tencent's command line sends the whole URL.
        let host = match host.split_once(':') {
            Some((_, rest)) if rest.starts_with("//") => rest.trim_matches('/'),
            _ => host.trim_end_matches('/'),
        };
        let name = without_port(host);
        if name.is_empty() {
            return false;
        }
        self.any
            || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
            || name.eq_ignore_ascii_case("localhost")
            || ends_with(name, ".localhost")
            || self.named.iter().any(|named| {
                name.eq_ignore_ascii_case(without_port(named))
                    || (named.starts_with('.') && ends_with(name, named))
            })
    }
}

/// Returns whether a name ends so, in whatever case.
fn ends_with(name: &str, end: &str) -> bool {
    let start = name.len().checked_sub(end.len()).and_then(|at| name.get(at..));
    start.is_some_and(|rest| rest.eq_ignore_ascii_case(end))
}

/// Returns the name without its port and without an address's brackets.
fn without_port(host: &str) -> &str {
    if let Some((ip, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return ip;
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// A request whose `Host` header is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostError {
    /// It has none.
    Missing,
    /// It has more than one.
    Several,
    /// It names another host than the server's; empty where it is not text.
    Foreign(String),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the request has no Host header"),
            Self::Several => f.write_str("the request has more than one Host header"),
            Self::Foreign(host) => write!(f, "the host {host:?} is not one of this server's"),
        }
    }
}

impl std::error::Error for HostError {}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn headers(hosts: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_static(host));
        }
        headers
    }

    #[test]
    fn loopback_names_pass_and_others_do_not() {
        let hosts = Hosts::loopback();
        for host in [
            "localhost",
            "LocalHost:9000",
            "hello.localhost:1",
            "127.0.0.1",
            "127.9.9.9:80",
            "[::1]",
            "[::1]:9000",
            "http://127.0.0.1:9000",
        ] {
            assert_eq!(hosts.check(&headers(&[host])), Ok(host));
        }
        for host in [
            "evil.example",
            "evil.example:9000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "10.0.0.1",
            "[::2]:80",
            "",
            ":80",
            "http://evil.example",
        ] {
            assert_eq!(hosts.check(&headers(&[host])), Err(HostError::Foreign(host.into())));
        }
    }

    #[test]
    fn exactly_one_header_is_taken() {
        let hosts = Hosts::any();
        assert_eq!(hosts.check(&headers(&[])), Err(HostError::Missing));
        assert_eq!(hosts.check(&headers(&["localhost", "localhost"])), Err(HostError::Several));
        assert_eq!(hosts.check(&headers(&["any.example"])), Ok("any.example"));
    }

    #[test]
    fn hosts_can_be_named() {
        let hosts = Hosts::loopback().and("Dev.example").and_api();
        for host in ["dev.example:80", "scf.tencentcloudapi.com", "localhost"] {
            assert!(hosts.check(&headers(&[host])).is_ok(), "{host}");
        }
        for host in ["a.dev.example", "eviltencentcloudapi.com"] {
            assert!(hosts.check(&headers(&[host])).is_err(), "{host}");
        }
    }
}
