//! The envelope's bytes into fields and texts.

use super::error::ReplyError;
use super::fields::Fields;
use super::number::{Integer, Number};
use super::output::{Output, TextField, TextLayout};
use super::short::{Short, Writer};
use crate::json::{Scanner, Token};

/// The bytes decoded at once where there is no buffer to decode into.
const STAGE: usize =
    if cfg!(any(target_pointer_width = "64", target_arch = "wasm32")) { 512 } else { 64 };

/// The object of which members are being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Outside,
    Root,
    Response,
    Result,
    Error,
}

impl Place {
    /// How many brackets are open directly inside of it.
    fn level(self) -> u32 {
        (self as u32).min(3)
    }
}

/// The member whose value is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Document,
    Other,
    Response,
    Result,
    Error,
    RequestId,
    RetMsg,
    Log,
    ErrMsg,
    MemUsage,
    Duration,
    BillDuration,
    FunctionRequestId,
    InvokeResult,
    ErrorCode,
    ErrorMessage,
    OldCode,
    OldMessage,
    OldCodeText,
}

const MEMBERS: &[(Place, Field, &str)] = &[
    (Place::Root, Field::Response, "Response"),
    (Place::Root, Field::OldCode, "code"),
    (Place::Root, Field::OldMessage, "message"),
    (Place::Root, Field::OldCodeText, "codeDesc"),
    (Place::Response, Field::Result, "Result"),
    (Place::Response, Field::Error, "Error"),
    (Place::Response, Field::RequestId, "RequestId"),
    (Place::Result, Field::RetMsg, "RetMsg"),
    (Place::Result, Field::Log, "Log"),
    (Place::Result, Field::ErrMsg, "ErrMsg"),
    (Place::Result, Field::MemUsage, "MemUsage"),
    (Place::Result, Field::Duration, "Duration"),
    (Place::Result, Field::BillDuration, "BillDuration"),
    (Place::Result, Field::FunctionRequestId, "FunctionRequestId"),
    (Place::Result, Field::InvokeResult, "InvokeResult"),
    (Place::Error, Field::ErrorCode, "Code"),
    (Place::Error, Field::ErrorMessage, "Message"),
];

/// The string being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Nothing,
    Key,
    Small,
    /// The field is `RetMsg` or `Log`.
    Long,
    Ignored,
}

/// Reads the body of a response while it arrives.
///
/// What matters for judging the call is strict: `RetMsg`, `ErrMsg`, `Code` and
/// `InvokeResult` of a wrong type, and known fields that come twice, are
/// errors. What only informs is lenient, and unknown fields of any depth are
/// skipped. See the [module](super) for an example.
#[derive(Clone, Debug)]
pub struct Decoder {
    scanner: Scanner,
    fields: Fields,
    layout: TextLayout,
    number: Number,
    /// The longest name that matters has 17 bytes.
    key: Short<20>,
    /// One bit for each field that has come.
    seen: u32,
    place: Place,
    field: Field,
    reading: Reading,
}

