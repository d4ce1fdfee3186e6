//! An HTTP/1.1 response from the bytes of a connection, without I/O and
//! without a buffer for its head.

use core::num::NonZeroU64;

use super::error::HttpError;
use super::head::Headers;
use crate::ascii::hex_digit;

/// The bytes that the heads, 1xx ones included, and trailers of a response may
/// take together.
pub const MAX_HEAD: u16 = 16 * 1024;

/// The bytes that a body may take, where nothing else is set: 6 MB of RetMsg,
/// every byte of it escaped to six, and as much again for what is around it.
pub const DEFAULT_MAX_BODY: u32 = 64 * 1024 * 1024;

/// The bytes that a line before a chunk may take.
const MAX_CHUNK_LINE: u16 = 256;

/// How a response begins; each `#` is a digit.
const STATUS_LINE: &[u8; 12] = b"HTTP/1.# ###";

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
    // In a head, or in the trailers.
    StatusLine,
    Reason,
    LineStart,
    Name,
    Value,
    /// Before the line feed after which the next line starts.
    LineFeed,
    /// Before the line feed that ends the head.
    HeadFeed,
    // Around a chunk.
    ChunkSize,
    ChunkExtension,
    ChunkFeed,
    ChunkEnd,
    ChunkEndFeed,
    // In the body.
    LengthBody,
    ChunkBody,
    OpenBody,
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
#[repr(C)] // What is used most stands in front, where the code for it is shorter.
pub struct ResponseDecoder {
    state: State,
    trailer: bool,
    old: bool,
    open: bool,
    failed: bool,
    /// The error, once there is one.
    error: HttpError,
    status: u16,
    /// The bytes of heads and trailers so far.
    head: u16,
    /// The place in the status line, or in a chunk's line.
    at: u16,
    /// The bytes of the body so far, or announced by a chunk.
    body: u32,
    /// The bytes that the body or chunk still has.
    left: u32,
    /// The bits by which the limit differs from the default one, so that a new
    /// decoder is all zeros, which cost no flash.
    other_max: u32,
    headers: Headers,
}

impl ResponseDecoder {
    /// A decoder at the start of a response, for a body of at most
    /// [`DEFAULT_MAX_BODY`].
    #[must_use]
    pub const fn new() -> Self {
        Self::with_max_body(DEFAULT_MAX_BODY)
    }

    /// A decoder for a body of at most `max_body` bytes, and always of less
    /// than 4 GiB - 1.
    #[must_use]
    pub const fn with_max_body(max_body: u32) -> Self {
        Self {
            state: State::StatusLine,
            trailer: false,
            old: false,
            open: false,
            failed: false,
            error: HttpError::StatusLine,
            status: 0,
            head: 0,
            at: 0,
            body: 0,
            left: 0,
            other_max: max_body ^ DEFAULT_MAX_BODY,
            headers: Headers::new(),
        }
    }

    /// The status, 0 before the head has been read.
    #[must_use]
    pub fn status(&self) -> u16 {
        if self.trailer || self.state > State::HeadFeed { self.status } else { 0 }
    }

    /// The `Date` header in seconds since 1970, if there was a proper one.
    #[must_use]
    pub fn date(&self) -> Option<u64> {
        self.headers.date.map(NonZeroU64::get)
    }

