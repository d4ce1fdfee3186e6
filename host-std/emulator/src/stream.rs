//! The live stream of the control interface: server-sent events.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use scf_serve::BoxError;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, interval, sleep_until};

use crate::app::App;
use crate::changes::Change;
use crate::control;

/// The interval in which an idle stream says something, so that an end is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The time between two looks at the functions that there are.
const FUNCTIONS_CHECK: Duration = Duration::from_secs(1);

/// All changes from now on, until the emulator stops.
pub(crate) struct Stream {
    next: Option<Next>,
}

/// Gives the next event, and where those after it come from.
type Next = Pin<Box<dyn Future<Output = (Source, Option<String>)> + Send>>;

struct Source {
    app: Arc<App>,
    functions: Value,
    functions_check: Interval,
    changes: Receiver<Change>,
    stopping: watch::Receiver<bool>,
}

impl Stream {
    pub(crate) fn new(app: &Arc<App>) -> Self {
        let source = Source {
            app: Arc::clone(app),
            functions: control::functions(app),
            functions_check: interval(FUNCTIONS_CHECK),
            changes: app.changes.subscribe(),
            stopping: app.events.draining(),
        };
        // The first event tells a reader that nothing is missed from here on.
        let opened = async { (source, Some(event("open", &json!({})))) };
        Self { next: Some(Box::pin(opened)) }
    }
}

/// Waits for the next event; nothing at the end of the stream.
async fn next(mut source: Source) -> (Source, Option<String>) {
    let heartbeat = Instant::now() + HEARTBEAT;
    let text = loop {
        tokio::select! {
            change = source.changes.recv() => break match change {
                Ok(change) => Some(frame_of(&change)),
                Err(RecvError::Lagged(count)) => Some(event("missed", &json!({"count": count}))),
                Err(RecvError::Closed) => None,
            },
            _ = source.functions_check.tick() => {
                let functions = control::functions(&source.app);
                if functions != source.functions {
                    source.functions = functions;
                    break Some(event("functions", &source.functions));
                }
            }
            () = sleep_until(heartbeat) => break Some(":\n\n".to_owned()),
            _ = source.stopping.wait_for(|stopping| *stopping) => break None,
        }
    };
    (source, text)
}

/// Returns the event of a change.
fn frame_of(change: &Change) -> String {
    match change {
        Change::Record(record) => event("invocation", &record.json(false)),
        Change::Log { request_id, text } => {
            event("log", &json!({"requestId": request_id, "text": text}))
        }
        Change::Instance(instance) => event("instance", &control::instance(instance)),
        Change::Faults(faults) => event("faults", &control::faults(faults)),
    }
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
