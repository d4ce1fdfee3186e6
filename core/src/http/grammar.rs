//! The lines of a response as a table of [rows](crate::rows).

use super::error::HttpError;
use crate::rows::{self, ANY};

const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// Where the rows begin, in the order of the table, and behind them the states
/// that have no row.
pub(super) mod row {
    // In a head, or in the trailers.
    pub(crate) const STATUS_LINE: u8 = 0;
    pub(crate) const MINOR_VERSION: u8 = STATUS_LINE + 14;
    pub(crate) const REASON: u8 = MINOR_VERSION + 9;
    pub(crate) const LINE_START: u8 = REASON + 2;
    pub(crate) const NAME: u8 = LINE_START + 4;
    pub(crate) const VALUE: u8 = NAME + 2;
    pub(crate) const LINE_FEED: u8 = VALUE + 2;
    pub(crate) const HEAD_FEED: u8 = LINE_FEED + 2;
    // Around a chunk.
    pub(crate) const CHUNK_START: u8 = HEAD_FEED + 2;
    pub(crate) const CHUNK_SIZE: u8 = CHUNK_START + 1;
    pub(crate) const CHUNK_EXTENSION: u8 = CHUNK_SIZE + 5;
    pub(crate) const CHUNK_FEED: u8 = CHUNK_EXTENSION + 2;
    pub(crate) const CHUNK_END: u8 = CHUNK_FEED + 2;
    pub(crate) const CHUNK_END_FEED: u8 = CHUNK_END + 2;
    // In the body.
    pub(crate) const LENGTH_BODY: u8 = CHUNK_END_FEED + 2;
    pub(crate) const CHUNK_BODY: u8 = LENGTH_BODY + 1;
    pub(crate) const OPEN_BODY: u8 = CHUNK_BODY + 1;
    pub(crate) const ENDING: u8 = OPEN_BODY + 1;
    pub(crate) const DONE: u8 = ENDING + 1;
}

/// What there is to do where a byte leads to no row.
pub(super) mod act {
    /// A digit of the status, or of the version: the next row follows.
    pub(crate) const STATUS_DIGIT: u8 = 0x80;
    pub(crate) const STATUS_END: u8 = 0x81;
    /// Text that is not looked at.
    pub(crate) const SKIP: u8 = 0x82;
    pub(crate) const NAME: u8 = 0x83;
    pub(crate) const NAME_END: u8 = 0x84;
    pub(crate) const VALUE: u8 = 0x85;
    pub(crate) const VALUE_END: u8 = 0x86;
    pub(crate) const HEAD_END: u8 = 0x87;
    pub(crate) const SIZE_DIGIT: u8 = 0x88;
    pub(crate) const SIZE_END: u8 = 0x89;
    pub(crate) const CHUNK: u8 = 0x8a;
    // Errors.
    pub(crate) const NO_STATUS: u8 = 0x8b;
    pub(crate) const VERSION: u8 = 0x8c;
    pub(crate) const FOLDED: u8 = 0x8d;
    pub(crate) const NO_LINE_END: u8 = 0x8e;
    pub(crate) const NO_CHUNK_END: u8 = 0x8f;
}

#[rustfmt::skip]
const GRAMMAR: &[[u8; 2]] = &[
    /* STATUS_LINE     */ [b'H', 2], [ANY, act::NO_STATUS], [b'T', 4], [ANY, act::NO_STATUS],
                          [b'T', 6], [ANY, act::NO_STATUS], [b'P', 8], [ANY, act::NO_STATUS],
                          [b'/', 10], [ANY, act::NO_STATUS],
                          [b'1', 12], [ANY, act::VERSION], [b'.', 14], [ANY, act::VERSION],
                          [ANY, act::STATUS_DIGIT],
                          [b' ', 17], [ANY, act::NO_STATUS],
                          [ANY, act::STATUS_DIGIT], [ANY, act::STATUS_DIGIT], [ANY, act::STATUS_DIGIT],
                          [b' ', act::STATUS_END], [CR, act::STATUS_END], [ANY, act::NO_STATUS],
    /* REASON          */ [CR, row::LINE_FEED], [ANY, act::SKIP],
    /* LINE_START      */ [CR, row::HEAD_FEED], [b' ', act::FOLDED], [b'\t', act::FOLDED],
                          [ANY, act::NAME],
    /* NAME            */ [b':', act::NAME_END], [ANY, act::NAME],
    /* VALUE           */ [CR, act::VALUE_END], [ANY, act::VALUE],
    /* LINE_FEED       */ [LF, row::LINE_START], [ANY, act::NO_LINE_END],
    /* HEAD_FEED       */ [LF, act::HEAD_END], [ANY, act::NO_LINE_END],
    /* CHUNK_START     */ [ANY, act::SIZE_DIGIT],
    /* CHUNK_SIZE      */ [CR, act::SIZE_END], [b';', row::CHUNK_EXTENSION],
                          [b' ', row::CHUNK_EXTENSION], [b'\t', row::CHUNK_EXTENSION],
                          [ANY, act::SIZE_DIGIT],
    /* CHUNK_EXTENSION */ [CR, act::SIZE_END], [ANY, act::SKIP],
    /* CHUNK_FEED      */ [LF, act::CHUNK], [ANY, act::NO_LINE_END],
    /* CHUNK_END       */ [CR, row::CHUNK_END_FEED], [ANY, act::NO_CHUNK_END],
    /* CHUNK_END_FEED  */ [LF, row::CHUNK_START], [ANY, act::NO_CHUNK_END],
];

/// Where `byte` leads from the row `state`.
pub(super) fn lead(state: u8, byte: u8) -> u8 {
    rows::lead(GRAMMAR.get(usize::from(state)..).unwrap_or_default(), byte)
}

/// Refuses control characters other than the tab, and with them a line feed
/// that no carriage return precedes.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(super) fn text(byte: u8, error: HttpError) -> Result<(), HttpError> {
    match byte {
        LF => Err(HttpError::LineEnd),
        b'\t' => Ok(()),
        ..0x20 | 0x7f => Err(error),
        _ => Ok(()),
    }
}
