//! A part of a long text, written by code that writes all of it.

use crate::wire::FAST;
#[cfg(feature = "v1")]
use crate::wire::bytes;
use crate::wire::json;
#[cfg(feature = "get")]
use crate::wire::percent;
use crate::wire::time::decimal;

/// The encoding in which a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As it is.
    #[cfg(feature = "v1")]
    Raw,
    /// Inside a JSON string.
    Json,
    /// In a query or a form.
    #[cfg(feature = "get")]
    Percent,
}

impl Encoding {
    /// Encodes as much of `input` as fits into `out`; returns the bytes used
    /// and the bytes written. Stops early only where fewer than the six bytes
    /// of `\u001f` are left.
    #[inline(never)]
    pub(crate) fn encode(self, input: &[u8], out: &mut [u8]) -> (usize, usize) {
        match self {
            #[cfg(feature = "v1")]
            Self::Raw => {
                let count = bytes::copy(out, input);
                (count, count)
            }
            Self::Json => json::escape(input, out),
            #[cfg(feature = "get")]
            Self::Percent => percent::encode(input, out),
        }
    }
}

/// A window onto a text: it passes over the bytes that are out already, and
/// keeps of the others what fits.
///
/// A text that does not fit into a buffer is written anew for each bufferful,
/// so the code that writes it is a plain sequence, without a state to resume
/// from. That suits texts of a few hundred bytes.
pub(crate) struct Window<'o> {
    /// The place of the next byte in the room; before the room it is negative, and
    /// so beyond it as well.
    at: usize,
    room: &'o mut [u8],
}

impl<'o> Window<'o> {
    /// Creates a window after the first `skip` bytes of the text, of the size
    /// of `room`.
    pub(crate) fn new(skip: usize, room: &'o mut [u8]) -> Self {
        Self { at: skip.wrapping_neg(), room }
    }

    /// Writes the next text.
    #[inline]
    pub(crate) fn put(&mut self, text: &str) {
        self.put_bytes(text.as_bytes());
    }

    /// Writes the next bytes.
    #[inline(never)]
    pub(crate) fn put_bytes(&mut self, bytes: &[u8]) {
        if FAST
            && let Some(room) = self.room.get_mut(self.at..)
            && let Some(place) = room.get_mut(..bytes.len())
        {
            place.copy_from_slice(bytes);
            self.at = self.at.wrapping_add(bytes.len());
            return;
        }
        for &byte in bytes {
            if let Some(place) = self.room.get_mut(self.at) {
                *place = byte;
            }
            self.at = self.at.wrapping_add(1);
        }
    }

    /// Writes a name and its value, if it has one.
    #[inline(never)]
    pub(crate) fn put_field(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(name);
            self.put(value);
        }
    }

    /// Writes a number in decimal digits.
    #[inline(never)]
    pub(crate) fn put_number(&mut self, number: u64) {
        self.put_bytes(decimal(number, &mut [0; 64]));
    }

    /// Writes the next text, encoded.
    #[inline(never)]
    pub(crate) fn put_encoded(&mut self, encoding: Encoding, text: &str) {
        if !FAST && encoding == Encoding::Json {
            for byte in text.bytes() {
                self.put_bytes(json::escape_byte(byte, &mut [0; json::ESCAPE_MAX]));
            }
            return;
        }
        let mut chunk = [0; 64];
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let (used, written) = encoding.encode(rest, &mut chunk);
            self.put_bytes(chunk.get(..written).unwrap_or_default());
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    /// Returns how many bytes have been written, and whether they are all that the
    /// text had.
    pub(crate) fn end(self) -> (usize, bool) {
        (self.at.min(self.room.len()), self.at <= self.room.len())
    }
}

#[cfg(test)]
#[cfg(feature = "get")]
mod tests {
    extern crate std;

    use std::string::String;

    use super::{Encoding, Window};

    fn write(window: &mut Window<'_>) {
        window.put("name=");
        window.put_encoded(Encoding::Percent, "a b");
        window.put("");
        window.put_encoded(Encoding::Json, "\"\u{1f}\"");
    }

    #[test]
    fn windows_of_any_size_add_up_to_the_text() {
        const TEXT: &str = "name=a%20b\\\"\\u001f\\\"";
        for size in 1..30 {
            let mut text = String::new();
            loop {
                let mut buffer = [0; 30];
                let mut window = Window::new(text.len(), &mut buffer[..size]);
                write(&mut window);
                let (written, is_whole) = window.end();
                text.push_str(str::from_utf8(&buffer[..written]).unwrap());
                if is_whole {
                    break;
                }
                assert_eq!(written, size);
            }
            assert_eq!(text, TEXT);
        }
    }
}
