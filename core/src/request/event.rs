//! The event that a function is run with: JSON text from memory, or from a
//! source that writes it in pieces.

use core::fmt;

#[cfg(feature = "async")]
use crate::request::event_writer::WriteFed;
use crate::request::event_writer::{EventWriter, WriteSource};
use crate::wire::bytes;
use crate::wire::json;

/// JSON text that has been checked, so that it need not be again.
///
/// An image of [`lite::invoke`](crate::lite::invoke) in which all events are such
/// has no code that checks them.
///
/// ```
/// use scf_invoke_core::request::event::Json;
///
/// assert!(Json::new(r#"{"name":"world"}"#).is_ok());
/// assert_eq!(Json::new("{name:1}").unwrap_err().offset, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// Checks `text`; the error says at which byte it stops being JSON.
    pub fn new(text: &'a str) -> Result<Self, json::Invalid> {
        json::check_str(text)?;
        Ok(Self(text))
    }

    /// Takes a text that is known to be JSON without checking it, as one that the
    /// program has written itself. The service refuses what is not JSON.
    pub const fn unchecked(text: &'a str) -> Self {
        Self(text)
    }

    /// Returns the text.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Writes `value` as JSON into `scratch` and takes the text from there.
    ///
    /// serde-json-core, which does the work, writes only into a slice: the
    /// error is that `scratch` is too small, or that the value has no JSON
    /// form.
    ///
    /// ```
    /// # use scf_invoke_core::request::event::Json;
    /// #[derive(serde::Serialize)]
    /// struct Reading {
    ///     celsius: i32,
    /// }
    /// let mut scratch = [0; 64];
    /// let json = Json::from_value(&Reading { celsius: 21 }, &mut scratch).unwrap();
    /// assert_eq!(json.as_str(), r#"{"celsius":21}"#);
    /// ```
    #[cfg(feature = "serde")]
    pub fn from_value<T: serde::Serialize + ?Sized>(
        value: &T,
        scratch: &'a mut [u8],
    ) -> Result<Self, serde_json_core::ser::Error> {
        let length = serde_json_core::to_slice(value, scratch)?;
        scratch
            .get(..length)
            .and_then(crate::wire::utf8::text)
            .map(Self)
            .ok_or(serde_json_core::ser::Error::BufferFull)
    }
}

/// The event of an invocation: JSON as text, or nothing.
///
/// A `&str` becomes a payload by itself and is checked when the call is
/// built; [`Json`] was checked before; a [`Source`] is checked as it writes
/// itself the first time. At most 6 MiB, or 128 KiB for an asynchronous call.
#[derive(Default)]
pub struct Event<'a>(pub(crate) Content<'a>);

/// The origin of a payload's bytes.
#[derive(Default)]
pub(crate) enum Content<'a> {
    #[default]
    None,
    Text(&'a str),
    Checked(&'a str),
    Source(Streamed<'a>),
    /// Pieces that are fed from outside, by the code that writes them.
    #[cfg(feature = "async")]
    Fed(WriteFed),
}

/// A source, and the code that writes it: called through a pointer, so that an
/// image without sources has none of it, which is 300 bytes.
pub(crate) struct Streamed<'a> {
    pub(crate) source: &'a mut (dyn Source + Send),
    pub(crate) write: WriteSource,
}

impl Content<'_> {
    /// Goes back to the first byte of a source.
    pub(crate) fn rewind(&mut self) {
        if let Self::Source(Streamed { source, .. }) = self {
            source.rewind();
        }
    }
}

impl<'a> Event<'a> {
    /// Creates an absent payload: the parameter is left out.
    pub const fn none() -> Self {
        Self(Content::None)
    }

    /// Creates a payload of JSON that a source writes piece by piece, twice:
    /// once to be measured and signed, once to be sent.
    pub fn source(source: &'a mut (dyn Source + Send)) -> Self {
        Self(Content::Source(Streamed { source, write: EventWriter::write_source }))
    }

    /// Creates a payload of pieces that are fed to what writes it.
    #[cfg(feature = "async")]
    pub(crate) fn fed() -> Self {
        Self(Content::Fed(EventWriter::write_fed))
    }

