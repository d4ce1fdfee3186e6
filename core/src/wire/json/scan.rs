//! Bytes into JSON tokens, one at a time and from pieces of any size.

use super::grammar::{Step, escaped, lead, row};
use super::special::{BLOCKS, any_special, first_special, first_special_of_16, is_special};
use super::token::{ScanError, Token, Utf8Char};
use crate::wire::FAST;
use crate::wire::ascii::with_digit;
use crate::wire::bytes::Align32;

/// The levels of nesting whose kind of bracket is remembered.
const LEVELS: u32 = 256;

/// Splits a JSON text into tokens while it arrives.
///
/// Feed it any pieces of a text, in order: [`next`](Self::next) takes from the
/// front of `input` and gives one token, or `None` once `input` is used up.
/// However the text is cut, the tokens are the same but for adjacent `Text` or
/// `Number` pieces. [`finish`](Self::finish) says whether the text was
/// complete.
///
/// The whole of RFC 8259 is checked, with two limits that keep the state
/// small: UTF-8 inside strings is left to whoever uses the text, and more than
/// 256 levels of nesting are an error.
///
/// After an error the scanner stays where it is and repeats the error.
///
/// ```
/// use scf_invoke_core::wire::json::{Scanner, Token};
///
/// let mut scanner = Scanner::new();
/// let mut input: &[u8] = br#"{"n": 1}"#;
/// let mut tokens = Vec::new();
/// while let Some(token) = scanner.next(&mut input)? {
///     tokens.push(token);
/// }
/// scanner.finish()?;
/// assert_eq!(tokens, [
///     Token::ObjectStart,
///     Token::TextStart, Token::Text(b"n"), Token::TextEnd,
///     Token::Number(b"1"), Token::NumberEnd,
///     Token::ObjectEnd,
/// ]);
/// # Ok::<(), scf_invoke_core::wire::json::ScanError>(())
/// ```
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Scanner {
    /// A row of the grammar.
    pub(super) state: u8,
    pub(super) key: bool,
    /// `true` where nesting beyond the remembered levels is no error.
    allows_deep: bool,
    /// The first half of a surrogate pair, or 0.
    pub(super) high: u16,
    /// The digits of `\u` read so far under a leading 1, which marks their
    /// number; then the character that an escape stands for.
    pub(super) code: u32,
    depth: u32,
    /// One bit for each remembered level, set for an object.
    objects: [u32; (LEVELS / 32) as usize],
    pub(super) offset: Align32<u64>,
}

impl Scanner {
    /// Creates a scanner at the start of a document.
    #[must_use]
    pub const fn new() -> Self {
        const NEW: Scanner = Scanner {
            offset: Align32(0),
            depth: 0,
            objects: [0; (LEVELS / 32) as usize],
            code: 0,
            high: 0,
            state: row::START,
            key: false,
            allows_deep: false,
        };
        NEW
    }

    /// Allows a document of which only the outer levels matter: below 256
    /// levels the brackets are only counted, so that there neither their kind
    /// nor the order of `:` and `,` is checked and no text is a key.
    ///
    /// Not a constructor: what is made of zeros alone is cleared, and anything
    /// else copied from a constant, which takes 100 bytes of flash.
    pub(crate) const fn allow_deep(&mut self) {
        self.allows_deep = true;
    }

    /// Returns `true` if the text being read, or just ended, is an object's
    /// key.
    #[must_use]
    pub const fn is_key(&self) -> bool {
        self.key
    }

