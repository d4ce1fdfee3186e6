//! One exchange with the API, without any I/O: what to send next, and what
//! the received bytes mean.
//!
//! ```text
//! Call::new ──► transmit … transmit ──► window, received … received ──► conclude
//!  checks,       request bytes to       response bytes from               a Reply
//!  measures,     send, until none       the network, until complete       or an Error
//!  signs
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
//! use scf_core::call::Call;
//! use scf_core::invocation::Invocation;
//! use scf_core::payload::Payload;
//! use scf_core::region::Region;
//! use scf_core::request::Settings;
//! use scf_core::tc3::Signer;
//!
//! let settings = Settings::new(Region::AP_GUANGZHOU, "scf.tencentcloudapi.com");
//! let mut signer = Signer::new("AKIDEXAMPLE", "the-secret-key")?;
//! let hello = Invocation::new("hello");
//! let event = Payload::from(r#"{"name":"world"}"#);
//! let mut buffer = [0; 1024];
//! let mut call =
//!     Call::new(&settings, &hello, event, &mut signer, 1_700_000_000, &mut buffer, None)?;
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
//! let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 81\r\n\r\n\
//!     {\"Response\":{\"Result\":{\"RetMsg\":\"hello world\",\"InvokeResult\":0},\"RequestId\":\"1\"}}";
//! let mut rest = &answer[..];
//! let mut complete = false;
//! while !complete {
//!     let window = call.window();
//!     let count = window.len().min(rest.len());
//!     window[..count].copy_from_slice(&rest[..count]);
//!     rest = &rest[count..];
//!     complete = call.received(count)?;
//! }
//! let reply = call.conclude::<std::io::Error>(Ok(()))?.reply(&buffer)?;
//! assert_eq!(reply.result(), Ok("hello world"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::error::{ApiError, Beginning, Delivery, Error, Excerpt, ProtocolError};
use crate::http::{HttpEvent, ResponseDecoder};
use crate::invocation::Invocation;
use crate::payload::Payload;
use crate::reply::{Decoder, Fields, Outcome, Output, Reply, ReplyError, Sink, TextLayout};
use crate::request::{BUFFER_MIN, Emitter, Request, RequestError, Settings, Text};
use crate::tc3::Signer;

/// The smallest buffer that a call works with, in bytes; the reply's texts
/// come on top of it where they are not given to a sink.
pub const CALL_BUFFER_MIN: usize = BUFFER_MIN;

/// The part of the buffer that is kept for reading once texts fill the rest.
const WINDOW_MIN: usize = 16;

/// The longest text that a read can complete from bytes of the one before: a
/// character.
const CARRIED: usize = 4;

/// One exchange: a request on its way out, then its response on its way in.
pub struct Call<'c> {
    request: Request<'c>,
    payload: Payload<'c>,
    emitter: Emitter,
    buffer: &'c mut [u8],
    sink: Option<&'c mut dyn Sink>,
    response: ResponseDecoder,
    decoder: Decoder,
    beginning: Beginning,
    status: u16,
    server_time: Option<u64>,
    keep_alive: bool,
    complete: bool,
    cut_off: bool,
    reply_error: Option<ReplyError>,
}

impl<'c> Call<'c> {
    /// Checks, measures and signs a request; nothing is sent yet.
    ///
    /// `timestamp` is the time in unix seconds. `buffer` is where the request
    /// is put together, then where the response is read, and then where the
    /// result and the log are found, unless a `sink` takes them: at least
    /// [`CALL_BUFFER_MIN`] bytes, and better as many as the request has.
    pub fn new<'s: 'c>(
        settings: &'c Settings<'c>,
        invocation: &'c Invocation<'c>,
        mut payload: Payload<'c>,
        signer: &mut Signer<'s>,
        timestamp: u64,
        buffer: &'c mut [u8],
        sink: Option<&'c mut dyn Sink>,
    ) -> Result<Self, RequestError> {
        let request =
            Request::prepare(settings, invocation, &mut payload, signer, timestamp, buffer)?;
        let emitter = Emitter::new(&mut payload.0);
        Ok(Self {
            request,
            payload,
            emitter,
            buffer,
            sink,
            response: ResponseDecoder::new(),
            decoder: Decoder::new(),
            beginning: Beginning::default(),
            status: 0,
            server_time: None,
            keep_alive: false,
            complete: false,
            cut_off: false,
            reply_error: None,
        })
    }

