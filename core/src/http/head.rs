//! The headers of a response, as far as they matter to one exchange.

use super::date::timestamp;
use super::error::HttpError;
use super::grammar::row;
use crate::ascii::{decimal, is_in};
use crate::bytes::Loose;
use crate::lines::{self, lines};

/// A header's name, or a part of its value, as far as either can matter.
const PART: usize = 32;

/// The headers that matter, a line each.
const NAMES: &[u8] = lines!("content-length\ntransfer-encoding\nconnection\ndate\n");
const LENGTH: u8 = 0;
const ENCODING: u8 = 1;
const CONNECTION: u8 = 2;
const DATE: u8 = 3;
const OTHER: u8 = 4;

/// The tokens that matter.
const TOKENS: &[u8] = lines!("chunked\nclose\n");
const CHUNKED: usize = 0;
const CLOSE: usize = 1;

/// What names are made of, by the first and last of each range, the likeliest
/// in front.
const NAME: &[u8] = b"^zAZ-.09!!#'*+||~~";

/// The line being read, and what the lines before it said.
#[derive(Clone, Debug)]
pub(super) struct Headers {
    pub(super) has_length: bool,
    pub(super) chunked: bool,
    pub(super) close: bool,
    /// Which header the value being read is of, by its line in [`NAMES`].
    header: u8,
    /// The bytes taken of the part being read, and those up to the last that
    /// is not white space.
    used: u8,
    length_of_part: u8,
    /// The name, or the part of the value, being read, in lowercase.
    part: [u8; PART],
    pub(super) length: u32,
    /// 0 where there was none.
    pub(super) date: Loose<u64>,
}

impl Headers {
    pub(super) const fn new() -> Self {
        Self {
            has_length: false,
            chunked: false,
            close: false,
            header: LENGTH,
            used: 0,
            length_of_part: 0,
            part: [0; PART],
            length: 0,
            date: Loose(0),
        }
    }

    /// A byte of a name, which must be one that names have.
    pub(super) fn name(&mut self, byte: u8) -> u8 {
        if !is_in(byte, NAME) {
            return HttpError::HeaderName.state();
        }
        self.push(byte);
        row::NAME
    }

    /// The name is complete; whether it can matter.
    pub(super) fn name_end(&mut self, matters: bool) -> u8 {
        let header = lines::find(NAMES, self.part());
        self.header = if matters { header as u8 } else { OTHER };
        self.clear();
        row::VALUE_START
    }

    /// Whether a comma is a part of the value: the others are lists.
    pub(super) fn is_date(&self) -> bool {
        self.header == DATE
    }

    /// A part of the value is complete, or all of it.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn part_end(&mut self, next: u8) -> u8 {
        let part = self.part();
        let token = lines::find(TOKENS, part);
        match self.header {
            LENGTH => match decimal(part) {
                Some(length) if !self.has_length || self.length == length => {
                    self.length = length;
                    self.has_length = true;
                }
                _ => return HttpError::ContentLength.state(),
            },
            // A second one would be a second coding.
            ENCODING if self.chunked || token != CHUNKED => {
                return HttpError::TransferEncoding.state();
            }
            ENCODING => self.chunked = true,
            CONNECTION => self.close |= token == CLOSE,
            DATE => self.date = Loose(timestamp(part).max(0) as u64),
            _ => {}
        }
        self.clear();
        next
    }

    fn part(&self) -> &[u8] {
        self.part.get(..usize::from(self.length_of_part)).unwrap_or_default()
    }

    fn clear(&mut self) {
        self.used = 0;
        self.length_of_part = 0;
    }

    /// Takes a byte of the part, in lowercase as far as anything that matters
    /// goes.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn push(&mut self, byte: u8) {
        let is_space = matches!(byte, b' ' | b'\t');
        match self.part.get_mut(usize::from(self.used)) {
            Some(place) => {
                *place = byte | 0x20;
                self.used = self.used.wrapping_add(1);
                if !is_space {
                    self.length_of_part = self.used;
                }
            }
            // Too long to be anything that matters, if more than white space.
            None if !is_space => self.part[0] = 0,
            None => {}
        }
    }
}
