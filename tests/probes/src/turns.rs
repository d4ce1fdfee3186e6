//! What an asynchronous client waits for.

use core::future::{self, Future};
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use embedded_io::{ErrorKind, ErrorType};
use embedded_io_async::{Read, Write};
use scf_invoke_core::reply::{AsyncSink, Sink, SinkError, TextField};
use scf_invoke_core::request::event::{AsyncSource, Source, SourceError};

use crate::{Port, number};

/// A stream, a source and a sink, ready when the port says so.
pub struct Turns(pub Port);

/// Waits for the port.
async fn turn() {
    future::poll_fn(|_| if number() == 0 { Poll::Pending } else { Poll::Ready(()) }).await;
}

impl ErrorType for Turns {
    type Error = ErrorKind;
}

impl Read for Turns {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        turn().await;
        embedded_io::Read::read(&mut self.0, buffer)
    }
}

impl Write for Turns {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        turn().await;
        embedded_io::Write::write(&mut self.0, bytes)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        turn().await;
        embedded_io::Write::flush(&mut self.0)
    }
}

impl AsyncSource for Turns {
    async fn rewind(&mut self) -> Result<(), SourceError> {
        turn().await;
        Source::rewind(&mut self.0);
        Ok(())
    }

    async fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        turn().await;
        Source::read(&mut self.0, out)
    }
}

impl AsyncSink for Turns {
    async fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        turn().await;
        Sink::write(&mut self.0, field, piece)
    }
}

/// Polls until it ends, and not after.
pub fn until_ready<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
