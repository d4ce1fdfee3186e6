//! The parts of a response that are kept while it arrives.

use super::bounded::BoundedStr;
use super::fields::Fields;
use super::output::TextLayout;
use super::result::{Reply, Utf8Error};
use crate::error::{EXCERPT_MAX, Excerpt};
use crate::wire::utf8;

/// All that a response says, its two long texts aside.
///
/// It is the larger part of what a [`Call`](crate::call::Call) needs, and is
/// lent to it, so that the [`reply`](Self::reply) can be taken from here when
/// the call and its stack are gone.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReplyParts {
    pub(super) fields: Fields,
    pub(super) layout: TextLayout,
    /// The beginning of the body, as it came: only a strange one is ever shown.
    beginning: BoundedStr<EXCERPT_MAX>,
}

impl ReplyParts {
    /// Creates the parts of a response of which nothing has come.
    #[must_use]
    pub const fn new() -> Self {
        // A constant of zeros, which is cleared and not copied.
        const NEW: ReplyParts = ReplyParts {
            fields: Fields::new(),
            layout: TextLayout::new(),
            beginning: BoundedStr::new(),
        };
        NEW
    }

    /// Returns the reply of a call that [finished](crate::call::Call::finish)
    /// without an error, with its texts from the buffer that the call was made
    /// with.
    ///
    /// # Errors
    /// The function's result is not UTF-8.
    pub fn reply<'b>(&self, buffer: &'b [u8]) -> Result<Reply<'b>, Utf8Error> {
        let texts = self.layout.texts(buffer).ok_or(Utf8Error)?;
        Ok(Reply::new(&self.fields, texts))
    }

    /// Returns what the buffer has of a reply that does not fit into it: all fields,
    /// and the front of result and log, which end with a whole character.
    pub fn partial_reply<'b>(&self, buffer: &'b [u8]) -> Reply<'b> {
        let layout = self.layout();
        let texts = [layout.result(buffer), layout.log(buffer)];
        Reply::new(&self.fields, texts.map(|text| text.map(utf8::front)))
    }

    /// Returns what it says beside its texts.
    pub(crate) const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Returns where its texts are in the buffer.
    pub(crate) const fn layout(&self) -> &TextLayout {
        &self.layout
    }

    /// Returns what may be shown of the body's first bytes.
    pub(crate) fn excerpt(&self) -> Excerpt {
        Excerpt::new(self.beginning)
    }

    /// Keeps of the body's next bytes what there is still room for.
    pub(crate) fn begin(&mut self, bytes: &[u8]) {
        self.beginning.text().push(bytes);
    }
}

impl Default for ReplyParts {
    fn default() -> Self {
        Self::new()
    }
}
