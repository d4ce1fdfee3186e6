//! Faults on the way: the answer says whether the function may have run.

mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use scf_relay::{Limits, Outcome, Reason, Relay};
use support::{AMPLE, Answer, Endpoint, HELLO, Request, Seen, connect, read_answer};

const SHORT: Duration = Duration::from_millis(200);

/// An endpoint that reads the request and does this, and what a client gets.
fn after_reading(answer: &'static str) -> (Answer, Outcome) {
    let endpoint = Endpoint::start(move |mut stream| {
        Seen::read(&mut stream);
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let (relay, log) = endpoint.relay(|builder| builder);
    let answer = Request::good().send(relay.addr());
    assert_eq!(endpoint.connections(), 1, "it was sent once");
    (answer, log.recv_timeout(AMPLE).unwrap().outcome)
}

#[test]
fn an_endpoint_that_is_not_there_got_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = format!("http://127.0.0.1:{port}").parse().unwrap();
    let (relay, log) = support::relay(Relay::builder().endpoint(endpoint));
    let answer = Request::with_body(vec![b' '; 5 << 20]).send(relay.addr());
    answer.expect(502, "not-sent", "Relay.Unreachable");
    assert!(!answer.text().contains("refused"), "the cause is for the log alone");
    let Outcome::Own { reason: Reason::Unreachable, detail } =
        log.recv_timeout(AMPLE).unwrap().outcome
    else {
        panic!("it is logged as unreachable");
    };
    assert!(detail.contains("refused"), "{detail}");
}

#[test]
fn a_name_that_does_not_exist() {
    let endpoint = "https://no-such-host.invalid".parse().unwrap();
    let (relay, _log) = support::relay(Relay::builder().endpoint(endpoint));
    Request::good().send(relay.addr()).expect(502, "not-sent", "Relay.Unreachable");
}

#[test]
fn an_endpoint_that_breaks_off_before_the_request_is_whole_ran_nothing() {
    let endpoint = Endpoint::start(|mut stream| {
        Seen::head(&mut stream);
        stream.read_exact(&mut [0; 5]).unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
    });
    let (relay, log) = endpoint.relay(|builder| builder);
    // More than the systems between the two hold.
    let body = vec![b' '; 10 << 20];
    Request::with_body(body).send(relay.addr()).expect(502, "not-sent", "Relay.Broken");
    assert!(log.recv_timeout(AMPLE).unwrap().sent < 10 << 20);
}

#[test]
fn an_endpoint_that_breaks_off_after_the_request_may_have_run_it() {
    let (answer, outcome) = after_reading("");
    answer.expect(502, "unknown", "Relay.Broken");
    assert!(matches!(outcome, Outcome::Own { reason: Reason::Broken, .. }));
    let (answer, _) = after_reading("HTTP/1.1 200 OK\r\nContent-Le");
    answer.expect(502, "unknown", "Relay.Broken");
}

#[test]
fn what_is_no_answer_of_the_api() {
    let (answer, _) = after_reading("220 mail.example ESMTP\r\n\r\n");
    answer.expect(502, "unknown", "Relay.BadAnswer");
    for status in ["301 Moved", "302 Found", "304 Not Modified", "307 Temporary", "308 Permanent"] {
        let (elsewhere, _seen) = Endpoint::answering(HELLO);
        let reply = format!(
            "HTTP/1.1 {status}\r\nLocation: {}/\r\nContent-Length: 0\r\n\r\n",
            elsewhere.url()
        );
        let (endpoint, _seen) = Endpoint::answering(reply);
        let (relay, _log) = endpoint.relay(|builder| builder);
        let answer = Request::good().send(relay.addr());
        answer.expect(502, "unknown", "Relay.BadAnswer");
        assert_eq!(answer.header("location"), None);
        assert_eq!((endpoint.connections(), elsewhere.connections()), (1, 0), "{status}");
    }
}

#[test]
fn an_answer_that_breaks_off_is_not_taken_for_a_whole_one() {
    let (answer, outcome) =
        after_reading("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe beginning");
    assert_eq!((answer.status, answer.text().as_str()), (200, "the beginning"));
    assert_eq!(answer.header("content-length"), Some("100"));
    assert_eq!(outcome, Outcome::Cut);
    let (answer, outcome) =
        after_reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nthe\r\n");
    assert!(!answer.text().ends_with("0\r\n\r\n"), "{}", answer.text());
    assert_eq!(outcome, Outcome::Cut);
}

#[test]
fn an_endpoint_that_stalls() {
    // It accepts, by its backlog, and reads nothing, or never answers.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", mute.local_addr().unwrap());
    let limits = Limits { exchange: SHORT, ..Limits::default() };
    let (relay, _log) =
        support::relay(Relay::builder().endpoint(url.parse().unwrap()).limits(limits));
    Request::good().send(relay.addr()).expect(504, "unknown", "Relay.Timeout");

    // In the middle of its answer.
    let endpoint = Endpoint::start(|mut stream| {
        Seen::read(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe beginning").unwrap();
        let _ = stream.read(&mut [0]);
    });
    let (relay, log) = endpoint.relay(|builder| builder.limits(limits));
    let answer = Request::good().send(relay.addr());
    assert_eq!((answer.status, answer.text().as_str()), (200, "the beginning"));
    assert_eq!(log.recv_timeout(AMPLE).unwrap().outcome, Outcome::Cut);
}

#[test]
fn a_handshake_that_never_ends_sent_nothing() {
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", mute.local_addr().unwrap());
    let limits = Limits { connect: SHORT, ..Limits::default() };
    let (relay, _log) =
        support::relay(Relay::builder().endpoint(url.parse().unwrap()).limits(limits));
    Request::good().send(relay.addr()).expect(504, "not-sent", "Relay.Timeout");
}

#[test]
fn a_client_that_stalls_or_breaks_off_in_its_body_reaches_no_endpoint() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let limits = Limits { pause: SHORT, ..Limits::default() };
    let (relay, log) = endpoint.relay(|builder| builder.limits(limits));
    let head = Request::with_body("begin and end").head();
    let mut stream = connect(relay.addr());
    stream.write_all(&[&head[..], b"begin"].concat()).unwrap();
    let seen = log.recv_timeout(AMPLE).unwrap();
    assert!(matches!(seen.outcome, Outcome::Own { reason: Reason::Body, .. }), "{seen}");
    read_answer(&mut stream).expect(400, "not-sent", "Relay.Body");

    let mut stream = connect(relay.addr());
    stream.write_all(&[&head[..], b"begin"].concat()).unwrap();
    drop(stream);
    log.recv_timeout(AMPLE).unwrap();
    assert_eq!(endpoint.connections(), 0);
}

#[test]
fn a_body_that_comes_too_slowly_is_given_up() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let limits = Limits { pause: SHORT, body_rate: 1 << 20, ..Limits::default() };
    let (relay, log) = endpoint.relay(|builder| builder.limits(limits));
    let mut stream = connect(relay.addr());
    stream.write_all(&Request::with_body(vec![b' '; 1 << 20]).head()).unwrap();
    // It never pauses for as long as it may, and is slower than the rate.
    let dripping = std::thread::spawn(move || {
        while stream.write_all(b" ").is_ok() {
            std::thread::yield_now();
        }
    });
    let seen = log.recv_timeout(AMPLE).unwrap();
    assert!(matches!(seen.outcome, Outcome::Own { reason: Reason::Body, .. }), "{seen}");
    drop(relay);
    dripping.join().unwrap();
    assert_eq!(endpoint.connections(), 0);
}

