//! The grammar of JSON as a table of [rows](crate::wire::rows).
//!
//! White space, the digits of `\u` and control characters in strings are not
//! in the table.

use super::token::ScanError;
use crate::wire::rows::{self, ANY, TEXT};

/// The step that a byte leads to.
///
/// Those of the table are above all rows: there the byte leads to no row but
/// calls for something to be done, or is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step(pub(super) u8);

impl Step {
    /// Nothing to tell.
    pub(crate) const MORE: Self = Self(0);
    /// A byte of a number.
    pub(crate) const NUMBER: Self = Self(1);
    pub(crate) const OBJECT_START: Self = Self(0x80);
    pub(crate) const ARRAY_START: Self = Self(0x81);
    pub(crate) const OBJECT_END: Self = Self(0x82);
    pub(crate) const ARRAY_END: Self = Self(0x83);
    pub(crate) const KEY_START: Self = Self(0x84);
    pub(crate) const TEXT_START: Self = Self(0x85);
    /// Bytes of a string, or of a key, that stand for themselves.
    pub(crate) const TEXT: Self = Self(0x86);
    /// An escape is complete, see [`Scanner::character`](super::Scanner::character).
    pub(crate) const CHAR: Self = Self(0x87);
    pub(crate) const TEXT_END: Self = Self(0x88);
    pub(crate) const TRUE: Self = Self(0x89);
    pub(crate) const FALSE: Self = Self(0x8a);
    pub(crate) const NULL: Self = Self(0x8b);
    // Here and from here on the byte is not taken.
    /// The number has ended before this byte.
    pub(crate) const NUMBER_END: Self = Self(0x8c);
    const ERRORS: u8 = 0x8d;

    pub(super) const fn failed(error: ScanError) -> Self {
        Self(Self::ERRORS + error as u8)
    }

    /// Returns the error, if it is one.
    pub(crate) const fn error(self) -> Option<ScanError> {
        Some(match self.0.wrapping_sub(Self::ERRORS) {
            1 => ScanError::Unexpected,
            2 => ScanError::Trailing,
            3 => ScanError::Control,
            4 => ScanError::Escape,
            5 => ScanError::Surrogate,
            6 => ScanError::Number,
            7 => ScanError::TooDeep,
            _ => return None,
        })
    }
}

const UNEXPECTED: u8 = Step::failed(ScanError::Unexpected).0;
const TRAILING: u8 = Step::failed(ScanError::Trailing).0;
const CONTROL: u8 = Step::failed(ScanError::Control).0;
const SURROGATE: u8 = Step::failed(ScanError::Surrogate).0;
const NO_NUMBER: u8 = Step::failed(ScanError::Number).0;

/// The digits from 1 to 9, of which one stands for all.
const NINE: u8 = b'9';

