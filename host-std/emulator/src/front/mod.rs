//! Functions by URL: `/_http/NAME` for event functions, `/_web/NAME` for web functions, and
//! `NAME.localhost` for either.

mod api_gateway;
mod web;

use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::header::HOST;
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use scf_serve::{BodyError, Cut, read_body};
use tokio::task::JoinHandle;

use crate::api::{Call, is_function_name};
use crate::app::App;
use crate::entry::Entry;
use crate::error::ApiError;
use crate::function::{Outcome, RequestBody, Responder, WEB, responder};
use crate::id::RequestId;
use crate::response::{ResponseBody, error_body, respond, whole};

/// The body of a request to a function is at most this long.
const BODY_LIMIT: u64 = 6 * 1024 * 1024;

/// Which function a URL names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    name: String,
    /// The path after the function's, with its slash.
    path: String,
}

impl Route {
    /// Reads a request's URL; nothing where it names no function.
    pub(crate) fn of(head: &Parts) -> Option<Self> {
        let path = head.uri.path();
        if let Some(rest) = path.strip_prefix("/_http/").or_else(|| path.strip_prefix("/_web/")) {
            let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
            return is_function_name(name)
                .then(|| Self { name: name.to_owned(), path: format!("/{rest}") });
        }
        let host = head.headers.get(HOST)?.to_str().ok()?;
        let name = host.split(':').next()?.strip_suffix(".localhost")?;
        let is_name = is_function_name(name);
        is_name.then(|| Self { name: name.to_owned(), path: path.to_owned() })
    }
}

/// Runs the function that a URL names, and gives its answer as HTTP.
pub(crate) async fn answer(
    app: &Arc<App>,
    route: &Route,
    head: Parts,
    body: Incoming,
    peer: SocketAddr,
) -> Result<Response<ResponseBody>, Cut> {
    let request_id = RequestId::random();
    let now = app.clock.now();
    let refuse = |status, error: &ApiError| {
        respond(now, status, "application/json", whole(error_body(error, &request_id)))
    };
    let is_web = app.functions.is_web(&route.name);
    // Many servers take no body whose length is not known before, so that is read whole.
    if let (Ok(true), Some(1..=BODY_LIMIT)) = (&is_web, body.size_hint().exact()) {
        let body = web::pass(body, app.body_limits);
        let run = to_web(app, route, &head, body, request_id, now).await;
        return Ok(run.unwrap_or_else(|error| refuse(status_of(&error), &error)));
    }
    let body = match read_body(body, BODY_LIMIT, &app.body_limits, &app.budget).await {
        Ok(body) => body,
        Err(BodyError::TooLarge(size)) => {
            let error = ApiError::new(
                "RequestSizeLimitExceeded",
                format!("The body has {size} bytes; at most {BODY_LIMIT} are allowed."),
            );
            return Ok(refuse(StatusCode::PAYLOAD_TOO_LARGE, &error));
        }
        Err(_) => return Err(Cut),
    };
    let run = async {
        if is_web? {
            let body = Full::new(body.into_parts().0).map_err(Into::into).boxed();
            return to_web(app, route, &head, body, request_id, now).await;
        }
        let event = api_gateway::event(route, &head, &body, peer, &request_id);
        let run = begin(app, "apigw", &route.name, event, request_id, None)?;
        Ok(api_gateway::response(now, &*ended(run).await?))
    };
    Ok(run.await.unwrap_or_else(|error| refuse(status_of(&error), &error)))
}

fn status_of(error: &ApiError) -> StatusCode {
    match error.code.starts_with("ResourceNotFound") {
        true => StatusCode::NOT_FOUND,
        false => StatusCode::BAD_GATEWAY,
    }
}

/// Passes a request to a web function, and its response back.
async fn to_web(
    app: &Arc<App>,
    route: &Route,
    head: &Parts,
    body: RequestBody,
    request_id: RequestId,
    now: i64,
) -> Result<Response<ResponseBody>, ApiError> {
    let event = web::event(route, head);
    let (responder, responding) = responder(body);
    let run = begin(app, WEB, &route.name, event, request_id, Some(responder))?;
    web::response(now, run, responding).await
}

/// A function's run, which goes on to its end also where the caller goes away.
type Running = JoinHandle<Result<Arc<Outcome>, ApiError>>;

fn begin(
    app: &Arc<App>,
    trigger: &'static str,
    name: &str,
    event: String,
    request_id: RequestId,
    responder: Option<Responder>,
) -> Result<Running, ApiError> {
    let namespace = app.functions.describe_any(name)?.namespace;
    let call = Arc::new(Call::triggered(trigger, name, &namespace, event));
    let record = app.journal.open(Entry::of_call(request_id, &call));
    let invocation = app.functions.find(call)?.with_responder(responder);
    let app = Arc::clone(app);
    Ok(tokio::spawn(async move { app.run(invocation, request_id, record).await }))
}

async fn ended(run: Running) -> Result<Arc<Outcome>, ApiError> {
    run.await.unwrap_or_else(|_| {
        Err(ApiError::new("InternalError.System", "The emulator failed to run the function."))
    })
}
