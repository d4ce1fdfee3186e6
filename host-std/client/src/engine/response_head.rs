//! The moment at which a response begins.

use embedded_io::{ErrorType, Read};

/// A stream that says once that a byte was read.
pub(crate) struct FirstByte<'s, S, F> {
    stream: &'s mut S,
    say: Option<F>,
}

impl<'s, S, F: FnOnce()> FirstByte<'s, S, F> {
    pub(crate) fn new(stream: &'s mut S, say: F) -> Self {
        Self { stream, say: Some(say) }
    }

    fn has_read(&mut self, count: usize) {
        if count > 0
            && let Some(say) = self.say.take()
        {
            say();
        }
    }
}

impl<S: ErrorType, F> ErrorType for FirstByte<'_, S, F> {
    type Error = S::Error;
}

impl<S: Read, F: FnOnce()> Read for FirstByte<'_, S, F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, S::Error> {
        let count = self.stream.read(buffer)?;
        self.has_read(count);
        Ok(count)
    }
}

#[cfg(feature = "tokio")]
impl<S: embedded_io_async::Read, F: FnOnce()> embedded_io_async::Read for FirstByte<'_, S, F> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, S::Error> {
        let count = self.stream.read(buffer).await?;
        self.has_read(count);
        Ok(count)
    }
}
