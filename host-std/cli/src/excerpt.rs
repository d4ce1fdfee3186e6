//! The place in a text where something is wrong, shown as compilers show it.

use unicode_width::UnicodeWidthStr;

use crate::terminal::harmless;

/// The most characters that are shown before and after the place.
const BEFORE: usize = 60;
const AFTER: usize = 20;

/// A place in a text.
pub(crate) struct Place<'a> {
    /// The line, counted from 1.
    pub(crate) line: u64,
    /// The column in characters, counted from 1.
    pub(crate) column: usize,
    before: &'a str,
    after: &'a str,
}

impl<'a> Place<'a> {
    /// Finds the place of a byte; that of a character within it is the
    /// character's.
    pub(crate) fn of(text: &'a str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let (head, tail) = text.split_at(offset);
        let start = head.rfind('\n').map_or(0, |at| at + 1);
        let before = &head[start..];
        Self {
            line: head.matches('\n').count() as u64 + 1,
            column: before.chars().count() + 1,
            before,
            after: tail.lines().next().unwrap_or_default(),
        }
    }

    /// Returns the line, or the part of it around the place, with a caret below.
    pub(crate) fn excerpt(&self) -> String {
        let cut = self.before.char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
        let end = self.after.char_indices().nth(AFTER).map_or(self.after.len(), |(at, _)| at);
        let before = shown(&self.before[cut..]);
        let after = shown(&self.after[..end]);
        let start = if cut > 0 { "..." } else { "" };
        let rest = if end < self.after.len() { "..." } else { "" };
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let indent = " ".repeat(start.len() + before.width());
        format!("  {margin} |\n  {number} | {start}{before}{after}{rest}\n  {margin} | {indent}^")
    }
}

/// Returns the text as a terminal shows it in one line.
fn shown(text: &str) -> String {
    harmless(text).replace('\t', " ")
}

#[cfg(test)]
mod tests {
    use super::Place;

    fn excerpt(text: &str, offset: usize) -> String {
        Place::of(text, offset).excerpt()
    }

    #[test]
    fn a_place_is_a_line_and_a_column_in_characters() {
        let text = "{\n  \"二\": x\n}";
        let place = Place::of(text, text.find('x').unwrap());
        assert_eq!((place.line, place.column), (2, 8));
        let place = Place::of(text, text.len());
        assert_eq!((place.line, place.column), (3, 2));
        let place = Place::of("", 9);
        assert_eq!((place.line, place.column), (1, 1));
        let place = Place::of("é", 1);
        assert_eq!((place.line, place.column), (1, 1));
    }

    #[test]
    fn the_caret_stands_below_the_character() {
        assert_eq!(excerpt("[1,\n2,]\n", 6), "    |\n  2 | 2,]\n    |   ^");
        // A wide character takes two cells, a harmful one those of its escape.
        assert_eq!(excerpt("\"二\" x", 6), "    |\n  1 | \"二\" x\n    |      ^");
        assert_eq!(excerpt("\u{200b}x", 3), "    |\n  1 | \\u{200b}x\n    |         ^");
        assert_eq!(excerpt("a\r\nb", 1), "    |\n  1 | a\n    |  ^");
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let text = format!("{}x{}", "a".repeat(5000), "b".repeat(5000));
        let shown = excerpt(&text, 5000);
        let (dots, cut) = ("...", "a".repeat(60));
        let expected =
            format!("    |\n  1 | {dots}{cut}x{}{dots}\n    | {}^", "b".repeat(19), " ".repeat(63));
        assert_eq!(shown, expected);
    }
}
