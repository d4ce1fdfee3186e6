//! A request that does not pass: nothing of it reaches the endpoint.

mod support;

use std::io::{Read, Write};
use std::sync::mpsc;

use scf_relay::{Hosts, Limits, Outcome, Reason};
use support::{AMPLE, Endpoint, HELLO, Request, Seen, connect, raw, read_answer};

#[test]
fn what_could_be_read_in_two_ways() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, log) = endpoint.relay(|builder| builder);
    let good = Request::good;
    for (request, code) in [
        (good().and("X-TC-Action", "DeleteFunction"), "Relay.Header"),
        (good().and("x-tc-token", "another"), "Relay.Header"),
        (good().and("Content-Type", "application/json"), "Relay.Header"),
        (good().and("Authorization", "Basic YTpi"), "Relay.Header"),
        (good().with("X-TC-Region", "\u{e9}"), "Relay.Header"),
        (good().and("Host", "relay.example"), "Relay.Host"),
        (good().without("Host"), "Relay.Host"),
    ] {
        request.send(relay.addr()).expect(400, "refused", code);
        let Outcome::Own { reason, .. } = log.recv_timeout(AMPLE).unwrap().outcome else {
            panic!("{code}");
        };
        assert_eq!((reason.code(), reason.status()), (code, 400));
    }
    for (request, status, code) in [
        (good().target("//"), 404, "Relay.Target"),
        (good().target("/?"), 404, "Relay.Target"),
        (good().method("post"), 405, "Relay.Method"),
        (good().method("GET"), 405, "Relay.Method"),
        (good().with("X-TC-Action", ""), 403, "Relay.Action"),
    ] {
        request.send(relay.addr()).expect(status, "refused", code);
    }
    assert_eq!(endpoint.connections(), 0);
    // An address in full is only another way to write the path.
    good().target("http://elsewhere.example/scf").send(relay.addr()).expect_hello();
}

#[test]
fn a_relay_with_a_list_of_hosts_answers_no_other() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) =
        endpoint.relay(|builder| builder.hosts(Hosts::loopback().and("dev.example")));
    for host in ["127.0.0.1:1", "localhost", "dev.example:80"] {
        Request::good().with("Host", host).send(relay.addr()).expect_hello();
    }
    for host in ["evil.example", "relay.example", "dev.example.evil.example"] {
        // The page's own name is its origin too.
        let origin = format!("http://{host}");
        let request = Request::good().with("Host", host).with("Origin", &origin);
        request.send(relay.addr()).expect(400, "refused", "Relay.Host");
    }
    let in_url = |host: &str| Request::good().without("Host").target(&format!("http://{host}/scf"));
    in_url("evil.example").send(relay.addr()).expect(400, "refused", "Relay.Host");
    in_url("dev.example").send(relay.addr()).expect_hello();
}

#[test]
fn a_path_brings_no_control_character_into_the_log() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, log) = endpoint.relay(|builder| builder);
    let request = Request::good().target("/\u{9b}31m");
    request.send(relay.addr()).expect(404, "refused", "Relay.Target");
    let line = log.recv_timeout(AMPLE).unwrap().to_string();
    assert!(line.contains(" /\u{fffd}31m "), "{line:?}");
}

/// Starts an endpoint that never responds, and signals each request that it has read.
fn silent_endpoint() -> (Endpoint, mpsc::Receiver<()>) {
    let (arrived, wait) = mpsc::channel();
    let endpoint = Endpoint::start(move |mut stream| {
        Seen::read(&mut stream);
        arrived.send(()).unwrap();
        // Until the client has gone.
        let _ = stream.read(&mut [0]);
    });
    (endpoint, wait)
}

#[test]
fn a_body_that_has_left_takes_no_memory() {
    let (endpoint, wait) = silent_endpoint();
    let limits = Limits { memory: 300 * 1024, ..Limits::default() };
    let (relay, _log) = endpoint.relay(|builder| builder.limits(limits));
    let request = Request::with_body(vec![b' '; 200 * 1024]);
    let _waiting = [(); 2].map(|()| {
        let mut client = connect(relay.addr());
        client.write_all(&[request.head(), request.body.clone()].concat()).unwrap();
        wait.recv_timeout(AMPLE).unwrap();
        client
    });
}

