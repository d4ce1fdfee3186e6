//! Validation of JSON texts, without regard to their content.

use core::fmt;

use super::grammar::{Step, lead, row};
use super::scan::{Scanner, continues_number};
use super::token::ScanError;
use crate::wire::FAST;
use crate::wire::utf8::{self, Utf8};

/// The first defect of a text that is not JSON, and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Invalid {
    /// The defect; `None` where the text is not UTF-8. Where it is neither
    /// UTF-8 nor JSON, either is possible.
    pub error: Option<ScanError>,
    /// The offset of the first byte that is wrong, the text's length where it
    /// ended too early.
    pub offset: usize,
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
/// More than 256 levels of nesting are refused. A number alone, a string alone
/// or a word alone is a document as well.
///
/// ```
/// use scf_invoke_core::wire::json::Validator;
///
/// let mut validator = Validator::new();
/// validator.push(b"[1, ")?;
/// validator.push(b"2]")?;
/// validator.finish()?;
/// # Ok::<(), scf_invoke_core::wire::json::Invalid>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Validator {
    scanner: Scanner,
    utf8: Utf8,
}

impl Validator {
    /// Creates a validator at the start of a document.
    #[must_use]
    pub const fn new() -> Self {
        Self { scanner: Scanner::new(), utf8: Utf8::new() }
    }

    /// Takes the next piece of the text.
    ///
    /// # Errors
    /// The text up to here cannot be the start of a JSON document.
    #[inline(never)]
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Invalid> {
        let mut rest = piece;
        loop {
            if FAST && self.utf8.is_whole() {
                let valid = utf8::valid_up_to(rest);
                let (mut front, back) = rest.split_at_checked(valid).unwrap_or_default();
                let skimmed = self.scanner.skim(&mut front);
                self.scanner.count(valid.wrapping_sub(front.len()));
                if let Err(error) = skimmed {
                    return Err(self.invalid(Some(error)));
                }
                rest = back;
            }
            let Some((&byte, after)) = rest.split_first() else {
                return Ok(());
            };
            if !self.utf8.takes(byte) {
                return Err(self.invalid(None));
            }
            if let Err(error) = self.scanner.take(byte) {
                return Err(self.invalid(Some(error)));
            }
            rest = after;
        }
    }

    /// Says that the text has ended.
    ///
    /// # Errors
    /// The document has not.
    pub fn finish(&mut self) -> Result<(), Invalid> {
        self.scanner.finish().map_err(|error| self.invalid(Some(error)))
    }

    /// Returns an error at the byte that is next, or at the start of its character.
    fn invalid(&self, error: Option<ScanError>) -> Invalid {
        let taken = if error.is_none() { self.utf8.taken() } else { 0 };
        Invalid { error, offset: self.scanner.offset().saturating_sub(taken.into()) as usize }
    }
}

/// Checks a whole text at once.
///
/// # Errors
/// Returns the first defect and its place, where the text is not JSON.
///
/// ```
/// use scf_invoke_core::wire::json::check;
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

/// Checks a text that is known to be UTF-8.
pub(crate) fn check_str(text: &str) -> Result<(), Invalid> {
    let mut scanner = Scanner::new();
    let mut rest = text.as_bytes();
    let checked = scanner.skim(&mut rest).and_then(|()| scanner.finish());
    checked.map_err(|error| Invalid {
        error: Some(error),
        offset: text.len().wrapping_sub(rest.len()),
    })
}

/// Returns `true` if a text is a flat JSON object whose values are all strings,
/// as `RoutingKey` has to be: `{"k":"v"}`. UTF-8 is not checked.
///
/// ```
/// use scf_invoke_core::wire::json::is_object_of_strings;
///
/// assert!(is_object_of_strings(br#"{"k":"v"}"#));
/// assert!(!is_object_of_strings(br#"{"k":1}"#));
/// ```
#[must_use]
pub fn is_object_of_strings(text: &[u8]) -> bool {
    let mut scanner = Scanner::new();
    let mut rest = text;
    while !rest.is_empty() {
        let is_expected = match scanner.step(&mut rest).0 {
            Step::OBJECT_END | Step::MORE => true,
            Step::OBJECT_START | Step::KEY_START | Step::TEXT_START => scanner.depth() == 1,
            Step::TEXT | Step::CHAR | Step::TEXT_END => scanner.depth() == 1,
            _ => false,
        };
        if !is_expected {
            return false;
        }
    }
    scanner.finish().is_ok()
}

/// Returns `true` if a text is a JSON number, without white space around it.
pub(crate) fn is_number(text: &[u8]) -> bool {
    let mut state = row::START;
    text.iter().all(|&byte| {
        state = lead(state, byte);
        continues_number(state)
    }) && Step(lead(state, b' ')) == Step::NUMBER_END
}
