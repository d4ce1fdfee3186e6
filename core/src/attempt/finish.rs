//! The end of a call: a reply, or an error that says how far the request got.

use super::Delivery;
use super::received::{self, Received, Response};
use crate::call::{Call, ExchangeError};
use crate::error::{ApiError, Error, ProtocolError};
use crate::reply::{ReplyClass, ReplyParts, details_in};
use crate::request::RequestError;
use crate::wire::bytes::Align32;
use crate::wire::http::HttpError;
use crate::wire::utf8;

impl Call<'_> {
    /// Ends the call: the reply is in the [`ReplyParts`] that were lent to it,
    /// or there is an error.
    ///
    /// Takes what the transport's
    /// [`exchange`](crate::transport::Transport::exchange) returned.
    ///
    /// # Errors
    /// Returns an error where there is no reply.
    pub fn finish<E>(&self, exchange: Result<(), ExchangeError<E>>) -> Result<(), Error<E>> {
        self.ended(exchange).or_else(|error| error.fail(self.parts()))
    }

    /// Returns what came back, for [`Attempts::end`](super::Attempts::end).
    pub fn classify<E>(&self, exchange: &Result<(), ExchangeError<E>>) -> Received<'_> {
        let response = match exchange {
            Err(ExchangeError::Request(_)) => return Received::Stopped,
            Err(ExchangeError::Protocol(error)) => Response::Foreign(*error),
            // The connection was lost in the middle of a response, if not before.
            Err(ExchangeError::Transport(_)) => Response::TRUNCATED,
            Ok(()) => self.response(),
        };
        let status = match self.fields().class() {
            ReplyClass::FunctionFailed => {
                let result = self.result_bytes();
                let valid = result.get(..utf8::valid_up_to(result)).unwrap_or_default();
                details_in(valid).status_code
            }
            _ => None,
        };
        Received::new(response, &self.fields(), status)
    }

    /// Ends the call as [`finish`](Self::finish) does, without the error's
    /// details, which are large and can be taken from the reply's parts once
    /// the call is gone.
    pub(crate) fn ended<E>(
        &self,
        exchange: Result<(), ExchangeError<E>>,
    ) -> Result<(), CallError<E>> {
        let response = match exchange {
            Err(ExchangeError::Request(error)) => return Err(CallError::Request(error)),
            Err(ExchangeError::Transport(error)) => {
                let delivery = self.delivery(ProtocolError::Http(HttpError::Truncated));
                return Err(CallError::Transport { error, delivery });
            }
            Err(ExchangeError::Protocol(error)) => Response::Foreign(error),
            Ok(()) => self.response(),
        };
        Err(match response {
            Response::Reply => return Ok(()),
            Response::ApiError => CallError::Api { server_time: self.server_time_or_zero() },
            Response::Untaken if self.layout().is_full() => {
                CallError::Buffer { needed: self.buffer_needed() }
            }
            Response::Untaken => CallError::Sink,
            Response::Foreign(error) => {
                CallError::Protocol { error, delivery: self.delivery(error) }
            }
        })
    }

    /// Returns what the response is, which is at its end unless the connection
    /// was lost.
    fn response(&self) -> Response {
        let read = self.decoded();
        if read.is_ok() && !self.is_complete() {
            return Response::TRUNCATED;
        }
        let (fields, asynchronous) = (self.fields(), self.is_asynchronous());
        match Response::new(self.http_status(), read, &fields, asynchronous) {
            Response::Reply if self.layout().is_full() => Response::Untaken,
            response => response,
        }
    }

    /// Returns the delivery of a request whose response is not the API's.
    #[inline(never)]
    fn delivery(&self, error: ProtocolError) -> Delivery {
        received::foreign(error, self.fields().has_content(), self.is_sent())
    }
}

/// An error of a call, without the details from the response.
pub(crate) enum CallError<E> {
    Request(RequestError),
    Transport {
        error: E,
        delivery: Delivery,
    },
    Protocol {
        error: ProtocolError,
        delivery: Delivery,
    },
    /// 0 where the server's time is not known.
    Api {
        server_time: Align32<u64>,
    },
    Buffer {
        needed: usize,
    },
    Sink,
}

impl<E> CallError<E> {
    /// Fails with the whole error, which has what the response says.
    ///
    /// Made as the result that it is for, which saves moving it: 200 bytes of
    /// flash.
    pub(crate) fn fail<T>(self, parts: &ReplyParts) -> Result<T, Error<E>> {
        match self {
            Self::Request(error) => Err(Error::Request(error)),
            Self::Transport { error, delivery } => Err(Error::Transport { error, delivery }),
            Self::Protocol { error, delivery } => {
                let excerpt = parts.excerpt();
                Err(Error::Protocol { error, excerpt, delivery })
            }
            Self::Api { server_time } => {
                Err(Error::Api(ApiError::new(parts.fields(), server_time)))
            }
            Self::Buffer { needed } => Err(Error::Buffer { needed }),
            Self::Sink => Err(Error::Sink),
        }
    }
}
