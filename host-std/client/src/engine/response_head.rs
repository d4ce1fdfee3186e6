//! What is seen of a response while it passes: its first byte, and whether a
//! relay gave it.

use embedded_io::{ErrorType, Read};
use scf_invoke_core::attempt::Received;
use scf_invoke_core::error::ProtocolError;

use super::Passing;
use crate::Progress;

/// The header of a response that is a relay's own.
const RELAY: &[u8] = b"x-scf-relay:";

/// As much of a line as says whether it is that header, with its value.
const LINE: usize = 32;

/// The head of a response, as far as the core takes no notice of it.
#[derive(Default)]
pub(crate) struct ResponseHead {
    has_begun: bool,
    has_ended: bool,
    /// The beginning of the line that is being read.
    line: Vec<u8>,
    relay: Option<RelayAnswer>,
}

/// What a relay says of a request that it answers itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RelayAnswer {
    Refused,
    NotSent,
    Unknown,
}

impl ResponseHead {
    /// Takes bytes that were read. Returns whether they are the first.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while !self.has_ended && !rest.is_empty() {
            let end = rest.iter().position(|byte| *byte == b'\n');
            let piece = &rest[..end.unwrap_or(rest.len())];
            let room = LINE - self.line.len();
            self.line.extend_from_slice(&piece[..piece.len().min(room)]);
            let Some(end) = end else { break };
            self.end_line();
            rest = &rest[end + 1..];
        }
        !bytes.is_empty() && !std::mem::replace(&mut self.has_begun, true)
    }

    fn end_line(&mut self) {
        let line = self.line.trim_ascii();
        if line.is_empty() {
            self.has_ended = true;
        } else if let Some((name, value)) = line.split_at_checked(RELAY.len())
            && name.eq_ignore_ascii_case(RELAY)
        {
            self.relay = Some(match value.trim_ascii() {
                b"refused" => RelayAnswer::Refused,
                b"not-sent" => RelayAnswer::NotSent,
                _ => RelayAnswer::Unknown,
            });
        }
        self.line.clear();
    }

    /// Returns what a relay's own error is to the engine, and whether the request
    /// counts as sent; `None` where the API has answered.
    pub(super) fn relay(&self, retry_after: Option<u32>) -> Option<(Received<'static>, bool)> {
        // A refusal without a time to come again is for good.
        let status = if retry_after.is_some() { 429 } else { 403 };
        let error = ProtocolError::Status(status);
        Some(match self.relay? {
            RelayAnswer::Refused => (Received::Foreign { error, has_result: false }, true),
            RelayAnswer::NotSent => (Received::Lost, false),
            RelayAnswer::Unknown => (Received::Lost, true),
        })
    }
}

/// A stream whose response is watched.
pub(crate) struct Watched<'s, S, F> {
    stream: &'s mut S,
    head: &'s mut ResponseHead,
    on_passing: F,
}

impl<'s, S, F: FnMut(Passing<'_>)> Watched<'s, S, F> {
    /// Calls `on_passing` at the first byte, and with all bytes.
    pub(crate) fn new(stream: &'s mut S, head: &'s mut ResponseHead, on_passing: F) -> Self {
        Self { stream, head, on_passing }
    }

    fn take(&mut self, bytes: &[u8]) {
        if self.head.take(bytes) {
            (self.on_passing)(Passing::Step(Progress::Receiving));
        }
        (self.on_passing)(Passing::Received(bytes));
    }
}

impl<S: ErrorType, F> ErrorType for Watched<'_, S, F> {
    type Error = S::Error;
}

impl<S: Read, F: FnMut(Passing<'_>)> Read for Watched<'_, S, F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, S::Error> {
        let count = self.stream.read(buffer)?;
        self.take(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(feature = "tokio")]
impl<S: embedded_io_async::Read, F: FnMut(Passing<'_>)> embedded_io_async::Read
    for Watched<'_, S, F>
{
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, S::Error> {
        let count = self.stream.read(buffer).await?;
        self.take(&buffer[..count]);
        Ok(count)
    }
}