#[test]
fn a_panic_in_one_request_is_that_requests() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let relay = Relay::builder()
        .endpoint(endpoint.url().parse().unwrap())
        .observe(|seen| assert_ne!(seen.path, "/panic", "as asked"))
        .start()
        .unwrap();
    let mut beside = connect(relay.addr());
    beside.write_all(&Request::good().with("Connection", "close").head()).unwrap();
    assert_eq!(Request::good().target("/panic").send(relay.addr()).status, 0);
    beside.write_all(&Request::good().body).unwrap();
    read_answer(&mut beside).expect_hello();
    Request::good().send(relay.addr()).expect_hello();
}

#[test]
fn a_connection_that_asks_nothing_is_given_up() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let limits = Limits { pause: SHORT, ..Limits::default() };
    let (relay, _log) = endpoint.relay(|builder| builder.limits(limits));
    let request = Request::good();
    for begin in [vec![], b"POST /scf HT".to_vec(), [request.head(), request.body].concat()] {
        let mut stream = connect(relay.addr());
        stream.write_all(&begin).unwrap();
        // The connection's end, and not the time after which a test gives up.
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
}

#[test]
fn a_client_that_goes_away_ends_its_request() {
    let (steps, step) = mpsc::channel();
    let endpoint = Endpoint::start(move |mut stream| {
        Seen::read(&mut stream);
        steps.send("arrived").unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
        steps.send("ended").unwrap();
    });
    let (relay, log) = endpoint.relay(|builder| builder);
    let request = Request::good();
    let mut stream = connect(relay.addr());
    let length = request.body.len() as u64;
    stream.write_all(&[request.head(), request.body].concat()).unwrap();
    assert_eq!(step.recv_timeout(AMPLE).unwrap(), "arrived");
    drop(stream);
    assert_eq!(step.recv_timeout(AMPLE).unwrap(), "ended");
    let seen = log.recv_timeout(AMPLE).unwrap();
    assert_eq!((seen.outcome, seen.status, seen.sent), (Outcome::ClientGone, None, length));
}

