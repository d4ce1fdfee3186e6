//! Bytes into JSON tokens, one at a time and from pieces of any size.

use super::special::{WIDE, any_special, decode_words, is_special, simple};
use core::fmt;

/// The levels of nesting whose kind of bracket is remembered.
const LEVELS: u32 = 256;

/// One token of a JSON text, borrowed from the input where it has content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// document: only [`Scanner::finish`] knows that it has ended.
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
pub struct Utf8Char {
    bytes: [u8; 4],
    length: u8,
}

impl Utf8Char {
    /// Written out, because `char::encode_utf8` keeps a panic for a short buffer.
    fn new(character: char) -> Self {
        let code = character as u32;
        let tail = |shift: u32| 0x80 | (code >> shift & 0x3f) as u8;
        let (bytes, length) = if code < 0x80 {
            ([code as u8, 0, 0, 0], 1)
        } else if code < 0x800 {
            ([0xc0 | (code >> 6) as u8, tail(0), 0, 0], 2)
        } else if code < 0x1_0000 {
            ([0xe0 | (code >> 12) as u8, tail(6), tail(0), 0], 3)
        } else {
            ([0xf0 | (code >> 18) as u8, tail(12), tail(6), tail(0)], 4)
        };
        Self { bytes, length }
    }

    /// The one to four bytes of the character.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

/// Why a text is not JSON. [`Scanner::offset`] says where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanError {
    /// A byte that cannot stand here.
    Unexpected,
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
    /// More than 2^32 - 1 open brackets.
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
            Self::TooDeep => "JSON nested too deeply",
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
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
enum Around {
    Nothing,
    Object,
    Array,
    /// Deeper than what is remembered.
    Unknown,
}

enum Escaped {
    More,
    Char(Utf8Char),
    Full,
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
    offset: u64,
    depth: u32,
    /// One bit for each remembered level, set for an object.
    objects: [u32; (LEVELS / 32) as usize],
    /// The digits of `\u` read so far under a leading 1, which marks their number.
    code: u32,
    /// The first half of a surrogate pair, or 0.
    high: u16,
    state: State,
    key: bool,
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
        if self.is_complete() {
            Ok(())
        } else {
            Err(ScanError::Incomplete)
        }
    }

