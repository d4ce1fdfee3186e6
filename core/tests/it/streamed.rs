//! Calls of the asynchronous client whose source and sink wait.

use std::future::poll_fn;
use std::task::Poll;

use embedded_io::{ErrorKind, ErrorType};
use embedded_io_async::{Read, Write};
use scf_invoke_core::call::CALL_BUFFER_MIN;
use scf_invoke_core::error::{Delivery, Error};
use scf_invoke_core::reply::{AsyncSink, SinkError, TextField};
use scf_invoke_core::request::event::{AsyncSource, SourceError};
use scf_invoke_core::request::{RequestError, Signing};
use scf_invoke_core::sign::tc3::Method;
use scf_invoke_core::{AsyncClient, Reply, Stream, StreamError};

use crate::support::response::with_length;
use crate::support::scripted::Scripted;
use crate::support::scripted::asynchronous::{Yielding, block_on};
use crate::support::{AWKWARD, HELLO, NOW, emit, settings, signer};

/// Lets the executor go on with something else once.
async fn turn() {
    let mut waited = false;
    poll_fn(|context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

/// A file of which a few bytes come at a time, after a wait.
struct File {
    text: Vec<u8>,
    at: usize,
    piece: usize,
    rewound: usize,
    /// What the file becomes when it is read the second time.
    changes: Option<Vec<u8>>,
}

impl File {
    fn new(text: &str, piece: usize) -> Self {
        Self { text: text.into(), at: 0, piece, rewound: 0, changes: None }
    }
}

impl AsyncSource for File {
    async fn rewind(&mut self) -> Result<(), SourceError> {
        turn().await;
        self.at = 0;
        self.rewound += 1;
        if self.rewound == 2
            && let Some(text) = self.changes.take()
        {
            self.text = text;
        }
        Ok(())
    }

    async fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        turn().await;
        let rest = &self.text[self.at..];
        let count = rest.len().min(self.piece).min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

/// Keeps the pieces, and refuses them from a number of bytes on.
#[derive(Default)]
struct Card {
    result: Vec<u8>,
    log: Vec<u8>,
    room: Option<usize>,
}

impl AsyncSink for Card {
    async fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        turn().await;
        let text = if field == TextField::Result { &mut self.result } else { &mut self.log };
        text.extend_from_slice(piece);
        match self.room {
            Some(room) if text.len() > room => Err(SinkError),
            _ => Ok(()),
        }
    }
}

type Ended = Result<Reply<'static>, Error<StreamError<ErrorKind>>>;

fn invoke(stream: &Scripted, file: &mut File, card: &mut Card, size: usize) -> Ended {
    let transport = Stream::new(Yielding(stream.clone()));
    let mut client = AsyncClient::new(transport, settings(), signer());
    block_on(client.invoke_streamed(NOW, &HELLO, file, &mut vec![0; size], card))
}

fn response(result: &str) -> Vec<u8> {
    let escaped = result.replace('\u{1f600}', "\\ud83d\\ude00").replace('\n', "\\n");
    with_length(
        "200 OK",
        &format!(
            r#"{{"Response":{{"Result":{{"Log":"a log","RetMsg":"{escaped}","InvokeResult":0}},"RequestId":"r"}}}}"#
        ),
    )
}

#[test]
fn the_same_bytes_are_sent_and_the_whole_result_is_taken_whatever_the_pieces() {
    let whole = emit(&settings(), &HELLO, AWKWARD.into(), 4096).unwrap();
    let result = "0123456789\n\u{1f600}".repeat(50);
    for piece in [1, 7, 64, 1000] {
        for size in [CALL_BUFFER_MIN, 100, 4096] {
            let stream = Scripted::responding(&[response(&result)]);
            let mut card = Card::default();
            let reply = invoke(&stream, &mut File::new(AWKWARD, piece), &mut card, size).unwrap();
            assert_eq!(reply.request_id(), "r");
            assert_eq!(reply.result_text(), Ok(""));
            assert_eq!(stream.0.borrow().sent, [whole.as_slice()], "{piece} {size}");
            assert_eq!(String::from_utf8(card.result).unwrap(), result, "{piece} {size}");
            assert_eq!(card.log, b"a log");
        }
    }
}

#[test]
fn a_wrong_clock_is_corrected_and_the_source_read_anew() {
    let expired = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"x"},"RequestId":"1"}}"#;
    let stream = Scripted::responding(&[with_length("200 OK", expired), response("late")]);
    let transport = Stream::new(Yielding(stream.clone()));
    let mut client = AsyncClient::new(transport, settings(), signer());
    let (mut file, mut card) = (File::new("[1]", 2), Card::default());
    let mut buffer = [0; 256];
    let call = client.invoke_streamed(5, &HELLO, &mut file, &mut buffer, &mut card);
    assert!(block_on(call).is_ok());
    assert_eq!((file.rewound, card.result.as_slice()), (4, &b"late"[..]));
    assert_eq!(client.clock().now(5), NOW);
}

