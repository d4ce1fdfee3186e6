//! The emulator's control interface, with the key that the page need not have.

use base64ct::{Base64, Encoding};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::clients::{Clients, Local};
use super::response::{Body, Refused, value};

/// Passes a request on to the emulator, and its response back while it comes.
pub(super) async fn pass_on(
    clients: &Clients,
    path: &str,
    head: &Parts,
    body: Bytes,
) -> Response<Body> {
    let Some(local) = clients.local() else {
        return value(Err(Refused::no_emulator()));
    };
    match exchange(local, path, head, body).await {
        Ok(response) => response,
        Err(error) => {
            let why = format!("the emulator does not answer: {error}");
            value(Err(Refused::new(StatusCode::BAD_GATEWAY, "EmulatorGone", why)))
        }
    }
}

async fn exchange(
    local: &Local,
    path: &str,
    head: &Parts,
    body: Bytes,
) -> Result<Response<Body>, Box<dyn std::error::Error + Send + Sync>> {
    let host = local.endpoint.host_header();
    let stream = TcpStream::connect(&host).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with its one response, or with who reads that.
    tokio::spawn(connection);
    let query = head.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let (id, key) = (local.credential.secret_id(), local.credential.secret_key());
    let authorization =
        format!("Basic {}", Base64::encode_string(format!("{id}:{key}").as_bytes()));
    let request = Request::builder()
        .method(head.method.clone())
        .uri(format!("/_emulator/{path}{query}"))
        .header(HOST, host)
        .header(AUTHORIZATION, authorization)
        .body(Full::new(body))?;
    let (head, body) = sender.send_request(request).await?.into_parts();
    let mut response = Response::new(body.map_err(Into::into).boxed_unsync());
    *response.status_mut() = head.status;
    let headers = response.headers_mut();
    if let Some(content_type) = head.headers.get(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, content_type.clone());
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
