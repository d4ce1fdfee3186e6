//! The byte stream that carries requests and replies.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

#[cfg(feature = "tls")]
use super::secure::Session;
use super::socket::Socket;
use super::{Step, StreamError};
use crate::Deadline;

/// The size of a TLS record, in bytes.
const BUFFER: usize = 16 * 1024;

pub(super) enum Channel {
    Plain,
    // Boxed: far larger than its neighbour.
    #[cfg(feature = "tls")]
    Secure(Box<Session>),
}

/// A blocking byte stream over TCP, plain or with TLS.
///
/// Made by [`Connector::connect`](super::Connector::connect); used through
/// [`embedded_io::Read`] and [`embedded_io::Write`].
///
/// Written bytes are gathered, 16 KiB at a time, so that a request written in
/// small pieces leaves in few records and packets. They leave on
/// [`flush`](embedded_io::Write::flush), when the buffer is full, and before a
/// read.
///
/// Every read and write ends by the stream's [`Deadline`] even if the peer
/// drips single bytes.
pub struct Stream {
    socket: Socket,
    channel: Channel,
    peer: String,
    // It holds the session token for a moment.
    pending: Zeroizing<Vec<u8>>,
    broken: bool,
}

impl Stream {
    pub(super) fn new(socket: Socket, channel: Channel, peer: String) -> Self {
        Self {
            socket,
            channel,
            peer,
            // In full from the start: a buffer that grows leaves copies behind.
            pending: Zeroizing::new(Vec::with_capacity(BUFFER)),
            broken: false,
        }
    }

    /// Sets when the call ends that now uses the stream.
    pub fn set_deadline(&mut self, deadline: Deadline) {
        self.socket.deadline = deadline;
    }

    /// Sets the longest time in which no byte moves, or none.
    pub fn set_idle_timeout(&mut self, timeout: Option<Duration>) {
        self.socket.idle = timeout;
    }

    /// Returns the peer: host, port and address.
    pub fn peer(&self) -> &str {
        &self.peer
    }

    /// Returns the socket beneath.
    pub(crate) fn tcp(&self) -> &Arc<TcpStream> {
        self.socket.tcp()
    }

    /// Returns the bytes that left this process since the connection was made,
    /// those of TLS itself included. If it is the same before and after a
    /// failed write, nothing of that write has left.
    pub fn bytes_sent(&self) -> u64 {
        self.socket.sent()
    }

    /// Returns the time since a byte last moved. A device in between may
    /// drop a quiet connection in silence, which
    /// [`is_reusable`](Self::is_reusable) cannot see.
    pub fn idle_for(&self) -> Duration {
        self.socket.last_moved().elapsed()
    }

    /// Returns whether another request may use this connection: nothing failed,
    /// nothing is left to send, and the server has neither closed it nor sent
    /// anything unasked.
    ///
    /// Ask between two exchanges, after the whole reply was read. It never
    /// waits. A server may still close just after the response.
    pub fn is_reusable(&mut self) -> bool {
        let quiet = !self.broken
            && self.pending.is_empty()
            && match &mut self.channel {
                Channel::Plain => self.socket.is_quiet(),
                #[cfg(feature = "tls")]
                Channel::Secure(session) => session.is_quiet(&mut self.socket),
            };
        self.broken |= !quiet && self.pending.is_empty();
        quiet
    }

    fn send_pending(&mut self) -> Result<(), StreamError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        // Emptied whatever comes: after an error it is unknown how much left.
        let mut pending = std::mem::take(&mut self.pending);
        let result = self.send(&pending);
        pending.clear();
        self.pending = pending;
        result
    }

    fn send(&mut self, data: &[u8]) -> Result<(), StreamError> {
        let result = match &mut self.channel {
            Channel::Plain => self.socket.write_all(data),
            #[cfg(feature = "tls")]
            Channel::Secure(session) => session.write_all(&mut self.socket, data),
        };
        self.checked(Step::Send, result)
    }

    fn checked<T>(&mut self, step: Step, result: io::Result<T>) -> Result<T, StreamError> {
        result.map_err(|error| {
            self.broken = true;
            StreamError::from_io(step, &self.peer, error)
        })
    }
}

impl embedded_io::ErrorType for Stream {
    type Error = StreamError;
}

impl embedded_io::Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, StreamError> {
        if buf.is_empty() {
            return Ok(0);
        }
        // The peer answers only what it has seen.
        self.send_pending()?;
        let result = match &mut self.channel {
            Channel::Plain => self.socket.read(buf),
            #[cfg(feature = "tls")]
            Channel::Secure(session) => session.read(&mut self.socket, buf),
        };
        let count = self.checked(Step::Receive, result)?;
        self.broken |= count == 0;
        Ok(count)
    }
}

impl embedded_io::Write for Stream {
    fn write(&mut self, buf: &[u8]) -> Result<usize, StreamError> {
        // Bytes that fill a record by themselves need not be copied first.
        if self.pending.is_empty() && buf.len() >= BUFFER {
            self.send(buf)?;
            return Ok(buf.len());
        }
        let count = buf.len().min(BUFFER - self.pending.len());
        self.pending.extend_from_slice(&buf[..count]);
        if self.pending.len() == BUFFER {
            self.send_pending()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        self.send_pending()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        match &mut self.channel {
            Channel::Plain => {}
            #[cfg(feature = "tls")]
            Channel::Secure(session) => {
                if !self.broken {
                    session.close(&mut self.socket);
                }
            }
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("peer", &self.peer)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}
