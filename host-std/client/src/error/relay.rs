//! An error of a relay on the way.

use std::fmt;

use scf_invoke_core::attempt::{Delivery, Retry};

use super::ApiError;

/// A relay on the way answered itself, in place of the API: by its header
/// `X-SCF-Relay`, which says whether the function may have run.
#[derive(Clone, Debug, PartialEq)]
pub struct RelayError {
    error: ApiError,
    delivery: Delivery,
    retry: Retry,
}

impl RelayError {
    pub(crate) fn new(error: ApiError, delivery: Delivery, retry: Retry) -> Self {
        Self { error, delivery, retry }
    }

    /// Returns the relay's code, such as `Relay.RateLimit`.
    pub fn code_text(&self) -> &str {
        self.error.code_text()
    }

    /// Returns the relay's message.
    pub fn message(&self) -> &str {
        self.error.message()
    }

    /// Returns whether the function may have run.
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Returns what could make another try succeed.
    pub fn retry(&self) -> Retry {
        self.retry
    }
}

impl fmt::Display for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for RelayError {}
