//! Texts of a table packed into one, each behind a byte that is its length:
//! half the size of as many slices, and searched by one routine.

use crate::wire::{bytes, utf8};

/// Packs lines, each of which ends with a line feed.
macro_rules! lines {
    ($text:expr) => {{
        const TEXT: &str = $text;
        const LINES: &[u8] = &$crate::wire::lines::pack::<{ TEXT.len() }>(TEXT);
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
            assert!(length < 256);
            lines[length_at] = length as u8;
            length_at = at + 1;
        } else {
            lines[at + 1] = text[at];
        }
        at += 1;
    }
    lines
}

/// Returns the first line, and the others.
fn split(lines: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = lines.split_first()?;
    rest.split_at_checked(length.into())
}

/// Returns the number of the line that is `text`, or how many lines there are.
#[inline(never)]
pub(crate) fn find(lines: &[u8], text: &[u8]) -> usize {
    let (mut number, mut rest) = (0usize, lines);
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
pub(crate) fn get(lines: &'static [u8], number: usize) -> &'static str {
    let mut rest = lines;
    for _ in 0..number {
        rest = split(rest).unwrap_or_default().1;
    }
    utf8::front(split(rest).unwrap_or_default().0)
}
