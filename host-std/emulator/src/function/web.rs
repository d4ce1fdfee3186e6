//! Web functions: HTTP to and from the server that an instance runs.
//!
//! A request's head travels as an event of this crate's own form. Bodies go to the function and
//! to the client while they come, and the start of the response is the result, so that limits,
//! logs and records are those of any function.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::http::response::Parts;
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::Failure;
use super::outcome::{HEADER_LIMIT, RESPONSE_LIMIT};
use super::responder::{Responder, header_bytes};
use super::runtime_api::{Answer, Ending};

/// The bytes of a response's body that its record has.
const RECORDED: usize = 64 * 1024;
/// The port on which the cloud expects the server.
const CLOUD_PORT: u16 = 9000;

/// The server of an instance.
pub(super) struct Web {
    /// The port that the instance has in `PORT`.
    pub(super) own_port: u16,
    /// The port that it listens on, once it does.
    pub(super) port: Option<u16>,
    /// Headers of each request, which describe the function to its server.
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Web {
    /// Returns the ports that the server may take.
    pub(super) fn ports(&self) -> [u16; 2] {
        [self.own_port, CLOUD_PORT]
    }

    /// Sends a request to the server and its response to the client. The answer is what is
    /// recorded of the response.
    pub(super) fn give(
        &self,
        request_id: &str,
        event: String,
        responder: Responder,
    ) -> oneshot::Receiver<Answer> {
        let (answer, receiver) = oneshot::channel();
        let port = self.port.unwrap_or(self.own_port);
        let mut headers = self.headers.clone();
        headers.push(("x-scf-request-id", request_id.to_owned()));
        tokio::spawn(async move {
            let result = forward(port, &headers, &event, responder).await;
            let _ = answer.send(Answer { result, ending: Ending::Whole });
        });
        receiver
    }
}

async fn forward(
    port: u16,
    scf_headers: &[(&'static str, String)],
    event: &str,
    mut responder: Responder,
) -> Result<String, Failure> {
    let broken =
        |error: &dyn std::fmt::Display| Failure::BadResponse(format!("port {port}: {error}"));
    let event: Value = serde_json::from_str(event).map_err(|error| broken(&error))?;
    let mut request = Request::builder()
        .method(event["method"].as_str().unwrap_or("GET"))
        .uri(event["target"].as_str().unwrap_or("/"));
    for pair in event["headers"].as_array().into_iter().flatten() {
        if let (Some(name), Some(value)) = (pair[0].as_str(), pair[1].as_str()) {
            request = request.header(name, value);
        }
    }
    for (name, value) in scf_headers {
        request = request.header(*name, value);
    }
    let body = std::mem::take(&mut responder.request_body);
    let request = request.body(body).map_err(|error| broken(&error))?;
    let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|error| broken(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
    let (head, body) = response.into_parts();
    let size = header_bytes(&head.headers);
    if size > HEADER_LIMIT {
        return Err(Failure::HeadersTooLarge(size));
    }
    let described = describe(&head);
    responder.send_head(head);
    let mut start = Vec::new();
    match pass(body, &mut responder, &mut start).await {
        Ok(()) => Ok(record(described, &start)),
        Err(failure) => {
            responder.cut();
            Err(failure.unwrap_or_else(|error| broken(&error)))
        }
    }
}

/// Passes a body on, as fast as the client takes it, and keeps its start.
async fn pass(
    mut body: Incoming,
    responder: &mut Responder,
    start: &mut Vec<u8>,
) -> Result<(), Result<Failure, hyper::Error>> {
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(Err)?;
        if let Some(data) = frame.data_ref() {
            size += data.len();
            if size > RESPONSE_LIMIT {
                return Err(Ok(Failure::ResponseTooLarge(size)));
            }
            let room = RECORDED.saturating_sub(start.len()).min(data.len());
            start.extend_from_slice(&data[..room]);
        }
        if !responder.send(frame).await {
            break;
        }
    }
    Ok(())
}

/// Describes the head of a response.
fn describe(head: &Parts) -> Map<String, Value> {
    let mut headers = Map::new();
    for (name, value) in &head.headers {
        let value = Value::from(String::from_utf8_lossy(value.as_bytes()));
        match headers.get_mut(name.as_str()) {
            Some(Value::Array(values)) => values.push(value),
            _ => {
                headers.insert(name.as_str().to_owned(), Value::Array(vec![value]));
            }
        }
    }
    let mut described = Map::new();
    described.insert("statusCode".to_owned(), head.status.as_u16().into());
    described.insert("headers".to_owned(), headers.into());
    described
}

/// Returns what is recorded of a response: its head, and the start of its body.
fn record(mut described: Map<String, Value>, start: &[u8]) -> String {
    let (body, is_base64) = match std::str::from_utf8(start) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(start), true),
    };
    described.insert("body".to_owned(), body.into());
    described.insert("isBase64Encoded".to_owned(), is_base64.into());
    Value::Object(described).to_string()
}
