//! The clients over byte streams: exchanges, early answers, clocks.

use crate::support::scripted::Scripted;
use crate::support::{HELLO, NOW, Parsed, settings, signer};
use embedded_io::ErrorKind;
use scf_invoke_core::call::CALL_BUFFER_MIN;
use scf_invoke_core::client::Client;
use scf_invoke_core::error::{Delivery, Error};
use scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke_core::reply::{Sink, SinkError, TextField};
use scf_invoke_core::request::Language;
use scf_invoke_core::request::event::{Event, SourceError, from_fn};
use scf_invoke_core::transport::{Stream, StreamError};

fn answer(extra: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{extra}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn success(result: &str) -> Vec<u8> {
    let body = format!(r#"{{"Response":{{"Result":{{"RetMsg":"{result}"}},"RequestId":"r"}}}}"#);
    answer("", &body)
}

fn expired(date: &str) -> Vec<u8> {
    let body = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"late"},"RequestId":"r"}}"#;
    answer(date, body)
}

const DATE: &str = "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n";

fn client(stream: &Scripted) -> Client<'static, Stream<Scripted>> {
    Client::new(Stream::new(stream.clone()), settings(), signer())
}

#[test]
fn one_connection_carries_call_after_call() {
    let stream = Scripted::responding(&[success("one"), success("two")]);
    let mut client = client(&stream);
    let mut buffer = [0; 256];
    for result in ["one", "two"] {
        let reply = client.invoke(NOW, &HELLO, "{}", &mut buffer).unwrap();
        assert_eq!(reply.result_text(), Ok(result));
        assert!(client.transport_mut().is_reusable());
    }
    assert_eq!(stream.0.borrow().sent.len(), 2);
}

#[test]
fn a_wrong_clock_is_corrected_with_one_new_try_and_stays_corrected() {
    let stream = Scripted::responding(&[expired(DATE), success("late"), success("in time")]);
    let mut client = client(&stream);
    let mut buffer = [0; 512];
    let mut passes = 0;
    let mut source = from_fn(|index, piece| {
        passes += u32::from(index == 0);
        piece.push_str("[1]").map_err(|_| SourceError)?;
        Ok(index == 0)
    });
    let payload = Event::source(&mut source);
    let reply = client.invoke(5, &HELLO, payload, &mut buffer).unwrap();
    assert_eq!(reply.result_text(), Ok("late"));
    assert_eq!(client.clock().now(5), NOW);
    assert_eq!(passes, 4, "two attempts, each measured and sent");
    let reply = client.invoke(10, &HELLO, "{}", &mut buffer).unwrap();
    assert_eq!(reply.result_text(), Ok("in time"));

    let stamps: Vec<_> = stream
        .0
        .borrow()
        .sent
        .iter()
        .map(|sent| Parsed::new(sent).field("X-TC-Timestamp").unwrap().to_owned())
        .collect();
    assert_eq!(stamps, ["5", "1700000000", "1700000005"]);
}

#[test]
fn a_clock_is_corrected_once_only_and_only_by_a_date() {
    // The server refuses again, whatever the clock.
    let stream = Scripted::responding(&[expired(DATE), expired(DATE), success("never")]);
    let mut buffer = [0; 512];
    let error = client(&stream).invoke(5, &HELLO, "{}", &mut buffer).unwrap_err();
    assert!(matches!(error, Error::Api(_)));
    assert_eq!(stream.0.borrow().sent.len(), 2);

    // The server's date is our own: another try would be the same.
    let stream = Scripted::responding(&[expired(DATE), success("never")]);
    client(&stream).invoke(NOW + 30, &HELLO, "{}", &mut buffer).unwrap_err();
    assert_eq!(stream.0.borrow().sent.len(), 1);

    let stream = Scripted::responding(&[expired(""), success("never")]);
    client(&stream).invoke(5, &HELLO, "{}", &mut buffer).unwrap_err();
    assert_eq!(stream.0.borrow().sent.len(), 1);
}

#[test]
fn a_clock_is_learnt_from_a_server_that_closes() {
    let refusal = expired(&format!("{DATE}Connection: close\r\n"));
    let first = Scripted::responding(&[refusal]);
    let mut client = client(&first);
    let error = client.invoke(5, &HELLO, "{}", &mut [0; 512]).unwrap_err();
    let Error::Api(error) = error else { panic!("{error:?}") };
    assert_eq!(error.code(), ErrorCode::AuthFailureSignatureExpire);
    assert_eq!(first.0.borrow().sent.len(), 1);

    // The caller connects anew, and its clock is right.
    let second = Scripted::responding(&[success("in time")]);
    *client.transport_mut() = Stream::new(second.clone());
    let mut buffer = [0; 512];
    assert_eq!(client.invoke(10, &HELLO, "{}", &mut buffer).unwrap().result_text(), Ok("in time"));
    let sent = &second.0.borrow().sent[0];
    assert_eq!(Parsed::new(sent).field("X-TC-Timestamp"), Some("1700000005"));
}

