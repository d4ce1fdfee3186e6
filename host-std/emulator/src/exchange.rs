//! One request of the API, from its head to its response.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use scf_serve::{BodyError, Connection, Cut, WholeBody, discard, read_body};

use crate::api::{Call, authorize};
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::fault::Fault;
use crate::function::{Invocation, Outcome};
use crate::observe::ObservationKind;
use crate::request::HttpRequest;
use crate::response::{self, ResponseBody, error_body, respond, whole};
use crate::server::App;
use crate::verify::{body_limit, too_large};

/// A request's head, kept while its body is read and hashed.
struct Head {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
}

impl Head {
    fn new(parts: &Parts) -> Self {
        let header = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        };
        Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.iter().map(header).collect(),
        }
    }

    fn with_body<'a>(&'a self, body: &'a [u8]) -> HttpRequest<'a> {
        HttpRequest {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body,
        }
    }
}

/// Answers a request of the API.
pub(crate) async fn exchange(
    app: &Arc<App>,
    parts: Parts,
    body: Incoming,
    connection: &Connection,
) -> Result<Response<ResponseBody>, Cut> {
    let request_id = uuid::Uuid::new_v4().to_string();
    let mut fault = app.faults.take(None);
    let head = Arc::new(Head::new(&parts));
    let mut now = app.clock.now().saturating_add(clock_offset(fault.as_ref()));
    let body = receive(app, &head, body, now).await?;
    connection.begin();
    let mut call = match body {
        Ok(body) => {
            let body = Arc::new(body);
            let mut call = authorized(app, &head, &body, now).await?;
            if let (None, Ok(known)) = (&fault, &call) {
                fault = app.faults.take(Some(&known.function_name));
                if let Some(Fault::WrongClock(secs)) = fault {
                    now = now.saturating_add(secs);
                    call = authorized(app, &head, &body, now).await?;
                }
            }
            call
        }
        Err(error) => Err(error),
    };
    match &fault {
        Some(Fault::CloseBeforeRun) => return Err(Cut),
        Some(Fault::ResetBeforeRun) => {
            connection.reset_at_end();
            return Err(Cut);
        }
        Some(Fault::HttpStatus(status)) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            return Ok(respond(now, status, "text/html", whole("<html>trouble</html>")));
        }
        Some(Fault::Api(error)) => call = call.and(Err(error.clone())),
        _ => {}
    }
    let text = match run(app, call, &request_id).await {
        Ok(text) => text,
        Err((function_name, error)) => {
            let kind = ObservationKind::refused(&error);
            app.observe(&request_id, function_name.as_deref(), kind);
            error_body(&error, &request_id)
        }
    };
    let delivery = match fault {
        Some(Fault::CloseAfterRun) => return Err(Cut),
        Some(Fault::ResetAfterRun) => {
            connection.reset_at_end();
            return Err(Cut);
        }
        Some(Fault::ResetResponse) => {
            connection.reset_at_end();
            Delivery::Half
        }
        Some(Fault::CutResponse) => Delivery::Half,
        Some(Fault::SlowResponse(time)) => Delivery::Slow(time),
        Some(Fault::Delay(delay)) => {
            tokio::time::sleep(delay).await;
            Delivery::Whole
        }
        _ => Delivery::Whole,
    };
    Ok(respond(now, StatusCode::OK, "application/json", delivery.body(text)))
}

fn clock_offset(fault: Option<&Fault>) -> i64 {
    fault.map_or(0, Fault::clock_offset)
}

/// Reads a body as far as the request's head deserves it. The inner error is
/// the answer to a request that does not.
async fn receive(
    app: &App,
    head: &Head,
    body: Incoming,
    now: i64,
) -> Result<Result<WholeBody, ApiError>, Cut> {
    let limit = match body_limit(&head.with_body(b""), &app.credentials, now) {
        Ok(limit) => limit,
        Err(error) => {
            discard(body, &app.body_limits).await;
            return Ok(Err(error));
        }
    };
    match read_body(body, limit as u64, &app.body_limits, &app.budget).await {
        Ok(body) => Ok(Ok(body)),
        Err(BodyError::TooLarge(size)) => {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            Ok(Err(too_large("body", size, limit)))
        }
        Err(BodyError::NoMemory) => Ok(Err(ApiError::new(
            "RequestLimitExceeded",
            "The bodies of other requests take all the memory that the emulator gives to them; \
             wait and try again.",
        ))),
        Err(_) => Err(Cut),
    }
}

/// Authorizes a request on a thread where it may take a while: hashing
/// megabytes, or finding out what is wrong with a signature.
async fn authorized(
    app: &Arc<App>,
    head: &Arc<Head>,
    body: &Arc<WholeBody>,
    now: i64,
) -> Result<Result<Call, ApiError>, Cut> {
    let (app, head, body) = (Arc::clone(app), Arc::clone(head), Arc::clone(body));
    let call = move || authorize(&head.with_body(&body), &app.credentials, now);
    tokio::task::spawn_blocking(call).await.map_err(|_| Cut)
}

/// Runs what was asked for. The function runs on when the caller goes away.
async fn run(
    app: &Arc<App>,
    call: Result<Call, ApiError>,
    request_id: &str,
) -> Result<String, (Option<String>, ApiError)> {
    let call = call.map_err(|error| (None, error))?;
    let name = call.function_name.clone();
    let refuse = |error| (Some(name.clone()), error);
    if let Some(limit) = &app.rate_limit {
        limit.check().map_err(refuse)?;
    }
    let (synchronous, log_tail) = (call.synchronous, call.log_tail);
    let invocation = app.functions.find(call).map_err(refuse)?;
    let accepted = response::accepted_body(invocation.request_id(), request_id);
    let running = run_observed(Arc::clone(app), invocation, name.clone(), request_id.to_owned());
    if !synchronous {
        app.observe(request_id, Some(&name), ObservationKind::Accepted);
        tokio::spawn(running);
        return Ok(accepted);
    }
    match tokio::spawn(running).await {
        Ok(Ok(outcome)) => Ok(response::result_body(outcome, log_tail, request_id)),
        // It was observed where it happened.
        Ok(Err(error)) => Ok(error_body(&error, request_id)),
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
