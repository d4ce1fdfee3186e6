//! A response's body on its way, with what a fault does to it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use scf_serve::{BoxError, Cut, ResponseBody};
use tokio::time::Sleep;

use crate::response::whole;

/// The most pieces of a slow body.
const PIECES: usize = 20;

/// The way in which a body reaches its client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// At once and whole.
    #[default]
    Whole,
    /// Its first half, and then the connection's end.
    Half,
    /// In small pieces over so long.
    Slow(Duration),
}

impl Delivery {
    pub(crate) fn body(self, bytes: impl Into<Bytes>) -> ResponseBody {
        let data = bytes.into();
        let declared = data.len();
        let paced = match self {
            Self::Whole => return whole(data),
            Self::Half => {
                Paced { declared, left: data.slice(..declared / 2), slow: None, flushed: false }
            }
            Self::Slow(time) => {
                let piece = declared.div_ceil(PIECES).max(1);
                // A short body has fewer pieces.
                let pieces = u32::try_from(declared.div_ceil(piece)).unwrap_or(1).max(1);
                let wait = time / pieces;
                let sleep = Box::pin(tokio::time::sleep(wait));
                let slow = Some(Slow { piece, wait, sleep });
                Paced { declared, left: data, slow, flushed: false }
            }
        };
        paced.boxed_unsync().into()
    }
}

/// A body that declares its length and then keeps it, slowly, or does not.
struct Paced {
    declared: usize,
    left: Bytes,
    slow: Option<Slow>,
    flushed: bool,
}

struct Slow {
    piece: usize,
    wait: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl Body for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if let Some(slow) = &mut this.slow {
            if this.left.is_empty() {
                return Poll::Ready(None);
            }
            std::task::ready!(slow.sleep.as_mut().poll(context));
            slow.sleep = Box::pin(tokio::time::sleep(slow.wait));
            let piece = this.left.split_to(slow.piece.min(this.left.len()));
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if !this.left.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut this.left)))));
        }
        if !this.flushed {
            // The bytes so far are written while this waits, and only then is the
            // connection cut.
            this.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(Cut.into())))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.slow {
            Some(_) => SizeHint::with_exact(self.left.len() as u64),
            None => SizeHint::with_exact(self.declared as u64),
        }
    }
}
