//! One exchange with the API, without any I/O: what to send next, and what
//! the received bytes mean.
//!
//! ```text
//! SignedRequest ──► transmit … transmit ──► window, received … received ──► finish
//!  is checked,       request bytes to       response bytes from               a reply
//!  measured,         send, until none       the network, until complete       or an Error
//!  signed
//! ```
//!
//! A transport that brings its own HTTP, such as a browser's fetch, takes
//! [`head`](Call::head) and [`body`](Call::body) in place of `transmit`, and
//! gives [`response_head`](Call::response_head),
//! [`response_body`](Call::response_body) and
//! [`response_end`](Call::response_end) in place of `received`.
//!
//! The whole of a call, with the network played by two slices:
//!
//! ```
//! use scf_invoke_core::call::Call;
//! use scf_invoke_core::request::invocation::Invocation;
//! use scf_invoke_core::request::event::Event;
//! use scf_invoke_core::request::region::Region;
//! use scf_invoke_core::reply::ReplyParts;
//! use scf_invoke_core::request::{Settings, SignedRequest};
//! use scf_invoke_core::sign::tc3::Signer;
//!
//! let settings = Settings::new(Region::AP_GUANGZHOU, "scf.tencentcloudapi.com");
//! let mut signer = Signer::new("AKIDEXAMPLE", "the-secret-key")?;
//! let hello = Invocation::new("hello");
//! let event = Event::from(r#"{"name":"world"}"#);
//! let mut buffer = [0; 1024];
//! let now = 1_700_000_000;
//! let mut request =
//!     SignedRequest::new(&settings, &hello, event, &mut signer, now, &mut buffer)?;
//! let mut parts = ReplyParts::new();
//! let mut call = Call::new(&mut request, &mut parts, None);
//!
//! let mut sent = Vec::new();
//! loop {
//!     let bytes = call.transmit()?;
//!     if bytes.is_empty() {
//!         break;
//!     }
//!     sent.extend_from_slice(bytes);
//! }
//! assert!(sent.starts_with(b"POST / HTTP/1.1\r\nHost: scf.tencentcloudapi.com\r\n"));
//! assert!(sent.ends_with(br#"{"FunctionName":"hello","ClientContext":"{\"name\":\"world\"}"}"#));
//!
//! let response = b"HTTP/1.1 200 OK\r\nContent-Length: 81\r\n\r\n\
//!     {\"Response\":{\"Result\":{\"RetMsg\":\"hello world\",\"InvokeResult\":0},\"RequestId\":\"1\"}}";
//! let mut rest = &response[..];
//! let mut complete = false;
//! while !complete {
//!     let window = call.window();
//!     let count = window.len().min(rest.len());
//!     window[..count].copy_from_slice(&rest[..count]);
//!     rest = &rest[count..];
//!     complete = call.received(count)?;
//! }
//! call.finish::<std::io::Error>(Ok(()))?;
//! let reply = parts.reply(&buffer)?;
//! assert_eq!(reply.result_text(), Ok("hello world"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod head;
#[cfg(feature = "async")]
mod streamed;

pub use error::ExchangeError;
pub use head::Head;

use crate::error::{Excerpt, ProtocolError};
use crate::reply::{Decoder, Fields, Output, ReplyError, ReplyParts, Sink, TextLayout};
use crate::request::event::Event;
use crate::request::{BUFFER_MIN, Emitter, Request, RequestError, SignedRequest, Text};
use crate::wire::bytes::Align32;
use crate::wire::http::{ResponseDecoder, parse_http_date};

/// The smallest buffer that a call works with, in bytes; the reply's texts
/// come on top of it where they are not given to a sink.
pub const CALL_BUFFER_MIN: usize = BUFFER_MIN;

/// The part of the buffer that is kept for reading once texts fill the rest.
const WINDOW_MIN: usize = 16;

/// The longest text that a read can complete from bytes of the one before: a
/// character.
const CARRIED: usize = 4;

/// The bytes that a buffer needs beyond the texts of a reply, so that they fit.
const WINDOW_MARGIN: usize = 2 * (WINDOW_MIN + CARRIED);

/// One exchange: a request on its way out, then its response on its way in.
pub struct Call<'c> {
    request: &'c Request<'c>,
    payload: Event<'c>,
    buffer: &'c mut [u8],
    sink: Option<&'c mut (dyn Sink + Send)>,
    decoder: Decoder<&'c mut ReplyParts>,
    at: Progress,
}

/// The progress of an exchange.
struct Progress {
    response: ResponseDecoder,
    emitter: Emitter,
    keep_alive: bool,
    complete: bool,
    cut_off: bool,
}

impl Progress {
    /// Nothing but zeros, which are cleared at once.
    const NEW: Self = Self {
        response: ResponseDecoder::new(),
        emitter: Emitter::new(),
        keep_alive: false,
        complete: false,
        cut_off: false,
    };
}

