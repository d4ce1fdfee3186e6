//! One exchange over a connection: the request out, the response in.

use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::transport::{self, Transport, receive, send};

use crate::engine::{Passing, ResponseHead, Watched, WatchedRequest};
use crate::{Progress, Stream, StreamError};

/// Makes the stream a transport of [`scf_invoke_core`]'s client. It carries exchange
/// after exchange while [`is_reusable`](Stream::is_reusable).
impl Transport for Stream {
    type Error = StreamError;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<StreamError>> {
        exchange(self, call, &mut ResponseHead::default(), |_| ())
    }

    fn is_ready(&mut self) -> bool {
        self.is_reusable()
    }
}

/// Carries one exchange; `head` takes what is seen of the response, `on_passing` is
/// called once the request is out, when the response begins, and with the bytes of
/// both.
pub(super) fn exchange(
    stream: &mut Stream,
    call: &mut Call<'_>,
    head: &mut ResponseHead,
    mut on_passing: impl FnMut(Passing<'_>),
) -> Result<(), ExchangeError<StreamError>> {
    let mut request = WatchedRequest::new(stream, |bytes| on_passing(Passing::Sent(bytes)));
    let failed = send(&mut request, call)?;
    if failed.is_some() {
        // The stream gathers small pieces, so a failed flush is a failed write.
        call.transmit_failed();
    }
    on_passing(Passing::Step(Progress::Waiting));
    let mut response = Watched::new(stream, head, on_passing);
    receive(&mut response, call, failed).map_err(|error| match error {
        ExchangeError::Transport(transport::StreamError::Io(error)) => {
            ExchangeError::Transport(error)
        }
        // It takes bytes or has an error of its own, so that only the end of
        // the stream is left.
        ExchangeError::Transport(_) => ExchangeError::Transport(StreamError::closed(stream.peer())),
        ExchangeError::Protocol(error) => ExchangeError::Protocol(error),
        ExchangeError::Request(error) => ExchangeError::Request(error),
    })
}
