//! Proxies: which one leads to an endpoint, and how it is asked to.

mod handshake;
mod variables;

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use zeroize::Zeroizing;

pub(crate) use handshake::{Handshake, HandshakeStep, Want};
pub(crate) use variables::from_variables;

use crate::Endpoint;

/// The protocol that a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyKind {
    /// HTTP CONNECT; the proxy looks the name up.
    Http,
    /// SOCKS 5, with an address looked up here.
    Socks5,
    /// SOCKS 5; the proxy looks the name up.
    Socks5Name,
}

/// A proxy on the way to an endpoint.
///
/// Accepted are `http://[user:password@]host[:port]`, `socks5://...`,
/// `socks5h://...`, which leaves the name lookup to the proxy, and a bare
/// `host:port`, which means http. Requests pass through it as TLS does; the
/// proxy sees where they go, and nothing else.
///
/// ```
/// use scf_invoke::Proxy;
///
/// let proxy: Proxy = "http://user:pass%40word@proxy.example:3128".parse()?;
/// // Its text has no password.
/// assert_eq!(proxy.to_string(), "http://proxy.example:3128");
/// # Ok::<(), scf_invoke::ProxyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    kind: ProxyKind,
    address: Endpoint,
    login: Option<Login>,
}

#[derive(Clone, PartialEq, Eq)]
struct Login {
    user: String,
    password: Zeroizing<String>,
}

impl Proxy {
    /// Reads a proxy.
    ///
    /// # Errors
    /// [`ProxyError`] names what is not accepted.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let (kind, rest) = match text.split_once("://") {
            None => (ProxyKind::Http, text),
            Some((scheme, rest)) => {
                let kind = match scheme.to_ascii_lowercase().as_str() {
                    "http" => ProxyKind::Http,
                    "socks5" => ProxyKind::Socks5,
                    "socks5h" => ProxyKind::Socks5Name,
                    _ => return Err(ProxyError::Scheme),
                };
                (kind, rest)
            }
        };
        let (login, authority) = match rest.rsplit_once('@') {
            None => (None, rest),
            Some((login, authority)) => (Some(Login::parse(login)?), authority),
        };
        let authority = authority.trim_end_matches('/');
        let port = match kind {
            ProxyKind::Http => 80,
            ProxyKind::Socks5 | ProxyKind::Socks5Name => 1080,
        };
        let parse = |authority: &str| {
            Endpoint::dangerous_parse_plain_http(&format!("http://{authority}"))
                .map_err(|_| ProxyError::Address)
        };
        let bare = !authority.rsplit(']').next().is_some_and(|end| end.contains(':'));
        let address = if bare { parse(&format!("{authority}:{port}"))? } else { parse(authority)? };
        if address.path() != "/" {
            return Err(ProxyError::Address);
        }
        Ok(Self { kind, address, login })
    }

    /// Returns the proxy that the environment names for an endpoint:
    /// `https_proxy` or else `all_proxy`, both also in capitals, unless
    /// `no_proxy` or `NO_PROXY` lists its host. This machine itself is reached
    /// without one.
    ///
    /// # Errors
    /// [`ProxyError`], where a variable names no proxy.
    pub fn from_environment(endpoint: &Endpoint) -> Result<Option<Self>, ProxyError> {
        from_variables(endpoint, |name| std::env::var(name).ok())
    }

    pub(crate) const fn kind(&self) -> ProxyKind {
        self.kind
    }

    /// Returns the address at which the proxy listens.
    pub(crate) const fn address(&self) -> &Endpoint {
        &self.address
    }
}

impl Login {
    fn parse(text: &str) -> Result<Self, ProxyError> {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        let (user, password) = (decoded(user)?, Zeroizing::new(decoded(password)?));
        let fits = |part: &str| part.len() <= 255 && !part.contains(char::is_control);
        if user.contains(':') || !fits(&user) || !fits(&password) {
            return Err(ProxyError::Login);
        }
        Ok(Self { user, password })
    }
}

/// Undoes percent encoding, which a password needs for its `@`, `:` and `/`.
fn decoded(text: &str) -> Result<String, ProxyError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = rest.get(..2).and_then(|digits| str::from_utf8(digits).ok());
        let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.ok_or(ProxyError::Login)?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| ProxyError::Login)
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        Self::parse(text)
    }
}

/// The URL, without user and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            ProxyKind::Http => "http",
            ProxyKind::Socks5 => "socks5",
            ProxyKind::Socks5Name => "socks5h",
        };
        let (host, port) = (self.address.host(), self.address.port());
        match self.address.ip() {
            Some(IpAddr::V6(_)) => write!(f, "{scheme}://[{host}]:{port}"),
            _ => write!(f, "{scheme}://{host}:{port}"),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

/// A text that is no proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyError {
    /// A scheme other than http, socks5 and socks5h.
    Scheme,
    /// The host or port is not one, or a path follows.
    Address,
    /// The user or password is too long, or not properly percent-encoded.
    Login,
    /// An environment variable has one of the errors above.
    Variable {
        /// The variable.
        name: &'static str,
        /// The error.
        error: Box<ProxyError>,
    },
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => f.write_str("the proxy's scheme must be http, socks5 or socks5h"),
            Self::Address => f.write_str(
                "the proxy must be written as host:port, such as http://proxy.example:3128",
            ),
            Self::Login => f.write_str(
                "the proxy's user and password must be percent-encoded, and have at most 255 \
                 bytes each",
            ),
            Self::Variable { name, error } => write!(f, "{name}: {error}"),
        }
    }
}

impl std::error::Error for ProxyError {}
