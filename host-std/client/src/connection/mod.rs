//! From an endpoint to a stream that is ready to carry a request.

mod error;
mod resolve;
#[cfg(feature = "tls")]
mod secure;
mod socket;
mod stream;

use std::io;
use std::net::{SocketAddr, TcpStream};
#[cfg(feature = "tls")]
use std::sync::OnceLock;
#[cfg(feature = "tls")]
use std::thread;
use std::time::Duration;

pub use error::{Step, StreamError, StreamErrorKind};
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
    timeouts: Timeouts,
    // Built when first needed: reading the platform's roots takes a while, and
    // a plain endpoint never needs them.
    #[cfg(feature = "tls")]
    tls: OnceLock<Tls>,
}

impl Connector {
    /// With the default [`Timeouts`] and TLS settings.
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            timeouts: Timeouts::default(),
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

    /// Sets whom to trust.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = OnceLock::from(tls);
        self
    }

    /// Where connections lead.
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
        #[cfg(not(feature = "tls"))]
        self.refuse_tls()?;

        let limit = deadline.earlier(Deadline::after(self.timeouts.connect));
        let name = format!("{}:{}", self.bracketed_host(), self.endpoint.port());
        // Below here one limit stands for two; say which of them it was.
        let told = |error: StreamError| {
            if error.kind() == StreamErrorKind::CallTimeout && limit != deadline {
                StreamError::connect_timeout(error.peer(), self.timeouts.connect)
            } else {
                error
            }
        };

        #[cfg(feature = "tls")]
        let (reached, tls) = self.beside_tls(|| self.reach(&name, limit));
        #[cfg(not(feature = "tls"))]
        let reached = self.reach(&name, limit);
        let (tcp, peer) = reached.map_err(told)?;
        #[cfg(feature = "tls")]
        let tls = tls?;
        // A request is written in whole buffers; Nagle would only hold back
        // the last one.
        tcp.set_nodelay(true).map_err(|error| StreamError::from_io(Step::Connect, &peer, error))?;

        #[cfg_attr(not(feature = "tls"), expect(unused_mut))]
        let mut socket = Socket::new(tcp, limit);
        #[cfg(feature = "tls")]
        let channel = match tls {
            None => Channel::Plain,
            Some(tls) => secure::Session::start(tls, &self.endpoint, &mut socket)
                .map(|session| Channel::Secure(Box::new(session)))
                .map_err(|error| told(StreamError::from_io(Step::Connect, &peer, error)))?,
        };
        #[cfg(not(feature = "tls"))]
        let channel = Channel::Plain;

        let mut stream = Stream::new(socket, channel, peer);
        stream.set_deadline(deadline);
        stream.set_idle_timeout(self.timeouts.idle);
        Ok(stream)
    }

    /// Looks up the name and connects.
    fn reach(&self, name: &str, limit: Deadline) -> Result<(TcpStream, String), StreamError> {
        let addresses = resolve::resolve(&self.endpoint, limit).map_err(|error| {
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
        })?;
        let (tcp, address) = dial(&addresses, limit).map_err(|(error, address)| {
            StreamError::from_io(Step::Connect, &self.peer(name, address), error)
        })?;
        Ok((tcp, self.peer(name, address)))
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
    fn prepare_tls(&self) -> Result<Option<&Tls>, StreamError> {
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

    fn bracketed_host(&self) -> String {
        match self.endpoint.ip() {
            Some(std::net::IpAddr::V6(ip)) => format!("[{ip}]"),
            _ => self.endpoint.host().to_owned(),
        }
    }

    /// A name alone does not tell which of its addresses failed.
    fn peer(&self, name: &str, address: SocketAddr) -> String {
        match self.endpoint.ip() {
            Some(_) => name.to_owned(),
            None => format!("{name} ({})", address.ip()),
        }
    }
}

fn is_late(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Expired>())
}

/// Connects to the first address that answers. Each gets its share of the time
/// left, so that one that swallows packets does not use up all of it.
fn dial(
    addresses: &[SocketAddr],
    limit: Deadline,
) -> Result<(TcpStream, SocketAddr), (io::Error, SocketAddr)> {
    // The resolver never gives an empty list.
    let mut last =
        (io::Error::from(io::ErrorKind::AddrNotAvailable), SocketAddr::from(([0, 0, 0, 0], 0)));
    for (index, &address) in addresses.iter().enumerate() {
        let untried = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let left = limit.remaining().unwrap_or(Duration::from_secs(3600));
        if left.is_zero() {
            return Err((Expired::Deadline.into(), address));
        }
        // Zero is not a timeout that the system takes.
        let share = (left / untried).max(Duration::from_millis(1));
        match TcpStream::connect_timeout(&address, share) {
            Ok(tcp) => return Ok((tcp, address)),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                last = (Expired::Deadline.into(), address);
            }
            Err(error) => last = (error, address),
        }
    }
    Err(last)
}
