//! Standard output, as results need it: each in one write.

use std::io::{self, IoSlice, Write};

use crate::closed_stdout;

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
            error: closed_stdout::error(),
        }
    }

    fn write_some(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        #[cfg(unix)]
        if let Some(file) = &mut self.file {
            return file.write_vectored(parts);
        }
        let mut stdout = io::stdout().lock();
        let written = stdout.write_vectored(parts)?;
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
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let length = parts.iter().map(|part| part.len()).sum();
        if self.error.is_some() {
            return Ok(length);
        }
        match self.write_some(parts) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.error = Some(error);
                Ok(length)
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
    print_both(text, b"")
}

/// Writes both texts at once, without a copy of either.
pub(crate) fn print_both(first: &[u8], second: &[u8]) -> io::Result<()> {
    let mut stdout = Stdout::new();
    let parts = [IoSlice::new(first), IoSlice::new(second)];
    let written = match stdout.write_vectored(&parts) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
        other => other?,
    };
    stdout.write_all(first.get(written..).unwrap_or_default())?;
    stdout.write_all(&second[written.saturating_sub(first.len())..])?;
    stdout.finish()
}
