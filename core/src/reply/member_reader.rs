//! The envelope of a response, member by member.

use super::fields::ReplyClass;
use super::member::{Member, Place};
use crate::wire::bytes;
use crate::wire::json::{ScanError, Scanner, Step};

/// The bytes of a name that are kept: one more than any has that matters.
const NAME: usize = 18;

const OBJECTS: u32 = Member::Response.bit() | Member::Result.bit() | Member::Error.bit();

const NUMBERS: u32 = Member::MemUsage.bit()
    | Member::BillDuration.bit()
    | Member::Duration.bit()
    | Member::InvokeResult.bit()
    | Member::OldCode.bit();

/// The members that tell how a call ended: each comes once, and is what it
/// should be.
const STRICT: u32 = OBJECTS
    | Member::RetMsg.bit()
    | Member::ErrMsg.bit()
    | Member::InvokeResult.bit()
    | Member::Code.bit()
    | Member::OldCode.bit();

/// Without one of these it is not the API that answered.
const WANTED: u32 =
    Member::Result.bit() | Member::Error.bit() | Member::RequestId.bit() | Member::OldCode.bit();

/// The character in place of half a surrogate pair.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// Takes the members of an envelope.
pub trait MemberSink {
    /// Takes the next piece of a text, unescaped, or of a number. A piece may
    /// start or end inside of a character, and UTF-8 is not checked.
    fn write(&mut self, member: Member, piece: &[u8]);
}

/// Reads the body of a response while it arrives, for a host that has memory and
/// numbers of its own: nothing is kept here.
///
/// It takes the same bodies as the [`Decoder`](super::Decoder), and means the same.
///
/// ```
/// use scf_invoke_core::reply::{Member, MemberReader, MemberSink};
///
/// #[derive(Default)]
/// struct Texts { result: Vec<u8>, duration: Vec<u8> }
///
/// impl MemberSink for Texts {
///     fn write(&mut self, member: Member, piece: &[u8]) {
///         match member {
///             Member::RetMsg => self.result.extend(piece),
///             Member::Duration => self.duration.extend(piece),
///             _ => {}
///         }
///     }
/// }
///
/// let body = br#"{"Response":{"Result":{"RetMsg":"\"hi\"","Duration":0.826},"RequestId":"r"}}"#;
/// let (mut reader, mut texts) = (MemberReader::new(), Texts::default());
/// for piece in body.chunks(10) {
///     reader.push(piece, &mut texts);
/// }
/// assert!(reader.finish());
/// assert_eq!(texts.result, b"\"hi\"");
/// assert_eq!(texts.duration, b"0.826");
/// ```
#[derive(Clone, Debug)]
pub struct MemberReader {
    scanner: Scanner,
    place: Place,
    /// The member whose value is being read, if it is one that matters.
    member: Option<Member>,
    /// The members that have come; that have a value of their kind; that have
    /// bytes of it.
    seen: u32,
    valued: u32,
    filled: u32,
    name: [u8; NAME],
    name_length: usize,
    is_wrong: bool,
}

