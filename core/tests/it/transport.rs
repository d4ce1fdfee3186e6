//! Streams: what is sent where, and when a connection is not used again.

use embedded_io::ErrorKind;
use scf_invoke_core::attempt::{Delivery, Retry};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::error::Error;
use scf_invoke_core::transport::{Stream, StreamError, Transport};
use scf_invoke_core::{Client, RetryPolicy};

use crate::support::response::{DOCUMENTED, with_length};
use crate::support::scripted::Scripted;
use crate::support::{HELLO, NOW, settings, signer};

fn client(stream: Stream<Scripted>) -> Client<'static, Stream<Scripted>> {
    Client::new(stream, settings(), signer())
}

/// Returns the error of a call over that connection.
fn error(stream: Scripted) -> Error<StreamError<ErrorKind>> {
    client(Stream::new(stream)).invoke(NOW, &HELLO, "{}", &mut [0; 1024]).unwrap_err()
}

fn documented() -> Vec<u8> {
    with_length("200 OK", DOCUMENTED)
}

#[test]
fn a_connection_that_ends_in_a_response_is_lost_in_whatever_way_it_says_so() {
    let half = documented()[..150].to_vec();
    let closed = error(Scripted::responding(std::slice::from_ref(&half)));
    let reset = Scripted::responding(&[half]);
    let reset = error(reset.change(|script| script.read_error = Some(ErrorKind::ConnectionReset)));
    for (error, expected) in
        [(closed, StreamError::Closed), (reset, StreamError::Io(ErrorKind::ConnectionReset))]
    {
        assert_eq!(error, Error::Transport { error: expected, delivery: Delivery::Unknown });
    }
}

#[test]
fn after_a_timeout_nothing_is_waited_for() {
    for kind in [ErrorKind::TimedOut, ErrorKind::BrokenPipe] {
        let stream = Scripted::responding(&[]).change(|script| {
            script.write_limit = Some(100);
            script.write_error = Some(kind);
        });
        let error = error(stream.clone());
        let expected = StreamError::Io(kind);
        assert_eq!(error, Error::Transport { error: expected, delivery: Delivery::NotSent });
        assert_eq!(stream.0.borrow().reads, usize::from(kind == ErrorKind::BrokenPipe));
    }
}

#[test]
fn a_flush_that_fails_leaves_it_open_what_has_left() {
    let stream = Scripted::default();
    let error = error(stream.change(|script| script.flush_error = Some(ErrorKind::Other)));
    let expected = StreamError::Io(ErrorKind::Other);
    assert_eq!(error, Error::Transport { error: expected, delivery: Delivery::Unknown });
}

#[test]
fn what_comes_unasked_is_no_response_where_the_stream_can_tell() {
    let unasked = b"UNASKED".to_vec();
    let stream = Scripted::responding(&[documented(), unasked.clone()]);
    let mut client = client(Stream::with_read_ready(stream.clone()));
    let mut buffer = [0; 1024];
    assert!(client.invoke(NOW, &HELLO, "{}", &mut buffer).is_ok());
    let error = client.invoke(NOW, &HELLO, "{}", &mut buffer).unwrap_err();
    let expected = StreamError::NotReusable;
    assert_eq!(error, Error::Transport { error: expected, delivery: Delivery::NotSent });
    assert_eq!(error.retry(), Retry::AfterBackoff);
    assert_eq!(stream.0.borrow().sent.len(), 1, "nothing was sent");
    assert_eq!(stream.0.borrow().responses, [unasked]);
}

#[test]
fn a_stream_that_cannot_tell_whether_something_came_is_not_used() {
    let stream = Scripted::responding(&[documented()]);
    let stream = stream.change(|script| script.read_error = Some(ErrorKind::NotConnected));
    let mut client = client(Stream::with_read_ready(stream.clone()));
    for expected in [StreamError::Io(ErrorKind::NotConnected), StreamError::NotReusable] {
        let error = client.invoke(NOW, &HELLO, "{}", &mut [0; 1024]).unwrap_err();
        assert_eq!(error, Error::Transport { error: expected, delivery: Delivery::NotSent });
        // Not even once it can tell again.
        stream.0.borrow_mut().read_error = None;
    }
    assert!(stream.0.borrow().sent.is_empty());
}

