//! A request as the event of a web function, and the function's response.

use http_body_util::BodyExt;
use http_body_util::channel::Channel;
use hyper::Response;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, DATE};
use hyper::http::request::Parts;
use scf_serve::{BodyLimits, Pieces, ResponseBody};
use serde_json::{Value, json};

use super::{BODY_LIMIT, Route, Running, api_gateway, ended};
use crate::error::ApiError;
use crate::function::{RequestBody, Responding};
use crate::response::respond;

/// Pieces of a request's body that wait for the function; a client that is faster waits.
const FRAMES: usize = 16;
/// Headers that hold for one connection.
const OF_CONNECTION: [&str; 4] = ["connection", "keep-alive", "transfer-encoding", "upgrade"];

/// Passes a body on while it comes. A client that is slow, or gone, breaks the request.
pub(super) fn pass(body: Incoming, limits: BodyLimits) -> RequestBody {
    let (mut sender, channel) = Channel::new(FRAMES);
    tokio::spawn(async move {
        let mut pieces = Pieces::new(body, BODY_LIMIT, limits);
        loop {
            match pieces.next().await {
                Ok(Some(data)) => {
                    if sender.send_data(data).await.is_err() {
                        return;
                    }
                }
                Ok(None) => return,
                Err(error) => return sender.abort(error.into()),
            }
        }
    });
    channel.boxed()
}

/// Makes the event that an instance turns into the head of a request again.
pub(super) fn event(route: &Route, head: &Parts) -> String {
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
        return Ok(api_gateway::response(now, &*ended(run).await?));
    };
    let body = responding.body.boxed_unsync().into();
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
