//! An exchange whose source and sink wait.

use embedded_io_async::{Read, Write};

use super::asynchronous::write_all;
use super::blocking::{ended, going_on};
use super::{Stream, StreamError};
use crate::call::{Call, ExchangeError};
use crate::reply::{AsyncSink, SinkError};
use crate::request::RequestError;
use crate::request::event::AsyncSource;

impl<S: Read + Write> Stream<S> {
    /// Carries one exchange as
    /// [`AsyncTransport::exchange`](super::AsyncTransport::exchange) does, its event
    /// from a source and its texts to a sink.
    ///
    /// # Errors
    /// The outer error is the sink's, which has ended the exchange.
    pub(crate) async fn exchange_streamed(
        &mut self,
        call: &mut Call<'_>,
        source: &mut impl AsyncSource,
        sink: &mut impl AsyncSink,
    ) -> Result<Result<(), ExchangeError<StreamError<S::Error>>>, SinkError> {
        if let Err(error) = self.begin() {
            return Ok(Err(error));
        }
        let failed = match send(&mut self.stream, call, source).await.map(going_on) {
            Err(error) => return Ok(Err(error.into())),
            Ok(Err(error)) => return Ok(Err(error)),
            Ok(Ok(failed)) => failed,
        };
        let received = loop {
            let read = self.stream.read(call.window()).await;
            let taken = call.take(read);
            while let Some((field, piece)) = call.take_text() {
                sink.write(field, piece).await?;
            }
            if !matches!(taken, Ok(false)) {
                break ended(taken, failed);
            }
        };
        self.end(received.is_ok() && call.keep_alive());
        Ok(received)
    }
}

/// Sends the request of a call, whose event is fed from `source`; returns what a
/// write failed with, as [`send`](super::send) does.
async fn send<S: Write>(
    stream: &mut S,
    call: &mut Call<'_>,
    source: &mut impl AsyncSource,
) -> Result<Option<StreamError<S::Error>>, RequestError> {
    loop {
        let bytes = call.transmit()?;
        if !bytes.is_empty() {
            if let Err(error) = write_all(stream, bytes).await {
                call.transmit_failed();
                return Ok(Some(error));
            }
        } else if let Some(room) = call.event_room() {
            let count = source.read(room).await.map_err(|_| RequestError::Source)?;
            call.feed(count)?;
        } else {
            return Ok(stream.flush().await.err().map(StreamError::Io));
        }
    }
}
