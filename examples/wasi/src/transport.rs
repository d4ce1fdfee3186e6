//! The core's transport over `wasi:http`: the host brings HTTP, TLS and the
//! connections.

use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::request::RequestError;
use scf_invoke_core::transport::Transport;
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
    Scheme,
};
use wasip2::io::streams::StreamError;

/// Sends calls to one host.
pub struct WasiHttp {
    pub scheme: Scheme,
    /// The host to connect to, with its port.
    pub authority: String,
}

/// What the host says of a failure.
type Failure = ExchangeError<ErrorCode>;

impl Transport for WasiHttp {
    type Error = ErrorCode;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), Failure> {
        let request = self.request(call)?;
        let body = request.body().map_err(|()| internal("body"))?;
        let response = handle(request, None).map_err(|error| not_sent(call, error))?;
        send(call, body)?;
        response.subscribe().block();
        match response.get() {
            Some(Ok(Ok(response))) => receive(call, &response),
            Some(Ok(Err(error))) if is_before_sending(&error) => Err(not_sent(call, error)),
            Some(Ok(Err(error))) => Err(ExchangeError::Transport(error)),
            // It is ready, and it is taken once.
            Some(Err(())) | None => Err(internal("response")),
        }
    }
}

impl WasiHttp {
    /// Returns the request without its body.
    fn request(&self, call: &mut Call<'_>) -> Result<OutgoingRequest, Failure> {
        let mut buffer = vec![0; 1024];
        if let Err(RequestError::Buffer { needed }) = call.head(&mut buffer) {
            buffer.resize(needed, 0);
        }
        let head = call.head(&mut buffer)?;
        let fields = Fields::new();
        for (name, value) in head.fields() {
            // These are the host's to say; it takes them from the authority and
            // from its connection.
            if name.eq_ignore_ascii_case("host") || name.eq_ignore_ascii_case("connection") {
                continue;
            }
            fields.append(name, value.as_bytes()).map_err(|_| internal(name))?;
        }
        let method = if head.method() == "GET" { Method::Get } else { Method::Post };
        let request = OutgoingRequest::new(fields);
        request.set_method(&method).map_err(|()| internal("method"))?;
        request.set_scheme(Some(&self.scheme)).map_err(|()| internal("scheme"))?;
        request.set_authority(Some(&self.authority)).map_err(|()| internal("authority"))?;
        request.set_path_with_query(Some(head.target())).map_err(|()| internal("path"))?;
        Ok(request)
    }
}

/// Sends the body in pieces of what a stream takes at once.
fn send(call: &mut Call<'_>, body: OutgoingBody) -> Result<(), Failure> {
    const PIECE: usize = 4096;
    let stream = body.write().map_err(|()| internal("body"))?;
    let mut is_whole = true;
    loop {
        let bytes = call.body()?;
        if bytes.is_empty() {
            break;
        }
        if !bytes.chunks(PIECE).all(|piece| stream.blocking_write_and_flush(piece).is_ok()) {
            is_whole = false;
            break;
        }
    }
    // A stream is closed before its body.
    drop(stream);
    if !is_whole || OutgoingBody::finish(body, None).is_err() {
        // The server may have answered all the same, so the response is next.
        call.transmit_failed();
    }
    Ok(())
}

fn receive(call: &mut Call<'_>, response: &IncomingResponse) -> Result<(), Failure> {
    const PIECE: u64 = 16 << 10;
    let headers = response.headers();
    let header = |name: &str| {
        let value = headers.get(name).into_iter().next()?;
        String::from_utf8(value).ok()
    };
    call.response_head(response.status(), header("date").as_deref());
    if let Some(seconds) = header("retry-after").and_then(|value| value.parse().ok()) {
        call.response_retry_after(seconds);
    }
    let body = response.consume().map_err(|()| internal("response"))?;
    let stream = body.stream().map_err(|()| internal("response"))?;
    loop {
        match stream.blocking_read(PIECE) {
            Ok(bytes) => call.response_body(&bytes),
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => {
                let code = wasip2::http::types::http_error_code(&error);
                let code = code.unwrap_or(ErrorCode::HttpResponseIncomplete);
                return Err(ExchangeError::Transport(code));
            }
        }
    }
    drop(stream);
    drop(IncomingBody::finish(body));
    call.response_end();
    Ok(())
}

/// Returns `true` for a failure to connect: then nothing has left. One of TLS can
/// come later, after bytes have left, so it is none of these, but for a certificate's.
fn is_before_sending(error: &ErrorCode) -> bool {
    use ErrorCode as E;
    matches!(
        error,
        E::DnsTimeout
            | E::DnsError(_)
            | E::DestinationNotFound
            | E::DestinationUnavailable
            | E::DestinationIpProhibited
            | E::DestinationIpUnroutable
            | E::ConnectionRefused
            | E::ConnectionTimeout
            | E::ConnectionLimitReached
            | E::TlsCertificateError
            | E::HttpRequestDenied
            | E::HttpRequestUriInvalid
    )
}

fn not_sent(call: &mut Call<'_>, error: ErrorCode) -> Failure {
    call.transmit_failed();
    ExchangeError::Transport(error)
}

/// Returns the error for a host that refuses what this file gives it.
fn internal(what: &str) -> Failure {
    ExchangeError::Transport(ErrorCode::InternalError(Some(format!(
        "wasi:http refused the {what}"
    ))))
}
