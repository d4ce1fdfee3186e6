//! The envelope's bytes into fields and texts.

use core::borrow::BorrowMut;

use super::bounded::{BoundedStr, Text};
use super::error::ReplyError;
use super::fields::Fields;
use super::member::{Member, Place};
use super::number::{Integer, Number};
use super::output::{Output, TextField, TextLayout};
use super::parts::ReplyParts;
use crate::wire::FAST;
use crate::wire::bytes;
use crate::wire::json::{ScanError, Scanner, Step, is_number};

/// The bytes decoded at once where there is no buffer to decode into.
const STAGE: usize = 512;

/// The numbers.
const NUMBERS: u32 = Member::MemUsage.bit()
    | Member::BillDuration.bit()
    | Member::Duration.bit()
    | Member::InvokeResult.bit()
    | Member::OldCode.bit();

/// The members that tell how a call ended, so that they must be what they
/// should be; the others are left out where they are not.
const STRICT: u32 = Member::Result.bit()
    | Member::Error.bit()
    | Member::RetMsg.bit()
    | Member::ErrMsg.bit()
    | Member::InvokeResult.bit()
    | Member::Code.bit()
    | Member::OldCode.bit();

/// The members that may come only once: those, and the envelope.
const SINGLE: u32 = STRICT | Member::Response.bit();

/// The character in place of half a surrogate pair.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// Without one of these it is not the API that answered.
const WANTED: u32 =
    Member::Result.bit() | Member::Error.bit() | Member::RequestId.bit() | Member::OldCode.bit();

/// Reads the body of a response while it arrives.
///
/// The members that tell how the call ended are strict: `RetMsg`, `ErrMsg`, `Code` and
/// `InvokeResult` are errors where they have a wrong type or come twice. What
/// only informs is lenient: a field of a wrong type is left out, of one that comes
/// twice the first counts, half a surrogate pair becomes U+FFFD, and unknown fields
/// of any depth are skipped.
/// A number may stand in quotes. See the [module](super) for an example.
///
/// `P` is the [`ReplyParts`] into which it reads, its own or lent ones.
#[derive(Clone, Debug)]
#[repr(C)] // The parts in front, where lent ones are found by shorter code.
pub struct Decoder<P = ReplyParts> {
    parts: P,
    /// The state of reading.
    at: State,
}

/// The state of a decoder: all of it but the parts, so that beside lent
/// ones it is made of zeros.
#[derive(Clone, Debug)]
#[repr(C)] // What is used most stands in front, where the code for it is shorter.
struct State {
    place: Place,
    /// The member whose value is being read, if it is one that matters.
    member: Option<Member>,
    /// The error, once there is one.
    error: Option<ReplyError>,
    /// The members that have come.
    seen: u32,
    scanner: Scanner,
    /// The longest name that matters has 17 bytes.
    key: BoundedStr<20>,
    number: Number,
}

impl State {
    const NEW: Self = Self {
        place: Place::Outside,
        member: None,
        error: None,
        seen: 0,
        scanner: Scanner::new(),
        key: BoundedStr::new(),
        number: Number::new(),
    };
}

impl Decoder {
    /// Creates a decoder at the start of a body.
    #[must_use]
    pub const fn new() -> Self {
        const NEW: Decoder = Decoder { at: State::NEW, parts: ReplyParts::new() };
        NEW
    }

    /// Returns what has been read, once nothing more comes.
    #[must_use]
    pub fn into_parts(self) -> (Fields, TextLayout) {
        (self.parts.fields, self.parts.layout)
    }
}

impl<'a> Decoder<&'a mut ReplyParts> {
    /// Makes a decoder that reads into parts that are lent and still empty.
    pub(crate) const fn lent(parts: &'a mut ReplyParts) -> Self {
        Self { at: State::NEW, parts }
    }
}

impl<P: BorrowMut<ReplyParts>> Decoder<P> {
    /// Returns what has been read. Complete once [`finish`](Self::finish) says so.
    #[must_use]
    pub fn fields(&self) -> &Fields {
        &self.parts.borrow().fields
    }

    /// Returns where the texts are in the buffer.
    #[must_use]
    pub fn layout(&self) -> &TextLayout {
        &self.parts.borrow().layout
    }

    /// Returns what has been read.
    pub(crate) fn parts(&self) -> &ReplyParts {
        self.parts.borrow()
    }

    #[cfg(feature = "async")]
    pub(crate) fn layout_mut(&mut self) -> &mut TextLayout {
        &mut self.parts_mut().layout
    }

    pub(crate) fn parts_mut(&mut self) -> &mut ReplyParts {
        self.parts.borrow_mut()
    }

    /// Returns the error that the body has come to.
    pub(crate) const fn error(&self) -> Option<ReplyError> {
        self.at.error
    }

