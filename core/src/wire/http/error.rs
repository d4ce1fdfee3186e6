//! The errors of a response as HTTP.

use core::fmt;

/// An error in the form of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum HttpError {
    /// The first line is not a status line.
    // From 1, so that none is 0.
    StatusLine = 1,
    /// The version is not 1.x.
    Version,
    /// The server switched to another protocol (status 101).
    Upgraded,
    /// Heads and trailers took more than [`MAX_HEAD`](super::MAX_HEAD) bytes.
    HeadTooLong,
    /// A carriage return or a line feed without the other.
    LineEnd,
    /// A header's name is empty or has a character that names do not have, as
    /// a space before the colon.
    HeaderName,
    /// A header's value has a control character.
    HeaderValue,
    /// A header goes on in a second line, a form that is no longer allowed.
    Folded,
    /// Content-Length is not a number, or differs from another one.
    ContentLength,
    /// Transfer-Encoding is other than `chunked`.
    TransferEncoding,
    /// The body's length is given in two ways: chunked beside Content-Length,
    /// or in HTTP/1.0.
    Ambiguous,
    /// A chunk's size is not a hexadecimal number.
    ChunkSize,
    /// The line before a chunk is over 256 bytes or has a control character.
    ChunkLine,
    /// A chunk is not followed by a line end.
    ChunkEnd,
    /// The body is over the limit set.
    BodyTooLarge,
    /// The connection closed before the response was complete.
    Truncated,
}

/// The states from here on stand for errors, which nothing leaves.
const FAILED: u8 = 0xe0;

impl HttpError {
    /// Returns the state of a decoder that has come to this error.
    pub(super) const fn state(self) -> u8 {
        FAILED + self as u8
    }

    /// Returns the error of a state, if it stands for one.
    pub(super) const fn of_state(state: u8) -> Option<Self> {
        Some(match state.wrapping_sub(FAILED) {
            1 => Self::StatusLine,
            2 => Self::Version,
            3 => Self::Upgraded,
            4 => Self::HeadTooLong,
            5 => Self::LineEnd,
            6 => Self::HeaderName,
            7 => Self::HeaderValue,
            8 => Self::Folded,
            9 => Self::ContentLength,
            10 => Self::TransferEncoding,
            11 => Self::Ambiguous,
            12 => Self::ChunkSize,
            13 => Self::ChunkLine,
            14 => Self::ChunkEnd,
            15 => Self::BodyTooLarge,
            16 => Self::Truncated,
            _ => return None,
        })
    }

    const fn text(self) -> &'static str {
        match self {
            Self::StatusLine => "the response does not start with an HTTP status line",
            Self::Version => "the response is not HTTP/1.x",
            Self::Upgraded => "the server switched to another protocol",
            Self::HeadTooLong => "the response's head is over 16 KB",
            Self::LineEnd => "a line of the response's head does not end in CR LF",
            Self::HeaderName => "a malformed header name in the response",
            Self::HeaderValue => "a control character in a header of the response",
            Self::Folded => "a header of the response is folded over two lines",
            Self::ContentLength => "malformed or differing Content-Length in the response",
            Self::TransferEncoding => "a Transfer-Encoding other than chunked",
            Self::Ambiguous => "the response gives its body's length in two ways",
            Self::ChunkSize => "a malformed chunk size in the response",
            Self::ChunkLine => "a malformed or too long line before a chunk",
            Self::ChunkEnd => "a chunk of the response is longer than its size says",
            Self::BodyTooLarge => "the response's body is over the limit",
            Self::Truncated => "the connection closed before the response was complete",
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for HttpError {}