    /// The next bytes of the HTTP/1.1 request; empty when all are out.
    ///
    /// An error means that a source failed or changed. What is out by then is
    /// no whole request: close the connection.
    pub fn transmit(&mut self) -> Result<&[u8], RequestError> {
        self.emit(Text::Message)
    }

    /// The next bytes of the body alone, for a transport that has its own
    /// HTTP; empty when all are out, and for GET.
    pub fn body(&mut self) -> Result<&[u8], RequestError> {
        self.emit(Text::Body)
    }

    fn emit(&mut self, text: Text) -> Result<&[u8], RequestError> {
        let extent = Some(self.request.extent());
        if let Some(run) = self.emitter.run(&self.request, text, &self.payload.0, extent) {
            return Ok(run);
        }
        let count = self.emitter.fill(
            &self.request,
            text,
            &mut self.payload.0,
            self.buffer,
            extent,
            &mut |_| {},
        )?;
        Ok(self.buffer.get(..count).unwrap_or_default())
    }

    /// The request line and the header fields, for a transport that has its
    /// own HTTP.
    ///
    /// The error names the size that `out` needs. For GET the head has the
    /// payload and is all there is.
    pub fn head<'o>(&mut self, out: &'o mut [u8]) -> Result<Head<'o>, RequestError> {
        if out.len() < BUFFER_MIN {
            return Err(RequestError::Buffer { needed: BUFFER_MIN });
        }
        let extent = Some(self.request.extent());
        let mut emitter = Emitter::new(&mut self.payload.0);
        let mut length = emitter.fill(
            &self.request,
            Text::Head,
            &mut self.payload.0,
            out,
            extent,
            &mut |_| {},
        )?;
        if !emitter.is_done() {
            let mut chunk = [0; BUFFER_MIN];
            while !emitter.is_done() {
                length += emitter.fill(
                    &self.request,
                    Text::Head,
                    &mut self.payload.0,
                    &mut chunk,
                    extent,
                    &mut |_| {},
                )?;
            }
            return Err(RequestError::Buffer { needed: length });
        }
        if self.request.is_get() {
            // The head was the whole request.
            self.emitter = emitter;
        } else {
            self.emitter = Emitter::new(&mut self.payload.0);
        }
        Ok(Head { text: out.get(..length).unwrap_or_default() })
    }

    /// Says that a write failed, so that not all of the bytes that
    /// [`transmit`](Self::transmit) gave last were taken: then the request
    /// surely was not executed.
    pub fn transmit_failed(&mut self) {
        self.cut_off = true;
    }

    /// Whether the whole request is out, so that the function may run.
    pub fn is_sent(&self) -> bool {
        self.emitter.is_done() && !self.cut_off
    }

    /// Where the next bytes of the response go; never empty.
    pub fn window(&mut self) -> &mut [u8] {
        let start = self.window_start();
        self.buffer.get_mut(start..).unwrap_or_default()
    }

    /// The texts grow from the front of the buffer. A text is never longer
    /// than what it was decoded from, a few bytes aside that came with the
    /// read before, so with the window in the upper half of what is free they
    /// do not meet.
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
    /// that the peer has closed. `true` when the response is complete.
    pub fn received(&mut self, count: usize) -> Result<bool, ProtocolError> {
        if self.complete {
            return Ok(true);
        }
        if count == 0 {
            self.response.closed().map_err(ProtocolError::Http)?;
            self.end();
            return Ok(true);
        }
        let start = self.window_start();
        let Some((front, window)) = self.buffer.split_at_mut_checked(start) else {
            return Ok(false);
        };
        let mut input = window.get(..count).unwrap_or(window) as &[u8];
        loop {
            match self.response.next(&mut input).map_err(ProtocolError::Http)? {
                None => return Ok(false),
                Some(HttpEvent::Status(status)) => {
                    self.status = status;
                    self.server_time = self.response.date();
                }
                Some(HttpEvent::Body(bytes)) => {
                    let mut output = match &mut self.sink {
                        Some(sink) => Output::Sink(&mut **sink),
                        None => Output::Buffer(front),
                    };
                    Self::decode(
                        &mut self.decoder,
                        &mut self.beginning,
                        &mut self.reply_error,
                        bytes,
                        &mut output,
                    );
                }
                Some(HttpEvent::End) => {
                    // Bytes that nobody asked for belong to no later answer.
                    self.keep_alive = self.response.keep_alive() && input.is_empty();
                    self.end();
                    return Ok(true);
                }
            }
        }
    }

    /// Feeds body bytes to the decoder, until it has seen that they are not
    /// the API's; from then on they are only skipped.
    fn decode(
        decoder: &mut Decoder,
        beginning: &mut Beginning,
        reply_error: &mut Option<ReplyError>,
        bytes: &[u8],
        output: &mut Output<'_>,
    ) {
        beginning.push(bytes);
        if reply_error.is_none()
            && let Err(error) = decoder.push(bytes, output)
        {
            *reply_error = Some(error);
        }
    }

    /// Takes the response's status and Date header from a transport that has
    /// its own HTTP.
    pub fn response_head(&mut self, status: u16, date: Option<&str>) {
        self.status = status;
        self.server_time = date.and_then(|date| crate::http::parse_http_date(date.as_bytes()));
    }

    /// Takes body bytes from a transport that has its own HTTP.
    pub fn response_body(&mut self, bytes: &[u8]) {
        let mut output = match &mut self.sink {
            Some(sink) => Output::Sink(&mut **sink),
            None => Output::Buffer(&mut *self.buffer),
        };
        Self::decode(
            &mut self.decoder,
            &mut self.beginning,
            &mut self.reply_error,
            bytes,
            &mut output,
        );
    }

    /// Says that the body has ended, for a transport that has its own HTTP.
    pub fn response_end(&mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.complete = true;
        if self.reply_error.is_none()
            && let Err(error) = self.decoder.finish()
        {
            self.reply_error = Some(error);
        }
    }

    /// Whether the connection may carry another request: the response says
    /// so, and the server does not wait for the rest of this one.
    pub fn keep_alive(&self) -> bool {
        self.complete && self.keep_alive && self.is_sent()
    }

    /// Turns the end of the exchange into its outcome.
    ///
    /// Takes what the transport's
    /// [`exchange`](crate::transport::Transport::exchange) gave.
    pub fn conclude<E>(
        self,
        exchange: Result<(), ExchangeError<E>>,
    ) -> Result<Completed, Error<E>> {
        self.outcome(exchange)
    }

    /// [`conclude`](Self::conclude) where the call stands: it is a kilobyte,
    /// and moving it would take as much stack again.
    pub(crate) fn outcome<E>(
        &self,
        exchange: Result<(), ExchangeError<E>>,
    ) -> Result<Completed, Error<E>> {
        let sent = if self.is_sent() { Delivery::Unknown } else { Delivery::NotSent };
        match exchange {
            Ok(()) => {}
            Err(ExchangeError::Request(error)) => return Err(Error::Request(error)),
            Err(ExchangeError::Transport(error)) => {
                return Err(Error::Transport { error, delivery: sent });
            }
            Err(ExchangeError::Protocol(error)) => {
                return Err(Error::Protocol {
                    error,
                    excerpt: self.beginning.excerpt(),
                    delivery: sent,
                });
            }
        }
        let protocol = |error, excerpt, delivery| Err(Error::Protocol { error, excerpt, delivery });
        if !self.complete {
            return protocol(
                ProtocolError::Http(crate::http::HttpError::Truncated),
                self.beginning.excerpt(),
                sent,
            );
        }
        let is_error = self.decoder.fields().outcome() == Outcome::ApiError;
        if self.reply_error.is_none() && is_error {
            let fields = self.decoder.fields().clone();
            return Err(Error::Api(ApiError::new(fields, self.server_time)));
        }
        if self.status != 200 {
            // What answers in the API's place with 4xx has not passed it on.
            let delivery = match self.status {
                400..=499 => Delivery::Refused,
                _ => sent,
            };
            return protocol(
                ProtocolError::Status(self.status),
                self.beginning.excerpt(),
                delivery,
            );
        }
        match self.reply_error {
            None => {}
            Some(ReplyError::Sink) => return Err(Error::Sink),
            Some(error) => {
                return protocol(ProtocolError::Reply(error), self.beginning.excerpt(), sent);
            }
        }
        let layout = self.decoder.layout();
        if layout.is_full() {
            let needed = layout.needed().saturating_add(2 * (WINDOW_MIN + CARRIED));
            return Err(Error::Buffer { needed });
        }
        Ok(Completed { fields: self.decoder.fields().clone(), layout: layout.clone() })
    }
}

