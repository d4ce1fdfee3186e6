//! From what a call has collected to its reply or its error.

use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::error::{Delivery, Error as CoreError, ProtocolError};
use scf_invoke_core::reply::{ReplyClass, ReplyParts};
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{Settings, SignedRequest};
use scf_invoke_core::sign::tc3::Signer;

use super::collect::{Collector, Refusal};
use crate::{ApiError, Error, FunctionError, Invocation, Reply, StreamError};

/// Returns the error of an exchange; where the collector refused to go on, it
/// knows why.
pub(super) fn call_error(
    error: CoreError<StreamError>,
    collector: &mut Collector<'_>,
    reply_limit: usize,
) -> Error {
    match (collector.refusal.take(), error) {
        (Some(Refusal::Writer(error)), _) => Error::Writer(error),
        (_, CoreError::Request(error)) => Error::Request(error),
        (_, CoreError::Transport { error, delivery }) => Error::from_stream(error, delivery),
        (_, CoreError::Protocol { error, excerpt, delivery }) => {
            Error::Protocol { error, excerpt: Box::new(excerpt), delivery }
        }
        (_, CoreError::Api(error)) => {
            Error::Api(Box::new(ApiError::new(error, text(&mut collector.api_message))))
        }
        _ => Error::ReplyTooLarge { limit: reply_limit },
    }
}

/// Returns the reply of a call that has finished, or the function's failure.
pub(super) fn reply(parts: &ReplyParts, collector: &mut Collector<'_>) -> Result<Reply, Error> {
    let utf8 = || Error::Protocol {
        error: ProtocolError::Utf8,
        excerpt: Box::default(),
        delivery: Delivery::Executed,
    };
    let reply = parts.reply(&[]).map_err(|_| utf8())?;
    let failed = reply.fields().class() == ReplyClass::FunctionFailed;
    let result_text = if failed {
        // The text that is kept may end inside a character.
        text(&mut collector.result)
    } else if collector.has_writer() {
        String::new()
    } else {
        String::from_utf8(std::mem::take(&mut collector.result)).map_err(|_| utf8())?
    };
    let log = reply.log().map(|_| text(&mut collector.log));
    let reply = Reply { fields: *reply.fields(), result_text, log };
    if failed {
        let message = text(&mut collector.function_message);
        return Err(Error::Function(Box::new(FunctionError::new(reply, message))));
    }
    Ok(reply)
}

/// Takes a text; what is not UTF-8 in it is replaced.
fn text(bytes: &mut Vec<u8>) -> String {
    String::from_utf8(std::mem::take(bytes))
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Returns what a call would come to that gets this body as its response.
pub(crate) fn from_body(body: &str) -> Result<Reply, Error> {
    let mut signer = Signer::new("AKIDEXAMPLE", "the-secret-key")
        .map_err(|error| Error::from(crate::ConfigurationError::Identity(error)))?;
    let settings = Settings::new(Region::AP_GUANGZHOU, "scf.tencentcloudapi.com");
    let invocation = Invocation::new("any");
    let mut buffer = [0; 1024];
    let event = Event::none();
    let mut request =
        SignedRequest::new(&settings, &invocation, event, &mut signer, 0, &mut buffer)?;
    let mut collector = Collector::new(None, usize::MAX);
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, Some(&mut collector));
    while !call.transmit()?.is_empty() {}
    call.response_head(200, None);
    call.response_body(body.as_bytes());
    call.response_end();
    match call.finish(Ok::<(), ExchangeError<StreamError>>(())) {
        Ok(()) => reply(&parts, &mut collector),
        Err(error) => Err(call_error(error, &mut collector, usize::MAX)),
    }
}
