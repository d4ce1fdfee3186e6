//! What the parts of a request may be made of, and digits.

use crate::json::WIDE;

/// Lowercase letters, digits and hyphens.
const NAME: &[u8] = b"az09--";

/// Printable ASCII without the space.
pub(crate) const GRAPHIC: &[u8] = b"!~";

/// All but control characters.
pub(crate) const TEXT: &[u8] = b" ~\x80\xff";

/// Whether `text` is made of the bytes in `ranges`, each the first and the
/// last of them, the likeliest in front, and is not empty; the control
/// characters of Latin-1, `c2 80` to `c2 9f`, are in no range.
#[inline(never)]
pub(crate) fn is_made_of(text: &str, ranges: &[u8]) -> bool {
    let mut before = 0;
    // Where speed counts: the range of ASCII that the byte before was in.
    let mut likely = [1, 0];
    for &byte in text.as_bytes() {
        if WIDE && likely[0] <= byte && byte <= likely[1] {
            continue;
        }
        let Some(&range) = range_of(byte, ranges) else { return false };
        if before == 0xc2 && byte < 0xa0 {
            return false;
        }
        if WIDE && range[1] < 0x80 {
            likely = range;
        }
        before = byte;
    }
    !text.is_empty()
}

/// Whether `byte` is in one of the `ranges`.
pub(crate) fn is_in(byte: u8, ranges: &[u8]) -> bool {
    range_of(byte, ranges).is_some()
}

fn range_of(byte: u8, ranges: &[u8]) -> Option<&[u8; 2]> {
    let (ranges, _) = ranges.as_chunks();
    ranges.iter().find(|&&[first, last]| first <= byte && byte <= last)
}

/// Whether `text` is a name of lowercase letters, digits and hyphens.
pub(crate) fn is_name(text: &str) -> bool {
    is_made_of(text, NAME)
}

/// The value of a hexadecimal digit.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn hex_digit(byte: u8) -> Option<u8> {
    let digit = byte.wrapping_sub(b'0');
    if digit < 10 {
        return Some(digit);
    }
    let letter = (byte | 0x20).wrapping_sub(b'a');
    if letter < 6 { Some(letter.wrapping_add(10)) } else { None }
}
