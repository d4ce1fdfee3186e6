//! The grammar as a table with a cell for each byte, for texts of megabytes.

use super::grammar::{Step, lead, row};
use super::scan::{Scanner, after_clean, is_blank};
use super::token::ScanError;

/// The step that each byte leads to from each row of the grammar, so that
/// nothing has to be searched: [`Scanner::check`] is several times as fast with
/// it as [`Scanner::next`] is where memory is plenty and code has to be small.
///
/// ```
/// use scf_invoke_core::wire::json::{Scanner, Table};
///
/// let mut table = Box::new(Table::empty());
/// table.fill();
/// let mut scanner = Scanner::new();
/// scanner.check(&table, b"[1, ")?;
/// scanner.check(&table, b"2, \"a")?;
/// assert_eq!(scanner.check(&table, b"bc"), Ok(true));
/// assert_eq!(scanner.check(&table, b"d\"]"), Ok(false));
/// scanner.finish()?;
/// # Ok::<(), scf_invoke_core::wire::json::ScanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Table([[u8; 256]; 128]);

impl Table {
    /// Returns a table of zeros, to be [filled](Self::fill) before it is used.
    #[must_use]
    pub const fn empty() -> Self {
        Self([[0; 256]; 128])
    }

    /// Fills the table, which takes a fraction of a millisecond.
    pub fn fill(&mut self) {
        for (place, cell) in (0u16..).zip(self.0.as_flattened_mut()) {
            let (state, byte) = ((place >> 8) as u8, place as u8);
            *cell = if is_blank(state, byte) { state } else { lead(state, byte) };
        }
    }
}

impl Scanner {
    /// Takes all of `input` without giving tokens; whether all of it stands for
    /// itself within a string, so that escaping leaves it as it is.
    ///
    /// # Errors
    /// The text is not JSON; [`offset`](Self::offset) says where.
    pub fn check(&mut self, table: &Table, mut input: &[u8]) -> Result<bool, ScanError> {
        let mut is_plain = true;
        let mut after = self.after();
        loop {
            if self.state == row::TEXT {
                let rest = after_clean(input);
                self.count(input.len().wrapping_sub(rest.len()));
                input = rest;
            }
            let Some((&byte, rest)) = input.split_first() else { return Ok(is_plain) };
            is_plain = false;
            // The mask changes nothing: it proves the bounds.
            let next = table.0[usize::from(self.state & 127)][usize::from(byte)];
            self.state = match Step(next) {
                Step::KEY_START | Step::TEXT_START => {
                    self.key = next == Step::KEY_START.0;
                    row::TEXT
                }
                Step::TEXT_END if self.key => row::COLON,
                Step::TEXT_END => after,
                Step::NUMBER_END => {
                    self.state = after;
                    continue;
                }
                // What leads to another row does nothing else, but for a `\u`.
                Step(row) if row < 0x80 && row != row::HEX => row,
                _ => {
                    if let Some(error) = self.byte(byte).error() {
                        return Err(error);
                    }
                    after = self.after();
                    self.state
                }
            };
            self.count(1);
            input = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::wire::json::{ScanError, Scanner, escape};

    /// Reads a text by tokens; returns the error and its offset.
    fn by_tokens(mut text: &[u8]) -> (Result<(), ScanError>, u64) {
        let mut scanner = Scanner::new();
        let result = loop {
            match scanner.next(&mut text) {
                Ok(Some(_)) => {}
                Ok(None) => break scanner.finish(),
                Err(error) => break Err(error),
            }
        };
        (result, scanner.offset())
    }

    fn by_table(table: &Table, text: &[u8], piece: usize) -> (Result<(), ScanError>, u64) {
        let mut scanner = Scanner::new();
        let mut pieces = text.chunks(piece);
        let result = pieces.try_for_each(|piece| {
            let is_plain = scanner.check(table, piece)?;
            assert!(!is_plain || escape(piece, &mut [0; 600]) == (piece.len(), piece.len()));
            Ok(())
        });
        let result = result.and_then(|()| scanner.finish());
        (result, scanner.offset())
    }

    #[test]
    fn agrees_with_tokens() {
        let mut table = Table::empty();
        table.fill();
        let text = br#" {"a":[1,-0.5e+3 , "b\"\\\u00e9\ud83d\ude00", true,false,null,{},[[]] ],"long":"0123456789abcdef0123456789\n"} "#;
        assert_eq!(by_tokens(text).0, Ok(()));
        let mut wrong = 0;
        // Every end, and at every place every byte that the grammar names.
        let step = if cfg!(miri) { 20 } else { 1 };
        for place in (0..text.len()).step_by(step) {
            for &byte in b"\0 \"\\{}[],:-+.09eEtufnrz\x80" {
                let mut text = *text;
                text[place] = byte;
                for (text, piece) in [(&text[..], 200), (&text[..], 7), (&text[..place], 1)] {
                    let expected = by_tokens(text);
                    assert_eq!(by_table(&table, text, piece), expected, "{}", text.escape_ascii());
                    wrong += usize::from(expected.0.is_err());
                }
            }
        }
        assert!(wrong > 1000 / step);
        for deep in [255, 256, 257, 300] {
            let mut text = [b'['; 608];
            text[deep..deep + 7].copy_from_slice(br#"{"a":1}"#);
            text[deep + 7..].fill(b']');
            for end in [2 * deep + 6, 2 * deep + 7, 2 * deep + 8] {
                let text = text.get(..end).unwrap_or(&text);
                assert_eq!(by_table(&table, text, 9), by_tokens(text), "{deep} {end}");
            }
        }
        assert_eq!(by_table(&table, b"[1.]", 9), (Err(ScanError::Number), 3));
    }
}
