//! The events of a request, for logs and tests.

use std::sync::Arc;
use std::time::Duration;

use crate::error::ApiError;

/// One event in the life of a request. An Event invocation gives two: one when it is
/// accepted, and one when its function has run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Observation {
    /// The `RequestId` of the answer.
    pub request_id: String,
    /// The function, where the request got as far as naming one.
    pub function_name: Option<String>,
    /// The event.
    pub kind: ObservationKind,
}

/// The ways in which a request ends.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ObservationKind {
    /// The API answered an error.
    Refused {
        /// Its code.
        code: String,
        /// Its message.
        message: String,
    },
    /// An Event invocation was accepted and is going to run.
    Accepted,
    /// The function printed this while it runs. What a closure logs comes at
    /// its end.
    Log {
        /// The text printed; a line can come in several pieces.
        text: String,
    },
    /// Something about the function that concerns no request.
    Notice {
        /// The text.
        text: String,
    },
    /// An event has failed and is going to run again.
    Retrying {
        /// After so long.
        wait: Duration,
    },
    /// An event has failed as often as the cloud tries it, and is not run again.
    /// The cloud sends it to the function's dead-letter queue, if there is one.
    GivenUp,
    /// An event was accepted, and the emulator stopped before it had run to an
    /// end.
    Abandoned,
    /// A synchronous call was running when the emulator stopped.
    Interrupted,
    /// The function ran, with success or without.
    Ran {
        /// The function's status, 200 on success.
        status: u16,
        /// The duration of the run.
        duration: Duration,
        /// Its peak of memory in bytes; 0 where that is not known.
        mem_usage: u64,
        /// Its whole log.
        log: String,
    },
}

impl ObservationKind {
    pub(crate) fn refused(error: &ApiError) -> Self {
        Self::Refused { code: error.code.to_string(), message: error.message.clone() }
    }
}

pub(crate) type Observer = Arc<dyn Fn(&Observation) + Send + Sync>;
