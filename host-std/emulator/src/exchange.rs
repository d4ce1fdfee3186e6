//! One request of the API, from its head to its response.

use std::sync::Arc;

use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use scf_serve::{BodyError, Connection, Cut, ResponseBody, WholeBody, discard, read_body};
use tokio::task::JoinHandle;

use crate::api::{Authorized, authorize, authorize_briefly};
use crate::app::App;
use crate::delivery::Delivery;
use crate::entry::Entry;
use crate::error::ApiError;
use crate::events::Events;
use crate::fault::Fault;
use crate::function::{Invocation, Outcome};
use crate::id::RequestId;
use crate::observe::ObservationKind;
use crate::query;
use crate::record::RecordState;
use crate::request::HttpRequest;
use crate::response::{self, error_body, respond};
use crate::verify::{Head, read_head, too_large};

/// A body up to this size is hashed in less time than a thread takes to begin.
const BRIEF_BODY: usize = 16 * 1024;

/// The headers of a request, as texts.
type Headers<'a> = Vec<(&'a str, &'a str)>;

fn headers(head: &Parts) -> Headers<'_> {
    let texts = head.headers.iter().map(|(name, value)| {
        // No header that means something here has a value that is not text.
        (name.as_str(), std::str::from_utf8(value.as_bytes()).unwrap_or("\u{fffd}"))
    });
    texts.collect()
}

fn http_request<'a>(head: &'a Parts, headers: &'a Headers<'_>, body: &'a [u8]) -> HttpRequest<'a> {
    HttpRequest {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers,
        body,
    }
}

/// Answers a request of the API, and records it.
pub(crate) async fn exchange(
    app: &Arc<App>,
    head: Parts,
    body: Incoming,
    connection: &Connection,
) -> Result<Response<ResponseBody>, Cut> {
    let request_id = RequestId::random();
    let headers = headers(&head);
    let record = app.journal.open(Entry::new(request_id, &headers));
    // Whatever ends this before there is an answer: the record is not left open.
    let _end = CutAtEnd { app, record };
    let mut fault = app.faults.take(None);
    let mut now = app.clock.now().saturating_add(clock_offset(fault.as_ref()));
    let received = receive(app, &http_request(&head, &headers, b""), body, now).await?;
    connection.begin();
    let mut asked = match received {
        Ok((read, mut body)) => {
            let read = Some(&read);
            let mut asked = authorized(app, &head, &headers, read, &mut body, now).await?;
            if let (None, Some(name)) = (&fault, asked.as_ref().ok().and_then(Authorized::function))
            {
                fault = app.faults.take(Some(name));
                if let Some(Fault::WrongClock(secs)) = fault {
                    now = now.saturating_add(secs);
                    asked = authorized(app, &head, &headers, None, &mut body, now).await?;
                }
            }
            asked
        }
        Err(error) => Err(error),
    };
    note(app, record, &asked, fault.as_ref());
    // The function of a request that a fault refuses.
    let mut named = None;
    if let Some(ended) = fault.as_ref().and_then(|fault| fault.before_run(now, connection)) {
        return ended;
    }
    match &fault {
        Some(Fault::Api(error)) => {
            named = asked.as_ref().ok().and_then(Authorized::function).map(str::to_owned);
            asked = asked.and(Err(error.clone()));
        }
        Some(Fault::FunctionFailure(status)) => {
            if let Ok(Authorized::Invocation(call)) = &mut asked {
                Arc::make_mut(call).failure = Some(*status);
            }
        }
        _ => {}
    }
    let text = match answer(app, asked, request_id, record).await {
        Ok(text) => text,
        Err((function_name, error)) => {
            app.journal.update(record, |record| record.answered(&error));
            let kind = ObservationKind::refused(&error);
            app.observe(&request_id, function_name.or(named).as_deref(), kind);
            error_body(&error, &request_id).into()
        }
    };
    let delivery = match &fault {
        Some(fault) => fault.after_run(connection).await?,
        None => Delivery::Whole,
    };
    Ok(respond(now, StatusCode::OK, "application/json", delivery.body(text)))
}

/// Ends a record that has no end yet, unless its function runs on.
struct CutAtEnd<'a> {
    app: &'a App,
    record: u64,
}

impl Drop for CutAtEnd<'_> {
    fn drop(&mut self) {
        self.app.journal.cut(self.record);
    }
}