impl<'c> Call<'c> {
    /// Creates the exchange of a request; nothing is sent yet.
    ///
    /// The texts of the reply go to the request's buffer, unless a `sink` takes
    /// them. What `parts` had is forgotten.
    pub fn new<'r: 'c>(
        request: &'c mut SignedRequest<'r>,
        parts: &'c mut ReplyParts,
        sink: Option<&'c mut (dyn Sink + Send)>,
    ) -> Self {
        let SignedRequest { request, payload, buffer } = request;
        Self::with_request(request, payload.reborrow(), parts, buffer, sink)
    }

    /// Makes a call of a request that is apart from its payload and its buffer.
    #[inline]
    pub(crate) fn with_request(
        request: &'c Request<'c>,
        payload: Event<'c>,
        parts: &'c mut ReplyParts,
        buffer: &'c mut [u8],
        sink: Option<&'c mut (dyn Sink + Send)>,
    ) -> Self {
        *parts = const { ReplyParts::new() };
        Self { request, payload, buffer, sink, decoder: Decoder::lent(parts), at: Progress::NEW }
    }

    /// Returns the next bytes of the HTTP/1.1 request; empty when all are out.
    ///
    /// An error means that a source failed or changed. What is out by then is
    /// no whole request: close the connection.
    pub fn transmit(&mut self) -> Result<&[u8], RequestError> {
        self.emit(Text::Message)
    }

    /// Returns the next bytes of the body alone, for a transport that has its
    /// own HTTP; empty when all are out, and for GET.
    pub fn body(&mut self) -> Result<&[u8], RequestError> {
        self.emit(Text::Body)
    }

    fn emit(&mut self, text: Text) -> Result<&[u8], RequestError> {
        if self.at.cut_off {
            // What is out is no whole request, and no more can make it one.
            return Ok(&[]);
        }
        self.at.emitter.next(self.request, text, &mut self.payload, self.buffer)
    }

