//! The event on its way into a request: encoded a bufferful at a time, and the
//! same bytes each time.

use core::mem;

use crate::request::RequestError;
#[cfg(target_pointer_width = "64")]
use crate::request::clean_run::Run;
use crate::request::event::{Content, Source, Streamed};
use crate::wire::json::Validator;
use crate::wire::window::Encoding;

/// The size and checksum of an event: found by one pass, and expected of the
/// next.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    /// The bytes of a source, before they are encoded and after.
    raw: usize,
    encoded: usize,
    checksum: u32,
    /// The longest run of an event in memory that needs no escaping, so that
    /// the second pass need not look for it again.
    #[cfg(target_pointer_width = "64")]
    pub(super) clean: Run,
}

impl Extent {
    /// The extent of nothing.
    pub(crate) const NONE: Self = Self {
        raw: 0,
        encoded: 0,
        checksum: 0,
        #[cfg(target_pointer_width = "64")]
        clean: Run::NONE,
    };

    /// Returns `true` if both are of the same source, however encoded.
    pub(crate) fn is_same_source(&self, other: &Self) -> bool {
        (self.raw, self.checksum) == (other.raw, other.checksum)
    }

    fn add(&mut self, raw: &[u8]) {
        self.raw += raw.len();
        // Only a mistake is to be caught, not an attack: the server checks
        // the real hash.
        self.checksum = raw.iter().fold(self.checksum, |sum, &byte| {
            (sum.rotate_left(5) ^ byte as u32).wrapping_mul(0x9e37_79b1)
        });
    }
}

