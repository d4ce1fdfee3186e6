//! Whether a text is JSON, without looking at what it says.

use super::scan::Scanner;
use super::token::{ScanError, Token};
use core::fmt;

/// Why and where a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// What is wrong; `None` where the text is not UTF-8. Where it is neither
    /// UTF-8 nor JSON, either is possible.
    pub error: Option<ScanError>,
    /// The offset of the first byte that is wrong, the text's length where it
    /// ended too early.
    pub offset: u64,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.error {
            Some(error) => error.fmt(f),
            None => f.write_str("the text is not UTF-8"),
        }
    }
}

impl core::error::Error for Invalid {}

/// Checks a JSON text that comes in pieces, UTF-8 included.
///
/// Nesting is checked to 256 levels as by [`Scanner`]. A number alone, a
/// string alone or a word alone is a document as well.
///
/// ```
/// use scf_core::json::Validator;
///
/// let mut validator = Validator::new();
/// validator.push(b"[1, ")?;
/// validator.push(b"2]")?;
/// validator.finish()?;
/// # Ok::<(), scf_core::json::Invalid>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Validator {
    scanner: Scanner,
    /// The start of a character that the last piece cut.
    cut: [u8; 4],
    length: u8,
}

impl Validator {
    /// A validator at the start of a document.
    #[must_use]
    pub const fn new() -> Self {
        Self { scanner: Scanner::new(), cut: [0; 4], length: 0 }
    }

    /// Takes the next piece of the text.
    ///
    /// # Errors
    /// The text up to here cannot be the start of a JSON document.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Invalid> {
        let start = self.scanner.offset();
        let utf8 = self.utf8(piece);
        // Of two errors the first counts, so the scanner sees only good UTF-8.
        let (good, bad) = match utf8 {
            Ok(()) => (piece, false),
            Err(good) => (piece.get(..good).unwrap_or_default(), true),
        };
        let mut input = good;
        if let Err(error) = self.scanner.skim(&mut input) {
            return Err(Invalid { error: Some(error), offset: self.scanner.offset() });
        }
        if bad {
            // The character may have started in an earlier piece.
            let at = start.saturating_add(good.len() as u64);
            return Err(Invalid { error: None, offset: at.saturating_sub(self.length.into()) });
        }
        Ok(())
    }

    /// Says that the text has ended.
    ///
    /// # Errors
    /// The document has not.
    pub fn finish(&mut self) -> Result<(), Invalid> {
        self.scanner
            .finish()
            .map_err(|error| Invalid { error: Some(error), offset: self.scanner.offset() })
    }

    /// Checks UTF-8, `Err` with the number of bytes before the first bad one.
    #[inline(never)]
    fn utf8(&mut self, piece: &[u8]) -> Result<(), usize> {
        let mut rest = piece;
        // The character that was cut gets one byte after the other.
        while self.length > 0 {
            let Some((&byte, after)) = rest.split_first() else {
                return Ok(());
            };
            if let Some(place) = self.cut.get_mut(usize::from(self.length)) {
                *place = byte;
            }
            let length = self.length.wrapping_add(1);
            match core::str::from_utf8(self.cut.get(..usize::from(length)).unwrap_or_default()) {
                Ok(_) => self.length = 0,
                Err(error) if error.error_len().is_none() && length < 4 => self.length = length,
                Err(_) => return Err(piece.len().wrapping_sub(rest.len())),
            }
            rest = after;
        }
        let Err(error) = core::str::from_utf8(rest) else {
            return Ok(());
        };
        let valid = error.valid_up_to();
        if error.error_len().is_some() {
            return Err(piece.len().wrapping_sub(rest.len()).wrapping_add(valid));
        }
        for (place, &byte) in self.cut.iter_mut().zip(rest.get(valid..).unwrap_or_default()) {
            *place = byte;
            self.length = self.length.wrapping_add(1);
        }
        Ok(())
    }
}

/// Checks a whole text at once.
///
/// # Errors
/// Why and where the text is not JSON.
///
/// ```
/// use scf_core::json::check;
///
/// assert!(check(br#"{"key": [1, 2.5e3, null]}"#).is_ok());
/// assert_eq!(check(b"[1,]").unwrap_err().offset, 3);
/// ```
#[inline(never)]
pub fn check(text: &[u8]) -> Result<(), Invalid> {
    let mut validator = Validator::new();
    validator.push(text)?;
    validator.finish()
}

/// Whether a text is a flat JSON object whose values are all strings, as
/// `RoutingKey` has to be: `{"k":"v"}`. UTF-8 is not checked.
///
/// ```
/// use scf_core::json::is_object_of_strings;
///
/// assert!(is_object_of_strings(br#"{"k":"v"}"#));
/// assert!(!is_object_of_strings(br#"{"k":1}"#));
/// ```
#[must_use]
#[inline(never)]
pub fn is_object_of_strings(text: &[u8]) -> bool {
    let mut scanner = Scanner::new();
    let mut input = text;
    loop {
        match scanner.next(&mut input) {
            Ok(None) => return scanner.finish().is_ok(),
            Ok(Some(Token::ObjectStart)) if scanner.depth() == 1 => {}
            Ok(Some(Token::ObjectEnd)) => {}
            Ok(Some(Token::TextStart | Token::Text(_) | Token::Char(_) | Token::TextEnd))
                if scanner.depth() == 1 => {}
            _ => return false,
        }
    }
}
