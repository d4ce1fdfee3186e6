//! Texts one after the other, as the script hands them over.

/// Splits texts that came in, which have a zero between them.
///
/// # Safety
/// They are UTF-8.
pub(crate) unsafe fn split(bytes: &[u8]) -> impl Iterator<Item = &str> {
    // SAFETY: the caller's promise.
    bytes.split(|&byte| byte == 0).map(|text| unsafe { str::from_utf8_unchecked(text) })
}