    /// Lends the payload for one attempt, so that there can be another.
    pub fn reborrow(&mut self) -> Event<'_> {
        Event(match &mut self.0 {
            Content::None => Content::None,
            Content::Text(text) => Content::Text(text),
            Content::Checked(text) => Content::Checked(text),
            Content::Source(Streamed { source, write }) => {
                Content::Source(Streamed { source: &mut **source, write: *write })
            }
            #[cfg(feature = "async")]
            Content::Fed(write) => Content::Fed(*write),
        })
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Content::None => "Event(none)",
            Content::Text(_) | Content::Checked(_) => "Event(text)",
            Content::Source(_) => "Event(source)",
            #[cfg(feature = "async")]
            Content::Fed(_) => "Event(source)",
        })
    }
}

impl<'a> From<&'a str> for Event<'a> {
    fn from(text: &'a str) -> Self {
        Self(Content::Text(text))
    }
}

impl<'a> From<Json<'a>> for Event<'a> {
    fn from(json: Json<'a>) -> Self {
        Self(Content::Checked(json.as_str()))
    }
}

/// Something that writes the same JSON text every time it is asked.
///
/// With it a device sends megabytes from a few hundred bytes of RAM. Writing
/// other bytes the second time is detected before the request is complete.
/// [`from_fn`] makes one from a closure.
pub trait Source {
    /// Goes back to the first byte.
    fn rewind(&mut self);

    /// Writes the next bytes to the front of `out`, and says how many; 0 is
    /// the end of the text. `out` is never empty.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError>;
}

/// A [`Source`] that waits for its bytes, as flash and SD cards do; see
/// [`AsyncClient::invoke_streamed`](crate::AsyncClient::invoke_streamed).
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "executors of firmware need no Send bound")]
pub trait AsyncSource {
    /// Goes back to the first byte.
    async fn rewind(&mut self) -> Result<(), SourceError>;

    /// Writes the next bytes to the front of `out`, and says how many; 0 is
    /// the end of the text. `out` is never empty.
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError>;
}

/// A source cannot give its bytes, so the invocation is given up unsent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SourceError;

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source of the payload could not give its bytes")
    }
}

impl core::error::Error for SourceError {}

/// The room for one piece of a [`from_fn`] source, in bytes.
pub const PIECE_MAX: usize = 128;

/// One piece of text, to be written with [`core::fmt::Write`] or `push_str`.
pub type Piece = heapless::String<PIECE_MAX>;

/// Returns a source that asks `write` for piece 0, 1, 2 … until it answers
/// `false`.
///
/// Each piece may be [`PIECE_MAX`] bytes; what `write` answers for an index
/// must not change. A piece that did not fit is not sent half: return what
/// `push_str` or `write!` say, and the call ends with a [`SourceError`].
///
/// ```
/// use scf_invoke_core::request::event::{self, Event, SourceError};
///
/// let readings = [20, 21, 23];
/// let mut source = event::from_fn(|index, piece| {
///     let Some(reading) = readings.get(index as usize) else {
///         return Ok(false);
///     };
///     piece.push_str(if index == 0 { "[" } else { "," }).map_err(|_| SourceError)?;
///     core::fmt::write(piece, format_args!("{reading}")).map_err(|_| SourceError)?;
///     if index == 2 {
///         piece.push(']').map_err(|_| SourceError)?;
///     }
///     Ok(true)
/// });
/// let event = Event::source(&mut source);
/// ```
pub fn from_fn<F>(write: F) -> FromFn<F>
where
    F: FnMut(u32, &mut Piece) -> Result<bool, SourceError>,
{
    FromFn { write, next: 0, piece: Piece::new(), taken: 0 }
}

/// The source that [`from_fn`] makes.
pub struct FromFn<F> {
    write: F,
    next: u32,
    piece: Piece,
    taken: usize,
}

impl<F> Source for FromFn<F>
where
    F: FnMut(u32, &mut Piece) -> Result<bool, SourceError>,
{
    fn rewind(&mut self) {
        self.next = 0;
        self.taken = 0;
        self.piece.clear();
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        loop {
            let rest = self.piece.as_bytes().get(self.taken..).unwrap_or_default();
            if !rest.is_empty() {
                let count = bytes::copy(out, rest);
                self.taken = self.taken.saturating_add(count);
                return Ok(count);
            }
            self.piece.clear();
            self.taken = 0;
            if !(self.write)(self.next, &mut self.piece)? {
                return Ok(0);
            }
            self.next = self.next.checked_add(1).ok_or(SourceError)?;
        }
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFn").field("next", &self.next).finish_non_exhaustive()
    }
}
