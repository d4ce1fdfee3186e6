//! The asynchronous twin of the transport.

use embedded_io_async::{Read, Write};

use super::{Stream, StreamError};
use crate::call::{Call, ExchangeError};

/// Carries one exchange, as [`Transport`](super::Transport) does, without
/// blocking.
#[allow(async_fn_in_trait, reason = "executors of firmware need no Send bound")]
pub trait AsyncTransport {
    /// The transport's own error.
    type Error;

    /// Carries `call` from its first byte to the end of its response.
    async fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>>;
}

impl<T: AsyncTransport + ?Sized> AsyncTransport for &mut T {
    type Error = T::Error;

    async fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        (**self).exchange(call).await
    }
}

impl<S: Read + Write> AsyncTransport for Stream<S> {
    type Error = StreamError<S::Error>;

    async fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        if !self.reusable {
            return Err(ExchangeError::Transport(StreamError::NotReusable));
        }
        self.reusable = false;
        let written = send(&mut self.stream, call).await;
        if let Err(ExchangeError::Request(error)) = written {
            return Err(error.into());
        }
        // See the blocking twin: an early answer says more.
        let answered = receive(&mut self.stream, call).await;
        if answered.is_err() {
            written?;
        }
        answered?;
        self.reusable = call.keep_alive();
        Ok(())
    }
}

async fn send<S: Write>(
    stream: &mut S,
    call: &mut Call<'_>,
) -> Result<(), ExchangeError<StreamError<S::Error>>> {
    let io = |error| ExchangeError::Transport(StreamError::Io(error));
    loop {
        let mut rest = call.transmit()?;
        if rest.is_empty() {
            return stream.flush().await.map_err(io);
        }
        while !rest.is_empty() {
            let error = match stream.write(rest).await {
                Ok(0) => StreamError::WriteZero,
                Ok(count) => {
                    rest = rest.get(count..).unwrap_or_default();
                    continue;
                }
                Err(error) => StreamError::Io(error),
            };
            call.transmit_failed();
            return Err(ExchangeError::Transport(error));
        }
    }
}

async fn receive<S: Read>(
    stream: &mut S,
    call: &mut Call<'_>,
) -> Result<(), ExchangeError<StreamError<S::Error>>> {
    loop {
        let count = stream
            .read(call.window())
            .await
            .map_err(|error| ExchangeError::Transport(StreamError::Io(error)))?;
        if call.received(count)? {
            return Ok(());
        }
    }
}
