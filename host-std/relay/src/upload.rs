//! A client's body on its way to the endpoint.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use scf_serve::WholeBody;
use tokio::sync::OwnedSemaphorePermit;

use crate::clients::InMemory;

/// The size that is handed on at once, so that a body which broke off differs from
/// one that was sent whole.
const PIECE: usize = 64 * 1024;

/// The progress of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Bytes are still to be handed on.
    Partial,
    /// All of it was handed on, and may have left.
    Whole,
}

/// A body that can be handed to a connection and looked at meanwhile.
#[derive(Clone)]
pub(crate) struct Upload(Arc<Mutex<State>>);

struct State {
    left: Bytes,
    length: u64,
    /// The body's part of the memory that all have, and of its client's.
    memory: Option<(Option<OwnedSemaphorePermit>, InMemory)>,
}

impl Upload {
    pub(crate) fn new(body: WholeBody, held: InMemory) -> Self {
        let (left, memory) = body.into_parts();
        let length = left.len() as u64;
        Self(Arc::new(Mutex::new(State { left, length, memory: Some((memory, held)) })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn progress(&self) -> Progress {
        if self.state().left.is_empty() { Progress::Whole } else { Progress::Partial }
    }

    /// Returns how many bytes were handed on.
    pub(crate) fn passed(&self) -> u64 {
        let state = self.state();
        state.length - state.left.len() as u64
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut state = self.state();
        let piece = PIECE.min(state.left.len());
        let piece = state.left.split_to(piece);
        if state.left.is_empty() {
            // It is about to leave. While its response is waited for, other
            // bodies may take the memory.
            state.memory = None;
        }
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.progress() == Progress::Whole
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.state().left.len() as u64)
    }
}