#[test]
fn a_server_that_refuses_early_is_heard() {
    let body = r#"{"Response":{"Error":{"Code":"RequestSizeLimitExceeded","Message":""},"RequestId":"r"}}"#;
    // Though it keeps the connection, the rest of the request is still due.
    for connection in ["Connection: close\r\n", ""] {
        let stream = Scripted::responding(&[answer(connection, body)]);
        stream.0.borrow_mut().write_limit = Some(150);
        let mut client = client(&stream);
        let error = client.invoke(NOW, &HELLO, "{}", &mut [0; 512]).unwrap_err();
        assert_eq!(error.delivery(), Delivery::Refused);
        assert!(matches!(error, Error::Api(_)), "{error:?}");
        assert!(!client.transport_mut().is_reusable());
    }
}

#[test]
fn failures_say_how_far_the_request_got() {
    // The connection was dead before it began.
    let stream = Scripted::responding(&[]);
    stream.0.borrow_mut().write_limit = Some(0);
    let error = client(&stream).invoke(NOW, &HELLO, "{}", &mut [0; 4096]).unwrap_err();
    assert_eq!(
        error,
        Error::Transport {
            error: StreamError::Io(ErrorKind::BrokenPipe),
            delivery: Delivery::NotSent
        }
    );

    let stream = Scripted::responding(&[]);
    stream.0.borrow_mut().write_zero = true;
    let error = client(&stream).invoke(NOW, &HELLO, "{}", &mut [0; 4096]).unwrap_err();
    assert_eq!(
        error,
        Error::Transport { error: StreamError::WriteZero, delivery: Delivery::NotSent }
    );

    // All was sent, and nothing came back.
    let stream = Scripted::responding(&[]);
    let mut client = client(&stream);
    let error = client.invoke(NOW, &HELLO, "{}", &mut [0; 4096]).unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert!(matches!(error, Error::Transport { error: StreamError::Closed, .. }));

    // The connection is not used again.
    let error = client.invoke(NOW, &HELLO, "{}", &mut [0; 4096]).unwrap_err();
    assert_eq!(
        error,
        Error::Transport { error: StreamError::NotReusable, delivery: Delivery::NotSent }
    );
    assert_eq!(stream.0.borrow().sent.len(), 1);
}

#[test]
fn a_source_that_changes_leaves_no_usable_connection() {
    let stream = Scripted::responding(&[success("never")]);
    let mut calls = 0;
    let mut source = from_fn(|index, piece| {
        calls += 1;
        piece.push_str(if calls < 3 { "1" } else { "2" }).map_err(|_| SourceError)?;
        Ok(index == 0)
    });
    let mut client = client(&stream);
    let payload = Event::source(&mut source);
    let error = client.invoke(NOW, &HELLO, payload, &mut [0; 512]).unwrap_err();
    assert!(matches!(error, Error::Request(_)));
    assert!(!client.transport_mut().is_reusable());
}

/// Keeps what a function returned.
#[derive(Default)]
struct Returned(Vec<u8>);

impl Sink for Returned {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        assert_eq!(field, TextField::Result);
        self.0.extend_from_slice(piece);
        Ok(())
    }
}

#[test]
fn a_sink_takes_what_the_buffer_could_not() {
    let text = "0123456789".repeat(100);
    let stream = Scripted::responding(&[success(&text)]);
    let mut sink = Returned::default();
    let mut buffer = [0; CALL_BUFFER_MIN];
    let reply = client(&stream).invoke_to_sink(NOW, &HELLO, "{}", &mut buffer, &mut sink).unwrap();
    assert_eq!((reply.request_id(), reply.result_text()), ("r", Ok("")));
    assert_eq!(sink.0, text.as_bytes());
}

