//! Bytes into JSON tokens, one at a time and from pieces of any size.

use super::special::{WIDE, any_special, first_special, is_special, simple};
use super::token::{ScanError, Token, Utf8Char};

/// The levels of nesting whose kind of bracket is remembered.
const LEVELS: u32 = 256;

/// What the bytes between strings, numbers and words can be; the states
/// between them say which may come.
mod may {
    pub(super) const VALUE: u8 = 1;
    pub(super) const KEY: u8 = 2;
    pub(super) const END: u8 = 4;
    pub(super) const COMMA: u8 = 8;
    pub(super) const COLON: u8 = 16;
}

/// Where in the text the scanner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum State {
    // Between strings, numbers and words: what may come.
    Value = may::VALUE,
    ValueOrEnd = may::VALUE | may::END,
    Key = may::KEY,
    KeyOrEnd = may::KEY | may::END,
    Colon = may::COLON,
    After = may::COMMA | may::END,
    // In a string.
    Text = 32,
    Escape,
    Hex,
    /// In a run of bytes of which only one is possible: see [`RUNS`].
    Run,
    // In a number, after what the name says.
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    Exponent,
    Sign,
    Power,
}

/// Runs of bytes that have to follow each other, and behind each a byte that
/// says what it was: a word, or what stands between the halves of a surrogate
/// pair.
const RUNS: &[u8; 19] = b"true\x01false\x02null\x03\\u\x04";
const TRUE: u8 = 0;
const FALSE: u8 = 5;
const NULL: u8 = 11;
const LOW_HALF: u8 = 16;

