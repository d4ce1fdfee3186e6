//! The asynchronous client.
#![cfg(feature = "tokio")]

mod support;

use std::future::IntoFuture;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use scf_emulator::{Emulator, Fault};
use scf_invoke::{
    AsyncClient, CallInfo, ClientBuilder, Credentials, Delivery, Error, Finished, Hook, MapOptions,
    Progress, RetryPolicy, StreamErrorKind, Timeouts,
};
use support::tls::{certificate, secure, trusting};
use support::{Server, accept, answer, api_error, request, result};

fn emulator() -> Emulator {
    Emulator::builder()
        .function("echo", |event| Ok(event.json()))
        .function("long", |_| Ok("é".repeat(2_000_000)))
        .start()
        .unwrap()
}

fn builder(emulator: &Emulator) -> ClientBuilder {
    let credential = emulator.credential();
    let credentials =
        Credentials::new(credential.secret_id(), credential.secret_key(), None).unwrap();
    support::builder(&emulator.url()).credentials(credentials)
}

fn client(emulator: &Emulator) -> AsyncClient {
    builder(emulator).build_async().unwrap()
}

/// A hook that keeps the ends of calls: the delivery, and whether the call was
/// cancelled.
#[derive(Clone, Default)]
struct Ends(Arc<Mutex<Vec<(Delivery, bool)>>>);

