//! A call whose event is fed and whose texts are taken piece by piece, for sources
//! and sinks that wait.

use super::Call;
use crate::reply::TextField;
use crate::request::RequestError;

impl Call<'_> {
    /// Returns the place for the next piece of the event, if one is wanted; what is
    /// written there is [fed](Self::feed) then.
    pub(crate) fn event_room(&mut self) -> Option<&mut [u8]> {
        let writer = self.at.emitter.event();
        if writer.is_waiting() { Some(writer.room()) } else { None }
    }

    /// Takes the next piece of the event; 0 bytes are its end.
    pub(crate) fn feed(&mut self, count: usize) -> Result<(), RequestError> {
        self.at.emitter.feed(self.request, count)
    }

    /// Returns what has come of result or log since it was last asked, and forgets
    /// it.
    pub(crate) fn take_text(&mut self) -> Option<(TextField, &[u8])> {
        let layout = self.decoder.layout_mut();
        let (field, start, end) = layout.take()?;
        Some((field, self.buffer.get(start..end)?))
    }
}