/// What a byte led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing to tell.
    More,
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    TextStart,
    /// Bytes of a string that stand for themselves.
    Text,
    /// An escape is complete, see [`Scanner::character`].
    Char,
    TextEnd,
    /// A byte of a number.
    Number,
    /// The number has ended before this byte, which is not taken.
    NumberEnd,
    True,
    False,
    Null,
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
    /// The digits of `\u` read so far under a leading 1, which marks their
    /// number; then the character that an escape stands for.
    pub(super) code: u32,
    /// The first half of a surrogate pair, or 0.
    pub(super) high: u16,
    pub(super) state: State,
    pub(super) key: bool,
    /// The place in [`RUNS`].
    run: u8,
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
            run: 0,
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
        while !input.is_empty() {
            let (step, piece) = self.step(input)?;
            self.offset = self.offset.wrapping_add(piece.len() as u64);
            return Ok(Some(match step {
                Step::More => continue,
                Step::ObjectStart => Token::ObjectStart,
                Step::ObjectEnd => Token::ObjectEnd,
                Step::ArrayStart => Token::ArrayStart,
                Step::ArrayEnd => Token::ArrayEnd,
                Step::TextStart => Token::TextStart,
                Step::Text => Token::Text(piece),
                Step::Char => Token::Char(self.character()),
                Step::TextEnd => Token::TextEnd,
                Step::Number => Token::Number(piece),
                Step::NumberEnd => Token::NumberEnd,
                Step::True => Token::True,
                Step::False => Token::False,
                Step::Null => Token::Null,
            }));
        }
        Ok(None)
    }

    /// One step and the bytes that it takes: of text that stands for itself as
    /// many as there are.
    // Inlined where speed matters more than size.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn step<'i>(&mut self, input: &mut &'i [u8]) -> Result<(Step, &'i [u8]), ScanError> {
        let Some((&byte, rest)) = input.split_first() else {
            return Ok((Step::More, &[]));
        };
        let step = self.byte(byte)?;
        let count = match step {
            Step::NumberEnd => 0,
            Step::Text => clean(rest).wrapping_add(1),
            Step::Number => self.number(rest).wrapping_add(1),
            _ => 1,
        };
        let (piece, rest) = input.split_at_checked(count).unwrap_or_default();
        *input = rest;
        Ok((step, piece))
    }

    /// Takes a byte without telling what it led to.
    pub(super) fn take(&mut self, byte: u8) -> Result<(), ScanError> {
        while self.byte(byte)? == Step::NumberEnd {}
        self.offset = self.offset.wrapping_add(1);
        Ok(())
    }

    /// What a byte leads to; it is taken, but for [`Step::NumberEnd`].
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn byte(&mut self, byte: u8) -> Result<Step, ScanError> {
        match self.state {
            State::Text => match byte {
                b'"' => {
                    self.end_text();
                    Ok(Step::TextEnd)
                }
                b'\\' => {
                    self.state = State::Escape;
                    Ok(Step::More)
                }
                ..0x20 => Err(ScanError::Control),
                _ => Ok(Step::Text),
            },
            State::Escape if byte == b'u' => Ok(self.hex()),
            State::Escape => match simple(byte) {
                0 => Err(ScanError::Escape),
                character => Ok(self.escaped(character.into())),
            },
            State::Hex => self.hex_digit(byte),
            State::Run => self.run(byte),
            State::Value
            | State::ValueOrEnd
            | State::Key
            | State::KeyOrEnd
            | State::Colon
            | State::After => self.between(byte),
            state => match next_in_number(state, byte) {
                Some(next) => {
                    self.state = next;
                    Ok(Step::Number)
                }
                None if ends_number(state) => {
                    self.state = State::After;
                    Ok(Step::NumberEnd)
                }
                None => Err(ScanError::Number),
            },
        }
    }

    /// A byte outside of strings, numbers and words.
    fn between(&mut self, byte: u8) -> Result<Step, ScanError> {
        let around = self.around();
        let mut may = self.state as u8;
        if self.state == State::After {
            match around {
                Around::Nothing => may = 0,
                Around::Unknown => may |= may::COLON,
                _ => {}
            }
        }
        let is = match byte {
            b' ' | b'\n' | b'\r' | b'\t' => return Ok(Step::More),
            b'"' => may::VALUE | may::KEY,
            b'{' | b'[' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9' => may::VALUE,
            b'}' | b']' => may::END,
            b',' => may::COMMA,
            b':' => may::COLON,
            _ => 0,
        };
        if may == 0 {
            return Err(ScanError::Trailing);
        }
        if is & may == 0 {
            return Err(ScanError::Unexpected);
        }
        let (state, step) = match byte {
            b'{' => (self.open(true)?, Step::ObjectStart),
            b'[' => (self.open(false)?, Step::ArrayStart),
            b'}' if around != Around::Array => (self.close(), Step::ObjectEnd),
            b']' if around != Around::Object => (self.close(), Step::ArrayEnd),
            b'}' | b']' => return Err(ScanError::Unexpected),
            b',' if around == Around::Object => (State::Key, Step::More),
            b',' | b':' => (State::Value, Step::More),
            b'"' => {
                self.key = may & may::KEY != 0;
                self.state = State::Text;
                return Ok(Step::TextStart);
            }
            b't' => (self.start(TRUE), Step::More),
            b'f' => (self.start(FALSE), Step::More),
            b'n' => (self.start(NULL), Step::More),
            _ => (number_start(byte), Step::Number),
        };
        // Whatever is no string is no key; `:` and `,` may say so as well.
        self.key = false;
        self.state = state;
        Ok(step)
    }

    /// Whether the closing quote of a string is still to come.
    pub(crate) fn is_in_text(&self) -> bool {
        match self.state {
            State::Text | State::Escape | State::Hex => true,
            State::Run => self.run >= LOW_HALF,
            _ => false,
        }
    }

    /// Goes on behind the first byte of a run.
    fn start(&mut self, run: u8) -> State {
        self.run = run.wrapping_add(1);
        State::Run
    }

    fn run(&mut self, byte: u8) -> Result<Step, ScanError> {
        let at = usize::from(self.run);
        if RUNS.get(at) != Some(&byte) {
            return Err(if self.run < LOW_HALF {
                ScanError::Unexpected
            } else {
                ScanError::Surrogate
            });
        }
        self.run = self.run.wrapping_add(1);
        let step = match RUNS.get(at.wrapping_add(1)) {
            Some(1) => Step::True,
            Some(2) => Step::False,
            Some(3) => Step::Null,
            Some(4) => return Ok(self.hex()),
            _ => return Ok(Step::More),
        };
        self.state = State::After;
        Ok(step)
    }

    /// Four digits follow.
    fn hex(&mut self) -> Step {
        self.code = 1;
        self.state = State::Hex;
        Step::More
    }

    fn hex_digit(&mut self, byte: u8) -> Result<Step, ScanError> {
        let digit = match byte {
            b'0'..=b'9' => byte.wrapping_sub(b'0'),
            b'a'..=b'f' | b'A'..=b'F' => (byte | 0x20).wrapping_sub(b'a' - 10),
            _ => return Err(ScanError::Escape),
        };
        let code = self.code << 4 | u32::from(digit);
        if code < 0x1_0000 {
            self.code = code;
            return Ok(Step::More);
        }
        let unit = code & 0xffff;
        let low = unit & 0xfc00 == 0xdc00;
        if low != (self.high != 0) {
            return Err(ScanError::Surrogate);
        }
        if unit & 0xfc00 == 0xd800 {
            self.high = unit as u16;
            self.run = LOW_HALF;
            self.state = State::Run;
            return Ok(Step::More);
        }
        let above = u32::from(self.high) & 0x3ff;
        Ok(self.escaped(if low { 0x1_0000 + (above << 10 | unit & 0x3ff) } else { unit }))
    }

    /// An escape is complete.
    fn escaped(&mut self, code: u32) -> Step {
        self.code = code;
        self.high = 0;
        self.state = State::Text;
        Step::Char
    }

    /// The character of the escape that is just complete.
    pub(crate) fn character(&self) -> Utf8Char {
        Utf8Char::new(self.code)
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
        State::After
    }

    pub(super) fn end_text(&mut self) {
        self.state = if self.key { State::Colon } else { State::After };
    }

    /// Takes the bytes that continue the number; how many those are.
    pub(super) fn number(&mut self, input: &[u8]) -> usize {
        let mut taken = 0usize;
        for &byte in input {
            let Some(next) = next_in_number(self.state, byte) else {
                break;
            };
            self.state = next;
            taken = taken.wrapping_add(1);
        }
        taken
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

/// The state after the first byte of a number.
pub(super) const fn number_start(byte: u8) -> State {
    match byte {
        b'-' => State::Minus,
        b'0' => State::Zero,
        _ => State::Whole,
    }
}

/// The grammar of numbers: the state after `byte`, `None` where it does not
/// continue the number.
#[inline]
const fn next_in_number(state: State, byte: u8) -> Option<State> {
    Some(match byte {
        b'0'..=b'9' => match state {
            State::Minus if byte == b'0' => State::Zero,
            State::Minus | State::Whole => State::Whole,
            State::Point | State::Fraction => State::Fraction,
            State::Exponent | State::Sign | State::Power => State::Power,
            _ => return None,
        },
        b'.' if matches!(state, State::Zero | State::Whole) => State::Point,
        b'e' | b'E' if matches!(state, State::Zero | State::Whole | State::Fraction) => {
            State::Exponent
        }
        b'-' | b'+' if matches!(state, State::Exponent) => State::Sign,
        _ => return None,
    })
}
