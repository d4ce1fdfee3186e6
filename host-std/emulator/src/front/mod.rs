//! Functions by URL: `/_http/NAME` for event functions, `/_web/NAME` for web functions, and
//! `NAME.localhost` for either.

mod api_gateway;
mod web;

use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::header::HOST;
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use scf_serve::{BodyError, Connection, Cut, ResponseBody, read_body};
use tokio::task::JoinHandle;

use crate::api::{Call, is_function_name};
use crate::app::App;
use crate::entry::Entry;
use crate::error::ApiError;
use crate::fault::Fault;
use crate::function::{
    HEADER_LIMIT, Outcome, RequestBody, Responder, WEB, header_bytes, responder,
};
use crate::id::RequestId;
use crate::observe::ObservationKind;
use crate::response::{error_body, respond, whole};

/// The body of a request to a function is at most this long.
const BODY_LIMIT: u64 = 6 * 1024 * 1024;

/// Which function a URL names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    name: String,
    /// The path after the function's, with its slash.
    path: String,
    /// It is named by the host, which browsers write in lower case.
    is_host: bool,
}

impl Route {
    /// Reads a request's URL; nothing where it names no function.
    pub(crate) fn of(head: &Parts) -> Option<Self> {
        let path = head.uri.path();
        if let Some(rest) = path.strip_prefix("/_http/").or_else(|| path.strip_prefix("/_web/")) {
            let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
            return is_function_name(name).then(|| Self {
                name: name.to_owned(),
                path: format!("/{rest}"),
                is_host: false,
            });
        }
        let host = head.headers.get(HOST)?.to_str().ok()?;
        let name = host.split(':').next()?.strip_suffix(".localhost")?;
        let is_name = is_function_name(name);
        is_name.then(|| Self { name: name.to_owned(), path: path.to_owned(), is_host: true })
    }
}

/// Runs the function that a URL names, and gives its answer as HTTP.
pub(crate) async fn answer(
    app: &Arc<App>,
    mut route: Route,
    head: Parts,
    body: Incoming,
    connection: &Connection,
) -> Result<Response<ResponseBody>, Cut> {
    if route.is_host {
        route.name = app.functions.name_of_host(route.name);
    }
    let fault = app.faults.take(None).or_else(|| app.faults.take(Some(&route.name)));
    let offset = fault.as_ref().map_or(0, Fault::clock_offset);
    let now = app.clock.now().saturating_add(offset);
    let visit =
        Visit { app, route: &route, head, connection, request_id: RequestId::random(), now, fault };
    let response = match visit.run(body).await {
        Ok(response) => return visit.deliver(response).await,
        Err(Ended::Early(response)) => return response.map(|response| *response),
        Err(Ended::Refused(status, error)) => {
            let kind = ObservationKind::refused(&error);
            app.observe(&visit.request_id, Some(&route.name), kind);
            visit.error(status, &error)
        }
        Err(Ended::Failed(error)) => visit.error(StatusCode::BAD_GATEWAY, &error),
    };
    Ok(response)
}

/// A request of a function's URL.
struct Visit<'a> {
    app: &'a Arc<App>,
    route: &'a Route,
    head: Parts,
    connection: &'a Connection,
    request_id: RequestId,
    now: i64,
    fault: Option<Fault>,
}

/// The end of a request without a response of the function.
enum Ended {
    /// The function was not asked to run.
    Refused(StatusCode, ApiError),
    /// The emulator failed to run it, and has observed that.
    Failed(ApiError),
    /// A fault, or the client, ended it.
    Early(Result<Box<Response<ResponseBody>>, Cut>),
}

/// A function's run, which goes on to its end also where the caller goes away.
type Running = JoinHandle<Result<Arc<Outcome>, ApiError>>;

