//! Which pages may use a relay.

mod support;

use scf_relay::{Outcome, Relay};
use support::{AMPLE, Answer, Endpoint, HELLO, Request};

const APP: &str = "https://app.example";

fn preflight(relay: &Relay, origin: &str) -> Answer {
    Request::with_body("")
        .method("OPTIONS")
        .without("Content-Length")
        .with("Origin", origin)
        .with("Access-Control-Request-Method", "POST")
        .with(
            "Access-Control-Request-Headers",
            "authorization,content-type,x-custom,x-tc-action, X-TC-Token,x-tc-,cookie",
        )
        .send(relay.addr())
}

#[test]
fn a_named_origin() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, log) = endpoint.relay(|builder| {
        builder.origin(APP.parse().unwrap()).origin("http://localhost:5173".parse().unwrap())
    });
    for origin in [APP, "http://localhost:5173"] {
        let answer = preflight(&relay, origin);
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        for (name, value) in [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Methods", "POST"),
            (
                "Access-Control-Allow-Headers",
                "authorization, content-type, x-tc-action, x-tc-token",
            ),
            ("Access-Control-Max-Age", "7200"),
            ("Vary", "Origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}");
        }
        assert_eq!(answer.header("Access-Control-Allow-Credentials"), None);
        assert_eq!(log.recv_timeout(AMPLE).unwrap().outcome, Outcome::Preflight);
    }
    assert_eq!(endpoint.connections(), 0);

    // Answers and the relay's own errors can be read alike.
    let good = Request::good().with("Origin", APP).send(relay.addr());
    good.expect_hello();
    let refused = Request::good().with("Origin", APP).method("PUT").send(relay.addr());
    refused.expect(405, "refused", "Relay.Method");
    for answer in [good, refused] {
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(APP));
        assert_eq!(answer.header("Vary"), Some("Origin"));
        assert_eq!(
            answer.header("Access-Control-Expose-Headers"),
            Some("Date, Retry-After, X-SCF-Relay, X-TC-RequestId")
        );
    }
}

#[test]
fn foreign_origins() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder.origin(APP.parse().unwrap()));
    for origin in [
        "https://evil.example",
        "https://app.example.evil.example",
        "https://evil.example/https://app.example",
        "https://app.example:8443",
        "https://app.example/",
        "http://app.example",
        "HTTPS://APP.EXAMPLE",
        "https://sub.app.example",
        "https://app.example, https://evil.example",
        "null",
        "*",
        "",
    ] {
        let post = Request::good().with("Origin", origin).send(relay.addr());
        for answer in [preflight(&relay, origin), post] {
            answer.expect(403, "refused", "Relay.Origin");
            assert!(!answer.head.to_lowercase().contains("access-control"), "{origin}");
            assert_eq!(answer.header("Vary"), Some("Origin"));
        }
    }
    let answer = Request::good().with("Origin", "https://evil.example").send(relay.addr());
    assert!(answer.text().contains("--origin https://evil.example"), "{}", answer.text());
    assert_eq!(endpoint.connections(), 0);
}

#[test]
fn a_page_of_the_relay_s_own_origin_needs_no_name() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder);
    // A proxy in front has taken the TLS away, and the port of TLS with it.
    for (origin, host) in [
        ("http://127.0.0.1:9000", "127.0.0.1:9000"),
        ("https://relay.example", "relay.example"),
        ("https://relay.example", "Relay.Example:443"),
        ("https://relay.example:8443", "relay.example:8443"),
        ("http://[::1]:9000", "[::1]:9000"),
    ] {
        let answer = Request::good().with("Host", host).with("Origin", origin).send(relay.addr());
        answer.expect_hello();
        assert_eq!(answer.header("Access-Control-Allow-Origin"), None);
    }
    for (origin, host) in [
        ("http://127.0.0.1:9000", "127.0.0.1:9001"),
        ("https://relay.example:8443", "relay.example"),
        ("http://relay.example", "relay.example:443"),
        ("https://relay.example", "relay.example.evil"),
    ] {
        let answer = Request::good().with("Host", host).with("Origin", origin).send(relay.addr());
        answer.expect(403, "refused", "Relay.Origin");
    }
    // No browser sends a request across origins without one.
    Request::good().send(relay.addr()).expect_hello();
    let plain = Request::good().method("OPTIONS").send(relay.addr());
    assert_eq!((plain.status, plain.header("Allow")), (204, Some("POST, OPTIONS")));
}
