//! What is kept of an answer while it arrives.

use super::bounded::BoundedStr;
use super::fields::Fields;
use super::output::TextLayout;
use crate::error::EXCERPT_MAX;

/// The place for what an answer says, its two long texts aside.
///
/// It is the larger part of what a [`Call`](crate::call::Call) needs, and is
/// lent to it, so that what was said can be taken from here when the call and
/// its stack are gone.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) fields: Fields,
    pub(super) layout: TextLayout,
    /// How the body begins, as it came: only a strange one is ever shown.
    beginning: BoundedStr<EXCERPT_MAX>,
}

impl Answer {
    /// An answer that says nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        // A constant of zeros, which is cleared and not copied.
        const NEW: Answer = Answer {
            fields: Fields::new(),
            layout: TextLayout::new(),
            beginning: BoundedStr::new(),
        };
        NEW
    }

    /// What it says beside its texts.
    pub(crate) const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Where its texts are in the buffer.
    pub(crate) const fn layout(&self) -> &TextLayout {
        &self.layout
    }

    /// The first bytes of the body.
    pub(crate) fn beginning(&self) -> &[u8] {
        self.beginning.as_bytes()
    }

    /// Keeps of the body's next bytes what there is still room for.
    pub(crate) fn begin(&mut self, bytes: &[u8]) {
        self.beginning.text().push(bytes);
    }
}

impl Default for Answer {
    fn default() -> Self {
        Self::new()
    }
}
