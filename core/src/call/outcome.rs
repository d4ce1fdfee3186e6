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
        match self.judge(exchange) {
            Ok(()) => {
                let (fields, layout) = (*self.decoder.fields(), *self.decoder.layout());
                Ok(Completed { fields, layout })
            }
            Err(failure) => Err(self.error(failure)),
        }
    }

    /// The same, as a reply that has yet to find its texts by `layout`.
    #[inline(never)]
    pub(crate) fn put_reply<E>(
        &self,
        exchange: Result<(), ExchangeError<E>>,
        outcome: &mut Result<Reply<'_>, Error<E>>,
        layout: &mut TextLayout,
    ) {
        match self.judge(exchange) {
            Ok(()) => {
                *layout = *self.decoder.layout();
                *outcome = Ok(const { Reply::new() });
                // Apart, or else they are copied twice.
                if let Ok(reply) = outcome {
                    reply.set_fields(self.decoder.fields());
                }
            }
            Err(failure) => self.put_error(failure, outcome),
        }
    }

    /// Apart, so that an answer without error does not pay for it in stack.
    #[inline(never)]
    fn put_error<E>(&self, failure: Failure<E>, outcome: &mut Result<Reply<'_>, Error<E>>) {
        *outcome = Err(self.error(failure));
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
        self.reply_error.is_none() && self.decoder.fields().outcome() == Outcome::ApiError
    }

    /// Whether there is a reply: as [`conclude`](Self::conclude), for those
    /// who take what else they want to know from the call itself, where it
    /// stands, and not from a copy.
    pub fn judge<E>(&self, exchange: Result<(), ExchangeError<E>>) -> Result<(), Failure<E>> {
        let sent = if self.is_sent() { Delivery::Unknown } else { Delivery::NotSent };
        match exchange {
            Ok(()) => {}
            Err(ExchangeError::Request(error)) => return Err(Failure::Request(error)),
            Err(ExchangeError::Transport(error)) => return Err(Failure::Transport(error, sent)),
            Err(ExchangeError::Protocol(error)) => return Err(Failure::Protocol(error, sent)),
        }
        if !self.complete {
            return Err(Failure::Protocol(ProtocolError::Http(HttpError::Truncated), sent));
        }
        if self.is_api_error() {
            return Err(Failure::Api);
        }
        if self.status != 200 {
            // What answers in the API's place with 4xx has not passed it on.
            let delivery = match self.status {
                400..=499 => Delivery::Refused,
                _ => sent,
            };
            return Err(Failure::Protocol(ProtocolError::Status(self.status), delivery));
        }
        match self.reply_error {
            None => {}
            Some(ReplyError::Sink) => return Err(Failure::Sink),
            Some(error) => return Err(Failure::Protocol(ProtocolError::Reply(error), sent)),
        }
        if self.decoder.layout().is_full() {
            let texts = self.decoder.layout().needed();
            let needed = texts.saturating_add(2 * (WINDOW_MIN + CARRIED));
            return Err(Failure::Buffer { needed });
        }
        Ok(())
    }

    /// What the answer says beside its texts: an error of the API, or the
    /// fields of a reply.
    pub fn fields(&self) -> &Fields {
        self.decoder.fields()
    }

    /// Where the texts of a reply are in the call's buffer.
    pub fn layout(&self) -> &TextLayout {
        self.decoder.layout()
    }

    /// How the body of an answer begins that is not the API's.
    pub fn excerpt(&self) -> Excerpt {
        Excerpt::of(self.emitter.kept(self.begun))
    }

    /// The server's clock by the Date header, in unix seconds.
    pub fn server_time(&self) -> Option<u64> {
        self.response.date()
    }

    /// Puts an error together where it is wanted, from what the call knows.
    fn error<E>(&self, failure: Failure<E>) -> Error<E> {
        match failure {
            Failure::Request(error) => Error::Request(error),
            Failure::Transport(error, delivery) => Error::Transport { error, delivery },
            Failure::Protocol(error, delivery) => {
                Error::Protocol { error, excerpt: self.excerpt(), delivery }
            }
            Failure::Api => Error::Api(ApiError::new(*self.decoder.fields(), self.server_time())),
            Failure::Buffer { needed } => Error::Buffer { needed },
            Failure::Sink => Error::Sink,
        }
    }
}

/// Why there is no reply; what else an [`Error`] says, the call knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure<E> {
    /// The request is impossible; nothing was sent.
    Request(RequestError),
    /// The transport failed, and the request got so far.
    Transport(E, Delivery),
    /// What came back is not an answer of the API.
    Protocol(ProtocolError, Delivery),
    /// The service answered with an error.
    Api,
    /// The function was run, and its reply does not fit in the buffer.
    Buffer {
        /// The size of the buffer that is needed, in bytes.
        needed: usize,
    },
    /// The function was run, and the caller's sink did not take its reply.
    Sink,
}

impl<E> Failure<E> {
    /// How far the request got; `code` is the API's error code.
    pub fn delivery(&self, code: &str) -> Delivery {
        match self {
            Self::Request(_) => Delivery::NotSent,
            Self::Transport(_, delivery) | Self::Protocol(_, delivery) => *delivery,
            Self::Api => Delivery::refused_with(code),
            Self::Buffer { .. } | Self::Sink => Delivery::Executed,
        }
    }

    /// What could make another try succeed, without running the function
    /// twice; `code` is the API's error code.
    pub fn retry(&self, code: &str) -> Retry {
        match self {
            Self::Transport(_, Delivery::NotSent)
            | Self::Protocol(ProtocolError::Status(429), _) => Retry::AfterBackoff,
            Self::Api => ErrorCode::retry(code),
            _ => Retry::Never,
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