impl MemberReader {
    /// Creates a reader at the start of a body.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            scanner: Scanner::new(),
            place: Place::Outside,
            member: None,
            seen: 0,
            valued: 0,
            filled: 0,
            name: [0; NAME],
            name_length: 0,
            is_wrong: false,
        }
    }

    /// Takes the next piece of the body. What is not an envelope of the API is
    /// ignored from where that shows.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl MemberSink) {
        self.scanner.allow_deep();
        let mut input = bytes;
        while !self.is_wrong && !input.is_empty() {
            // Before the step: a bracket belongs to what it opens from, and to
            // what it closes.
            let depth = self.scanner.depth();
            let (mut step, mut piece) = self.scanner.step(&mut input);
            if let Some(error) = step.error() {
                let is_result = self.member == Some(Member::RetMsg) && !self.scanner.is_key();
                if error != ScanError::Surrogate || is_result {
                    self.is_wrong = true;
                    return;
                }
                self.scanner.skip_surrogate(&mut input);
                (step, piece) = (Step::TEXT, REPLACEMENT);
            }
            if step != Step::MORE && depth == self.place.level() {
                self.take(step, piece, sink);
            }
        }
    }

    /// Takes what stands directly in the object that is being read.
    fn take(&mut self, step: Step, piece: &[u8], sink: &mut impl MemberSink) {
        let member = self.member.map_or(0, Member::bit);
        match step {
            Step::OBJECT_START if self.place == Place::Outside => self.place = Place::Root,
            Step::OBJECT_START => {
                self.valued |= member & OBJECTS;
                self.is_wrong |= member & STRICT & !OBJECTS != 0;
                if member & OBJECTS != 0 {
                    self.place = Place::of_level(member.trailing_zeros() + 1);
                }
            }
            Step::OBJECT_END => self.place = self.place.around(),
            Step::KEY_START => self.name_length = 0,
            Step::TEXT_START => {
                self.valued |= member;
                self.is_wrong |= member & OBJECTS != 0;
            }
            Step::CHAR => self.text(self.scanner.character().as_bytes(), sink),
            Step::TEXT => self.text(piece, sink),
            Step::NUMBER if member & NUMBERS != 0 => self.value(piece, sink),
            Step::TEXT_END if self.scanner.is_key() => self.name_end(),
            Step::TEXT_END | Step::NUMBER_END | Step::NULL | Step::ARRAY_END => {}
            _ => self.is_wrong |= member & STRICT != 0,
        }
    }

    /// Takes a piece of a name or a text.
    fn text(&mut self, piece: &[u8], sink: &mut impl MemberSink) {
        if self.scanner.is_key() {
            let room = self.name.get_mut(self.name_length..).unwrap_or_default();
            self.name_length = self.name_length.wrapping_add(bytes::copy(room, piece));
        } else {
            self.value(piece, sink);
        }
    }

    /// Takes a piece of a value.
    fn value(&mut self, piece: &[u8], sink: &mut impl MemberSink) {
        if let Some(member) = self.member {
            self.valued |= member.bit();
            self.filled |= member.bit();
            sink.write(member, piece);
        }
    }

    fn name_end(&mut self) {
        let name = self.name.get(..self.name_length).unwrap_or_default();
        self.member = None;
        if let Some((member, place)) = Member::find(name)
            && place == self.place
        {
            let is_new = !member.is_in(self.seen);
            self.is_wrong |= !is_new && member.is_in(STRICT);
            self.member = is_new.then_some(member);
            self.seen |= member.bit();
        }
    }

    /// Says that the body has ended, and returns `true` if it was an envelope.
    pub fn finish(&mut self) -> bool {
        self.is_wrong |= self.scanner.finish().is_err() || self.seen & WANTED == 0;
        !self.is_wrong
    }

    /// Returns whether the `Result` has any of the members that it should have,
    /// other than `null`.
    #[must_use]
    pub const fn has_content(&self) -> bool {
        self.valued & Member::OF_RESULT != 0
    }

    /// Returns what the reply is, by the numbers that the host has read; `None`
    /// where one that tells how the call ended is not whole.
    pub(crate) fn class(&self, numbers: &MemberNumbers) -> Option<ReplyClass> {
        let MemberNumbers { invoke_result, old_code, .. } = *numbers;
        let (valued, filled) = (self.valued, self.filled);
        if invoke_result.is_none() && Member::InvokeResult.is_in(filled)
            || old_code.is_none() && Member::OldCode.is_in(filled)
        {
            return None;
        }
        Some(if Member::Error.is_in(valued) || !matches!(old_code, None | Some(0)) {
            ReplyClass::ApiError
        } else if Member::ErrMsg.is_in(filled) || !matches!(invoke_result, None | Some(0 | 200)) {
            ReplyClass::FunctionFailed
        } else {
            ReplyClass::Success
        })
    }
}

impl Default for MemberReader {
    fn default() -> Self {
        Self::new()
    }
}

/// The numbers of an envelope, as the host has read them: `None` where there is
/// none, or not a whole one.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemberNumbers {
    /// The number of `InvokeResult`.
    pub invoke_result: Option<i32>,
    /// The number of `code`.
    pub old_code: Option<i32>,
    /// `true` if a run has left figures: time, or memory.
    pub has_figures: bool,
}
