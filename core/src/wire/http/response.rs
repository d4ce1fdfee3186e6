//! An HTTP/1.1 response from the bytes of a connection, without I/O and
//! without a buffer for its head.

use core::marker::PhantomData;

use super::error::HttpError;
use super::grammar::{act, lead, row, state};
use super::head::Headers;
use crate::wire::ascii::with_digit;
use crate::wire::bytes::Align32;

/// The bytes that the heads of a response, 1xx ones included, may take together,
/// and as many its trailers.
pub const MAX_HEAD: u16 = 16 * 1024;

/// The bytes that a body may take, where nothing else is set: 6 MB of RetMsg,
/// every byte of it escaped to six, and as much again for what is around it.
pub const DEFAULT_MAX_BODY: u32 = 64 * 1024 * 1024;

/// The bytes that a line before a chunk may take.
const MAX_CHUNK_LINE: u16 = 256;

/// An event of [`ResponseDecoder::next`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum HttpEvent<'i> {
    /// The head has been read, and this is the status.
    Status(u16),
    /// The next piece of the body, never empty.
    Body(&'i [u8]),
    /// The response is complete. What is left in the input is not its own.
    End,
}

/// A type parameter of [`ResponseDecoder`] that reads the `Date` header, or leaves it
/// out. Sealed.
pub trait DateHeader: sealed::DateHeader {}

/// Reads the `Date` header.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReadDate;

/// Passes over the `Date` header: a device whose clock is right needs neither it nor
/// the 400 bytes of flash that it takes.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SkipDate;

impl DateHeader for ReadDate {}
impl DateHeader for SkipDate {}

mod sealed {
    pub trait DateHeader {
        const IS_READ: bool;
    }

    impl DateHeader for super::ReadDate {
        const IS_READ: bool = true;
    }

    impl DateHeader for super::SkipDate {
        const IS_READ: bool = false;
    }
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
/// use scf_invoke_core::wire::http::{HttpEvent, ResponseDecoder};
///
/// let mut decoder = ResponseDecoder::new();
/// let mut input: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
/// assert_eq!(decoder.next(&mut input)?, Some(HttpEvent::Status(200)));
/// assert_eq!(decoder.next(&mut input)?, Some(HttpEvent::Body(b"{}")));
/// assert_eq!(decoder.next(&mut input)?, Some(HttpEvent::End));
/// assert!(decoder.keep_alive() && input.is_empty());
/// # Ok::<(), scf_invoke_core::wire::http::HttpError>(())
/// ```
#[derive(Clone, Debug)]
#[repr(C)] // What is used most stands in front, where the code for it is shorter.
pub struct ResponseDecoder<D = ReadDate> {
    /// A row of the grammar, a state that has none, or an error.
    state: u8,
    old: bool,
    /// 0 before the head has been read.
    status: u16,
    /// The bytes of the heads, the trailers or a chunk's line so far.
    taken: u16,
    /// The bytes that the body or chunk still has; before, the number that is
    /// being read.
    left: u32,
    /// The bytes that the body may still have, once the head has been read.
    room: u32,
    /// The bytes that it may have at all, where it is not
    /// [`DEFAULT_MAX_BODY`]: so a new decoder is all zeros, which cost no flash.
    max_body: Option<u32>,
    headers: Headers,
    date: PhantomData<D>,
}

impl ResponseDecoder {
    /// Creates a decoder at the start of a response, for a body of at most
    /// [`DEFAULT_MAX_BODY`].
    #[must_use]
    pub const fn new() -> Self {
        Self::start()
    }

    /// Creates a decoder for a body of at most `max_body` bytes, and always of
    /// less than 4 GiB - 1.
    #[must_use]
    pub const fn with_max_body(max_body: u32) -> Self {
        // A length that is too large to be counted becomes the largest.
        let max_body = if max_body == u32::MAX { max_body - 1 } else { max_body };
        Self { max_body: Some(max_body), ..Self::new() }
    }
}

impl ResponseDecoder<SkipDate> {
    /// Creates a decoder that passes over the `Date` header.
    #[must_use]
    pub const fn without_date() -> Self {
        Self::start()
    }
}

impl<D: DateHeader> ResponseDecoder<D> {
    /// Creates a decoder at the start of a response.
    pub(crate) const fn start() -> Self {
        Self {
            state: row::STATUS_LINE,
            old: false,
            status: 0,
            taken: 0,
            left: 0,
            room: 0,
            max_body: None,
            headers: Headers::new(),
            date: PhantomData,
        }
    }

