//! The client against servers that do what a server should not.

mod support;

use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use scf_invoke::{Delivery, Error, Progress, RetryPolicy, StreamErrorKind, Timeouts};
use support::{AMPLE, SECRET_KEY, Server, accept, answer, api_error, request, result};

#[test]
fn an_early_answer_is_read_although_the_request_is_not_out() {
    let event = format!("\"{}\"", "x".repeat(6_000_000));
    let server = Server::once(|mut tcp| {
        tcp.read_exact(&mut [0; 1000]).unwrap();
        answer(&tcp, &api_error("RequestSizeLimitExceeded"));
        tcp.shutdown(Shutdown::Write).unwrap();
        // Closed with the request unread: the client's writes fail.
    });
    let client = server.builder().retry(RetryPolicy::NONE).build().unwrap();
    let error = client.invoke("hello", event.as_str()).unwrap_err();
    match &error {
        Error::Api(error) => assert_eq!(error.code_text(), "RequestSizeLimitExceeded"),
        other => panic!("{other:?}"),
    }
    assert_eq!(error.request_id(), Some("id-2"));
    server.join();
}

#[test]
fn refused_requests_are_made_again_and_others_not() {
    let steps = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&steps);
    let server = Server::once(|tcp| {
        for _ in 0..2 {
            request(&tcp).unwrap();
            answer(&tcp, &api_error("RequestLimitExceeded"));
        }
        request(&tcp).unwrap();
        answer(&tcp, &result("at last"));
        request(&tcp).unwrap();
        answer(&tcp, &api_error("InternalError"));
        assert!(request(&tcp).is_none());
    });
    let client = server
        .builder()
        .on_progress(move |step| {
            if let Progress::Retrying { attempt, wait } = step {
                assert!(wait <= Duration::from_millis(1));
                seen.lock().unwrap().push(attempt);
            }
        })
        .build()
        .unwrap();
    assert_eq!(client.invoke("hello", "{}").unwrap().result_text(), "at last");
    assert_eq!(*steps.lock().unwrap(), [2, 3]);
    let error = client.invoke("hello", "{}").unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
    drop(client);
    server.join();
}

#[test]
fn a_policy_without_waits_ends_too() {
    let server = Server::once(|tcp| {
        for _ in 0..3 {
            request(&tcp).unwrap();
            answer(&tcp, &api_error("RequestLimitExceeded"));
        }
        assert!(request(&tcp).is_none());
    });
    let policy = RetryPolicy::default().attempts(3).base_ms(0).cap_ms(0);
    let client = server.builder().retry(policy).build().unwrap();
    assert!(matches!(client.invoke("hello", "{}"), Err(Error::Api(_))));
    drop(client);
    server.join();
}

#[test]
fn no_wait_goes_past_the_deadline() {
    let server = Server::once(|tcp| {
        request(&tcp).unwrap();
        answer(&tcp, &api_error("RequestLimitExceeded"));
    });
    let hour = 3_600_000;
    let client = server
        .builder()
        .retry(RetryPolicy::default().attempts(2).base_ms(hour).cap_ms(hour))
        .build()
        .unwrap();
    let start = Instant::now();
    let error = client.invoke("hello", "{}").unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    assert!(start.elapsed() < AMPLE);
    server.join();
}

#[test]
fn a_timeout_tells_whether_the_request_was_out() {
    // All of it is out, and no answer comes.
    let server = Server::once(|tcp| {
        request(&tcp).unwrap();
        assert!(request(&tcp).is_none());
    });
    let call = Some(Duration::from_millis(300));
    let timeouts = Timeouts::default().call(call);
    let client = server.builder().timeouts(timeouts).build().unwrap();
    let error = client.invoke("hello", "{}").unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    assert_eq!(error.delivery(), Delivery::Unknown);
    server.join();

    // Nobody reads, and so not all of it gets out.
    let event = format!("\"{}\"", "x".repeat(6_000_000));
    let (done, wait_done) = mpsc::channel::<()>();
    let server = Server::once(move |tcp| {
        let _ = wait_done.recv();
        drop(tcp);
    });
    let client = server
        .builder()
        .timeouts(Timeouts::default().idle(Duration::from_millis(300)))
        .build()
        .unwrap();
    let error = client.invoke("hello", event.as_str()).unwrap_err();
    match &error {
        Error::Timeout { error, delivery: Delivery::NotSent } => {
            assert_eq!(error.kind(), StreamErrorKind::IdleTimeout);
        }
        other => panic!("{other:?}"),
    }
    assert!(error.to_string().ends_with("the function was not run"), "{error}");
    drop(done);
    server.join();
}

#[test]
fn settings_with_which_no_call_could_be_made_are_refused_by_name() {
    let zero = Duration::ZERO;
    for (timeouts, attempts, setting) in [
        (Timeouts::default().connect(zero), 1, "Timeouts::connect"),
        (Timeouts::default().idle(zero), 1, "Timeouts::idle"),
        (Timeouts::default().call(zero), 1, "Timeouts::call"),
        (Timeouts::default(), 0, "RetryPolicy::attempts"),
    ] {
        let policy = RetryPolicy::default().attempts(attempts);
        let builder = support::builder("http://127.0.0.1:9").timeouts(timeouts).retry(policy);
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{error:?}");
        assert!(error.to_string().starts_with(&format!("{setting} is zero")), "{error}");
    }
}

#[test]
fn a_trace_id_goes_along() {
    let server = Server::once(|tcp| {
        for trace_id in [Some("trace-1"), None] {
            assert_eq!(request(&tcp).unwrap().header("X-TC-TraceId"), trace_id);
            answer(&tcp, &result("traced"));
        }
    });
    let client = server.client();
    client.call("hello").trace_id("trace-1").send().unwrap();
    client.call("hello").send().unwrap();
    let error = client.call("hello").trace_id("two lines\n").send().unwrap_err();
    assert_eq!(error.to_string(), "the trace id must be 1 to 128 printable ASCII characters");
    drop(client);
    server.join();
}

