//! What became of a call.

use core::fmt;

use super::{CARRIED, Call, WINDOW_MIN};
use crate::error::{ApiError, Delivery, Error, Excerpt, ProtocolError};
use crate::error_code::ErrorCode;
use crate::http::HttpError;
use crate::reply::{Fields, Outcome, Reply, ReplyError, TextLayout};
use crate::request::RequestError;
use crate::retry::{Clock, Retry};

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
        let mut error = Error::Sink;
        if self.failed(exchange, &mut error) {
            return Err(error);
        }
        Ok(Completed { fields: *self.decoder.fields(), layout: *self.decoder.layout() })
    }

    /// The same, as a reply that has yet to find its texts by `layout`, in the
    /// place of an error.
    #[inline(never)]
    pub(crate) fn put_reply<E>(
        &self,
        exchange: Result<(), ExchangeError<E>>,
        outcome: &mut Result<Reply<'_>, Error<E>>,
        layout: &mut TextLayout,
    ) {
        if let Err(error) = outcome
            && self.failed(exchange, error)
        {
            return;
        }
        *layout = *self.decoder.layout();
        *outcome = Ok(const { Reply::new() });
        // Apart, or else they are copied twice.
        if let Ok(reply) = outcome {
            reply.set_fields(self.decoder.fields());
        }
    }

    /// Whether the request was refused for a wrong clock, which is now right,
    /// so that another try is worth it.
    pub(crate) fn corrects<E>(
        &self,
        exchange: &Result<(), ExchangeError<E>>,
        clock: &mut Clock,
        now: u64,
    ) -> bool {
        exchange.is_ok()
            && self.complete
            && self.is_api_error()
            && ErrorCode::retry(self.decoder.fields().error_code().as_str())
                == Retry::AfterClockCorrection
            && self.response.date().is_some_and(|server| clock.learn(now, server))
    }

    fn is_api_error(&self) -> bool {
        self.decoder.error().is_none() && self.decoder.fields().outcome() == Outcome::ApiError
    }

    /// Whether there is no reply, and why: as [`conclude`](Self::conclude),
    /// for those who take a reply from the call itself. What is large is
    /// written where it is wanted: moving it there costs stack and flash.
    pub fn failed<E>(
        &self,
        exchange: Result<(), ExchangeError<E>>,
        failure: &mut Error<E>,
    ) -> bool {
        let sent = if self.is_sent() { Delivery::Unknown } else { Delivery::NotSent };
        let (error, delivery) = match exchange {
            Err(ExchangeError::Request(error)) => {
                *failure = Error::Request(error);
                return true;
            }
            Err(ExchangeError::Transport(error)) => {
                *failure = Error::Transport { error, delivery: sent };
                return true;
            }
            Err(ExchangeError::Protocol(error)) => (error, sent),
            Ok(()) if !self.complete => (ProtocolError::Http(HttpError::Truncated), sent),
            Ok(()) if self.is_api_error() => {
                *failure = Error::Api(const { ApiError::new() });
                if let Error::Api(error) = failure {
                    error.set(self.decoder.fields(), self.response.date());
                }
                return true;
            }
            // What answers in the API's place with 4xx has not passed it on.
            Ok(()) if matches!(self.status, 400..=499) => {
                (ProtocolError::Status(self.status), Delivery::Refused)
            }
            Ok(()) if self.status != 200 => (ProtocolError::Status(self.status), sent),
            Ok(()) => match self.decoder.error() {
                None if self.decoder.layout().is_full() => {
                    let texts = self.decoder.layout().needed();
                    let needed = texts.saturating_add(2 * (WINDOW_MIN + CARRIED));
                    *failure = Error::Buffer { needed };
                    return true;
                }
                None => return false,
                Some(ReplyError::Sink) => {
                    *failure = Error::Sink;
                    return true;
                }
                Some(error) => (ProtocolError::Reply(error), sent),
            },
        };
        *failure = Error::Protocol { error, excerpt: const { Excerpt::new() }, delivery };
        if let Error::Protocol { excerpt, .. } = failure {
            excerpt.set(self.emitter.kept(self.begun));
        }
        true
    }

    /// What a reply says beside its texts.
    pub fn fields(&self) -> &Fields {
        self.decoder.fields()
    }

    /// Where the texts of a reply are in the call's buffer.
    pub fn layout(&self) -> &TextLayout {
        self.decoder.layout()
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
        let mut reply = Reply::new();
        reply.set_fields(&self.fields);
        if reply.find_texts(&self.layout, buffer) { Ok(reply) } else { Err(Utf8Error) }
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
