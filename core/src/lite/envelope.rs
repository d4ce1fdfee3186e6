//! The envelope of a response, as far as a small call needs it: the function's
//! result, whether the function failed, the API's error code.

use crate::reply::member::{Member, Place};
use crate::wire::bytes;
use crate::wire::json::{Scanner, Step};

/// The bytes of a name or a number that are kept: one more than any that matters.
const NAME: usize = 20;

/// The bytes of an error code that are kept.
const CODE: usize = 64;

/// The members that are objects.
const OBJECTS: u32 = Member::Response.bit() | Member::Result.bit() | Member::Error.bit();

/// The members that must be what they should be.
const STRICT: u32 = OBJECTS
    | Member::RetMsg.bit()
    | Member::ErrMsg.bit()
    | Member::InvokeResult.bit()
    | Member::Code.bit();

/// The members that tell by their number how the call ended, those whose text is the
/// error code.
const NUMBERS: u32 = Member::OldCode.bit() | Member::InvokeResult.bit();
const CODES: u32 = Member::Code.bit() | Member::OldCodeText.bit();

/// Reads an envelope while it arrives, the result into a buffer.
///
/// A decoder of the API's envelope, as strict as the full
/// [`Decoder`](crate::reply::Decoder) where it matters: known members that come
/// twice or have a wrong type are an error.
pub(super) struct Envelope {
    scanner: Scanner,
    place: Place,
    /// The bit of the member whose value is being read; 0 where it is none that
    /// matters.
    member: u32,
    /// The members that have come, and those that have a value of their kind, as bits.
    seen: u32,
    valued: u32,
    /// The name or number being read, and its length.
    name: [u8; NAME],
    length: usize,
    /// The length of the result, which may be more than there is room for.
    pub(super) result_length: usize,
    /// The API's error code.
    code: [u8; CODE],
    code_length: usize,
    pub(super) has_failed: bool,
    /// `true` where the response is not the API's.
    is_wrong: bool,
}

impl Envelope {
    pub(super) const fn new() -> Self {
        Self {
            scanner: Scanner::new(),
            place: Place::Outside,
            member: 0,
            seen: 0,
            valued: 0,
            name: [0; NAME],
            length: 0,
            result_length: 0,
            code: [0; CODE],
            code_length: 0,
            has_failed: false,
            is_wrong: false,
        }
    }

    /// Takes the next bytes; the result goes to `out`.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut [u8]) {
        self.scanner.allow_deep();
        let mut input = bytes;
        while !self.is_wrong && !input.is_empty() {
            // Before the step: a bracket belongs to what it opens from, and to
            // what it closes.
            let depth = self.scanner.depth();
            let (step, piece) = self.scanner.step(&mut input);
            if step.error().is_some() {
                self.is_wrong = true;
            } else if step != Step::MORE && depth == self.place.level() {
                self.take(step, piece, out);
            }
        }
    }

    /// Takes what stands directly in the object that is being read.
    fn take(&mut self, step: Step, piece: &[u8], out: &mut [u8]) {
        let member = self.member;
        match step {
            Step::OBJECT_START if self.place == Place::Outside => self.place = Place::Root,
            Step::OBJECT_START => {
                self.valued |= member & OBJECTS;
                self.refuse(STRICT & !OBJECTS);
                if member & OBJECTS != 0 {
                    self.place = Place::of_level(member.trailing_zeros() + 1);
                }
            }
            Step::OBJECT_END => self.place = self.place.around(),
            Step::KEY_START => *self.target(out).1 = 0,
            Step::TEXT_START => {
                *self.target(out).1 = 0;
                self.valued |= member;
                self.refuse(OBJECTS);
            }
            Step::CHAR => self.text(self.scanner.character().as_bytes(), out),
            Step::TEXT | Step::NUMBER => self.text(piece, out),
            Step::TEXT_END if self.scanner.is_key() => self.key_end(),
            Step::TEXT_END | Step::NUMBER_END if member & NUMBERS != 0 => {
                match self.kept() {
                    // As an old code, no error.
                    b"0" => self.valued |= member & !Member::OldCode.bit(),
                    b"" | b"200" => self.valued |= member,
                    _ => {
                        self.valued |= member;
                        self.has_failed = true;
                    }
                }
            }
            Step::NUMBER_END => {
                self.valued |= member;
                self.refuse(STRICT);
            }
            Step::TEXT_END | Step::NULL => {}
            _ => self.refuse(STRICT),
        }
    }

    /// Takes a piece of a name or a text.
    #[inline(never)]
    fn text(&mut self, piece: &[u8], out: &mut [u8]) {
        self.has_failed |= self.member == Member::ErrMsg.bit() && !self.scanner.is_key();
        let (place, length) = self.target(out);
        bytes::copy(place.get_mut(*length..).unwrap_or_default(), piece);
        *length = length.saturating_add(piece.len());
    }

    /// Returns where a name or a text goes, and its length so far.
    #[inline(never)]
    fn target<'p>(&'p mut self, out: &'p mut [u8]) -> (&'p mut [u8], &'p mut usize) {
        if self.scanner.is_key() {
            return (&mut self.name, &mut self.length);
        }
        if self.member == Member::RetMsg.bit() {
            return (out, &mut self.result_length);
        }
        if self.member & CODES != 0 {
            return (&mut self.code, &mut self.code_length);
        }
        (&mut self.name, &mut self.length)
    }

    /// Returns the name or number; of a longer one than any that matters, its front.
    fn kept(&self) -> &[u8] {
        self.name.get(..self.length).unwrap_or(&self.name)
    }

    fn key_end(&mut self) {
        self.member = match Member::find(self.kept()) {
            Some((member, place)) if place == self.place => member.bit(),
            _ => 0,
        };
        self.is_wrong |= self.member & self.seen != 0;
        self.seen |= self.member;
        self.length = 0;
    }

    /// Takes a value that none of these members can have.
    fn refuse(&mut self, members: u32) {
        self.is_wrong |= self.member & members != 0;
    }

    /// Says that the body has ended; whether it was the API's.
    pub(super) fn finish(&mut self) -> bool {
        let wanted = Member::Result.bit()
            | Member::Error.bit()
            | Member::RequestId.bit()
            | Member::OldCode.bit();
        !self.is_wrong && self.scanner.finish().is_ok() && self.seen & wanted != 0
    }

    /// Returns `true` if the API answered with an error.
    pub(super) const fn has_error(&self) -> bool {
        self.valued & (Member::Error.bit() | Member::OldCode.bit()) != 0
    }

    /// Returns `true` if a run of the function has left something.
    pub(super) const fn has_result(&self) -> bool {
        self.valued & Member::OF_RESULT != 0
    }

    /// Returns the API's error code.
    pub(super) fn code(&self) -> &[u8] {
        self.code.get(..self.code_length).unwrap_or_default()
    }
}
