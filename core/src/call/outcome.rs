//! What became of a call.

use core::fmt;

use super::{CARRIED, Call, WINDOW_MIN};
use crate::error::{ApiError, Delivery, Error, Excerpt, ProtocolError};
use crate::reply::{Answer, Fields, Outcome, Reply, ReplyError, TextLayout};
use crate::request::RequestError;
use crate::wire::bytes::Loose;
use crate::wire::http::HttpError;

impl Call<'_> {
    /// Turns the end of the exchange into its outcome.
    ///
    /// Takes what the transport's
    /// [`exchange`](crate::transport::Transport::exchange) gave, and the call
    /// by reference, for moving it would take its size of stack.
    pub fn conclude<E>(
        &self,
        exchange: Result<(), ExchangeError<E>>,
    ) -> Result<Completed, Error<E>> {
        match self.verdict(exchange) {
            Ok(()) => Ok(Completed { fields: *self.fields(), layout: *self.layout() }),
            Err(failure) => failure.told(self.decoder.answer()),
        }
    }

    /// Whether there is a reply, and else why there is none: as
    /// [`conclude`](Self::conclude), for those who take the reply from the call
    /// itself, by its [`fields`](Self::fields) and [`layout`](Self::layout).
    pub fn judge<E>(&self, exchange: Result<(), ExchangeError<E>>) -> Result<(), Error<E>> {
        self.verdict(exchange).or_else(|failure| failure.told(self.decoder.answer()))
    }

    /// The same without what the answer says of a failure, which is large and
    /// can be taken from there once the call is gone.
    pub(crate) fn verdict<E>(
        &self,
        exchange: Result<(), ExchangeError<E>>,
    ) -> Result<(), Failure<E>> {
        let sent = if self.is_sent() { Delivery::Unknown } else { Delivery::NotSent };
        let (error, delivery) = match exchange {
            Err(ExchangeError::Request(error)) => return Err(Failure::Request(error)),
            Err(ExchangeError::Transport(error)) => {
                return Err(Failure::Transport { error, delivery: sent });
            }
            Err(ExchangeError::Protocol(error)) => (error, sent),
            Ok(()) if !self.complete => (ProtocolError::Http(HttpError::Truncated), sent),
            Ok(()) if self.is_api_error() => {
                let server_time = Loose(self.response.date().unwrap_or_default());
                return Err(Failure::Api { server_time });
            }
            // What answers in the API's place with 4xx has not passed it on.
            Ok(()) if matches!(self.status, 400..=499) => {
                (ProtocolError::Status(self.status), Delivery::Refused)
            }
            Ok(()) if self.status != 200 => (ProtocolError::Status(self.status), sent),
            Ok(()) => match self.decoder.error() {
                None if self.layout().is_full() => {
                    let texts = self.layout().needed();
                    let needed = texts.saturating_add(2 * (WINDOW_MIN + CARRIED));
                    return Err(Failure::Buffer { needed });
                }
                None => return Ok(()),
                Some(ReplyError::Sink) => return Err(Failure::Sink),
                Some(error) => (ProtocolError::Reply(error), sent),
            },
        };
        Err(Failure::Protocol { error, delivery })
    }

    fn is_api_error(&self) -> bool {
        self.decoder.error().is_none() && self.fields().outcome() == Outcome::ApiError
    }

    /// What a reply says beside its texts.
    pub fn fields(&self) -> &Fields {
        self.decoder.answer().fields()
    }

    /// Where the texts of a reply are in the call's buffer.
    pub fn layout(&self) -> &TextLayout {
        self.decoder.answer().layout()
    }
}

/// Why there is no reply, without what the answer says of it.
pub(crate) enum Failure<E> {
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
        server_time: Loose<u64>,
    },
    Buffer {
        needed: usize,
    },
    Sink,
}

impl<E> Failure<E> {
    /// The same as an error, with what the answer says. It is made as the
    /// result that it is for, which saves moving it.
    pub(crate) fn told<T>(self, answer: &Answer) -> Result<T, Error<E>> {
        match self {
            Self::Request(error) => Err(Error::Request(error)),
            Self::Transport { error, delivery } => Err(Error::Transport { error, delivery }),
            Self::Protocol { error, delivery } => {
                let excerpt = Excerpt::new(answer.beginning());
                Err(Error::Protocol { error, excerpt, delivery })
            }
            Self::Api { server_time } => {
                Err(Error::Api(ApiError::new(answer.fields(), server_time)))
            }
            Self::Buffer { needed } => Err(Error::Buffer { needed }),
            Self::Sink => Err(Error::Sink),
        }
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
        let texts = self.layout.texts(buffer).ok_or(Utf8Error)?;
        Ok(Reply::new(&self.fields, texts))
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