impl Ends {
    fn taken(&self) -> Vec<(Delivery, bool)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Hook for Ends {
    fn finished(&self, call: &CallInfo<'_>, end: &Finished<'_>) {
        assert!(call.started.elapsed() >= end.latency);
        self.0.lock().unwrap().push((end.delivery, end.result.is_none()));
    }
}

#[tokio::test]
async fn a_function_runs_with_an_event_of_any_form() {
    let emulator = emulator();
    let client = client(&emulator);
    let text = String::from(r#"{"n":1}"#);
    let value = serde_json::json!({ "n": 1 });
    for result in [
        client.invoke("echo", r#"{"n":1}"#).await,
        client.invoke("echo", &text).await,
        client.invoke("echo", text.clone()).await,
        client.invoke("echo", b"{\"n\":1}").await,
        client.invoke("echo", text.clone().into_bytes()).await,
        client.invoke("echo", value.clone()).await,
        client.call("echo").event_json(&value).await,
    ] {
        let back: serde_json::Value = result.unwrap().result().unwrap();
        assert_eq!(back, value);
    }
    let error = client.invoke("echo", b"\xff").await.unwrap_err();
    assert!(matches!(error, Error::Event(_)), "{error:?}");
    assert!(client.call("echo").queue().await.is_ok());
}

#[tokio::test]
async fn large_texts_pass_both_ways() {
    let emulator = emulator();
    let event = format!("\"{}\"", "\\\"".repeat(1_000_000));
    let reply = client(&emulator).invoke("long", event).await.unwrap();
    assert!(reply.result::<String>().unwrap().chars().all(|c| c == 'é'));
}

#[test]
fn futures_can_be_sent_between_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let emulator = emulator();
    let client = client(&emulator);
    drop(is_send(client.invoke("echo", "1")));
    drop(is_send(client.call("echo").send()));
    drop(is_send(client.call("echo").into_future()));
    drop(is_send(client.map("echo", ["1"], MapOptions::default()).next()));
}

#[tokio::test]
async fn a_connection_is_used_again_while_it_is_open() {
    let (closed, mut wait_closed) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |listener| {
        for _ in 0..2 {
            let tcp = accept(listener);
            for _ in 0..2 {
                request(&tcp).unwrap();
                answer(&tcp, &result("again"));
            }
            drop(tcp);
            closed.send(()).unwrap();
        }
    });
    // No retry: what comes to a closed connection would be lost.
    let client = server.builder().retry(RetryPolicy::NONE).build_async().unwrap();
    for _ in 0..2 {
        for _ in 0..2 {
            assert_eq!(client.invoke("hello", "{}").await.unwrap().result_text(), "again");
        }
        wait_closed.recv().await.unwrap();
    }
    server.join();
}

#[tokio::test]
async fn refused_requests_are_made_again_and_lost_ones_are_not() {
    let server = Server::start(|listener| {
        let tcp = accept(listener);
        request(&tcp).unwrap();
        answer(&tcp, &api_error("RequestLimitExceeded"));
        request(&tcp).unwrap();
        answer(&tcp, &result("at last"));
        request(&tcp).unwrap();
    });
    let client = server.builder().build_async().unwrap();
    assert_eq!(client.invoke("hello", "{}").await.unwrap().result_text(), "at last");
    let error = client.invoke("hello", "{}").await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
    server.join();
}

#[tokio::test]
async fn an_early_answer_is_read_although_the_request_is_not_out() {
    let event = format!("\"{}\"", "x".repeat(6_000_000));
    let server = Server::once(|tcp| {
        std::io::Read::read_exact(&mut &tcp, &mut [0; 1000]).unwrap();
        answer(&tcp, &api_error("RequestSizeLimitExceeded"));
        tcp.shutdown(std::net::Shutdown::Write).unwrap();
    });
    let client = server.builder().retry(RetryPolicy::NONE).build_async().unwrap();
    let error = client.invoke("hello", event).await.unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    server.join();
}

#[tokio::test]
async fn the_limits_of_time_hold() {
    let (done, wait_done) = mpsc::channel::<()>();
    let server = Server::start(move |listener| {
        let silent = [accept(listener), accept(listener)];
        let _ = wait_done.recv();
        drop(silent);
    });
    let client = server.builder().build_async().unwrap();
    let short = Duration::from_millis(200);
    let error = client.call("hello").timeout(short).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    assert_eq!(error.delivery(), Delivery::Unknown);

    let timeouts = Timeouts::default().idle(short);
    let client = server.builder().timeouts(timeouts).build_async().unwrap();
    match client.invoke("hello", "{}").await.unwrap_err() {
        Error::Timeout { error, .. } => assert_eq!(error.kind(), StreamErrorKind::IdleTimeout),
        other => panic!("{other:?}"),
    }
    drop(done);
    server.join();
}

/// Polls a call until its request is out, or `Connecting`, and drops it.
async fn cancel(server: &Server, at: Progress) -> Vec<(Delivery, bool)> {
    let ends = Ends::default();
    let (reached, wait_reached) = tokio::sync::oneshot::channel();
    let reached = Mutex::new(Some(reached));
    let client = server
        .builder()
        .hook(ends.clone())
        .on_progress(move |progress| {
            if progress == at
                && let Some(reached) = reached.lock().unwrap().take()
            {
                reached.send(()).unwrap();
            }
        })
        .build_async()
        .unwrap();
    tokio::select! {
        biased;
        _ = wait_reached => {}
        result = client.invoke("hello", "{}") => panic!("{result:?}"),
    }
    ends.taken()
}

#[tokio::test]
async fn a_call_that_is_dropped_tells_its_delivery_and_closes() {
    let server = Server::start(|listener| {
        // The request is out and the connection is closed.
        let tcp = accept(listener);
        assert!(request(&tcp).is_some());
        assert!(request(&tcp).is_none());
        // Nothing of a request is out.
        assert!(request(accept(listener)).is_none());
    });
    assert_eq!(cancel(&server, Progress::Waiting).await, [(Delivery::Unknown, true)]);
    assert_eq!(cancel(&server, Progress::Connecting).await, [(Delivery::NotSent, true)]);
    server.join();
}

#[tokio::test]
async fn a_hook_is_told_of_every_end_once() {
    let emulator = emulator();
    let ends = Ends::default();
    let client = builder(&emulator).hook(ends.clone()).build_async().unwrap();
    client.invoke("echo", "1").await.unwrap();
    assert_eq!(ends.taken(), [(Delivery::Executed, false)]);
    client.invoke("nobody", "1").await.unwrap_err();
    assert_eq!(ends.taken(), [(Delivery::Refused, false)]);
    client.invoke("echo", "{").await.unwrap_err();
    assert_eq!(ends.taken(), [(Delivery::NotSent, false)]);
}

#[tokio::test]
async fn calls_beyond_the_bound_on_connections_wait() {
    let server = Server::once(|tcp| {
        for _ in 0..20 {
            request(&tcp).unwrap();
            answer(&tcp, &result("one at a time"));
        }
        assert!(request(&tcp).is_none());
    });
    let client = server.builder().max_connections(1).build_async().unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        calls.spawn(async move { client.invoke("hello", "{}").await.map(|_| ()) });
    }
    while let Some(result) = calls.join_next().await {
        result.unwrap().unwrap();
    }
    drop(client);
    server.join();
}