    /// The next token from the front of `input`, `None` when more is needed.
    ///
    /// # Errors
    /// The text is not JSON; the offending byte stays in `input`.
    pub fn next<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<Token<'i>>, ScanError> {
        let before = input.len();
        let result = self.step(input);
        self.offset = self
            .offset
            .wrapping_add(before.wrapping_sub(input.len()) as u64);
        result
    }

    fn step<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<Token<'i>>, ScanError> {
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
            b',' if state == State::After => (
                if around == Around::Object {
                    State::Key
                } else {
                    State::Value
                },
                None,
            ),
            b':' if state == State::Colon => (State::Value, None),
            b':' if state == State::After && around == Around::Unknown => (State::Value, None),
            _ => return Err(ScanError::Unexpected),
        };
        self.state = next;
        Ok(token)
    }

    fn around(&self) -> Around {
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

    fn end_text(&mut self) {
        self.state = if self.key { State::Colon } else { State::After };
    }

    /// The longest front of `input` that continues the number.
    fn number<'i>(&mut self, input: &'i [u8]) -> (&'i [u8], &'i [u8]) {
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

    /// A byte of an escape, whose character may take `room` bytes. `Full`
    /// where it takes more: then nothing has happened.
    fn escape(&mut self, byte: u8, room: usize) -> Result<Escaped, ScanError> {
        let code = match self.state {
            State::Escape if byte == b'u' => {
                self.code = 1;
                self.state = State::Hex;
                return Ok(Escaped::More);
            }
            State::Escape => match simple(byte) {
                0 => return Err(ScanError::Escape),
                character => u32::from(character),
            },
            State::LowSlash | State::LowLetter => {
                let (wanted, next) = match self.state {
                    State::LowSlash => (b'\\', State::LowLetter),
                    _ => (b'u', State::Hex),
                };
                if byte != wanted {
                    return Err(ScanError::Surrogate);
                }
                self.code = 1;
                self.state = next;
                return Ok(Escaped::More);
            }
            _ => {
                let digit = match byte {
                    b'0'..=b'9' => byte.wrapping_sub(b'0'),
                    b'a'..=b'f' | b'A'..=b'F' => (byte | 0x20).wrapping_sub(b'a' - 10),
                    _ => return Err(ScanError::Escape),
                };
                let code = self.code << 4 | u32::from(digit);
                if code < 0x1_0000 {
                    self.code = code;
                    return Ok(Escaped::More);
                }
                let unit = code & 0xffff;
                match (self.high, unit) {
                    (0, 0xd800..=0xdbff) => {
                        self.high = unit as u16;
                        self.state = State::LowSlash;
                        return Ok(Escaped::More);
                    }
                    (0, _) => unit,
                    (high, 0xdc00..=0xdfff) => {
                        0x1_0000 + ((u32::from(high) & 0x3ff) << 10 | unit & 0x3ff)
                    }
                    _ => return Err(ScanError::Surrogate),
                }
            }
        };
        // Only the second half of a pair is left to fail here.
        let character = Utf8Char::new(char::from_u32(code).ok_or(ScanError::Surrogate)?);
        if usize::from(character.length) > room {
            return Ok(Escaped::Full);
        }
        self.high = 0;
        self.state = State::Text;
        Ok(Escaped::Char(character))
    }

    /// Decodes the rest of a string straight into `out`, for a text too long
    /// to go through tokens.
    ///
    /// Call it after [`Token::TextStart`]. Returns the number of bytes
    /// written, and whether the string ended; then no
    /// [`TextEnd`](Token::TextEnd) comes. When it has not ended, either
    /// `input` is used up, or the next character does not fit into `out`.
    /// Outside of a string it does nothing and says that it ended.
    ///
    /// # Errors
    /// The text is not JSON. What was decoded before stands in `out`.
    pub fn text(&mut self, input: &mut &[u8], out: &mut [u8]) -> Result<(usize, bool), ScanError> {
        let (all, room) = (input.len(), out.len());
        let mut from = *input;
        let mut to = out;
        let result = loop {
            match self.state {
                State::Text => {
                    (from, to) = copy_text(from, to);
                    let Some((&byte, rest)) = from.split_first() else {
                        break Ok(false);
                    };
                    match byte {
                        b'"' => self.end_text(),
                        b'\\' => self.state = State::Escape,
                        ..0x20 => break Err(ScanError::Control),
                        // `out` is full.
                        _ => break Ok(false),
                    }
                    from = rest;
                }
                State::Escape | State::Hex | State::LowSlash | State::LowLetter => {
                    let Some((&byte, rest)) = from.split_first() else {
                        break Ok(false);
                    };
                    match self.escape(byte, to.len()) {
                        Ok(Escaped::Full) => break Ok(false),
                        Ok(Escaped::More) => {}
                        Ok(Escaped::Char(character)) => {
                            for &byte in character.as_bytes() {
                                to = put(to, byte);
                            }
                        }
                        Err(error) => break Err(error),
                    }
                    from = rest;
                }
                _ => break Ok(true),
            }
        };
        let taken = all.wrapping_sub(from.len());
        self.offset = self.offset.wrapping_add(taken as u64);
        *input = from;
        result.map(|ended| (room.wrapping_sub(to.len()), ended))
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

/// The number of bytes before the first special one.
#[inline]
fn clean(input: &[u8]) -> usize {
    let mut rest = input;
    while WIDE
        && let Some((block, after)) = rest.split_first_chunk::<16>()
        && !any_special(block)
    {
        rest = after;
    }
    while let Some((&byte, after)) = rest.split_first()
        && !is_special(byte)
    {
        rest = after;
    }
    input.len().wrapping_sub(rest.len())
}

/// Writes one byte; there must be room.
#[inline(always)]
fn put(to: &mut [u8], byte: u8) -> &mut [u8] {
    match to.split_first_mut() {
        Some((place, free)) => {
            *place = byte;
            free
        }
        None => Default::default(),
    }
}

/// Copies text and two-letter escapes until something else comes, or one of
/// the two slices is used up.
fn copy_text<'i, 'o>(mut from: &'i [u8], mut to: &'o mut [u8]) -> (&'i [u8], &'o mut [u8]) {
    loop {
        if WIDE {
            (from, to) = decode_words(from, to);
        }
        // After a block that was left out, the next ones are tried again.
        for _ in 0..8 {
            let Some((&byte, rest)) = from.split_first() else {
                return (from, to);
            };
            if to.is_empty() {
                return (from, to);
            }
            if byte == b'\\' {
                let Some((&letter, after)) = rest.split_first() else {
                    return (from, to);
                };
                let character = simple(letter);
                if character == 0 {
                    return (from, to);
                }
                to = put(to, character);
                from = after;
            } else if is_special(byte) {
                return (from, to);
            } else {
                to = put(to, byte);
                from = rest;
            }
        }
    }
}

/// Whether a number may end in this state.
const fn ends_number(state: State) -> bool {
    matches!(
        state,
        State::Zero | State::Whole | State::Fraction | State::Power
    )
}

/// The grammar of numbers: the state after `byte`, `None` where it does not
/// continue the number.
#[inline]
const fn next_in_number(state: State, byte: u8) -> Option<State> {
    Some(match (state, byte) {
        (State::Number, b'-') => State::Minus,
        (State::Number | State::Minus, b'0') => State::Zero,
        (State::Number | State::Minus, b'1'..=b'9') | (State::Whole, b'0'..=b'9') => State::Whole,
        (State::Zero | State::Whole, b'.') => State::Point,
        (State::Point | State::Fraction, b'0'..=b'9') => State::Fraction,
        (State::Zero | State::Whole | State::Fraction, b'e' | b'E') => State::Exponent,
        (State::Exponent, b'+' | b'-') => State::Sign,
        (State::Exponent | State::Sign | State::Power, b'0'..=b'9') => State::Power,
        _ => return None,
    })
}
