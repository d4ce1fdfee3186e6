//! Calls of the asynchronous client whose source and sink wait.

use embedded_io_async::{Read, Write};

use super::{AsyncClient, Session};
use crate::attempt::{Attempts, CallError};
use crate::call::Call;
use crate::error::Error;
use crate::reply::{AsyncSink, Reply, SinkError};
use crate::request::Request;
use crate::request::event::{AsyncSource, Event};
use crate::request::invocation::Invocation;
use crate::sign::compression::Compression;
use crate::transport::{Stream, StreamError};

impl<S: Read + Write, C: Compression> AsyncClient<'_, Stream<S>, C> {
    /// Runs a function with an event from flash, a card or another place that is
    /// waited for; result and log go to such a place piece by piece. `buffer` can be
    /// as small as for [`invoke_to_sink`](Self::invoke_to_sink).
    ///
    /// The source is read twice: once to be measured and signed, once to be sent.
    ///
    /// A [`Stream`] alone carries such a call. An HTTP client of a library takes a
    /// body in a form of its own, and mostly whole; over one, the event is in memory
    /// or from a [`Source`](crate::request::event::Source) that does not wait, and the
    /// texts go to a [`Sink`](crate::reply::Sink) that does not.
    ///
    /// ```no_run
    /// use scf_invoke_core::reply::{AsyncSink, SinkError, TextField};
    /// use scf_invoke_core::request::event::{AsyncSource, SourceError};
    /// use scf_invoke_core::{AsyncClient, Invocation, Stream};
    ///
    /// /// A file on a card; its driver is left out.
    /// struct File;
    ///
    /// impl AsyncSource for File {
    ///     async fn rewind(&mut self) -> Result<(), SourceError> {
    ///         Ok(())
    ///     }
    ///
    ///     async fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
    ///         Ok(0)
    ///     }
    /// }
    ///
    /// impl AsyncSink for File {
    ///     async fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
    ///         Ok(())
    ///     }
    /// }
    ///
    /// # async fn run<S: embedded_io_async::Read + embedded_io_async::Write>(
    /// #     client: &mut AsyncClient<'_, Stream<S>>,
    /// # ) {
    /// let (mut readings, mut result) = (File, File);
    /// let mut buffer = [0; 256];
    /// let now = 1_700_000_000;
    /// let reply = client
    ///     .invoke_streamed(now, &Invocation::new("hello"), &mut readings, &mut buffer, &mut result)
    ///     .await;
    /// # }
    /// ```
    ///
    /// # Errors
    /// As those of `invoke_to_sink`. Settings other than POST and TC3 are an error of
    /// the source: no other form is for an event that does not fit into memory.
    pub async fn invoke_streamed(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        source: &mut impl AsyncSource,
        buffer: &mut [u8],
        sink: &mut impl AsyncSink,
    ) -> Result<Reply<'static>, Error<StreamError<S::Error>>> {
        let ended = self.run_streamed(now, invocation, source, buffer, sink).await;
        self.session.reply(ended, &[])
    }

    async fn run_streamed(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        source: &mut impl AsyncSource,
        buffer: &mut [u8],
        sink: &mut impl AsyncSink,
    ) -> Result<(), CallError<StreamError<S::Error>>> {
        let mut attempts = Attempts::new(self.session.policy);
        loop {
            let time = self.session.time(now);
            let Session { settings, signer, parts, .. } = &mut self.session;
            let event = Event::fed();
            let mut request = Request::new(settings, invocation, &event, signer, time);
            request.prepare_fed(source, signer, buffer).await.map_err(CallError::Request)?;
            let mut call = Call::with_request(&request, event, parts, buffer, None);
            let exchange = self.transport.exchange_streamed(&mut call, source, sink).await;
            let ended = call.ended(exchange.map_err(|SinkError| CallError::Sink)?);
            let again = self.session.is_again_now(&mut attempts, &ended, now, time);
            if !again || !self.transport.is_reusable() {
                return ended;
            }
        }
    }
}
