//! Reports of an exchange while a connection has it.

use embedded_io::{ErrorType, Write};

use crate::Progress;

/// A step of an exchange, or bytes of it.
pub(crate) enum Passing<'a> {
    Step(Progress),
    /// Bytes of the request, which the connection has taken.
    Sent(&'a [u8]),
    /// Bytes of the response, as they came.
    Received(&'a [u8]),
}

/// A stream whose request is watched.
pub(crate) struct WatchedRequest<'s, S, F> {
    stream: &'s mut S,
    on_bytes: F,
}

impl<'s, S, F: FnMut(&[u8])> WatchedRequest<'s, S, F> {
    /// Calls `on_bytes` with what the stream has taken.
    pub(crate) const fn new(stream: &'s mut S, on_bytes: F) -> Self {
        Self { stream, on_bytes }
    }
}

impl<S: ErrorType, F> ErrorType for WatchedRequest<'_, S, F> {
    type Error = S::Error;
}

impl<S: Write, F: FnMut(&[u8])> Write for WatchedRequest<'_, S, F> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, S::Error> {
        let count = self.stream.write(bytes)?;
        (self.on_bytes)(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> Result<(), S::Error> {
        self.stream.flush()
    }
}

#[cfg(feature = "tokio")]
impl<S: embedded_io_async::Write, F: FnMut(&[u8])> embedded_io_async::Write
    for WatchedRequest<'_, S, F>
{
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, S::Error> {
        let count = self.stream.write(bytes).await?;
        (self.on_bytes)(&bytes[..count]);
        Ok(count)
    }

    async fn flush(&mut self) -> Result<(), S::Error> {
        self.stream.flush().await
    }
}
