//! A response's body on its way, with what a fault does to it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use scf_serve::{BoxError, Cut};
use tokio::time::Sleep;

use crate::response::{ResponseBody, whole};

/// The number of pieces of a slow body.
const PIECES: u32 = 20;

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
    pub(crate) fn body(self, text: String) -> ResponseBody {
        let data = Bytes::from(text);
        let declared = data.len();
        let paced = match self {
            Self::Whole => return whole(data),
            Self::Half => {
                Paced { declared, left: data.slice(..declared / 2), slow: None, flushed: false }
            }
            Self::Slow(time) => Paced {
                declared,
                left: data,
                slow: Some(Slow {
                    piece: declared.div_ceil(PIECES as usize).max(1),
                    wait: time / PIECES,
                    sleep: Box::pin(tokio::time::sleep(time / PIECES)),
                }),
                flushed: false,
            },
        };
        paced.boxed_unsync()
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