impl Decoder {
    /// A decoder at the start of a body.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            scanner: Scanner::new(),
            fields: Fields::new(),
            layout: TextLayout::new(),
            number: Number::new(),
            key: Short::new(),
            seen: 0,
            place: Place::Outside,
            field: Field::Document,
            reading: Reading::Nothing,
        }
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

    /// Takes the next piece of the body.
    ///
    /// A buffer that is full is no error: the fields still arrive, and
    /// [`TextLayout::needed`] counts on.
    ///
    /// # Errors
    /// The body is not a reply, or the sink refused a piece.
    #[inline(never)]
    pub fn push(&mut self, bytes: &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        let mut input = bytes;
        loop {
            if self.reading != Reading::Nothing {
                self.text(&mut input, out)?;
                if self.reading != Reading::Nothing && input.is_empty() {
                    return Ok(());
                }
            } else {
                let Some(token) = self.scanner.next(&mut input)? else {
                    return Ok(());
                };
                self.token(token)?;
            }
        }
    }

    /// Says that the body has ended.
    ///
    /// # Errors
    /// The body is incomplete, or is JSON but not the envelope.
    pub fn finish(&mut self) -> Result<(), ReplyError> {
        self.scanner.finish()?;
        if !self.fields.has_error {
            // The old form has a text for success as well.
            self.fields.error_code.writer().clear();
        }
        const WANTED: u32 = 1 << Field::Result as u32
            | 1 << Field::Error as u32
            | 1 << Field::RequestId as u32
            | 1 << Field::OldCode as u32;
        if self.seen & WANTED != 0 { Ok(()) } else { Err(ReplyError::NotAnEnvelope) }
    }

    fn has_seen(&self, field: Field) -> bool {
        self.seen >> (field as u32) & 1 == 1
    }

    /// Whether the scanner is directly inside the object of [`Place`], so that
    /// a value is that of [`Field`].
    fn is_here(&self) -> bool {
        self.scanner.depth() == self.place.level()
    }

    #[inline(never)]
    fn token(&mut self, token: Token<'_>) -> Result<(), ReplyError> {
        match token {
            // The scanner counts a bracket before it gives it.
            Token::ObjectStart | Token::ArrayStart => {
                let above = self.scanner.depth().wrapping_sub(1);
                self.open(above, token == Token::ObjectStart)
            }
            Token::ObjectEnd | Token::ArrayEnd => {
                self.close();
                Ok(())
            }
            Token::TextStart => self.text_start(),
            _ if !self.is_here() => Ok(()),
            Token::Number(piece) if self.is_number() => {
                self.number.push(piece);
                Ok(())
            }
            Token::NumberEnd if self.is_number() => self.number_end(),
            Token::Number(_) | Token::True | Token::False => self.wrong_type(),
            _ => Ok(()),
        }
    }

    fn open(&mut self, above: u32, object: bool) -> Result<(), ReplyError> {
        if above != self.place.level() {
            return Ok(());
        }
        self.place = match (self.place, self.field) {
            (Place::Outside, _) if object => Place::Root,
            (Place::Root, Field::Response) if object => Place::Response,
            (Place::Response, Field::Result) if object => Place::Result,
            (Place::Response, Field::Error) if object => Place::Error,
            _ => return self.wrong_type(),
        };
        self.fields.has_result |= self.place == Place::Result;
        self.fields.has_error |= self.place == Place::Error;
        Ok(())
    }

    fn close(&mut self) {
        if self.scanner.depth().wrapping_add(1) == self.place.level() {
            self.place = match self.place {
                Place::Result | Place::Error => Place::Response,
                Place::Response => Place::Root,
                Place::Root | Place::Outside => Place::Outside,
            };
        }
    }

    fn text_start(&mut self) -> Result<(), ReplyError> {
        self.reading = Reading::Ignored;
        if !self.is_here() {
            return Ok(());
        }
        if self.scanner.is_key() {
            self.key.writer().clear();
            self.reading = Reading::Key;
            return Ok(());
        }
        match self.field {
            Field::RetMsg | Field::Log => {
                let stored = self.layout.stored;
                *self.layout.text(self.long()) = Some((stored, stored));
                self.reading = Reading::Long;
            }
            Field::Other => {}
            _ => match self.small() {
                Some(small) => {
                    small.clear();
                    self.reading = Reading::Small;
                }
                None => return self.wrong_type(),
            },
        }
        Ok(())
    }

    /// Which of the two long texts the field is.
    fn long(&self) -> TextField {
        if self.field == Field::Log { TextField::Log } else { TextField::RetMsg }
    }

    /// Where the text of the field goes, `None` for a field that is no text.
    fn small(&mut self) -> Option<Writer<'_>> {
        Some(match self.field {
            Field::RequestId => self.fields.request_id.writer(),
            Field::FunctionRequestId => self.fields.function_request_id.writer(),
            Field::ErrorCode | Field::OldCodeText => self.fields.error_code.writer(),
            // Where both came, the API's own message counts, and the place for
            // keys takes the other.
            Field::ErrMsg if self.has_seen(Field::ErrorMessage) => self.key.writer(),
            Field::ErrorMessage | Field::ErrMsg | Field::OldMessage => self.fields.message.writer(),
            _ => return None,
        })
    }

    /// Decodes a piece of the string that is being read.
    #[inline(never)]
    fn text(&mut self, input: &mut &[u8], out: &mut Output<'_>) -> Result<(), ReplyError> {
        let mut stage = [0; STAGE];
        let mut stored = false;
        let space = match (self.reading, &mut *out) {
            (Reading::Long, Output::Buffer(buffer)) if !self.layout.full => {
                stored = true;
                buffer.get_mut(self.layout.stored..).unwrap_or_default()
            }
            _ => stage.as_mut_slice(),
        };
        let (written, ended) = self.scanner.text(input, space)?;
        let piece = stage.get(..written).unwrap_or_default();
        match self.reading {
            Reading::Long => {
                let field = self.long();
                self.layout.needed = self.layout.needed.saturating_add(written);
                if stored {
                    self.layout.stored = self.layout.stored.saturating_add(written);
                    // Input is left although the string goes on: no room.
                    self.layout.full = !ended && !input.is_empty();
                    let end = self.layout.stored;
                    if let Some(text) = self.layout.text(field) {
                        text.1 = end;
                    }
                } else if let Output::Sink(sink) = out
                    && written > 0
                {
                    sink.write(field, piece).map_err(|_| ReplyError::Sink)?;
                }
            }
            Reading::Key => {
                self.key.writer().push(piece);
                if ended {
                    self.key_end()?;
                }
            }
            Reading::Small => {
                self.fields.has_failure |= self.field == Field::ErrMsg && written > 0;
                if let Some(small) = self.small() {
                    small.push(piece);
                }
                if ended && let Some(small) = self.small() {
                    small.end();
                }
            }
            Reading::Nothing | Reading::Ignored => {}
        }
        if ended {
            self.reading = Reading::Nothing;
        }
        Ok(())
    }

    #[inline(never)]
    fn key_end(&mut self) -> Result<(), ReplyError> {
        self.field = Field::Other;
        let name = self.key.as_bytes();
        if self.key.is_cut() {
            return Ok(());
        }
        let member =
            MEMBERS.iter().find(|(place, _, text)| *place == self.place && text.as_bytes() == name);
        if let Some(&(_, field, text)) = member {
            if self.has_seen(field) {
                return Err(ReplyError::Duplicate(text));
            }
            self.seen |= 1 << field as u32;
            self.field = field;
            self.number = Number::new();
        }
        Ok(())
    }

    fn is_number(&self) -> bool {
        matches!(
            self.field,
            Field::MemUsage
                | Field::Duration
                | Field::BillDuration
                | Field::InvokeResult
                | Field::OldCode
        )
    }

    #[inline(never)]
    fn number_end(&mut self) -> Result<(), ReplyError> {
        let integer = self.number.integer();
        match self.field {
            Field::MemUsage => self.fields.mem_usage = Integer::new(integer),
            Field::BillDuration => self.fields.bill_duration = Integer::new(integer),
            Field::Duration => self.fields.duration = self.number.millis(),
            // By these the call is judged, so they must be whole.
            _ if integer.is_none() => return self.wrong_type(),
            Field::OldCode => {
                self.fields.old_code = Integer::new(integer);
                self.fields.has_error |= integer != Some(0);
            }
            _ => self.fields.invoke_result = Integer::new(integer),
        }
        Ok(())
    }

    /// A value that the field cannot have.
    fn wrong_type(&self) -> Result<(), ReplyError> {
        match self.field {
            Field::Document | Field::Response => Err(ReplyError::NotAnEnvelope),
            Field::Result
            | Field::Error
            | Field::RetMsg
            | Field::ErrMsg
            | Field::InvokeResult
            | Field::ErrorCode
            | Field::OldCode => {
                let member = MEMBERS.iter().find(|(_, field, _)| *field == self.field);
                Err(ReplyError::WrongType(member.map_or("", |(_, _, text)| *text)))
            }
            _ => Ok(()),
        }
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}
