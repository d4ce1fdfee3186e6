//! Texts of a table packed into one, each behind a character that is its length:
//! half the size of as many slices, and searched by one routine.

use crate::wire::bytes;

/// Packs lines, each of which ends with a line feed.
macro_rules! lines {
    ($text:expr) => {{
        const TEXT: &str = $text;
        const PACKED: &[u8] = &$crate::wire::lines::pack::<{ TEXT.len() }>(TEXT);
        const LINES: &str = $crate::wire::lines::text(PACKED);
        LINES
    }};
}
pub(crate) use lines;

/// Returns the lines in `N` bytes, where their lengths take the place of the
/// line feeds.
pub(crate) const fn pack<const N: usize>(text: &str) -> [u8; N] {
    let text = text.as_bytes();
    let mut lines = [0; N];
    let (mut length_at, mut at) = (0, 0);
    while at < N {
        if text[at] == b'\n' {
            let length = at - length_at;
            assert!(length < 0x80, "its length is a character");
            lines[length_at] = length as u8;
            length_at = at + 1;
        } else {
            lines[at + 1] = text[at];
        }
        at += 1;
    }
    lines
}

/// Returns packed lines as text, for which a line needs no check any more.
pub(crate) const fn text(lines: &[u8]) -> &str {
    match str::from_utf8(lines) {
        Ok(text) => text,
        Err(_) => panic!("a length is in the middle of a character"),
    }
}

/// Returns the first line, and the others.
fn split(lines: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = lines.split_first()?;
    rest.split_at_checked(length.into())
}

/// Returns the number of the line that is `text`, or how many lines there are.
#[inline(never)]
pub(crate) fn find(lines: &str, text: &[u8]) -> usize {
    let (mut number, mut rest) = (0usize, lines.as_bytes());
    while let Some((line, next)) = split(rest) {
        if bytes::equal(line, text) {
            break;
        }
        number = number.wrapping_add(1);
        rest = next;
    }
    number
}

/// Returns the line of that number, empty if there is none.
pub(crate) fn get(lines: &'static str, number: usize) -> &'static str {
    let text = lines.as_bytes();
    let mut start = 0usize;
    for _ in 0..number {
        let length = text.get(start).copied().unwrap_or_default();
        start = start.wrapping_add(length.into()).wrapping_add(1);
    }
    let length = text.get(start).copied().unwrap_or_default();
    start = start.wrapping_add(1);
    lines.get(start..start.wrapping_add(length.into())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{find, get, pack, text};

    #[test]
    fn packed_lines_are_found_and_given() {
        const TEXT: &str = "one\n\nab\n";
        const LINES: &str = text(&pack::<{ TEXT.len() }>(TEXT));
        let packed = pack::<{ TEXT.len() }>(TEXT);
        assert_eq!(text(&packed), LINES);
        assert_eq!((find(LINES, b"ab"), find(LINES, b"abc")), (2, 3));
        let lines = [0, 1, 2, 3].map(|number| get(LINES, number));
        assert_eq!(lines, ["one", "", "ab", ""]);
    }
}
