//! Turns a request into bytes, a bufferful at a time.
//!
//! Every text of a request (the whole message, its body, its query) is a
//! number of filled-in [forms](crate::request::form), in which the event is a hole
//! among others. To go on anywhere it is enough to know which piece of which
//! section is being written, and how much of it is out.

use core::mem;

use crate::request::Request;
use crate::request::event::{Content, Source};
use crate::request::form::{self, Piece, Scratch};
use crate::request::texts::{SECTIONS, Section, Text};
use crate::wire::bytes;
use crate::wire::json::{self, Invalid, Validator, WIDE};
use crate::wire::percent;

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
    /// Encodes what fits to the front of `out`, of which the rest is left; how
    /// many bytes of `input` that were. Only stops early when fewer than the six
    /// bytes of `\u001f` are left in `out`.
    #[inline(never)]
    fn encode(self, input: &[u8], out: &mut &mut [u8]) -> usize {
        let (used, written) = match self {
            Self::Raw => {
                let count = bytes::copy(out, input);
                (count, count)
            }
            Self::Json => json::escape(input, out),
            Self::Percent => percent::encode(input, out),
        };
        *out = mem::take(out).get_mut(written..).unwrap_or_default();
        used
    }
}

/// A run of payload that is worth giving out where it lies, and the longest
/// that is looked for at once, so that it is still in the cache when it is
/// hashed or sent.
const RUN_MIN: usize = 512;
const RUN_MAX: usize = 16 << 10;

/// The smallest buffer that a request can be emitted through: a piece's
/// literal is written as a whole.
pub(crate) const BUFFER_MIN: usize = form::LITERAL_MAX;

/// What a pass over the payload found, so that the next one finds the same.
#[derive(Clone, Copy)]
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
    pub(crate) const NOTHING: Self =
        Self { raw: 0, encoded: 0, checksum: 0, clean_start: 0, clean_end: 0 };

    /// The bytes of the source itself.
    pub(crate) fn raw(&self) -> usize {
        self.raw
    }

    /// Whether both are of the same source, however encoded.
    pub(crate) fn same_source(&self, other: &Self) -> bool {
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
        self.checksum = raw.iter().fold(self.checksum, |sum, &byte| {
            (sum.rotate_left(5) ^ byte as u32).wrapping_mul(0x9e37_79b1)
        });
    }
}

/// What a text is emitted for.
pub(crate) enum Pass<'v> {
    /// To be measured; what a source writes is checked.
    Measure(&'v mut Check),
    /// To be sent. Where a source writes something else than it was measured
    /// with, nothing more comes out.
    Send(&'v Extent),
}

/// Why a source cannot be emitted. Small, so that it is handed up in a register.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(crate) enum Fault {
    /// It failed, or is not JSON.
    Source,
    /// It wrote something else than it was measured with.
    Changed,
}

/// Whether what a source writes is JSON.
pub(crate) struct Check {
    validator: Validator,
    pub(crate) invalid: Option<Invalid>,
}

impl Check {
    pub(crate) fn new() -> Self {
        Self { validator: const { Validator::new() }, invalid: None }
    }

    /// Takes the next bytes; none are the end.
    fn push(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let checked =
            if bytes.is_empty() { self.validator.finish() } else { self.validator.push(bytes) };
        self.invalid = checked.err();
        if self.invalid.is_some() { Err(Fault::Source) } else { Ok(()) }
    }
}

