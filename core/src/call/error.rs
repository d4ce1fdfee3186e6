//! Errors of an exchange.

use crate::error::ProtocolError;
use crate::request::RequestError;

/// An error that ended an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ExchangeError<E> {
    /// The request's own source failed.
    Request(RequestError),
    /// The response cannot be read.
    Protocol(ProtocolError),
    /// The transport failed, or lost its connection.
    Transport(E),
}

impl<E> From<RequestError> for ExchangeError<E> {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl<E> From<ProtocolError> for ExchangeError<E> {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}