    /// Takes the time of the `Date` header from who has read it.
    pub(crate) fn set_date(&mut self, date: Option<u64>) {
        self.headers.date = date.and_then(NonZeroU64::new);
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
        self.is_complete() && !self.headers.close && !self.old && !self.open
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
                    let count = (self.left as usize).min(input.len());
                    if count > 0 {
                        let (piece, rest) = input.split_at_checked(count).unwrap_or_default();
                        *input = rest;
                        self.left = self.left.wrapping_sub(count as u32);
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
                    let head_end = self.state == State::HeadFeed;
                    self.state = self.byte(byte)?;
                    if head_end && self.state > State::HeadFeed && !self.trailer {
                        return Ok(Some(HttpEvent::Status(self.status)));
                    }
                }
            }
        }
    }

    /// Where a byte leads that is not of the body.
    #[inline(never)]
    fn byte(&mut self, byte: u8) -> Result<State, HttpError> {
        let state = self.state;
        if state <= State::HeadFeed {
            self.head = self.head.wrapping_add(1);
            if self.head > MAX_HEAD {
                return Err(HttpError::HeadTooLong);
            }
        }
        let error = match state {
            State::StatusLine => return self.status_line(byte),
            State::LineStart if byte == b'\r' => return Ok(State::HeadFeed),
            State::LineStart if matches!(byte, b' ' | b'\t') => return Err(HttpError::Folded),
            State::Name if byte == b':' => {
                self.headers.name_end()?;
                return Ok(State::Value);
            }
            State::LineStart | State::Name => {
                self.headers.name(byte)?;
                return Ok(State::Name);
            }
            State::LineFeed if byte == b'\n' => return Ok(State::LineStart),
            State::HeadFeed if byte == b'\n' => return self.head_end(),
            State::ChunkSize | State::ChunkExtension => return self.chunk_line(byte),
            State::ChunkFeed if byte == b'\n' => {
                self.trailer = self.left == 0;
                return Ok(if self.trailer { State::LineStart } else { State::ChunkBody });
            }
            State::ChunkEnd if byte == b'\r' => return Ok(State::ChunkEndFeed),
            State::ChunkEndFeed if byte == b'\n' => return Ok(State::ChunkSize),
            State::ChunkEnd | State::ChunkEndFeed => return Err(HttpError::ChunkEnd),
            State::Reason => HttpError::StatusLine,
            State::Value => HttpError::HeaderValue,
            _ => return Err(HttpError::LineEnd),
        };
        // What is left is text up to the end of the line.
        let ends = byte == b'\r';
        if !ends {
            text(byte, error)?;
        }
        // Trailers change nothing: the body has been read.
        if state == State::Value && !self.trailer {
            if ends {
                self.headers.part_end()?;
            } else {
                self.headers.value(byte)?;
            }
        }
        Ok(if ends { State::LineFeed } else { state })
    }

    /// `HTTP/1.1 200`, and the space or line end after it.
    fn status_line(&mut self, byte: u8) -> Result<State, HttpError> {
        let wanted = STATUS_LINE.get(usize::from(self.at));
        let digit = byte.wrapping_sub(b'0');
        match (wanted, byte) {
            (Some(b'#'), b'0'..=b'9') => {
                self.status = self.status.wrapping_mul(10).wrapping_add(digit.into());
            }
            (Some(b' '), b' ') => {
                self.old = self.status == 0;
                self.status = 0;
            }
            (Some(wanted), _) if *wanted == byte && byte != b'#' => {}
            (Some(b'1' | b'.'), _) => return Err(HttpError::Version),
            (None, b' ' | b'\r') if self.status > 99 => {
                return Ok(if byte == b' ' { State::Reason } else { State::LineFeed });
            }
            _ => return Err(HttpError::StatusLine),
        }
        self.at = self.at.wrapping_add(1);
        Ok(State::StatusLine)
    }

    fn head_end(&mut self) -> Result<State, HttpError> {
        if self.trailer {
            return Ok(State::Ending);
        }
        self.at = 0;
        let headers = &self.headers;
        if self.status == 101 {
            return Err(HttpError::Upgraded);
        }
        if self.status < 200 {
            // The answer itself follows, and nothing said here counts for it.
            self.status = 0;
            self.headers = Headers::new();
            return Ok(State::StatusLine);
        }
        if headers.chunked && (headers.has_length || self.old) {
            return Err(HttpError::Ambiguous);
        }
        if self.status == 204 || self.status == 304 {
            return Ok(State::Ending);
        }
        if headers.chunked {
            return Ok(State::ChunkSize);
        }
        if headers.has_length {
            self.left = headers.length;
            return self.announced(State::LengthBody);
        }
        self.open = true;
        self.left = self.max_body();
        Ok(State::OpenBody)
    }

    /// The size of a chunk in hexadecimal; an extension is skipped.
    fn chunk_line(&mut self, byte: u8) -> Result<State, HttpError> {
        let first = self.at == 0;
        if first {
            self.left = 0;
        }
        self.at = self.at.wrapping_add(1);
        if self.at > MAX_CHUNK_LINE {
            return Err(HttpError::ChunkLine);
        }
        if byte == b'\r' && !first {
            self.at = 0;
            return self.announced(State::ChunkFeed);
        }
        if self.state == State::ChunkExtension {
            text(byte, HttpError::ChunkLine)?;
            return Ok(State::ChunkExtension);
        }
        match hex_digit(byte) {
            Some(digit) => {
                self.left = self.left.saturating_mul(16).saturating_add(digit.into());
                Ok(State::ChunkSize)
            }
            None if matches!(byte, b';' | b' ' | b'\t') && !first => Ok(State::ChunkExtension),
            None => Err(HttpError::ChunkSize),
        }
    }

    /// Checks the length of what comes. One that is too large to be counted
    /// has become the largest, and is always over the limit.
    fn announced(&mut self, next: State) -> Result<State, HttpError> {
        self.body = self.body.saturating_add(self.left);
        if self.body > self.max_body() || self.body == u32::MAX {
            return Err(HttpError::BodyTooLarge);
        }
        Ok(next)
    }

    fn max_body(&self) -> u32 {
        self.other_max ^ DEFAULT_MAX_BODY
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
