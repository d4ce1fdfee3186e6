//! An HTTP/1.1 response from the bytes of a connection, without I/O and
//! without a buffer for its head.

use super::error::HttpError;
use super::grammar::{act, lead, row, text};
use super::head::Headers;
use crate::ascii::hex_digit;
use crate::bytes::Loose;

/// The bytes that the heads of a response, 1xx ones included, may take together,
/// and as many its trailers.
pub const MAX_HEAD: u16 = 16 * 1024;

/// The bytes that a body may take, where nothing else is set: 6 MB of RetMsg,
/// every byte of it escaped to six, and as much again for what is around it.
pub const DEFAULT_MAX_BODY: u32 = 64 * 1024 * 1024;

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
    /// A row of the grammar, or what follows those.
    state: u8,
    trailer: bool,
    old: bool,
    open: bool,
    failed: bool,
    /// The error, once there is one.
    error: HttpError,
    status: u16,
    /// The bytes of the heads, the trailers or a chunk's line so far.
    taken: u16,
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
            state: row::STATUS_LINE,
            trailer: false,
            old: false,
            open: false,
            failed: false,
            error: HttpError::StatusLine,
            status: 0,
            taken: 0,
            body: 0,
            left: 0,
            other_max: max_body ^ DEFAULT_MAX_BODY,
            headers: Headers::new(),
        }
    }

    /// The status, 0 before the head has been read.
    #[must_use]
    pub fn status(&self) -> u16 {
        if self.trailer || self.state >= row::CHUNK_START { self.status } else { 0 }
    }

    /// The `Date` header in seconds since 1970, if there was a proper one.
    #[must_use]
    pub fn date(&self) -> Option<u64> {
        Some(self.headers.date.0).filter(|&seconds| seconds > 0)
    }

    /// Takes the time of the `Date` header from who has read it.
    pub(crate) fn set_date(&mut self, date: Option<u64>) {
        self.headers.date = Loose(date.unwrap_or_default());
    }

    /// Whether the whole response has been read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.failed && matches!(self.state, row::ENDING | row::DONE)
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
            row::ENDING | row::DONE => Ok(()),
            row::OPEN_BODY => {
                self.state = row::ENDING;
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

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn step<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<HttpEvent<'i>>, HttpError> {
        loop {
            match self.state {
                row::DONE => return Ok(None),
                row::ENDING => {
                    self.state = row::DONE;
                    return Ok(Some(HttpEvent::End));
                }
                row::LENGTH_BODY | row::CHUNK_BODY | row::OPEN_BODY => {
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
                        row::LENGTH_BODY => row::ENDING,
                        row::CHUNK_BODY => row::CHUNK_END,
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

    /// A byte that is not of the body; `true` at the end of the head.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn byte(&mut self, byte: u8) -> Result<bool, HttpError> {
        self.count()?;
        let state = self.state;
        self.state = match lead(state, byte) {
            act::STATUS_DIGIT => {
                let digit = byte.wrapping_sub(b'0');
                if digit > 9 {
                    return Err(HttpError::StatusLine);
                }
                if state == row::MINOR_VERSION {
                    self.old = digit == 0;
                } else {
                    self.status = self.status.wrapping_mul(10).wrapping_add(digit.into());
                }
                state.wrapping_add(1)
            }
            act::STATUS_END if self.status < 100 => return Err(HttpError::StatusLine),
            act::STATUS_END if byte == b' ' => row::REASON,
            act::STATUS_END => row::LINE_FEED,
            act::SKIP => {
                let head = state < row::CHUNK_START;
                text(byte, if head { HttpError::StatusLine } else { HttpError::ChunkLine })?;
                state
            }
            act::NAME => {
                self.headers.name(byte)?;
                row::NAME
            }
            act::NAME_END => {
                // Trailers change nothing: the body has been read.
                self.headers.name_end(!self.trailer)?;
                row::VALUE
            }
            act::VALUE => {
                text(byte, HttpError::HeaderValue)?;
                self.headers.value(byte)?;
                row::VALUE
            }
            act::VALUE_END => {
                self.headers.part_end()?;
                row::LINE_FEED
            }
            act::HEAD_END => {
                self.state = self.head_end()?;
                return Ok(self.state >= row::CHUNK_START && !self.trailer);
            }
            act::SIZE_DIGIT => {
                let digit = hex_digit(byte).ok_or(HttpError::ChunkSize)?;
                self.left = self.left.saturating_mul(16).saturating_add(digit.into());
                row::CHUNK_SIZE
            }
            act::SIZE_END => self.announced(row::CHUNK_FEED)?,
            act::CHUNK => {
                self.taken = 0;
                self.trailer = self.left == 0;
                if self.trailer { row::LINE_START } else { row::CHUNK_BODY }
            }
            act::NO_STATUS => return Err(HttpError::StatusLine),
            act::VERSION => return Err(HttpError::Version),
            act::FOLDED => return Err(HttpError::Folded),
            act::NO_LINE_END => return Err(HttpError::LineEnd),
            act::NO_CHUNK_END => return Err(HttpError::ChunkEnd),
            row => row,
        };
        Ok(false)
    }

    /// Counts a byte that is not of the body.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn count(&mut self) -> Result<(), HttpError> {
        self.taken = self.taken.wrapping_add(1);
        let (most, error) = if self.state < row::CHUNK_START {
            (MAX_HEAD, HttpError::HeadTooLong)
        } else {
            (MAX_CHUNK_LINE, HttpError::ChunkLine)
        };
        if self.taken > most { Err(error) } else { Ok(()) }
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn head_end(&mut self) -> Result<u8, HttpError> {
        if self.trailer {
            return Ok(row::ENDING);
        }
        let headers = &self.headers;
        if self.status == 101 {
            return Err(HttpError::Upgraded);
        }
        if self.status < 200 {
            // The answer itself follows, and nothing said here counts for it.
            self.status = 0;
            self.headers = Headers::new();
            return Ok(row::STATUS_LINE);
        }
        if headers.chunked && (headers.has_length || self.old) {
            return Err(HttpError::Ambiguous);
        }
        if self.status == 204 || self.status == 304 {
            return Ok(row::ENDING);
        }
        if headers.chunked {
            self.taken = 0;
            return Ok(row::CHUNK_START);
        }
        if headers.has_length {
            self.left = headers.length;
            return self.announced(row::LENGTH_BODY);
        }
        self.open = true;
        self.left = self.max_body();
        Ok(row::OPEN_BODY)
    }

    /// Checks the length of what comes. One that is too large to be counted
    /// has become the largest, and is always over the limit.
    fn announced(&mut self, next: u8) -> Result<u8, HttpError> {
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
