//! What became of a call.

use core::fmt;

use super::{CARRIED, Call, WINDOW_MIN};
use crate::bytes::Loose;
use crate::error::{ApiError, Delivery, Error, Excerpt, ProtocolError};
use crate::http::HttpError;
use crate::reply::{Answer, Fields, Outcome, Reply, ReplyError, TextLayout};
use crate::request::RequestError;

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
    /// [`conclude`](Self::conclude), for those who take what is said of either
    /// from the call itself, by its [`fields`](Self::fields),
    /// [`layout`](Self::layout) and [`excerpt`](Self::excerpt).
    pub fn judge<E>(&self, exchange: Result<(), ExchangeError<E>>) -> Result<(), Failure<E>> {
        self.verdict(exchange)
    }

    /// How the body of a strange answer begins.
    pub fn excerpt(&self) -> Excerpt {
        Excerpt::new(self.decoder.answer().beginning())
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
                return Err(Failure::Api(ServerTime(server_time)));
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

/// Why there is no reply, without what the answer says of it: that can be
/// asked of the [`Call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure<E> {
    /// The request could not be made.
    Request(RequestError),
    /// The transport failed.
    Transport {
        /// How.
        error: E,
        /// How far the request got.
        delivery: Delivery,
    },
    /// What came back is not an answer of the API.
    Protocol {
        /// What is wrong with it.
        error: ProtocolError,
        /// How far the request got.
        delivery: Delivery,
    },
    /// The service answered with an error.
    Api(ServerTime),
    /// The function was run, and its reply does not fit in the buffer.
    Buffer {
        /// The size of the buffer that is needed, in bytes.
        needed: usize,
    },
    /// The function was run, and the caller's sink did not take its reply.
    Sink,
}

/// The server's clock beside an error of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerTime(Loose<u64>);

impl ServerTime {
    /// In unix seconds, where it is known.
    pub fn seconds(self) -> Option<u64> {
        let Loose(seconds) = self.0;
        (seconds != 0).then_some(seconds)
    }
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
            Self::Api(ServerTime(server_time)) => {
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