    /// Returns the request line and the header fields, for a transport that has
    /// its own HTTP.
    ///
    /// The error names the size that `out` needs. For GET the head has the
    /// payload and is all there is.
    pub fn head<'o>(&mut self, out: &'o mut [u8]) -> Result<Head<'o>, RequestError> {
        if out.len() < BUFFER_MIN {
            return Err(RequestError::Buffer { needed: BUFFER_MIN });
        }
        let (emitter, event) = (&mut self.at.emitter, &mut self.payload);
        emitter.restart(event);
        let mut length = emitter.next(self.request, Text::Head, event, out)?.len();
        if !emitter.is_done() {
            let mut chunk = [0; BUFFER_MIN];
            while !emitter.is_done() {
                length += emitter.next(self.request, Text::Head, event, &mut chunk)?.len();
            }
            emitter.restart(event);
            return Err(RequestError::Buffer { needed: length });
        }
        // The head of a GET was the whole request.
        if !self.request.is_get() {
            emitter.restart(event);
        }
        Ok(Head { text: out.get(..length).unwrap_or_default() })
    }

    /// Goes back to the first byte of the request, to measure it before it is
    /// sent; a source is rewound.
    ///
    /// Not for sending it again: what a server was given once may have run.
    pub fn rewind(&mut self) {
        self.at.emitter.restart(&mut self.payload);
    }

    /// Says that a write failed, so that not all of the bytes that
    /// [`transmit`](Self::transmit) gave last were taken: then the request
    /// surely was not executed.
    pub fn transmit_failed(&mut self) {
        self.at.cut_off = true;
    }

    /// Returns whether the whole request is out, so that the function may run.
    pub fn is_sent(&self) -> bool {
        self.at.emitter.is_done() && !self.at.cut_off
    }

    /// Returns where the next bytes of the response go; never empty.
    pub fn window(&mut self) -> &mut [u8] {
        let start = self.window_start();
        self.buffer.get_mut(start..).unwrap_or_default()
    }

    /// Returns the start of the window that responses are read into. The texts
    /// grow from the front of the buffer. A text is never longer than what it
    /// was decoded from, a few bytes aside that came with the read before, so
    /// with the window in the upper half of what is free they do not meet.
    fn window_start(&self) -> usize {
        if self.sink.is_some() {
            return 0;
        }
        let length = self.buffer.len();
        let stored = self.decoder.layout().stored().min(length);
        let half = stored + (length - stored) / 2 + CARRIED;
        half.min(length.saturating_sub(WINDOW_MIN))
    }

    /// Takes the first `count` bytes of the [`window`](Self::window); 0 says
    /// that the peer has closed. `true` when nothing more is wanted: the
    /// response is complete, or the sink takes no more of it.
    pub fn received(&mut self, count: usize) -> Result<bool, ProtocolError> {
        if self.at.complete {
            return Ok(true);
        }
        if count == 0 {
            // Whether that ends the response or is an error shows below.
            let _ = self.at.response.closed();
        }
        let start = self.window_start();
        let Some((front, window)) = self.buffer.split_at_mut_checked(start) else {
            return Ok(false);
        };
        let mut input = window.get(..count).unwrap_or(window) as &[u8];
        loop {
            let bytes = self.at.response.step(&mut input);
            if !bytes.is_empty() {
                let output = match &mut self.sink {
                    Some(sink) => Output::Sink(&mut **sink),
                    None => Output::Buffer(front),
                };
                decode(&mut self.decoder, bytes, output);
                if self.decoder.error() == Some(ReplyError::Sink) {
                    return Ok(true);
                }
            } else if let Some(error) = self.at.response.error() {
                return Err(ProtocolError::Http(error));
            } else if self.at.response.is_complete() {
                // Bytes that nobody asked for belong to no later response.
                self.at.keep_alive = self.at.response.keep_alive() && input.is_empty();
                self.end();
                return Ok(true);
            } else if input.is_empty() {
                return Ok(false);
            }
        }
    }

    /// Takes the response's status and Date header from a transport that has
    /// its own HTTP.
    pub fn response_head(&mut self, status: u16, date: Option<&str>) {
        self.at.response.set_status(status);
        self.at.response.set_date(date.and_then(|date| parse_http_date(date.as_bytes())));
    }

    /// Takes the response's Retry-After header, in seconds, from a transport
    /// that has its own HTTP.
    pub fn response_retry_after(&mut self, seconds: u32) {
        self.at.response.set_retry_after(seconds);
    }

    /// Takes body bytes from a transport that has its own HTTP.
    pub fn response_body(&mut self, bytes: &[u8]) {
        let output = match &mut self.sink {
            Some(sink) => Output::Sink(&mut **sink),
            None => Output::Buffer(&mut *self.buffer),
        };
        decode(&mut self.decoder, bytes, output);
    }

    /// Says that the body has ended, for a transport that has its own HTTP.
    pub fn response_end(&mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.at.complete = true;
        // The decoder keeps its error, for `decoded`.
        let _ = self.decoder.finish();
    }

    /// Returns whether the connection may carry another request: the response says
    /// so, and the server does not wait for the rest of this one.
    pub fn keep_alive(&self) -> bool {
        self.at.complete && self.at.keep_alive && self.is_sent()
    }

    /// Returns what a reply says beside its texts.
    pub fn fields(&self) -> &Fields {
        self.parts().fields()
    }

    /// Returns where the texts of a reply are in the call's buffer.
    pub fn layout(&self) -> &TextLayout {
        self.parts().layout()
    }

    /// Returns the size of buffer that the reply needs, in bytes: its texts, and
    /// room to read in.
    pub fn buffer_needed(&self) -> usize {
        self.layout().needed().saturating_add(WINDOW_MARGIN)
    }

    /// Returns the beginning of the response's body, for one that is not the
    /// API's.
    pub fn excerpt(&self) -> Excerpt {
        self.parts().excerpt()
    }

    /// Returns the server's clock by the Date header, in unix seconds.
    pub fn server_time(&self) -> Option<u64> {
        self.at.response.date()
    }

    /// Returns the same, 0 where it is not known.
    pub(crate) fn server_time_or_zero(&self) -> Align32<u64> {
        self.at.response.date_or_zero()
    }

    /// Returns the wait that the Retry-After header asks for, in seconds.
    pub fn retry_after(&self) -> Option<u32> {
        self.at.response.retry_after()
    }

    /// Returns the result in the buffer, or what the sink keeps of it.
    pub(crate) fn result_bytes(&self) -> &[u8] {
        let bytes = match &self.sink {
            None => self.layout().result(self.buffer),
            Some(sink) => sink.kept_result(),
        };
        bytes.unwrap_or_default()
    }

    pub(crate) fn parts(&self) -> &ReplyParts {
        self.decoder.parts()
    }

    pub(crate) fn http_status(&self) -> u16 {
        self.at.response.status()
    }

    /// Returns how the body was read, as far as it came.
    pub(crate) fn decoded(&self) -> Result<(), ReplyError> {
        self.decoder.error().map_or(Ok(()), Err)
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.at.complete
    }

    pub(crate) fn is_asynchronous(&self) -> bool {
        self.request.is_asynchronous()
    }
}

/// Feeds body bytes to the decoder, which only skips them once it has seen
/// that they are not the API's.
fn decode(decoder: &mut Decoder<&mut ReplyParts>, bytes: &[u8], mut output: Output<'_>) {
    decoder.parts_mut().begin(bytes);
    let _ = decoder.push(bytes, &mut output);
}
