//! Standard output, as results need it: each in one write.

use std::io::{self, Write};

/// Standard output. Writing never fails: a result that cannot be written must
/// not end the call, whose id would be lost. [`Stdout::finish`] returns the
/// error. A reader that has gone is none: it has seen enough.
pub(crate) struct Stdout {
    #[cfg(unix)]
    file: Option<std::fs::File>,
    error: Option<io::Error>,
}

impl Stdout {
    pub(crate) fn new() -> Self {
        Self {
            // The library's own handle writes line by line, so that the lines
            // of programs beside this one could come between.
            #[cfg(unix)]
            file: std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned().ok().map(Into::into),
            error: None,
        }
    }

    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(unix)]
        if let Some(file) = &mut self.file {
            return file.write(bytes);
        }
        let mut stdout = io::stdout().lock();
        let written = stdout.write(bytes)?;
        stdout.flush()?;
        Ok(written)
    }

    /// Takes the error that a write had.
    pub(crate) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// Returns the first error of all writes.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.error {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Ok(bytes.len());
        }
        match self.write_some(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.error = Some(error);
                Ok(bytes.len())
            }
            Ok(written) => Ok(written),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the whole text to standard output at once.
pub(crate) fn print(text: &[u8]) -> io::Result<()> {
    let mut stdout = Stdout::new();
    stdout.write_all(text)?;
    stdout.finish()
}
