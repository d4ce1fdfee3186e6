//! The talk with a proxy before the first byte of TLS, without I/O.

use std::net::IpAddr;

use base64ct::{Base64, Encoding};
use scf_invoke_core::wire::http::{HttpEvent, ResponseDecoder};
use zeroize::Zeroizing;

use super::{Proxy, ProxyKind};

/// A talk with a proxy. Do what [`next`](Self::next) says until it is done.
pub(crate) struct Handshake<'p> {
    proxy: &'p Proxy,
    /// The host to reach: a name, or an address without brackets.
    host: String,
    ip: Option<IpAddr>,
    port: u16,
    state: State,
    /// HTTP: the head of the response so far.
    head: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    /// HTTP: the request is out.
    Connect,
    /// SOCKS: methods, login and request are out, in this order.
    Methods,
    Login,
    Request,
    /// SOCKS: the rest of the response, whose length is in its start.
    Rest,
}

/// The next step of a handshake.
pub(crate) enum HandshakeStep {
    /// Write this, and then read.
    Send(Zeroizing<Vec<u8>>, Want),
    /// Read on.
    Receive(Want),
    /// The way is free.
    Done,
}

/// The number of bytes to read.
#[derive(Clone, Copy)]
pub(crate) enum Want {
    /// This many bytes, and none of what follows.
    Exactly(usize),
    /// The bytes that are there, and this many at most.
    UpTo(usize),
}

/// The longest head that a proxy may answer with.
const MAX_HEAD: usize = 8192;

impl<'p> Handshake<'p> {
    /// Starts a handshake that asks for a connection to a host; with an `ip`, to
    /// that in place of the name.
    pub(crate) fn new(proxy: &'p Proxy, host: &str, ip: Option<IpAddr>, port: u16) -> Self {
        Self { proxy, host: host.to_owned(), ip, port, state: State::Start, head: vec![] }
    }

    /// Takes what was read, at first nothing, and says what to do. Afterwards
    /// nothing is the end of the connection.
    ///
    /// # Errors
    /// The reason for which the proxy does not lead there.
    pub(crate) fn next(&mut self, received: &[u8]) -> Result<HandshakeStep, String> {
        match (self.state, self.proxy.kind) {
            (State::Start, ProxyKind::Http) => {
                self.state = State::Connect;
                Ok(HandshakeStep::Send(self.connect(), Want::UpTo(MAX_HEAD)))
            }
            (State::Start, _) => {
                self.state = State::Methods;
                // 0: no login; 2: user and password.
                let methods: &[u8] =
                    if self.proxy.login.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
                Ok(HandshakeStep::Send(Zeroizing::new(methods.to_vec()), Want::Exactly(2)))
            }
            _ if received.is_empty() => Err("the proxy closed the connection".into()),
            (State::Connect, _) => self.connected(received),
            _ => self.socks(received),
        }
    }

    fn connect(&self) -> Zeroizing<Vec<u8>> {
        let host = match self.ip {
            Some(IpAddr::V6(ip)) => format!("[{ip}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        };
        let mut request =
            Zeroizing::new(format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n").into_bytes());
        if let Some(login) = &self.proxy.login {
            let pair = Zeroizing::new(format!("{}:{}", login.user, login.password.as_str()));
            request.extend_from_slice(b"Proxy-Authorization: Basic ");
            request.extend_from_slice(
                Zeroizing::new(Base64::encode_string(pair.as_bytes())).as_bytes(),
            );
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        request
    }

    /// Reads the response to CONNECT.
    fn connected(&mut self, received: &[u8]) -> Result<HandshakeStep, String> {
        self.head.extend_from_slice(received);
        let mut input = self.head.as_slice();
        let status = match ResponseDecoder::new().next(&mut input) {
            Ok(Some(HttpEvent::Status(status))) => status,
            Ok(None) if self.head.len() < MAX_HEAD => {
                return Ok(HandshakeStep::Receive(Want::UpTo(MAX_HEAD - self.head.len())));
            }
            _ => return Err("the proxy does not speak HTTP".into()),
        };
        match status {
            200..=299 if input.is_empty() => Ok(HandshakeStep::Done),
            200..=299 => Err("the proxy sent more than its answer".into()),
            407 => Err("the proxy wants another user and password (status 407): give them as \
                        user:password@ before its host"
                .into()),
            403 => Err("the proxy refuses to lead there (status 403): ask who runs it, or name \
                        the host in NO_PROXY"
                .into()),
            status => Err(format!("the proxy could not connect (status {status})")),
        }
    }

    fn socks(&mut self, received: &[u8]) -> Result<HandshakeStep, String> {
        match (self.state, received) {
            (State::Methods, [5, 0]) | (State::Login, [_, 0]) => {
                self.state = State::Request;
                Ok(HandshakeStep::Send(self.request(), Want::Exactly(5)))
            }
            (State::Methods, [5, 2]) if self.proxy.login.is_some() => {
                self.state = State::Login;
                Ok(HandshakeStep::Send(self.login(), Want::Exactly(2)))
            }
            (State::Methods, [5, 0xff]) if self.proxy.login.is_none() => {
                Err("the proxy wants a login: give it as user:password@ before its host".into())
            }
            (State::Methods, [5, 0xff]) => Err("the proxy takes no user and password".into()),
            (State::Login, [_, _]) => Err("the proxy refused the user or password".into()),
            // The rest of the response is an address, of no use here, and a port.
            (State::Request, [5, 0, _, kind, first]) => {
                self.state = State::Rest;
                let rest = match kind {
                    1 => 3,
                    3 => usize::from(*first),
                    4 => 15,
                    _ => return Err("the proxy does not speak SOCKS 5".into()),
                };
                Ok(HandshakeStep::Receive(Want::Exactly(rest + 2)))
            }
            (State::Request, [5, code, ..]) => Err(refusal(*code).into()),
            (State::Rest, _) => Ok(HandshakeStep::Done),
            _ => Err("the proxy does not speak SOCKS 5".into()),
        }
    }

    fn login(&self) -> Zeroizing<Vec<u8>> {
        let mut login = Zeroizing::new(Vec::with_capacity(513));
        if let Some(known) = &self.proxy.login {
            login.push(1);
            for part in [known.user.as_str(), known.password.as_str()] {
                // Their length was checked when the proxy was read.
                login.push(part.len() as u8);
                login.extend_from_slice(part.as_bytes());
            }
        }
        login
    }

    fn request(&self) -> Zeroizing<Vec<u8>> {
        let mut request = vec![5, 1, 0];
        match self.ip {
            Some(IpAddr::V4(ip)) => {
                request.push(1);
                request.extend_from_slice(&ip.octets());
            }
            Some(IpAddr::V6(ip)) => {
                request.push(4);
                request.extend_from_slice(&ip.octets());
            }
            None => {
                // A host name has at most 253 bytes.
                request.extend_from_slice(&[3, self.host.len() as u8]);
                request.extend_from_slice(self.host.as_bytes());
            }
        }
        request.extend_from_slice(&self.port.to_be_bytes());
        Zeroizing::new(request)
    }
}

/// Returns the meaning of a code of RFC 1928.
fn refusal(code: u8) -> &'static str {
    match code {
        2 => "the proxy's rules forbid the way there",
        3 => "the proxy cannot reach that network",
        4 => "the proxy cannot reach that host",
        5 => "the host refused the proxy's connection",
        6 => "the proxy's connection took too long",
        8 => "the proxy does not take this kind of address",
        _ => "the proxy could not connect",
    }
}
