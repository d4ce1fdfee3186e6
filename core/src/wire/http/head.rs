//! The headers of a response, as far as they matter to one exchange.

use super::date::timestamp;
use super::error::HttpError;
use super::grammar::row;
use super::response::DateHeader;
use crate::wire::ascii::{decimal, is_one_of};
use crate::wire::bytes::Align32;
use crate::wire::lines::{self, lines};

/// A header's name, or a part of its value, as far as either can matter.
const PART: usize = 32;

/// The length of a part that is longer, of which nothing is kept.
const TOO_LONG: u8 = u8::MAX;

/// The headers that matter, and the tokens that matter in them, a line each.
const WORDS: &str =
    lines!("content-length\ntransfer-encoding\nconnection\ndate\nretry-after\nchunked\nclose\n");
const LENGTH: u8 = 0;
const ENCODING: u8 = 1;
const CONNECTION: u8 = 2;
const DATE: u8 = 3;
const RETRY_AFTER: u8 = 4;
const CHUNKED: u8 = 5;
const CLOSE: u8 = 6;
const OTHER: u8 = 7;

/// The characters of a header's name besides letters and digits, the likeliest in
/// front.
const NAME_MARKS: &[u8] = b"-_!#$%&'*+.^`|~";

/// The line being read, and what the lines before it said.
#[derive(Clone, Debug)]
#[repr(C)] // What is used most stands in front, where the code for it is shorter.
pub(super) struct Headers {
    /// `true` if a value is being read, and not a name.
    in_value: bool,
    /// The header that the value is of, by its line in [`WORDS`].
    header: u8,
    /// The bytes taken of the part being read, and those up to the last that
    /// is not white space.
    used: u8,
    part_length: u8,
    /// `true` if these are trailers, which change nothing.
    pub(super) trailer: bool,
    pub(super) has_length: bool,
    pub(super) chunked: bool,
    pub(super) close: bool,
    pub(super) length: u32,
    /// The seconds of Retry-After, 0 where there was none.
    pub(super) retry_after: u32,
    /// 0 where there was none.
    pub(super) date: Align32<u64>,
    /// The name, or the part of the value, being read, in lowercase.
    part: [u8; PART],
}

impl Headers {
    pub(super) const fn new() -> Self {
        Self {
            in_value: false,
            header: LENGTH,
            used: 0,
            part_length: 0,
            trailer: false,
            has_length: false,
            chunked: false,
            close: false,
            length: 0,
            retry_after: 0,
            date: Align32(0),
            part: [0; PART],
        }
    }

    /// Takes a byte of a name, which must be one that names have.
    pub(super) fn name(&mut self, byte: u8) -> u8 {
        if !byte.is_ascii_alphanumeric() && !is_one_of(byte, NAME_MARKS) {
            return HttpError::HeaderName.state();
        }
        self.push(byte);
        row::NAME
    }

    /// Returns whether a comma is a part of the value: the others are lists.
    pub(super) fn is_date(&self) -> bool {
        self.header == DATE
    }

    /// Ends the name, a part of the value, or all of it.
    pub(super) fn part_end<D: DateHeader>(&mut self, next: u8) -> u8 {
        // Nothing where it is too long.
        let part = self.part.get(..usize::from(self.part_length)).unwrap_or_default();
        let word = lines::find(WORDS, part) as u8;
        match self.header {
            _ if !self.in_value => self.header = if self.trailer { OTHER } else { word },
            LENGTH => match decimal(part) {
                Some(length) if !self.has_length || self.length == length => {
                    self.length = length;
                    self.has_length = true;
                }
                _ => return HttpError::ContentLength.state(),
            },
            // A second one would be a second coding.
            ENCODING if self.chunked || word != CHUNKED => {
                return HttpError::TransferEncoding.state();
            }
            ENCODING => self.chunked = true,
            CONNECTION => self.close |= word == CLOSE,
            RETRY_AFTER => self.retry_after = decimal(part).unwrap_or_default(),
            DATE if D::IS_READ => self.date = Align32(timestamp(part).max(0) as u64),
            _ => {}
        }
        self.in_value = next == row::VALUE_START;
        self.used = 0;
        self.part_length = 0;
        next
    }

    /// Takes a byte of the part, in lowercase as far as anything that matters
    /// goes.
    pub(super) fn push(&mut self, byte: u8) {
        let is_space = matches!(byte, b' ' | b'\t');
        match self.part.get_mut(usize::from(self.used)) {
            Some(place) => {
                *place = byte | 0x20;
                self.used = self.used.wrapping_add(1);
                if !is_space {
                    self.part_length = self.used;
                }
            }
            // Too long to be anything that matters, if more than white space.
            None if !is_space => self.part_length = TOO_LONG,
            None => {}
        }
    }
}