#[test]
fn a_client_that_takes_nothing_is_given_up() {
    let (end, ended) = mpsc::channel();
    let end = Mutex::new(end);
    let endpoint = Endpoint::start(move |mut stream| {
        Seen::read(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
        let chunk = [&b"10000\r\n"[..], &[b' '; 0x10000], b"\r\n"].concat();
        // More than any system buffers.
        while stream.write_all(&chunk).is_ok() {}
        end.lock().unwrap().send(()).unwrap();
    });
    let limits = Limits { pause: SHORT, ..Limits::default() };
    let (relay, log) = endpoint.relay(|builder| builder.limits(limits));
    let request = Request::good();
    let mut stream = connect(relay.addr());
    stream.write_all(&[request.head(), request.body].concat()).unwrap();
    ended.recv_timeout(AMPLE).unwrap();
    assert_eq!(log.recv_timeout(AMPLE).unwrap().outcome, Outcome::ClientGone);
}

#[test]
fn no_log_line_has_a_secret() {
    let secrets =
        ["5ec2e7", support::TOKEN, "secret-body", "secret-cookie", "secret-query", "AKID"];
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, log) =
        endpoint.relay(|builder| builder.limits(Limits { rate: 4, ..Limits::default() }));
    let request =
        Request::with_body(r#"{"FunctionName":"secret-body"}"#).with("Cookie", "secret-cookie");
    let authorization = request.headers.iter().find(|(name, _)| name == "Authorization").unwrap();
    for request in [
        request.clone(),
        request.clone().with("Authorization", &format!("{}, X=1", authorization.1)),
        request.clone().target("/scf?Signature=secret-query&SecretId=AKID"),
        request.clone().with("X-TC-Action", support::TOKEN),
        request.clone(),
        request.clone().with("Origin", "https://evil.example"),
    ] {
        request.send(relay.addr());
        let seen = log.recv_timeout(AMPLE).unwrap();
        let line = seen.to_string();
        assert!(line.starts_with("127.0.0.1 POST /scf "), "{line}");
        assert_eq!(line.lines().count(), 1);
        for secret in secrets {
            assert!(!format!("{line} {seen:?}").contains(secret), "{line}");
        }
    }
}
