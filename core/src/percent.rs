//! Percent-encoding by RFC 3986, as queries and forms carry values.

use crate::bytes;

/// Encodes as much of `input` as fits; bytes used and bytes written.
///
/// Letters, digits and `-_.~` stand for themselves, every other byte becomes
/// `%` and two uppercase digits. Stops early only when fewer than 3 bytes of
/// `out` are left.
pub(crate) fn encode(input: &[u8], out: &mut [u8]) -> (usize, usize) {
    let (mut used, mut written) = (0, 0);
    for byte in input {
        let triple;
        let text: &[u8] =
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
                core::slice::from_ref(byte)
            } else {
                triple = [b'%', upper_hex(*byte >> 4), upper_hex(*byte & 15)];
                &triple
            };
        match out.get_mut(written..) {
            Some(room) if room.len() >= text.len() => bytes::copy(room, text),
            _ => break,
        };
        used += 1;
        written += text.len();
    }
    (used, written)
}

/// One uppercase hexadecimal digit.
const fn upper_hex(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 }
}