rows::table! {
    /// The places where the rows begin.
    pub(super) mod row;
    const GRAMMAR;

    // Between strings, numbers and words.
    /// As `VALUE`; a new scanner is all zeros, which cost no flash.
    START {
        b'"' => Step::TEXT_START.0, b'{' => Step::OBJECT_START.0, b'[' => Step::ARRAY_START.0,
        b't' => row::TRUE, b'f' => row::FALSE, b'n' => row::NULL, b'-' => row::MINUS,
        b'0' => row::ZERO, NINE => row::WHOLE, ANY => UNEXPECTED,
    }
    KEY_OR_END { b'}' => Step::OBJECT_END.0 }
    KEY { b'"' => Step::KEY_START.0, ANY => UNEXPECTED }
    COLON { b':' => row::VALUE, ANY => UNEXPECTED }
    AFTER_MEMBER { b',' => row::KEY, b'}' => Step::OBJECT_END.0, ANY => UNEXPECTED }
    /// After a value below the levels whose brackets are remembered.
    AFTER_DEEP { b':' => row::VALUE, b'}' => Step::OBJECT_END.0 }
    AFTER_ITEM { b',' => row::VALUE, b']' => Step::ARRAY_END.0, ANY => UNEXPECTED }
    DONE { ANY => TRAILING }
    DEEP_OR_END { b'}' => Step::OBJECT_END.0 }
    ITEM_OR_END { b']' => Step::ARRAY_END.0 }
    VALUE {
        b'"' => Step::TEXT_START.0, b'{' => Step::OBJECT_START.0, b'[' => Step::ARRAY_START.0,
        b't' => row::TRUE, b'f' => row::FALSE, b'n' => row::NULL, b'-' => row::MINUS,
        b'0' => row::ZERO, NINE => row::WHOLE, ANY => UNEXPECTED,
    }
    // In a number, after what the name says.
    MINUS { b'0' => row::ZERO, NINE => row::WHOLE, ANY => NO_NUMBER }
    WHOLE { b'0' => row::WHOLE, NINE => row::WHOLE }
    ZERO {
        b'.' => row::POINT, b'e' => row::EXPONENT, b'E' => row::EXPONENT,
        ANY => Step::NUMBER_END.0,
    }
    POINT { b'0' => row::FRACTION, NINE => row::FRACTION, ANY => NO_NUMBER }
    FRACTION {
        b'0' => row::FRACTION, NINE => row::FRACTION, b'e' => row::EXPONENT,
        b'E' => row::EXPONENT, ANY => Step::NUMBER_END.0,
    }
    EXPONENT { b'-' => row::SIGN, b'+' => row::SIGN }
    SIGN { b'0' => row::POWER, NINE => row::POWER, ANY => NO_NUMBER }
    POWER { b'0' => row::POWER, NINE => row::POWER, ANY => Step::NUMBER_END.0 }
    // In a string.
    TEXT { b'"' => Step::TEXT_END.0, b'\\' => row::ESCAPE, TEXT => Step::TEXT.0, ANY => CONTROL }
    ESCAPE { b'u' => row::HEX, ANY => Step::CHAR.0 }
    /// Before the second half of a surrogate pair.
    LOW_HALF { b'\\' => row::LOW_HALF_U, ANY => SURROGATE }
    LOW_HALF_U { b'u' => row::HEX, ANY => SURROGATE }
    /// In the digits of `\u`, which are not in the table.
    HEX { ANY => UNEXPECTED }
    // In a word, before the letters that the name ends with.
    TRUE { b'r' => row::TRUE_UE, ANY => UNEXPECTED }
    TRUE_UE { b'u' => row::TRUE_E, ANY => UNEXPECTED }
    TRUE_E { b'e' => Step::TRUE.0, ANY => UNEXPECTED }
    FALSE { b'a' => row::FALSE_LSE, ANY => UNEXPECTED }
    FALSE_LSE { b'l' => row::FALSE_SE, ANY => UNEXPECTED }
    FALSE_SE { b's' => row::FALSE_E, ANY => UNEXPECTED }
    FALSE_E { b'e' => Step::FALSE.0, ANY => UNEXPECTED }
    NULL { b'u' => row::NULL_LL, ANY => UNEXPECTED }
    NULL_LL { b'l' => row::NULL_L, ANY => UNEXPECTED }
    NULL_L { b'l' => Step::NULL.0, ANY => UNEXPECTED }
}

/// The characters of the two-letter escapes.
const ESCAPES: &[[u8; 2]] = &[
    [b'"', b'"'],
    [b'\\', b'\\'],
    [b'/', b'/'],
    [b'b', 0x08],
    [b'f', 0x0c],
    [b'n', b'\n'],
    [b'r', b'\r'],
    [b't', b'\t'],
];

/// Returns the step that `byte` leads to from the row `state`.
pub(super) fn lead(state: u8, byte: u8) -> u8 {
    let byte = if matches!(byte, b'1'..=b'9') { NINE } else { byte };
    rows::lead(GRAMMAR, state, byte)
}

/// Returns the character of a two-letter escape, 0 where there is none.
pub(super) fn escaped(letter: u8) -> u8 {
    rows::lead(ESCAPES, 0, letter)
}
