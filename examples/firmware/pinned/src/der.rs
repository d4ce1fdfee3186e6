//! As much of DER as certificates have.

/// The tags that are met.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    /// `[0]`, constructed: the version.
    pub(crate) const VERSION: u8 = 0xa0;
    /// `[3]`, constructed: the extensions.
    pub(crate) const EXTENSIONS: u8 = 0xa3;
    /// `[2]`: a DNS name among others.
    pub(crate) const DNS_NAME: u8 = 0x82;
}

/// One value: its tag, what is in it, and all of its bytes.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
}

/// Values one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Returns the next value, whatever it is; `None` at the end, and for what
    /// is not DER: a length of another form than the shortest, or beyond the
    /// end.
    pub(crate) fn next(&mut self) -> Option<Value<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        // No certificate has tags of several bytes.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, rest) = match (first, rest) {
            (0..=0x7f, rest) => (usize::from(first), rest),
            (0x81, [length @ 0x80..=0xff, rest @ ..]) => (usize::from(*length), rest),
            (0x82, [high @ 1..=0xff, low, rest @ ..]) => {
                (usize::from(u16::from_be_bytes([*high, *low])), rest)
            }
            _ => return None,
        };
        let (content, after) = rest.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len() - after.len())?;
        self.0 = after;
        Some(Value { tag, content, whole })
    }

    /// Returns the next value, if it has this tag; otherwise nothing is taken.
    pub(crate) fn find(&mut self, tag: u8) -> Option<Value<'a>> {
        let mut ahead = *self;
        let value = ahead.next().filter(|value| value.tag == tag)?;
        *self = ahead;
        Some(value)
    }

    /// Returns the values within the next one, if it has this tag.
    pub(crate) fn enter(&mut self, tag: u8) -> Option<Self> {
        Some(Self(self.find(tag)?.content))
    }

    /// Returns `Some` if nothing more comes.
    pub(crate) const fn end(self) -> Option<()> {
        if self.is_empty() { Some(()) } else { None }
    }
}

/// Returns a bit string of whole bytes.
pub(crate) fn bits<'a>(value: Value<'a>) -> Option<&'a [u8]> {
    match value.content {
        [0, bytes @ ..] => Some(bytes),
        _ => None,
    }
}
