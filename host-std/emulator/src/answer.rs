//! The bodies of answers.

use serde_json::{Map, Value, json};

use crate::error::ApiError;
use crate::function::Outcome;

pub(crate) fn error_body(error: &ApiError, request_id: &str) -> String {
    json!({"Response": {
        "Error": {"Code": error.code, "Message": error.message},
        "RequestId": request_id,
    }})
    .to_string()
}

/// The answer to a call whose function has run.
pub(crate) fn result_body(outcome: Outcome, log_tail: bool, request_id: &str) -> String {
    let log = if log_tail { outcome.log.tail().to_owned() } else { String::new() };
    let (duration, bill_duration) = (outcome.duration_ms(), outcome.bill_duration_ms());
    // The map is built by hand so that a result of megabytes is moved into it.
    let mut result = Map::new();
    result.insert("Log".into(), log.into());
    result.insert("RetMsg".into(), outcome.ret_msg.into());
    result.insert("ErrMsg".into(), outcome.err_msg.into());
    result.insert("MemUsage".into(), outcome.mem_usage.into());
    result.insert("Duration".into(), duration.into());
    result.insert("BillDuration".into(), bill_duration.into());
    result.insert("FunctionRequestId".into(), outcome.request_id.into());
    result.insert("InvokeResult".into(), outcome.invoke_result.into());
    let mut response = Map::new();
    response.insert("Result".into(), result.into());
    response.insert("RequestId".into(), request_id.into());
    let mut body = Map::new();
    body.insert("Response".into(), response.into());
    Value::Object(body).to_string()
}

/// The answer to an Event invocation, whose function is yet to run.
pub(crate) fn accepted_body(function_request_id: &str, request_id: &str) -> String {
    json!({"Response": {
        "Result": {
            "Log": "",
            "RetMsg": "",
            "ErrMsg": "",
            "MemUsage": 0,
            "Duration": 0,
            "BillDuration": 0,
            "FunctionRequestId": function_request_id,
            "InvokeResult": 0,
        },
        "RequestId": request_id,
    }})
    .to_string()
}
