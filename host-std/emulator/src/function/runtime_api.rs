//! The custom runtime API, which an instance's process talks to.
//!
//! Its paths carry no name of an instance, so each instance has a port of its
//! own on the loopback interface.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustix::process::Pid;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, SetOnce, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::Failure;
use super::caller;
use super::outcome::RESPONSE_LIMIT;

/// Tells the failures of this crate's own runtimes apart; a custom runtime
/// does not send it.
const STATUS_HEADER: &str = "x-emulator-status";
/// Says that the function works on after its answer.
const EARLY_HEADER: &str = "x-emulator-early";
/// Says that the process is to be stopped until its next invocation.
const FREEZE_HEADER: &str = "x-emulator-freeze";

/// Connections at once; more wait. Those of others are closed at once.
const CONNECTIONS: usize = 64;
/// A response is read so far beyond what is kept, so that its process can go on.
const DISCARD_LIMIT: usize = 64 * 1024 * 1024;

/// The state of an instance once it has answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    Whole,
    Early,
    Frozen,
}

/// The answer of an instance.
pub(super) struct Answer {
    pub(super) result: Result<String, Failure>,
    pub(super) ending: Ending,
}

/// The invocation that an instance works on.
struct Work {
    request_id: String,
    event: Bytes,
    memory_mb: u64,
    time_limit_ms: u128,
    /// `true` once the process has asked for it. Before that, an answer is a late
    /// one to the work before.
    fetched: bool,
    answer: oneshot::Sender<Answer>,
}

#[derive(Default)]
struct State {
    ready: bool,
    /// The process waits for work.
    asks_for_work: bool,
    work: Option<Work>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
    /// The process that was started for this API, or nothing where any process is answered.
    /// What comes before it is known waits.
    process: SetOnce<Option<Pid>>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The endpoint of one instance; it closes when dropped.
pub(super) struct RuntimeApi {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
    pub(super) port: u16,
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl RuntimeApi {
    /// Serves a port that nobody has.
    pub(super) fn start() -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        Self::serve(listener)
    }

    /// Serves what comes to a socket that does not block.
    pub(super) fn serve(listener: std::net::TcpListener) -> std::io::Result<Self> {
        let listener = TcpListener::from_std(listener)?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::default());
        let server = tokio::spawn(accept(listener, port, Arc::clone(&shared)));
        Ok(Self { shared, server, port })
    }

    /// Answers this process and those below it, where the system tells them
    /// from others.
    pub(super) fn serve_only(&self, process: Pid) {
        let _ = self.shared.process.set(Some(process));
    }

    /// Answers every process of the machine.
    pub(super) fn serve_all(&self) {
        let _ = self.shared.process.set(None);
    }

    /// Waits until the process has said that it is ready.
    pub(super) async fn ready(&self) {
        loop {
            let changed = self.shared.changed.notified();
            if self.shared.lock().ready {
                return;
            }
            changed.await;
        }
    }

    /// Waits until the process asks for more work.
    pub(super) async fn asks_for_work(&self) {
        loop {
            let changed = self.shared.changed.notified();
            if self.shared.lock().asks_for_work {
                return;
            }
            changed.await;
        }
    }

    /// Takes back the event that the process has not asked for.
    pub(super) fn take_back(&self) -> Option<String> {
        let work = self.shared.lock().work.take_if(|work| !work.fetched)?;
        String::from_utf8(work.event.into()).ok()
    }

    /// Hands the process its next event.
    pub(super) fn give(
        &self,
        request_id: &str,
        event: String,
        memory_mb: u64,
        time_limit_ms: u128,
    ) -> oneshot::Receiver<Answer> {
        let (answer, receiver) = oneshot::channel();
        let mut state = self.shared.lock();
        state.asks_for_work = false;
        state.work = Some(Work {
            request_id: request_id.to_owned(),
            event: event.into(),
            memory_mb,
            time_limit_ms,
            fetched: false,
            answer,
        });
        drop(state);
        self.shared.changed.notify_waiters();
        receiver
    }
}

