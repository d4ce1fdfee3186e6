//! The wire: answers as official clients expect them, hostile input, faults.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use scf_emulator::{Emulator, Fault};
use serde_json::json;
use support::counting::counting;
use support::{Answer, Tc3, now, raw};

fn emulator() -> (Emulator, Arc<AtomicUsize>) {
    counting("hello")
}

/// Reads one answer of a connection that stays open.
fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut all = Vec::new();
    let mut byte = [0];
    while !all.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        all.push(byte[0]);
    }
    let mut answer = Answer::parse(&all);
    let length = answer.header("content-length").unwrap().parse().unwrap();
    answer.body.resize(length, 0);
    stream.read_exact(&mut answer.body).unwrap();
    answer
}

#[test]
fn form_of_an_answer() {
    let (emulator, _) = emulator();
    let answer = Tc3::hello().exchange(&emulator);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.header("date").unwrap().ends_with(" GMT"));
    let response = &answer.json()["Response"];
    assert_eq!(response["RequestId"].as_str().unwrap().len(), 36);
    assert_eq!(response["Result"]["RetMsg"], "hello");

    let wrong = Tc3 { secret_key: "wrong".into(), ..Tc3::hello() };
    let answer = wrong.exchange(&emulator);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let response = &answer.json()["Response"];
    assert_eq!(response["Error"]["Code"], "AuthFailure.SignatureFailure");
    assert_eq!(response["RequestId"].as_str().unwrap().len(), 36);
}

#[test]
fn a_connection_serves_many_requests() {
    let (emulator, runs) = emulator();
    let mut stream = TcpStream::connect(emulator.addr()).unwrap();
    let request = Tc3::hello().at(&emulator).bytes("keep-alive");
    let mut ids = std::collections::HashSet::new();
    for _ in 0..3 {
        stream.write_all(&request).unwrap();
        let answer = read_answer(&mut stream);
        ids.insert(answer.json()["Response"]["RequestId"].to_string());
    }
    // Two at once on the wire, answered in turn.
    stream.write_all(&[request.clone(), request].concat()).unwrap();
    for _ in 0..2 {
        ids.insert(read_answer(&mut stream).json()["Response"]["RequestId"].to_string());
    }
    assert_eq!(ids.len(), 5);
    assert_eq!(runs.load(Ordering::SeqCst), 5);
}

#[test]
fn get_over_the_wire() {
    let (emulator, _) = emulator();
    let response = Tc3::get("FunctionName=hello").send(&emulator);
    assert_eq!(response["Result"]["RetMsg"], "hello");
}

#[test]
fn a_body_in_single_bytes_and_in_chunks() {
    let (emulator, _) = emulator();
    let request = Tc3::hello().at(&emulator);
    let mut stream = TcpStream::connect(emulator.addr()).unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in request.bytes("close") {
        stream.write_all(&[byte]).unwrap();
    }
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    assert_eq!(Answer::parse(&all).json()["Response"]["Result"]["RetMsg"], "hello");

    let mut chunked =
        String::from("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n");
    for (name, value) in request.headers(&request.signature()) {
        chunked.push_str(&format!("{name}: {value}\r\n"));
    }
    chunked.push_str("\r\n");
    for byte in &request.body {
        chunked.push_str(&format!("1\r\n{}\r\n", char::from(*byte)));
    }
    chunked.push_str("0\r\n\r\n");
    let answer = raw(emulator.addr(), chunked.as_bytes());
    assert_eq!(answer.json()["Response"]["Result"]["RetMsg"], "hello");
}

#[test]
fn bodies_beyond_the_limit_are_answered() {
    let (emulator, _) = emulator();
    let mut large = Tc3::hello();
    large.body.resize(10 * 1024 * 1024 + 1, b' ');
    let response = large.send(&emulator);
    assert_eq!(response["Error"]["Code"], "RequestSizeLimitExceeded");
}

