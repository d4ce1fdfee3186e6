//! The envelope's bytes into fields and texts.

use super::error::ReplyError;
use super::fields::Fields;
use super::member::{Member, Place};
use super::number::{Integer, Number};
use super::output::{Output, TextField, TextLayout};
use super::short::{Short, Text};
use crate::bytes;
use crate::json::{Scanner, Step, WIDE};

/// The bytes decoded at once where there is no buffer to decode into.
const STAGE: usize = 512;

/// The numbers.
const NUMBERS: u32 = Member::MemUsage.bit()
    | Member::BillDuration.bit()
    | Member::Duration.bit()
    | Member::InvokeResult.bit()
    | Member::OldCode.bit();

/// The members by which a call is judged, so that they must be what they
/// should be; the others are left out where they are not.
const STRICT: u32 = Member::Result.bit()
    | Member::Error.bit()
    | Member::RetMsg.bit()
    | Member::ErrMsg.bit()
    | Member::InvokeResult.bit()
    | Member::Code.bit()
    | Member::OldCode.bit();

/// Without one of these it is not the API that answered.
const WANTED: u32 =
    Member::Result.bit() | Member::Error.bit() | Member::RequestId.bit() | Member::OldCode.bit();

/// Reads the body of a response while it arrives.
///
/// What matters for judging the call is strict: `RetMsg`, `ErrMsg`, `Code` and
/// `InvokeResult` of a wrong type, and known fields that come twice, are
/// errors. What only informs is lenient, and unknown fields of any depth are
/// skipped. See the [module](super) for an example.
#[derive(Clone, Debug)]
#[repr(C)] // What is used most stands in front, where the code for it is shorter.
pub struct Decoder {
    place: Place,
    /// The member whose value is being read, if it is one that matters.
    member: Option<Member>,
    /// The error, once there is one.
    error: Option<ReplyError>,
    /// The members that have come.
    seen: u32,
    scanner: Scanner,
    layout: TextLayout,
    /// The longest name that matters has 17 bytes.
    key: Short<20>,
    number: Number,
    fields: Fields,
}

impl Decoder {
    /// A decoder at the start of a body.
    #[must_use]
    pub const fn new() -> Self {
        const NEW: Decoder = Decoder {
            place: Place::Outside,
            member: None,
            error: None,
            seen: 0,
            scanner: Scanner::new(),
            layout: TextLayout::new(),
            key: Short::new(),
            number: Number::new(),
            fields: Fields::new(),
        };
        NEW
    }

    /// What has been read. Complete once [`finish`](Self::finish) says so.
    #[must_use]
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// What has been read, once nothing more comes.
    #[must_use]
    pub fn into_parts(self) -> (Fields, TextLayout) {
        (self.fields, self.layout)
    }

    /// Where the texts are in the buffer.
    #[must_use]
    pub const fn layout(&self) -> &TextLayout {
        &self.layout
    }

    /// The error that the body has come to.
    pub(crate) const fn error(&self) -> Option<ReplyError> {
        self.error
    }

    /// Takes the next piece of the body.
    ///
    /// A buffer that is full is no error: the fields still arrive, and
    /// [`TextLayout::needed`] counts on. An error is repeated from then on.
    ///
    /// # Errors
    /// The body is not a reply, or the sink refused a piece.
    #[inline(never)]
    pub fn push(&mut self, bytes: &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        let mut input = bytes;
        while !input.is_empty() && self.error.is_none() {
            self.error = self.next(&mut input, out).err();
        }
        self.error.map_or(Ok(()), Err)
    }

    /// Says that the body has ended.
    ///
    /// # Errors
    /// The body is incomplete, or is JSON but not the envelope.
    pub fn finish(&mut self) -> Result<(), ReplyError> {
        if !self.fields.has_error {
            // The old form has a text for success as well.
            self.fields.error_code.text().clear();
        }
        if self.error.is_none() {
            self.error = match self.scanner.finish() {
                Err(error) => Some(error.into()),
                Ok(()) if self.seen & WANTED == 0 => Some(ReplyError::NotAnEnvelope),
                Ok(()) => None,
            };
        }
        self.error.map_or(Ok(()), Err)
    }

    /// Takes what comes next.
    fn next(&mut self, input: &mut &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        if WIDE
            && self.scanner.is_in_text()
            && self.scanner.depth() == self.place.level()
            && let Some(field) = self.long()
        {
            return self.decode(field, input, out);
        }
        // Before the step: a bracket belongs to what it opens from, and to
        // what it closes.
        let depth = self.scanner.depth();
        let (step, piece) = self.scanner.step(input);
        if let Some(error) = step.error() {
            return Err(error.into());
        }
        if step != Step::MORE && depth == self.place.level() {
            self.step(step, piece, out)?;
        }
        Ok(())
    }