#[test]
fn dripping_connections_of_one_client_shut_no_other_out() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let limits = Limits { rate: 1000, concurrency: 4, ..Limits::default() };
    let (relay, _log) = endpoint.relay(|builder| builder.behind_proxy(true).limits(limits));
    let from = |client: &str| Request::good().with("X-Forwarded-For", client);
    let dripping: Vec<_> = (0..300)
        .map(|_| {
            let mut stream = connect(relay.addr());
            stream.write_all(&from("10.0.0.1").head()).unwrap();
            stream
        })
        .collect();
    // Once so many are in progress as one client may have, it gets no more.
    while from("10.0.0.1").send(relay.addr()).status == 200 {
        std::thread::yield_now();
    }
    from("10.0.0.1").send(relay.addr()).expect(503, "refused", "Relay.Busy");
    from("10.0.0.2").send(relay.addr()).expect_hello();
    drop(dripping);
}

#[test]
fn dripping_bodies_of_one_client_leave_memory_to_others() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let limits = Limits { rate: 1000, memory: 40 * 1024, ..Limits::default() };
    let (relay, _log) = endpoint.relay(|builder| builder.behind_proxy(true).limits(limits));
    let from =
        |client: &str| Request::with_body(vec![b' '; 8 * 1024]).with("X-Forwarded-For", client);
    let mut dripping = connect(relay.addr());
    dripping.write_all(&from("10.0.0.1").head()).unwrap();
    // Once it is there, a second body of its client is one too many.
    while from("10.0.0.1").send(relay.addr()).status == 200 {
        std::thread::yield_now();
    }
    from("10.0.0.1").send(relay.addr()).expect(503, "refused", "Relay.Busy");
    from("10.0.0.2").send(relay.addr()).expect_hello();
    drop(dripping);
    // Its part is free again.
    while from("10.0.0.1").send(relay.addr()).status == 503 {
        std::thread::yield_now();
    }
}

#[test]
fn sizes() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder);
    // The whole body is taken, so that its sender gets to read the answer.
    let body = vec![b' '; 10 * 1024 * 1024 + 1];
    Request::with_body(body).send(relay.addr()).expect(413, "refused", "Relay.TooLarge");
    // A client that asks first never sends it; one that lies is not believed.
    let huge = Request::good().with("Content-Length", "99999999999").with("Connection", "close");
    let asking = huge.clone().with("Expect", "100-continue");
    raw(relay.addr(), &asking.head()).expect(413, "refused", "Relay.TooLarge");
    raw(relay.addr(), &huge.head()).expect(413, "refused", "Relay.TooLarge");

    // Without a length, a request that was cut could be taken for a whole one.
    let chunked = Request::good()
        .without("Content-Length")
        .with("Transfer-Encoding", "chunked")
        .with("Connection", "close");
    let bytes = [&chunked.head()[..], b"2\r\n{}\r\n0\r\n\r\n"].concat();
    raw(relay.addr(), &bytes).expect(411, "refused", "Relay.Length");
    assert_eq!(endpoint.connections(), 0);
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder);
    let request = Request::with_body("{}").with("Expect", "100-continue");
    let mut stream = connect(relay.addr());
    stream.write_all(&request.with("Connection", "close").head()).unwrap();
    let mut line = [0; 25];
    stream.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{}").unwrap();
    read_answer(&mut stream).expect_hello();
}