/// Emits one text of a request, a bufferful at a time.
pub(crate) struct Emitter {
    /// The section, and where in its form the piece is that is being written.
    section: u8,
    at: u16,
    /// 1 where that piece's literal is out already, and the bytes of its value
    /// that are.
    used: usize,
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
            section: 0,
            at: 0,
            used: 0,
            raw_length: 0,
            raw: [0; 64],
            extent: Extent::NOTHING,
            run_start: 0,
            run_end: 0,
        }
    }

    /// Goes to the first byte of a text; a source is rewound.
    pub(crate) fn restart(&mut self, content: &mut Content<'_>) {
        content.rewind();
        self.section = 0;
        self.at = 0;
        self.used = 0;
        self.raw_length = 0;
        self.extent = Extent::NOTHING;
        self.run_start = 0;
        self.run_end = 0;
    }

    /// What the payload was, once all of it is out.
    pub(crate) fn extent(&self) -> &Extent {
        &self.extent
    }

    /// Whether the last byte is out.
    pub(crate) fn is_done(&self) -> bool {
        self.section as usize >= SECTIONS.len()
    }

    /// The piece of the section that is being written, if any is left.
    fn piece(&self, section: &Section) -> Option<Piece<'static>> {
        Piece::first(section.form.get(self.at as usize..)?)
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
    ) -> Result<usize, Fault> {
        let mut scratch = [0; 64];
        let sections = request.sections(text);
        let all = out.len();
        let mut room = out;
        while let Some(section) = SECTIONS.get(self.section as usize) {
            if sections >> self.section & 1 == 0 {
                self.section += 1;
                continue;
            }
            if WIDE && self.used == 0 {
                room = self.copy(section, request, room, &mut scratch);
            }
            let Some(piece) = self.piece(section) else {
                self.section += 1;
                self.at = 0;
                continue;
            };
            let is_event = piece.hole == form::EVENT;
            let value = match content {
                _ if !is_event => request.value(piece.hole, &mut scratch),
                Content::Text(text) | Content::Checked(text) => Some(text.as_bytes()),
                Content::Source(_) => self.raw.get(..self.raw_length as usize),
                Content::None => None,
            };
            if let Some(value) = value {
                if self.used == 0 {
                    if room.len() < piece.literal.len() {
                        break;
                    }
                    Encoding::Raw.encode(piece.literal, &mut room);
                    self.used = 1;
                }
                let left = value.get(self.used.wrapping_sub(1)..).unwrap_or_default();
                let before = room.len();
                let used = section.encoding.encode(left, &mut room);
                let is_out = used == left.len();
                self.used += used;
                if let Content::Source(source) = content
                    && is_event
                {
                    self.extent.encoded += before - room.len();
                    if let Pass::Send(measured) = &pass
                        && self.extent.encoded > measured.encoded
                    {
                        return Err(Fault::Changed);
                    }
                    if is_out && self.read(*source, &mut pass)? > 0 {
                        self.used = 1;
                        continue;
                    }
                }
                if !is_out {
                    break;
                }
            }
            self.used = 0;
            self.at += piece.length();
        }
        Ok(all - room.len())
    }

    /// Copies whole pieces to the front of `room` for as long as they fit and
    /// are sent as they are; what is left of it. [`fill`](Self::fill) alone would
    /// do: this is for speed.
    fn copy<'o>(
        &mut self,
        section: &Section,
        request: &Request<'_>,
        mut room: &'o mut [u8],
        scratch: &mut Scratch,
    ) -> &'o mut [u8] {
        let mut form = section.form.get(self.at as usize..).unwrap_or_default();
        while let Some(piece) = Piece::first(form).filter(|piece| piece.hole != form::EVENT) {
            if let Some(value) = request.value(piece.hole, scratch) {
                // A name of the API's is the same in any encoding.
                let is_plain = section.encoding == Encoding::Raw
                    || matches!(piece.hole, form::EVENT_NAME | form::FUNCTION_NAME);
                if !is_plain || room.len() < piece.literal.len() + value.len() {
                    break;
                }
                for part in [piece.literal, value] {
                    let count = bytes::copy(room, part);
                    room = room.get_mut(count..).unwrap_or_default();
                }
            }
            form = form.get(piece.length() as usize..).unwrap_or_default();
        }
        self.at = (section.form.len() - form.len()) as u16;
        room
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
        let section = SECTIONS.get(self.section as usize)?;
        if self.piece(section)?.hole != form::EVENT || section.encoding != Encoding::Json {
            return None;
        }
        let offset = self.used.checked_sub(1)?;
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

    /// Reads the next bytes of a source; how many, 0 at its end.
    #[inline(never)]
    fn read(&mut self, source: &mut dyn Source, pass: &mut Pass<'_>) -> Result<usize, Fault> {
        let count = source.read(&mut self.raw).map_err(|_| Fault::Source)?;
        let raw = self.raw.get(..count).ok_or(Fault::Source)?;
        self.raw_length = count as u8;
        self.extent.add(raw);
        match pass {
            Pass::Measure(check) => check.push(raw)?,
            Pass::Send(measured) if count == 0 && !self.extent.same_source(measured) => {
                return Err(Fault::Changed);
            }
            Pass::Send(_) => {}
        }
        Ok(count)
    }
}
