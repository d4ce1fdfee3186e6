//! A request as bytes, a bufferful at a time.
//!
//! Each text of a request is what stands before the event, the event, and what
//! stands after it. The first and the last are short, and
//! [written](crate::request::message) anew for each bufferful; the event is of
//! any length, and [resumed](crate::request::event_writer).

use crate::request::event::{Content, Event};
use crate::request::event_writer::{EventWriter, Extent, Pass};
use crate::request::message::Text;
use crate::request::{Request, RequestError};
use crate::wire::window::{Encoding, Window};

/// The smallest buffer that a request is emitted through, in bytes.
pub(crate) const BUFFER_MIN: usize = 64;

/// The part of a text that is being written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    BeforeEvent,
    Event,
    AfterEvent,
    Done,
}

/// Emits one text of a request.
pub(crate) struct Emitter {
    part: Part,
    /// The bytes of the part that are out.
    sent: usize,
    event: EventWriter,
}

impl Emitter {
    /// Creates an emitter at the first byte of a text, whose source has been
    /// rewound.
    pub(crate) const fn new() -> Self {
        Self { part: Part::BeforeEvent, sent: 0, event: EventWriter::new() }
    }

    /// Goes back to the first byte; a source is rewound.
    pub(crate) fn restart(&mut self, event: &mut Event<'_>) {
        event.0.rewind();
        *self = Self::new();
    }

    /// Returns the extent of the event, once all of it is out.
    pub(crate) fn extent(&self) -> &Extent {
        self.event.extent()
    }

    /// Returns the event's writer, which can wait for a piece.
    #[cfg(feature = "async")]
    pub(crate) fn event(&mut self) -> &mut EventWriter {
        &mut self.event
    }

    /// Takes the next piece of an event that is fed while it is sent.
    #[cfg(feature = "async")]
    pub(crate) fn feed(&mut self, request: &Request<'_>, count: usize) -> Result<(), RequestError> {
        self.event.feed(count, &mut Pass::Send { measured: request.extent() })
    }

    /// Returns `true` once the last byte is out.
    pub(crate) fn is_done(&self) -> bool {
        self.part == Part::Done
    }

    /// Returns the next bytes to send, from `buffer` (at least [`BUFFER_MIN`] bytes) or
    /// from the event itself; none are the end.
    pub(crate) fn next<'b, 'p: 'b>(
        &mut self,
        request: &Request<'_>,
        text: Text,
        event: &mut Event<'p>,
        buffer: &'b mut [u8],
    ) -> Result<&'b [u8], RequestError> {
        let measured = request.extent();
        self.emit(request, text, &mut event.0, buffer, &mut Pass::Send { measured })
    }

    /// Returns the next bytes for the purpose of `pass`.
    #[inline(never)]
    pub(crate) fn emit<'b, 'p: 'b>(
        &mut self,
        request: &Request<'_>,
        text: Text,
        content: &mut Content<'p>,
        buffer: &'b mut [u8],
        pass: &mut Pass<'_>,
    ) -> Result<&'b [u8], RequestError> {
        #[cfg(target_pointer_width = "64")]
        if self.part == Part::Event && event_encoding(request, text) == Some(Encoding::Json) {
            let measured = match pass {
                Pass::Send { measured } => Some(*measured),
                Pass::Measure { .. } => None,
            };
            if let Some(run) = self.event.clean_run(content, measured) {
                return Ok(run);
            }
        }
        let length = self.fill(request, text, content, buffer, pass)?;
        Ok(buffer.get(..length).unwrap_or_default())
    }

    /// Fills `out` as far as there is something to write; returns how far.
    fn fill(
        &mut self,
        request: &Request<'_>,
        text: Text,
        content: &mut Content<'_>,
        out: &mut [u8],
        pass: &mut Pass<'_>,
    ) -> Result<usize, RequestError> {
        let mut length = 0;
        loop {
            let mut room = out.get_mut(length..).unwrap_or_default();
            let before = room.len();
            let (written, is_out) = match self.part {
                Part::Event => match event_encoding(request, text) {
                    Some(encoding) => {
                        let is_out = self.event.write(content, encoding, &mut room, pass)?;
                        (before - room.len(), is_out)
                    }
                    None => (0, true),
                },
                Part::BeforeEvent | Part::AfterEvent => {
                    let mut window = Window::new(self.sent, room);
                    if self.part == Part::BeforeEvent {
                        request.write_before_event(text, &mut window);
                    } else {
                        request.write_after_event(text, &mut window);
                    }
                    window.end()
                }
                Part::Done => return Ok(length),
            };
            length += written;
            if !is_out {
                self.sent += written;
                return Ok(length);
            }
            self.sent = 0;
            self.part = match self.part {
                Part::BeforeEvent => Part::Event,
                Part::Event => Part::AfterEvent,
                Part::AfterEvent | Part::Done => Part::Done,
            };
        }
    }
}

/// Returns the encoding of the event in that text, if the text contains it.
fn event_encoding(request: &Request<'_>, text: Text) -> Option<Encoding> {
    let style = request.parameter_style(text)?;
    request.has_event.then_some(style.encoding())
}
