//! HTTP as the event of an API gateway, and a function's answer as HTTP.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use scf_serve::ResponseBody;
use serde_json::{Map, Value, json};

use super::Route;
use crate::function::Outcome;
use crate::request::decode_pairs;
use crate::response::{respond, whole};

/// Makes the event of a request.
pub(super) fn event(
    route: &Route,
    head: &Parts,
    body: &[u8],
    peer: SocketAddr,
    request_id: &str,
) -> String {
    let mut headers: Map<String, Value> = Map::new();
    for (name, value) in &head.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        match headers.get_mut(name.as_str()) {
            Some(Value::String(before)) => *before = format!("{before},{value}"),
            _ => {
                headers.insert(name.as_str().to_owned(), value.into_owned().into());
            }
        }
    }
    let query = query(head.uri.query().unwrap_or_default());
    let (body, is_base64) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(body), true),
    };
    json!({
        "requestContext": {
            "serviceId": "service-emulator",
            "path": route.path,
            "httpMethod": head.method.as_str(),
            "requestId": request_id,
            "identity": {},
            "sourceIp": peer.ip().to_string(),
            "stage": "release",
        },
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_base64,
        "pathParameters": {},
        "queryStringParameters": {},
        "headerParameters": {},
        "stageVariables": {"stage": "release"},
        "path": route.path,
        "queryString": query,
        "httpMethod": head.method.as_str(),
    })
    .to_string()
}

/// Returns the parameters of a query: one that comes again is a list, and one without `=` is true.
fn query(text: &str) -> Map<String, Value> {
    let mut query = Map::new();
    for pair in text.split('&') {
        for (name, value) in decode_pairs(pair).unwrap_or_default() {
            let value = if pair.contains('=') { Value::from(value) } else { true.into() };
            match query.get_mut(&name) {
                None => {
                    query.insert(name, value);
                }
                Some(Value::Array(values)) => values.push(value),
                Some(before) => *before = Value::from(vec![before.take(), value]),
            }
        }
    }
    query
}

/// Makes the response that a function's result describes. A result without `statusCode` is the
/// body itself.
pub(super) fn response(now: i64, outcome: &Outcome) -> Response<ResponseBody> {
    let json = |status, text: String| respond(now, status, "application/json", whole(text));
    if outcome.status != 200 {
        return json(StatusCode::BAD_GATEWAY, outcome.ret_msg.clone());
    }
    let value: Value = serde_json::from_str(&outcome.ret_msg).unwrap_or_default();
    if value.get("statusCode").is_none() {
        return json(StatusCode::OK, outcome.ret_msg.clone());
    }
    match integrated(now, &value) {
        Ok(response) => response,
        Err(what) => {
            let message =
                json!({"errorMessage": format!("invalid response of the function: {what}")});
            json(StatusCode::BAD_GATEWAY, message.to_string())
        }
    }
}

fn integrated(now: i64, value: &Value) -> Result<Response<ResponseBody>, String> {
    let status = value["statusCode"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .and_then(|status| StatusCode::from_u16(status).ok())
        .filter(|status| status.as_u16() >= 200)
        .ok_or("statusCode must be a number from 200 to 999")?;
    let body = match &value["body"] {
        Value::Null => Vec::new(),
        Value::String(text) if value["isBase64Encoded"] == true => {
            STANDARD.decode(text).map_err(|error| format!("body is not base64: {error}"))?
        }
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    };
    let mut response = respond(now, status, "application/json", whole(body));
    for (name, value) in value["headers"].as_object().into_iter().flatten() {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        let header = HeaderName::try_from(name.as_str())
            .map_err(|_| format!("headers: {name:?} is no header's name"))?;
        // The length is that of the body, whatever the function says.
        if header == "content-length" || header == "transfer-encoding" || header == "connection" {
            continue;
        }
        response.headers_mut().remove(&header);
        for value in values {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let value = HeaderValue::try_from(text)
                .map_err(|_| format!("headers: the value of {name:?} cannot be sent"))?;
            response.headers_mut().append(header.clone(), value);
        }
    }
    Ok(response)
}