/// A finished call with a reply; its texts are still in the call's buffer.
#[derive(Clone, Debug)]
pub struct Completed {
    fields: Fields,
    layout: TextLayout,
}

impl Completed {
    /// The reply, with its texts from the buffer that the call was made with.
    pub fn reply(self, buffer: &[u8]) -> Result<Reply<'_>, Utf8Error> {
        Reply::new(self.fields, &self.layout, buffer).ok_or(Utf8Error)
    }
}

/// The function's result or log is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utf8Error;

impl core::fmt::Display for Utf8Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the function's result or log is not UTF-8")
    }
}

impl core::error::Error for Utf8Error {}

impl<E> From<Utf8Error> for Error<E> {
    fn from(_: Utf8Error) -> Self {
        Self::Protocol {
            error: ProtocolError::Utf8,
            excerpt: Excerpt::default(),
            delivery: Delivery::Executed,
        }
    }
}

/// Why an exchange did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExchangeError<E> {
    /// The request's own source failed.
    Request(RequestError),
    /// What came back cannot be read.
    Protocol(ProtocolError),
    /// The transport failed.
    Transport(E),
}

impl<E> From<RequestError> for ExchangeError<E> {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl<E> From<ProtocolError> for ExchangeError<E> {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}

/// The head of a request, for a transport that has its own HTTP.
#[derive(Clone, Copy, Debug)]
pub struct Head<'o> {
    text: &'o [u8],
}