#[test]
fn a_policy_of_no_retries_is_kept_for_clock_corrections() {
    let expired = || {
        let body = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":""}}}"#;
        with_length("200 OK", body)
    };
    for (policy, requests) in [(RetryPolicy::NONE, 1), (RetryPolicy::DEFAULT, 2)] {
        let stream = Scripted::responding(&[expired(), expired(), expired()]);
        let mut client = client(Stream::new(stream.clone()));
        client.set_retry(policy);
        let error = client.invoke(5, &HELLO, "{}", &mut [0; 1024]).unwrap_err();
        assert_eq!(error.retry(), Retry::AfterClockCorrection);
        assert_eq!(stream.0.borrow().sent.len(), requests);
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::*;
    use crate::support::scripted::asynchronous::{Yielding, block_on};
    use scf_invoke_core::AsyncClient;
    use scf_invoke_core::transport::AsyncTransport;

    #[test]
    fn the_twin_stops_after_a_timeout_and_keeps_a_policy_of_no_retries() {
        let stream = Scripted::default().change(|script| {
            script.write_limit = Some(0);
            script.write_error = Some(ErrorKind::TimedOut);
        });
        let transport = Stream::new(Yielding(stream.clone()));
        let mut client = AsyncClient::new(transport, settings(), signer());
        client.set_retry(RetryPolicy::NONE);
        let error = block_on(client.invoke(NOW, &HELLO, "{}", &mut [0; 1024])).unwrap_err();
        let expected = StreamError::Io(ErrorKind::TimedOut);
        assert_eq!(error, Error::Transport { error: expected, delivery: Delivery::NotSent });
        assert_eq!(stream.0.borrow().reads, 0);
    }

    impl AsyncTransport for Own {
        type Error = ErrorKind;

        async fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<ErrorKind>> {
            Transport::exchange(self, call)
        }
    }

    #[test]
    fn the_twin_s_transport_is_ready_unless_it_says_otherwise() {
        let mut own = Own { body: EXPIRED.into() };
        let mut client = AsyncClient::new(&mut own, settings(), signer());
        assert!(block_on(client.invoke(5, &HELLO, "{}", &mut [0; 1024])).is_err());
        assert_eq!(client.clock().now(5), NOW, "it was asked once more");
    }

    /// A stream that may be sent to another thread.
    struct Nowhere;

    impl embedded_io::ErrorType for Nowhere {
        type Error = ErrorKind;
    }

    impl embedded_io_async::Read for Nowhere {
        async fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
            Ok(0)
        }
    }

    impl embedded_io_async::Write for Nowhere {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
            Ok(bytes.len())
        }

        async fn flush(&mut self) -> Result<(), ErrorKind> {
            Ok(())
        }
    }

    #[test]
    fn a_call_may_be_sent_to_another_thread() {
        let call = async {
            let transport = Stream::new(Nowhere);
            let mut client = AsyncClient::new(transport, settings(), signer());
            client.invoke(NOW, &HELLO, "{}", &mut [0; 1024]).await.map(|_| ()).unwrap_err()
        };
        let error = std::thread::spawn(|| block_on(call)).join().unwrap();
        let expected = StreamError::Closed;
        assert_eq!(error, Error::Transport { error: expected, delivery: Delivery::Unknown });
    }
}

/// A transport that has HTTP of its own.
struct Own {
    body: Vec<u8>,
}

impl Transport for Own {
    type Error = ErrorKind;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<ErrorKind>> {
        while !call.transmit()?.is_empty() {}
        call.response_head(200, Some("Tue, 14 Nov 2023 22:13:20 GMT"));
        call.response_body(&self.body);
        call.response_end();
        Ok(())
    }
}

const EXPIRED: &str =
    r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"late"}}}"#;

#[test]
fn a_transport_is_ready_unless_it_says_otherwise() {
    let mut own = Own { body: EXPIRED.into() };
    let mut client = Client::new(&mut own, settings(), signer());
    let error = client.invoke(5, &HELLO, "{}", &mut [0; 1024]).unwrap_err();
    let Error::Api(error) = error else { panic!("{error:?}") };
    assert_eq!(error.message(), "late");
    assert_eq!(client.clock().now(5), NOW, "it was asked once more");
    assert!(own.is_ready());
}

#[test]
fn a_result_that_is_not_utf8_is_an_error_of_a_run() {
    let body = r#"{"Response":{"Result":{"RetMsg":"$","Log":"%"}}}"#;
    for (letter, is_result) in [('$', true), ('%', false)] {
        let mut bad = body.as_bytes().to_vec();
        bad[body.find(letter).unwrap()] = 0xff;
        let mut client = Client::new(Own { body: bad }, settings(), signer());
        let mut buffer = [0; 1024];
        let reply = client.invoke(NOW, &HELLO, "{}", &mut buffer);
        if is_result {
            assert_eq!(reply.unwrap_err().delivery(), Delivery::Executed);
        } else {
            // A log that is not UTF-8 ends where it is wrong.
            let reply = reply.unwrap();
            assert_eq!((reply.result_text(), reply.log()), (Ok("$"), Some("")));
        }
    }
}