#[test]
fn a_message_is_shown_whole() {
    let failed = |message: &str| {
        format!(
            r#"{{"Response":{{"Result":{{"ErrMsg":"{message}","InvokeResult":-1}},"RequestId":"r"}}}}"#
        )
    };
    let reported = |message: &str| {
        let ret_msg = format!(r#"{{\"errorMessage\":\"{message}\"}}"#);
        format!(
            r#"{{"Response":{{"Result":{{"RetMsg":"{ret_msg}","InvokeResult":-1}},"RequestId":"r"}}}}"#
        )
    };
    let refused =
        |message: &str| api_error("InvalidAction").replace("no\"", &format!("{message}\""));
    let message = "m".repeat(10_000);
    for body in [failed(&message), reported(&message), refused(&message)] {
        let server = Server::once(move |tcp| {
            request(&tcp).unwrap();
            answer(tcp, &body);
        });
        let error = server.client().invoke("hello", "{}").unwrap_err();
        assert!(error.to_string().contains(&message), "{error}");
        server.join();
    }
}

#[test]
fn a_response_that_is_not_the_apis_is_a_protocol_error() {
    for (answer, delivery) in [
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops", Delivery::Unknown),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno \x1b", Delivery::Refused),
        ("SSH-2.0-OpenSSH_9.9\r\n", Delivery::Unknown),
    ] {
        let server = Server::once(move |mut tcp| {
            request(&tcp).unwrap();
            tcp.write_all(answer.as_bytes()).unwrap();
        });
        let error = server.client().invoke("hello", "{}").unwrap_err();
        assert!(matches!(error, Error::Protocol { .. }), "{error:?}");
        assert_eq!(error.delivery(), delivery, "{error}");
        assert!(!error.to_string().contains('\x1b'));
        server.join();
    }
}

#[test]
fn a_connection_that_is_lost_in_a_response_is_a_network_error() {
    for response in ["", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"Response\":{"] {
        let server = Server::once(move |mut tcp| {
            request(&tcp).unwrap();
            tcp.write_all(response.as_bytes()).unwrap();
        });
        let error = server.client().invoke("hello", "{}").unwrap_err();
        let Error::Network { error, delivery: Delivery::Unknown } = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.kind(), StreamErrorKind::Closed);
        server.join();
    }
}

#[test]
fn a_reply_is_limited_in_memory_and_not_to_a_writer() {
    let long = "y".repeat(5_000_000);
    let body = result(&long);
    let server = Server::start(move |listener| {
        for _ in 0..2 {
            let mut tcp = accept(listener);
            request(&tcp).unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            tcp.write_all(head.as_bytes()).unwrap();
            // The client may hang up before the end.
            let _ = tcp.write_all(body.as_bytes());
        }
    });
    let client = server.builder().reply_limit(1_000_000).build().unwrap();
    let error = client.invoke("hello", "{}").unwrap_err();
    assert!(matches!(error, Error::ReplyTooLarge { limit: 1_000_000 }), "{error:?}");
    let mut written = vec![];
    let reply = client.call("hello").send_to(&mut written).unwrap();
    assert_eq!((reply.result_text(), reply.request_id()), ("", "id-1"));
    assert_eq!(written, long.as_bytes());
    server.join();
}

#[test]
fn a_writer_that_fails_ends_the_call() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let server = Server::once(|tcp| {
        request(&tcp).unwrap();
        answer(&tcp, &result("x"));
    });
    let error = server.client().call("hello").send_to(&mut Full).unwrap_err();
    assert!(matches!(error, Error::Writer(_)), "{error:?}");
    assert_eq!(error.delivery(), Delivery::Executed);
    server.join();
}

#[test]
fn threads_share_a_client() {
    const THREADS: usize = 4;
    let server = Server::start(|listener| {
        let meeting = Arc::new(Barrier::new(THREADS));
        let connections: Vec<_> = (0..THREADS)
            .map(|_| {
                let (tcp, meeting) = (accept(listener), Arc::clone(&meeting));
                thread::spawn(move || {
                    let mut calls = 0;
                    while let Some(request) = request(&tcp) {
                        // All connections exist before any is free again.
                        if calls == 0 {
                            meeting.wait();
                        }
                        let body = String::from_utf8(request.body).unwrap();
                        let event = body.rsplit(':').next().unwrap();
                        answer(&tcp, &result(event.trim_matches(|c: char| !c.is_numeric())));
                        calls += 1;
                    }
                    calls
                })
            })
            .collect();
        let calls: usize = connections.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(calls, THREADS * 50);
    });
    let client = server.client();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let client = &client;
            scope.spawn(move || {
                for call in 0..50 {
                    let number = (thread * 1000 + call).to_string();
                    let reply = client.invoke("hello", number.as_str()).unwrap();
                    assert_eq!(reply.result_text(), number);
                }
            });
        }
    });
    drop(client);
    server.join();
}

#[test]
fn no_secret_is_ever_shown() {
    let server = Server::once(|tcp| {
        request(&tcp).unwrap();
        answer(&tcp, &api_error("AuthFailure.SignatureFailure"));
    });
    let builder = server.builder();
    let mut shown = format!("{builder:?}");
    let client = builder.build().unwrap();
    shown += &format!("{client:?}");
    let error = client.invoke("hello", "{}").unwrap_err();
    shown += &format!("{error:?} {error}");
    assert!(!shown.contains(SECRET_KEY), "{shown}");
    server.join();
}
