//! What the parts of a request may be made of.

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
