//! Any response, however it is split, ends in the same value or typed error.
//!
//! Input: the buffer's size, the size of a piece, whether the texts go to a
//! sink, whether HTTP is somebody else's; then the response.

#![no_main]

use std::convert::Infallible;

use libfuzzer_sys::fuzz_target;
use scf_invoke_core::call::{CALL_BUFFER_MIN, Call, ExchangeError};
use scf_invoke_core::error::Error;
use scf_invoke_core::reply::{ReplyParts, Sink, SinkError, TextField};
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{Settings, SignedRequest};
use scf_invoke_core::sign::tc3::Signer;
use serde_json::Value;

const NOW: u64 = 1_700_000_000;

#[derive(Debug, Default, PartialEq)]
struct Texts {
    result: Vec<u8>,
    log: Vec<u8>,
}

impl Sink for Texts {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        match field {
            TextField::Result => self.result.extend_from_slice(piece),
            TextField::Log => self.log.extend_from_slice(piece),
            _ => {}
        }
        Ok(())
    }
}

/// The part of a reply that its caller sees; all but the texts in its printed
/// form.
#[derive(Debug, PartialEq)]
struct Seen {
    texts: Texts,
    fields: String,
}

#[derive(Clone, Copy)]
struct Exchange<'a> {
    response: &'a [u8],
    buffer: usize,
    to_sink: bool,
    bare_body: bool,
}

impl Exchange<'_> {
    fn run(self, piece: usize) -> Result<Seen, Error<Infallible>> {
        let settings = Settings::new(Region::AP_GUANGZHOU, "scf.tencentcloudapi.com");
        let mut signer = Signer::new("AKIDEXAMPLE", "the-secret-key").unwrap();
        let hello = Invocation::new("hello");
        let mut buffer = vec![0; self.buffer];
        let mut sink = Texts::default();
        let to: Option<&mut (dyn Sink + Send)> = if self.to_sink { Some(&mut sink) } else { None };
        let none = Event::none();
        let mut request =
            SignedRequest::new(&settings, &hello, none, &mut signer, NOW, &mut buffer).unwrap();
        let mut parts = ReplyParts::new();
        let mut call = Call::new(&mut request, &mut parts, to);
        while !call.transmit().unwrap().is_empty() {}

        let exchange = if self.bare_body {
            call.response_head(200, None);
            self.response.chunks(piece).for_each(|bytes| call.response_body(bytes));
            call.response_end();
            Ok(())
        } else {
            self.receive(&mut call, piece)
        };
        call.finish(exchange)?;
        let reply = parts.reply(&buffer)?;
        let mut texts = Texts {
            result: reply.result_text().unwrap_or_else(|error| error.result_text()).into(),
            log: reply.log().unwrap_or_default().into(),
        };
        // Whatever the values are, asking for them must work.
        let fields = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            reply.request_id(),
            reply.function_request_id(),
            reply.memory_bytes(),
            reply.duration(),
            reply.billed_duration(),
            reply.log().is_some(),
            reply.result_text().is_ok(),
            reply.result_text().err().map(|error| format!("{error:?} {:?}", error.details())),
        );
        if self.to_sink {
            texts = sink;
        }
        Ok(Seen { texts, fields })
    }

    fn receive(self, call: &mut Call<'_>, piece: usize) -> Result<(), ExchangeError<Infallible>> {
        let mut rest = self.response;
        loop {
            let window = call.window();
            assert!(!window.is_empty());
            let count = piece.min(window.len()).min(rest.len());
            let (now, later) = rest.split_at(count);
            window[..count].copy_from_slice(now);
            rest = later;
            if call.received(count)? {
                return Ok(());
            }
            assert!(count > 0, "a closed connection ends the response");
        }
    }
}

/// Returns the text of a result by another parser, if it is plainly there.
fn result_by_serde(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    // With a key twice, either may count.
    if value.to_string().len() + 8 < body.len() {
        return None;
    }
    Some(value["Response"]["Result"]["RetMsg"].as_str()?.to_owned())
}

fuzz_target!(|data: &[u8]| {
    let [buffer, piece, to_sink, bare_body, response @ ..] = data else { return };
    let exchange = Exchange {
        response,
        buffer: CALL_BUFFER_MIN + usize::from(*buffer) * 8,
        to_sink: to_sink & 1 == 1,
        bare_body: bare_body & 1 == 1,
    };
    let whole = exchange.run(usize::MAX);
    assert_eq!(exchange.run(usize::from(*piece).max(1)), whole);
    assert_eq!(exchange.run(1), whole);
    if let Err(error) = &whole {
        let _ = (format!("{error}"), error.delivery(), error.retry());
    }
    // The size that an error names is enough.
    if let Err(Error::Buffer { needed }) = whole {
        let enough = Exchange { buffer: needed, ..exchange };
        assert!(!matches!(enough.run(usize::MAX), Err(Error::Buffer { .. })));
    }
    if let (true, Ok(seen)) = (exchange.bare_body, &whole)
        && let Some(result) = result_by_serde(response)
    {
        assert_eq!(String::from_utf8_lossy(&seen.texts.result), result);
    }
});