    /// What stands directly in the object that is being read.
    fn step(&mut self, step: Step, piece: &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        match step {
            Step::KEY_START | Step::TEXT_START | Step::TEXT | Step::CHAR | Step::TEXT_END => {
                return self.text(step, piece, out);
            }
            Step::OBJECT_START => match self.member {
                None if self.place == Place::Outside => self.place = Place::Root,
                Some(Member::Response) => self.place = Place::Response,
                Some(Member::Result) => {
                    self.fields.has_result = true;
                    self.place = Place::Result;
                }
                Some(Member::Error) => {
                    self.fields.has_error = true;
                    self.place = Place::Error;
                }
                _ => return self.wrong_type(),
            },
            Step::OBJECT_END => self.place = self.place.around(),
            Step::NUMBER | Step::NUMBER_END => match self.member {
                Some(member) if !member.is_in(NUMBERS) => return self.wrong_type(),
                Some(member) if step == Step::NUMBER_END => return self.number_end(member),
                Some(_) => piece.iter().for_each(|&byte| self.number.push(byte)),
                None => return self.wrong_type(),
            },
            Step::ARRAY_START | Step::TRUE | Step::FALSE => {
                return self.wrong_type();
            }
            _ => {}
        }
        Ok(())
    }

    #[inline(never)]
    /// The start of a string, a piece of it, or its end.
    fn text(&mut self, step: Step, piece: &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        let character = self.scanner.character();
        let piece = if step == Step::CHAR { character.as_bytes() } else { piece };
        let is_key = self.scanner.is_key();
        if let Some(field) = self.long() {
            match step {
                Step::TEXT_START => self.layout.start(field),
                Step::TEXT_END => {}
                _ => self.store(field, piece, out)?,
            }
        } else if let Some(short) = self.short() {
            match step {
                Step::KEY_START | Step::TEXT_START => short.clear(),
                Step::TEXT_END => {
                    short.end();
                    if is_key {
                        return self.key_end();
                    }
                }
                _ => {
                    short.push(piece);
                    self.fields.has_failure |= !is_key && self.member == Some(Member::ErrMsg);
                }
            }
        } else if step == Step::TEXT_START {
            return self.wrong_type();
        }
        Ok(())
    }

    /// Which of the two long texts the string is.
    fn long(&self) -> Option<TextField> {
        match self.member {
            _ if self.scanner.is_key() => None,
            Some(Member::RetMsg) => Some(TextField::RetMsg),
            Some(Member::Log) => Some(TextField::Log),
            _ => None,
        }
    }

    /// Where the string goes, if it is a key or a short text.
    fn short(&mut self) -> Option<&mut Text<[u8]>> {
        if self.scanner.is_key() {
            return Some(self.key.text());
        }
        Some(match self.member? {
            Member::RequestId => self.fields.request_id.text(),
            Member::FunctionRequestId => self.fields.function_request_id.text(),
            Member::Code | Member::OldCodeText => self.fields.error_code.text(),
            // Where both came, the API's own message counts, and the place for
            // keys takes the other.
            Member::ErrMsg if Member::Message.is_in(self.seen) => self.key.text(),
            Member::Message | Member::OldMessage | Member::ErrMsg => self.fields.message.text(),
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
        if let Output::Buffer(buffer) = out
            && !self.layout.full
        {
            let room = buffer.get_mut(self.layout.stored..).unwrap_or_default();
            let (written, ended) = self.scanner.text(input, room)?;
            // Input is left although the string goes on: no room.
            self.layout.full = !ended && !input.is_empty();
            self.layout.needed = self.layout.needed.saturating_add(written);
            self.layout.add(field, written);
            return Ok(());
        }
        let mut stage = [0; STAGE];
        let (written, _) = self.scanner.text(input, &mut stage)?;
        self.store(field, stage.get(..written).unwrap_or_default(), out)
    }

    /// Passes on a piece of a long text.
    #[inline(never)]
    fn store(
        &mut self,
        field: TextField,
        piece: &[u8],
        out: &mut Output<'_>,
    ) -> Result<(), ReplyError> {
        self.layout.needed = self.layout.needed.saturating_add(piece.len());
        match out {
            Output::Sink(sink) if !piece.is_empty() => {
                sink.write(field, piece).map_err(|_| ReplyError::Sink)?;
            }
            Output::Buffer(buffer) if !self.layout.full => {
                let room = buffer.get_mut(self.layout.stored..).unwrap_or_default();
                let count = bytes::copy(room, piece);
                self.layout.full = count < piece.len();
                self.layout.add(field, count);
            }
            _ => {}
        }
        Ok(())
    }

    #[inline(never)]
    fn key_end(&mut self) -> Result<(), ReplyError> {
        self.member = None;
        if !self.key.is_cut()
            && let Some((member, place)) = Member::find(self.key.text().as_bytes())
            && place == self.place
        {
            if member.is_in(self.seen) {
                return Err(ReplyError::Duplicate(member));
            }
            self.seen |= member.bit();
            self.member = Some(member);
            self.number = Number::new();
        }
        Ok(())
    }

    fn number_end(&mut self, member: Member) -> Result<(), ReplyError> {
        // Milliseconds become nanoseconds.
        let number = self.number.integer(if member == Member::Duration { 6 } else { 0 });
        if number == Integer::NONE {
            return self.wrong_type();
        }
        if let Some(place) = self.fields.numbers.get_mut(member.number()) {
            *place = number;
        }
        self.fields.has_error |= member == Member::OldCode && number != Integer::ZERO;
        Ok(())
    }

    /// A value that the member cannot have.
    #[inline(never)]
    fn wrong_type(&self) -> Result<(), ReplyError> {
        match self.member {
            None if self.place == Place::Outside => Err(ReplyError::NotAnEnvelope),
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