async fn accept(listener: TcpListener, port: u16, shared: Arc<Shared>) {
    // Dropped with this task, and its connections with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS => {
                let Ok((stream, peer)) = accepted else {
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                    continue;
                };
                connections.spawn(connection(stream, peer, port, Arc::clone(&shared)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves a connection of the instance, and closes any other.
async fn connection(stream: TcpStream, peer: SocketAddr, port: u16, shared: Arc<Shared>) {
    if let Some(process) = *shared.process.wait().await {
        let is_own = move || caller::is_of_instance(peer, port, process);
        if !tokio::task::spawn_blocking(is_own).await.unwrap_or(false) {
            return;
        }
    }
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(Arc::clone(&shared), port, request));
    // An error here is a connection cut by the process.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

fn reply(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response
}

async fn answer(
    shared: Arc<Shared>,
    port: u16,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if let Err(why) = caller::check(request.headers(), port) {
        return Ok(reply(StatusCode::FORBIDDEN, why));
    }
    let response = match (request.method(), request.uri().path()) {
        (&Method::POST, "/runtime/init/ready") => {
            shared.lock().ready = true;
            shared.changed.notify_waiters();
            reply(StatusCode::OK, "")
        }
        (&Method::GET, "/runtime/invocation/next") => next(&shared).await,
        (&Method::POST, "/runtime/invocation/response") => finish(&shared, request, Ok).await,
        (&Method::POST, "/runtime/invocation/error") => {
            let status = request.headers().get(STATUS_HEADER).cloned();
            let failure = move |body| {
                Err(match status.as_ref().map(|status| status.as_bytes()) {
                    Some(b"437") => Failure::HandlerNotFound(body),
                    Some(_) => Failure::Exception(body),
                    None => Failure::UserCode(body),
                })
            };
            finish(&shared, request, failure).await
        }
        _ => reply(
            StatusCode::NOT_FOUND,
            "the runtime API has POST /runtime/init/ready, GET /runtime/invocation/next, \
             POST /runtime/invocation/response and POST /runtime/invocation/error\n",
        ),
    };
    Ok(response)
}

/// Waits for work; within an invocation it gives the same again.
async fn next(shared: &Shared) -> Response<Full<Bytes>> {
    loop {
        let changed = shared.changed.notified();
        {
            let mut state = shared.lock();
            // A runtime that forgot to say so is ready when it asks for work.
            if !state.ready {
                state.ready = true;
                shared.changed.notify_waiters();
            }
            if state.work.is_none() && !state.asks_for_work {
                state.asks_for_work = true;
                shared.changed.notify_waiters();
            }
            if let Some(work) = &mut state.work {
                work.fetched = true;
                let response = Response::builder()
                    .header("content-type", "application/json")
                    .header("request_id", &work.request_id)
                    .header("memory_limit_in_mb", work.memory_mb)
                    .header("time_limit_in_ms", work.time_limit_ms.to_string())
                    .body(Full::from(work.event.clone()));
                return response.unwrap_or_else(|_| reply(StatusCode::INTERNAL_SERVER_ERROR, ""));
            }
        }
        changed.await;
    }
}

/// Takes an answer to the invocation that runs.
async fn finish(
    shared: &Shared,
    request: Request<Incoming>,
    result: impl FnOnce(String) -> Result<String, Failure>,
) -> Response<Full<Bytes>> {
    let has = |name| request.headers().contains_key(name);
    let ending = match (has(EARLY_HEADER), has(FREEZE_HEADER)) {
        (true, _) => Ending::Early,
        (_, true) => Ending::Frozen,
        _ => Ending::Whole,
    };
    let result = match read(request.into_body()).await {
        Some(Ok(body)) => result(body),
        Some(Err(size)) => Err(Failure::ResponseTooLarge(size)),
        None => return reply(StatusCode::BAD_REQUEST, "the body was cut\n"),
    };
    match shared.lock().work.take_if(|work| work.fetched) {
        Some(work) => {
            // Nobody waits for it any more after a timeout.
            let _ = work.answer.send(Answer { result, ending });
            reply(StatusCode::OK, "")
        }
        None => reply(StatusCode::CONFLICT, "there is no invocation to answer\n"),
    }
}

/// Reads a body. One that is too long is read to its end, so that the process
/// can go on, but only its size is kept. `None` where it was cut.
async fn read(mut body: Incoming) -> Option<Result<String, usize>> {
    let mut kept = Vec::new();
    let mut size = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        size = size.saturating_add(data.len());
        if size > DISCARD_LIMIT {
            return None;
        }
        if size > RESPONSE_LIMIT {
            kept = Vec::new();
        } else {
            kept.extend_from_slice(&data);
        }
    }
    if size > RESPONSE_LIMIT {
        return Some(Err(size));
    }
    Some(Ok(String::from_utf8(kept)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())))
}
