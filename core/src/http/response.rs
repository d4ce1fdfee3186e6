//! An HTTP/1.1 response from the bytes of a connection, without I/O and
//! without a buffer for its head.

use core::num::NonZeroU64;

use super::error::HttpError;
use super::head::{Header, Line};

/// The bytes that the heads, 1xx ones included, and trailers of a response may
/// take together.
pub const MAX_HEAD: u16 = 16 * 1024;

/// The bytes that a body may take, where nothing else is set: 6 MB of RetMsg,
/// every byte of it escaped to six, and as much again for what is around it.
pub const DEFAULT_MAX_BODY: u64 = 64 * 1024 * 1024;

/// The bytes that a line before a chunk may take.
const MAX_CHUNK_LINE: u16 = 256;

/// What [`ResponseDecoder::next`] finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpEvent<'i> {
    /// The head has been read, and this is the status.
    Status(u16),
    /// The next piece of the body, never empty.
    Body(&'i [u8]),
    /// The response is complete. What is left in the input is not its own.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum State {
    StatusLine,
    Reason,
    LineStart,
    Name,
    Value,
    LineFeed,
    HeadFeed,
    LengthBody,
    OpenBody,
    ChunkSize,
    ChunkExtension,
    ChunkFeed,
    ChunkBody,
    ChunkEnd,
    ChunkEndFeed,
    Ending,
    Done,
}

/// Decodes one HTTP/1.1 response while it arrives.
///
/// Feed it pieces of any size: [`next`](Self::next) takes from the front of
/// `input`, `None` says that more is needed. Interim (1xx) responses are
/// skipped. Bodies come by Content-Length, chunked, or up to the close of the
/// connection, which [`closed`](Self::closed) reports. Framing is as strict as
/// RFC 9112: what could be read in two ways is an error, and everything is
/// bounded, the heads and trailers by [`MAX_HEAD`], the body by
/// [`with_max_body`](Self::with_max_body). After an error every call repeats it.
///
/// ```
/// use scf_core::http::{HttpEvent, ResponseDecoder};
///
/// let mut decoder = ResponseDecoder::new();
/// let mut input: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
/// assert_eq!(decoder.next(&mut input)?, Some(HttpEvent::Status(200)));
/// assert_eq!(decoder.next(&mut input)?, Some(HttpEvent::Body(b"{}")));
/// assert_eq!(decoder.next(&mut input)?, Some(HttpEvent::End));
/// assert!(decoder.keep_alive() && input.is_empty());
/// # Ok::<(), scf_core::http::HttpError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ResponseDecoder {
    /// The bits by which the limit differs from the default one, so that a new
    /// decoder is all zeros, which cost no flash.
    other_max: u64,
    /// The bytes of the body so far, or announced by a chunk.
    body: u64,
    /// The bytes that the body or chunk still has.
    left: u64,
    line: Line,
    status: u16,
    head: u16,
    /// The place in the status line, or the length of a chunk's line.
    at: u16,
    state: State,
    header: Header,
    trailer: bool,
    old: bool,
    open: bool,
    failed: bool,
    /// The error, once there is one.
    error: HttpError,
}

impl ResponseDecoder {
    /// A decoder at the start of a response, for a body of at most
    /// [`DEFAULT_MAX_BODY`].
    #[must_use]
    pub const fn new() -> Self {
        Self::with_max_body(DEFAULT_MAX_BODY)
    }

    /// A decoder for a body of at most `max_body` bytes.
    #[must_use]
    pub const fn with_max_body(max_body: u64) -> Self {
        Self {
            other_max: max_body ^ DEFAULT_MAX_BODY,
            body: 0,
            left: 0,
            line: Line::new(),
            status: 0,
            head: 0,
            at: 0,
            state: State::StatusLine,
            header: Header::Other,
            trailer: false,
            old: false,
            open: false,
            failed: false,
            error: HttpError::StatusLine,
        }
    }

    /// The status, 0 before the head has been read.
    #[must_use]
    pub fn status(&self) -> u16 {
        if self.trailer || self.state >= State::LengthBody { self.status } else { 0 }
    }

    /// The `Date` header in seconds since 1970, if there was a proper one.
    #[must_use]
    pub fn date(&self) -> Option<u64> {
        self.line.date.map(NonZeroU64::get)
    }

    /// Takes the time of the `Date` header from who has read it.
    pub(crate) fn set_date(&mut self, date: Option<u64>) {
        self.line.date = date.and_then(NonZeroU64::new);
    }

    /// The front of the `Content-Type` header, at most 48 bytes, empty where
    /// there was none or it is not text.
    #[must_use]
    pub fn content_type(&self) -> &str {
        self.line.content_type()
    }

