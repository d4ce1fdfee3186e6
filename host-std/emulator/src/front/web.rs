//! A request as the event of a web function.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::http::request::Parts;
use serde_json::{Value, json};

use super::Route;

/// Headers that hold for one connection.
const OF_CONNECTION: [&str; 5] =
    ["connection", "keep-alive", "transfer-encoding", "upgrade", "content-length"];

/// Makes the event that an instance turns into a request again.
pub(super) fn event(route: &Route, head: &Parts, body: &[u8]) -> String {
    let target = match head.uri.query() {
        Some(query) => format!("{}?{query}", route.path),
        None => route.path.clone(),
    };
    let headers: Vec<Value> = head
        .headers
        .iter()
        .filter(|(name, _)| !OF_CONNECTION.contains(&name.as_str()))
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