/// The purpose of a pass over the event.
pub(crate) enum Pass<'v> {
    /// Measures it: what a source writes is checked, and may have this many
    /// bytes.
    Measure { validator: &'v mut Validator, limit: usize },
    /// Sends it. Where a source writes something else than was measured,
    /// nothing more comes out.
    Send { measured: &'v Extent },
}

/// Encodes what fits to the front of `room`, which it shortens; returns how many
/// bytes of `input` that were.
fn encode(encoding: Encoding, input: &[u8], room: &mut &mut [u8]) -> usize {
    let (used, written) = encoding.encode(input, room);
    *room = mem::take(room).get_mut(written..).unwrap_or_default();
    used
}

/// [`EventWriter::write_source`].
pub(crate) type WriteSource = fn(
    &mut EventWriter,
    &mut (dyn Source + Send),
    Encoding,
    &mut &mut [u8],
    &mut Pass<'_>,
) -> Result<bool, RequestError>;

/// [`EventWriter::write_fed`].
#[cfg(feature = "async")]
pub(crate) type WriteFed =
    fn(&mut EventWriter, Encoding, &mut &mut [u8], &mut Pass<'_>) -> Result<bool, RequestError>;

/// The progress of an event whose pieces are fed.
#[cfg(feature = "async")]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Feed {
    Going,
    /// The next piece is wanted.
    Waiting,
    /// The last piece has come.
    Ended,
}

/// Writes an event, a bufferful at a time.
pub(crate) struct EventWriter {
    /// Of an event in memory, the bytes that are out; of a source, those of
    /// its last piece.
    pub(super) used: usize,
    /// The bytes that were last read from a source.
    piece: [u8; 64],
    piece_length: u8,
    /// The progress of pieces that are fed.
    #[cfg(feature = "async")]
    feed: Feed,
    pub(super) extent: Extent,
    /// The runs that have met without a gap so far.
    #[cfg(target_pointer_width = "64")]
    pub(super) run: Run,
}

impl EventWriter {
    /// Creates a writer at the first byte of an event, whose source has been
    /// rewound.
    pub(crate) const fn new() -> Self {
        Self {
            used: 0,
            piece: [0; 64],
            piece_length: 0,
            #[cfg(feature = "async")]
            feed: Feed::Going,
            extent: Extent::NONE,
            #[cfg(target_pointer_width = "64")]
            run: Run::NONE,
        }
    }

    /// Returns the extent of the event, once all of it is out.
    pub(crate) fn extent(&self) -> &Extent {
        &self.extent
    }

    /// Writes what fits to the front of `room`, which it shortens; returns
    /// whether all of the event is out.
    pub(crate) fn write(
        &mut self,
        content: &mut Content<'_>,
        encoding: Encoding,
        room: &mut &mut [u8],
        pass: &mut Pass<'_>,
    ) -> Result<bool, RequestError> {
        match content {
            Content::None => Ok(true),
            Content::Text(text) | Content::Checked(text) => {
                let rest = text.as_bytes().get(self.used..).unwrap_or_default();
                let used = encode(encoding, rest, room);
                self.used += used;
                Ok(used == rest.len())
            }
            Content::Source(Streamed { source, write }) => {
                write(self, *source, encoding, room, pass)
            }
            #[cfg(feature = "async")]
            Content::Fed(write) => write(self, encoding, room, pass),
        }
    }

    /// Writes as [`write`](Self::write) does, from a source.
    pub(crate) fn write_source(
        &mut self,
        source: &mut (dyn Source + Send),
        encoding: Encoding,
        room: &mut &mut [u8],
        pass: &mut Pass<'_>,
    ) -> Result<bool, RequestError> {
        while self.write_piece(encoding, room, pass)? {
            let count = source.read(&mut self.piece).map_err(|_| RequestError::Source)?;
            self.take_piece(count, pass)?;
            if self.piece_length == 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes as [`write`](Self::write) does, from pieces that are fed: where the
    /// next one is wanted, [`is_waiting`](Self::is_waiting) says so.
    #[cfg(feature = "async")]
    pub(crate) fn write_fed(
        &mut self,
        encoding: Encoding,
        room: &mut &mut [u8],
        pass: &mut Pass<'_>,
    ) -> Result<bool, RequestError> {
        if !self.write_piece(encoding, room, pass)? {
            return Ok(false);
        }
        if self.feed == Feed::Going {
            self.feed = Feed::Waiting;
        }
        Ok(self.feed == Feed::Ended)
    }

    /// Returns whether the next piece is wanted.
    #[cfg(feature = "async")]
    pub(crate) fn is_waiting(&self) -> bool {
        self.feed == Feed::Waiting
    }

    /// Returns the place for the next piece, to be [fed](Self::feed) then.
    #[cfg(feature = "async")]
    pub(crate) fn room(&mut self) -> &mut [u8] {
        &mut self.piece
    }

    /// Takes so many bytes that were written to the [`room`](Self::room); none are
    /// the end of the event.
    #[cfg(feature = "async")]
    pub(crate) fn feed(&mut self, count: usize, pass: &mut Pass<'_>) -> Result<(), RequestError> {
        self.feed = if count == 0 { Feed::Ended } else { Feed::Going };
        self.take_piece(count, pass)
    }

    /// Writes what fits of the last piece; returns whether all of it is out.
    fn write_piece(
        &mut self,
        encoding: Encoding,
        room: &mut &mut [u8],
        pass: &Pass<'_>,
    ) -> Result<bool, RequestError> {
        let piece = self.piece.get(self.used..self.piece_length.into()).unwrap_or_default();
        let before = room.len();
        let used = encode(encoding, piece, room);
        let is_out = used == piece.len();
        self.used += used;
        self.extent.encoded += before - room.len();
        match pass {
            Pass::Send { measured } if self.extent.encoded > measured.encoded => {
                Err(RequestError::SourceChanged)
            }
            _ => Ok(is_out),
        }
    }

    /// Takes the next piece of a source, which is empty at its end.
    fn take_piece(&mut self, count: usize, pass: &mut Pass<'_>) -> Result<(), RequestError> {
        let piece = self.piece.get(..count).ok_or(RequestError::Source)?;
        self.piece_length = count as u8;
        self.used = 0;
        self.extent.add(piece);
        match pass {
            Pass::Measure { validator, limit } => {
                // Also ends a source that would never end by itself.
                if self.extent.raw > *limit {
                    return Err(RequestError::PayloadTooLarge { limit: *limit });
                }
                let checked =
                    if piece.is_empty() { validator.finish() } else { validator.push(piece) };
                checked.map_err(RequestError::Event)
            }
            Pass::Send { measured } if count == 0 && !self.extent.is_same_source(measured) => {
                Err(RequestError::SourceChanged)
            }
            Pass::Send { .. } => Ok(()),
        }
    }
}
