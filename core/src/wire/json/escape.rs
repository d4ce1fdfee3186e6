//! Text into the inside of a JSON string.

use super::special::{BLOCKS, any_special, escape_blocks, is_special, letter};
use crate::wire::bytes;

/// Escapes as much of `input` as fits into `out`, so that a text can be sent
/// as a JSON string through a buffer of any size.
///
/// Returns the number of bytes taken from `input` and the number written. It
/// stops early only where the next byte's escape no longer fits, so never
/// while six bytes of `out` are free. Quote and backslash get a backslash, the
/// control characters their short form (`\b \t \n \f \r`) or `\u00xx`, and all
/// else stays as it is. `input` is UTF-8, and may be cut anywhere.
///
/// ```
/// use scf_invoke_core::wire::json::escape;
///
/// let mut out = [0; 16];
/// let (used, written) = escape(b"{\"k\":1}\n", &mut out);
/// assert_eq!(used, 8);
/// assert_eq!(&out[..written], br#"{\"k\":1}\n"#);
/// ```
#[must_use]
pub fn escape(input: &[u8], out: &mut [u8]) -> (usize, usize) {
    if !BLOCKS {
        return escape_bytes(input, out);
    }
    let (all, room) = (input.len(), out.len());
    let mut from = input;
    let mut to = out;
    loop {
        (from, to) = escape_blocks(from, to);
        // After a block that was left out, the next ones are tried again.
        let (few, _) = from.split_at_checked(8).unwrap_or((from, &[]));
        let (used, written) = escape_bytes(few, to);
        from = from.get(used..).unwrap_or_default();
        to = to.get_mut(written..).unwrap_or_default();
        if used < few.len() || from.is_empty() {
            return (all.wrapping_sub(from.len()), room.wrapping_sub(to.len()));
        }
    }
}

/// Escapes as [`escape`] does, byte by byte.
fn escape_bytes(input: &[u8], out: &mut [u8]) -> (usize, usize) {
    let mut written = 0usize;
    for (used, &byte) in input.iter().enumerate() {
        let mut place = [0; ESCAPE_MAX];
        let escaped = escape_byte(byte, &mut place);
        let room = out.get_mut(written..).unwrap_or_default();
        if room.len() < escaped.len() {
            return (used, written);
        }
        written = written.wrapping_add(bytes::copy(room, escaped));
    }
    (input.len(), written)
}

/// The longest escape of a byte, `\u001f`, in bytes.
pub(crate) const ESCAPE_MAX: usize = 6;

/// Returns what stands for a byte inside a JSON string, in `place`.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn escape_byte(byte: u8, place: &mut [u8; ESCAPE_MAX]) -> &[u8] {
    let length = if is_special(byte) {
        let letter = letter(byte);
        *place = [b'\\', letter, b'0', b'0', b'0' + (byte >> 4), hex(byte & 15)];
        if letter == b'u' { ESCAPE_MAX } else { 2 }
    } else {
        place[0] = byte;
        1
    };
    place.get(..length).unwrap_or_default()
}

const fn hex(digit: u8) -> u8 {
    if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }
}

/// Returns the front of `input` that escaping leaves as it is, in whole blocks;
/// there may be more of it.
#[cfg(target_pointer_width = "64")]
pub(crate) fn unescaped_prefix(input: &[u8]) -> &[u8] {
    const BLOCK: usize = 64;
    let (blocks, _) = input.as_chunks::<BLOCK>();
    let clean = blocks.iter().take_while(|block| !any_special(block)).count();
    input.get(..clean.wrapping_mul(BLOCK)).unwrap_or_default()
}

/// Returns the number of bytes that [`escape`] makes of the whole `input`.
///
/// ```
/// assert_eq!(scf_invoke_core::wire::json::escaped_len(b"a\"b\x01"), 10);
/// ```
#[must_use]
pub fn escaped_len(input: &[u8]) -> u64 {
    let mut length = input.len() as u64;
    let (blocks, rest) = input.as_chunks::<64>();
    for block in blocks {
        // Most text has little to escape, and the test is vectorised.
        if any_special(block) {
            length = length.wrapping_add(added(block));
        }
    }
    length.wrapping_add(added(rest))
}

/// Returns the bytes that escaping adds.
fn added(input: &[u8]) -> u64 {
    let mut added = 0u64;
    for &byte in input {
        let more = if byte < 0x20 && letter(byte) == b'u' { 5 } else { is_special(byte).into() };
        added = added.wrapping_add(more);
    }
    added
}
