//! Questions to the API, which run nothing.

use embedded_io::{Read, Write};
use scf_invoke_core::attempt::Delivery;
use scf_invoke_core::error::{Excerpt, ProtocolError};
use scf_invoke_core::wire::http::{HttpError, HttpEvent, ResponseDecoder};

use super::Client;
use crate::{Error, Query};

/// The longest response that is taken, in bytes.
const RESPONSE_MAX: u32 = 16 << 20;

impl Client {
    /// Asks a question, with its parameters as a JSON object, and returns the
    /// body of the response, an error of the API too.
    ///
    /// The request is made once, on a connection of its own.
    ///
    /// ```no_run
    /// let client = scf_invoke::Client::from_env("ap-guangzhou")?;
    /// let functions = client.query(scf_invoke::Query::ListFunctions, r#"{"Limit":20}"#)?;
    /// assert!(functions.starts_with(r#"{"Response":"#));
    /// # Ok::<(), scf_invoke::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Configuration`], [`Error::Network`], [`Error::Timeout`] or
    /// [`Error::Protocol`].
    pub fn query(&self, query: Query, parameters: &str) -> Result<String, Error> {
        let engine = &self.0;
        let (request, route) = engine.query(query, parameters)?;
        let deadline = engine.deadline(&Default::default());
        let failed = |error| Error::from_stream(error, Delivery::NotSent);
        let mut stream = route.connector.connect(deadline).map_err(failed)?;
        stream.write_all(request.as_bytes()).and_then(|()| stream.flush()).map_err(failed)?;
        let mut decoder = ResponseDecoder::with_max_body(RESPONSE_MAX);
        let mut body = vec![];
        let mut buffer = [0; 8192];
        loop {
            let count = stream.read(&mut buffer).map_err(failed)?;
            if count == 0 {
                decoder.closed().map_err(http)?;
            }
            let mut input = &buffer[..count];
            while let Some(event) = decoder.next(&mut input).map_err(http)? {
                match event {
                    HttpEvent::Status(200) => {}
                    HttpEvent::Status(status) => {
                        return Err(protocol(ProtocolError::Status(status)));
                    }
                    HttpEvent::Body(piece) => body.extend_from_slice(piece),
                    HttpEvent::End => {
                        return String::from_utf8(body).map_err(|_| protocol(ProtocolError::Utf8));
                    }
                }
            }
        }
    }
}

fn http(error: HttpError) -> Error {
    protocol(ProtocolError::Http(error))
}

/// Returns the error of a query, which runs nothing.
fn protocol(error: ProtocolError) -> Error {
    Error::Protocol { error, excerpt: Box::<Excerpt>::default(), delivery: Delivery::NotSent }
}
