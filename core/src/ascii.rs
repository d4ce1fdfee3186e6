//! What the parts of a request may be made of, and digits.

/// Whether all of `text` is letters, digits and `others`.
#[inline(never)]
pub(crate) fn is_made_of(text: &str, others: &[u8]) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

/// Whether all of `text` is printable ASCII without the space.
#[inline(never)]
pub(crate) fn is_graphic(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether `text` has a capital letter.
#[inline(never)]
pub(crate) fn has_capital(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether `text` is lowercase letters, digits and hyphens, and not empty.
#[inline(never)]
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && is_made_of(text, b"-") && !has_capital(text)
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
