//! When a connection is used again, and what that costs where it cannot be.

mod support;

use std::io::{Read, Write};
use std::sync::mpsc;
use std::time::Duration;

use scf_invoke::scf_invoke_core::attempt::Retry;
use scf_invoke::{Delivery, Error, RetryPolicy};
use support::{AMPLE, Server, accept, answer, request, result};

#[test]
fn a_connection_is_used_again() {
    let server = Server::once(|tcp| {
        for _ in 0..3 {
            assert!(request(&tcp).is_some());
            answer(&tcp, &result("again"));
        }
        assert!(request(&tcp).is_none(), "the client closes in the end");
    });
    let client = server.client();
    for _ in 0..3 {
        assert_eq!(client.invoke("hello", "{}").unwrap().result_text(), "again");
    }
    drop(client);
    server.join();
}

#[test]
fn a_connection_that_is_not_to_be_kept_is_not() {
    // The server says so.
    let server = Server::start(|listener| {
        for _ in 0..2 {
            let mut tcp = accept(listener);
            request(&tcp).unwrap();
            let body = result("bye");
            let length = body.len();
            write!(
                tcp,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .unwrap();
            assert!(request(&tcp).is_none());
        }
    });
    let client = server.client();
    for _ in 0..2 {
        client.invoke("hello", "{}").unwrap();
    }
    server.join();

    // The program says so.
    let server = Server::start(|listener| {
        for _ in 0..2 {
            let tcp = accept(listener);
            assert_eq!(request(&tcp).unwrap().header("Connection"), Some("close"));
            answer(&tcp, &result("bye"));
            assert!(request(&tcp).is_none());
        }
    });
    let client = server.builder().keep_alive(Duration::ZERO).build().unwrap();
    for _ in 0..2 {
        client.invoke("hello", "{}").unwrap();
    }
    server.join();
}

#[test]
fn what_was_idle_too_long_is_not_used_again() {
    let server = Server::start(|listener| {
        for _ in 0..2 {
            let tcp = accept(listener);
            request(&tcp).unwrap();
            answer(&tcp, &result("x"));
            assert!(request(&tcp).is_none());
        }
    });
    let client = server.builder().keep_alive(Duration::from_nanos(1)).build().unwrap();
    for _ in 0..2 {
        client.invoke("hello", "{}").unwrap();
    }
    drop(client);
    server.join();
}

#[test]
fn a_connection_closed_while_idle_costs_nothing() {
    let (closed, wait_closed) = mpsc::channel();
    let server = Server::start(move |listener| {
        for _ in 0..2 {
            let tcp = accept(listener);
            request(&tcp).unwrap();
            answer(&tcp, &result("x"));
            drop(tcp);
            closed.send(()).unwrap();
        }
    });
    // One attempt, so that no retry hides a failure.
    let client = server.builder().retry(RetryPolicy::NONE).build().unwrap();
    for _ in 0..2 {
        client.invoke("hello", "{}").unwrap();
        wait_closed.recv_timeout(AMPLE).unwrap();
    }
    server.join();
}

#[test]
fn a_server_that_closes_as_the_request_arrives_leaves_it_unknown() {
    let server = Server::once(|tcp| {
        request(&tcp).unwrap();
        answer(&tcp, &result("x"));
        // The second request is read whole, and nothing tells whether it ran.
        request(&tcp).unwrap();
    });
    let client = server.client();
    client.invoke("hello", "{}").unwrap();
    let error = client.invoke("hello", "{}").unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
    assert_eq!(error.retry(), Retry::Never);
    assert!(error.to_string().contains("may have run"), "{error}");
    server.join();
}

#[test]
fn a_reused_connection_that_breaks_within_the_request_is_replaced() {
    let event = format!("\"{}\"", "x".repeat(6_000_000));
    let server = Server::start(|listener| {
        let mut tcp = accept(listener);
        request(&tcp).unwrap();
        answer(&tcp, &result("x"));
        // A part of the next request, and then a reset: bytes are left unread.
        tcp.read_exact(&mut [0; 1000]).unwrap();
        drop(tcp);
        let tcp = accept(listener);
        assert!(request(&tcp).unwrap().body.len() > 6_000_000);
        answer(&tcp, &result("whole"));
    });
    // No retry by policy: the second connection is no second attempt.
    let client = server.builder().retry(RetryPolicy::NONE).build().unwrap();
    client.invoke("hello", "{}").unwrap();
    assert_eq!(client.invoke("hello", event.as_str()).unwrap().result_text(), "whole");
    server.join();
}

#[test]
fn a_fresh_connection_that_breaks_within_the_request_has_sent_nothing() {
    let event = format!("\"{}\"", "x".repeat(6_000_000));
    let server = Server::start(|listener| {
        for _ in 0..2 {
            accept(listener).read_exact(&mut [0; 1000]).unwrap();
        }
    });
    let client = server
        .builder()
        .retry(RetryPolicy::default().attempts(2).base_ms(1).cap_ms(1))
        .build()
        .unwrap();
    let error = client.invoke("hello", event.as_str()).unwrap_err();
    assert!(matches!(error, Error::Network { .. }), "{error:?}");
    assert_eq!(error.delivery(), Delivery::NotSent);
    server.join();
}
