//! The control interface: what tools and pages ask of a running emulator.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use scf_serve::{Connection, ResponseBody, read_body};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::credential::Credential;
use crate::entry::Entry;
use crate::error::ApiError;
use crate::events::Events;
use crate::fault::Fault;
use crate::faults::ArmedFault;
use crate::function::{InstanceInfo, WEB};
use crate::id::RequestId;
use crate::record::milliseconds;
use crate::response::{respond, whole};
use crate::stream::Stream;

/// The path of the interface.
pub(crate) const PATH: &str = "/_emulator/";
/// The largest body of a request.
const BODY_LIMIT: u64 = 64 * 1024;
/// Records in one list.
const LIST: usize = 200;

type Refused = (StatusCode, ApiError);
type Answer = Result<Value, Refused>;

fn refuse<T>(
    status: StatusCode,
    code: &'static str,
    message: impl Into<String>,
) -> Result<T, Refused> {
    Err((status, ApiError::new(code, message)))
}

fn refusal(error: &ApiError) -> Value {
    json!({"error": error.message, "code": error.code})
}

/// Answers a request below [`PATH`].
pub(crate) async fn answer(
    app: &Arc<App>,
    path: &str,
    head: &Parts,
    body: Incoming,
    connection: &Connection,
) -> Response<ResponseBody> {
    let now = app.clock.now();
    if let Some(page) = app.page.get().filter(|_| path.is_empty() && wants_page(head)) {
        let mut response = respond(now, StatusCode::SEE_OTHER, "text/html", whole(""));
        if let Ok(page) = HeaderValue::from_str(page) {
            response.headers_mut().insert(LOCATION, page);
        }
        return response;
    }
    if !knows_key(&app.credentials, &head.headers) {
        let why = "send the emulator's secret id and key as user and password";
        let text = format!("{}\n", refusal(&ApiError::new("Control.Key", why)));
        let mut response = respond(now, StatusCode::UNAUTHORIZED, "application/json", whole(text));
        let basic = HeaderValue::from_static("Basic realm=\"emulator\", charset=\"UTF-8\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, basic);
        return response;
    }
    let body = match read_body(body, BODY_LIMIT, &app.body_limits, &app.budget).await {
        Ok(body) => body,
        Err(error) => {
            let text = refusal(&ApiError::new("Control.Body", error.to_string())).to_string();
            return respond(now, StatusCode::BAD_REQUEST, "application/json", whole(text));
        }
    };
    connection.begin();
    if head.method == Method::GET && path == "stream" {
        let stream = Stream::new(app).boxed_unsync().into();
        return respond(now, StatusCode::OK, "text/event-stream", stream);
    }
    let (status, value) = match route(app, head, path, &body).await {
        Ok(value) => (StatusCode::OK, value),
        Err((status, error)) => (status, refusal(&error)),
    };
    respond(now, status, "application/json", whole(format!("{value}\n")))
}

/// Returns whether a browser asks for something to look at.
fn wants_page(head: &Parts) -> bool {
    let accept = head.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    head.method == Method::GET && accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Returns whether the request has a key of this emulator, as HTTP's Basic scheme.
fn knows_key(credentials: &[Credential], headers: &HeaderMap) -> bool {
    let sent = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let sent = sent.and_then(|value| value.strip_prefix("Basic "));
    let Some(sent) = sent.and_then(|text| STANDARD.decode(text.trim()).ok()) else {
        return false;
    };
    credentials.iter().any(|credential| {
        let known = format!("{}:{}", credential.secret_id(), credential.secret_key());
        known.as_bytes().ct_eq(&sent).into()
    })
}

async fn route(app: &Arc<App>, head: &Parts, path: &str, body: &[u8]) -> Answer {
    let query = head.uri.query().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match (head.method.as_str(), &*segments) {
        ("GET", []) => Ok(json!({
            "name": "scf-emulator",
            "version": env!("CARGO_PKG_VERSION"),
            "functions": app.functions.names(),
            "pendingEvents": *app.events.pending().borrow(),
        })),
        ("GET", ["functions"]) => Ok(functions(app)),
        ("GET", ["instances"]) => {
            let all = app.functions.instances();
            Ok(json!({"instances": all.iter().map(instance).collect::<Vec<_>>()}))
        }
        ("GET", ["invocations"]) => Ok(records(app, query)),
        ("GET", ["invocations", id]) => {
            recorded(app, id, Entry::read).map(|record| record.json(true))
        }
        ("POST", ["invocations", id, "again"]) => again(app, id),
        ("GET", ["faults"]) => Ok(faults(&app.faults.list())),
        ("POST", ["faults"]) => arm(app, body),
        ("DELETE", ["faults"]) => Ok(json!({"cleared": app.faults.disarm(None)})),
        ("DELETE", ["faults", id]) => match id.parse() {
            Ok(id) if app.faults.disarm(Some(id)) => Ok(json!({"cleared": true})),
            _ => {
                let why = format!("there is no fault {id}");
                refuse(StatusCode::NOT_FOUND, "Control.NoFault", why)
            }
        },
        _ => refuse(
            StatusCode::NOT_FOUND,
            "Control.NoPart",
            "there are GET functions, instances, invocations, invocations/ID, stream and faults, \
             POST invocations/ID/again and faults, and DELETE faults and faults/ID",
        ),
    }
}

/// Returns the functions that there are now, with their settings.
pub(crate) fn functions(app: &App) -> Value {
    let functions = app.functions.names().into_iter().map(|name| {
        let described = app.functions.describe_any(&name);
        match described {
            Ok(described) => json!({
                "name": name,
                "namespace": described.namespace,
                "runtime": described.runtime,
                "handler": described.handler,
                "memoryMb": described.memory_mb,
                "timeoutMs": described.timeout.as_secs_f64() * 1e3,
            }),
            Err(error) => {
                json!({"name": name, "error": error.message, "code": error.code})
            }
        }
    });
    json!({"functions": functions.collect::<Vec<_>>()})
}

/// Returns the newest records, of one function where the query names it.
fn records(app: &App, query: &str) -> Value {
    let pairs = crate::request::decode_pairs(query).unwrap_or_default();
    let find = |name: &str| pairs.iter().find(|(have, _)| have == name).map(|(_, value)| value);
    let function = find("function");
    let all = app
        .journal
        .pick(|entry| function.is_none_or(|name| entry.function_name() == Some(name.as_str())));
    let limit = find("limit").and_then(|text| text.parse().ok()).unwrap_or(LIST);
    let newest: Vec<Value> =
        all.iter().rev().take(limit).map(|record| record.json(false)).collect();
    json!({"invocations": newest})
}

/// Reads the entry of an invocation.
fn recorded<T>(app: &App, id: &str, read: impl Fn(&Entry) -> T) -> Result<T, Refused> {
    let found = app.journal.find(|entry| entry.has_id(id), read);
    found.map_or_else(
        || {
            let why = format!("there is no invocation {id}");
            refuse(StatusCode::NOT_FOUND, "Control.NoInvocation", why)
        },
        Ok,
    )
}

/// Runs an invocation once more, as an event of its own.
fn again(app: &Arc<App>, id: &str) -> Answer {
    let Some(call) = recorded(app, id, |entry| entry.call.clone())? else {
        return refuse(StatusCode::CONFLICT, "Control.NotRun", "this request ran no function");
    };
    if call.trigger == Some(WEB) {
        let why = "the body of a web function's request is not kept; send the request again";
        return refuse(StatusCode::CONFLICT, "Control.NotRun", why);
    }
    let call = Arc::new(call.again());
    let request_id = RequestId::random();
    let number = app.journal.open(Entry::of_call(request_id, &call));
    match Events::accept(app, call, request_id, number) {
        Ok(function_request_id) => Ok(json!({
            "requestId": &*request_id,
            "functionRequestId": &*function_request_id,
        })),
        Err(error) => {
            app.journal.update(number, |record| record.answered(&error));
            Err((StatusCode::CONFLICT, error))
        }
    }
}

fn arm(app: &App, body: &[u8]) -> Answer {
    let wrong = |code, message: String| refuse(StatusCode::BAD_REQUEST, code, message);
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return wrong("Control.Body", format!("the body is not JSON: {error}")),
    };
    let text = value["fault"].as_str().unwrap_or_default();
    let fault: Fault = match text.parse() {
        Ok(fault) => fault,
        Err(error) => return wrong("Control.Fault", error.to_string()),
    };
    let times = match &value["times"] {
        Value::Null => None,
        times => match times.as_u64() {
            Some(times) if times > 0 => Some(times),
            _ => {
                let why = "times is a whole number above 0, or left out for always";
                return wrong("Control.Times", why.to_owned());
            }
        },
    };
    let function = value["function"].as_str();
    if let Some(name) = function {
        let names = app.functions.names();
        if !names.iter().any(|have| have == name) {
            let why = format!("there is no function {name:?}; there are: {}", names.join(", "));
            return wrong("Control.NoFunction", why);
        }
    }
    let id = app.faults.arm(function, fault, times);
    Ok(json!({"id": id}))
}

/// Returns the faults that wait.
pub(crate) fn faults(armed: &[ArmedFault]) -> Value {
    let all = armed.iter().map(|armed| {
        json!({
            "id": armed.id,
            "fault": armed.fault.to_string(),
            "function": armed.function_name,
            "left": armed.left,
        })
    });
    json!({"faults": all.collect::<Vec<_>>()})
}

/// Returns an instance as the interface shows it.
pub(crate) fn instance(instance: &InstanceInfo) -> Value {
    json!({
        "functionName": instance.function_name,
        "number": instance.number,
        "version": instance.version,
        "state": instance.state.name(),
        "sinceMs": milliseconds(instance.since),
        "startedMs": milliseconds(instance.started),
        "pid": instance.pid,
        "functionRequestId": instance.function_request_id,
        "memoryBytes": instance.memory_bytes,
    })
}
