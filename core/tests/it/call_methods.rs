//! A call by its methods: what each gives where, and what is left after it.

use crate::support::response::{DOCUMENTED, with_length};
use crate::support::{HELLO, NOW, settings, signer, transmitted};
use scf_invoke_core::attempt::{Received, Retry};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::error::{Delivery, Error, ProtocolError};
use scf_invoke_core::reply::{ReplyParts, Sink, SinkError, TextField};
use scf_invoke_core::request::event::{self, Event, SourceError};
use scf_invoke_core::request::{RequestError, SignedRequest};
use scf_invoke_core::wire::http::HttpError;

/// Gives `work` a call with this event, in this buffer and with this sink.
fn with_call<T>(
    mut event: Event<'_>,
    buffer: &mut [u8],
    sink: Option<&mut (dyn Sink + Send)>,
    work: impl FnOnce(&mut Call<'_>) -> T,
) -> T {
    let (mut signer, settings) = (signer(), settings());
    let event = event.reborrow();
    let mut request =
        SignedRequest::new(&settings, &HELLO, event, &mut signer, NOW, buffer).unwrap();
    let mut parts = ReplyParts::new();
    let sink = sink.map(|sink| sink as &mut (dyn Sink + Send));
    let mut call = Call::new(&mut request, &mut parts, sink);
    work(&mut call)
}

#[test]
fn delivery_follows_what_was_given_out() {
    let conclude = |bytes: usize, failed: bool| {
        with_call("[1,2,3]".into(), &mut [0; 64], None, |call| {
            let mut out = 0;
            while out < bytes {
                match call.transmit().unwrap() {
                    [] => break,
                    piece => out += piece.len(),
                }
            }
            if failed {
                call.transmit_failed();
            }
            match call.finish(Err(ExchangeError::Transport(()))) {
                Err(error) => (error.delivery(), error.retry()),
                Ok(_) => panic!("no error"),
            }
        })
    };
    assert_eq!(conclude(0, false), (Delivery::NotSent, Retry::AfterBackoff));
    assert_eq!(conclude(100, false), (Delivery::NotSent, Retry::AfterBackoff));
    assert_eq!(conclude(usize::MAX, false), (Delivery::Unknown, Retry::Never));
    // The stream refused the last piece, so the request is not whole.
    assert_eq!(conclude(usize::MAX, true), (Delivery::NotSent, Retry::AfterBackoff));
}

#[test]
fn a_transport_with_its_own_http_gives_the_same_reply() {
    let mut buffer = [0; 256];
    let text = with_call("{}".into(), &mut buffer, None, |call| {
        call.head(&mut [0; 1024]).unwrap();
        while !call.body().unwrap().is_empty() {}
        call.response_head(200, Some("Tue, 14 Nov 2023 22:13:20 GMT"));
        for piece in DOCUMENTED.as_bytes().chunks(11) {
            call.response_body(piece);
        }
        call.response_end();
        call.finish::<()>(Ok(())).unwrap();
        call.layout().result(DOCUMENTED.as_bytes()).map(<[u8]>::len)
    });
    assert_eq!(text, Some(14));
    assert!(buffer.starts_with(b"hello from scf"));

    with_call("{}".into(), &mut buffer, None, |call| {
        call.response_head(200, None);
        call.response_body(&DOCUMENTED.as_bytes()[..100]);
        call.response_end();
        assert!(matches!(
            call.finish::<()>(Ok(())),
            Err(Error::Protocol { error: ProtocolError::Reply(_), .. })
        ));
    });
}

#[test]
fn a_call_that_was_not_finished_is_truncated() {
    with_call("{}".into(), &mut [0; 256], None, |call| {
        assert!(matches!(
            call.finish::<()>(Ok(())),
            Err(Error::Protocol { error: ProtocolError::Http(HttpError::Truncated), .. })
        ));
    });
}

#[test]
fn a_request_that_was_measured_is_the_same_again() {
    let mut list = event::from_fn(|index, piece| {
        piece.push_str(if index == 0 { "[" } else { "1]" }).map_err(|_| SourceError)?;
        Ok(index < 2)
    });
    with_call(Event::source(&mut list), &mut [0; 64], None, |call| {
        let first = transmitted(call).unwrap();
        call.rewind();
        assert!(!call.is_sent());
        assert_eq!(transmitted(call).unwrap(), first);
        assert!(call.is_sent());
    });
}

#[test]
fn an_answer_can_be_lent_again() {
    let (mut signer, settings) = (signer(), settings());
    let mut buffer = [0; 512];
    let mut parts = ReplyParts::new();
    let error = r#"{"Response":{"Error":{"Code":"InternalError","Message":"why"}}}"#;
    for (status, body, expected) in [
        (200, error, Err("InternalError: why")),
        (502, "<html>", Err("the response has HTTP status 502")),
        (200, DOCUMENTED, Ok("hello from scf")),
    ] {
        let none = Event::none();
        let mut request =
            SignedRequest::new(&settings, &HELLO, none, &mut signer, NOW, &mut buffer).unwrap();
        let mut call = Call::new(&mut request, &mut parts, None);
        call.response_head(status, None);
        call.response_body(body.as_bytes());
        call.response_end();
        match call.finish::<std::fmt::Error>(Ok(())) {
            Ok(()) => {
                let reply = parts.reply(&buffer).unwrap();
                assert_eq!(reply.result_text().unwrap(), expected.unwrap());
                assert!(reply.fields().message().is_empty());
            }
            Err(error) => {
                let error = error.to_string();
                assert!(error.starts_with(expected.unwrap_err()), "{error}");
                assert_eq!(error.ends_with("it begins: <html>"), status == 502, "{error}");
            }
        }
    }
}

#[test]
fn a_head_that_does_not_fit_names_the_size_that_does() {
    with_call("{}".into(), &mut [0; 64], None, |call| {
        for size in [0, 63, 64, 300] {
            let Err(RequestError::Buffer { needed }) = call.head(&mut vec![0; size]) else {
                panic!("{size} bytes are not enough");
            };
            assert!(needed > size, "{needed}");
            if size >= 64 {
                assert_eq!(call.head(&mut vec![0; needed]).unwrap().as_bytes().len(), needed);
            }
        }
        let mut out = [0; 1024];
        let head = call.head(&mut out).unwrap();
        assert_eq!((head.method(), head.target()), ("POST", "/"));
        assert!(head.fields().any(|field| field == ("X-TC-Action", "Invoke")));
        assert_eq!(call.body().unwrap(), br#"{"FunctionName":"hello","ClientContext":"{}"}"#);
    });
}

#[test]
fn a_finished_call_takes_no_more() {
    with_call(Event::none(), &mut [0; 512], None, |call| {
        transmitted(call).unwrap();
        for byte in with_length("200 OK", DOCUMENTED) {
            call.window()[0] = byte;
            call.received(1).unwrap();
        }
        assert_eq!(call.received(1), Ok(true));
        assert_eq!(call.received(0), Ok(true));
        assert!(call.keep_alive());
    });
}

/// Takes so many bytes of text.
struct Room(usize);

impl Sink for Room {
    fn write(&mut self, _: TextField, piece: &[u8]) -> Result<(), SinkError> {
        self.0 = self.0.checked_sub(piece.len()).ok_or(SinkError)?;
        Ok(())
    }
}

#[test]
fn a_sink_that_refuses_is_the_callers_own_error() {
    for (room, fits) in [(13, false), (14, true)] {
        let mut sink = Room(room);
        with_call(Event::none(), &mut [0; 64], Some(&mut sink), |call| {
            transmitted(call).unwrap();
            call.response_head(200, None);
            for piece in DOCUMENTED.as_bytes().chunks(10) {
                call.response_body(piece);
            }
            call.response_end();
            match call.finish::<()>(Ok(())) {
                Ok(_) => assert!(fits),
                Err(error) => {
                    assert!(!fits);
                    assert_eq!(error, Error::Sink);
                    // Only a function that ran has a result to refuse.
                    assert_eq!(error.delivery(), Delivery::Executed);
                }
            }
        });
    }
}

/// Looks at a call after a response through a transport with its own HTTP.
fn with_response<T>(body: &str, sink: &mut Kept, look: impl FnOnce(&mut Call<'_>) -> T) -> T {
    with_call("{}".into(), &mut [0; 256], Some(sink), |call| {
        transmitted(call).unwrap();
        call.response_head(200, None);
        call.response_retry_after(7);
        call.response_body(body.as_bytes());
        call.response_end();
        look(call)
    })
}

/// A sink that keeps what it takes, up to a size.
#[derive(Default)]
struct Kept {
    result: Vec<u8>,
    limit: usize,
}

impl Sink for Kept {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        if field == TextField::Result {
            if self.result.len() + piece.len() > self.limit {
                return Err(SinkError);
            }
            self.result.extend_from_slice(piece);
        }
        Ok(())
    }

    fn kept_result(&self) -> Option<&[u8]> {
        Some(&self.result)
    }
}

#[test]
fn the_status_of_a_failed_function_is_read_from_what_a_sink_keeps() {
    let limited = r#"{"Response":{"Result":{"RetMsg":"{\"statusCode\":432}","InvokeResult":1}}}"#;
    let mut sink = Kept { limit: 1000, ..Kept::default() };
    with_response(limited, &mut sink, |call| {
        assert_eq!(call.retry_after(), Some(7));
        let received = call.classify::<()>(&Ok(()));
        assert_eq!(received, Received::FunctionFailed { status: Some(432) });
        assert_eq!(received.delivery(true), Delivery::Refused);
    });
    // A sink that keeps nothing leaves it open.
    struct Nothing;
    impl Sink for Nothing {
        fn write(&mut self, _: TextField, _: &[u8]) -> Result<(), SinkError> {
            Ok(())
        }
    }
    with_call("{}".into(), &mut [0; 256], Some(&mut Nothing), |call| {
        transmitted(call).unwrap();
        call.response_head(200, None);
        call.response_body(limited.as_bytes());
        call.response_end();
        let received = call.classify::<()>(&Ok(()));
        assert_eq!(received, Received::FunctionFailed { status: None });
        assert_eq!(received.delivery(true), Delivery::Executed);
    });
}

#[test]
fn nothing_is_read_on_once_the_sink_refuses() {
    let mut sink = Kept { limit: 5, ..Kept::default() };
    with_call("{}".into(), &mut [0; 64], Some(&mut sink), |call| {
        transmitted(call).unwrap();
        let response = with_length("200 OK", DOCUMENTED);
        let mut given = 0;
        for byte in &response {
            call.window()[0] = *byte;
            given += 1;
            if call.received(1).unwrap() {
                break;
            }
        }
        assert!(given < response.len(), "the rest is not wanted");
        assert!(!call.keep_alive());
        assert_eq!(call.finish::<()>(Ok(())), Err(Error::Sink));
        assert_eq!(call.classify::<()>(&Ok(())), Received::Untaken);
    });
}

#[test]
fn a_request_that_was_cut_off_gives_no_more_bytes() {
    with_call("[1,2,3]".into(), &mut [0; 64], None, |call| {
        assert!(!call.transmit().unwrap().is_empty());
        call.transmit_failed();
        assert_eq!(call.transmit(), Ok(&[][..]));
        assert!(!call.is_sent());
        // The server closes, and has answered nothing.
        let closed = call.received(0).unwrap_err();
        let error = call.finish::<()>(Err(closed.into())).unwrap_err();
        assert_eq!((error.delivery(), error.retry()), (Delivery::NotSent, Retry::AfterBackoff));
    });
}

#[test]
fn a_source_that_fails_stops_the_attempt() {
    with_call("{}".into(), &mut [0; 64], None, |call| {
        let failed = Err(ExchangeError::<()>::Request(RequestError::Source));
        let received = call.classify(&failed);
        assert_eq!((received, received.delivery(false)), (Received::Stopped, Delivery::NotSent));
        assert_eq!(call.finish(failed), Err(Error::Request(RequestError::Source)));
    });
    assert_eq!(format!("{:?}", ReplyParts::default()), format!("{:?}", ReplyParts::new()));
}
