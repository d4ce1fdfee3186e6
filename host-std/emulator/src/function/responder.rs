//! The way of a web function's response to its client, while it comes.

use http_body_util::channel::{Channel, Sender};
use hyper::body::{Bytes, Frame};
use hyper::http::response::Parts;
use scf_serve::{BoxError, Cut};
use tokio::sync::oneshot;

/// Frames that wait for the client; a function that writes faster waits.
const FRAMES: usize = 16;

/// The function's end.
pub(crate) struct Responder {
    head: Option<oneshot::Sender<Parts>>,
    body: Sender<Bytes, BoxError>,
}

/// The client's end.
pub(crate) struct Responding {
    /// Comes once the function has sent its head, and never where it fails before.
    pub(crate) head: oneshot::Receiver<Parts>,
    pub(crate) body: Channel<Bytes, BoxError>,
}

/// Returns both ends of a response.
pub(crate) fn responder() -> (Responder, Responding) {
    let (head_sender, head) = oneshot::channel();
    let (body_sender, body) = Channel::new(FRAMES);
    (Responder { head: Some(head_sender), body: body_sender }, Responding { head, body })
}

impl Responder {
    pub(super) fn send_head(&mut self, head: Parts) {
        if let Some(sender) = self.head.take() {
            // A client that is gone is noticed with the body.
            let _ = sender.send(head);
        }
    }

    /// Sends a part of the body; `false` where the client is gone.
    pub(super) async fn send(&mut self, frame: Frame<Bytes>) -> bool {
        self.body.send(frame).await.is_ok()
    }

    /// Ends a response that is not whole.
    pub(super) fn cut(self) {
        self.body.abort(Cut.into());
    }
}
