//! Turns a request into bytes, a bufferful at a time.
//!
//! Every text of a request (the whole message, its body, its query, the
//! source of a version 1 signature) is *before*, payload, *after*. The two
//! outer parts are short: to go on in the middle of one it is written again
//! and what is out already is skipped. The payload keeps a position.

use crate::bytes;
use crate::json;
use crate::payload::{Content, SourceError};
use crate::percent;
use crate::request::Request;
use crate::request::texts::Text;

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As it is: the source of a version 1 signature.
    #[cfg(feature = "v1")]
    Raw,
    /// Inside a JSON string.
    Json,
    /// In a query or form.
    Percent,
}

impl Encoding {
    /// Encodes what fits; bytes used and bytes written. Only stops early when
    /// fewer than [`WIDEST`] bytes of `out` are left.
    fn encode(self, input: &[u8], out: &mut [u8]) -> (usize, usize) {
        match self {
            #[cfg(feature = "v1")]
            Self::Raw => {
                let count = bytes::copy(out, input);
                (count, count)
            }
            Self::Json => json::escape(input, out),
            Self::Percent => percent::encode(input, out),
        }
    }
}

/// The most bytes that one byte becomes: `\u001f`.
const WIDEST: usize = 6;

/// A run of payload that is worth giving out where it lies, and the longest
/// that is looked for at once, so that it is still in the cache when it is
/// hashed or sent.
const RUN_MIN: usize = 512;
const RUN_MAX: usize = 16 << 10;

/// The smallest buffer that a request can be emitted through.
pub(crate) const BUFFER_MIN: usize = 64;

/// A slice that is filled in order, after a number of bytes that are skipped
/// because they are out already.
pub(crate) struct Window<'b> {
    out: &'b mut [u8],
    skip: usize,
    written: usize,
    full: bool,
}

impl<'b> Window<'b> {
    fn new(out: &'b mut [u8], skip: usize) -> Self {
        Self { out, skip, written: 0, full: false }
    }

    /// Writes `bytes`, or what of them the window shows.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        let rest = match bytes.get(self.skip..) {
            Some(rest) => rest,
            None => {
                self.skip -= bytes.len();
                return;
            }
        };
        self.skip = 0;
        let room = self.out.get_mut(self.written..).unwrap_or_default();
        self.full |= rest.len() > room.len();
        self.written += bytes::copy(room, rest);
    }

    /// Writes `text`.
    pub(crate) fn text(&mut self, text: &str) {
        self.put(text.as_bytes());
    }

    /// Writes `text` encoded.
    pub(crate) fn encoded(&mut self, encoding: Encoding, text: &str) {
        let mut rest = text.as_bytes();
        let mut chunk = [0; 48];
        while !rest.is_empty() {
            let (used, written) = encoding.encode(rest, &mut chunk);
            self.put(chunk.get(..written).unwrap_or_default());
            rest = rest.get(used..).unwrap_or_default();
        }
    }
}

/// How much of a payload there is, and whether it is the same again.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    raw: usize,
    encoded: usize,
    checksum: u32,
    /// The longest stretch of a payload in memory that needs no escaping, so
    /// that the second pass need not look again.
    clean_start: usize,
    clean_end: usize,
}

impl Extent {
    const NOTHING: Self = Self { raw: 0, encoded: 0, checksum: 0, clean_start: 0, clean_end: 0 };

    /// The bytes of the payload itself.
    pub(crate) fn raw(self) -> usize {
        self.raw
    }

    /// Whether both are of the same payload, however encoded.
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

/// Why emitting stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmitError {
    /// The source gave up, or claimed more bytes than it was given room for.
    Source,
    /// The source writes other bytes than it was measured with.
    Changed,
}

impl From<SourceError> for EmitError {
    fn from(_: SourceError) -> Self {
        Self::Source
    }
}

/// Where emission of one text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Before,
    Payload,
    After,
    Done,
}

/// Emits one text of a request, a bufferful at a time.
pub(crate) struct Emitter {
    stage: Stage,
    /// Bytes of the outer part that are out already.
    emitted: usize,
    /// Position in a payload from memory.
    offset: usize,
    /// Where the runs began that have met without a gap, and their end.
    run_start: usize,
    run_end: usize,
    /// Bytes read from a source and not yet encoded.
    raw: [u8; 64],
    raw_start: u8,
    raw_end: u8,
    extent: Extent,
}

impl Emitter {
    /// At the first byte of a text, whose source has been rewound.
    pub(crate) const fn new() -> Self {
        Self {
            stage: Stage::Before,
            emitted: 0,
            offset: 0,
            run_start: 0,
            run_end: 0,
            raw: [0; 64],
            raw_start: 0,
            raw_end: 0,
            extent: Extent::NOTHING,
        }
    }

    /// Goes to the first byte of a text; a source is rewound.
    pub(crate) fn restart(&mut self, content: &mut Content<'_>) {
        if let Content::Source(source) = content {
            source.rewind();
        }
        self.stage = Stage::Before;
        self.emitted = 0;
        self.offset = 0;
        self.run_start = 0;
        self.run_end = 0;
        self.raw_start = 0;
        self.raw_end = 0;
        self.extent = Extent::NOTHING;
    }

