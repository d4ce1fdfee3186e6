//! HTTP: from a connection to a verdict, and back.

use std::fmt;
use std::net::TcpListener as StdListener;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_TYPE, DATE, HeaderValue};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use crate::answer;
use crate::api::{Call, judge};
use crate::clock::{Clock, http_date};
use crate::cors;
use crate::credential::Credential;
use crate::error::ApiError;
use crate::fault::{Fault, Faults, RateLimit};
use crate::function::{Functions, Invocation, Outcome};
use crate::observe::{Observation, ObservationKind, Observer};
use crate::request::HttpRequest;
use crate::verify::{TC3_POST_LIMIT, too_large};

/// Connections at once; more wait to be accepted.
const CONNECTIONS: usize = 512;
/// A request whose body pauses for so long is given up.
const BODY_PAUSE: Duration = Duration::from_secs(30);
/// A body that is too long is read so far, so that its sender comes to read
/// the answer.
const DISCARD_LIMIT: usize = 64 * 1024 * 1024;

/// All that a request needs.
pub(crate) struct App {
    pub(crate) credentials: Vec<Credential>,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) origins: Vec<String>,
    pub(crate) functions: Functions,
    pub(crate) observer: Option<Observer>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl App {
    fn judge(&self, head: &Parts, body: &[u8]) -> Result<Call, ApiError> {
        let headers: Vec<(String, String)> = head
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        let request = HttpRequest {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            headers: &headers,
            body,
        };
        judge(&request, &self.credentials, self.clock.now())
    }

    fn observe(&self, request_id: &str, function_name: Option<&str>, kind: ObservationKind) {
        if let Some(observer) = &self.observer {
            observer(&Observation {
                request_id: request_id.to_owned(),
                function_name: function_name.map(str::to_owned),
                kind,
            });
        }
    }

    fn observe_run(&self, request_id: &str, name: &str, run: &Result<Outcome, ApiError>) {
        if self.observer.is_none() {
            return;
        }
        let kind = match run {
            Ok(outcome) => ObservationKind::Ran {
                status: outcome.status,
                duration: outcome.duration,
                mem_usage: outcome.mem_usage,
                log: outcome.log.text().to_owned(),
            },
            Err(error) => refused(error),
        };
        self.observe(request_id, Some(name), kind);
    }
}

fn refused(error: &ApiError) -> ObservationKind {
    ObservationKind::Refused { code: error.code.to_string(), message: error.message.clone() }
}

pub(crate) async fn serve(listener: StdListener, app: &Arc<App>, shutdown: &Notify) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    // Dropped on return, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        let accept = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (listener.accept().await, slot)
        };
        tokio::select! {
            () = shutdown.notified() => return,
            Some(_) = connections.join_next() => {}
            (accepted, slot) = accept => {
                let Ok((stream, _)) = accepted else {
                    // Out of file descriptors, most likely: some close soon.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                };
                let _ = stream.set_nodelay(true);
                let app = Arc::clone(app);
                connections.spawn(async move {
                    let service = service_fn(|request| handle(Arc::clone(&app), request));
                    // An error here is a connection cut by the client, or a
                    // fault that was asked for.
                    let _ = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                    drop(slot);
                });
            }
        }
    }
}

/// Closes the connection without an answer.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

async fn handle(app: Arc<App>, request: Request<Incoming>) -> Result<Response<Answer>, Cut> {
    let (head, body) = request.into_parts();
    let Some(origin) = cors::allowed(&head.headers, &app.origins) else {
        return call(app, head, body).await;
    };
    let mut response = if cors::is_preflight(&head) {
        cors::preflight(&head)
    } else {
        call(app, head, body).await?
    };
    cors::admit(&mut response, origin);
    Ok(response)
}

async fn call(app: Arc<App>, head: Parts, body: Incoming) -> Result<Response<Answer>, Cut> {
    let fault = app.faults.next();
    let body = read(body).await?;
    match &fault {
        Some(Fault::CloseBeforeRun) => return Err(Cut),
        Some(Fault::HttpStatus(status)) => return Ok(page(&app, *status, "<html>trouble</html>")),
        _ => {}
    }
    if head.uri.path() != "/" {
        return Ok(page(&app, 404, "The API has one path, /.\n"));
    }
    let request_id = uuid::Uuid::new_v4().to_string();
    let judging = Arc::clone(&app);
    // Hashing megabytes, or finding out what is wrong with a signature, takes
    // a while, in which other requests go on.
    let call = tokio::task::spawn_blocking(move || {
        let body = body.map_err(|size| too_large("body", size, TC3_POST_LIMIT))?;
        judging.judge(&head, &body)
    });
    let call = call.await.map_err(|_| Cut)?;
    let answer = match run(&app, call, &fault, &request_id).await {
        Ok(answer) => answer,
        Err((function_name, error)) => {
            app.observe(&request_id, function_name.as_deref(), refused(&error));
            answer::error_body(&error, &request_id)
        }
    };
    let mut cut_at = usize::MAX;
    match fault {
        Some(Fault::CloseAfterRun) => return Err(Cut),
        Some(Fault::CutResponse) => cut_at = answer.len() / 2,
        Some(Fault::Delay(delay)) => tokio::time::sleep(delay).await,
        _ => {}
    }
    Ok(respond(&app, 200, "application/json", answer, cut_at))
}