#[test]
fn hostile_bytes_never_reach_the_endpoint() {
    let (endpoint, seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder);
    let value = |value: &[u8]| {
        let mut head = Request::good().without("X-TC-Region").with("Connection", "close").head();
        head.truncate(head.len() - 2);
        [&head[..], b"X-TC-Region: ", value, b"\r\n\r\n", &Request::good().body].concat()
    };
    let double = Request::good().and("Content-Length", "3");
    let both = Request::good().with("Transfer-Encoding", "chunked");
    for bytes in [
        value(b"a\rX-TC-Evil: 1"),
        value(b"a\0b"),
        value(b"a\r\n X-TC-Evil: folded"),
        value(b"a\x7f"),
        [double.head(), double.body].concat(),
        [both.head(), b"0\r\n\r\n".to_vec()].concat(),
        b"POST /scf HTTP/1.1\r\nHost: a\r\nX-TC-Action : Invoke\r\n\r\n".to_vec(),
        b"POST /scf HTTP/1.1\r\nContent-Length: -1\r\n\r\n".to_vec(),
        b"POST /scf HTTP/9.9\r\n\r\n".to_vec(),
        b"\0\x01\x02\r\n\r\n".to_vec(),
        format!("POST /{} HTTP/1.1\r\n\r\n", "a".repeat(1_000_000)).into_bytes(),
        format!("POST /scf HTTP/1.1\r\nHost: a\r\nX-TC-A: {}\r\n\r\n", "a".repeat(1_000_000))
            .into_bytes(),
    ] {
        let answer = raw(relay.addr(), &bytes);
        assert_ne!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(300)])
        );
    }
    assert_eq!(endpoint.connections(), 0);
    // A line feed alone ends a header too: what follows is a header of its
    // own, and treated as any other.
    raw(relay.addr(), &value(b"a\nEvil: 1")).expect_hello();
    let got = seen.recv_timeout(AMPLE).unwrap();
    assert_eq!((got.header("x-tc-region"), got.header("evil")), (Some("a"), None));
}

#[test]
fn too_many_requests_of_a_client() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| {
        builder.behind_proxy(true).limits(Limits { rate: 1, ..Limits::default() })
    });
    // Any client can write the part before the proxy's own.
    let from = |client: &str| Request::good().with("X-Forwarded-For", client).send(relay.addr());
    from("10.0.0.1").expect_hello();
    let refused = from("1.2.3.4, 10.0.0.1");
    refused.expect(429, "refused", "Relay.RateLimit");
    assert_eq!(refused.header("retry-after"), Some("1"));
    from("10.0.0.1,10.0.0.2").expect_hello();
    // Without a proxy's word it is the connection's address.
    from("nonsense").expect_hello();
    Request::good().send(relay.addr()).expect(429, "refused", "Relay.RateLimit");
    // It passes.
    while from("10.0.0.1").status == 429 {
        std::thread::yield_now();
    }

    // Without a proxy a client cannot choose its address.
    let (relay, _log) =
        endpoint.relay(|builder| builder.limits(Limits { rate: 1, ..Limits::default() }));
    let from = |client: &str| Request::good().with("X-Forwarded-For", client).send(relay.addr());
    from("10.0.0.3").expect_hello();
    from("10.0.0.4").expect(429, "refused", "Relay.RateLimit");
}

#[test]
fn too_many_requests_under_way() {
    let (endpoint, wait) = silent_endpoint();
    let (relay, log) =
        endpoint.relay(|builder| builder.limits(Limits { concurrency: 1, ..Limits::default() }));
    let request = Request::good();
    let mut first = connect(relay.addr());
    first.write_all(&[request.head(), request.body.clone()].concat()).unwrap();
    wait.recv_timeout(AMPLE).unwrap();
    let busy = request.send(relay.addr());
    busy.expect(503, "refused", "Relay.Busy");
    assert_eq!(busy.header("retry-after"), Some("1"));
    let refused = log.recv_timeout(AMPLE).unwrap();
    assert!(matches!(refused.outcome, Outcome::Own { reason: Reason::Busy, .. }));
    // The place is free again once the first client is gone.
    drop(first);
    assert_eq!(log.recv_timeout(AMPLE).unwrap().outcome, Outcome::ClientGone);
    let mut second = connect(relay.addr());
    second.write_all(&[request.head(), request.body.clone()].concat()).unwrap();
    wait.recv_timeout(AMPLE).unwrap();
}
