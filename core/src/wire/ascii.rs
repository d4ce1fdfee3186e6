//! What the parts of a request may be made of, and digits.

use crate::wire::json::WIDE;

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

/// `value` with one digit more, the largest if that is too large; `None` where
/// the byte is no digit of that radix, 10 or 16.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn with_digit(value: u32, byte: u8, radix: u8) -> Option<u32> {
    let mut digit = byte.wrapping_sub(b'0');
    if digit > 9 {
        let letter = (byte | 0x20).wrapping_sub(b'a');
        digit = if letter < 6 { letter.wrapping_add(10) } else { radix };
    }
    if digit >= radix {
        return None;
    }
    let value = u64::from(value) * u64::from(radix) + u64::from(digit);
    Some(u32::try_from(value).unwrap_or(u32::MAX))
}

/// A decimal number, the largest if it is too large; `None` for no digits.
#[inline(never)]
pub(crate) fn decimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0, |value, &digit| with_digit(value, digit, 10))
}