/// Runs what was asked for. The function runs on when the caller goes away.
async fn run(
    app: &Arc<App>,
    call: Result<Call, ApiError>,
    fault: &Option<Fault>,
    request_id: &str,
) -> Result<String, (Option<String>, ApiError)> {
    let call = call.map_err(|error| (None, error))?;
    let name = call.function_name.clone();
    let refuse = |error| (Some(name.clone()), error);
    if let Some(Fault::Api(error)) = fault {
        return Err(refuse(error.clone()));
    }
    if let Some(limit) = &app.rate_limit {
        limit.check().map_err(refuse)?;
    }
    let (synchronous, log_tail) = (call.synchronous, call.log_tail);
    let invocation = app.functions.find(call).map_err(refuse)?;
    if !synchronous {
        let answer = answer::accepted_body(invocation.request_id(), request_id);
        app.observe(request_id, Some(&name), ObservationKind::Accepted);
        tokio::spawn(run_observed(Arc::clone(app), invocation, name, request_id.to_owned()));
        return Ok(answer);
    }
    let running = tokio::spawn(run_observed(
        Arc::clone(app),
        invocation,
        name.clone(),
        request_id.to_owned(),
    ));
    match running.await {
        Ok(Ok(outcome)) => Ok(answer::result_body(outcome, log_tail, request_id)),
        // It was observed where it happened.
        Ok(Err(error)) => Ok(answer::error_body(&error, request_id)),
        Err(_) => Err(refuse(ApiError::new(
            "InternalError.System",
            "The emulator failed to run the function; this is a bug of the emulator.",
        ))),
    }
}

async fn run_observed(
    app: Arc<App>,
    invocation: Invocation,
    name: String,
    request_id: String,
) -> Result<Outcome, ApiError> {
    let run = invocation.run().await;
    app.observe_run(&request_id, &name, &run);
    run
}

/// Reads a body within the limit; the inner error is the size of one beyond it.
async fn read(mut body: Incoming) -> Result<Result<Vec<u8>, usize>, Cut> {
    let mut kept = Vec::new();
    let mut size = 0_usize;
    loop {
        let frame = tokio::time::timeout(BODY_PAUSE, body.frame()).await.map_err(|_| Cut)?;
        let Some(frame) = frame else { break };
        let Ok(data) = frame.map_err(|_| Cut)?.into_data() else {
            continue;
        };
        size = size.saturating_add(data.len());
        if size > DISCARD_LIMIT {
            return Err(Cut);
        }
        if size > TC3_POST_LIMIT {
            kept = Vec::new();
        } else {
            kept.extend_from_slice(&data);
        }
    }
    Ok(if size > TC3_POST_LIMIT { Err(size) } else { Ok(kept) })
}

fn page(app: &App, status: u16, text: &str) -> Response<Answer> {
    respond(app, status, "text/html", text.to_owned(), usize::MAX)
}

fn respond(
    app: &App,
    status: u16,
    content_type: &'static str,
    text: String,
    cut_at: usize,
) -> Response<Answer> {
    let mut response = Response::new(Answer {
        declared: text.len(),
        data: Bytes::from(text),
        cut_at,
        flushed: false,
    });
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let headers = response.headers_mut();
    // Official clients look at errors only with exactly this content type.
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(date) = HeaderValue::from_str(&http_date(app.clock.now())) {
        headers.insert(DATE, date);
    }
    response
}

/// An answer's body, which may break off before its end.
#[derive(Default)]
struct Answer {
    declared: usize,
    data: Bytes,
    cut_at: usize,
    flushed: bool,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let this = self.get_mut();
        if this.data.is_empty() {
            if this.cut_at < this.declared && !this.flushed {
                // What was given is written while this waits, and only then
                // is the connection cut.
                this.flushed = true;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready((this.cut_at < this.declared).then_some(Err(Cut)));
        }
        let mut data = std::mem::take(&mut this.data);
        data.truncate(this.cut_at);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_empty() && self.cut_at >= self.declared
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.declared as u64)
    }
}
