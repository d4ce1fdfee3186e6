//! Turns a request into bytes, a bufferful at a time.
//!
//! Every text of a request (the whole message, its body, its query) is a
//! number of filled-in [forms](crate::form), in which the event is a hole
//! among others. To go on anywhere it is enough to know what is left of a form
//! and how much of its first piece is out.

use crate::bytes;
use crate::form::{self, Piece, Values};
use crate::json::{self, Validator};
use crate::payload::{Content, Source};
use crate::percent;
use crate::request::texts::{SECTIONS, Text};
use crate::request::{Request, RequestError};

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As it is.
    Raw,
    /// Inside a JSON string.
    Json,
    /// In a query or form.
    Percent,
}

impl Encoding {
    /// Encodes what fits; bytes used and bytes written. Only stops early when
    /// fewer than the six bytes of `\u001f` are left in `out`.
    #[inline(never)]
    fn encode(self, input: &[u8], out: &mut [u8]) -> (usize, usize) {
        match self {
            Self::Raw => {
                let count = bytes::copy(out, input);
                (count, count)
            }
            Self::Json => json::escape(input, out),
            Self::Percent => percent::encode(input, out),
        }
    }
}

/// A run of payload that is worth giving out where it lies, and the longest
/// that is looked for at once, so that it is still in the cache when it is
/// hashed or sent.
const RUN_MIN: usize = 512;
const RUN_MAX: usize = 16 << 10;

/// The smallest buffer that a request can be emitted through.
pub(crate) const BUFFER_MIN: usize = 64;

/// What a pass over the payload found, so that the next one finds the same.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Of a source: its own bytes, what they were encoded to, and what they
    /// add up to.
    raw: usize,
    encoded: usize,
    checksum: u32,
    /// Of a payload in memory: the longest stretch that needs no escaping, so
    /// that the second pass need not look again.
    clean_start: usize,
    clean_end: usize,
}

impl Extent {
    const NOTHING: Self = Self { raw: 0, encoded: 0, checksum: 0, clean_start: 0, clean_end: 0 };

    /// The bytes of the source itself.
    pub(crate) fn raw(self) -> usize {
        self.raw
    }

    /// Whether both are of the same source, however encoded.
    pub(crate) fn same_source(self, other: Self) -> bool {
        (self.raw, self.checksum) == (other.raw, other.checksum)
    }

    /// Takes note of a run that needs no escaping; `open` is where the stretch
    /// began that it may prolong.
    fn add_run(&mut self, open: usize, end: usize) {
        if end - open > self.clean_end - self.clean_start {
            self.clean_start = open;
            self.clean_end = end;
        }
    }

    fn add(&mut self, raw: &[u8]) {
        self.raw += raw.len();
        // Only a mistake is to be caught, not an attack: the server checks
        // the real hash.
        for &byte in raw {
            self.checksum = (self.checksum.rotate_left(5) ^ byte as u32).wrapping_mul(0x9e37_79b1);
        }
    }
}

