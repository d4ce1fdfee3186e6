//! Percent-encoding by RFC 3986, as queries and forms carry values.

/// Encodes as much of `input` as fits; bytes used and bytes written.
///
/// Letters, digits and `-_.~` stand for themselves, every other byte becomes
/// `%` and two uppercase digits. Stops early only when fewer than 3 bytes of
/// `out` are left.
pub(crate) fn encode(input: &[u8], out: &mut [u8]) -> (usize, usize) {
    let (mut used, mut written) = (0, 0);
    for &byte in input {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            let Some(place) = out.get_mut(written) else { break };
            *place = byte;
            written += 1;
        } else {
            let room = out.get_mut(written..).unwrap_or_default();
            let Some(place) = room.first_chunk_mut() else { break };
            *place = [b'%', upper_hex(byte >> 4), upper_hex(byte & 15)];
            written += 3;
        }
        used += 1;
    }
    (used, written)
}

/// Returns one uppercase hexadecimal digit.
const fn upper_hex(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 }
}
