//! What became of a call.

use core::fmt;

use super::{CARRIED, Call, WINDOW_MIN};
use crate::error::{ApiError, Delivery, Error, Excerpt, ProtocolError};
use crate::http::HttpError;
use crate::reply::{Fields, Outcome, Reply, ReplyError, TextLayout};
use crate::request::RequestError;

impl Call<'_> {
    /// How the body began.
    fn excerpt(&self) -> Excerpt {
        Excerpt::of(self.emitter.kept(self.begun))
    }

    /// Turns the end of the exchange into its outcome.
    ///
    /// Takes what the transport's
    /// [`exchange`](crate::transport::Transport::exchange) gave, and the call
    /// by reference, for moving it would take its size of stack.
    #[inline(never)]
    pub fn conclude<E>(
        &self,
        exchange: Result<(), ExchangeError<E>>,
    ) -> Result<Completed, Error<E>> {
        let sent = if self.is_sent() { Delivery::Unknown } else { Delivery::NotSent };
        match exchange {
            Ok(()) => {}
            Err(ExchangeError::Request(error)) => return Err(Error::Request(error)),
            Err(ExchangeError::Transport(error)) => {
                return Err(Error::Transport { error, delivery: sent });
            }
            Err(ExchangeError::Protocol(error)) => {
                return Err(Error::Protocol { error, excerpt: self.excerpt(), delivery: sent });
            }
        }
        let protocol = |error, excerpt, delivery| Err(Error::Protocol { error, excerpt, delivery });
        if !self.complete {
            return protocol(ProtocolError::Http(HttpError::Truncated), self.excerpt(), sent);
        }
        let is_error = self.decoder.fields().outcome() == Outcome::ApiError;
        if self.reply_error.is_none() && is_error {
            let fields = self.decoder.fields().clone();
            return Err(Error::Api(ApiError::new(fields, self.response.date())));
        }
        if self.status != 200 {
            // What answers in the API's place with 4xx has not passed it on.
            let delivery = match self.status {
                400..=499 => Delivery::Refused,
                _ => sent,
            };
            return protocol(ProtocolError::Status(self.status), self.excerpt(), delivery);
        }
        match self.reply_error {
            None => {}
            Some(ReplyError::Sink) => return Err(Error::Sink),
            Some(error) => {
                return protocol(ProtocolError::Reply(error), self.excerpt(), sent);
            }
        }
        let layout = self.decoder.layout();
        if layout.is_full() {
            let needed = layout.needed().saturating_add(2 * (WINDOW_MIN + CARRIED));
            return Err(Error::Buffer { needed });
        }
        Ok(Completed { fields: self.decoder.fields().clone(), layout: layout.clone() })
    }
}

/// A finished call with a reply; its texts are still in the call's buffer.
#[derive(Clone, Debug)]
pub struct Completed {
    fields: Fields,
    layout: TextLayout,
}

impl Completed {
    /// The reply, with its texts from the buffer that the call was made with.
    pub fn reply(self, buffer: &[u8]) -> Result<Reply<'_>, Utf8Error> {
        Reply::new(self.fields, &self.layout, buffer).ok_or(Utf8Error)
    }
}

/// The function's result or log is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utf8Error;

impl fmt::Display for Utf8Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the function's result or log is not UTF-8")
    }
}

impl core::error::Error for Utf8Error {}

impl<E> From<Utf8Error> for Error<E> {
    fn from(_: Utf8Error) -> Self {
        Self::Protocol {
            error: ProtocolError::Utf8,
            excerpt: Excerpt::default(),
            delivery: Delivery::Executed,
        }
    }
}

/// Why an exchange did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExchangeError<E> {
    /// The request's own source failed.
    Request(RequestError),
    /// What came back cannot be read.
    Protocol(ProtocolError),
    /// The transport failed.
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