#[tokio::test]
async fn map_gives_every_result_in_the_order_of_the_events() {
    let emulator = emulator();
    let options = MapOptions::default().concurrency(16).rate(100_000);
    let mut results = client(&emulator).map("echo", (0..500).map(|n| n.to_string()), options);
    let mut next = 0;
    while let Some((index, result)) = results.next().await {
        assert_eq!((index, result.unwrap().result_text()), (next, next.to_string().as_str()));
        next += 1;
    }
    assert_eq!(next, 500);
    assert_eq!(results.summary().succeeded, 500);
}

#[tokio::test]
async fn map_loses_no_event_to_the_rate_limit() {
    let emulator = emulator();
    emulator.inject_times(30, &Fault::rate_limited());
    let policy = RetryPolicy::default().attempts(40).base_ms(1).cap_ms(5);
    let options = MapOptions::default().rate(100_000).unordered().retry(policy);
    let events = (0..300).map(|number| number.to_string());
    let mut results = client(&emulator).map("echo", events, options);
    let mut seen = vec![];
    while let Some((index, result)) = results.next().await {
        result.unwrap();
        seen.push(index);
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..300).collect::<Vec<_>>());
}

#[tokio::test]
async fn map_takes_no_more_events_than_it_may_have_in_progress() {
    let emulator = emulator();
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let events = (0..100).map(move |number| {
        counted.fetch_add(1, Ordering::SeqCst);
        number.to_string()
    });
    let options = MapOptions::default().concurrency(4).rate(100_000);
    let mut results = client(&emulator).map("echo", events, options);
    for given in 0..20 {
        results.next().await.unwrap().1.unwrap();
        // Those in progress, and as many that wait for one before them.
        assert!(taken.load(Ordering::SeqCst) <= given + 1 + 2 * 4);
    }
}

#[tokio::test]
async fn waiting_calls_share_one_renewal_and_hold_up_no_other() {
    let emulator = emulator();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let credential = emulator.credential();
    let (id, key) = (credential.secret_id().to_owned(), credential.secret_key().to_owned());
    let client = support::builder(&emulator.url())
        .credentials_from(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Credentials::new(id.clone(), key.clone(), None)
        })
        .build_async()
        .unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        calls.spawn(async move { client.invoke("echo", "1").await.map(|_| ()) });
    }
    while let Some(result) = calls.join_next().await {
        result.unwrap().unwrap();
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_over_tls_is_kept() {
    let (config, trust) = certificate("tokio");
    let server = Server::once(move |tcp| {
        let mut stream = secure(&config, tcp);
        for _ in 0..3 {
            request(&mut stream).unwrap();
            answer(&mut stream, &result("safe"));
            stream.flush().unwrap();
        }
        assert!(request(&mut stream).is_none());
    });
    let (sender, steps) = mpsc::channel();
    let builder = trusting(&server, &trust).on_progress(move |step| sender.send(step).unwrap());
    let client = builder.build_async().unwrap();
    for _ in 0..3 {
        assert_eq!(client.invoke("hello", "{}").await.unwrap().result_text(), "safe");
    }
    let call = [Progress::Sending, Progress::Waiting, Progress::Receiving];
    let connecting = [Progress::Connecting, Progress::Securing];
    let expected = [&connecting[..], &call, &call, &call].concat();
    assert_eq!(steps.try_iter().collect::<Vec<_>>(), expected);
    drop(client);
    server.join();
}