    /// Returns the number of open brackets.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.depth
    }

    /// Returns the number of bytes taken so far; after an error, where it lies.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset.0
    }

    pub(super) fn count(&mut self, taken: usize) {
        self.offset = Align32(self.offset.0.wrapping_add(taken as u64));
    }

    /// Returns `true` once the document has been read to its end.
    ///
    /// A number that is the whole document has no end of its own: for it, only
    /// [`finish`](Self::finish) makes this true.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.state == row::DONE
    }

    /// Says that the text has ended.
    ///
    /// # Errors
    /// [`ScanError::Incomplete`] where the document has not.
    pub fn finish(&mut self) -> Result<(), ScanError> {
        if self.depth == 0 {
            // Ends a number, and completes nothing else.
            self.byte(b' ');
        }
        if self.is_complete() { Ok(()) } else { Err(ScanError::Incomplete) }
    }

    /// Returns the next token from the front of `input`, `None` when more is
    /// needed.
    ///
    /// # Errors
    /// The text is not JSON; the offending byte stays in `input`.
    pub fn next<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<Token<'i>>, ScanError> {
        while !input.is_empty() {
            let (step, piece) = self.step(input);
            self.count(piece.len());
            return Ok(Some(match step {
                Step::OBJECT_START => Token::ObjectStart,
                Step::OBJECT_END => Token::ObjectEnd,
                Step::ARRAY_START => Token::ArrayStart,
                Step::ARRAY_END => Token::ArrayEnd,
                Step::KEY_START | Step::TEXT_START => Token::TextStart,
                Step::TEXT => Token::Text(piece),
                Step::CHAR => Token::Char(self.character()),
                Step::TEXT_END => Token::TextEnd,
                Step::NUMBER => Token::Number(piece),
                Step::NUMBER_END => Token::NumberEnd,
                Step::TRUE => Token::True,
                Step::FALSE => Token::False,
                Step::NULL => Token::Null,
                _ => match step.error() {
                    Some(error) => return Err(error),
                    None => continue,
                },
            }));
        }
        Ok(None)
    }

    /// Returns one step and the bytes that it takes: of text that stands for
    /// itself as many as there are.
    // Inlined where speed matters more than size.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn step<'i>(&mut self, input: &mut &'i [u8]) -> (Step, &'i [u8]) {
        let Some((&byte, after)) = input.split_first() else {
            return (Step::MORE, &[]);
        };
        let step = self.byte(byte);
        let rest = match step {
            Step::TEXT => after_clean(after),
            Step::NUMBER if FAST => self.number(after),
            Step(step) if step >= Step::NUMBER_END.0 => input,
            _ => after,
        };
        let piece = input.get(..input.len().wrapping_sub(rest.len())).unwrap_or_default();
        *input = rest;
        (step, piece)
    }

    /// Takes a byte without telling what it led to.
    pub(super) fn take(&mut self, byte: u8) -> Result<(), ScanError> {
        loop {
            let step = self.byte(byte);
            if let Some(error) = step.error() {
                return Err(error);
            }
            if step != Step::NUMBER_END {
                break;
            }
        }
        self.count(1);
        Ok(())
    }

    /// Returns the step that a byte leads to. The byte is taken, except for
    /// [`Step::NUMBER_END`] and errors.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn byte(&mut self, byte: u8) -> Step {
        let state = self.state;
        if is_blank(state, byte) {
            return Step::MORE;
        }
        if state == row::HEX {
            return self.digit(byte);
        }
        let step = Step(lead(state, byte));
        self.state = match step {
            Step::OBJECT_START | Step::ARRAY_START => {
                let deepest = if self.allows_deep { u32::MAX } else { LEVELS };
                if self.depth >= deepest {
                    return Step::failed(ScanError::TooDeep);
                }
                self.depth = self.depth.wrapping_add(1);
                self.open(step == Step::OBJECT_START)
            }
            Step::OBJECT_END | Step::ARRAY_END => {
                self.depth = self.depth.wrapping_sub(1);
                self.after()
            }
            Step::KEY_START | Step::TEXT_START => {
                self.key = step == Step::KEY_START;
                row::TEXT
            }
            Step::TEXT => row::TEXT,
            Step::CHAR => {
                self.code = escaped(byte).into();
                if self.code == 0 {
                    return Step::failed(ScanError::Escape);
                }
                row::TEXT
            }
            Step::TEXT_END => self.after_text(),
            Step::NUMBER_END | Step::TRUE | Step::FALSE | Step::NULL => self.after(),
            Step(row) if row < Step::OBJECT_START.0 => {
                self.code = 1;
                self.state = row;
                return if continues_number(row) { Step::NUMBER } else { Step::MORE };
            }
            _ => state,
        };
        step
    }

    /// Returns `true` while the closing quote of a string is still to come.
    pub(crate) fn is_in_text(&self) -> bool {
        self.state >= row::TEXT && self.state <= row::HEX
    }

    /// Takes one of the four digits of `\u`.
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn digit(&mut self, byte: u8) -> Step {
        let Some(code) = with_digit(self.code, byte, 16) else {
            return Step::failed(ScanError::Escape);
        };
        if code < 0x1_0000 {
            self.code = code;
            return Step::MORE;
        }
        let (unit, high) = (code & 0xffff, u32::from(self.high));
        let low = unit >> 10 == 0xdc00 >> 10;
        if low != (high != 0) {
            return Step::failed(ScanError::Surrogate);
        }
        if unit >> 10 == 0xd800 >> 10 {
            self.high = unit as u16;
            self.state = row::LOW_HALF;
            return Step::MORE;
        }
        // What the two halves have in front of their ten bits each is taken off.
        const FRONTS: u32 = (0xd800 << 10) + 0xdc00 - 0x1_0000;
        self.code = if low { (high << 10).wrapping_add(unit).wrapping_sub(FRONTS) } else { unit };
        self.high = 0;
        self.state = row::TEXT;
        Step::CHAR
    }

    /// Goes on after [`ScanError::Surrogate`] as if the half of a pair that
    /// stands alone were another character.
    pub(crate) fn skip_surrogate(&mut self, input: &mut &[u8]) {
        self.state = match self.state {
            // A second half alone, whose last digit is still to be taken.
            row::HEX if self.high == 0 => {
                *input = input.get(1..).unwrap_or_default();
                row::TEXT
            }
            // A first half before another escape, which is read as what it is.
            row::HEX => row::HEX,
            row::LOW_HALF => row::TEXT,
            _ => row::ESCAPE,
        };
        self.high = 0;
    }

    /// Returns the character of the escape that is just complete.
    pub(crate) fn character(&self) -> Utf8Char {
        Utf8Char::new(self.code)
    }

    /// Returns the row to continue at after a value.
    pub(super) fn after(&self) -> u8 {
        let Some(level) = self.depth.checked_sub(1) else {
            return row::DONE;
        };
        match self.objects.get((level / 32) as usize) {
            None => row::AFTER_DEEP,
            Some(bits) if bits >> (level % 32) & 1 == 1 => row::AFTER_MEMBER,
            Some(_) => row::AFTER_ITEM,
        }
    }

    /// Returns the row to continue at after a string.
    pub(super) fn after_text(&self) -> u8 {
        if self.key { row::COLON } else { self.after() }
    }

    /// Enters an array or an object and returns the row to continue at.
    fn open(&mut self, object: bool) -> u8 {
        let level = self.depth.wrapping_sub(1);
        let Some(bits) = self.objects.get_mut((level / 32) as usize) else {
            return row::DEEP_OR_END;
        };
        let bit = 1 << (level % 32);
        *bits &= !bit;
        if object {
            *bits |= bit;
        }
        if object { row::KEY_OR_END } else { row::ITEM_OR_END }
    }

    /// Takes the bytes that continue the number.
    pub(super) fn number<'i>(&mut self, mut input: &'i [u8]) -> &'i [u8] {
        while let Some((&byte, rest)) = input.split_first() {
            let next = lead(self.state, byte);
            if !continues_number(next) {
                break;
            }
            self.state = next;
            input = rest;
        }
        input
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns the rest, from the first special byte on.
#[inline]
pub(super) fn after_clean(mut rest: &[u8]) -> &[u8] {
    if BLOCKS {
        while let Some((block, after)) = rest.split_first_chunk::<16>() {
            if any_special(block) {
                if FAST {
                    break;
                }
                return rest.get(first_special_of_16(block)..).unwrap_or_default();
            }
            rest = after;
        }
    }
    if FAST {
        while let Some((bytes, _)) = rest.split_first_chunk() {
            let here = first_special(bytes);
            rest = rest.get(here..).unwrap_or_default();
            if here < 8 {
                return rest;
            }
        }
    }
    while let Some((&byte, after)) = rest.split_first()
        && !is_special(byte)
    {
        rest = after;
    }
    rest
}

/// Returns `true` if the byte is white space in a row that takes it.
#[inline(always)]
pub(super) const fn is_blank(state: u8, byte: u8) -> bool {
    state < row::MINUS && matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// Returns `true` if the row is in a number.
pub(super) const fn continues_number(state: u8) -> bool {
    state >= row::MINUS && state < row::TEXT
}

/// Returns `true` if a number may end in this row.
pub(super) const fn ends_number(state: u8) -> bool {
    matches!(state, row::ZERO | row::WHOLE | row::FRACTION | row::POWER)
}