    /// Takes the next piece of the body.
    ///
    /// A buffer that is full is no error: the fields still arrive, and
    /// [`TextLayout::needed`] counts on. An error is repeated from then on.
    ///
    /// # Errors
    /// The body is not a reply, or the sink refused a piece.
    pub fn push(&mut self, bytes: &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        self.at.scanner.allow_deep();
        let mut input = bytes;
        while !input.is_empty() && self.at.error.is_none() {
            self.at.error = self.next(&mut input, out).err();
        }
        self.at.error.map_or(Ok(()), Err)
    }

    /// Says that the body has ended.
    ///
    /// # Errors
    /// The body is incomplete, or is JSON but not the envelope.
    pub fn finish(&mut self) -> Result<(), ReplyError> {
        let fields = &mut self.parts.borrow_mut().fields;
        if !fields.has_error {
            // The old form has a text for success as well.
            fields.error_code.text().clear();
        }
        if self.at.error.is_none() {
            self.at.error = match self.at.scanner.finish() {
                Err(error) => Some(error.into()),
                Ok(()) if self.at.seen & WANTED == 0 => Some(ReplyError::NotAnEnvelope),
                Ok(()) => None,
            };
        }
        self.at.error.map_or(Ok(()), Err)
    }

    /// Takes what comes next.
    fn next(&mut self, input: &mut &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        if FAST
            && self.at.scanner.is_in_text()
            && self.at.scanner.depth() == self.at.place.level()
            && self.long() == Some(TextField::Result)
        {
            return self.decode(TextField::Result, input, out);
        }
        // Before the step: a bracket belongs to what it opens from, and to
        // what it closes.
        let depth = self.at.scanner.depth();
        let (mut step, mut piece) = self.at.scanner.step(input);
        if let Some(error) = step.error() {
            if error != ScanError::Surrogate || self.long() == Some(TextField::Result) {
                return Err(error.into());
            }
            self.at.scanner.skip_surrogate(input);
            (step, piece) = (Step::TEXT, REPLACEMENT);
        }
        if step != Step::MORE && depth == self.at.place.level() {
            self.step(step, piece, out)?;
        }
        Ok(())
    }

