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

/// Puts a text there, with the mark of its end, and returns the place behind it.
pub(crate) fn put(out: &mut [u8], at: usize, text: &[u8]) -> usize {
    let end = at + text.len();
    if let Some(place) = out.get_mut(at..end) {
        place.copy_from_slice(text);
    }
    if let Some(place) = out.get_mut(end) {
        *place = END;
    }
    end + 1
}
