//! The spans and events of a call, for the crate `tracing`.

use std::time::Duration;

use tracing::field::{Empty, display};
use tracing::{Span, debug, debug_span, info_span, warn};

use super::{CallInfo, Finished, Progress};
use crate::Error;

/// The span of a call, and that of its attempt.
pub(super) struct CallSpan {
    call: Span,
    attempt: Span,
}

impl CallSpan {
    pub(super) fn new(info: &CallInfo<'_>) -> Self {
        let call = info_span!(
            target: "scf_invoke",
            "call",
            id = info.id,
            function_name = info.function_name,
            region = info.region,
            trace_id = info.trace_id,
            delivery = Empty,
            request_id = Empty,
        );
        Self { attempt: attempt(&call, 1), call }
    }

    pub(super) fn progress(&self, progress: Progress) {
        debug!(target: "scf_invoke", parent: &self.attempt, "{progress}");
    }

    /// Ends the span of an attempt that is followed by another.
    pub(super) fn again(&mut self, error: &Error, number: u32, wait: Duration) {
        let delivery = error.delivery().as_str();
        warn!(target: "scf_invoke", parent: &self.attempt, delivery, ?wait, "{error}");
        self.attempt = attempt(&self.call, number);
    }

    pub(super) fn finish(&self, end: &Finished<'_>) {
        let Finished { latency, reused, .. } = *end;
        let delivery = end.delivery.as_str();
        self.call.record("delivery", delivery);
        let id = match end.result {
            Some(Ok(reply)) => Some(reply.request_id()),
            Some(Err(error)) => error.request_id(),
            None => None,
        };
        if let Some(id) = id {
            self.call.record("request_id", display(id));
        }
        match end.result {
            Some(Ok(_)) => {
                debug!(target: "scf_invoke", parent: &self.attempt, ?latency, reused, "succeeded");
            }
            Some(Err(error)) => {
                warn!(target: "scf_invoke", parent: &self.attempt, ?latency, reused, "{error}");
            }
            None => {
                warn!(target: "scf_invoke", parent: &self.attempt, ?latency, reused, "dropped");
            }
        }
    }
}

fn attempt(call: &Span, number: u32) -> Span {
    debug_span!(target: "scf_invoke", parent: call, "attempt", number)
}
