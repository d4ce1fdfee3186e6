//! A limit on how long nothing may move.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Sleep;

/// A timer that runs only while its side is waited for: a side that is not
/// asked does not pause.
pub(crate) struct Pause {
    limit: Duration,
    running: Option<Pin<Box<Sleep>>>,
}

impl Pause {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, running: None }
    }

    /// Notes that something moved.
    pub(crate) fn end(&mut self) {
        self.running = None;
    }

    /// Notes that nothing moved. It is ready once that has lasted too long.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let limit = self.limit;
        let running = self.running.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        running.as_mut().poll(context)
    }
}
