//! The spans and events of calls, for the crate `tracing`.
#![cfg(feature = "tracing")]

mod support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use support::{SECRET_KEY, Server, answer, api_error, request, result};
use tracing_subscriber::fmt::format::FmtSpan;

/// What a subscriber has written.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `act`, and returns the lines that a subscriber writes meanwhile.
fn traced(act: impl FnOnce()) -> Vec<String> {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_span_events(FmtSpan::CLOSE)
        .without_time()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, act);
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_call_is_a_span_with_its_attempts_in_it() {
    let server = Server::once(|tcp| {
        request(&tcp).unwrap();
        answer(&tcp, &api_error("RequestLimitExceeded"));
        request(&tcp).unwrap();
        answer(&tcp, &result("done"));
    });
    let client = server.client();
    let lines = traced(|| drop(client.call("hello").trace_id("trace-1").send().unwrap()));
    let attempt = |number| {
        move |line: &&String| {
            line.contains("function_name=\"hello\"")
                && line.contains("region=\"ap-guangzhou\"")
                && line.contains("trace_id=\"trace-1\"")
                && line.contains(&format!("attempt{{number={number}}}"))
        }
    };
    let first: Vec<_> = lines.iter().filter(attempt(1)).collect();
    for text in ["connecting", "sending the request", "waiting for the answer", "receiving"] {
        assert!(first.iter().any(|line| line.contains(text)), "{text}: {lines:#?}");
    }
    let refused = |line: &&&String| {
        line.contains("WARN") && line.contains("RequestLimitExceeded") && line.contains("refused")
    };
    assert_eq!(first.iter().filter(refused).count(), 1, "{lines:#?}");
    let second: Vec<_> = lines.iter().filter(attempt(2)).collect();
    assert!(second.iter().any(|line| line.contains("succeeded latency=")), "{lines:#?}");
    let closed = lines.last().unwrap();
    assert!(closed.contains("delivery=\"executed\" request_id=id-1"), "{lines:#?}");
    server.join();
}

#[test]
fn a_call_that_fails_is_a_warning_and_no_secret_is_traced() {
    let client = support::builder("http://127.0.0.1:9").build().unwrap();
    let lines = traced(|| drop(client.invoke("hello", r#"{"event":"private"}"#).unwrap_err()));
    let failed = |line: &String| line.contains("WARN") && line.contains("the function was not run");
    assert!(lines.iter().any(failed), "{lines:#?}");
    let text = lines.join("\n");
    assert!(!text.contains(SECRET_KEY) && !text.contains("private"), "{text}");
}
