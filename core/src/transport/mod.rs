//! What carries a call: the blocking and the asynchronous trait, and their
//! implementation over byte streams.

#[cfg(feature = "async")]
mod asynchronous;

use core::fmt;

use embedded_io::{Read, Write};

use crate::call::{Call, ExchangeError};
use crate::request::RequestError;

#[cfg(feature = "async")]
pub use asynchronous::AsyncTransport;

/// Carries one exchange: sends what the call gives, and gives it what comes
/// back.
///
/// A byte stream drives [`transmit`](Call::transmit),
/// [`window`](Call::window) and [`received`](Call::received), as
/// [`Stream`] does. An HTTP client drives [`head`](Call::head),
/// [`body`](Call::body) and the `response_` methods.
///
/// An implementation sends a request at most once: whether it may be sent
/// again is not its decision.
pub trait Transport {
    /// The transport's own error.
    type Error;

    /// Carries `call` from its first byte to the end of its response.
    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>>;

    /// Whether another exchange can follow the last one as things stand. Where
    /// it cannot, a clock that was corrected serves the next call, and this one
    /// ends with the service's refusal.
    fn is_ready(&mut self) -> bool {
        true
    }
}

impl<T: Transport + ?Sized> Transport for &mut T {
    type Error = T::Error;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        (**self).exchange(call)
    }

    fn is_ready(&mut self) -> bool {
        (**self).is_ready()
    }
}

/// HTTP/1.1 over any connected byte stream.
///
/// The stream is connected already (TCP, TLS, a modem's socket) and is not
/// closed here. It carries one exchange after the other while the server
/// keeps it open; [`is_reusable`](Self::is_reusable) tells.
///
/// ```no_run
/// use scf_invoke_core::{Client, Invocation, Region, Settings, Signer, Stream};
///
/// # fn run(socket: impl embedded_io::Read + embedded_io::Write) {
/// let settings = Settings::new(Region::AP_GUANGZHOU, "scf.tencentcloudapi.com");
/// let signer = Signer::new("AKIDEXAMPLE", "the-secret-key").unwrap();
/// let mut client = Client::new(Stream::new(socket), settings, signer);
/// let mut buffer = [0; 1024];
/// let now = 1_700_000_000;
/// let reply = client.invoke(now, &Invocation::new("hello"), "{}", &mut buffer);
/// # }
/// ```
#[derive(Debug)]
pub struct Stream<S> {
    stream: S,
    reusable: bool,
}

impl<S> Stream<S> {
    /// Speaks HTTP over `stream`.
    pub const fn new(stream: S) -> Self {
        Self { stream, reusable: true }
    }

    /// Whether another exchange can follow; `false` after one that failed or
    /// that the server ended with `Connection: close`.
    pub const fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// The stream itself.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Gives the stream back.
    pub fn into_inner(self) -> S {
        self.stream
    }
}

/// A byte stream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamError<E> {
    /// The stream's own error.
    Io(E),
    /// The stream takes no more bytes and gives no reason.
    WriteZero,
    /// The exchange before this one has ended the stream: connect anew.
    NotReusable,
}

impl<E: fmt::Display> fmt::Display for StreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::WriteZero => f.write_str("the stream takes no more bytes"),
            Self::NotReusable => {
                f.write_str("the exchange before this one has ended the stream: connect anew")
            }
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for StreamError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl<S: Read + Write> Transport for Stream<S> {
    type Error = StreamError<S::Error>;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        if !self.reusable {
            return Err(ExchangeError::Transport(StreamError::NotReusable));
        }
        self.reusable = false;
        let failed = self.send(call)?;
        let answered = self.receive(call);
        self.reusable = answered.is_ok() && call.keep_alive();
        // A server that refuses early answers and closes while it is still
        // being written to; its answer says more than the failed write.
        match failed {
            Some(error) if answered.is_err() => Err(ExchangeError::Transport(error)),
            _ => answered,
        }
    }

    fn is_ready(&mut self) -> bool {
        self.reusable
    }
}

impl<S: Read + Write> Stream<S> {
    /// Sends the request; what a write failed with is no end of the exchange.
    fn send(&mut self, call: &mut Call<'_>) -> Result<Option<StreamError<S::Error>>, RequestError> {
        loop {
            let mut rest = call.transmit()?;
            if rest.is_empty() {
                return Ok(self.stream.flush().err().map(StreamError::Io));
            }
            while !rest.is_empty() {
                let error = match self.stream.write(rest) {
                    Ok(0) => StreamError::WriteZero,
                    Ok(count) => {
                        rest = rest.get(count..).unwrap_or_default();
                        continue;
                    }
                    Err(error) => StreamError::Io(error),
                };
                call.transmit_failed();
                return Ok(Some(error));
            }
        }
    }

    fn receive(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<StreamError<S::Error>>> {
        loop {
            let count = self
                .stream
                .read(call.window())
                .map_err(|error| ExchangeError::Transport(StreamError::Io(error)))?;
            if call.received(count)? {
                return Ok(());
            }
        }
    }
}