#[test]
fn settings_and_streams_can_be_changed_between_calls() {
    let stream = Scripted::responding(&[success("one"), success("two")]);
    let mut transport = Stream::new(stream.clone());
    let mut client = Client::new(&mut transport, settings(), signer());
    let mut buffer = [0; 256];
    assert!(client.invoke(NOW, &HELLO, "{}", &mut buffer).is_ok());
    *client.settings_mut() = settings().language(Language::ZhCn);
    assert!(client.invoke(NOW, &HELLO, "{}", &mut buffer).is_ok());
    let languages: Vec<_> = stream
        .0
        .borrow()
        .sent
        .iter()
        .map(|sent| Parsed::new(sent).field("X-TC-Language").map(str::to_owned))
        .collect();
    assert_eq!(languages, [None, Some("zh-CN".to_owned())]);
    assert!(transport.get_mut().0.borrow().responses.is_empty());
    assert_eq!(transport.into_inner().0.borrow().sent.len(), 2);
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use crate::support::scripted::asynchronous::{Yielding, block_on};
    use scf_invoke_core::client::AsyncClient;

    #[test]
    fn the_twin_sends_the_same_bytes_and_gives_the_same_replies() {
        let answers = [expired(DATE), success("one"), success("two"), answer("", "{}")];
        let blocking = Scripted::responding(&answers);
        let mut twin = client(&blocking);
        let stream = Scripted::responding(&answers);
        let transport = Stream::new(Yielding(stream.clone()));
        let mut client = AsyncClient::new(transport, settings(), signer());
        let (mut buffer, mut other) = ([0; 256], [0; 256]);
        for _ in 0..3 {
            let reply = block_on(client.invoke(5, &HELLO, "[1]", &mut buffer));
            let expected = twin.invoke(5, &HELLO, "[1]", &mut other);
            match (reply, expected) {
                (Ok(reply), Ok(expected)) => {
                    assert_eq!(reply.result_text(), expected.result_text())
                }
                (reply, expected) => assert_eq!(reply.unwrap_err(), expected.unwrap_err()),
            }
        }
        assert_eq!(stream.0.borrow().sent, blocking.0.borrow().sent);
        assert_eq!(client.clock(), twin.clock());
    }

    #[test]
    fn the_twin_learns_a_clock_from_a_server_that_closes() {
        let refusal = expired(&format!("{DATE}Connection: close\r\n"));
        let stream = Scripted::responding(&[refusal]);
        let transport = Stream::new(Yielding(stream.clone()));
        let mut client = AsyncClient::new(transport, settings(), signer());
        let error = block_on(client.invoke(5, &HELLO, "{}", &mut [0; 512])).unwrap_err();
        assert!(matches!(error, Error::Api(_)));
        assert_eq!(client.clock().now(5), NOW);
        assert_eq!(stream.0.borrow().sent.len(), 1);
    }

    #[test]
    fn the_twin_writes_to_sinks_and_takes_other_settings() {
        let stream = Scripted::responding(&[success("one"), success("two")]);
        let mut transport = Stream::new(Yielding(stream.clone()));
        let mut client = AsyncClient::new(&mut transport, settings(), signer());
        *client.settings_mut() = settings().language(Language::ZhCn);
        for result in ["one", "two"] {
            let mut sink = Returned::default();
            let mut buffer = [0; CALL_BUFFER_MIN];
            let reply = block_on(client.invoke_to_sink(NOW, &HELLO, "{}", &mut buffer, &mut sink));
            assert_eq!(reply.unwrap().result_text(), Ok(""));
            assert_eq!(sink.0, result.as_bytes());
            assert!(client.transport_mut().is_reusable());
        }
        let script = stream.0.borrow();
        assert_eq!(Parsed::new(&script.sent[0]).field("X-TC-Language"), Some("zh-CN"));
    }

    #[test]
    fn the_twin_fails_as_the_blocking_client_does() {
        let refusal =
            r#"{"Response":{"Error":{"Code":"LimitExceeded","Message":""},"RequestId":"r"}}"#;
        for (answers, write_limit, write_zero) in [
            (vec![], Some(0), false),
            (vec![], None, true),
            (vec![], None, false),
            (vec![answer("", refusal)], Some(150), false),
        ] {
            let scripted = || {
                let stream = Scripted::responding(&answers);
                stream.0.borrow_mut().write_limit = write_limit;
                stream.0.borrow_mut().write_zero = write_zero;
                stream
            };
            let expected =
                client(&scripted()).invoke(NOW, &HELLO, "{}", &mut [0; 512]).unwrap_err();
            let transport = Stream::new(Yielding(scripted()));
            let mut client = AsyncClient::new(transport, settings(), signer());
            let mut buffer = [0; 512];
            let error = block_on(client.invoke(NOW, &HELLO, "{}", &mut buffer)).unwrap_err();
            assert_eq!(error, expected);
            assert!(!client.transport_mut().is_reusable());
        }
        let stream = Scripted::responding(&[success("never")]);
        let mut client = AsyncClient::new(Stream::new(Yielding(stream)), settings(), signer());
        let mut calls = 0;
        let mut source = from_fn(|index, piece| {
            calls += 1;
            piece.push_str(if calls < 3 { "1" } else { "2" }).map_err(|_| SourceError)?;
            Ok(index == 0)
        });
        let payload = Event::source(&mut source);
        let mut buffer = [0; 512];
        let error = block_on(client.invoke(NOW, &HELLO, payload, &mut buffer)).unwrap_err();
        assert!(matches!(error, Error::Request(_)));
    }

    #[test]
    fn a_call_that_is_dropped_leaves_a_connection_that_is_not_used_again() {
        let stream = Scripted::responding(&[success("one"), success("two")]);
        let transport = Stream::new(Yielding(stream.clone()));
        let mut client = AsyncClient::new(transport, settings(), signer());
        let mut buffer = [0; 256];
        {
            let mut call = pin!(client.invoke(NOW, &HELLO, "{}", &mut buffer));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..3 {
                assert!(call.as_mut().poll(&mut context).is_pending());
            }
        }
        let error = block_on(client.invoke(NOW, &HELLO, "{}", &mut buffer)).unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
    }
}
