//! Runs of an event in memory that need no escaping, given out where they lie
//! instead of being copied: what makes an event of megabytes as fast as its
//! hash. Small processors do without, for it takes flash.

use crate::request::event::Content;
use crate::request::event_writer::{EventWriter, Extent};
use crate::wire::json;

/// A run that is worth giving out where it lies, in bytes.
const RUN_MIN: usize = 512;

/// The longest run that is looked for at once, so that it is still in the
/// cache when it is hashed or sent.
const RUN_MAX: usize = 16 << 10;

/// A stretch of an event in memory, from `start` up to `end`.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    start: usize,
    end: usize,
}

impl Run {
    /// A stretch of no bytes.
    pub(crate) const NONE: Self = Self { start: 0, end: 0 };
}

impl EventWriter {
    /// Returns the next bytes of an event in memory, if they are many and need
    /// no escaping. Where there are none, [`write`](Self::write) goes on.
    pub(super) fn clean_run<'p>(
        &mut self,
        content: &Content<'p>,
        measured: Option<&Extent>,
    ) -> Option<&'p [u8]> {
        let (Content::Text(event) | Content::Checked(event)) = content else { return None };
        let event = event.as_bytes();
        let known = measured.map_or(Run::NONE, |extent| extent.clean);
        let run = if (known.start..known.end).contains(&self.used) {
            event.get(self.used..known.end)?
        } else {
            let rest = event.get(self.used..)?;
            json::unescaped_prefix(rest.get(..RUN_MAX).unwrap_or(rest))
        };
        if run.len() < RUN_MIN {
            return None;
        }
        if self.used != self.run.end {
            self.run.start = self.used;
        }
        self.used += run.len();
        self.run.end = self.used;
        let clean = &mut self.extent.clean;
        if self.run.end - self.run.start > clean.end - clean.start {
            *clean = self.run;
        }
        Some(run)
    }
}