    /// The place for what a source writes, for another use where there is no
    /// source or all of it is out.
    pub(crate) fn place(&mut self) -> &mut [u8] {
        &mut self.raw
    }

    /// The front of that place.
    pub(crate) fn kept(&self, length: u8) -> &[u8] {
        self.raw.get(..length as usize).unwrap_or_default()
    }

    /// What the payload was, once all of it is out.
    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether the last byte is out.
    pub(crate) fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Fills `out` (at least [`BUFFER_MIN`] bytes) as far as there is
    /// something to write; 0 bytes are the end.
    ///
    /// `measured` is the payload's extent from the pass before: where a
    /// source differs from it, nothing more comes out. `watch` sees the
    /// payload's own bytes where they come from a source.
    pub(crate) fn fill(
        &mut self,
        request: &Request<'_>,
        text: Text,
        content: &mut Content<'_>,
        out: &mut [u8],
        measured: Option<Extent>,
        watch: &mut dyn FnMut(&[u8]),
    ) -> Result<usize, EmitError> {
        let mut written = 0;
        loop {
            let room = out.get_mut(written..).unwrap_or_default();
            match self.stage {
                Stage::Before | Stage::After => {
                    let mut window = Window::new(room, self.emitted);
                    if self.stage == Stage::Before {
                        request.before(text, &mut window);
                    } else {
                        request.after(text, &mut window);
                    }
                    written += window.written;
                    if window.full {
                        self.emitted += window.written;
                        return Ok(written);
                    }
                    self.emitted = 0;
                    self.stage =
                        if self.stage == Stage::Before { Stage::Payload } else { Stage::Done };
                }
                Stage::Payload if !request.has_payload(text) => self.stage = Stage::After,
                Stage::Payload => {
                    let encoding = request.encoding(text);
                    let (count, ended) = self.fill_payload(encoding, content, room, watch)?;
                    self.extent.encoded += count;
                    written += count;
                    if let (Content::Source(_), Some(measured)) = (&*content, measured)
                        && (self.extent.encoded > measured.encoded
                            || ended && self.extent != measured)
                    {
                        return Err(EmitError::Changed);
                    }
                    if !ended {
                        return Ok(written);
                    }
                    self.stage = Stage::After;
                }
                Stage::Done => return Ok(written),
            }
        }
    }

    /// The next bytes of a payload in memory, if they are many and need no
    /// escaping: they are given out where they lie. Where there are none,
    /// [`fill`](Self::fill) goes on.
    pub(crate) fn run<'p>(
        &mut self,
        request: &Request<'_>,
        text: Text,
        content: &Content<'p>,
        measured: Option<Extent>,
    ) -> Option<&'p [u8]> {
        // For speed, which is left out where it would cost flash.
        if cfg!(not(target_pointer_width = "64")) {
            return None;
        }
        let (Content::Text(payload) | Content::Checked(payload)) = content else { return None };
        if self.stage != Stage::Payload
            || !request.has_payload(text)
            || request.encoding(text) != Encoding::Json
        {
            return None;
        }
        let payload = payload.as_bytes();
        let known = measured.unwrap_or_default();
        let run = if (known.clean_start..known.clean_end).contains(&self.offset) {
            payload.get(self.offset..known.clean_end)?
        } else {
            let rest = payload.get(self.offset..)?;
            json::unescaped_prefix(rest.get(..RUN_MAX).unwrap_or(rest))
        };
        if run.len() < RUN_MIN {
            return None;
        }
        if self.offset != self.run_end {
            self.run_start = self.offset;
        }
        self.offset += run.len();
        self.run_end = self.offset;
        self.extent.add_run(self.run_start, self.run_end);
        self.extent.raw += run.len();
        self.extent.encoded += run.len();
        Some(run)
    }

    /// Encodes payload into `out`; how many bytes, and whether it has ended.
    #[inline(never)]
    fn fill_payload(
        &mut self,
        encoding: Encoding,
        content: &mut Content<'_>,
        out: &mut [u8],
        watch: &mut dyn FnMut(&[u8]),
    ) -> Result<(usize, bool), EmitError> {
        let source = match content {
            Content::None => return Ok((0, true)),
            Content::Text(text) | Content::Checked(text) => {
                let rest = text.as_bytes().get(self.offset..).unwrap_or_default();
                let (used, written) = encoding.encode(rest, out);
                self.offset += used;
                self.extent.raw += used;
                return Ok((written, used == rest.len()));
            }
            Content::Source(source) => source,
        };
        let mut written = 0;
        loop {
            let pending =
                self.raw.get(self.raw_start as usize..self.raw_end as usize).unwrap_or_default();
            let room = out.get_mut(written..).unwrap_or_default();
            if pending.is_empty() {
                if room.len() < WIDEST {
                    return Ok((written, false));
                }
                let count = source.read(&mut self.raw)?;
                if count == 0 {
                    return Ok((written, true));
                }
                let raw = self.raw.get(..count).ok_or(EmitError::Source)?;
                self.extent.add(raw);
                watch(raw);
                self.raw_start = 0;
                self.raw_end = count as u8;
            } else {
                let (used, encoded) = encoding.encode(pending, room);
                if used == 0 {
                    return Ok((written, false));
                }
                self.raw_start += used as u8;
                written += encoded;
            }
        }
    }
}
