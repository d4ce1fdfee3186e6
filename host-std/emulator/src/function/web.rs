//! Web functions: HTTP to and from the server that an instance runs.
//!
//! A request travels as an event and a response as a result, both of this crate's own form, so
//! that limits, logs and records are those of any function.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::Failure;
use super::outcome::RESPONSE_LIMIT;
use super::runtime_api::{Answer, Ending};

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

    /// Sends a request to the server; its response is the answer.
    pub(super) fn give(&self, request_id: &str, event: String) -> oneshot::Receiver<Answer> {
        let (answer, receiver) = oneshot::channel();
        let port = self.port.unwrap_or(self.own_port);
        let mut headers = self.headers.clone();
        headers.push(("x-scf-request-id", request_id.to_owned()));
        tokio::spawn(async move {
            let result = forward(port, &headers, &event).await.map_err(Failure::Exited);
            let _ = answer.send(Answer { result, ending: Ending::Whole });
        });
        receiver
    }
}

async fn forward(
    port: u16,
    scf_headers: &[(&'static str, String)],
    event: &str,
) -> Result<String, String> {
    let broken = |error: &dyn std::fmt::Display| format!("the web server on port {port}: {error}");
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
    let body = STANDARD.decode(event["body"].as_str().unwrap_or_default()).unwrap_or_default();
    let request = request.body(Full::new(Bytes::from(body))).map_err(|error| broken(&error))?;
    let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|error| broken(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
    let (head, body) = response.into_parts();
    let body =
        Limited::new(body, RESPONSE_LIMIT).collect().await.map_err(|error| broken(&error))?;
    let mut headers = serde_json::Map::new();
    for (name, value) in &head.headers {
        let value = Value::from(String::from_utf8_lossy(value.as_bytes()));
        match headers.get_mut(name.as_str()) {
            Some(Value::Array(values)) => values.push(value),
            _ => {
                headers.insert(name.as_str().to_owned(), Value::Array(vec![value]));
            }
        }
    }
    let bytes = body.to_bytes();
    let (body, is_base64) = match std::str::from_utf8(&bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(&bytes), true),
    };
    Ok(json!({
        "statusCode": head.status.as_u16(),
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_base64,
    })
    .to_string())
}
