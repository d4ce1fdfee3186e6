//! The responses of the API.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, DATE, HeaderValue};
use hyper::{Response, StatusCode};
use scf_serve::ResponseBody;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::clock::{Last, http_date};
use crate::error::ApiError;
use crate::function::Outcome;
use crate::log::tail;

/// Makes a body of bytes that are here.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> ResponseBody {
    Full::new(bytes.into()).into()
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
    if let Some(date) = date(now) {
        headers.insert(DATE, date);
    }
    response
}

/// Returns the header of a time, which is written once a second.
fn date(now: i64) -> Option<HeaderValue> {
    static LAST: Last<Option<HeaderValue>> = Last::new();
    LAST.get(now, || HeaderValue::from_str(&http_date(now)).ok())
}

pub(crate) fn error_body(error: &ApiError, request_id: &str) -> String {
    json!({"Response": {
        "Error": {"Code": error.code, "Message": error.message},
        "RequestId": request_id,
    }})
    .to_string()
}

/// The bytes of an answer beside its texts.
const FRAME: usize = 384;

#[derive(Default)]
struct InvocationResult<'a> {
    log: &'a str,
    ret_msg: &'a str,
    err_msg: &'a str,
    mem_usage: u64,
    duration: f64,
    bill_duration: u64,
    function_request_id: &'a str,
    invoke_result: i64,
}

impl InvocationResult<'_> {
    /// Returns the whole answer. Written member by member it takes a third of the time of a
    /// derived serializer, which looks for escapes in the names too.
    fn body(&self, request_id: &str) -> Vec<u8> {
        let texts = self.log.len() + self.ret_msg.len() + self.err_msg.len();
        let mut json = Vec::with_capacity(FRAME + texts);
        push(&mut json, r#"{"Response":{"Result":{"Log":"#, self.log);
        push(&mut json, r#","RetMsg":"#, self.ret_msg);
        push(&mut json, r#","ErrMsg":"#, self.err_msg);
        push(&mut json, r#","MemUsage":"#, self.mem_usage);
        push(&mut json, r#","Duration":"#, self.duration);
        push(&mut json, r#","BillDuration":"#, self.bill_duration);
        // Ids have nothing to escape.
        for part in [r#","FunctionRequestId":""#, self.function_request_id, "\""] {
            json.extend_from_slice(part.as_bytes());
        }
        push(&mut json, r#","InvokeResult":"#, self.invoke_result);
        for part in [r#"},"RequestId":""#, request_id, r#""}}"#] {
            json.extend_from_slice(part.as_bytes());
        }
        json
    }
}

/// Writes what stands before a value, and the value.
fn push(json: &mut Vec<u8>, before: &str, value: impl Serialize) {
    json.extend_from_slice(before.as_bytes());
    serde_json::to_writer(json, &value).expect("texts and finite numbers have a JSON form");
}

/// Returns the answer to a call whose function has run.
pub(crate) fn result_body(outcome: &Outcome, log_tail: bool, request_id: &str) -> Vec<u8> {
    let log = if log_tail { outcome.log() } else { String::new() };
    let result = InvocationResult {
        log: tail(&log),
        ret_msg: &outcome.ret_msg,
        err_msg: &outcome.err_msg,
        mem_usage: outcome.mem_usage,
        duration: outcome.duration_ms(),
        bill_duration: outcome.bill_duration_ms(),
        function_request_id: &outcome.request_id,
        invoke_result: outcome.invoke_result,
    };
    result.body(request_id)
}

/// Returns the answer to a question that runs nothing.
pub(crate) fn query_body(mut answer: Map<String, Value>, request_id: &str) -> String {
    answer.insert("RequestId".into(), request_id.into());
    json!({"Response": answer}).to_string()
}

/// Returns the answer to an Event invocation, whose function is yet to run.
pub(crate) fn accepted_body(function_request_id: &str, request_id: &str) -> Vec<u8> {
    InvocationResult { function_request_id, ..InvocationResult::default() }.body(request_id)
}