impl Visit<'_> {
    async fn run(&self, body: Incoming) -> Result<Response<ResponseBody>, Ended> {
        let Self { app, route, .. } = self;
        let is_web = app.functions.is_web(&route.name);
        // Many servers take no body whose length is not known before, so that is read whole.
        if let (Ok(true), Some(1..=BODY_LIMIT)) = (&is_web, body.size_hint().exact()) {
            return self.to_web(web::pass(body, app.body_limits)).await;
        }
        let body = match read_body(body, BODY_LIMIT, &app.body_limits, &app.budget).await {
            Ok(body) => body,
            Err(BodyError::TooLarge(size)) => {
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                return Err(too_large(status, "body has", size, BODY_LIMIT));
            }
            Err(BodyError::NoMemory) => {
                return Err(Ended::Refused(StatusCode::TOO_MANY_REQUESTS, ApiError::no_memory()));
            }
            Err(_) => return Err(Ended::Early(Err(Cut))),
        };
        if let Ok(true) = is_web {
            return self.to_web(Full::new(body.into_parts().0).map_err(Into::into).boxed()).await;
        }
        let peer = self.connection.peer();
        let event = api_gateway::event(route, &self.head, &body, peer, &self.request_id);
        let run = self.begin("apigw", event, None)?;
        Ok(api_gateway::response(self.now, &*ended(run).await.map_err(Ended::Failed)?))
    }

    /// Passes a request to a web function, and its response back.
    async fn to_web(&self, body: RequestBody) -> Result<Response<ResponseBody>, Ended> {
        let size = header_bytes(&self.head.headers);
        if size > HEADER_LIMIT {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return Err(too_large(status, "headers have", size as u64, HEADER_LIMIT as u64));
        }
        let event = web::event(self.route, &self.head);
        let (responder, responding) = responder(body);
        let run = self.begin(WEB, event, Some(responder))?;
        web::response(self.now, run, responding).await.map_err(Ended::Failed)
    }

    /// Begins the run, and records what was asked for.
    fn begin(
        &self,
        trigger: &'static str,
        event: String,
        responder: Option<Responder>,
    ) -> Result<Running, Ended> {
        let (app, name) = (self.app, &*self.route.name);
        let described = app.functions.describe_any(name);
        let namespace = described.as_ref().map_or("default", |described| &*described.namespace);
        let mut call = Call::triggered(trigger, name, namespace, event);
        if let Some(Fault::FunctionFailure(status)) = &self.fault {
            call.failure = Some(*status);
        }
        let call = Arc::new(call);
        let mut entry = Entry::of_call(self.request_id, &call);
        entry.fault = self.fault.clone();
        let record = app.journal.open(entry);
        if let Some(fault) = &self.fault
            && let Some(response) = fault.before_run(self.now, self.connection)
        {
            app.journal.cut(record);
            return Err(Ended::Early(response.map(Box::new)));
        }
        let asked = match &self.fault {
            Some(Fault::Api(error)) => Err(error.clone()),
            _ => described.and_then(|_| app.functions.find(call)),
        };
        let invocation = asked.map_err(|error| {
            app.journal.update(record, |record| record.answered(&error));
            Ended::Refused(status_of(&error), error)
        })?;
        let (app, invocation) = (Arc::clone(app), invocation.with_responder(responder));
        let request_id = self.request_id;
        Ok(tokio::spawn(async move { app.run(invocation, request_id, record).await }))
    }

    fn error(&self, status: StatusCode, error: &ApiError) -> Response<ResponseBody> {
        let body = whole(error_body(error, &self.request_id));
        respond(self.now, status, "application/json", body)
    }

    /// Delivers the response of the function as the fault has it. A fault waits until a web
    /// function has sent all of it.
    async fn deliver(
        &self,
        response: Response<ResponseBody>,
    ) -> Result<Response<ResponseBody>, Cut> {
        let Some(fault) = &self.fault else { return Ok(response) };
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let delivery = fault.after_run(self.connection).await?;
        Ok(Response::from_parts(head, delivery.body(bytes)))
    }
}

fn too_large(status: StatusCode, what: &str, size: u64, limit: u64) -> Ended {
    let message = format!("The {what} {size} bytes; at most {limit} are allowed.");
    Ended::Refused(status, ApiError::new("RequestSizeLimitExceeded", message))
}

fn status_of(error: &ApiError) -> StatusCode {
    match &*error.code {
        "RequestLimitExceeded" => StatusCode::TOO_MANY_REQUESTS,
        code if code.starts_with("ResourceNotFound") => StatusCode::NOT_FOUND,
        _ => StatusCode::BAD_GATEWAY,
    }
}

async fn ended(run: Running) -> Result<Arc<Outcome>, ApiError> {
    run.await.unwrap_or_else(|_| {
        Err(ApiError::new("InternalError.System", "The emulator failed to run the function."))
    })
}
