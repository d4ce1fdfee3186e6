//! From an endpoint to a stream that is ready to carry a request.

pub(crate) mod dial;
mod error;
pub(crate) mod proxy;
pub(crate) mod resolve;
#[cfg(feature = "tls")]
pub(crate) mod secure;
pub(crate) mod socket;
mod stream;

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
#[cfg(feature = "tls")]
use std::sync::OnceLock;
#[cfg(feature = "tls")]
use std::thread;

use dial::dial;
pub use error::{Step, StreamError, StreamErrorKind};
pub(crate) use proxy::from_variables as proxy_from_variables;
use proxy::{Handshake, HandshakeStep, ProxyKind, Want};
pub use proxy::{Proxy, ProxyError};
use socket::{Expired, Socket};
use stream::Channel;
pub use stream::Stream;

#[cfg(feature = "tls")]
use crate::Tls;
use crate::{Deadline, Endpoint, Scheme, Timeouts};

/// Makes connections to one endpoint.
///
/// ```no_run
/// use embedded_io::{Read, Write};
/// use scf_invoke::{Connector, Endpoint, Timeouts};
///
/// let timeouts = Timeouts::default();
/// let connector = Connector::new(Endpoint::default()).timeouts(timeouts);
/// let mut stream = connector.connect(timeouts.start())?;
/// stream.write_all(b"GET / HTTP/1.1\r\nHost: scf.tencentcloudapi.com\r\n\r\n")?;
/// stream.flush()?;
/// let mut buffer = [0; 1024];
/// let count = stream.read(&mut buffer)?;
/// # Ok::<(), scf_invoke::StreamError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Connector {
    endpoint: Endpoint,
    pub(crate) timeouts: Timeouts,
    pub(crate) proxy: Option<Proxy>,
    // Built when first needed: reading the platform's roots takes a while, and
    // a plain endpoint never needs them.
    #[cfg(feature = "tls")]
    tls: OnceLock<Tls>,
}

impl Connector {
    /// Returns a connector with the default [`Timeouts`] and TLS settings, and
    /// without a proxy.
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            timeouts: Timeouts::default(),
            proxy: None,
            #[cfg(feature = "tls")]
            tls: OnceLock::new(),
        }
    }

    /// Sets the timeouts. That of the call is not used here: each call brings
    /// its own [`Deadline`].
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Leads connections through a proxy, or through none, as is the default.
    #[must_use]
    pub fn proxy(mut self, proxy: Option<Proxy>) -> Self {
        self.proxy = proxy;
        self
    }

    /// Sets whom to trust.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = OnceLock::from(tls);
        self
    }

    /// Returns where connections lead.
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Connects: looks up the name, tries its addresses in turn, and shakes
    /// hands if it is an https endpoint.
    ///
    /// The stream keeps `deadline` as its own until
    /// [`Stream::set_deadline`].
    ///
    /// # Errors
    /// [`StreamError`], always of [`Step::Connect`]: nothing of any request was
    /// sent.
    pub fn connect(&self, deadline: Deadline) -> Result<Stream, StreamError> {
        self.connect_observed(deadline, || ())
    }

    /// Connects; `on_tls` is called where a TLS handshake begins.
    #[cfg_attr(not(feature = "tls"), expect(unused_variables, reason = "there is no TLS"))]
    pub(crate) fn connect_observed(
        &self,
        deadline: Deadline,
        on_tls: impl FnOnce(),
    ) -> Result<Stream, StreamError> {
        #[cfg(not(feature = "tls"))]
        self.refuse_tls()?;

        let limit = deadline.earlier(Deadline::after(self.timeouts.connect));
        let timed_out = |error| self.timed_out(error, limit, deadline);

        #[cfg(feature = "tls")]
        let (reached, tls) = self.beside_tls(|| self.reach(limit));
        #[cfg(not(feature = "tls"))]
        let reached = self.reach(limit);
        let (socket, peer) = reached.map_err(timed_out)?;
        #[cfg(feature = "tls")]
        let tls = tls?;

        #[cfg(feature = "tls")]
        let mut socket = socket;
        #[cfg(feature = "tls")]
        let channel = match tls {
            None => Channel::Plain,
            Some(tls) => {
                on_tls();
                secure::Session::start(tls, &self.endpoint, &mut socket)
                    .map(|session| Channel::Secure(Box::new(session)))
                    .map_err(|error| timed_out(StreamError::from_io(Step::Connect, &peer, error)))?
            }
        };
        #[cfg(not(feature = "tls"))]
        let channel = Channel::Plain;

        let mut stream = Stream::new(socket, channel, peer);
        stream.set_deadline(deadline);
        stream.set_idle_timeout(self.timeouts.idle);
        Ok(stream)
    }

    /// Says which of two limits it was that one stood for while connecting.
    pub(crate) fn timed_out(
        &self,
        error: StreamError,
        limit: Deadline,
        deadline: Deadline,
    ) -> StreamError {
        if error.kind() == StreamErrorKind::CallTimeout && limit != deadline {
            return StreamError::connect_timeout(error.peer(), self.timeouts.connect);
        }
        error
    }

    /// Connects, through the proxy if there is one.
    fn reach(&self, limit: Deadline) -> Result<(Socket, String), StreamError> {
        let Some(proxy) = &self.proxy else {
            let (tcp, address) = reach(&self.endpoint, &authority(&self.endpoint), limit)?;
            return Ok((Socket::new(tcp, limit), peer(&self.endpoint, address)));
        };
        // A proxy of this kind is given an address.
        let ip = match proxy.kind() {
            ProxyKind::Socks5 => Some(lookup(&self.endpoint, limit)?[0].ip()),
            ProxyKind::Socks5Name | ProxyKind::Http => self.endpoint.ip(),
        };
        let (tcp, _) = reach(proxy.address(), &format!("the proxy {proxy}"), limit)?;
        let mut socket = Socket::new(tcp, limit);
        let peer = format!("{} through the proxy {proxy}", authority(&self.endpoint));
        self.ask(proxy, ip, &mut socket, &peer)?;
        Ok((socket, peer))
    }

    /// Asks the proxy to lead to the endpoint.
    fn ask(
        &self,
        proxy: &Proxy,
        ip: Option<IpAddr>,
        socket: &mut Socket,
        peer: &str,
    ) -> Result<(), StreamError> {
        let failed = |error| StreamError::from_io(Step::Connect, peer, error);
        let mut talk = Handshake::new(proxy, self.endpoint.host(), ip, self.endpoint.port());
        let mut received = vec![];
        loop {
            let step = talk.next(&received).map_err(|reason| {
                StreamError::new(StreamErrorKind::Proxy, Step::Connect, peer, reason)
            })?;
            let want = match step {
                HandshakeStep::Done => return Ok(()),
                HandshakeStep::Receive(want) => want,
                HandshakeStep::Send(bytes, want) => {
                    socket.write_all(&bytes).map_err(failed)?;
                    want
                }
            };
            match want {
                Want::Exactly(count) => {
                    received.resize(count, 0);
                    socket.read_exact(&mut received).map_err(failed)?;
                }
                Want::UpTo(most) => {
                    received.resize(most, 0);
                    let count = socket.read(&mut received).map_err(failed)?;
                    received.truncate(count);
                }
            }
        }
    }

    /// Runs `act` while TLS is set up for the first time: reading the
    /// platform's roots takes about as long as a connection does (8 ms for 140
    /// of them), and one can hide behind the other.
    #[cfg(feature = "tls")]
    fn beside_tls<T>(&self, act: impl FnOnce() -> T) -> (T, Result<Option<&Tls>, StreamError>) {
        if self.endpoint.scheme() == Scheme::Http || self.tls.get().is_some() {
            return (act(), self.prepare_tls());
        }
        thread::scope(|scope| {
            let builder = thread::Builder::new().name("scf-tls".into());
            match builder.spawn_scoped(scope, || self.prepare_tls()) {
                Ok(setup) => {
                    let done = act();
                    let tls = setup.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                    (done, tls)
                }
                // Without a thread it is done one after the other.
                Err(_) => (act(), self.prepare_tls()),
            }
        })
    }

    #[cfg(feature = "tls")]
    pub(crate) fn prepare_tls(&self) -> Result<Option<&Tls>, StreamError> {
        if self.endpoint.scheme() == Scheme::Http {
            return Ok(None);
        }
        if let Some(tls) = self.tls.get() {
            return Ok(Some(tls));
        }
        let tls = Tls::new().map_err(|error| {
            StreamError::new(
                StreamErrorKind::TlsSetup,
                Step::Connect,
                &self.endpoint.host_header(),
                "TLS cannot be set up",
            )
            .with_source(error)
        })?;
        // If another thread was quicker, its settings are as good.
        Ok(Some(self.tls.get_or_init(|| tls)))
    }

    #[cfg(not(feature = "tls"))]
    fn refuse_tls(&self) -> Result<(), StreamError> {
        if self.endpoint.scheme() == Scheme::Http {
            return Ok(());
        }
        Err(StreamError::new(
            StreamErrorKind::TlsSetup,
            Step::Connect,
            &self.endpoint.host_header(),
            "this program was built without TLS: build scf-invoke with its feature `tls`",
        ))
    }
}