/// Records what was asked for.
fn note(app: &App, number: u64, asked: &Result<Authorized, ApiError>, fault: Option<&Fault>) {
    app.journal.update(number, |entry| {
        entry.fault = fault.cloned();
        let Ok(Authorized::Invocation(call)) = asked else { return };
        entry.call = Some(Arc::clone(call));
    });
}

fn clock_offset(fault: Option<&Fault>) -> i64 {
    fault.map_or(0, Fault::clock_offset)
}

/// Reads a head, and the body as far as the head deserves it. The inner error is
/// the answer to a request that does not.
async fn receive<'a>(
    app: &'a App,
    head: &HttpRequest<'a>,
    body: Incoming,
    now: i64,
) -> Result<Result<(Head<'a>, WholeBody), ApiError>, Cut> {
    let read = match read_head(head, &app.credentials, now) {
        Ok(read) => read,
        Err(error) => {
            discard(body, &app.body_limits).await;
            return Ok(Err(error));
        }
    };
    let limit = read.body_limit();
    match read_body(body, limit as u64, &app.body_limits, &app.budget).await {
        Ok(body) => Ok(Ok((read, body))),
        Err(BodyError::TooLarge(size)) => {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            Ok(Err(too_large("body", size, limit)))
        }
        Err(BodyError::NoMemory) => Ok(Err(ApiError::no_memory())),
        Err(_) => Err(Cut),
    }
}

/// Authorizes a request, on a thread of its own where it takes a while: to hash
/// megabytes, or to find out what is wrong with a signature.
async fn authorized(
    app: &Arc<App>,
    head: &Parts,
    headers: &Headers<'_>,
    read: Option<&Head<'_>>,
    body: &mut WholeBody,
    now: i64,
) -> Result<Result<Authorized, ApiError>, Cut> {
    if body.len() <= BRIEF_BODY {
        let request = http_request(head, headers, body);
        if let Some(asked) = authorize_briefly(&request, read, &app.credentials, now) {
            return Ok(asked);
        }
    }
    // The body goes there and comes back, for it can be large.
    let (app, head, sent) = (Arc::clone(app), head.clone(), std::mem::take(body));
    let authorize = move || {
        let headers = self::headers(&head);
        (authorize(&http_request(&head, &headers, &sent), &app.credentials, now), sent)
    };
    let (asked, sent) = tokio::task::spawn_blocking(authorize).await.map_err(|_| Cut)?;
    *body = sent;
    Ok(asked)
}

/// Does what was asked for. The function runs on when the caller goes away.
async fn answer(
    app: &Arc<App>,
    asked: Result<Authorized, ApiError>,
    request_id: RequestId,
    record: u64,
) -> Result<Bytes, (Option<String>, ApiError)> {
    let call = match asked.map_err(|error| (None, error))? {
        Authorized::Invocation(call) => call,
        Authorized::Query(query) => {
            let answer = query::answer(app, &query).map_err(|error| (query.function, error))?;
            app.journal.update(record, |record| record.state = RecordState::Answered);
            return Ok(response::query_body(answer, &request_id).into());
        }
    };
    let refuse = |error| (Some(call.function_name.clone()), error);
    if let Some(limit) = &app.rate_limit {
        limit.check().map_err(refuse)?;
    }
    if !call.synchronous {
        let accepted = Events::accept(app, Arc::clone(&call), request_id, record);
        let accepted = accepted.map_err(refuse)?;
        app.observe(&request_id, Some(&call.function_name), ObservationKind::Accepted);
        return Ok(response::accepted_body(&accepted, &request_id).into());
    }
    let invocation = app.functions.find(Arc::clone(&call)).map_err(refuse)?;
    let run = if invocation.is_quick() {
        Ok(app.run(invocation, request_id, record).await)
    } else {
        spawn(app, invocation, request_id, record).await
    };
    match run {
        Ok(Ok(outcome)) => Ok(response::result_body(&outcome, call.log_tail, &request_id).into()),
        // It was observed where it happened.
        Ok(Err(error)) => Ok(error_body(&error, &request_id).into()),
        Err(_) => Err(refuse(ApiError::new(
            "InternalError.System",
            "The emulator failed to run the function; this is a bug of the emulator.",
        ))),
    }
}

/// Runs a function whether or not somebody waits for it.
fn spawn(
    app: &Arc<App>,
    invocation: Invocation,
    request_id: RequestId,
    record: u64,
) -> JoinHandle<Result<Arc<Outcome>, ApiError>> {
    let app = Arc::clone(app);
    tokio::spawn(async move { app.run(invocation, request_id, record).await })
}
