//! A request that passes arrives as it was sent, and so does its answer.

mod support;

use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::Mutex;
use std::sync::mpsc;

use scf_emulator::Emulator;
use scf_relay::{Outcome, Relay};
use support::{AMPLE, Endpoint, HELLO, Request, SIGNATURE, Seen, TOKEN, connect, read_answer};

#[test]
fn a_request_arrives_byte_for_byte_and_nothing_else_does() {
    let (endpoint, seen) = Endpoint::answering(HELLO);
    let (relay, log) = endpoint.relay(|builder| builder.host("scf.tencentcloudapi.com"));
    let body = "{\"FunctionName\":\"hello\", \"ClientContext\":\"\\u4e2d\u{4e2d}\\n \"}\r\n\0\u{1}";
    let request = Request::with_body(body)
        .with("Cookie", "session=secret")
        .with("Content-Type", "application/json;  Charset=UTF-8")
        .with("X-TC-Made-Up", " spaces  within ")
        .with("X-Forwarded-For", "10.0.0.1")
        .with("Accept-Encoding", "gzip")
        .with("User-Agent", "test")
        .with("Referer", "https://relay.example/page")
        .with("Host", "relay.example");
    request.send(relay.addr()).expect_hello();

    let got = seen.recv_timeout(AMPLE).unwrap();
    assert_eq!(got.line, "POST / HTTP/1.1");
    assert_eq!(got.body, body.as_bytes());
    let authorization = format!(
        "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/scf/tc3_request, \
         SignedHeaders=content-type;host, Signature={SIGNATURE}"
    );
    let expected = [
        ("authorization", authorization.as_str()),
        ("content-length", &body.len().to_string()),
        ("content-type", "application/json;  Charset=UTF-8"),
        ("host", "scf.tencentcloudapi.com"),
        ("x-tc-action", "Invoke"),
        ("x-tc-made-up", "spaces  within"),
        ("x-tc-region", "ap-guangzhou"),
        ("x-tc-timestamp", "1551113065"),
        ("x-tc-token", TOKEN),
        ("x-tc-version", "2018-04-16"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(got.headers, expected);

    let seen = log.recv_timeout(AMPLE).unwrap();
    assert_eq!((seen.outcome, seen.status), (Outcome::Relayed, Some(200)));
    assert_eq!((seen.sent, seen.received), (body.len() as u64, 5));
    assert_eq!((seen.action, seen.path.as_str()), (Some("Invoke"), "/scf"));
}

#[test]
fn an_answer_arrives_with_what_a_client_needs_of_its_head() {
    let (endpoint, _seen) = Endpoint::answering(
        "HTTP/1.1 503 Whatever\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\
         Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nRetry-After: 7\r\nX-TC-RequestId: id-1\r\n\
         Set-Cookie: a=b\r\nServer: secret\r\nX-SCF-Relay: refused\r\n\
         Access-Control-Allow-Origin: *\r\n\r\n<p/>",
    );
    let (relay, _log) = endpoint.relay(|builder| builder);
    let answer = Request::good().send(relay.addr());
    assert_eq!((answer.status, answer.text().as_str()), (503, "<p/>"));
    for (name, value) in [
        ("Content-Type", "text/html"),
        ("Date", "Tue, 15 Nov 1994 08:12:31 GMT"),
        ("Retry-After", "7"),
        ("X-TC-RequestId", "id-1"),
        ("X-Content-Type-Options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    for name in ["Set-Cookie", "Server", "X-SCF-Relay", "Access-Control-Allow-Origin"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[test]
fn what_the_core_signs_the_emulator_accepts_through_a_relay() {
    let emulator = Emulator::builder()
        .function("length", |event| Ok(event.json().as_str().unwrap().len().to_string()))
        .function("long", |_| Ok("\u{4e2d}\"".repeat(1 << 20)))
        .start()
        .unwrap();
    let endpoint = emulator.url().parse().unwrap();
    let (relay, _log) =
        support::relay(Relay::builder().endpoint(endpoint).host("scf.tencentcloudapi.com"));
    let credential = emulator.credential();
    let credentials =
        scf_invoke::Credentials::new(credential.secret_id(), credential.secret_key(), None)
            .unwrap();
    let client = scf_invoke::Client::builder()
        .region("ap-guangzhou")
        .credentials(credentials)
        .endpoint(format!("{}/scf", relay.url()).parse().unwrap())
        .host("scf.tencentcloudapi.com")
        .build()
        .unwrap();
    for length in [0, 5, 6 * 1024 * 1024 - 2] {
        let event = format!("\"{}\"", "x".repeat(length));
        assert_eq!(
            client.invoke("length", event.as_str()).unwrap().result_text(),
            length.to_string()
        );
    }
    let reply = client.invoke("long", "{}").unwrap();
    assert_eq!(reply.result_text(), "\u{4e2d}\"".repeat(1 << 20));
    let Err(scf_invoke::Error::Api(error)) = client.invoke("nobody", "{}") else {
        panic!("an error of the API comes through");
    };
    assert!(error.to_string().contains("ResourceNotFound"), "{error}");
}

#[test]
fn the_largest_body_of_the_api_passes() {
    let (endpoint, seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder);
    let body: Vec<u8> = (0..10 * 1024 * 1024_u32).map(|i| (i / 3) as u8).collect();
    Request::with_body(body.clone()).send(relay.addr()).expect_hello();
    assert!(seen.recv_timeout(AMPLE).unwrap().body == body);
}

#[test]
fn the_paths() {
    let (endpoint, seen) = Endpoint::answering(HELLO);
    for (set, targets) in [
        (None, &["/", "/scf", "/scf/"][..]),
        (Some("/api/v1/scf"), &["/", "/api/v1/scf", "/api/v1/scf/"]),
        (Some("/"), &["/"]),
    ] {
        let (relay, _log) = endpoint.relay(|builder| match set {
            Some(path) => builder.path(path),
            None => builder,
        });
        for target in targets {
            Request::good().target(target).send(relay.addr()).expect_hello();
            assert_eq!(seen.recv_timeout(AMPLE).unwrap().line, "POST / HTTP/1.1");
        }
        let other = Request::good().target("/other").send(relay.addr());
        other.expect(404, "refused", "Relay.Target");
    }
}

#[test]
fn a_request_leaves_when_it_is_whole_and_its_answer_while_it_comes() {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let endpoint = Endpoint::start(move |mut stream| {
        let Some(seen) = Seen::read(&mut stream) else { return };
        assert_eq!(seen.body, b"first second");
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        wait.lock().unwrap().recv().unwrap();
        stream.write_all(b"2\r\nlo\r\n0\r\nX-Trailer: none\r\n\r\n").unwrap();
    });
    let (relay, log) = endpoint.relay(|builder| builder);
    let mut stream = connect(relay.addr());
    let request = Request::with_body("first second").with("Connection", "close");
    stream.write_all(&[&request.head()[..], b"first "].concat()).unwrap();
    // Another request passes meanwhile, and this one has no connection yet.
    Request::good().target("/other").send(relay.addr()).expect(404, "refused", "Relay.Target");
    assert_eq!(endpoint.connections(), 0);
    stream.write_all(b"second").unwrap();
    let mut begin = Vec::new();
    while !begin.ends_with(b"hel\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        begin.push(byte[0]);
    }
    // Only now, after its beginning has arrived, does the rest leave.
    go.send(()).unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "2\r\nlo\r\n0\r\n\r\n");
    let refused = log.recv_timeout(AMPLE).unwrap();
    assert_eq!(refused.status, Some(404));
    let seen = log.recv_timeout(AMPLE).unwrap();
    assert_eq!((seen.outcome, seen.sent, seen.received), (Outcome::Relayed, 12, 5));
}

#[test]
fn connections_to_the_endpoint_are_kept() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder);
    for _ in 0..5 {
        Request::good().send(relay.addr()).expect_hello();
    }
    assert_eq!(endpoint.connections(), 1);
}

#[test]
fn a_kept_connection_that_the_endpoint_closed_costs_nothing() {
    let (closed, wait) = mpsc::channel();
    let endpoint = Endpoint::start(move |mut stream| {
        Seen::read(&mut stream).unwrap();
        stream.write_all(HELLO.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
        let _ = closed.send(());
    });
    let (relay, _log) = endpoint.relay(|builder| builder);
    for _ in 0..10 {
        Request::good().send(relay.addr()).expect_hello();
        wait.recv_timeout(AMPLE).unwrap();
    }
    assert_eq!(endpoint.connections(), 10);
}

#[test]
fn a_client_s_connection_serves_many_requests() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder);
    let mut stream = connect(relay.addr());
    let good = Request::good();
    let refused = Request::good().with("X-TC-Action", "ListFunctions");
    let last = Request::good().with("Connection", "close");
    for request in [&good, &refused, &last] {
        stream.write_all(&[request.head(), request.body.clone()].concat()).unwrap();
    }
    let answers = read_answer(&mut stream);
    let all = format!("{}\r\n\r\n{}", answers.head, answers.text());
    assert_eq!(all.matches("HTTP/1.1 200").count(), 2, "{all}");
    assert_eq!(all.matches("HTTP/1.1 403").count(), 1, "{all}");
}
