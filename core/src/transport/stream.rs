//! A byte stream that carries one exchange after the other.

use core::fmt;

use embedded_io::{ErrorType, ReadReady};

use crate::call::ExchangeError;

/// HTTP/1.1 over any connected byte stream.
///
/// The stream is connected already (TCP, TLS, a modem's socket) and is not
/// closed here. It carries one exchange after the other while the server
/// keeps it open; [`is_reusable`](Self::is_reusable) tells.
///
/// Bytes that arrive between two exchanges would be taken for the next
/// response. Make the stream [`with_read_ready`](Self::with_read_ready) where it
/// can tell: then such a connection is not used again. Where it cannot, a server
/// or proxy that sends a second response to the same request is not noticed,
/// unless each call has a connection of its own.
///
/// ```no_run
/// use scf_invoke_core::{Client, Invocation, Region, Settings, Signer, Stream};
///
/// # fn run(socket: impl embedded_io::Read + embedded_io::Write) {
/// let settings = Settings::new(Region::AP_GUANGZHOU, "scf.tencentcloudapi.com");
/// let signer = Signer::new("AKIDEXAMPLE", "the-secret-key").unwrap();
/// let mut client = Client::new(Stream::new(socket), settings, signer);
/// let mut buffer = [0; 1024];
/// let now = 1_700_000_000;
/// let reply = client.invoke(now, &Invocation::new("hello"), "{}", &mut buffer);
/// # }
/// ```
#[derive(Debug)]
pub struct Stream<S: ErrorType> {
    pub(super) stream: S,
    reusable: bool,
    /// Says whether a read would not wait, where the stream knows.
    read_ready: Option<ReadReadyFn<S>>,
}

type ReadReadyFn<S> = fn(&mut S) -> Result<bool, <S as ErrorType>::Error>;

impl<S: ErrorType> Stream<S> {
    /// Speaks HTTP over `stream`.
    pub const fn new(stream: S) -> Self {
        Self { stream, reusable: true, read_ready: None }
    }

    /// Speaks HTTP over `stream`, and refuses to send a request where bytes have
    /// come that nobody asked for, the server has closed the connection, or the
    /// stream cannot tell. After an error of `read_ready` it is not used again.
    pub const fn with_read_ready(stream: S) -> Self
    where
        S: ReadReady,
    {
        Self { stream, reusable: true, read_ready: Some(S::read_ready) }
    }

    /// Returns whether another exchange can follow; `false` after one that failed or
    /// that the server ended with `Connection: close`.
    pub const fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// Returns the stream itself.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Gives the stream back.
    pub fn into_inner(self) -> S {
        self.stream
    }

    /// Begins an exchange, after which the stream is not reusable before
    /// [`end`](Self::end) says so.
    pub(super) fn begin(&mut self) -> Result<(), ExchangeError<StreamError<S::Error>>> {
        // Whatever ends this early ends the stream as well.
        let mut reusable = core::mem::take(&mut self.reusable);
        if let (true, Some(read_ready)) = (reusable, self.read_ready) {
            let ready = read_ready(&mut self.stream);
            reusable = !ready.map_err(|error| ExchangeError::Transport(StreamError::Io(error)))?;
        }
        match reusable {
            true => Ok(()),
            false => Err(ExchangeError::Transport(StreamError::NotReusable)),
        }
    }

    pub(super) fn end(&mut self, reusable: bool) {
        self.reusable = reusable;
    }
}

/// A byte stream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum StreamError<E> {
    /// The stream's own error.
    Io(E),
    /// The stream takes no more bytes and gives no reason.
    WriteZero,
    /// The server closed the connection before the response was complete.
    Closed,
    /// The stream carries no exchange any more: the one before has ended it, or
    /// something came that nobody asked for. Connect anew.
    NotReusable,
}

impl<E: fmt::Display> fmt::Display for StreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Io(error) => return error.fmt(f),
            Self::WriteZero => "the stream takes no more bytes",
            Self::Closed => "the server closed the connection before the response was complete",
            Self::NotReusable => "the connection carries no further request: connect anew",
        })
    }
}

impl<E: core::error::Error + 'static> core::error::Error for StreamError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            // Its own text is the one above already.
            Self::Io(error) => error.source(),
            _ => None,
        }
    }
}
