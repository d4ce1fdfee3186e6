//! Texts of a table packed into one, a line each: half the size of as many
//! slices, and searched by one routine.

/// The number of the line that is `text`.
#[inline(never)]
pub(crate) fn find(lines: &str, text: &[u8]) -> Option<usize> {
    lines.as_bytes().split(|&byte| byte == b'\n').position(|line| line == text)
}

/// The line of that number, empty if there is none.
pub(crate) fn get(lines: &'static str, number: usize) -> &'static str {
    lines.split('\n').nth(number).unwrap_or_default()
}
