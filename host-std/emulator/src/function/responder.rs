//! The ways of a request to a web function and of its response to the client, while they come.

use http_body_util::channel::{Channel, Sender};
use http_body_util::combinators::BoxBody;
use hyper::HeaderMap;
use hyper::body::{Bytes, Frame};
use hyper::http::response::Parts;
use scf_serve::{BoxError, Cut};
use tokio::sync::oneshot;

/// Frames that wait for the client; a function that writes faster waits.
const FRAMES: usize = 16;

/// The body of a request on its way to the function.
pub(crate) type RequestBody = BoxBody<Bytes, BoxError>;

/// The function's end.
pub(crate) struct Responder {
    pub(super) request_body: RequestBody,
    head: Option<oneshot::Sender<Parts>>,
    body: Sender<Bytes, BoxError>,
}

/// The client's end.
pub(crate) struct Responding {
    /// Comes once the function has sent its head, and never where it fails before.
    pub(crate) head: oneshot::Receiver<Parts>,
    pub(crate) body: Channel<Bytes, BoxError>,
}

/// Returns both ends of the response to a request with this body.
pub(crate) fn responder(request_body: RequestBody) -> (Responder, Responding) {
    let (head_sender, head) = oneshot::channel();
    let (body_sender, body) = Channel::new(FRAMES);
    let responder = Responder { request_body, head: Some(head_sender), body: body_sender };
    (responder, Responding { head, body })
}

/// Returns the bytes of the names and values of headers.
pub(crate) fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
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
