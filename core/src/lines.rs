//! Texts of a table packed into one, a line each: half the size of as many
//! slices, and searched by one routine.

/// The number of the line that is `text`; each ends with a line feed.
#[inline(never)]
pub(crate) fn find(lines: &str, text: &[u8]) -> Option<usize> {
    let (mut number, mut rest, mut same) = (0usize, text, true);
    for &byte in lines.as_bytes() {
        if byte == b'\n' {
            if same && rest.is_empty() {
                return Some(number);
            }
            number = number.wrapping_add(1);
            (rest, same) = (text, true);
        } else {
            same &= rest.first() == Some(&byte);
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    None
}

/// The line of that number, empty if there is none. By bytes, because the
/// search of `str` brings hundreds of bytes and a panic along.
pub(crate) fn get(lines: &'static str, mut number: usize) -> &'static str {
    let mut start = 0;
    for (end, &byte) in lines.as_bytes().iter().enumerate() {
        if byte == b'\n' {
            if number == 0 {
                let line = lines.as_bytes().get(start..end).unwrap_or_default();
                return core::str::from_utf8(line).unwrap_or_default();
            }
            number = number.wrapping_sub(1);
            start = end.wrapping_add(1);
        }
    }
    ""
}
