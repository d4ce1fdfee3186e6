//! A request as the event of a web function, and the function's response.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use hyper::Response;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use hyper::http::request::Parts;
use serde_json::{Value, json};

use super::{Route, Running, api_gateway, ended};
use crate::error::ApiError;
use crate::function::Responding;
use crate::response::{ResponseBody, respond};

/// Headers that hold for one connection.
const OF_CONNECTION: [&str; 4] = ["connection", "keep-alive", "transfer-encoding", "upgrade"];

/// Makes the event that an instance turns into a request again.
pub(super) fn event(route: &Route, head: &Parts, body: &[u8]) -> String {
    let target = match head.uri.query() {
        Some(query) => format!("{}?{query}", route.path),
        None => route.path.clone(),
    };
    let headers: Vec<Value> = head
        .headers
        .iter()
        .filter(|(name, _)| !OF_CONNECTION.contains(&name.as_str()) && *name != CONTENT_LENGTH)
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect();
    json!({
        "method": head.method.as_str(),
        "target": target,
        "headers": headers,
        "body": STANDARD.encode(body),
    })
    .to_string()
}

/// Passes the response on from its head; what the function's failure gives where there is none.
pub(super) async fn response(
    now: i64,
    run: Running,
    responding: Responding,
) -> Result<Response<ResponseBody>, ApiError> {
    let Ok(head) = responding.head.await else {
        return Ok(api_gateway::response(now, ended(run).await?));
    };
    let body = responding.body.boxed_unsync();
    let mut response = respond(now, head.status, "application/octet-stream", body);
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    for (name, value) in &head.headers {
        if !OF_CONNECTION.contains(&name.as_str()) && name != DATE {
            headers.append(name, value.clone());
        }
    }
    Ok(response)
}