    /// Takes what stands directly in the object that is being read.
    fn step(&mut self, step: Step, piece: &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        match step {
            Step::KEY_START | Step::TEXT_START | Step::TEXT | Step::CHAR | Step::TEXT_END => {
                return self.text(step, piece, out);
            }
            Step::OBJECT_START => match self.at.member {
                None if self.at.place == Place::Outside => self.at.place = Place::Root,
                Some(Member::Response) => self.at.place = Place::Response,
                Some(Member::Result) => {
                    self.parts_mut().fields.has_result = true;
                    self.at.place = Place::Result;
                }
                Some(Member::Error) => {
                    self.parts_mut().fields.has_error = true;
                    self.at.place = Place::Error;
                }
                _ => return self.wrong_type(),
            },
            Step::OBJECT_END => self.at.place = self.at.place.around(),
            Step::NUMBER | Step::NUMBER_END => match self.at.member {
                Some(member) if !member.is_in(NUMBERS) => return self.wrong_type(),
                Some(member) if step == Step::NUMBER_END => {
                    self.has_content();
                    return self.number_end(member);
                }
                Some(_) => piece.iter().for_each(|&byte| self.at.number.push(byte)),
                None => return self.wrong_type(),
            },
            Step::ARRAY_START | Step::TRUE | Step::FALSE => {
                return self.wrong_type();
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes the start of a string, a piece of it, or its end.
    #[inline(never)]
    fn text(&mut self, step: Step, piece: &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        let character = self.at.scanner.character();
        let piece = if step == Step::CHAR { character.as_bytes() } else { piece };
        let is_key = self.at.scanner.is_key();
        if step == Step::TEXT_START {
            self.has_content();
        }
        if let Some(field) = self.long() {
            match step {
                Step::TEXT_START => self.parts_mut().layout.start(field),
                Step::TEXT_END => {}
                _ => self.store(field, piece, out)?,
            }
        } else if let Some(short) = self.short() {
            match step {
                Step::KEY_START | Step::TEXT_START => short.clear(),
                Step::TEXT_END => {
                    short.end();
                    match self.at.member {
                        _ if is_key => return self.key_end(),
                        Some(member) if member.is_in(NUMBERS) => return self.quoted(member),
                        _ => {}
                    }
                }
                _ => {
                    short.push(piece);
                    let field = match self.at.member {
                        _ if is_key => None,
                        Some(Member::Message | Member::OldMessage) => Some(TextField::ApiMessage),
                        Some(Member::ErrMsg) => Some(TextField::FunctionMessage),
                        _ => None,
                    };
                    if field == Some(TextField::FunctionMessage) {
                        self.parts_mut().fields.has_failure = true;
                    }
                    if let (Some(field), Output::Sink(sink)) = (field, out) {
                        // No reply is lost for a message that is not wanted.
                        let _ = sink.write(field, piece);
                    }
                }
            }
        } else if step == Step::TEXT_START {
            return self.wrong_type();
        }
        Ok(())
    }

    /// Notes a value that a result of the API has.
    fn has_content(&mut self) {
        if self.at.place == Place::Result && self.at.member.is_some() {
            self.parts_mut().fields.has_content = true;
        }
    }

    /// Returns the long text that the string is, if it is one of the two.
    fn long(&self) -> Option<TextField> {
        match self.at.member {
            _ if self.at.scanner.is_key() => None,
            Some(Member::RetMsg) => Some(TextField::Result),
            Some(Member::Log) => Some(TextField::Log),
            _ => None,
        }
    }

    /// Returns where the string goes, if it is a key, a short text or a number.
    fn short(&mut self) -> Option<&mut Text<[u8]>> {
        if self.at.scanner.is_key() {
            return Some(self.at.key.text());
        }
        let fields = &mut self.parts.borrow_mut().fields;
        Some(match self.at.member? {
            Member::RequestId => fields.request_id.text(),
            Member::FunctionRequestId => fields.function_request_id.text(),
            Member::Code | Member::OldCodeText => fields.error_code.text(),
            // Where both came, the API's own message counts, and the place for
            // keys takes the other.
            Member::ErrMsg if Member::Message.is_in(self.at.seen) => self.at.key.text(),
            member if member.is_in(NUMBERS) => self.at.key.text(),
            Member::Message | Member::OldMessage | Member::ErrMsg => fields.message.text(),
            _ => return None,
        })
    }

    /// Decodes a piece of a long text, eight bytes at a time.
    fn decode(
        &mut self,
        field: TextField,
        input: &mut &[u8],
        out: &mut Output<'_>,
    ) -> Result<(), ReplyError> {
        let layout = &mut self.parts.borrow_mut().layout;
        if let Output::Buffer(buffer) = out
            && !layout.full
        {
            let room = buffer.get_mut(layout.stored..).unwrap_or_default();
            let (written, ended) = self.at.scanner.text(input, room)?;
            // Input is left although the string goes on: no room.
            layout.full = !ended && !input.is_empty();
            layout.needed = layout.needed.saturating_add(written);
            layout.add(field, written);
            return Ok(());
        }
        let mut stage = [0; STAGE];
        let (written, _) = self.at.scanner.text(input, &mut stage)?;
        self.store(field, stage.get(..written).unwrap_or_default(), out)
    }

    /// Passes on a piece of a long text.
    fn store(
        &mut self,
        field: TextField,
        piece: &[u8],
        out: &mut Output<'_>,
    ) -> Result<(), ReplyError> {
        let layout = &mut self.parts.borrow_mut().layout;
        layout.needed = layout.needed.saturating_add(piece.len());
        match out {
            Output::Sink(sink) if !piece.is_empty() => {
                sink.write(field, piece).map_err(|_| ReplyError::Sink)?;
            }
            Output::Buffer(buffer) if !layout.full => {
                let room = buffer.get_mut(layout.stored..).unwrap_or_default();
                let count = bytes::copy(room, piece);
                layout.full = count < piece.len();
                layout.add(field, count);
            }
            _ => {}
        }
        Ok(())
    }

    #[inline(never)]
    fn key_end(&mut self) -> Result<(), ReplyError> {
        self.at.number = Number::new();
        self.at.member = None;
        if let Some((member, place)) = Member::find(self.at.key.text().as_bytes())
            && !self.at.key.is_truncated()
            && place == self.at.place
        {
            if !member.is_in(self.at.seen) {
                self.at.member = Some(member);
            } else if member.is_in(SINGLE) {
                return Err(ReplyError::Duplicate(member));
            }
            self.at.seen |= member.bit();
        }
        Ok(())
    }

    /// Takes a number that came in quotes; empty quotes are no number.
    fn quoted(&mut self, member: Member) -> Result<(), ReplyError> {
        let text = self.at.key.as_bytes();
        if text.is_empty() {
            return Ok(());
        }
        if self.at.key.is_truncated() || !is_number(text) {
            return self.wrong_type();
        }
        text.iter().for_each(|&byte| self.at.number.push(byte));
        self.number_end(member)
    }

    fn number_end(&mut self, member: Member) -> Result<(), ReplyError> {
        // Milliseconds become nanoseconds.
        let number = self.at.number.integer(if member == Member::Duration { 6 } else { 0 });
        if number == Integer::NONE {
            return self.wrong_type();
        }
        let fields = &mut self.parts.borrow_mut().fields;
        if let Some(place) = fields.numbers.get_mut(member.number()) {
            *place = number;
        }
        fields.has_error |= member == Member::OldCode && number != Integer::ZERO;
        Ok(())
    }

    /// Returns an error where the member cannot have the value.
    #[inline(never)]
    fn wrong_type(&self) -> Result<(), ReplyError> {
        match self.at.member {
            None if self.at.place == Place::Outside => Err(ReplyError::NotAnEnvelope),
            Some(Member::Response) => Err(ReplyError::NotAnEnvelope),
            Some(member) if member.is_in(STRICT) => Err(ReplyError::WrongType(member)),
            _ => Ok(()),
        }
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}
