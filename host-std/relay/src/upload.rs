//! A client's body on its way to the endpoint.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Bytes, Frame, SizeHint};

use crate::pause::Pause;

/// Of a body that nobody wants, so much is taken, that its sender comes to
/// read the answer.
const DISCARD_LIMIT: u64 = 32 * 1024 * 1024;

/// Whatever error a body of a request may have.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How far a body got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Bytes are still to come.
    Partial,
    /// All of it was handed on, and may have left.
    Whole,
    /// The client stopped sending.
    Stalled,
    /// The client's body broke off.
    Broken,
}

/// A body that can be handed to a connection and looked at meanwhile.
#[derive(Clone)]
pub(crate) struct Upload(Arc<Mutex<State>>);

struct State {
    body: UnsyncBoxBody<Bytes, BoxError>,
    length: u64,
    left: u64,
    progress: Progress,
    pause: Pause,
}

/// The client's part failed, not the endpoint's.
#[derive(Debug)]
pub(crate) struct ClientFailed;

impl fmt::Display for ClientFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client's body did not come whole")
    }
}

impl std::error::Error for ClientFailed {}

impl Upload {
    pub(crate) fn new<B>(body: B, length: u64, pause: Duration) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let progress = if length == 0 { Progress::Whole } else { Progress::Partial };
        Self(Arc::new(Mutex::new(State {
            body: body.map_err(Into::into).boxed_unsync(),
            length,
            left: length,
            progress,
            pause: Pause::new(pause),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn progress(&self) -> Progress {
        self.state().progress
    }

    /// Bytes that were handed on.
    pub(crate) fn passed(&self) -> u64 {
        let state = self.state();
        state.length - state.left
    }

    /// Takes the client's body away, so that no more of it is handed on.
    pub(crate) fn take_rest(&self) -> UnsyncBoxBody<Bytes, BoxError> {
        let nothing = Empty::new().map_err(Into::into).boxed_unsync();
        std::mem::replace(&mut self.state().body, nothing)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = ClientFailed;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ClientFailed>>> {
        let mut state = self.state();
        let state = &mut *state;
        let frame = loop {
            match Pin::new(&mut state.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => break Some(data),
                    // Trailers are not passed on.
                    Err(_) => continue,
                },
                Poll::Ready(Some(Err(_)) | None) => break None,
                Poll::Pending => {
                    if state.pause.poll(context).is_pending() {
                        return Poll::Pending;
                    }
                    state.progress = Progress::Stalled;
                    return Poll::Ready(Some(Err(ClientFailed)));
                }
            }
        };
        state.pause.end();
        let Some(data) = frame else {
            if state.progress == Progress::Whole {
                return Poll::Ready(None);
            }
            state.progress = Progress::Broken;
            return Poll::Ready(Some(Err(ClientFailed)));
        };
        match state.left.checked_sub(data.len() as u64) {
            Some(left) => state.left = left,
            None => {
                state.progress = Progress::Broken;
                return Poll::Ready(Some(Err(ClientFailed)));
            }
        }
        if state.left == 0 {
            state.progress = Progress::Whole;
        }
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.progress() == Progress::Whole
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.state().left)
    }
}

/// Takes what is left of a body, within bounds.
pub(crate) async fn discard<B>(body: B, limit: Duration)
where
    B: Body<Data = Bytes>,
{
    let mut body = std::pin::pin!(body);
    if body.size_hint().lower() > DISCARD_LIMIT {
        return;
    }
    let mut taken = 0;
    let all = async {
        while let Some(Ok(frame)) = body.as_mut().frame().await {
            taken += frame.data_ref().map_or(0, |data| data.len() as u64);
            if taken > DISCARD_LIMIT {
                return;
            }
        }
    };
    // Whether it came whole or not, the answer is the same.
    let _ = tokio::time::timeout(limit, all).await;
}
