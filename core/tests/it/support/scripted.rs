//! A connection that follows a script, blocking and asynchronous.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use embedded_io::{ErrorKind, ErrorType, Read, ReadReady, Write};

/// The past and the planned behaviour of a connection.
#[derive(Default)]
pub struct Script {
    /// Bytes that were written, by exchange.
    pub sent: Vec<Vec<u8>>,
    /// The responses, one for each exchange.
    pub responses: VecDeque<Vec<u8>>,
    /// Writing fails after this many bytes.
    pub write_limit: Option<usize>,
    /// The error of a failed write.
    pub write_error: Option<ErrorKind>,
    /// The stream takes no more, and does not say so.
    pub write_zero: bool,
    /// The error of a flush.
    pub flush_error: Option<ErrorKind>,
    /// The error of a read once nothing is left; the end of the stream
    /// otherwise.
    pub read_error: Option<ErrorKind>,
    /// The reads that were made.
    pub reads: usize,
    reading: bool,
}

/// A connection that follows a script, a few bytes at a time.
#[derive(Clone, Default)]
pub struct Scripted(pub Rc<RefCell<Script>>);

impl Scripted {
    pub fn responding(responses: &[Vec<u8>]) -> Self {
        let responses = responses.iter().cloned().collect();
        Self(Rc::new(RefCell::new(Script { responses, ..Script::default() })))
    }

    pub fn change(self, change: impl FnOnce(&mut Script)) -> Self {
        change(&mut self.0.borrow_mut());
        self
    }

    fn write_some(&self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let mut script = self.0.borrow_mut();
        if script.write_zero {
            return Ok(0);
        }
        if script.reading || script.sent.is_empty() {
            script.reading = false;
            script.sent.push(Vec::new());
        }
        let limit = script.write_limit.unwrap_or(usize::MAX);
        let error = script.write_error.unwrap_or(ErrorKind::BrokenPipe);
        let sent = script.sent.last_mut().unwrap();
        let count = bytes.len().min(100).min(limit - sent.len());
        if count == 0 {
            return Err(error);
        }
        sent.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush_all(&self) -> Result<(), ErrorKind> {
        self.0.borrow().flush_error.map_or(Ok(()), Err)
    }

    fn read_some(&self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let mut script = self.0.borrow_mut();
        script.reading = true;
        script.reads += 1;
        let ended = script.read_error.map_or(Ok(0), Err);
        let Some(response) = script.responses.front_mut() else { return ended };
        let count = buffer.len().min(response.len()).min(50);
        buffer[..count].copy_from_slice(&response[..count]);
        response.drain(..count);
        if response.is_empty() {
            script.responses.pop_front();
        }
        if count == 0 { ended } else { Ok(count) }
    }
}

impl ErrorType for Scripted {
    type Error = ErrorKind;
}

impl Read for Scripted {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.read_some(buffer)
    }
}

impl Write for Scripted {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.write_some(bytes)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.flush_all()
    }
}

/// Reports bytes that came before they were asked for.
impl ReadReady for Scripted {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        let script = self.0.borrow();
        match script.read_error {
            Some(error) => Err(error),
            None => Ok(script.responses.front().is_some_and(|next| next.starts_with(b"UNASKED"))),
        }
    }
}

/// The scripted connection again; each operation yields once first.
#[cfg(feature = "async")]
pub mod asynchronous {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::{ErrorKind, ErrorType, Scripted};

    pub struct Yielding(pub Scripted);

    impl ErrorType for Yielding {
        type Error = ErrorKind;
    }

    impl embedded_io_async::Read for Yielding {
        async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
            yield_once().await;
            self.0.read_some(buffer)
        }
    }

    impl embedded_io_async::Write for Yielding {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
            yield_once().await;
            self.0.write_some(bytes)
        }

        async fn flush(&mut self) -> Result<(), ErrorKind> {
            yield_once().await;
            self.0.flush_all()
        }
    }

    async fn yield_once() {
        let mut yielded = false;
        std::future::poll_fn(|_| {
            if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Polls a future until it is done.
    pub fn block_on<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) =
                future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                return output;
            }
        }
    }
}
