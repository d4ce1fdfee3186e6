//! The headers of a response, as far as they matter to one exchange.

use super::date::parse_http_date;
use super::error::HttpError;
use crate::ascii::is_in;
use crate::bytes::Loose;
use crate::lines::{self, lines};

/// A header's name, or a part of its value, as far as either can matter.
const PART: usize = 32;

/// The headers that matter.
const NAMES: &[u8] = lines!("content-length\ntransfer-encoding\nconnection\ndate\n");

/// The tokens that matter.
const TOKENS: &[u8] = lines!("chunked\nclose\n");

/// What names are made of, by the first and last of each range, the likeliest
/// in front.
const NAME: &[u8] = b"^zAZ-.09!!#'*+||~~";

/// Which header a line is of, by the line in [`NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    Length,
    Encoding,
    Connection,
    Date,
    Other,
}

/// The line being read, and what the lines before it said.
#[derive(Clone, Debug)]
pub(super) struct Headers {
    pub(super) has_length: bool,
    pub(super) chunked: bool,
    pub(super) close: bool,
    /// Which header the value being read is of.
    header: Header,
    used: u8,
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
            header: Header::Length,
            used: 0,
            part: [0; PART],
            length: 0,
            date: Loose(0),
        }
    }

    /// A byte of a name, which must be one that names have.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn name(&mut self, byte: u8) -> Result<(), HttpError> {
        if is_in(byte, NAME) {
            self.push(byte);
            return Ok(());
        }
        Err(match byte {
            b'\r' | b'\n' => HttpError::LineEnd,
            _ => HttpError::HeaderName,
        })
    }

    /// The name is complete; whether it can matter.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn name_end(&mut self, matters: bool) -> Result<(), HttpError> {
        if self.used == 0 {
            return Err(HttpError::HeaderName);
        }
        self.header = match lines::find(NAMES, self.part()) {
            _ if !matters => Header::Other,
            Some(0) => Header::Length,
            Some(1) => Header::Encoding,
            Some(2) => Header::Connection,
            Some(3) => Header::Date,
            _ => Header::Other,
        };
        self.used = 0;
        Ok(())
    }

    /// A byte of a value.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn value(&mut self, byte: u8) -> Result<(), HttpError> {
        match byte {
            // A date has a comma; the others are lists.
            b',' if self.header != Header::Date => return self.part_end(),
            b' ' | b'\t' if self.used == 0 => {}
            _ => self.push(byte),
        }
        Ok(())
    }

    /// A part of the value is complete, or all of it.
    pub(super) fn part_end(&mut self) -> Result<(), HttpError> {
        while let Some(b' ' | b'\t') = self.part().last() {
            self.used = self.used.wrapping_sub(1);
        }
        let part = self.part();
        let token = lines::find(TOKENS, part);
        match self.header {
            Header::Length => {
                let length = decimal(part).ok_or(HttpError::ContentLength)?;
                if self.has_length && self.length != length {
                    return Err(HttpError::ContentLength);
                }
                self.length = length;
                self.has_length = true;
            }
            // A second one would be a second coding.
            Header::Encoding if self.chunked || token != Some(0) => {
                return Err(HttpError::TransferEncoding);
            }
            Header::Encoding => self.chunked = true,
            Header::Connection => self.close |= token == Some(1),
            Header::Date => self.date = Loose(parse_http_date(part).unwrap_or_default()),
            Header::Other => {}
        }
        self.used = 0;
        Ok(())
    }

    fn part(&self) -> &[u8] {
        self.part.get(..usize::from(self.used)).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        match self.part.get_mut(usize::from(self.used)) {
            Some(place) => {
                *place = byte.to_ascii_lowercase();
                self.used = self.used.wrapping_add(1);
            }
            // Too long to be anything that matters, if more than white space.
            None if byte > b' ' => self.part[0] = 0,
            None => {}
        }
    }
}

/// A decimal number; one that is too large is the largest.
fn decimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    let mut value = 0u32;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.saturating_mul(10).saturating_add(digit.into());
    }
    Some(value)
}
