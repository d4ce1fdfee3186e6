//! Questions of scripts that wait for a function: they run nothing.

use std::time::UNIX_EPOCH;

use serde_json::{Map, Value, json};

use crate::app::App;
use crate::entry::Entry;
use crate::error::ApiError;
use crate::function::Description;
use crate::parameters::Parameters;
use crate::record::{Record, RecordState};

/// Functions in one answer, where a request does not say how many.
const PAGE: usize = 20;

/// A question about functions or invocations.
#[derive(Clone, Debug)]
pub struct Query {
    action: String,
    pub(crate) function: Option<String>,
    namespace: String,
    parameters: Vec<(String, String)>,
}

impl Query {
    pub(crate) const ACTIONS: [&str; 4] =
        ["GetFunction", "ListFunctions", "GetRequestStatus", "GetAsyncEventStatus"];

    pub(crate) fn is_action(name: &str) -> bool {
        Self::ACTIONS.contains(&name)
    }

    pub(crate) fn read(action: String, mut parameters: Parameters<'_>) -> Result<Self, ApiError> {
        let function = parameters.take("FunctionName");
        let namespace = parameters.take("Namespace").unwrap_or_else(|| "default".to_owned());
        let parameters =
            parameters.0.into_iter().map(|(name, value)| (name.into_owned(), value)).collect();
        let query = Self { action, function, namespace, parameters };
        match &*query.action {
            "GetFunction" => query.function().map(|_| ())?,
            "GetRequestStatus" => {
                query.function()?;
                query.required("FunctionRequestId")?;
            }
            "GetAsyncEventStatus" => query.required("InvokeRequestId").map(|_| ())?,
            _ => {}
        }
        Ok(query)
    }

    fn function(&self) -> Result<&str, ApiError> {
        self.function.as_deref().ok_or_else(|| ApiError::missing("FunctionName"))
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.parameter(name).ok_or_else(|| ApiError::missing(name))
    }

    fn number(&self, name: &str, default: usize) -> Result<usize, ApiError> {
        self.parameter(name).map_or(Ok(default), |text| {
            text.parse().map_err(|_| {
                ApiError::new("InvalidParameterValue", format!("{name} is a number, not {text:?}."))
            })
        })
    }
}

/// Answers a question with what stands beside `RequestId`.
pub(crate) fn answer(app: &App, query: &Query) -> Result<Map<String, Value>, ApiError> {
    let answer = match &*query.action {
        "GetFunction" => function(&describe(app, query.function()?, &query.namespace)?),
        "ListFunctions" => list(app, query)?,
        "GetRequestStatus" => request_status(app, query)?,
        _ => event_status(app, query)?,
    };
    Ok(match answer {
        Value::Object(map) => map,
        _ => Map::new(),
    })
}

fn describe(app: &App, name: &str, namespace: &str) -> Result<Description, ApiError> {
    app.functions.describe(name, namespace)
}

fn function(described: &Description) -> Value {
    json!({
        "FunctionName": described.name,
        "Namespace": described.namespace,
        "FunctionVersion": "$LATEST",
        "Handler": described.handler,
        "MemorySize": described.memory_mb,
        "Timeout": described.timeout.as_secs_f64().ceil(),
        "Status": "Active",
        "AvailableStatus": "Available",
        "Type": "Event",
    })
}

fn list(app: &App, query: &Query) -> Result<Value, ApiError> {
    let wanted = query.parameter("SearchKey").unwrap_or_default();
    let all: Vec<Description> = app
        .functions
        .names()
        .iter()
        .filter(|name| name.contains(wanted))
        .filter_map(|name| describe(app, name, &query.namespace).ok())
        .collect();
    let (offset, limit) = (query.number("Offset", 0)?, query.number("Limit", PAGE)?);
    let page: Vec<Value> = all.iter().skip(offset).take(limit).map(function).collect();
    Ok(json!({"Functions": page, "TotalCount": all.len()}))
}

fn request_status(app: &App, query: &Query) -> Result<Value, ApiError> {
    let (name, id) = (query.function()?, query.required("FunctionRequestId")?);
    let records = app
        .journal
        .pick(|entry| entry.has_function_request_id(id) && entry.function_name() == Some(name));
    let data: Vec<Value> = records.iter().filter(|record| record.runs > 0).map(run).collect();
    Ok(json!({"TotalCount": data.len(), "Data": data}))
}

fn run(record: &Record) -> Value {
    let code = match record.state {
        RecordState::Succeeded => 0,
        RecordState::Running | RecordState::Queued => 1,
        _ => -1,
    };
    let started = record.started.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    json!({
        "FunctionName": record.function_name,
        "RequestId": record.function_request_id,
        "RetMsg": record.result_text.as_deref().unwrap_or_default(),
        "RetCode": code,
        "Duration": record.duration.as_secs_f64() * 1e3,
        "MemUsage": record.memory_bytes as f64 / (1024.0 * 1024.0),
        "StartTime": started.map(|since| utc(since.as_secs())),
        "RetryNum": record.runs.saturating_sub(1),
    })
}

/// Returns a time as these answers write it.
fn utc(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let of_day = seconds.rem_euclid(86_400);
    let date = crate::clock::utc_date(seconds);
    format!("{date} {:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

fn event_status(app: &App, query: &Query) -> Result<Value, ApiError> {
    let id = query.required("InvokeRequestId")?;
    let record = app.journal.find(|entry| entry.has_function_request_id(id), Entry::read);
    let record = record.ok_or_else(|| {
        ApiError::new(
            "ResourceNotFound.AsyncEvent",
            format!("There is no event {id:?}, or it is forgotten by now."),
        )
    })?;
    let (status, code) = match record.state {
        RecordState::Succeeded => ("FINISHED", record.status),
        RecordState::Failed => ("FAILED", record.status),
        RecordState::Abandoned => ("ABORTED", record.status),
        _ => ("RUNNING", None),
    };
    Ok(json!({"Result": {"Status": status, "StatusCode": code, "InvokeRequestId": id}}))
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(super::utc(1_700_000_000), "2023-11-14 22:13:20");
    }
}
