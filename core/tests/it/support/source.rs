//! Sources of events: one that behaves, and one that does not.

use scf_invoke_core::request::event::{Source, SourceError};

/// A source over a slice, in pieces of any size.
pub struct Pieces<'a> {
    text: &'a [u8],
    at: usize,
    size: usize,
}

impl<'a> Pieces<'a> {
    pub fn new(text: &'a str, size: usize) -> Self {
        Self { text: text.as_bytes(), at: usize::MAX, size }
    }
}

impl Source for Pieces<'_> {
    fn rewind(&mut self) {
        self.at = 0;
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        let count = self.size.min(out.len()).min(self.text.len() - self.at);
        out[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// A source that writes something else the second time.
pub struct Fickle {
    pub texts: [&'static str; 2],
    pub pass: usize,
    pub at: usize,
}

impl Source for Fickle {
    fn rewind(&mut self) {
        self.pass += 1;
        self.at = 0;
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        let text = self.texts[(self.pass - 1).min(1)].as_bytes();
        let count = out.len().min(text.len() - self.at);
        out[..count].copy_from_slice(&text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
