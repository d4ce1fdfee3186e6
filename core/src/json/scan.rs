//! Bytes into JSON tokens, one at a time and from pieces of any size.

use super::special::{WIDE, any_special, first_special, is_special};
use super::text::Escaped;
use super::token::{ScanError, Token};

/// The levels of nesting whose kind of bracket is remembered.
const LEVELS: u32 = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    After,
    Text,
    Escape,
    Hex,
    LowSlash,
    LowLetter,
    Word,
    Number,
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    Exponent,
    Sign,
    Power,
}

/// What the bracket around the current place is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    Nothing,
    Object,
    Array,
    /// Deeper than what is remembered.
    Unknown,
}

/// Splits a JSON text into tokens while it arrives.
///
/// Feed it any pieces of a text, in order: [`next`](Self::next) takes from the
/// front of `input` and gives one token, or `None` once `input` is used up.
/// However the text is cut, the tokens are the same but for adjacent `Text` or
/// `Number` pieces. [`finish`](Self::finish) says whether the text was
/// complete.
///
/// The whole of RFC 8259 is checked, with two limits that keep the state
/// small: UTF-8 inside strings is left to whoever uses the text, and below 256
/// levels of nesting the brackets are only counted, so that there neither
/// their kind nor the order of `:` and `,` is checked and no text is a key.
///
/// After an error the scanner stays where it is and repeats the error.
///
/// ```
/// use scf_core::json::{Scanner, Token};
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
/// # Ok::<(), scf_core::json::ScanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scanner {
    pub(super) offset: u64,
    depth: u32,
    /// One bit for each remembered level, set for an object.
    objects: [u32; (LEVELS / 32) as usize],
    /// The digits of `\u` read so far under a leading 1, which marks their number.
    pub(super) code: u32,
    /// The first half of a surrogate pair, or 0.
    pub(super) high: u16,
    pub(super) state: State,
    pub(super) key: bool,
    /// The first letter of the word being read, and the letters read of it.
    word: u8,
    letters: u8,
}

