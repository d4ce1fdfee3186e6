//! Checks of UTF-8.
//!
//! The library's usual check is made for speed, and takes a hundred bytes more
//! than the one that skips what is wrong, which is taken where size counts.

use crate::wire::FAST;

/// Returns `bytes` as text, if they are UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    if !FAST {
        let front = small_front(bytes);
        return (front.len() == bytes.len()).then_some(front);
    }
    core::str::from_utf8(bytes).ok()
}

/// Returns the front of `bytes` that is whole characters of UTF-8.
pub(crate) fn front(bytes: &[u8]) -> &str {
    if !FAST {
        return small_front(bytes);
    }
    let valid = match core::str::from_utf8(bytes) {
        Ok(text) => return text,
        Err(error) => error.valid_up_to(),
    };
    bytes.get(..valid).and_then(text).unwrap_or_default()
}

/// Returns the length of the longest prefix that is whole characters of UTF-8.
#[must_use]
pub fn valid_up_to(bytes: &[u8]) -> usize {
    // A page needs none of the library's routines otherwise.
    if cfg!(target_arch = "wasm32") {
        return by_byte(bytes);
    }
    if !FAST {
        return small_front(bytes).len();
    }
    match core::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    }
}

#[inline(never)]
fn small_front(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

fn by_byte(text: &[u8]) -> usize {
    let mut utf8 = Utf8::new();
    let mut valid = 0;
    for (before, &byte) in text.iter().enumerate() {
        if !utf8.takes(byte) {
            break;
        }
        if utf8.is_whole() {
            valid = before.wrapping_add(1);
        }
    }
    valid
}

/// Checks UTF-8 byte by byte.
#[derive(Clone, Debug, Default)]
pub(crate) struct Utf8 {
    /// The bytes that the character has so far, and those that it lacks.
    taken: u8,
    missing: u8,
    /// The first of its bytes.
    lead: u8,
}

impl Utf8 {
    pub(crate) const fn new() -> Self {
        Self { taken: 0, missing: 0, lead: 0 }
    }

    /// Takes a byte, unless it cannot follow.
    pub(crate) fn takes(&mut self, byte: u8) -> bool {
        if self.missing == 0 {
            self.taken = 0;
            self.lead = byte;
            self.missing = match byte {
                ..0x80 => return true,
                0xc2..0xe0 => 1,
                0xe0..0xf0 => 2,
                0xf0..0xf5 => 3,
                _ => return false,
            };
        } else {
            // The second byte decides about surrogates, what is beyond the
            // last character, and what would fit into fewer bytes.
            let (low, high) = match (self.taken, self.lead) {
                (1, 0xe0) => (0xa0, 0xbf),
                (1, 0xed) => (0x80, 0x9f),
                (1, 0xf0) => (0x90, 0xbf),
                (1, 0xf4) => (0x80, 0x8f),
                _ => (0x80, 0xbf),
            };
            if byte < low || byte > high {
                return false;
            }
            self.missing = self.missing.wrapping_sub(1);
        }
        self.taken = self.taken.wrapping_add(1);
        true
    }

    /// Returns the bytes that the character has so far.
    pub(crate) const fn taken(&self) -> u8 {
        self.taken
    }

    /// Returns `true` if no character lacks a byte.
    pub(crate) const fn is_whole(&self) -> bool {
        self.missing == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{by_byte, front, small_front, valid_up_to};

    #[test]
    fn all_ways_agree() {
        // The edges of all ranges, in all orders, whole and cut.
        let bytes = [
            0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
            0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
        ];
        // Miri, which is slow, takes every fifth.
        let bytes: &[u8] = if cfg!(miri) { &[0x7f, 0x9f, 0xc2, 0xed, 0xf0] } else { &bytes };
        let mut whole = 0;
        for &a in bytes {
            for &b in bytes {
                for &c in bytes {
                    for &d in bytes {
                        let text = [a, b, c, d];
                        assert_eq!(by_byte(&text), valid_up_to(&text), "{text:x?}");
                        assert_eq!(small_front(&text), front(&text), "{text:x?}");
                        assert_eq!(by_byte(&text), front(&text).len(), "{text:x?}");
                        whole += usize::from(by_byte(&text) == 4);
                    }
                }
            }
        }
        assert!(whole > 0);
        assert_eq!(by_byte(b""), 0);
    }
}
