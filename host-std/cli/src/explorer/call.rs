//! Calls: the draft is sent, and what came of it goes to the page.

use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::StatusCode;
use scf_invoke::scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke::{Canceller, Error, Progress, Query, Reply};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::clients::{ClientError, Clients};
use super::draft::{Draft, given};
use super::response::{Refused, code, number};
use super::wire::Wire;
use crate::error::CommandError;

/// Ends a call that nobody waits for any more: the page has cancelled it, or is
/// gone.
struct CancelOnDrop(Canceller);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Makes the call, on a thread of its own.
pub(super) async fn call(
    clients: &Clients,
    draft: Result<Draft, Refused>,
) -> Result<Value, Refused> {
    let draft = draft?;
    let builder = match clients.builder(&draft) {
        Ok(builder) => builder,
        Err(ClientError::Refused(refused)) => return Err(refused),
        Err(ClientError::Call(error)) => {
            return Ok(shown(&[], Instant::now(), &draft, &Wire::default(), Err(error)));
        }
    };
    let canceller = Canceller::new();
    let _waiting = CancelOnDrop(canceller.clone());
    let running = tokio::task::spawn_blocking(move || {
        let started = Instant::now();
        let steps: Arc<Mutex<Vec<(Progress, Instant)>>> = Arc::default();
        let seen = Arc::clone(&steps);
        let builder = builder.on_progress(move |progress| {
            let mut steps = seen.lock().unwrap_or_else(PoisonError::into_inner);
            steps.push((progress, Instant::now()));
        });
        let wire = Wire::default();
        let outcome = builder.hook(wire.clone()).build().and_then(|client| {
            let call = client.call(draft.invocation()).canceller(&canceller);
            match draft.event() {
                Some(event) => call.event(event).send(),
                None => call.send(),
            }
        });
        let steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
        shown(&steps, started, &draft, &wire, outcome)
    });
    running.await.map_err(|error| Refused::failed(&error))
}

/// Returns all that the page shows of a call.
fn shown(
    steps: &[(Progress, Instant)],
    started: Instant,
    draft: &Draft,
    wire: &Wire,
    outcome: Result<Reply, Error>,
) -> Value {
    let ended = Instant::now();
    let mut value = match &outcome {
        Ok(reply) => success(reply, draft.is_async()),
        Err(error) => failure(error),
    };
    value.insert("elapsedMs".into(), milliseconds(ended - started).into());
    value.insert("phases".into(), phases(steps, ended));
    value.insert("wire".into(), wire.texts(draft.signing));
    if let Err(error) = outcome {
        value.insert("kind".into(), kind(error).into());
    }
    value.into()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Returns what the call did, and for how long.
fn phases(steps: &[(Progress, Instant)], ended: Instant) -> Value {
    // The page shows TLS as a part of connecting, and the answer as one of waiting.
    let shown = |step: &&(Progress, _)| !matches!(step.0, Progress::Securing | Progress::Receiving);
    let ends = steps.iter().filter(shown).skip(1).map(|(_, at)| *at).chain([ended]);
    let phases = steps.iter().filter(shown).zip(ends).map(|((progress, begun), end)| {
        let name = match progress {
            Progress::Connecting => "connect",
            Progress::Sending => "send",
            Progress::Retrying { .. } => "retry",
            _ => "wait",
        };
        json!({"name": name, "ms": milliseconds(end - *begun)})
    });
    phases.collect()
}

fn success(reply: &Reply, is_async: bool) -> Map<String, Value> {
    let mut value = figures(reply);
    value.insert("ok".into(), true.into());
    value.insert("accepted".into(), is_async.into());
    value
}

fn figures(reply: &Reply) -> Map<String, Value> {
    let mut value = Map::new();
    value.insert("resultText".into(), reply.result_text().into());
    value.insert("log".into(), reply.log().into());
    value.insert("requestId".into(), reply.request_id().into());
    value.insert("functionRequestId".into(), reply.function_request_id().into());
    value.insert("durationMs".into(), reply.duration().map(milliseconds).into());
    value.insert("billedDurationMs".into(), reply.billed_duration().map(milliseconds).into());
    value.insert("memoryBytes".into(), reply.memory_bytes().into());
    value
}

fn failure(error: &Error) -> Map<String, Value> {
    let mut value = match error {
        Error::Function(error) => figures(error.reply()),
        _ => Map::new(),
    };
    let mut insert = |name: &str, member: Value| value.insert(name.to_owned(), member);
    insert("ok", false.into());
    insert("delivery", error.delivery().as_str().into());
    if let Some(id) = error.request_id() {
        insert("requestId", id.into());
    }
    match error {
        Error::Function(error) => {
            insert("message", error.message().into());
            insert("statusCode", error.status_code().into());
            insert("stackTrace", error.stack_trace().into());
        }
        Error::Api(error) => {
            insert("message", error.message().into());
            insert("code", error.code_text().into());
            insert("advice", ErrorCode::advice(error.code_text()).into());
        }
        Error::Network { error, .. } | Error::Timeout { error, .. } => {
            insert("message", error.to_string().into());
            insert("code", format!("{:?}", error.kind()).into());
        }
        Error::Relay(error) => {
            insert("message", error.message().into());
            insert("code", error.code_text().into());
        }
        Error::Configuration(_) => {
            insert("message", error.to_string().into());
            insert("code", code(error).into());
            insert("number", number(error).into());
        }
        _ => {
            insert("message", error.to_string().into());
            insert("number", number(error).into());
        }
    }
    value
}

/// Returns the kind of an error, by which the page chooses its words.
fn kind(error: Error) -> &'static str {
    match error {
        Error::Protocol { .. } => "protocol",
        Error::Relay(_) => "relay",
        Error::Request(_) | Error::Event(_) => "request",
        error => CommandError::Call(error).kind(),
    }
}

/// The question what became of an event that was accepted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StatusQuestion {
    draft: Draft,
    function_request_id: String,
}

/// Asks the API for the runs of an event.
pub(super) async fn status(
    clients: &Clients,
    question: Result<StatusQuestion, Refused>,
) -> Result<Value, Refused> {
    let StatusQuestion { draft, function_request_id } = question?;
    let client = match clients.client(&draft) {
        Ok(client) => client,
        Err(ClientError::Refused(refused)) => return Err(refused),
        Err(ClientError::Call(error)) => return Err(Refused::unfit(&error)),
    };
    let parameters = json!({
        "FunctionName": draft.function_name,
        "FunctionRequestId": function_request_id,
        "Namespace": given(&draft.namespace).unwrap_or("default"),
    });
    let answer = tokio::task::spawn_blocking(move || {
        client.query(Query::GetRequestStatus, &parameters.to_string())
    });
    let unanswered =
        |error: &dyn Display| Refused::new(StatusCode::BAD_GATEWAY, "Status", error.to_string());
    let answer = answer.await.map_err(|error| Refused::failed(&error))?;
    let answer = answer.map_err(|error| unanswered(&error))?;
    serde_json::from_str(&answer).map_err(|error| unanswered(&error))
}
