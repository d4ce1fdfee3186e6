//! BoundedStr texts in a fixed place.

use core::fmt;

use crate::wire::{bytes, utf8};

/// A text of at most `N` bytes (up to 255), with a mark where it was longer.
///
/// A text that does not fit is cut between two characters. One that is not
/// UTF-8 is cut before the first byte that is wrong.
#[derive(Clone, Copy)]
pub struct BoundedStr<const N: usize>(Text<[u8; N]>);

impl<const N: usize> BoundedStr<N> {
    pub(super) const fn new() -> Self {
        Self(Text { length: 0, cut: false, bytes: [0; N] })
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        utf8::front(self.as_bytes())
    }

    /// Returns the text in bytes, which costs nothing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let text: &Text<[u8]> = &self.0;
        text.as_bytes()
    }

    /// Replaces every byte that is not printable ASCII by `.`.
    pub(crate) fn make_printable(&mut self) {
        for byte in &mut self.0.bytes {
            if !matches!(byte, b' '..=b'~') {
                *byte = b'.';
            }
        }
    }

    /// Returns whether the text was longer.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        self.0.cut
    }

    /// Returns whether there is no text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.length == 0
    }

    /// Returns the text as one type for all lengths, so that the code that
    /// fills it exists once.
    pub(super) fn text(&mut self) -> &mut Text<[u8]> {
        &mut self.0
    }
}

impl<const N: usize> Default for BoundedStr<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> PartialEq for BoundedStr<N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() && self.is_truncated() == other.is_truncated()
    }
}

impl<const N: usize> Eq for BoundedStr<N> {}

impl<const N: usize> fmt::Display for BoundedStr<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        f.write_str(if self.is_truncated() { "..." } else { "" })
    }
}

impl<const N: usize> fmt::Debug for BoundedStr<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)?;
        f.write_str(if self.is_truncated() { "..." } else { "" })
    }
}

/// A text that is being written, of any length as `Text<[u8]>`.
#[derive(Clone, Copy)]
pub(super) struct Text<B: ?Sized> {
    length: u8,
    cut: bool,
    bytes: B,
}

impl Text<[u8]> {
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    pub(super) fn clear(&mut self) {
        self.length = 0;
        self.cut = false;
    }

    #[inline(never)]
    pub(super) fn push(&mut self, piece: &[u8]) {
        if self.cut {
            return;
        }
        let free = self.bytes.get_mut(usize::from(self.length)..).unwrap_or_default();
        self.cut = piece.len() > free.len();
        self.length = self.length.wrapping_add(bytes::copy(free, piece) as u8);
    }

    /// Ends the text, and leaves no part of a character behind.
    pub(super) fn end(&mut self) {
        let valid = utf8::valid_up_to(self.as_bytes());
        self.cut |= valid < usize::from(self.length);
        self.length = valid as u8;
    }
}
