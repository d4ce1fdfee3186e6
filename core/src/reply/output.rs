//! The places for the long texts of a reply.

use core::fmt;

use crate::wire::utf8;

/// The texts of a reply that can be long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TextField {
    /// The function's result.
    Result,
    /// The function's log.
    Log,
    /// The message of an error of the API. Only a [`Sink`] gets it whole:
    /// [`Fields::message`](super::Fields::message) has its beginning.
    ApiMessage,
    /// The message of a function that failed (`ErrMsg`), likewise.
    FunctionMessage,
}

/// The sink cannot take more; decoding stops with
/// [`ReplyError::Sink`](super::ReplyError::Sink).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SinkError;

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sink takes no more")
    }
}

impl core::error::Error for SinkError {}

/// Takes a text piece by piece, for replies that fit into no buffer.
pub trait Sink {
    /// Takes the next piece, unescaped. A piece may start or end inside of a
    /// character, and UTF-8 is not checked.
    ///
    /// # Errors
    /// [`SinkError`] ends the decoding, unless the piece is of a message.
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError>;

    /// Returns what the sink keeps of the result. Of a function that failed, it
    /// tells whether the function was run, see
    /// [`Received`](crate::attempt::Received).
    fn kept_result(&self) -> Option<&[u8]> {
        None
    }
}

/// A [`Sink`] that waits, as flash and SD cards do; see
/// [`AsyncClient::invoke_streamed`](crate::AsyncClient::invoke_streamed).
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "executors of firmware need no Send bound")]
pub trait AsyncSink {
    /// Takes the next piece of result or log, unescaped. A piece may start or end
    /// inside of a character, and UTF-8 is not checked.
    ///
    /// # Errors
    /// [`SinkError`] ends the call.
    async fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError>;
}

/// The place where [`Decoder::push`](super::Decoder::push) puts the texts.
pub enum Output<'a> {
    /// One slice for both, in the order in which they arrive. It may be a
    /// slice of another length at each push, as long as it starts with what
    /// was stored before. [`TextLayout`] says where each text is.
    Buffer(&'a mut [u8]),
    /// Piece by piece. What the decoder stored nowhere, it still counts.
    Sink(&'a mut (dyn Sink + Send)),
}

impl fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buffer(_) => "Buffer",
            Self::Sink(_) => "Sink",
        })
    }
}

/// Result and log of a reply that is complete.
pub(crate) type Texts<'b> = [Option<&'b str>; 2];

/// The places of the texts in the buffer, and the size that it needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TextLayout {
    /// Start and end of each text that is there.
    pub(super) texts: [Option<(usize, usize)>; 2],
    pub(super) stored: usize,
    pub(super) needed: usize,
    pub(super) full: bool,
}

impl TextLayout {
    pub(crate) const fn new() -> Self {
        Self { texts: [None; 2], stored: 0, needed: 0, full: false }
    }

    /// Returns the bytes stored at the front of the buffer.
    #[must_use]
    pub const fn stored(&self) -> usize {
        self.stored
    }

    /// Returns the bytes of both texts together, stored or not: the size of
    /// buffer that the reply needs.
    #[must_use]
    pub const fn needed(&self) -> usize {
        self.needed
    }

    /// Returns whether the buffer was too small. Then the texts are incomplete.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// Returns whether the reply had this text, even if empty; `null` counts as absent.
    #[must_use]
    pub fn has(&self, field: TextField) -> bool {
        self.range(field).is_some()
    }

    /// Returns start and end of a text in the buffer, `None` where the reply
    /// had none.
    #[must_use]
    pub fn range(&self, field: TextField) -> Option<(usize, usize)> {
        let [result, log] = self.texts;
        match field {
            TextField::Result => result,
            TextField::Log => log,
            TextField::ApiMessage | TextField::FunctionMessage => None,
        }
    }

    /// Returns the result in the buffer given to each push, `None` where the
    /// reply had none.
    #[must_use]
    pub fn result<'b>(&self, buffer: &'b [u8]) -> Option<&'b [u8]> {
        let (start, end) = self.range(TextField::Result)?;
        buffer.get(start..end)
    }

    /// Returns the log in the buffer given to each push, `None` where the reply
    /// had none.
    #[must_use]
    pub fn log<'b>(&self, buffer: &'b [u8]) -> Option<&'b [u8]> {
        let (start, end) = self.range(TextField::Log)?;
        buffer.get(start..end)
    }

    /// Returns the texts in the buffer; `None` if the result is not UTF-8. A
    /// log that is not ends where it is wrong.
    pub(crate) fn texts<'b>(&self, buffer: &'b [u8]) -> Option<Texts<'b>> {
        let result = match self.result(buffer) {
            Some(bytes) => Some(utf8::text(bytes)?),
            None => None,
        };
        Some([result, self.log(buffer).map(utf8::front)])
    }

    /// Returns the first text that has bytes, and where they are. When none has any
    /// more, the buffer is free again.
    #[cfg(feature = "async")]
    pub(crate) fn take(&mut self) -> Option<(TextField, usize, usize)> {
        let [result, log] = self.texts;
        let texts = [(TextField::Result, result), (TextField::Log, log)];
        let filled = texts.into_iter().filter_map(|(field, text)| Some((field, text?)));
        let filled = filled.filter(|(_, (start, end))| start < end);
        let Some((field, (start, end))) = filled.min_by_key(|(_, (start, _))| *start) else {
            // What comes of them next is stored at the front.
            self.texts = self.texts.map(|text| text.map(|_| (0, 0)));
            self.stored = 0;
            return None;
        };
        *self.text(field) = Some((end, end));
        Some((field, start, end))
    }

    /// Starts a text.
    pub(super) fn start(&mut self, field: TextField) {
        let place = (self.stored, self.stored);
        *self.text(field) = Some(place);
    }

    /// Adds `count` bytes that have been stored to the text.
    pub(super) fn add(&mut self, field: TextField, count: usize) {
        self.stored = self.stored.saturating_add(count);
        let end = self.stored;
        if let Some(text) = self.text(field) {
            text.1 = end;
        }
    }

    fn text(&mut self, field: TextField) -> &mut Option<(usize, usize)> {
        let [result, log] = &mut self.texts;
        if field == TextField::Log { log } else { result }
    }
}
