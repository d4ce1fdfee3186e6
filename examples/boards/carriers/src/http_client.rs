//! reqwless as transport.

use core::cell::Cell;

use embedded_io_async::{Read, Write};
use embedded_nal_async::{Dns, TcpConnect};
use heapless::Vec;
use reqwless::Error;
use reqwless::request::{Method, RequestBody, RequestBuilder};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::request::RequestError;
use scf_invoke_core::transport::AsyncTransport;

/// The bytes that the head of a request may have.
const HEAD: usize = 1024;

/// The header fields of a request at most.
const FIELDS: usize = 16;

/// Carries calls by reqwless: head and body go out, status, date and body come
/// back. Each call has a connection of its own.
pub struct HttpClient<'a, T: TcpConnect, D: Dns> {
    client: reqwless::client::HttpClient<'a, T, D>,
    url: &'a str,
}

impl<'a, T: TcpConnect, D: Dns> HttpClient<'a, T, D> {
    /// Sends calls to `url`, such as `https://scf.tencentcloudapi.com/`; the client
    /// has TLS where it was made with it.
    pub const fn new(client: reqwless::client::HttpClient<'a, T, D>, url: &'a str) -> Self {
        Self { client, url }
    }
}

impl<T: TcpConnect, D: Dns> AsyncTransport for HttpClient<'_, T, D> {
    type Error = Error;

    async fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Error>> {
        let mut text = [0; HEAD];
        let head = call.head(&mut text)?;
        let mut fields: Vec<(&str, &str), FIELDS> = Vec::new();
        let mut length = 0;
        for (name, value) in head.fields() {
            match name {
                // The URL has it.
                "Host" => {}
                "Content-Length" => length = value.parse().unwrap_or_default(),
                _ => fields
                    .push((name, value))
                    .map_err(|_| ExchangeError::Transport(Error::BufferTooSmall))?,
            }
        }
        let request = self.client.request(Method::POST, self.url).await;
        let request = request.map_err(ExchangeError::Transport)?;
        let body = Body { call: Cell::new(Some(call)), length, error: Cell::new(None) };
        let mut received = [0; HEAD];
        let mut request = request.headers(&fields).body(&body);
        let response = request.send(&mut received).await;
        if let Some(error) = body.error.take() {
            return Err(ExchangeError::Request(error));
        }
        let response = response.map_err(ExchangeError::Transport)?;
        let Some(call) = body.call.take() else { return Ok(()) };
        let date = response.headers().find(|(name, _)| name.eq_ignore_ascii_case("date"));
        let date = date.and_then(|(_, value)| str::from_utf8(value).ok());
        call.response_head(response.status.0, date);
        let mut reader = response.body().reader();
        let mut piece = [0; 128];
        loop {
            match reader.read(&mut piece).await.map_err(ExchangeError::Transport)? {
                0 => break,
                count => call.response_body(piece.get(..count).unwrap_or_default()),
            }
        }
        call.response_end();
        Ok(())
    }
}

/// The body of a request, as reqwless asks for it: through a shared reference.
struct Body<'b, 'c> {
    call: Cell<Option<&'b mut Call<'c>>>,
    length: usize,
    /// The error of the event's source, which reqwless has no place for.
    error: Cell<Option<RequestError>>,
}

impl RequestBody for &Body<'_, '_> {
    fn len(&self) -> Option<usize> {
        Some(self.length)
    }

    async fn write<W: Write>(&self, writer: &mut W) -> Result<(), W::Error> {
        let Some(call) = self.call.take() else { return Ok(()) };
        let written = loop {
            match call.body() {
                Ok([]) => break Ok(()),
                Ok(bytes) => {
                    if let Err(error) = writer.write_all(bytes).await {
                        call.transmit_failed();
                        break Err(error);
                    }
                }
                Err(error) => {
                    self.error.set(Some(error));
                    break Ok(());
                }
            }
        };
        self.call.set(Some(call));
        written
    }
}
