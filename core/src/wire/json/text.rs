//! Strings decoded into a slice, for speed.

use super::grammar::{Step, escaped, row};
use super::scan::Scanner;
use super::special::{BLOCKS, copy_clean, decode_words, is_special};
use super::token::ScanError;
use crate::wire::FAST;

impl Scanner {
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
                row::TEXT => {
                    (from, to) = copy_text(from, to);
                    let Some((&byte, rest)) = from.split_first() else {
                        break Ok(false);
                    };
                    match byte {
                        b'"' => self.state = self.after_text(),
                        b'\\' => self.state = row::ESCAPE,
                        ..0x20 => break Err(ScanError::Control),
                        // `out` is full.
                        _ => break Ok(false),
                    }
                    from = rest;
                }
                _ if !self.is_in_text() => break Ok(true),
                _ => {
                    let Some((&byte, rest)) = from.split_first() else {
                        break Ok(false);
                    };
                    let before = (self.code, self.high, self.state);
                    match self.byte(byte) {
                        Step::CHAR => {
                            let character = self.character();
                            if character.as_bytes().len() > to.len() {
                                // As if this byte had not come.
                                (self.code, self.high, self.state) = before;
                                break Ok(false);
                            }
                            for &byte in character.as_bytes() {
                                to = put(to, byte);
                            }
                        }
                        Step::MORE => {}
                        step => {
                            if let Some(error) = step.error() {
                                break Err(error);
                            }
                        }
                    }
                    from = rest;
                }
            }
        };
        self.count(all.wrapping_sub(from.len()));
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
        if FAST {
            (from, to) = decode_words(from, to);
        } else if BLOCKS {
            (from, to) = copy_clean(from, to);
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
            if FAST && byte == b'\\' {
                let Some((&letter, after)) = rest.split_first() else {
                    return (from, to);
                };
                let character = escaped(letter);
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
