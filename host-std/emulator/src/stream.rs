//! The live stream of the control interface: server-sent events.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use scf_serve::BoxError;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use crate::journal::Change;

/// The interval in which an idle stream says something, so that an end is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// All changes from now on, until the emulator stops.
pub(crate) struct Stream {
    next: Option<Next>,
}

/// Gives the next event, and where those after it come from.
type Next = Pin<Box<dyn Future<Output = (Source, Option<String>)> + Send>>;

struct Source {
    changes: Receiver<Change>,
    stopping: watch::Receiver<bool>,
}

impl Stream {
    pub(crate) fn new(changes: Receiver<Change>, stopping: watch::Receiver<bool>) -> Self {
        let source = Source { changes, stopping };
        // The first event tells a reader that nothing is missed from here on.
        let opened = async { (source, Some(event("open", &json!({})))) };
        Self { next: Some(Box::pin(opened)) }
    }
}

/// Waits for the next event; nothing at the end of the stream.
async fn next(mut source: Source) -> (Source, Option<String>) {
    let text = tokio::select! {
        change = source.changes.recv() => match change {
            Ok(Change::Record(record)) => Some(event("invocation", &record.json(false))),
            Ok(Change::Log { request_id, text }) => {
                Some(event("log", &json!({"requestId": request_id, "text": text})))
            }
            Err(RecvError::Lagged(count)) => Some(event("missed", &json!({"count": count}))),
            Err(RecvError::Closed) => None,
        },
        () = tokio::time::sleep(HEARTBEAT) => Some(":\n\n".to_owned()),
        _ = source.stopping.wait_for(|stopping| *stopping) => None,
    };
    (source, text)
}

fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

impl Body for Stream {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(waiting) = &mut self.next else { return Poll::Ready(None) };
        let (source, text) = ready!(waiting.as_mut().poll(context));
        self.next = text.is_some().then(|| Box::pin(next(source)) as _);
        Poll::Ready(text.map(|text| Ok(Frame::data(text.into()))))
    }
}
