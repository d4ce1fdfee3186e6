//! One small HTTP exchange with a service that gives credentials.

use std::time::Duration;

use embedded_io::{Read, Write};
use scf_invoke_core::wire::http::{HttpEvent, ResponseDecoder};
use zeroize::Zeroizing;

use super::CredentialError;
use crate::{Connector, Deadline};

/// More than any credentials take.
const MAX_BODY: u32 = 64 * 1024;

/// The failure of an exchange.
pub(super) enum FetchError {
    /// The service was not reached at all.
    Unreachable(String),
    /// The service did not give a proper response.
    Broken(String),
}

impl FetchError {
    pub(super) fn into_reason(self) -> String {
        match self {
            Self::Unreachable(reason) | Self::Broken(reason) => reason,
        }
    }

    pub(super) fn of(self, service: &str) -> CredentialError {
        CredentialError::Service { service: service.to_owned(), reason: self.into_reason() }
    }
}

/// Sends a request and returns the status and the body of the response.
pub(super) fn fetch(
    connector: &Connector,
    limit: Duration,
    head: &str,
    body: &[u8],
) -> Result<(u16, Zeroizing<Vec<u8>>), FetchError> {
    let mut stream = connector
        .connect(Deadline::after(limit))
        .map_err(|error| FetchError::Unreachable(error.to_string()))?;
    let broken = |error: crate::StreamError| FetchError::Broken(error.to_string());
    stream.write_all(head.as_bytes()).map_err(broken)?;
    stream.write_all(body).map_err(broken)?;
    stream.flush().map_err(broken)?;

    let mut decoder = ResponseDecoder::with_max_body(MAX_BODY);
    let mut response = Zeroizing::new(Vec::with_capacity(MAX_BODY as usize));
    let mut buffer = Zeroizing::new([0; 4096]);
    let not_http = |error| FetchError::Broken(format!("{error}: check any proxy on the way"));
    while !decoder.is_complete() {
        let count = stream.read(&mut *buffer).map_err(broken)?;
        if count == 0 {
            decoder.closed().map_err(not_http)?;
        }
        let mut input = &buffer[..count];
        while let Some(event) = decoder.next(&mut input).map_err(not_http)? {
            if let HttpEvent::Body(piece) = event {
                response.extend_from_slice(piece);
            }
        }
    }
    Ok((decoder.status(), response))
}
