//! The endpoint to which requests go, parsed from what a user types.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The scheme of an endpoint: with TLS or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain TCP.
    Http,
    /// TLS over TCP.
    Https,
}

impl Scheme {
    /// Returns the scheme's name in a URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// Returns the port where a URL gives none.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Host {
    Name(String),
    Ip(IpAddr),
}

/// The place requests are sent to.
///
/// Accepted are `https://host[:port][/path]`, `http://...`, a bare
/// `host[:port]` (which means https), and IPv6 addresses in brackets. A path is
/// kept as it stands, for a relay that does not live at the root.
///
/// Plain http shows requests and replies to everyone on the way, so it is
/// accepted only for this machine itself: 127.0.0.0/8, `[::1]` and `localhost`.
///
/// ```
/// use scf_invoke::{Endpoint, Scheme};
///
/// let local = Endpoint::parse("http://127.0.0.1:9000/scf")?;
/// assert_eq!(local.scheme(), Scheme::Http);
/// assert_eq!(local.host(), "127.0.0.1");
/// assert_eq!(local.port(), 9000);
/// assert_eq!(local.host_header(), "127.0.0.1:9000");
/// assert_eq!(local.path(), "/scf");
///
/// assert_eq!(Endpoint::default().to_string(), "https://scf.tencentcloudapi.com/");
/// assert!(Endpoint::parse("http://scf.tencentcloudapi.com").is_err());
/// # Ok::<(), scf_invoke::EndpointError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    scheme: Scheme,
    host: Host,
    // The host as text, without brackets, so that it can be lent.
    text: String,
    port: u16,
    path: String,
    // Plain http that must not leave the machine, whatever a name resolves to.
    loopback_only: bool,
}

impl Default for Endpoint {
    /// `https://scf.tencentcloudapi.com`, which answers for every region but
    /// the finance zones.
    fn default() -> Self {
        let name = "scf.tencentcloudapi.com";
        Self {
            scheme: Scheme::Https,
            host: Host::Name(name.to_owned()),
            text: name.to_owned(),
            port: Scheme::Https.default_port(),
            path: "/".to_owned(),
            loopback_only: false,
        }
    }
}

impl Endpoint {
    /// Reads an endpoint.
    ///
    /// # Errors
    /// [`EndpointError`] names the part that is not accepted;
    /// [`EndpointError::PlainHttp`] where http would leave this machine.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let mut endpoint = Self::parse_any(text)?;
        if endpoint.scheme == Scheme::Http {
            if !endpoint.is_loopback() {
                return Err(EndpointError::PlainHttp(endpoint.text));
            }
            endpoint.loopback_only = true;
        }
        Ok(endpoint)
    }

    /// Reads an endpoint and accepts plain http to any host.
    ///
    /// Anyone on the way can then read events and replies, and change them.
    /// The secret key is not sent, but a session token is.
    ///
    /// # Errors
    /// Those of [`Endpoint::parse`], without [`EndpointError::PlainHttp`].
    pub fn dangerous_parse_plain_http(text: &str) -> Result<Self, EndpointError> {
        Self::parse_any(text)
    }

    /// Returns the scheme.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the host to connect to: a name in lower case, or an address without
    /// brackets.
    pub fn host(&self) -> &str {
        &self.text
    }

    /// Returns the host as an address, if it was given as one.
    pub const fn ip(&self) -> Option<IpAddr> {
        match self.host {
            Host::Ip(ip) => Some(ip),
            Host::Name(_) => None,
        }
    }

    /// Returns the port to connect to.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Returns the value of the `Host` header: an IPv6 address in brackets, the
    /// port only if it is not the scheme's own.
    pub fn host_header(&self) -> String {
        let (open, close) = self.brackets();
        if self.port == self.scheme.default_port() {
            format!("{open}{}{close}", self.text)
        } else {
            format!("{open}{}{close}:{}", self.text, self.port)
        }
    }

    /// Returns the request target: `/`, or the path given.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns whether the host is this machine: 127.0.0.0/8, ::1 or `localhost`.
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Ip(ip) => ip.is_loopback(),
            Host::Name(name) => name == "localhost",
        }
    }

    /// Returns whether a connection to this address of the host is allowed: a
    /// resolver may give any address for `localhost`.
    pub fn permits(&self, ip: IpAddr) -> bool {
        !self.loopback_only || ip.is_loopback()
    }

    /// Returns the same under the other domains of the API; none for a host that
    /// is not of its first.
    pub(crate) fn other_domains(&self) -> Vec<Self> {
        let Some(front) = self.text.strip_suffix("tencentcloudapi.com") else {
            return vec![];
        };
        ["tencentcloudapi.com.cn", "tencentcloudapi.cn"]
            .map(|domain| {
                let text = format!("{front}{domain}");
                Self { host: Host::Name(text.clone()), text, ..self.clone() }
            })
            .into()
    }

    fn brackets(&self) -> (&'static str, &'static str) {
        match self.host {
            Host::Ip(IpAddr::V6(_)) => ("[", "]"),
            _ => ("", ""),
        }
    }

    fn parse_any(text: &str) -> Result<Self, EndpointError> {
        if text.is_empty() {
            return Err(EndpointError::Empty);
        }
        if let Some(c) = text.chars().find(|c| c.is_whitespace() || c.is_control()) {
            return Err(EndpointError::Character(c));
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            // Only what stands before the path can be a scheme.
            Some((scheme, _)) if !scheme.contains(['/', '?', '#']) => {
                return Err(EndpointError::Scheme);
            }
            _ => (Scheme::Https, text),
        };
        if rest.contains('#') {
            return Err(EndpointError::Fragment);
        }
        if rest.contains('?') {
            return Err(EndpointError::Query);
        }
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        if authority.contains('@') {
            return Err(EndpointError::UserInfo);
        }
        check_path(path)?;
        let (host, port) = split_port(authority)?;
        let host = parse_host(host)?;
        Ok(Self {
            scheme,
            text: match &host {
                Host::Name(name) => name.clone(),
                Host::Ip(ip) => ip.to_string(),
            },
            host,
            port: port.unwrap_or(scheme.default_port()),
            path: path.to_owned(),
            loopback_only: false,
        })
    }
}