#[test]
fn a_file_that_is_not_json_or_changes_is_an_error_before_the_request_is_whole() {
    let stream = Scripted::responding(&[]);
    let error = invoke(&stream, &mut File::new("[1,", 1), &mut Card::default(), 256).unwrap_err();
    assert!(matches!(error, Error::Request(RequestError::Event(_))), "{error:?}");
    assert!(stream.0.borrow().sent.is_empty());

    for changed in ["[2]", "[1", "[1,2]"] {
        let mut file = File::new("[1]", 2);
        file.changes = Some(changed.into());
        let error = invoke(&stream, &mut file, &mut Card::default(), 256).unwrap_err();
        assert_eq!(error, Error::Request(RequestError::SourceChanged), "{changed}");
    }
}

#[test]
fn a_sink_that_is_full_ends_the_call_and_its_connection() {
    let stream = Scripted::responding(&[response(&"x".repeat(500))]);
    let transport = Stream::new(Yielding(stream.clone()));
    let mut client = AsyncClient::new(transport, settings(), signer());
    let (mut file, mut card) = (File::new("1", 1), Card::default());
    card.room = Some(100);
    let mut buffer = [0; 128];
    let call = client.invoke_streamed(NOW, &HELLO, &mut file, &mut buffer, &mut card);
    let error = block_on(call).unwrap_err();
    assert_eq!((&error, error.delivery()), (&Error::Sink, Delivery::Executed));
    assert!(!client.transport_mut().is_reusable());
}

#[test]
fn a_lost_connection_says_how_far_the_request_got() {
    let stream = Scripted::responding(&[]);
    let lost = invoke(&stream, &mut File::new("1", 1), &mut Card::default(), 256).unwrap_err();
    assert_eq!(lost.delivery(), Delivery::Unknown);
    stream.0.borrow_mut().write_limit = Some(20);
    let stream = stream.change(|script| script.sent.clear());
    let cut = invoke(&stream, &mut File::new("1", 1), &mut Card::default(), 256).unwrap_err();
    assert_eq!(cut.delivery(), Delivery::NotSent);
}

#[test]
fn a_body_that_is_not_signed_is_sent_all_the_same() {
    let unsigned = settings().signing(Signing::Tc3 { action: true, payload: false });
    let whole = emit(&unsigned, &HELLO, AWKWARD.into(), 4096).unwrap();
    let stream = Scripted::responding(&[response("x")]);
    let transport = Stream::new(Yielding(stream.clone()));
    let mut client = AsyncClient::new(transport, unsigned, signer());
    let (mut file, mut card) = (File::new(AWKWARD, 9), Card::default());
    let mut buffer = [0; 128];
    let call = client.invoke_streamed(NOW, &HELLO, &mut file, &mut buffer, &mut card);
    assert!(block_on(call).is_ok());
    assert_eq!(stream.0.borrow().sent, [whole.as_slice()]);
}

#[test]
fn a_connection_that_is_used_up_and_one_that_times_out_are_errors_of_the_transport() {
    let stream = Scripted::default().change(|script| {
        script.write_limit = Some(0);
        script.write_error = Some(ErrorKind::TimedOut);
    });
    let transport = Stream::new(Yielding(stream));
    let mut client = AsyncClient::new(transport, settings(), signer());
    let (mut file, mut card) = (File::new("1", 1), Card::default());
    let mut buffer = [0; 128];
    for expected in [StreamError::Io(ErrorKind::TimedOut), StreamError::NotReusable] {
        let call = client.invoke_streamed(NOW, &HELLO, &mut file, &mut buffer, &mut card);
        let error = block_on(call).unwrap_err();
        assert_eq!(error, Error::Transport { error: expected, delivery: Delivery::NotSent });
    }
}

#[test]
fn a_get_is_not_for_a_source_that_waits() {
    let settings = settings().method(Method::Get);
    let transport = Stream::new(Yielding(Scripted::responding(&[])));
    let mut client = AsyncClient::new(transport, settings, signer());
    let (mut file, mut card) = (File::new("1", 1), Card::default());
    let mut buffer = [0; 128];
    let call = client.invoke_streamed(NOW, &HELLO, &mut file, &mut buffer, &mut card);
    assert_eq!(block_on(call).unwrap_err(), Error::Request(RequestError::Source));
}

/// A stream, a source and a sink at their end, which any thread can have.
struct AtEnd;

impl ErrorType for AtEnd {
    type Error = ErrorKind;
}

impl Read for AtEnd {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
        Ok(0)
    }
}

impl Write for AtEnd {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

impl AsyncSource for AtEnd {
    async fn rewind(&mut self) -> Result<(), SourceError> {
        Ok(())
    }

    async fn read(&mut self, _: &mut [u8]) -> Result<usize, SourceError> {
        Ok(0)
    }
}

impl AsyncSink for AtEnd {
    async fn write(&mut self, _: TextField, _: &[u8]) -> Result<(), SinkError> {
        Ok(())
    }
}

#[test]
fn a_call_can_go_to_another_thread_where_its_parts_can() {
    fn sent<T: Send>(call: T) -> T {
        call
    }
    let mut client = AsyncClient::new(Stream::new(AtEnd), settings(), signer());
    let mut buffer = [0; 256];
    let (mut source, mut sink) = (AtEnd, AtEnd);
    let call = sent(client.invoke_streamed(NOW, &HELLO, &mut source, &mut buffer, &mut sink));
    assert!(block_on(call).is_err());
    assert!(block_on(sent(client.invoke(NOW, &HELLO, "1", &mut buffer))).is_err());
}