impl<'o> Head<'o> {
    /// `POST` or `GET`.
    pub fn method(&self) -> &'o str {
        self.request_line(0)
    }

    /// The path, with the query of a GET.
    pub fn target(&self) -> &'o str {
        self.request_line(1)
    }

    /// The header fields, names and values. `Host` and `Content-Length` are
    /// among them, which fetch sets by itself.
    pub fn fields(&self) -> impl Iterator<Item = (&'o str, &'o str)> + use<'o> {
        self.lines().skip(1).filter_map(|line| {
            let colon = line.iter().position(|&byte| byte == b':')?;
            // A colon and a space part the two.
            Some((text(line.get(..colon)?), text(line.get(colon + 2..)?)))
        })
    }

    /// The head as it stands on the wire.
    pub fn as_bytes(&self) -> &'o [u8] {
        self.text
    }

    fn request_line(&self, word: usize) -> &'o str {
        let line = self.lines().next().unwrap_or_default();
        text(line.split(|&byte| byte == b' ').nth(word).unwrap_or_default())
    }

    fn lines(&self) -> impl Iterator<Item = &'o [u8]> + use<'o> {
        self.text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
    }
}

/// Bytes of a head, which are all ASCII, as text.
fn text(ascii: &[u8]) -> &str {
    core::str::from_utf8(ascii).unwrap_or_default()
}

/// Writes a pre-signed URL into `out`: whoever fetches it before its
/// timestamp is 300 s old runs the function, once or more.
///
/// The settings must ask for GET and [signature version
/// 1](crate::request::Signing::V1). An event stands in the URL too, which has
/// 32 KB at most. The error for a small `out` names the size that is needed.
#[cfg(feature = "v1")]
pub fn presigned_url<'o>(
    settings: &Settings<'_>,
    invocation: &Invocation<'_>,
    mut payload: Payload<'_>,
    signer: &mut Signer<'_>,
    timestamp: u64,
    out: &'o mut [u8],
) -> Result<&'o str, RequestError> {
    let request = Request::prepare(settings, invocation, &mut payload, signer, timestamp, out)?;
    let length = request.write_url(&mut payload, out)?;
    Ok(out.get(..length).and_then(|url| core::str::from_utf8(url).ok()).unwrap_or_default())
}
