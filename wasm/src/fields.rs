//! Texts one after the other, as the script hands them over.

/// Ends a text that goes out, as it parts those that come in.
pub(crate) const END: u8 = 0;

/// Splits texts that came in, which have a zero between them.
///
/// # Safety
/// They are UTF-8.
pub(crate) unsafe fn split(bytes: &[u8]) -> impl Iterator<Item = &str> {
    // SAFETY: the caller's promise.
    bytes.split(|&byte| byte == END).map(|text| unsafe { str::from_utf8_unchecked(text) })
}

/// Appends pieces of texts, marks among them.
pub(crate) fn put(out: &mut [u8], length: &mut usize, pieces: &[&[u8]]) {
    for &byte in pieces.iter().copied().flatten() {
        if let Some(place) = out.get_mut(*length) {
            *place = byte;
            *length += 1;
        }
    }
}
