//! Calls that are put together option by option, and the hooks that learn
//! of them.

mod support;

use std::io::Write;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scf_emulator::{Emulator, Fault};
use scf_invoke::{
    CallInfo, Client, ClientBuilder, Credentials, Delivery, Error, Finished, Hook, RateLimiter,
    Reply, RetryPolicy,
};
use support::{AMPLE, Server, accept, answer, request, result};

fn builder(emulator: &Emulator) -> ClientBuilder {
    let credential = emulator.credential();
    let credentials =
        Credentials::new(credential.secret_id(), credential.secret_key(), None).unwrap();
    support::builder(&emulator.url()).credentials(credentials)
}

fn emulator() -> Emulator {
    Emulator::builder().function("echo", |event| Ok(event.json())).start().unwrap()
}

#[test]
fn a_clone_shares_the_connections() {
    let server = Server::once(|tcp| {
        for _ in 0..2 {
            request(&tcp).unwrap();
            answer(&tcp, &result("shared"));
        }
        assert!(request(&tcp).is_none());
    });
    let client = server.client();
    let clone = client.clone();
    client.invoke("hello", "{}").unwrap();
    clone.invoke("hello", "{}").unwrap();
    drop((client, clone));
    server.join();
}

#[test]
fn the_options_of_a_call_are_in_its_request() {
    let client = support::builder("http://127.0.0.1:1").build().unwrap();
    let other = Credentials::new("AKIDOTHER", "other-key", Some("other-token".into())).unwrap();
    let mut written = vec![];
    client
        .call("hello")
        .namespace("testing")
        .qualifier("prod")
        .routing_key(r#"{"User":"joe"}"#)
        .log()
        .region("ap-tokyo")
        .credentials(Arc::new(other))
        .event_json(&["an", "event"])
        .write_request(Some(1), &mut written)
        .unwrap();
    let text = String::from_utf8(written).unwrap();
    for part in [
        "X-TC-Region: ap-tokyo",
        "X-TC-Token: other-token",
        "Credential=AKIDOTHER/",
        r#""Namespace":"testing""#,
        r#""Qualifier":"prod""#,
        r#""LogType":"Tail""#,
        r#""RoutingKey":"{\"User\":\"joe\"}""#,
        r#""ClientContext":"[\"an\",\"event\"]""#,
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn an_option_that_cannot_be_right_ends_the_call_before_it_is_sent() {
    let client = support::builder("http://127.0.0.1:1").build().unwrap();
    let error = client.call("hello").region("no region").send().unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
    let no_json = std::collections::HashMap::from([((1, 2), 3)]);
    let error = client.call("hello").event_json(&no_json).send().unwrap_err();
    assert!(matches!(error, Error::Event(_)), "{error:?}");
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[test]
fn a_call_has_its_own_timeout_and_retries() {
    let emulator = emulator();
    let client = builder(&emulator).build().unwrap();
    emulator.inject(Fault::rate_limited());
    let error = client.call("echo").event("1").retry(RetryPolicy::NONE).send().unwrap_err();
    assert_eq!(error.delivery(), Delivery::Refused);

    let server = Server::once(|tcp| {
        request(&tcp).unwrap();
        assert!(request(&tcp).is_none());
    });
    let client = server.client();
    let error = client.call("hello").timeout(Duration::from_millis(100)).send().unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    server.join();
}

#[test]
fn the_key_of_a_day_is_not_that_of_other_credentials() {
    let emulator = emulator();
    let client = builder(&emulator).build().unwrap();
    let wrong = Credentials::new(emulator.credential().secret_id(), "another-key", None).unwrap();
    let wrong = Arc::new(wrong);
    for _ in 0..2 {
        assert!(client.invoke("echo", "1").is_ok());
        let error = client.call("echo").credentials(Arc::clone(&wrong)).send().unwrap_err();
        assert!(error.to_string().contains("AuthFailure.SignatureFailure"), "{error}");
    }
}

#[test]
fn attempts_of_all_calls_pass_one_limiter() {
    let emulator = emulator();
    let client = builder(&emulator).build().unwrap();
    let limiter = Arc::new(RateLimiter::new(1000));
    emulator.inject_times(2, &Fault::rate_limited());
    for _ in 0..3 {
        client.call("echo").event("1").rate_limiter(&limiter).send().unwrap();
    }
}

/// A hook that keeps one line for each of its calls.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Hook for Lines {
    fn retry(&self, call: &CallInfo<'_>, error: &Error, _: Duration) {
        let line = format!("{} {}: {}", call.function_name, call.attempt, error.delivery());
        self.0.lock().unwrap().push(line);
    }

    fn finished(&self, call: &CallInfo<'_>, end: &Finished<'_>) {
        assert!(end.latency < AMPLE);
        let line = format!(
            "{} {}: {}, {}",
            call.function_name,
            call.attempt,
            end.delivery,
            if end.reused { "reused" } else { "new" }
        );
        self.0.lock().unwrap().push(line);
    }
}

#[test]
fn a_hook_is_told_of_every_retry_and_of_the_end() {
    let emulator = emulator();
    let lines = Lines::default();
    let client = builder(&emulator).hook(lines.clone()).build().unwrap();
    emulator.inject(Fault::rate_limited());
    client.invoke("echo", "1").unwrap();
    emulator.inject(Fault::CloseAfterRun);
    client.invoke("echo", "1").unwrap_err();
    assert_eq!(
        *lines.0.lock().unwrap(),
        ["echo 1: refused", "echo 2: executed, reused", "echo 1: unknown, reused"]
    );
}

/// A hook that keeps what passes: requests, and responses.
#[derive(Clone, Default)]
struct Passed(Arc<Mutex<[Vec<u8>; 2]>>);

impl Hook for Passed {
    fn sent(&self, _: &CallInfo<'_>, bytes: &[u8]) {
        self.0.lock().unwrap()[0].extend_from_slice(bytes);
    }

    fn received(&self, _: &CallInfo<'_>, bytes: &[u8]) {
        self.0.lock().unwrap()[1].extend_from_slice(bytes);
    }
}

#[test]
fn a_hook_gets_the_bytes_of_request_and_response() {
    let emulator = emulator();
    let passed = Passed::default();
    let client = builder(&emulator).hook(passed.clone()).build().unwrap();
    client.invoke("echo", "[1]").unwrap();
    let [sent, received] =
        passed.0.lock().unwrap().clone().map(|of| String::from_utf8(of).unwrap());
    assert!(sent.starts_with("POST / HTTP/1.1\r\n"), "{sent}");
    assert!(sent.ends_with(r#""ClientContext":"[1]"}"#), "{sent}");
    assert!(received.starts_with("HTTP/1.1 200 OK\r\n"), "{received}");
    assert!(received.contains(r#""RetMsg":"[1]""#), "{received}");
}

#[test]
fn only_where_nothing_was_sent_is_another_domain_tried() {
    let endpoint = "https://scf.tencentcloudapi.com";
    // A proxy that is not there stands for domains that cannot be reached.
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let proxy = || format!("http://127.0.0.1:{port}").parse().unwrap();
    let lines = Lines::default();
    let client = support::builder(endpoint)
        .proxy(proxy())
        .domain_fallback()
        .hook(lines.clone())
        .retry(RetryPolicy::NONE)
        .build()
        .unwrap();
    client.invoke("hello", "{}").unwrap_err();
    let lines = lines.0.lock().unwrap();
    assert_eq!(lines.len(), 3, "two others were tried: {lines:?}");

    // The proxy leads there, and what answers is no server of TLS.
    let asked = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&asked);
    let server = Server::start(move |listener| {
        for status in [502, 502, 200] {
            let mut tcp = accept(listener);
            let head = request(&tcp).unwrap().head;
            seen.lock().unwrap().push(head.split(' ').nth(1).unwrap().to_owned());
            write!(tcp, "HTTP/1.1 {status} X\r\n\r\n").unwrap();
        }
    });
    let client = support::builder(endpoint)
        .proxy(format!("http://127.0.0.1:{}", server.port).parse().unwrap())
        .domain_fallback()
        .retry(RetryPolicy::NONE)
        .build()
        .unwrap();
    client.invoke("hello", "{}").unwrap_err();
    server.join();
    assert_eq!(
        *asked.lock().unwrap(),
        [
            "scf.tencentcloudapi.com:443",
            "scf.tencentcloudapi.com.cn:443",
            "scf.tencentcloudapi.cn:443"
        ]
    );
}

#[test]
fn a_client_can_be_made_of_nothing_but_a_region_and_credentials() {
    let credentials = Credentials::new("AKIDEXAMPLE", "key", None).unwrap();
    let client = Client::builder().region("ap-tokyo").credentials(credentials).build().unwrap();
    assert!(!client.has_token());
    assert_eq!(client.host(), "scf.tencentcloudapi.com");
}

#[test]
fn a_reply_is_written_as_json() {
    let body = r#"{"Response":{"Result":{"RetMsg":"[1,2]","InvokeResult":0,"Duration":1.5,
        "BillDuration":2,"MemUsage":3,"FunctionRequestId":"run"},"RequestId":"id"}}"#;
    let reply = Reply::from_response(body).unwrap();
    assert_eq!(
        serde_json::to_value(&reply).unwrap(),
        serde_json::json!({
            "result": [1, 2],
            "result_text": "[1,2]",
            "request_id": "id",
            "function_request_id": "run",
            "duration_ms": 1.5,
            "billed_duration_ms": 2,
            "memory_bytes": 3,
        })
    );
}

#[test]
fn a_test_of_a_program_can_make_every_error_of_a_response() {
    let failed = r#"{"Response":{"Result":{"RetMsg":"{\"errorMessage\":\"no\",\"statusCode\":430}",
        "InvokeResult":1},"RequestId":"id"}}"#;
    let Err(Error::Function(error)) = Reply::from_response(failed) else { panic!() };
    assert_eq!((error.message(), error.status_code()), ("no", Some(430)));
    let error = Reply::from_response("<html>").unwrap_err();
    assert!(matches!(error, Error::Protocol { .. }), "{error:?}");
}
