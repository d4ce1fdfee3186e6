//! `--wait`: the result of an event that was queued.

use std::thread;
use std::time::{Duration, Instant};

use scf_invoke::{Client, Query, Reply};
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::function::Function;
use crate::output::{self, Form};
use crate::stderr::note;

/// The time between two questions; the API takes 20 in a second.
const PAUSE: Duration = Duration::from_secs(1);

/// Asks until the event has run, and prints its result.
pub(crate) fn print_result(
    client: &Client,
    function: &Function,
    accepted: &Reply,
    timeout: Option<Duration>,
    form: Form,
) -> Result<(), CommandError> {
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut question = json!({
        "FunctionName": function.name,
        "FunctionRequestId": accepted.function_request_id(),
    });
    if let Some(namespace) = &function.namespace {
        question["Namespace"] = namespace.as_str().into();
    }
    let question = question.to_string();
    let mut pause = Duration::from_millis(100);
    let run = loop {
        let answer = client.query(Query::GetRequestStatus, &question)?;
        if let Some(run) = last_run(&answer)? {
            break run;
        }
        if end.is_some_and(|end| Instant::now() + pause >= end) {
            return Err(CommandError::Timeout(format!(
                "the event {} was accepted, and has not run yet",
                accepted.function_request_id()
            )));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(PAUSE);
    };
    let result = run["RetMsg"].as_str().unwrap_or_default();
    let milliseconds = run["Duration"].as_f64();
    if let Some(milliseconds) = milliseconds {
        note(&format!("tscf: the event ran {milliseconds:.1} ms"));
    }
    let succeeded = run["RetCode"] == 0;
    output::event_result(form, accepted, succeeded, result, milliseconds)
        .map_err(CommandError::Output)?;
    if succeeded { Ok(()) } else { Err(CommandError::Event(None)) }
}

/// Returns the last run of the event, if it has ended.
fn last_run(answer: &str) -> Result<Option<Value>, CommandError> {
    let mut answer: Value = serde_json::from_str(answer).map_err(|error| {
        CommandError::Protocol(format!("the status of the event is not JSON: {error}"))
    })?;
    let response = answer["Response"].take();
    if let Some(code) = response["Error"]["Code"].as_str() {
        let message = response["Error"]["Message"].as_str().unwrap_or_default();
        return Err(CommandError::Api(format!("the API refused: {code}: {message}")));
    }
    let run = response["Data"].as_array().and_then(|runs| runs.last()).cloned();
    // 1 is the code of a run that has not ended.
    Ok(run.filter(|run| run["RetCode"] != 1))
}
