//! The responses of the API.

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, DATE, HeaderValue};
use hyper::{Response, StatusCode};
use scf_serve::BoxError;
use serde_json::{Map, Value, json};

use crate::clock::http_date;
use crate::error::ApiError;
use crate::function::Outcome;

/// The body of any response.
pub(crate) type ResponseBody = UnsyncBoxBody<Bytes, BoxError>;

/// Makes a body of bytes that are here.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> ResponseBody {
    Full::new(bytes.into()).map_err(Into::into).boxed_unsync()
}

/// Makes a response with the emulator's time.
pub(crate) fn respond(
    now: i64,
    status: StatusCode,
    content_type: &'static str,
    body: ResponseBody,
) -> Response<ResponseBody> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    // Official clients look at errors only with exactly this content type.
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(date) = HeaderValue::from_str(&http_date(now)) {
        headers.insert(DATE, date);
    }
    response
}

pub(crate) fn error_body(error: &ApiError, request_id: &str) -> String {
    json!({"Response": {
        "Error": {"Code": error.code, "Message": error.message},
        "RequestId": request_id,
    }})
    .to_string()
}

/// Returns the answer to a call whose function has run.
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

/// Returns the answer to a question that runs nothing.
pub(crate) fn query_body(mut answer: Map<String, Value>, request_id: &str) -> String {
    answer.insert("RequestId".into(), request_id.into());
    json!({"Response": answer}).to_string()
}

/// Returns the answer to an Event invocation, whose function is yet to run.
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
