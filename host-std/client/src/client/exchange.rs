//! One exchange over a connection: the request out, the response in.

use embedded_io::{Read, Write};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::transport::Transport;

use crate::{Stream, StreamError, StreamErrorKind};

/// Makes the stream a transport of [`scf_invoke_core`]'s client. It carries exchange
/// after exchange while [`is_reusable`](Stream::is_reusable).
impl Transport for Stream {
    type Error = StreamError;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<StreamError>> {
        exchange(self, call, &mut || true, &mut || ())
    }

    fn is_ready(&mut self) -> bool {
        self.is_reusable()
    }
}

/// Carries one exchange. `go_on` is asked after each piece of the response
/// whether anybody still wants the rest; `sent` is told that the request is out.
pub(super) fn exchange(
    stream: &mut Stream,
    call: &mut Call<'_>,
    go_on: &mut dyn FnMut() -> bool,
    sent: &mut dyn FnMut(),
) -> Result<(), ExchangeError<StreamError>> {
    let failed = match send(stream, call) {
        Ok(()) => None,
        // A server that refuses early answers and closes while it is still
        // being written to. Its answer is here by now and says more than the
        // failed write; with any other failure there is nothing to wait for.
        Err(ExchangeError::Transport(error)) if error.kind() == StreamErrorKind::Closed => {
            Some(error)
        }
        Err(error) => return Err(error),
    };
    sent();
    match (receive(stream, call, go_on), failed) {
        (Err(_), Some(error)) => Err(ExchangeError::Transport(error)),
        (outcome, _) => outcome,
    }
}

fn send(stream: &mut Stream, call: &mut Call<'_>) -> Result<(), ExchangeError<StreamError>> {
    loop {
        let piece = call.transmit()?;
        // The stream gathers small pieces, so a failed flush is a failed write.
        let written = if piece.is_empty() {
            match stream.flush() {
                Ok(()) => return Ok(()),
                failed => failed,
            }
        } else {
            stream.write_all(piece)
        };
        if let Err(error) = written {
            // The system did not take all of it, so no whole request is out.
            call.transmit_failed();
            return Err(ExchangeError::Transport(error));
        }
    }
}

fn receive(
    stream: &mut Stream,
    call: &mut Call<'_>,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<(), ExchangeError<StreamError>> {
    loop {
        let count = stream.read(call.window()).map_err(ExchangeError::Transport)?;
        if call.received(count)? || !go_on() {
            return Ok(());
        }
    }
}
