//! The headers of a response, as far as they matter to one exchange.

use core::num::NonZeroU64;

use super::date::parse_http_date;
use super::error::HttpError;

/// A header's name, or as much of its value as can matter.
const LINE: usize = 40;
const TYPE: usize = 48;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    Other,
    Length,
    Encoding,
    Connection,
    Date,
    Type,
}

const HEADERS: &[(&str, Header)] = &[
    ("content-length", Header::Length),
    ("transfer-encoding", Header::Encoding),
    ("connection", Header::Connection),
    ("date", Header::Date),
    ("content-type", Header::Type),
];

/// The line being read, and what the lines before it said.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) date: Option<NonZeroU64>,
    pub(super) length: u64,
    pub(super) has_length: bool,
    pub(super) chunked: bool,
    pub(super) close: bool,
    bytes: [u8; LINE],
    used: u8,
    cut: bool,
    kind: [u8; TYPE],
    kind_used: u8,
}

impl Line {
    pub(super) const fn new() -> Self {
        Self {
            date: None,
            length: 0,
            has_length: false,
            chunked: false,
            close: false,
            bytes: [0; LINE],
            used: 0,
            cut: false,
            kind: [0; TYPE],
            kind_used: 0,
        }
    }

    /// Forgets all headers.
    pub(super) fn reset(&mut self) {
        self.date = None;
        self.has_length = false;
        self.chunked = false;
        self.close = false;
        self.kind_used = 0;
    }

    pub(super) fn content_type(&self) -> &str {
        let bytes = self.kind.get(..usize::from(self.kind_used)).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }

    pub(super) fn start(&mut self) {
        self.used = 0;
        self.cut = false;
    }

    fn push(&mut self, byte: u8) {
        match self.bytes.get_mut(usize::from(self.used)) {
            Some(place) => {
                *place = byte;
                self.used = self.used.wrapping_add(1);
            }
            None => self.cut = true,
        }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.used)).unwrap_or_default()
    }

    /// A byte of a name, which must be one that names have.
    pub(super) fn push_name(&mut self, byte: u8) -> Result<(), HttpError> {
        match byte {
            b'\r' | b'\n' => return Err(HttpError::LineEnd),
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {}
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' => {}
            b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~' => {}
            _ => return Err(HttpError::HeaderName),
        }
        self.push(byte.to_ascii_lowercase());
        Ok(())
    }

    /// Which header the name is of; makes room for the value.
    pub(super) fn header(&mut self) -> Result<Header, HttpError> {
        if self.used == 0 {
            return Err(HttpError::HeaderName);
        }
        let name = self.bytes();
        let header = HEADERS.iter().find(|(text, _)| text.as_bytes() == name);
        let header = header.map_or(Header::Other, |(_, header)| *header);
        self.start();
        Ok(header)
    }

    /// A byte of a value, white space before it left out.
    pub(super) fn push_value(&mut self, byte: u8) {
        if self.used > 0 || (byte != b' ' && byte != b'\t') {
            self.push(byte);
        }
    }

    /// The value is complete.
    #[inline(never)]
    pub(super) fn value(&mut self, header: Header) -> Result<(), HttpError> {
        let cut = self.cut;
        let bytes = self.bytes.get(..usize::from(self.used)).unwrap_or_default();
        let value = bytes.trim_ascii_end();
        match header {
            Header::Other => {}
            Header::Length => {
                for each in value.split(|&byte| byte == b',') {
                    match decimal(each.trim_ascii()) {
                        Some(each) if !cut && (!self.has_length || self.length == each) => {
                            self.length = each;
                            self.has_length = true;
                        }
                        _ => return Err(HttpError::ContentLength),
                    }
                }
            }
            Header::Encoding => {
                // A second one, or one beside it, would be a second coding.
                if self.chunked || cut || !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(HttpError::TransferEncoding);
                }
                self.chunked = true;
            }
            Header::Connection => {
                self.close |= cut
                    || value
                        .split(|&byte| byte == b',')
                        .any(|each| each.trim_ascii().eq_ignore_ascii_case(b"close"));
            }
            Header::Date => self.date = parse_http_date(value).and_then(NonZeroU64::new),
            Header::Type => {
                let mut used = 0u8;
                for (place, &byte) in self.kind.iter_mut().zip(value) {
                    *place = byte;
                    used = used.wrapping_add(1);
                }
                self.kind_used = used;
            }
        }
        Ok(())
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value.checked_mul(10)?.checked_add(digit.into())
    })
}
