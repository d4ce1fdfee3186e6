//! The inside of strings: escapes, and texts decoded into a slice.

use super::scan::{Scanner, State};
use super::special::{WIDE, decode_words, is_special, simple};
use super::token::{ScanError, Utf8Char};

/// What a byte of an escape led to.
pub(super) enum Escaped {
    /// More bytes are needed.
    More,
    /// The escape is complete.
    Char(Utf8Char),
    /// There is no room for the character, and nothing has happened.
    Full,
}

impl Scanner {
    /// A byte of an escape, whose character may take `room` bytes. `Full`
    /// where it takes more: then nothing has happened.
    pub(super) fn escape(&mut self, byte: u8, room: usize) -> Result<Escaped, ScanError> {
        let code = match self.state {
            State::Escape if byte == b'u' => {
                self.code = 1;
                self.state = State::Hex;
                return Ok(Escaped::More);
            }
            State::Escape => match simple(byte) {
                0 => return Err(ScanError::Escape),
                character => u32::from(character),
            },
            State::LowSlash | State::LowLetter => {
                let (wanted, next) = match self.state {
                    State::LowSlash => (b'\\', State::LowLetter),
                    _ => (b'u', State::Hex),
                };
                if byte != wanted {
                    return Err(ScanError::Surrogate);
                }
                self.code = 1;
                self.state = next;
                return Ok(Escaped::More);
            }
            _ => {
                let digit = match byte {
                    b'0'..=b'9' => byte.wrapping_sub(b'0'),
                    b'a'..=b'f' | b'A'..=b'F' => (byte | 0x20).wrapping_sub(b'a' - 10),
                    _ => return Err(ScanError::Escape),
                };
                let code = self.code << 4 | u32::from(digit);
                if code < 0x1_0000 {
                    self.code = code;
                    return Ok(Escaped::More);
                }
                let unit = code & 0xffff;
                match (self.high, unit) {
                    (0, 0xd800..=0xdbff) => {
                        self.high = unit as u16;
                        self.state = State::LowSlash;
                        return Ok(Escaped::More);
                    }
                    (0, _) => unit,
                    (high, 0xdc00..=0xdfff) => {
                        0x1_0000 + ((u32::from(high) & 0x3ff) << 10 | unit & 0x3ff)
                    }
                    _ => return Err(ScanError::Surrogate),
                }
            }
        };
        // Only the second half of a pair is left to fail here.
        let character = Utf8Char::new(char::from_u32(code).ok_or(ScanError::Surrogate)?);
        if character.len() > room {
            return Ok(Escaped::Full);
        }
        self.high = 0;
        self.state = State::Text;
        Ok(Escaped::Char(character))
    }

    /// Decodes the rest of a string straight into `out`, for a text too long
    /// to go through tokens.
    ///
    /// Call it after [`Token::TextStart`](super::Token::TextStart). Returns the number of bytes
    /// written, and whether the string ended; then no
    /// [`TextEnd`](super::Token::TextEnd) comes. When it has not ended, either
    /// `input` is used up, or the next character does not fit into `out`.
    /// Outside of a string it does nothing and says that it ended.
    ///
    /// # Errors
    /// The text is not JSON. What was decoded before stands in `out`.
    pub fn text(&mut self, input: &mut &[u8], out: &mut [u8]) -> Result<(usize, bool), ScanError> {
        let (all, room) = (input.len(), out.len());
        let mut from = *input;
        let mut to = out;
        let result = loop {
            match self.state {
                State::Text => {
                    (from, to) = copy_text(from, to);
                    let Some((&byte, rest)) = from.split_first() else {
                        break Ok(false);
                    };
                    match byte {
                        b'"' => self.end_text(),
                        b'\\' => self.state = State::Escape,
                        ..0x20 => break Err(ScanError::Control),
                        // `out` is full.
                        _ => break Ok(false),
                    }
                    from = rest;
                }
                State::Escape | State::Hex | State::LowSlash | State::LowLetter => {
                    let Some((&byte, rest)) = from.split_first() else {
                        break Ok(false);
                    };
                    match self.escape(byte, to.len()) {
                        Ok(Escaped::Full) => break Ok(false),
                        Ok(Escaped::More) => {}
                        Ok(Escaped::Char(character)) => {
                            for &byte in character.as_bytes() {
                                to = put(to, byte);
                            }
                        }
                        Err(error) => break Err(error),
                    }
                    from = rest;
                }
                _ => break Ok(true),
            }
        };
        let taken = all.wrapping_sub(from.len());
        self.offset = self.offset.wrapping_add(taken as u64);
        *input = from;
        result.map(|ended| (room.wrapping_sub(to.len()), ended))
    }
}

/// Writes one byte; there must be room.
#[inline(always)]
fn put(to: &mut [u8], byte: u8) -> &mut [u8] {
    match to.split_first_mut() {
        Some((place, free)) => {
            *place = byte;
            free
        }
        None => Default::default(),
    }
}

/// Copies text and two-letter escapes until something else comes, or one of
/// the two slices is used up.
fn copy_text<'i, 'o>(mut from: &'i [u8], mut to: &'o mut [u8]) -> (&'i [u8], &'o mut [u8]) {
    loop {
        if WIDE {
            (from, to) = decode_words(from, to);
        }
        // After a block that was left out, the next ones are tried again.
        for _ in 0..8 {
            let Some((&byte, rest)) = from.split_first() else {
                return (from, to);
            };
            if to.is_empty() {
                return (from, to);
            }
            // Any escape can be left to the caller, which is slower.
            if WIDE && byte == b'\\' {
                let Some((&letter, after)) = rest.split_first() else {
                    return (from, to);
                };
                let character = simple(letter);
                if character == 0 {
                    return (from, to);
                }
                to = put(to, character);
                from = after;
            } else if is_special(byte) {
                return (from, to);
            } else {
                to = put(to, byte);
                from = rest;
            }
        }
    }
}