impl Scanner {
    /// A scanner at the start of a document.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            offset: 0,
            depth: 0,
            objects: [0; (LEVELS / 32) as usize],
            code: 0,
            high: 0,
            state: State::Value,
            key: false,
            word: 0,
            letters: 0,
        }
    }

    /// Whether the text being read, or just ended, is an object's key.
    #[must_use]
    pub const fn is_key(&self) -> bool {
        self.key
    }

    /// The number of open brackets.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.depth
    }

    /// The number of bytes taken so far; after an error, where it lies.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the document has been read to its end.
    ///
    /// A number that is the whole document has no end of its own: for it, only
    /// [`finish`](Self::finish) makes this true.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.depth == 0 && self.state == State::After
    }

    /// Says that the text has ended.
    ///
    /// # Errors
    /// [`ScanError::Incomplete`] where the document has not.
    pub fn finish(&mut self) -> Result<(), ScanError> {
        if self.depth == 0 && ends_number(self.state) {
            self.state = State::After;
        }
        if self.is_complete() { Ok(()) } else { Err(ScanError::Incomplete) }
    }

    /// The next token from the front of `input`, `None` when more is needed.
    ///
    /// # Errors
    /// The text is not JSON; the offending byte stays in `input`.
    pub fn next<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<Token<'i>>, ScanError> {
        let before = input.len();
        let result = self.step(input);
        self.offset = self.offset.wrapping_add(before.wrapping_sub(input.len()) as u64);
        result
    }

    // Inlined where speed matters more than size, so that `skim` makes no tokens.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn step<'i>(
        &mut self,
        input: &mut &'i [u8],
    ) -> Result<Option<Token<'i>>, ScanError> {
        while let Some((&byte, rest)) = input.split_first() {
            let token = match self.state {
                State::Text => {
                    let (piece, left) = input.split_at_checked(clean(input)).unwrap_or_default();
                    if !piece.is_empty() {
                        *input = left;
                        return Ok(Some(Token::Text(piece)));
                    }
                    match byte {
                        b'"' => {
                            self.end_text();
                            Some(Token::TextEnd)
                        }
                        b'\\' => {
                            self.state = State::Escape;
                            None
                        }
                        _ => return Err(ScanError::Control),
                    }
                }
                State::Escape | State::Hex | State::LowSlash | State::LowLetter => {
                    match self.escape(byte, 4)? {
                        Escaped::Char(character) => Some(Token::Char(character)),
                        Escaped::More | Escaped::Full => None,
                    }
                }
                State::Word => {
                    let (word, token): (&[u8], _) = match self.word {
                        b't' => (b"true", Token::True),
                        b'f' => (b"false", Token::False),
                        _ => (b"null", Token::Null),
                    };
                    if word.get(usize::from(self.letters)) != Some(&byte) {
                        return Err(ScanError::Unexpected);
                    }
                    self.letters = self.letters.wrapping_add(1);
                    if usize::from(self.letters) == word.len() {
                        self.state = State::After;
                        Some(token)
                    } else {
                        None
                    }
                }
                State::Value
                | State::ValueOrEnd
                | State::Key
                | State::KeyOrEnd
                | State::Colon
                | State::After => match byte {
                    b' ' | b'\n' | b'\r' | b'\t' => None,
                    b'-' | b'0'..=b'9'
                        if matches!(self.state, State::Value | State::ValueOrEnd) =>
                    {
                        self.key = false;
                        self.state = State::Number;
                        // The byte belongs to the number's first piece.
                        continue;
                    }
                    _ => self.structure(byte)?,
                },
                _ => {
                    let (piece, left) = self.number(input);
                    if !piece.is_empty() {
                        *input = left;
                        return Ok(Some(Token::Number(piece)));
                    }
                    if !ends_number(self.state) {
                        return Err(ScanError::Number);
                    }
                    self.state = State::After;
                    return Ok(Some(Token::NumberEnd));
                }
            };
            *input = rest;
            if token.is_some() {
                return Ok(token);
            }
        }
        Ok(None)
    }

    /// A byte outside of strings, numbers and words.
    fn structure(&mut self, byte: u8) -> Result<Option<Token<'static>>, ScanError> {
        let around = self.around();
        let state = self.state;
        if state == State::After && around == Around::Nothing {
            return Err(ScanError::Trailing);
        }
        let value = matches!(state, State::Value | State::ValueOrEnd);
        let key = matches!(state, State::Key | State::KeyOrEnd);
        let end = matches!(state, State::After | State::ValueOrEnd | State::KeyOrEnd);
        let (next, token) = match byte {
            b'"' if value || key => {
                self.key = key;
                (State::Text, Some(Token::TextStart))
            }
            b'{' if value => (self.open(true)?, Some(Token::ObjectStart)),
            b'[' if value => (self.open(false)?, Some(Token::ArrayStart)),
            b't' | b'f' | b'n' if value => {
                self.key = false;
                self.word = byte;
                self.letters = 1;
                (State::Word, None)
            }
            b'}' if end && around != Around::Array => (self.close(), Some(Token::ObjectEnd)),
            b']' if end && around != Around::Object => (self.close(), Some(Token::ArrayEnd)),
            b',' if state == State::After => {
                (if around == Around::Object { State::Key } else { State::Value }, None)
            }
            b':' if state == State::Colon => (State::Value, None),
            b':' if state == State::After && around == Around::Unknown => (State::Value, None),
            _ => return Err(ScanError::Unexpected),
        };
        self.state = next;
        Ok(token)
    }

    pub(super) fn around(&self) -> Around {
        let Some(level) = self.depth.checked_sub(1) else {
            return Around::Nothing;
        };
        match self.objects.get((level / 32) as usize) {
            None => Around::Unknown,
            Some(bits) if bits >> (level % 32) & 1 == 1 => Around::Object,
            Some(_) => Around::Array,
        }
    }

    fn open(&mut self, object: bool) -> Result<State, ScanError> {
        let level = self.depth;
        self.depth = level.checked_add(1).ok_or(ScanError::TooDeep)?;
        self.key = false;
        let Some(bits) = self.objects.get_mut((level / 32) as usize) else {
            return Ok(State::ValueOrEnd);
        };
        let bit = 1 << (level % 32);
        if object {
            *bits |= bit;
            Ok(State::KeyOrEnd)
        } else {
            *bits &= !bit;
            Ok(State::ValueOrEnd)
        }
    }

    fn close(&mut self) -> State {
        self.depth = self.depth.saturating_sub(1);
        self.key = false;
        State::After
    }

    pub(super) fn end_text(&mut self) {
        self.state = if self.key { State::Colon } else { State::After };
    }

    /// The longest front of `input` that continues the number.
    pub(super) fn number<'i>(&mut self, input: &'i [u8]) -> (&'i [u8], &'i [u8]) {
        let mut taken = 0usize;
        let mut state = self.state;
        for &byte in input {
            let Some(next) = next_in_number(state, byte) else {
                break;
            };
            state = next;
            taken = taken.wrapping_add(1);
        }
        self.state = state;
        input.split_at_checked(taken).unwrap_or_default()
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

/// The number of bytes before the first special one.
#[inline]
pub(super) fn clean(input: &[u8]) -> usize {
    let mut rest = input;
    if WIDE {
        while let Some((block, after)) = rest.split_first_chunk::<16>()
            && !any_special(block)
        {
            rest = after;
        }
        while let Some((bytes, _)) = rest.split_first_chunk() {
            let here = first_special(bytes);
            rest = rest.get(here..).unwrap_or_default();
            if here < 8 {
                return input.len().wrapping_sub(rest.len());
            }
        }
    }
    while let Some((&byte, after)) = rest.split_first()
        && !is_special(byte)
    {
        rest = after;
    }
    input.len().wrapping_sub(rest.len())
}

/// Whether a number may end in this state.
pub(super) const fn ends_number(state: State) -> bool {
    matches!(state, State::Zero | State::Whole | State::Fraction | State::Power)
}

/// The grammar of numbers: the state after `byte`, `None` where it does not
/// continue the number.
#[inline]
const fn next_in_number(state: State, byte: u8) -> Option<State> {
    Some(match byte {
        b'0'..=b'9' => match state {
            State::Number | State::Minus if byte == b'0' => State::Zero,
            State::Number | State::Minus | State::Whole => State::Whole,
            State::Point | State::Fraction => State::Fraction,
            State::Exponent | State::Sign | State::Power => State::Power,
            _ => return None,
        },
        b'.' if matches!(state, State::Zero | State::Whole) => State::Point,
        b'e' | b'E' if matches!(state, State::Zero | State::Whole | State::Fraction) => {
            State::Exponent
        }
        b'-' if matches!(state, State::Number) => State::Minus,
        b'-' | b'+' if matches!(state, State::Exponent) => State::Sign,
        _ => return None,
    })
}
