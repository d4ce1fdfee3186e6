//! The blocking transport, and HTTP/1.1 over a byte stream.

use embedded_io::{ErrorKind, Read, Write};

use super::{Stream, StreamError};
use crate::call::{Call, ExchangeError};
use crate::error::ProtocolError;
use crate::request::RequestError;
use crate::wire::http::HttpError;

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

    /// Returns whether another exchange can follow the last one as things stand. Where
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

impl<S: Read + Write> Transport for Stream<S> {
    type Error = StreamError<S::Error>;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        self.begin()?;
        let failed = send(&mut self.stream, call)?;
        let received = receive(&mut self.stream, call, failed);
        self.end(received.is_ok() && call.keep_alive());
        received
    }

    fn is_ready(&mut self) -> bool {
        self.is_reusable()
    }
}

/// Sends the request of a call. What a write failed with is returned and not
/// the end of the exchange: the server may have answered early, so go on with
/// [`receive`].
///
/// A failed flush leaves it open how much has left. Where the stream keeps all
/// of a request until it is flushed, call
/// [`transmit_failed`](Call::transmit_failed) then.
///
/// # Errors
/// The source of the event failed or changed: close the connection.
pub fn send<S: Write>(
    stream: &mut S,
    call: &mut Call<'_>,
) -> Result<Option<StreamError<S::Error>>, RequestError> {
    loop {
        let mut rest = call.transmit()?;
        if rest.is_empty() {
            return Ok(stream.flush().err().map(StreamError::Io));
        }
        while !rest.is_empty() {
            let error = match stream.write(rest) {
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

/// Receives the response of a call, after [`send`] has returned `failed`.
///
/// A server that refuses early answers and closes while it is still being
/// written to. Its response says more than the failed write, which is the error
/// where no whole response comes.
///
/// # Errors
/// The connection was lost, or what came is not HTTP.
pub fn receive<S: Read>(
    stream: &mut S,
    call: &mut Call<'_>,
    failed: Option<StreamError<S::Error>>,
) -> Result<(), ExchangeError<StreamError<S::Error>>> {
    let failed = going_on(failed)?;
    loop {
        let read = stream.read(call.window());
        match call.take(read) {
            Ok(false) => {}
            received => return ended(received, failed),
        }
    }
}

/// Returns the error of a failed write, unless there is nothing to wait for: after a
/// timeout there is no time left.
pub(super) fn going_on<E: embedded_io::Error>(
    failed: Option<StreamError<E>>,
) -> Result<Option<StreamError<E>>, ExchangeError<StreamError<E>>> {
    match failed {
        Some(StreamError::Io(error)) if error.kind() == ErrorKind::TimedOut => {
            Err(ExchangeError::Transport(StreamError::Io(error)))
        }
        failed => Ok(failed),
    }
}

/// Returns the end of an exchange whose request has `failed`, or not.
pub(super) fn ended<E>(
    received: Result<bool, ExchangeError<E>>,
    failed: Option<E>,
) -> Result<(), ExchangeError<E>> {
    match (received, failed) {
        (Err(ExchangeError::Transport(_)), Some(error)) => Err(ExchangeError::Transport(error)),
        (received, _) => received.map(|_| ()),
    }
}

impl Call<'_> {
    /// Takes what a read of the [`window`](Call::window) gave; `true` when
    /// nothing more is wanted. A connection that closes before the response is
    /// complete is lost, in whatever way it says so.
    pub(super) fn take<E>(
        &mut self,
        read: Result<usize, E>,
    ) -> Result<bool, ExchangeError<StreamError<E>>> {
        let count = read.map_err(|error| ExchangeError::Transport(StreamError::Io(error)))?;
        self.received(count).map_err(|error| match error {
            ProtocolError::Http(HttpError::Truncated) => {
                ExchangeError::Transport(StreamError::Closed)
            }
            error => ExchangeError::Protocol(error),
        })
    }
}
