//! The request of a question: an action that runs nothing.

use std::fmt::Write;

use scf_invoke_core::SERVICE;
use scf_invoke_core::request::RequestError;
use scf_invoke_core::request::invocation::VERSION;
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash};

use super::run::unix_now;
use super::{Carrier, Engine, Route};
use crate::{ConfigurationError, Error};

/// An action of the API that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Query {
    /// The settings of a function.
    GetFunction,
    /// The functions of a namespace.
    ListFunctions,
    /// The runs of an invocation, with their results.
    GetRequestStatus,
    /// The state of an asynchronous invocation.
    GetAsyncEventStatus,
}

impl Query {
    /// Returns the name, as `X-TC-Action` has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GetFunction => "GetFunction",
            Self::ListFunctions => "ListFunctions",
            Self::GetRequestStatus => "GetRequestStatus",
            Self::GetAsyncEventStatus => "GetAsyncEventStatus",
        }
    }
}

impl<C: Carrier> Engine<C> {
    /// Returns the signed request, and where it goes. The connection ends with
    /// it.
    pub(crate) fn query(&self, query: Query, parameters: &str) -> Result<(String, &Route), Error> {
        let route = self.route(self.shared.route());
        let identity = self.identity.current()?;
        let known = self.shared.day_key(identity.credentials());
        let mut signer = identity.signer(known).map_err(ConfigurationError::Identity)?;
        let timestamp = self.shared.clock().now(unix_now());
        let content_type = "application/json";
        let action = query.as_str();
        let canonical = CanonicalRequest {
            method: Method::Post,
            query: "",
            content_type,
            host: &route.host,
            signed_action: None,
            payload: PayloadHash::of(parameters.as_bytes()),
        };
        let signature = signer.sign(SERVICE, timestamp, &canonical).map_err(RequestError::Sign)?;
        let mut request = String::with_capacity(parameters.len() + 1024);
        let date = String::from_utf8_lossy(signature.date());
        let hex = String::from_utf8_lossy(signature.hex());
        // Writing to a string does not fail.
        let _ = write!(
            request,
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {content_type}\r\n\
             X-TC-Action: {action}\r\nX-TC-Version: {VERSION}\r\nX-TC-Region: {}\r\n\
             X-TC-Timestamp: {timestamp}\r\n\
             Authorization: TC3-HMAC-SHA256 Credential={}/{date}/{SERVICE}/tc3_request, \
             SignedHeaders={}, Signature={hex}\r\n",
            route.connector.endpoint().path(),
            route.host,
            self.config.region,
            signer.secret_id(),
            canonical.signed_headers(),
        );
        if let Some(token) = identity.token() {
            let _ = write!(request, "X-TC-Token: {token}\r\n");
        }
        let length = parameters.len();
        let _ = write!(request, "Content-Length: {length}\r\nConnection: close\r\n\r\n");
        request.push_str(parameters);
        Ok((request, route))
    }
}
