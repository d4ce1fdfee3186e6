//! What a relay on the way says of a request that it answers itself.

mod support;

use std::io::Write;

use scf_invoke::{Delivery, Error, Retry, RetryPolicy};
use support::{Server, answer, request, result};

/// An answer of the relay, with these header fields.
fn refusal(code: &str, fields: &str) -> String {
    let body = support::api_error(code);
    let length = body.len();
    format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {length}\r\n{fields}\r\n{body}")
}

#[test]
fn the_header_of_the_relay_decides_and_the_error_is_the_relays() {
    for (fields, delivery, retry) in [
        ("X-SCF-Relay: refused\r\n", Delivery::Refused, Retry::Never),
        ("x-scf-relay:unknown\r\n", Delivery::Unknown, Retry::Never),
        // One that a later version may say: the careful one.
        ("X-SCF-Relay: perhaps\r\n", Delivery::Unknown, Retry::Never),
    ] {
        let answer = refusal("Relay.Origin", fields);
        let server = Server::once(move |mut tcp| {
            request(&tcp).unwrap();
            tcp.write_all(answer.as_bytes()).unwrap();
            assert!(request(&tcp).is_none(), "it is not asked again");
        });
        let client = server.client();
        let error = client.invoke("hello", "{}").unwrap_err();
        assert_eq!((error.delivery(), error.retry()), (delivery, retry), "{fields}");
        assert!(error.to_string().starts_with("the relay answered itself: Relay.Origin: no"));
        match error {
            Error::Relay(error) => assert_eq!(error.code_text(), "Relay.Origin"),
            other => panic!("{other:?}"),
        }
        drop(client);
        server.join();
    }
}

#[test]
fn what_the_relay_did_not_send_or_asks_for_later_is_made_again() {
    let server = Server::once(|mut tcp| {
        for fields in ["X-SCF-Relay: not-sent\r\n", "Retry-After: 1\r\nX-SCF-Relay: refused\r\n"] {
            request(&tcp).unwrap();
            tcp.write_all(refusal("Relay.Busy", fields).as_bytes()).unwrap();
        }
        request(&tcp).unwrap();
        answer(&tcp, &result("at last"));
    });
    // One that may wait for as long as the relay asks.
    let policy = RetryPolicy::default().attempts(3).base_ms(1).cap_ms(60_000);
    let client = server.builder().retry(policy).build().unwrap();
    assert_eq!(client.invoke("hello", "{}").unwrap().result_text(), "at last");
    server.join();
}

#[test]
fn what_the_api_answers_is_the_apis() {
    let server = Server::once(|mut tcp| {
        request(&tcp).unwrap();
        // Neither a body nor another header is the relay's.
        let fields =
            "X-SCF-Relayed: refused\r\nLong: X-SCF-Relay: refused X-SCF-Relay: refused\r\n";
        tcp.write_all(refusal("Relay.Origin", fields).as_bytes()).unwrap();
    });
    let error = server.client().invoke("hello", "{}").unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    server.join();
}
