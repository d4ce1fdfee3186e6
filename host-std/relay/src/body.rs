//! The body of a response.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use scf_serve::ResponseBody;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::clients::InProgress;
use crate::observe::{Entry, Outcome};
use crate::upstream::Lease;

/// The body of a response: the relay's own, or the endpoint's while it arrives.
#[must_use]
pub struct RelayBody {
    content: Content,
    entry: Option<Entry>,
}

enum Content {
    /// The rest of a body that is here already.
    Whole(Bytes),
    Arriving(Box<Arriving>),
}

/// The endpoint's body, and what is held until its end.
pub(crate) struct Arriving {
    pub(crate) body: Incoming,
    /// The connection, to be used again if all of this was taken.
    pub(crate) lease: Option<Lease>,
    pub(crate) deadline: Pin<Box<Sleep>>,
    _held: Held,
}

/// A request's part of the bounds, until its response's end.
pub(crate) struct Held {
    pub(crate) _slot: OwnedSemaphorePermit,
    pub(crate) _client: InProgress,
}

impl Arriving {
    pub(crate) fn new(body: Incoming, lease: Lease, deadline: Instant, held: Held) -> Self {
        let deadline = Box::pin(sleep_until(deadline));
        let mut arriving = Self { body, lease: Some(lease), deadline, _held: held };
        arriving.finish();
        arriving
    }

    /// Gives the connection back once the body has ended.
    fn finish(&mut self) {
        if self.body.is_end_stream()
            && let Some(lease) = self.lease.take()
        {
            lease.give_back();
        }
    }
}

/// The response breaks off; the connection is closed, so that nobody takes it
/// for a whole one.
#[derive(Debug)]
pub struct ResponseCut(());

impl fmt::Display for ResponseCut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the endpoint's answer broke off")
    }
}

impl std::error::Error for ResponseCut {}

impl RelayBody {
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self { content: Content::Whole(bytes.into()), entry: None }
    }

    pub(crate) fn empty() -> Self {
        Self::whole(Bytes::new())
    }

    pub(crate) fn arriving(arriving: Arriving) -> Self {
        Self { content: Content::Arriving(Box::new(arriving)), entry: None }
    }

    /// Watches the body to its end.
    pub(crate) fn observed_by(mut self, mut entry: Entry) -> Self {
        match &self.content {
            // It is all here; that the client gets it is up to the connection.
            Content::Whole(bytes) => entry.received(bytes.len()),
            Content::Arriving(arriving) if arriving.body.is_end_stream() => {
                entry.outcome(Outcome::Relayed);
            }
            Content::Arriving(_) => {}
        }
        self.entry = Some(entry);
        self
    }
}

impl From<RelayBody> for ResponseBody {
    fn from(body: RelayBody) -> Self {
        body.map_err(Into::into).boxed_unsync().into()
    }
}

impl fmt::Debug for RelayBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RelayBody")
    }
}

impl Body for RelayBody {
    type Data = Bytes;
    type Error = ResponseCut;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ResponseCut>>> {
        let this = self.get_mut();
        let arriving = match &mut this.content {
            Content::Whole(bytes) if bytes.is_empty() => return Poll::Ready(None),
            Content::Whole(bytes) => {
                return Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes)))));
            }
            Content::Arriving(arriving) => arriving,
        };
        let cut = |entry: &mut Option<Entry>| {
            if let Some(entry) = entry {
                entry.outcome(Outcome::Cut);
            }
            Poll::Ready(Some(Err(ResponseCut(()))))
        };
        if arriving.deadline.as_mut().poll(context).is_ready() {
            return cut(&mut this.entry);
        }
        loop {
            let frame = match ready!(Pin::new(&mut arriving.body).poll_frame(context)) {
                Some(Ok(frame)) => Some(frame),
                Some(Err(_)) => return cut(&mut this.entry),
                None => None,
            };
            let ended = frame.is_none() || arriving.body.is_end_stream();
            arriving.finish();
            let data = frame.map(Frame::into_data);
            if let Some(entry) = &mut this.entry {
                if let Some(Ok(data)) = &data {
                    entry.received(data.len());
                }
                if ended {
                    entry.outcome(Outcome::Relayed);
                }
            }
            match data {
                Some(Ok(data)) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                // Trailers are not passed on.
                Some(Err(_)) => {}
                None => return Poll::Ready(None),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(bytes) => bytes.is_empty(),
            Content::Arriving(arriving) => arriving.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Arriving(arriving) => arriving.body.size_hint(),
        }
    }
}