/// Looks up a name.
fn lookup(endpoint: &Endpoint, limit: Deadline) -> Result<Vec<SocketAddr>, StreamError> {
    let name = authority(endpoint);
    resolve::resolve(endpoint, limit).map_err(|error| lookup_failed(&name, error))
}

/// Returns the error of a name lookup.
pub(crate) fn lookup_failed(name: &str, error: io::Error) -> StreamError {
    if is_late(&error) {
        return StreamError::from_io(Step::Connect, name, error);
    }
    StreamError::new(
        StreamErrorKind::NameResolution,
        Step::Connect,
        name,
        "no address was found for the name: check its spelling, and that DNS works here",
    )
    .with_source(error)
}

/// Looks up a name and connects. Errors name the peer as `whom`.
fn reach(
    endpoint: &Endpoint,
    whom: &str,
    limit: Deadline,
) -> Result<(TcpStream, SocketAddr), StreamError> {
    let addresses = lookup(endpoint, limit)?;
    dial(&addresses, limit).map_err(|(error, address)| dial_failed(endpoint, whom, error, address))
}

/// Returns the error of a connection to one of the addresses of `whom`.
pub(crate) fn dial_failed(
    endpoint: &Endpoint,
    whom: &str,
    error: io::Error,
    address: SocketAddr,
) -> StreamError {
    let whom = match endpoint.ip() {
        Some(_) => whom.to_owned(),
        None => format!("{whom} ({})", address.ip()),
    };
    StreamError::from_io(Step::Connect, &whom, error)
}

/// Returns the host and port of an endpoint, as a URL has them.
pub(crate) fn authority(endpoint: &Endpoint) -> String {
    match endpoint.ip() {
        Some(IpAddr::V6(ip)) => format!("[{ip}]:{}", endpoint.port()),
        _ => format!("{}:{}", endpoint.host(), endpoint.port()),
    }
}

/// Returns the endpoint with the address, since a name alone does not say which
/// of its addresses failed.
pub(crate) fn peer(endpoint: &Endpoint, address: SocketAddr) -> String {
    match endpoint.ip() {
        Some(_) => authority(endpoint),
        None => format!("{} ({})", authority(endpoint), address.ip()),
    }
}

fn is_late(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Expired>())
}