    /// Returns the status, 0 before the head has been read.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the `Date` header in seconds since 1970, if there was a proper
    /// one.
    #[must_use]
    pub fn date(&self) -> Option<u64> {
        Some(self.date_or_zero().0).filter(|&seconds| seconds > 0)
    }

    /// Returns the same, 0 where there was none.
    pub(crate) fn date_or_zero(&self) -> Align32<u64> {
        self.headers.date
    }

    /// Returns the seconds of the `Retry-After` header, if it has them; a date
    /// there is not read.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        Some(self.headers.retry_after).filter(|&seconds| seconds > 0)
    }

    /// Takes the seconds of the `Retry-After` header from who has read it.
    pub(crate) fn set_retry_after(&mut self, seconds: u32) {
        self.headers.retry_after = seconds;
    }

    /// Takes the status from who has read it.
    pub(crate) fn set_status(&mut self, status: u16) {
        self.status = status;
    }

    /// Takes the time of the `Date` header from who has read it.
    pub(crate) fn set_date(&mut self, date: Option<u64>) {
        self.headers.date = Align32(date.unwrap_or_default());
    }

    /// Returns whether the whole response has been read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self.state, state::ENDING | state::DONE)
    }

    /// Returns whether the connection can carry another exchange: the response is
    /// complete, its end did not need the close of the connection, and neither
    /// `Connection: close` nor HTTP/1.0 spoke against it. Where bytes are left
    /// in the input, the connection cannot be used either.
    #[must_use]
    pub fn keep_alive(&self) -> bool {
        self.is_complete() && !self.headers.close
    }

    /// Says that the peer closed the connection. If that ends the body,
    /// [`HttpEvent::End`] comes next.
    ///
    /// # Errors
    /// [`HttpError::Truncated`] where the response is not complete by it.
    pub fn closed(&mut self) -> Result<(), HttpError> {
        self.state = match self.state {
            state::OPEN_BODY => state::ENDING,
            end @ state::ENDING.. => end,
            _ => HttpError::Truncated.state(),
        };
        self.error().map_or(Ok(()), Err)
    }

    /// Returns the error that the response has come to.
    pub(crate) fn error(&self) -> Option<HttpError> {
        HttpError::of_state(self.state)
    }

    /// Returns what comes next at the front of `input`, `None` when more is needed, or
    /// once [`HttpEvent::End`] has been given.
    ///
    /// # Errors
    /// The response breaks the rules of HTTP or a limit.
    pub fn next<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<HttpEvent<'i>>, HttpError> {
        let before = self.status;
        let piece = self.step(input);
        if let Some(error) = self.error() {
            return Err(error);
        }
        Ok(if self.status != before {
            Some(HttpEvent::Status(self.status))
        } else if !piece.is_empty() {
            Some(HttpEvent::Body(piece))
        } else if self.state == state::ENDING {
            self.state = state::DONE;
            Some(HttpEvent::End)
        } else {
            None
        })
    }

    /// Takes what comes up to a piece of the body, which it gives, or up to
    /// the end of the head, of the response or of `input`, or to an error.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn step<'i>(&mut self, input: &mut &'i [u8]) -> &'i [u8] {
        loop {
            match self.state {
                // The rest of the limit has been used up.
                state::OPEN_BODY if self.left == 0 && !input.is_empty() => {
                    self.state = HttpError::BodyTooLarge.state();
                }
                state::LENGTH_BODY | state::CHUNK_BODY | state::OPEN_BODY => {
                    let count = (self.left as usize).min(input.len());
                    let (piece, rest) = input.split_at_checked(count).unwrap_or_default();
                    *input = rest;
                    self.left = self.left.wrapping_sub(count as u32);
                    if self.left == 0 {
                        self.state = match self.state {
                            state::LENGTH_BODY => state::ENDING,
                            state::CHUNK_BODY => row::CHUNK_END,
                            open => open,
                        };
                    }
                    return piece;
                }
                state::HEAD_DONE => {
                    self.state = self.framing();
                    return &[];
                }
                state::ENDING.. => return &[],
                _ => {
                    let Some((&byte, rest)) = input.split_first() else {
                        return &[];
                    };
                    *input = rest;
                    self.state = self.byte(byte);
                }
            }
        }
    }

    /// Returns where a byte leads that is not of the body.
    fn byte(&mut self, byte: u8) -> u8 {
        let state = self.state;
        self.taken = self.taken.wrapping_add(1);
        let (most, error) = if state < row::CHUNK_START {
            (MAX_HEAD, HttpError::HeadTooLong)
        } else {
            (MAX_CHUNK_LINE, HttpError::ChunkLine)
        };
        if self.taken > most {
            return error.state();
        }
        match lead(state, byte) {
            act::NUMBER if !self.digit(byte, 10) => HttpError::StatusLine.state(),
            act::NUMBER => state + 1,
            act::VERSION_END => {
                self.old = core::mem::take(&mut self.left) == 0;
                row::STATUS
            }
            act::SIZE if !self.digit(byte, 16) => HttpError::ChunkSize.state(),
            act::SIZE => row::CHUNK_SIZE,
            act::NAME => self.headers.name(byte),
            act::NAME_END => self.headers.part_end::<D>(row::VALUE_START),
            act::COMMA if !self.headers.is_date() => self.headers.part_end::<D>(row::VALUE_START),
            act::VALUE | act::COMMA => {
                self.headers.push(byte);
                row::VALUE
            }
            act::VALUE_END => self.headers.part_end::<D>(row::LINE_FEED),
            act::HEAD_END if self.headers.trailer => state::ENDING,
            act::HEAD_END => match self.left {
                101 => HttpError::Upgraded.state(),
                // The response itself follows, and nothing said here counts for it.
                ..200 => {
                    self.left = 0;
                    self.headers = Headers::new();
                    row::STATUS_LINE
                }
                _ => state::HEAD_DONE,
            },
            act::SIZE_END => self.announced(row::CHUNK_FEED),
            act::CHUNK => {
                self.taken = 0;
                self.headers.trailer = self.left == 0;
                if self.headers.trailer { row::LINE_START } else { state::CHUNK_BODY }
            }
            row => row,
        }
    }

    /// Takes a digit of the number that is being read.
    fn digit(&mut self, byte: u8, radix: u8) -> bool {
        match with_digit(self.left, byte, radix) {
            Some(number) => self.left = number,
            None => return false,
        }
        true
    }

    /// Returns the state after the head of a response.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn framing(&mut self) -> u8 {
        self.status = core::mem::take(&mut self.left) as u16;
        self.room = self.max_body.unwrap_or(DEFAULT_MAX_BODY);
        let headers = &mut self.headers;
        headers.close |= self.old;
        if headers.chunked && (headers.has_length || self.old) {
            return HttpError::Ambiguous.state();
        }
        let empty = headers.has_length && headers.length == 0;
        if empty || self.status == 204 || self.status == 304 {
            return state::ENDING;
        }
        if headers.chunked {
            self.taken = 0;
            return row::CHUNK_START;
        }
        if headers.has_length {
            self.left = headers.length;
            return self.announced(state::LENGTH_BODY);
        }
        headers.close = true;
        self.left = self.room;
        state::OPEN_BODY
    }

    /// Checks the length of what comes.
    fn announced(&mut self, next: u8) -> u8 {
        match self.room.checked_sub(self.left) {
            Some(room) => {
                self.room = room;
                next
            }
            None => HttpError::BodyTooLarge.state(),
        }
    }
}

impl Default for ResponseDecoder {
    fn default() -> Self {
        Self::new()
    }
}
