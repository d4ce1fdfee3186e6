//! A connection of the asynchronous client.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::connection::socket::Expired;
use crate::engine::Pooled;
use crate::{Deadline, Step, StreamError};

/// A connection, plain or with TLS. Every read and write ends by its limits.
pub(crate) struct AsyncStream {
    pub(super) channel: Channel,
    peer: String,
    pub(super) deadline: Deadline,
    idle: Option<Duration>,
    last_moved: Instant,
    broken: bool,
}

pub(super) enum Channel {
    Plain(TcpStream),
    // Boxed: far larger than its neighbour.
    Secure(Box<TlsStream<TcpStream>>),
}

impl Channel {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Secure(tls) => tls.get_ref().0,
        }
    }
}

impl AsyncStream {
    pub(super) fn new(
        channel: Channel,
        peer: String,
        deadline: Deadline,
        idle: Option<Duration>,
    ) -> Self {
        Self { channel, peer, deadline, idle, last_moved: Instant::now(), broken: false }
    }

    pub(super) fn peer(&self) -> &str {
        &self.peer
    }

    fn checked<T>(&mut self, step: Step, result: io::Result<T>) -> Result<T, StreamError> {
        match result {
            Ok(value) => {
                self.last_moved = Instant::now();
                Ok(value)
            }
            Err(error) => {
                self.broken = true;
                Err(StreamError::from_io(step, &self.peer, error))
            }
        }
    }

    /// Returns whether the system has received bytes or the end of the stream.
    ///
    /// The system is asked, and not tokio, which learns of an end only when its
    /// driver next runs: a request on a connection that has ended would leave
    /// it open whether it was executed.
    fn has_news(&self) -> bool {
        let tcp = SockRef::from(self.channel.tcp());
        let peeked = tcp.peek(&mut [MaybeUninit::uninit()]);
        !matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

impl Pooled for AsyncStream {
    fn is_reusable(&mut self) -> bool {
        if self.broken || !self.has_news() {
            return !self.broken;
        }
        // News may be session tickets, which TLS takes without giving bytes.
        let Channel::Secure(tls) = &mut self.channel else {
            return false;
        };
        let mut context = Context::from_waker(Waker::noop());
        let mut byte = [0];
        let read = Pin::new(tls.as_mut()).poll_read(&mut context, &mut ReadBuf::new(&mut byte));
        matches!(read, Poll::Pending) && !self.has_news()
    }

    fn idle_for(&self) -> Duration {
        self.last_moved.elapsed()
    }
}

impl embedded_io_async::ErrorType for AsyncStream {
    type Error = StreamError;
}

impl embedded_io_async::Read for AsyncStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, StreamError> {
        let result = match &mut self.channel {
            Channel::Plain(tcp) => timed(self.deadline, self.idle, tcp.read(buffer)).await,
            Channel::Secure(tls) => timed(self.deadline, self.idle, tls.read(buffer)).await,
        };
        let count = self.checked(Step::Receive, result)?;
        self.broken |= count == 0 && !buffer.is_empty();
        Ok(count)
    }
}

impl embedded_io_async::Write for AsyncStream {
    async fn write(&mut self, buffer: &[u8]) -> Result<usize, StreamError> {
        let result = match &mut self.channel {
            Channel::Plain(tcp) => timed(self.deadline, self.idle, tcp.write(buffer)).await,
            Channel::Secure(tls) => timed(self.deadline, self.idle, tls.write(buffer)).await,
        };
        self.checked(Step::Send, result)
    }

    async fn flush(&mut self) -> Result<(), StreamError> {
        let result = match &mut self.channel {
            Channel::Plain(_) => Ok(()),
            Channel::Secure(tls) => timed(self.deadline, self.idle, tls.flush()).await,
        };
        self.checked(Step::Send, result)
    }
}

/// Awaits `act` until the deadline, and for no longer than `idle`.
pub(super) async fn timed<T>(
    deadline: Deadline,
    idle: Option<Duration>,
    act: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    let (limit, expired) = match (deadline.remaining(), idle) {
        (Some(Duration::ZERO), _) => return Err(Expired::Deadline.into()),
        (None, None) => return act.await,
        (Some(left), Some(idle)) if idle < left => (idle, Expired::Idle(idle)),
        (Some(left), _) => (left, Expired::Deadline),
        (None, Some(idle)) => (idle, Expired::Idle(idle)),
    };
    match tokio::time::timeout(limit, act).await {
        Ok(result) => result,
        Err(_) => Err(expired.into()),
    }
}