#[test]
fn other_methods_and_paths() {
    let (emulator, _) = emulator();
    let put = Tc3 { method: "PUT".into(), ..Tc3::hello() };
    assert_eq!(put.send(&emulator)["Error"]["Code"], "UnsupportedProtocol");
    let answer = raw(
        emulator.addr(),
        b"GET /other HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(answer.status, 404);
}

#[test]
fn hostile_input_gives_an_answer_or_a_closed_connection() {
    let (emulator, runs) = emulator();
    let long = "a".repeat(1_000_000);
    for bytes in [
        "\0\u{1}\u{2}\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {long}\r\nConnection: close\r\n\r\n"),
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n".to_owned(),
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n".to_owned(),
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_owned(),
        "POST / HTTP/1.1\r\nAuthorization: TC3-HMAC-SHA256 Credential=///,=,\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        format!("GET /?{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "Signature=%".repeat(2000)),
    ] {
        raw(emulator.addr(), bytes.as_bytes());
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    assert_eq!(Tc3::hello().send(&emulator)["Result"]["RetMsg"], "hello");
}

#[test]
fn a_request_that_is_cut_runs_nothing() {
    let (emulator, runs) = emulator();
    let request = Tc3::hello().at(&emulator).bytes("close");
    for cut in [1, 100, request.len() - 1] {
        let mut stream = TcpStream::connect(emulator.addr()).unwrap();
        stream.write_all(&request[..cut]).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[test]
fn faults_come_in_order_and_once() {
    let (emulator, runs) = emulator();
    let hello = Tc3::hello();
    emulator.inject_times(2, &Fault::rate_limited());
    emulator.inject(Fault::HttpStatus(502));
    emulator.inject(Fault::CloseBeforeRun);
    for _ in 0..2 {
        assert_eq!(hello.send(&emulator)["Error"]["Code"], "RequestLimitExceeded");
    }
    assert_eq!(hello.exchange(&emulator).status, 502);
    assert_eq!(hello.exchange(&emulator).status, 0);
    assert_eq!(runs.load(Ordering::SeqCst), 0);

    emulator.inject(Fault::CloseAfterRun);
    assert_eq!(hello.exchange(&emulator).status, 0);
    assert_eq!(runs.load(Ordering::SeqCst), 1);

    emulator.inject(Fault::CutResponse);
    let cut = hello.exchange(&emulator);
    let declared: usize = cut.header("content-length").unwrap().parse().unwrap();
    assert!(!cut.body.is_empty() && cut.body.len() < declared);
    assert_eq!(runs.load(Ordering::SeqCst), 2);

    emulator.inject(Fault::Delay(Duration::from_millis(50)));
    let started = Instant::now();
    assert_eq!(hello.send(&emulator)["Result"]["RetMsg"], "hello");
    assert!(started.elapsed() >= Duration::from_millis(50));

    assert_eq!(hello.send(&emulator)["Result"]["RetMsg"], "hello");
}

#[test]
fn a_status_that_no_function_gives_can_be_asked_for() {
    let (emulator, runs) = emulator();
    for status in [410, 429, 500] {
        emulator.inject(format!("failure={status}").parse().unwrap());
        support::failed(&support::invoke(&emulator, "hello", &json!({})), status);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[test]
fn a_rate_limit() {
    let emulator =
        Emulator::builder().function("hello", |_| Ok("hello")).rate_limit(1).start().unwrap();
    let answers: Vec<_> = (0..20).map(|_| Tc3::hello().send(&emulator)).collect();
    assert_eq!(answers[0]["Result"]["RetMsg"], "hello");
    let refused = |answer: &&serde_json::Value| answer["Error"]["Code"] == "RequestLimitExceeded";
    assert!(answers.iter().any(|answer| refused(&answer)));
    // Signatures are verified first, and wrong ones do not count.
    let wrong = Tc3 { secret_key: "wrong".into(), ..Tc3::hello() };
    assert_eq!(wrong.send(&emulator)["Error"]["Code"], "AuthFailure.SignatureFailure");
}

#[test]
fn a_clock_that_is_wrong() {
    let (emulator, _) = emulator();
    emulator.set_clock_offset_secs(86_400);
    let answer = Tc3::hello().exchange(&emulator);
    let response = &answer.json()["Response"];
    assert_eq!(response["Error"]["Code"], "AuthFailure.SignatureExpire");
    // Its Date is what a client learns the offset from.
    let day = support::date(now() + 86_400);
    let (_, day) = day.rsplit_once('-').unwrap();
    assert!(answer.header("date").unwrap().contains(&format!(", {day} ")), "{}", answer.head);
    emulator.set_clock_offset_secs(0);
    assert_eq!(Tc3::hello().send(&emulator)["Result"]["RetMsg"], "hello");
}

#[test]
fn many_connections_at_once() {
    let (emulator, runs) = emulator();
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                for _ in 0..4 {
                    let response = Tc3::new(&json!({"FunctionName": "hello"})).send(&emulator);
                    assert_eq!(response["Result"]["RetMsg"], "hello");
                }
            });
        }
    });
    assert_eq!(runs.load(Ordering::SeqCst), 128);
}