    /// Whether the response says that its body is JSON.
    #[must_use]
    pub fn content_type_is_json(&self) -> bool {
        let name = self.content_type().as_bytes();
        let json = b"application/json";
        name.get(..json.len()).is_some_and(|front| front.eq_ignore_ascii_case(json))
            && matches!(name.get(json.len()), None | Some(b';' | b' ' | b'\t'))
    }

    /// Whether the whole response has been read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.failed && matches!(self.state, State::Ending | State::Done)
    }

    /// Whether the connection can carry another exchange: the response is
    /// complete, its end did not need the close of the connection, and neither
    /// `Connection: close` nor HTTP/1.0 spoke against it. Where bytes are left
    /// in the input, the connection cannot be used either.
    #[must_use]
    pub fn keep_alive(&self) -> bool {
        self.is_complete() && !self.line.close && !self.old && !self.open
    }

    /// Says that the peer closed the connection. If that ends the body,
    /// [`HttpEvent::End`] comes next.
    ///
    /// # Errors
    /// [`HttpError::Truncated`] where the response is not complete by it.
    pub fn closed(&mut self) -> Result<(), HttpError> {
        if self.failed {
            return Err(self.error);
        }
        match self.state {
            State::Ending | State::Done => Ok(()),
            State::OpenBody => {
                self.state = State::Ending;
                Ok(())
            }
            _ => self.fail(HttpError::Truncated),
        }
    }

    /// What comes next at the front of `input`, `None` when more is needed, or
    /// once [`HttpEvent::End`] has been given.
    ///
    /// # Errors
    /// The response breaks the rules of HTTP or a limit.
    pub fn next<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<HttpEvent<'i>>, HttpError> {
        if self.failed {
            return Err(self.error);
        }
        self.step(input).or_else(|error| self.fail(error))
    }

    fn max_body(&self) -> u64 {
        self.other_max ^ DEFAULT_MAX_BODY
    }

    fn fail<T>(&mut self, error: HttpError) -> Result<T, HttpError> {
        self.failed = true;
        self.error = error;
        Err(error)
    }

    #[inline(never)]
    fn step<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<HttpEvent<'i>>, HttpError> {
        loop {
            match self.state {
                State::Done => return Ok(None),
                State::Ending => {
                    self.state = State::Done;
                    return Ok(Some(HttpEvent::End));
                }
                State::LengthBody | State::ChunkBody | State::OpenBody => {
                    let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(input.len());
                    if count > 0 {
                        let (piece, rest) = input.split_at_checked(count).unwrap_or_default();
                        *input = rest;
                        self.left = self.left.wrapping_sub(count as u64);
                        return Ok(Some(HttpEvent::Body(piece)));
                    }
                    if self.left > 0 {
                        return Ok(None);
                    }
                    self.state = match self.state {
                        State::LengthBody => State::Ending,
                        State::ChunkBody => State::ChunkEnd,
                        // The rest of the limit has been used up.
                        _ if input.is_empty() => return Ok(None),
                        _ => return Err(HttpError::BodyTooLarge),
                    };
                }
                _ => {
                    let Some((&byte, rest)) = input.split_first() else {
                        return Ok(None);
                    };
                    *input = rest;
                    if self.byte(byte)? {
                        return Ok(Some(HttpEvent::Status(self.status)));
                    }
                }
            }
        }
    }

    /// One byte that is not of the body; `true` at the end of the head.
    fn byte(&mut self, byte: u8) -> Result<bool, HttpError> {
        if self.state < State::LengthBody {
            self.head = self.head.wrapping_add(1);
            if self.head > MAX_HEAD {
                return Err(HttpError::HeadTooLong);
            }
        }
        self.state = match self.state {
            State::StatusLine => self.status_line(byte)?,
            State::Reason => match byte {
                b'\r' => State::LineFeed,
                _ => {
                    text(byte, HttpError::StatusLine)?;
                    State::Reason
                }
            },
            State::LineFeed if byte == b'\n' => State::LineStart,
            State::HeadFeed if byte == b'\n' => return self.head_end(),
            State::LineStart => match byte {
                b'\r' => State::HeadFeed,
                b' ' | b'\t' => return Err(HttpError::Folded),
                _ => {
                    self.line.start();
                    self.name(byte)?
                }
            },
            State::Name => self.name(byte)?,
            State::Value => match byte {
                b'\r' => {
                    if !self.trailer {
                        self.line.value(self.header)?;
                    }
                    State::LineFeed
                }
                _ => {
                    text(byte, HttpError::HeaderValue)?;
                    if self.header != Header::Other {
                        self.line.push_value(byte);
                    }
                    State::Value
                }
            },
            State::ChunkSize | State::ChunkExtension => self.chunk_line(byte)?,
            State::ChunkFeed if byte == b'\n' => {
                if self.left == 0 {
                    self.trailer = true;
                    State::LineStart
                } else {
                    State::ChunkBody
                }
            }
            State::ChunkEnd if byte == b'\r' => State::ChunkEndFeed,
            State::ChunkEndFeed if byte == b'\n' => {
                self.at = 0;
                State::ChunkSize
            }
            State::ChunkEnd | State::ChunkEndFeed => return Err(HttpError::ChunkEnd),
            _ => return Err(HttpError::LineEnd),
        };
        Ok(false)
    }

    /// `HTTP/1.1 200`, and the space or line end after it.
    #[inline(never)]
    fn status_line(&mut self, byte: u8) -> Result<State, HttpError> {
        let at = self.at;
        self.at = at.wrapping_add(1);
        match at {
            0..7 if b"HTTP/1.".get(usize::from(at)) == Some(&byte) => {}
            5..7 => return Err(HttpError::Version),
            7 if byte.is_ascii_digit() => self.old = byte == b'0',
            8 if byte == b' ' => self.status = 0,
            9..12 if byte.is_ascii_digit() && !(at == 9 && byte == b'0') => {
                let digit = byte.wrapping_sub(b'0');
                self.status = self.status.wrapping_mul(10).wrapping_add(digit.into());
            }
            12 if byte == b' ' => return Ok(State::Reason),
            12 if byte == b'\r' => return Ok(State::LineFeed),
            _ => return Err(HttpError::StatusLine),
        }
        Ok(State::StatusLine)
    }

    fn name(&mut self, byte: u8) -> Result<State, HttpError> {
        if byte == b':' {
            self.header = if self.trailer { Header::Other } else { self.line.header()? };
            return Ok(State::Value);
        }
        self.line.push_name(byte)?;
        Ok(State::Name)
    }

    #[inline(never)]
    fn head_end(&mut self) -> Result<bool, HttpError> {
        if self.trailer {
            self.state = State::Ending;
            return Ok(false);
        }
        if self.status == 101 {
            return Err(HttpError::Upgraded);
        }
        if self.status < 200 {
            // The answer itself follows, and nothing said here counts for it.
            self.line.reset();
            self.at = 0;
            self.state = State::StatusLine;
            return Ok(false);
        }
        let length = self.line.length;
        if self.line.chunked && (self.line.has_length || self.old) {
            return Err(HttpError::Ambiguous);
        }
        self.at = 0;
        self.state = if self.status == 204 || self.status == 304 {
            State::Ending
        } else if self.line.chunked {
            State::ChunkSize
        } else if self.line.has_length {
            if length > self.max_body() {
                return Err(HttpError::BodyTooLarge);
            }
            self.left = length;
            State::LengthBody
        } else {
            self.open = true;
            self.left = self.max_body();
            State::OpenBody
        };
        Ok(true)
    }

    /// The size of a chunk in hexadecimal; an extension is skipped.
    #[inline(never)]
    fn chunk_line(&mut self, byte: u8) -> Result<State, HttpError> {
        if self.at == 0 {
            self.left = 0;
        }
        let first = self.at == 0;
        self.at = self.at.wrapping_add(1);
        if self.at > MAX_CHUNK_LINE {
            return Err(HttpError::ChunkLine);
        }
        if byte == b'\r' && !first {
            self.body = self.body.saturating_add(self.left);
            return if self.body > self.max_body() {
                Err(HttpError::BodyTooLarge)
            } else {
                Ok(State::ChunkFeed)
            };
        }
        if self.state == State::ChunkExtension {
            text(byte, HttpError::ChunkLine)?;
            return Ok(State::ChunkExtension);
        }
        let digit = match byte {
            b'0'..=b'9' => byte.wrapping_sub(b'0'),
            b'a'..=b'f' | b'A'..=b'F' => (byte | 0x20).wrapping_sub(b'a' - 10),
            b';' | b' ' | b'\t' if !first => return Ok(State::ChunkExtension),
            _ => return Err(HttpError::ChunkSize),
        };
        if self.left >> 60 != 0 {
            return Err(HttpError::ChunkSize);
        }
        self.left = self.left << 4 | u64::from(digit);
        Ok(State::ChunkSize)
    }
}

impl Default for ResponseDecoder {
    fn default() -> Self {
        Self::new()
    }
}

/// Refuses control characters other than the tab, and with them a line feed
/// that no carriage return precedes.
fn text(byte: u8, error: HttpError) -> Result<(), HttpError> {
    match byte {
        b'\n' => Err(HttpError::LineEnd),
        b'\t' => Ok(()),
        ..0x20 | 0x7f => Err(error),
        _ => Ok(()),
    }
}
