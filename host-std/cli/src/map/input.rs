//! The events: one in each line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use crate::error::CommandError;

/// The lines of a file or of standard input.
pub(super) struct Input {
    lines: BufReader<Box<dyn Read + Send>>,
    limit: u64,
    line: u64,
    /// The size in bytes, of a file.
    pub(super) size: Option<u64>,
    /// The bytes read so far.
    read: u64,
}

/// A line that is not empty.
pub(super) struct Line {
    /// Its number, counted from 1.
    pub(super) number: u64,
    /// Its text, without its end; too long by one byte where it is over the
    /// limit.
    pub(super) text: Vec<u8>,
    /// The bytes of the input up to its end.
    pub(super) end: u64,
}

impl Input {
    pub(super) fn open(name: &str, limit: u64) -> Result<Self, CommandError> {
        let (input, size): (Box<dyn Read + Send>, _) = if name == "-" {
            (Box::new(io::stdin()), None)
        } else {
            let file = File::open(name)
                .map_err(|error| CommandError::Usage(format!("{name} cannot be read: {error}")))?;
            let size = file.metadata().ok().filter(|data| data.is_file()).map(|data| data.len());
            (Box::new(file), size)
        };
        Ok(Self { lines: BufReader::with_capacity(64 << 10, input), limit, line: 0, size, read: 0 })
    }

    /// Reads the next line that is not empty.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut text = vec![];
            // An end of two bytes, and one byte to tell that it is too long.
            let room = self.limit + 3;
            let mut taken = self.lines.by_ref().take(room).read_until(b'\n', &mut text)? as u64;
            if taken == 0 {
                return Ok(None);
            }
            self.line += 1;
            if text.pop_if(|byte| *byte == b'\n').is_none() && taken == room {
                taken += self.lines.skip_until(b'\n')? as u64;
            }
            text.pop_if(|byte| *byte == b'\r');
            text.truncate(self.limit as usize + 1);
            self.read += taken;
            if !text.trim_ascii().is_empty() {
                return Ok(Some(Line { number: self.line, text, end: self.read }));
            }
        }
    }
}
