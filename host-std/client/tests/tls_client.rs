//! The client over TLS, end to end.
#![cfg(feature = "tls")]

mod support;

use std::io::{Read, Write};
use std::sync::mpsc;

use scf_invoke::{Delivery, Error, Progress, RetryPolicy, StreamErrorKind, TlsOptions};
use support::tls::{certificate, secure, trusting};
use support::{Server, accept, answer, api_error, request, result};

#[test]
fn calls_share_a_session_and_large_texts_pass_both_ways() {
    let (config, trust) = certificate("share");
    let event = format!("\"{}\"", "x".repeat(3_000_000));
    let long = "y".repeat(3_000_000);
    let reply = result(&long);
    let server = Server::once(move |tcp| {
        let mut stream = secure(&config, tcp);
        assert_eq!(request(&mut stream).unwrap().header("Host").unwrap()[..10], *"127.0.0.1:");
        answer(&mut stream, &result("small"));
        assert!(request(&mut stream).unwrap().body.len() > 3_000_000);
        answer(&mut stream, &reply);
        assert!(request(&mut stream).is_none());
    });
    let client = trusting(&server, &trust).build().unwrap();
    assert_eq!(client.invoke("hello", "{}").unwrap().result_text(), "small");
    assert_eq!(client.invoke("hello", event.as_str()).unwrap().result_text(), long);
    drop(client);
    server.join();
}

#[test]
fn the_steps_of_a_call_are_told_apart() {
    let (config, trust) = certificate("steps");
    let server = Server::once(move |tcp| {
        let mut stream = secure(&config, tcp);
        for _ in 0..2 {
            request(&mut stream).unwrap();
            answer(&mut stream, &result("small"));
        }
    });
    let (sender, steps) = mpsc::channel();
    let client =
        trusting(&server, &trust).on_progress(move |step| sender.send(step).unwrap()).build();
    let client = client.unwrap();
    let call = [Progress::Sending, Progress::Waiting, Progress::Receiving];
    client.invoke("hello", "{}").unwrap();
    let connecting = [Progress::Connecting, Progress::Securing];
    assert_eq!(steps.try_iter().collect::<Vec<_>>(), [&connecting[..], &call[..]].concat());
    // The connection is used again.
    client.invoke("hello", "{}").unwrap();
    assert_eq!(steps.try_iter().collect::<Vec<_>>(), call);
    server.join();
}

#[test]
fn an_early_answer_is_read_over_tls_too() {
    let (config, trust) = certificate("early");
    let event = format!("\"{}\"", "x".repeat(6_000_000));
    let server = Server::once(move |tcp| {
        let mut stream = secure(&config, tcp);
        stream.read_exact(&mut [0; 1000]).unwrap();
        answer(&mut stream, &api_error("RequestSizeLimitExceeded"));
        stream.conn.send_close_notify();
        stream.flush().unwrap();
    });
    let client = trusting(&server, &trust).retry(RetryPolicy::NONE).build().unwrap();
    let error = client.invoke("hello", event.as_str()).unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    server.join();
}

#[test]
fn a_server_that_is_not_trusted_is_sent_nothing_and_not_asked_again() {
    let (config, _) = certificate("theirs");
    let (_, trust) = certificate("ours");
    let server = Server::start(move |listener| {
        let mut stream = secure(&config, accept(listener));
        assert!(request(&mut stream).is_none());
        listener.set_nonblocking(true).unwrap();
        assert!(listener.accept().is_err(), "there was a second attempt");
    });
    let error = trusting(&server, &trust).build().unwrap().invoke("hello", "{}").unwrap_err();
    match &error {
        Error::Network { error, delivery: Delivery::NotSent } => {
            assert_eq!(error.kind(), StreamErrorKind::Certificate);
        }
        other => panic!("{other:?}"),
    }
    server.join();
}

#[test]
fn a_ca_file_that_is_none_is_told_before_any_call() {
    let error = support::builder("https://127.0.0.1:1")
        .tls(TlsOptions::new().ca_file("no-such-file.pem"))
        .build()
        .unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
    assert!(error.to_string().contains("no-such-file.pem"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}
