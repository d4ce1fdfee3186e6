//! The lines of a response as a table of [rows](crate::wire::rows). A row without
//! [`ANY`] goes on with the next one.

use super::error::HttpError;
use crate::wire::rows::{self, ANY, TEXT};

const CR: u8 = b'\r';
const LF: u8 = b'\n';
const TAB: u8 = b'\t';
const DELETE: u8 = 0x7f;

/// The states that have no row, behind the table.
pub(super) mod state {
    use super::row;

    // In the body, or before it.
    pub(crate) const LENGTH_BODY: u8 = row::END;
    pub(crate) const CHUNK_BODY: u8 = LENGTH_BODY + 1;
    pub(crate) const OPEN_BODY: u8 = CHUNK_BODY + 1;
    pub(crate) const HEAD_DONE: u8 = OPEN_BODY + 1;
    // From here on nothing is taken: the end, and above it the errors.
    pub(crate) const ENDING: u8 = HEAD_DONE + 1;
    pub(crate) const DONE: u8 = ENDING + 1;
}

/// The actions where a byte leads to no row.
pub(super) mod act {
    /// A digit of the version or of the status: the next row follows.
    pub(crate) const NUMBER: u8 = 0x80;
    pub(crate) const VERSION_END: u8 = 0x81;
    pub(crate) const NAME: u8 = 0x82;
    pub(crate) const NAME_END: u8 = 0x83;
    pub(crate) const VALUE: u8 = 0x84;
    pub(crate) const COMMA: u8 = 0x85;
    pub(crate) const VALUE_END: u8 = 0x86;
    pub(crate) const HEAD_END: u8 = 0x87;
    pub(crate) const SIZE: u8 = 0x88;
    pub(crate) const SIZE_END: u8 = 0x89;
    pub(crate) const CHUNK: u8 = 0x8a;
}

const NO_STATUS: u8 = HttpError::StatusLine.state();
const NO_VERSION: u8 = HttpError::Version.state();
const NO_NAME: u8 = HttpError::HeaderName.state();
const NO_LINE: u8 = HttpError::LineEnd.state();
const NO_CHUNK: u8 = HttpError::ChunkEnd.state();
const FOLDED: u8 = HttpError::Folded.state();
const BAD_VALUE: u8 = HttpError::HeaderValue.state();
const BAD_SIZE: u8 = HttpError::ChunkSize.state();
const BAD_EXTENSION: u8 = HttpError::ChunkLine.state();

rows::table! {
    /// The places where the rows begin.
    pub(super) mod row;
    const GRAMMAR;

    // In a head, or in the trailers.
    STATUS_LINE { b'H' => row::AFTER_H, ANY => NO_STATUS }
    AFTER_H { b'T' => row::AFTER_HT, ANY => NO_STATUS }
    AFTER_HT { b'T' => row::AFTER_HTT, ANY => NO_STATUS }
    AFTER_HTT { b'P' => row::AFTER_HTTP, ANY => NO_STATUS }
    AFTER_HTTP { b'/' => row::AFTER_HTTP_SLASH, ANY => NO_STATUS }
    AFTER_HTTP_SLASH { b'1' => row::AFTER_HTTP_1, ANY => NO_VERSION }
    AFTER_HTTP_1 { b'.' => row::MINOR_VERSION, ANY => NO_VERSION }
    MINOR_VERSION { ANY => act::NUMBER }
    AFTER_VERSION { b' ' => act::VERSION_END, ANY => NO_STATUS }
    STATUS { b'0' => NO_STATUS }
    SECOND_DIGIT { ANY => act::NUMBER }
    THIRD_DIGIT { ANY => act::NUMBER }
    AFTER_STATUS { b' ' => row::REASON, CR => row::LINE_FEED, ANY => NO_STATUS }
    REASON {
        CR => row::LINE_FEED, DELETE => NO_STATUS, TEXT => row::REASON, TAB => row::REASON,
        LF => NO_LINE, ANY => NO_STATUS,
    }
    LINE_START { CR => row::HEAD_FEED, b' ' => FOLDED, TAB => FOLDED, b':' => NO_NAME }
    NAME { b':' => act::NAME_END, TEXT => act::NAME, CR => NO_LINE, LF => NO_LINE, ANY => NO_NAME }
    VALUE_START { b' ' => row::VALUE_START, TAB => row::VALUE_START }
    VALUE {
        CR => act::VALUE_END, b',' => act::COMMA, DELETE => BAD_VALUE, TEXT => act::VALUE,
        TAB => act::VALUE, LF => NO_LINE, ANY => BAD_VALUE,
    }
    LINE_FEED { LF => row::LINE_START, ANY => NO_LINE }
    HEAD_FEED { LF => act::HEAD_END, ANY => NO_LINE }
    // Around a chunk.
    CHUNK_START { ANY => act::SIZE }
    CHUNK_SIZE {
        CR => act::SIZE_END, b';' => row::CHUNK_EXTENSION, b' ' => row::CHUNK_SPACE,
        TAB => row::CHUNK_SPACE, ANY => act::SIZE,
    }
    CHUNK_SPACE {
        CR => act::SIZE_END, b';' => row::CHUNK_EXTENSION, b' ' => row::CHUNK_SPACE,
        TAB => row::CHUNK_SPACE, ANY => BAD_SIZE,
    }
    CHUNK_EXTENSION {
        CR => act::SIZE_END, DELETE => BAD_EXTENSION, TEXT => row::CHUNK_EXTENSION,
        TAB => row::CHUNK_EXTENSION, LF => NO_LINE, ANY => BAD_EXTENSION,
    }
    CHUNK_FEED { LF => act::CHUNK, ANY => NO_LINE }
    CHUNK_END { CR => row::CHUNK_END_FEED, ANY => NO_CHUNK }
    CHUNK_END_FEED { LF => row::CHUNK_START, ANY => NO_CHUNK }
}

/// Returns where `byte` leads from the row `state`.
pub(super) fn lead(state: u8, byte: u8) -> u8 {
    rows::lead(GRAMMAR, state, byte)
}