/// What a text is emitted for.
pub(crate) enum Pass<'v> {
    /// To be measured; what a source writes is checked.
    Measure(&'v mut Validator),
    /// To be sent. Where a source writes something else than it was measured
    /// with, nothing more comes out.
    Send(&'v Extent),
}

/// Emits one text of a request, a bufferful at a time.
pub(crate) struct Emitter {
    /// What is left of the form, from the piece on that is being written.
    form: Option<&'static [u8]>,
    /// The bytes of that piece that are out already.
    used: usize,
    encoding: Encoding,
    /// The section that follows.
    next: u8,
    /// Bytes read from a source and not yet encoded.
    raw_length: u8,
    raw: [u8; 64],
    extent: Extent,
    /// Where the runs began that have met without a gap, and their end.
    run_start: usize,
    run_end: usize,
}

impl Emitter {
    /// At the first byte of a text, whose source has been rewound.
    pub(crate) const fn new() -> Self {
        Self {
            form: None,
            used: 0,
            encoding: Encoding::Raw,
            next: 0,
            raw_length: 0,
            raw: [0; 64],
            extent: Extent::NOTHING,
            run_start: 0,
            run_end: 0,
        }
    }

    /// Goes to the first byte of a text; a source is rewound.
    pub(crate) fn restart(&mut self, content: &mut Content<'_>) {
        if let Content::Source(source) = content {
            source.rewind();
        }
        self.form = None;
        self.used = 0;
        self.next = 0;
        self.raw_length = 0;
        self.extent = Extent::NOTHING;
        self.run_start = 0;
        self.run_end = 0;
    }

    /// What the payload was, once all of it is out.
    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether the last byte is out.
    pub(crate) fn is_done(&self) -> bool {
        self.form.is_none_or(<[u8]>::is_empty) && self.next as usize >= SECTIONS.len()
    }

    /// Fills `out` (at least [`BUFFER_MIN`] bytes) as far as there is
    /// something to write; 0 bytes are the end.
    pub(crate) fn fill(
        &mut self,
        request: &Request<'_>,
        text: Text,
        content: &mut Content<'_>,
        out: &mut [u8],
        mut pass: Pass<'_>,
    ) -> Result<usize, RequestError> {
        let mut written = 0;
        let mut scratch = [0; 64];
        loop {
            let Some((piece, rest)) = self.form.and_then(Piece::split) else {
                let Some(section) = SECTIONS.get(self.next as usize) else { return Ok(written) };
                if request.sections(text) >> self.next & 1 != 0 {
                    self.form = Some(section.form);
                    self.encoding = section.encoding;
                }
                self.next += 1;
                continue;
            };
            let is_event = piece.hole == form::EVENT;
            let value = match content {
                _ if !is_event => request.value(piece.hole, &mut scratch),
                Content::Text(text) | Content::Checked(text) => Some(text.as_bytes()),
                Content::Source(_) => self.raw.get(..self.raw_length as usize),
                _ => None,
            };
            if let Some(value) = value {
                let literal = piece.literal.len();
                // Where speed counts, one copy does for a piece that fits and
                // is sent as it is, as a name of the API's is in any encoding.
                if json::WIDE
                    && self.used == 0
                    && !is_event
                    && let Some(room) = out.get_mut(written..)
                    && let Some((to, room)) = room.split_at_mut_checked(literal)
                {
                    to.copy_from_slice(piece.literal);
                    written += literal;
                    self.used = literal;
                    let raw = self.encoding == Encoding::Raw
                        || matches!(piece.hole, form::EVENT_NAME | form::FUNCTION_NAME);
                    if raw && let Some(to) = room.get_mut(..value.len()) {
                        to.copy_from_slice(value);
                        written += value.len();
                        self.used = 0;
                        self.form = Some(rest);
                        continue;
                    }
                }
                let mut before = 0;
                for (part, encoding) in [(piece.literal, Encoding::Raw), (value, self.encoding)] {
                    if let Some(left @ [_, ..]) = part.get(self.used.wrapping_sub(before)..) {
                        let room = out.get_mut(written..).unwrap_or_default();
                        let (used, count) = encoding.encode(left, room);
                        self.used += used;
                        written += count;
                        self.extent.encoded += if is_event { count } else { 0 };
                        if used < left.len() {
                            return self.within(content, &pass, written);
                        }
                    }
                    before = literal;
                }
                if is_event {
                    self.within(content, &pass, written)?;
                }
                if let Content::Source(source) = content
                    && is_event
                    && self.read(*source, &mut pass)?
                {
                    self.used = literal;
                    continue;
                }
            }
            self.used = 0;
            self.form = Some(rest);
        }
    }

    /// The next bytes of a payload in memory, if they are many and need no
    /// escaping: they are given out where they lie. Where there are none,
    /// [`fill`](Self::fill) goes on.
    pub(crate) fn run<'p>(
        &mut self,
        content: &Content<'p>,
        measured: Option<&Extent>,
    ) -> Option<&'p [u8]> {
        // For speed, which is left out where it would cost flash.
        if cfg!(not(target_pointer_width = "64")) {
            return None;
        }
        let (Content::Text(payload) | Content::Checked(payload)) = content else { return None };
        let (piece, _) = Piece::split(self.form?)?;
        if piece.hole != form::EVENT || self.encoding != Encoding::Json {
            return None;
        }
        let offset = self.used.checked_sub(piece.literal.len())?;
        let payload = payload.as_bytes();
        let known = measured.unwrap_or(&Extent::NOTHING);
        let run = if (known.clean_start..known.clean_end).contains(&offset) {
            payload.get(offset..known.clean_end)?
        } else {
            let rest = payload.get(offset..)?;
            json::unescaped_prefix(rest.get(..RUN_MAX).unwrap_or(rest))
        };
        if run.len() < RUN_MIN {
            return None;
        }
        if offset != self.run_end {
            self.run_start = offset;
        }
        self.used += run.len();
        self.run_end = offset + run.len();
        self.extent.add_run(self.run_start, self.run_end);
        Some(run)
    }

    /// Whether no more of a source is out than was measured; what is given is
    /// given back.
    fn within(
        &self,
        content: &Content<'_>,
        pass: &Pass<'_>,
        written: usize,
    ) -> Result<usize, RequestError> {
        match (content, pass) {
            (Content::Source(_), Pass::Send(measured))
                if self.extent.encoded > measured.encoded =>
            {
                Err(RequestError::SourceChanged)
            }
            _ => Ok(written),
        }
    }

    /// Reads the next bytes of a source; whether there are any.
    #[inline(never)]
    fn read(&mut self, source: &mut dyn Source, pass: &mut Pass<'_>) -> Result<bool, RequestError> {
        let count = source.read(&mut self.raw).map_err(|_| RequestError::Source)?;
        let raw = self.raw.get(..count).ok_or(RequestError::Source)?;
        self.raw_length = count as u8;
        self.extent.add(raw);
        let ended = raw.is_empty();
        match pass {
            Pass::Measure(validator) => validator.push(raw)?,
            Pass::Send(measured) if ended && self.extent != **measured => {
                return Err(RequestError::SourceChanged);
            }
            Pass::Send(_) => {}
        }
        Ok(!ended)
    }
}
