//! Checks of the characters in a request's parts, and digits.

/// Returns `true` if `text` is not empty and has only ASCII letters, digits and
/// the `others`.
#[inline(never)]
pub(crate) fn is_made_of(text: &str, others: &[u8]) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_one_of(byte, others))
}

/// Returns `true` if `text` is not empty and has only printable ASCII without
/// the space.
#[inline(never)]
pub(crate) fn is_graphic(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Returns `true` if `byte` is one of `bytes`.
#[expect(clippy::manual_contains, reason = "its search for long texts takes 120 bytes of flash")]
pub(crate) fn is_one_of(byte: u8, bytes: &[u8]) -> bool {
    bytes.iter().any(|&each| each == byte)
}

/// Returns `true` if `text` has an uppercase letter of ASCII.
pub(crate) fn has_uppercase(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Returns `true` if `text` has a control character, those of Latin-1 (`c2 80`
/// to `c2 9f` in UTF-8) among them.
pub(crate) fn has_control(text: &str) -> bool {
    let mut before = 0;
    text.bytes().any(|byte| {
        let is_control = byte < 0x20 || byte == 0x7f || before == 0xc2 && byte < 0xa0;
        before = byte;
        is_control
    })
}

/// Returns `true` if `text` is a name of lowercase letters, digits and hyphens.
pub(crate) fn is_name(text: &str) -> bool {
    is_made_of(text, b"-") && !has_uppercase(text)
}

/// Returns `value` with one digit more, the largest if that is too large;
/// `None` where the byte is no digit of that radix, 10 or 16.
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

/// Returns a decimal number, the largest if it is too large; `None` for no
/// digits.
#[inline(never)]
pub(crate) fn decimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0, |value, &digit| with_digit(value, digit, 10))
}
