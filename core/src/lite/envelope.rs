//! The envelope of a response, as far as a small call needs it: the function's
//! result, whether the function failed, the API's error code.

use crate::reply::member::{Member, Place};
use crate::wire::bytes;
use crate::wire::json::{Scanner, Step};

/// The bytes of a name or a number that are kept: one more than any that matters.
const NAME: usize = 20;

/// The bytes of an error code that are kept.
const CODE: usize = 64;

/// Reads an envelope while it arrives, the result into a buffer.
///
/// A decoder of the API's envelope, as strict as the full
/// [`Decoder`](crate::reply::Decoder) where it matters: known members that come
/// twice or have a wrong type are an error.
pub(super) struct Envelope {
    scanner: Scanner,
    place: Place,
    /// The member whose value is being read, if it is one that matters.
    member: Option<Member>,
    /// The members that have come, as bits.
    seen: u32,
    /// The name or number being read, and its length.
    name: [u8; NAME],
    length: usize,
    /// The length of the result, which may be more than there is room for.
    pub(super) result_length: usize,
    /// The API's error code.
    code: [u8; CODE],
    code_length: usize,
    pub(super) has_error: bool,
    pub(super) has_failed: bool,
    /// `true` where a run of the function has left something.
    pub(super) has_result: bool,
    /// `true` where the response is not the API's.
    is_wrong: bool,
}

impl Envelope {
    pub(super) const fn new() -> Self {
        Self {
            scanner: Scanner::new(),
            place: Place::Outside,
            member: None,
            seen: 0,
            name: [0; NAME],
            length: 0,
            result_length: 0,
            code: [0; CODE],
            code_length: 0,
            has_error: false,
            has_failed: false,
            has_result: false,
            is_wrong: false,
        }
    }

    /// Takes the next bytes; the result goes to `out`.
    #[inline(never)]
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
        if matches!(step, Step::TEXT_START | Step::NUMBER_END) {
            self.has_result |= self.place == Place::Result && self.member.is_some();
        }
        match step {
            Step::OBJECT_START => match self.member {
                None if self.place == Place::Outside => self.place = Place::Root,
                Some(Member::Response) => self.place = Place::Response,
                Some(Member::Result) => self.place = Place::Result,
                Some(Member::Error) => {
                    self.has_error = true;
                    self.place = Place::Error;
                }
                _ => self.wrong_type(),
            },
            Step::OBJECT_END => self.place = self.place.around(),
            Step::KEY_START => *self.place(out).1 = 0,
            Step::TEXT_START => {
                *self.place(out).1 = 0;
                self.is_wrong |= self.is_object();
            }
            Step::CHAR => self.text(self.scanner.character().as_bytes(), out),
            Step::TEXT | Step::NUMBER => self.text(piece, out),
            Step::TEXT_END if self.scanner.is_key() => self.key_end(),
            Step::TEXT_END | Step::NUMBER_END => match self.member {
                Some(Member::InvokeResult) => {
                    self.has_failed |= !matches!(self.kept(), b"" | b"0" | b"200");
                }
                Some(Member::OldCode) => self.has_error |= self.kept() != b"0",
                _ if step == Step::NUMBER_END => self.wrong_type(),
                _ => {}
            },
            Step::NULL => {}
            _ => self.wrong_type(),
        }
    }

    /// Takes a piece of a name or a text.
    #[inline(never)]
    fn text(&mut self, piece: &[u8], out: &mut [u8]) {
        self.has_failed |= self.member == Some(Member::ErrMsg) && !self.scanner.is_key();
        let (place, length) = self.place(out);
        bytes::copy(place.get_mut(*length..).unwrap_or_default(), piece);
        *length = length.saturating_add(piece.len());
    }

    /// Returns where a name or a text goes, and its length so far.
    #[inline(never)]
    fn place<'p>(&'p mut self, out: &'p mut [u8]) -> (&'p mut [u8], &'p mut usize) {
        match self.member {
            _ if self.scanner.is_key() => (&mut self.name, &mut self.length),
            Some(Member::RetMsg) => (out, &mut self.result_length),
            Some(Member::Code | Member::OldCodeText) => (&mut self.code, &mut self.code_length),
            _ => (&mut self.name, &mut self.length),
        }
    }

    /// Returns the name or number; of a longer one than any that matters, its front.
    fn kept(&self) -> &[u8] {
        self.name.get(..self.length).unwrap_or(&self.name)
    }

    fn key_end(&mut self) {
        self.member = match Member::find(self.kept()) {
            Some((member, place)) if place == self.place => Some(member),
            _ => None,
        };
        if let Some(member) = self.member {
            self.is_wrong |= member.is_in(self.seen);
            self.seen |= member.bit();
        }
        self.length = 0;
    }

    fn is_object(&self) -> bool {
        matches!(self.member, Some(Member::Response | Member::Result | Member::Error))
    }

    /// Takes a value of a wrong type, which is an error where the member
    /// matters.
    fn wrong_type(&mut self) {
        let matters = matches!(
            self.member,
            Some(Member::RetMsg | Member::ErrMsg | Member::InvokeResult | Member::Code)
        );
        self.is_wrong |= matters || self.is_object() || self.place == Place::Outside;
    }

    /// Says that the body has ended; whether it was the API's.
    pub(super) fn finish(&mut self) -> bool {
        let wanted = Member::Result.bit()
            | Member::Error.bit()
            | Member::RequestId.bit()
            | Member::OldCode.bit();
        !self.is_wrong && self.scanner.finish().is_ok() && self.seen & wanted != 0
    }

    /// Returns the API's error code.
    pub(super) fn code(&self) -> &[u8] {
        self.code.get(..self.code_length).unwrap_or_default()
    }
}
