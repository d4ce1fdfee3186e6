//! The asynchronous twin of the transport.

use embedded_io_async::{Read, Write};

use super::blocking::{ended, going_on};
use super::{Stream, StreamError};
use crate::call::{Call, ExchangeError};
use crate::request::RequestError;

/// Carries one exchange, as [`Transport`](super::Transport) does, without
/// blocking.
#[allow(async_fn_in_trait, reason = "executors of firmware need no Send bound")]
pub trait AsyncTransport {
    /// The transport's own error.
    type Error;

    /// Carries `call` from its first byte to the end of its response.
    async fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>>;

    /// Returns whether another exchange can follow, as
    /// [`Transport::is_ready`](super::Transport::is_ready) says.
    fn is_ready(&mut self) -> bool {
        true
    }
}

impl<T: AsyncTransport + ?Sized> AsyncTransport for &mut T {
    type Error = T::Error;

    async fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        (**self).exchange(call).await
    }

    fn is_ready(&mut self) -> bool {
        (**self).is_ready()
    }
}

impl<S: Read + Write> AsyncTransport for Stream<S> {
    type Error = StreamError<S::Error>;

    async fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        self.begin()?;
        let failed = send(&mut self.stream, call).await?;
        let received = receive(&mut self.stream, call, failed).await;
        self.end(received.is_ok() && call.keep_alive());
        received
    }

    fn is_ready(&mut self) -> bool {
        self.is_reusable()
    }
}

/// Sends the request of a call, as [`send`](super::send) does.
///
/// # Errors
/// The source of the event failed or changed: close the connection.
pub async fn send<S: Write>(
    stream: &mut S,
    call: &mut Call<'_>,
) -> Result<Option<StreamError<S::Error>>, RequestError> {
    loop {
        let bytes = call.transmit()?;
        if bytes.is_empty() {
            return Ok(stream.flush().await.err().map(StreamError::Io));
        }
        if let Err(error) = write_all(stream, bytes).await {
            call.transmit_failed();
            return Ok(Some(error));
        }
    }
}

/// Writes all of `bytes`.
pub(super) async fn write_all<S: Write>(
    stream: &mut S,
    bytes: &[u8],
) -> Result<(), StreamError<S::Error>> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match stream.write(rest).await {
            Ok(0) => return Err(StreamError::WriteZero),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) => return Err(StreamError::Io(error)),
        }
    }
    Ok(())
}

/// Receives the response of a call, as [`receive`](super::receive) does.
///
/// # Errors
/// The connection was lost, or what came is not HTTP.
pub async fn receive<S: Read>(
    stream: &mut S,
    call: &mut Call<'_>,
    failed: Option<StreamError<S::Error>>,
) -> Result<(), ExchangeError<StreamError<S::Error>>> {
    let failed = going_on(failed)?;
    loop {
        let read = stream.read(call.window()).await;
        match call.take(read) {
            Ok(false) => {}
            received => return ended(received, failed),
        }
    }
}
