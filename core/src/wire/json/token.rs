//! The scanner's tokens and errors.

use core::fmt;

/// One token of a JSON text, borrowed from the input where it has content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Token<'i> {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// The opening quote of a string or of an object's key.
    TextStart,
    /// A piece of a string exactly as it stands in the input. Where the input
    /// was cut, a character may be cut as well, and UTF-8 is not checked.
    Text(&'i [u8]),
    /// The character that an escape stands for.
    Char(Utf8Char),
    /// The closing quote.
    TextEnd,
    /// A piece of a number.
    Number(&'i [u8]),
    /// The number is complete. Does not come for a number that is the whole
    /// document: only [`Scanner::finish`](super::Scanner::finish) knows that it has ended.
    NumberEnd,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

/// One character as UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Utf8Char {
    bytes: [u8; 4],
    length: u8,
}

impl Utf8Char {
    /// Encodes a character. Written out, because `char::encode_utf8` can fail
    /// and so costs more.
    pub(super) fn new(code: u32) -> Self {
        let (mut rest, mut bytes, mut length) = (code, 0, 1);
        // What still fits into the first byte; the bits above say how many
        // bytes follow it.
        let mut limit = 0x80;
        while rest >= limit {
            bytes = (bytes | 0x80 | rest & 0x3f) << 8;
            rest >>= 6;
            length += 1;
            limit = if limit == 0x80 { 0x20 } else { limit >> 1 };
        }
        let first = rest | (0x100 - 2 * limit);
        Self { bytes: (bytes | first & 0xff).to_le_bytes(), length }
    }

    /// Returns the one to four bytes of the character.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

/// A defect of a text that is not JSON.
/// [`Scanner::offset`](super::Scanner::offset) says where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ScanError {
    /// A byte that cannot stand here.
    // From 1, so that none is 0.
    Unexpected = 1,
    /// Something other than white space after the end of the document.
    Trailing,
    /// A control character inside a string, where it must be escaped.
    Control,
    /// An escape that JSON does not have.
    Escape,
    /// Half of a surrogate pair without the other half.
    Surrogate,
    /// A number that breaks the grammar, such as `01` or `1.`.
    Number,
    /// More than 256 open brackets.
    TooDeep,
    /// The text ended before the document did.
    Incomplete,
}

impl ScanError {
    const fn text(self) -> &'static str {
        match self {
            Self::Unexpected => "a byte that JSON does not allow here",
            Self::Trailing => "something follows the end of the JSON document",
            Self::Control => "a control character inside a JSON string",
            Self::Escape => "an escape that JSON does not have",
            Self::Surrogate => "half of a surrogate pair in a JSON string",
            Self::Number => "a malformed JSON number",
            Self::TooDeep => "JSON nested more than 256 levels deep",
            Self::Incomplete => "the JSON document is incomplete",
        }
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for ScanError {}
