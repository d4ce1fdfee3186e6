//! The hook of `tscf invoke`: its call's steps, and its corrected clock.

use std::sync::Arc;
use std::time::Duration;

use scf_invoke::{CallInfo, Error, Hook, Progress};

use crate::clock;
use crate::stderr::note;
use crate::trace::Trace;
use crate::waiting::Waiting;

/// Passes on the steps, and reports a clock that was corrected.
pub(crate) struct Watch {
    pub(crate) waiting: Arc<Waiting>,
    pub(crate) trace: Option<Arc<Trace>>,
}

impl Hook for Watch {
    fn progress(&self, _: &CallInfo<'_>, step: Progress) {
        self.waiting.step(step);
        if let Some(trace) = &self.trace {
            trace.step(step);
        }
    }

    fn retry(&self, _: &CallInfo<'_>, error: &Error, wait: Duration) {
        if let Some(correction) = clock::correction(error) {
            self.waiting.pause(|| note(&correction));
        }
        if let Some(trace) = &self.trace {
            trace.retry(error, wait);
        }
    }
}
