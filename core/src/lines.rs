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

/// The line of that number, empty if there is none.
pub(crate) fn get(lines: &'static str, number: usize) -> &'static str {
    lines.split('\n').nth(number).unwrap_or_default()
}