/// Splits `host:port`; the host keeps its brackets.
fn split_port(authority: &str) -> Result<(&str, Option<u16>), EndpointError> {
    let (host, port) = if authority.starts_with('[') {
        let end = authority.find(']').ok_or(EndpointError::Ipv6)? + 1;
        match authority.split_at(end) {
            (host, "") => return Ok((host, None)),
            (host, rest) => (host, rest.strip_prefix(':').ok_or(EndpointError::Port)?),
        }
    } else {
        match authority.split_once(':') {
            None => return Ok((authority, None)),
            Some((_, rest)) if rest.contains(':') => return Err(EndpointError::Ipv6),
            Some(parts) => parts,
        }
    };
    // `parse` alone would take a leading plus.
    if !port.bytes().all(|b| b.is_ascii_digit()) {
        return Err(EndpointError::Port);
    }
    match port.parse() {
        Ok(0) | Err(_) => Err(EndpointError::Port),
        Ok(port) => Ok((host, Some(port))),
    }
}

fn parse_host(host: &str) -> Result<Host, EndpointError> {
    if let Some(inner) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        let ip = Ipv6Addr::from_str(inner).map_err(|_| EndpointError::Ipv6)?;
        return Ok(Host::Ip(IpAddr::V6(ip)));
    }
    if let Ok(ip) = Ipv4Addr::from_str(host) {
        return Ok(Host::Ip(IpAddr::V4(ip)));
    }
    let bad = || EndpointError::Host(host.escape_debug().to_string());
    if host.is_empty() || host.len() > 253 {
        return Err(bad());
    }
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if !host.split('.').all(label_ok) {
        return Err(bad());
    }
    // Resolvers read "127.1" or "0x7f.1" as addresses, so what we take for a
    // name could mean another place than it seems to.
    let last = host.rsplit('.').next().unwrap_or(host);
    if last.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(bad());
    }
    Ok(Host::Name(host.to_ascii_lowercase()))
}

fn check_path(path: &str) -> Result<(), EndpointError> {
    let bytes = path.as_bytes();
    for (i, byte) in bytes.iter().enumerate() {
        let ok = match byte {
            b'%' => {
                bytes.get(i + 1..i + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            }
            b'/' | b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*'
            | b'+' | b',' | b';' | b'=' | b':' | b'@' => true,
            other => other.is_ascii_alphanumeric(),
        };
        if !ok {
            return Err(EndpointError::Path);
        }
    }
    Ok(())
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The URL, always with a path.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.as_str(), self.host_header(), self.path)
    }
}

/// The reason why a text is not an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// The text is empty.
    Empty,
    /// A space or control character.
    Character(char),
    /// A scheme other than http and https.
    Scheme,
    /// A user name or password before the host.
    UserInfo,
    /// A query after the path.
    Query,
    /// A fragment after the path.
    Fragment,
    /// A host that is neither a name nor an address.
    Host(String),
    /// An IPv6 address that is malformed or not in brackets.
    Ipv6,
    /// A port that is not a number from 1 to 65535.
    Port,
    /// A path with characters that must be percent-encoded.
    Path,
    /// Plain http to a host that is not this machine.
    PlainHttp(String),
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the endpoint is empty: give one such as https://scf.tencentcloudapi.com"),
            Self::Character(c) => write!(
                f,
                "the endpoint contains {}: remove it",
                if *c == ' ' { "a space".to_owned() } else { format!("the character {:?}", c) }
            ),
            Self::Scheme => f.write_str("the endpoint's scheme must be https or http"),
            Self::UserInfo => f.write_str(
                "the endpoint has a user name before the host: remove everything up to the @; \
                 requests are signed with the credentials instead",
            ),
            Self::Query => f.write_str("the endpoint has a query: remove everything from the ? on"),
            Self::Fragment => f.write_str("the endpoint has a fragment: remove everything from the # on"),
            Self::Host(host) => write!(
                f,
                "the endpoint's host \"{host}\" is neither a host name in ASCII nor an address: check its spelling \
                 (an international name is written in its xn-- form)"
            ),
            Self::Ipv6 => f.write_str(
                "the endpoint's IPv6 address must be complete, without a zone and in brackets, such as [::1]:9000",
            ),
            Self::Port => f.write_str("the endpoint's port must be a number from 1 to 65535"),
            Self::Path => f.write_str(
                "the endpoint's path has a character that a URL does not take: percent-encode it",
            ),
            Self::PlainHttp(host) => write!(
                f,
                "plain http to {host} would show the request to everyone on the way: use https, \
                 or allow plain http explicitly if you accept that"
            ),
        }
    }
}

impl std::error::Error for EndpointError {}
