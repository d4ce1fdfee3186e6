//! Calls that are cancelled, and clients that are closed.

mod support;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use scf_invoke::{
    CallInfo, Canceller, Deadline, Delivery, Error, Hook, MapOptions, Progress, RateLimiter, Reply,
    RetryPolicy,
};
use support::{Server, accept, answer, api_error, request, result};

/// Any progress of a call that is going to be made again.
const RETRYING: Progress = Progress::Retrying { attempt: 0, wait: Duration::ZERO };

/// A hook that reports when a call has come to a step.
struct At(Progress, Sender<()>);

impl Hook for At {
    fn progress(&self, _: &CallInfo<'_>, progress: Progress) {
        if progress == self.0 {
            // The test may have seen enough.
            let _ = self.1.send(());
        }
    }

    fn retry(&self, _: &CallInfo<'_>, _: &Error, _: Duration) {
        if self.0 == RETRYING {
            let _ = self.1.send(());
        }
    }
}

fn at(progress: Progress) -> (At, Receiver<()>) {
    let (sender, reached) = mpsc::channel();
    (At(progress, sender), reached)
}

/// A server that takes a request and never answers, until the connection ends.
fn silent() -> Server {
    Server::once(|tcp| {
        assert!(request(&tcp).is_some());
        assert!(request(&tcp).is_none());
    })
}

/// Makes the call, and cancels it once it has come so far.
fn cancelled_at<T>(reached: Receiver<()>, canceller: &Canceller, call: impl FnOnce() -> T) -> T {
    thread::scope(|scope| {
        scope.spawn(move || {
            reached.recv().unwrap();
            canceller.cancel();
        });
        call()
    })
}

fn delivery(result: Result<Reply, Error>) -> Delivery {
    match result {
        Err(Error::Cancelled { delivery }) => delivery,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_that_waits_for_its_answer_may_have_run() {
    let server = silent();
    let (hook, reached) = at(Progress::Waiting);
    let client = server.builder().hook(hook).build().unwrap();
    let canceller = Canceller::new();
    let call = client.call("hello").event("{}").canceller(&canceller);
    let error = cancelled_at(reached, &canceller, || call.send()).unwrap_err();
    let text = "the call was cancelled; the function may have run: find out before calling again";
    assert_eq!(error.to_string(), text);
    assert_eq!(delivery(Err(error)), Delivery::Unknown);
    server.join();
}

#[test]
fn a_call_whose_request_is_not_out_has_not_run() {
    let (full, wait_full) = mpsc::channel();
    let server = Server::once(move |tcp| {
        // It reads nothing, so that a large request cannot leave.
        wait_full.recv().unwrap();
        drop(tcp);
    });
    let (hook, reached) = at(Progress::Sending);
    let client = server.builder().hook(hook).build().unwrap();
    let canceller = Canceller::new();
    let event = format!("\"{}\"", "x".repeat(6_000_000));
    let call = client.call("hello").event(event).canceller(&canceller);
    let result = cancelled_at(reached, &canceller, || call.send());
    assert_eq!(delivery(result), Delivery::NotSent);
    full.send(()).unwrap();
    server.join();
}

#[test]
fn a_wait_for_the_next_attempt_ends_at_once() {
    let day = Duration::from_secs(24 * 3600);
    for limiter in [None, Some(Arc::new(RateLimiter::new(1)))] {
        let server = Server::once(|tcp| {
            request(&tcp).unwrap();
            answer(&tcp, &api_error("RequestLimitExceeded"));
            assert!(request(&tcp).is_none());
        });
        let (hook, reached) = at(RETRYING);
        let day_ms = u32::try_from(day.as_millis()).unwrap();
        let policy = RetryPolicy::default().base_ms(day_ms).cap_ms(day_ms);
        let client = server.builder().retry(policy).hook(hook).build().unwrap();
        let canceller = Canceller::new();
        let mut call = client.call("hello").timeout(2 * day).canceller(&canceller);
        if let Some(limiter) = &limiter {
            call = call.rate_limiter(limiter);
        }
        let result = cancelled_at(reached, &canceller, || call.send());
        assert_eq!(delivery(result), Delivery::Refused);
        drop(client);
        server.join();
    }
}

#[test]
fn what_begins_after_that_ends_before_anything_is_sent() {
    let canceller = Canceller::new();
    assert!(!canceller.is_cancelled());
    canceller.clone().cancel();
    assert!(canceller.is_cancelled());
    let client = support::builder("http://127.0.0.1:9").build().unwrap();
    let call = client.call("hello").canceller(&canceller);
    assert_eq!(delivery(call.send()), Delivery::NotSent);
}

#[test]
fn a_connection_of_a_cancelled_call_is_not_used_again() {
    let server = Server::start(|listener| {
        let tcp = accept(listener);
        request(&tcp).unwrap();
        assert!(request(&tcp).is_none());
        let tcp = accept(listener);
        for _ in 0..2 {
            request(&tcp).unwrap();
            answer(&tcp, &result("again"));
        }
    });
    let (hook, reached) = at(Progress::Waiting);
    let client = server.builder().retry(RetryPolicy::NONE).hook(hook).build().unwrap();
    let canceller = Canceller::new();
    let call = client.call("hello").canceller(&canceller);
    assert_eq!(delivery(cancelled_at(reached, &canceller, || call.send())), Delivery::Unknown);
    // A canceller of a call that has ended does it no harm any more.
    let late = Canceller::new();
    client.call("hello").canceller(&late).send().unwrap();
    late.cancel();
    client.call("hello").send().unwrap();
    server.join();
}

#[test]
fn a_closed_client_waits_for_its_calls_and_takes_no_other() {
    let (closing, wait_closing) = mpsc::channel();
    let server = Server::once(move |tcp| {
        request(&tcp).unwrap();
        wait_closing.recv().unwrap();
        answer(&tcp, &result("in time"));
        assert!(request(&tcp).is_none());
    });
    let (hook, reached) = at(Progress::Waiting);
    let client = server.builder().hook(hook).build().unwrap();
    thread::scope(|scope| {
        let call = scope.spawn(|| client.invoke("hello", "{}"));
        reached.recv().unwrap();
        closing.send(()).unwrap();
        assert_eq!(client.close(Deadline::NEVER), 0);
        assert_eq!(call.join().unwrap().unwrap().result_text(), "in time");
    });
    // A clone is closed as well.
    let error = client.clone().invoke("hello", "{}").unwrap_err();
    assert!(matches!(error, Error::Closed), "{error:?}");
    assert_eq!(error.delivery(), Delivery::NotSent);
    server.join();
}

#[test]
fn a_closed_client_cancels_what_is_late() {
    let server = silent();
    let (hook, reached) = at(Progress::Waiting);
    let client = server.builder().hook(hook).build().unwrap();
    thread::scope(|scope| {
        let call = scope.spawn(|| client.invoke("hello", "{}"));
        reached.recv().unwrap();
        assert_eq!(client.close(Deadline::after(Duration::ZERO)), 1);
        assert_eq!(delivery(call.join().unwrap()), Delivery::Unknown);
    });
    assert!(matches!(client.invoke("hello", "{}"), Err(Error::Closed)));
    server.join();
}

#[test]
fn a_map_that_is_dropped_cancels_its_calls() {
    let server = Server::start(|listener| {
        let (first, second) = (accept(listener), accept(listener));
        request(&first).unwrap();
        request(&second).unwrap();
        answer(&first, &result("one"));
        assert!(request(&second).is_none());
    });
    let client = server.client();
    let options = MapOptions::default().rate(100_000).unordered();
    let mut results = client.map("hello", ["1", "2"], options);
    assert_eq!(results.next().unwrap().1.unwrap().result_text(), "one");
    drop(results);
    server.join();
}

#[cfg(feature = "tokio")]
mod asynchronous {
    use super::*;

    #[tokio::test]
    async fn a_call_is_cancelled_as_a_blocking_one_is() {
        for (step, expected) in
            [(Progress::Connecting, Delivery::NotSent), (Progress::Waiting, Delivery::Unknown)]
        {
            let server = Server::once(|tcp| while request(&tcp).is_some() {});
            let (hook, reached) = at(step);
            let client = server.builder().hook(hook).build_async().unwrap();
            let canceller = Canceller::new();
            let other = canceller.clone();
            let waiter = thread::spawn(move || {
                reached.recv().unwrap();
                other.cancel();
            });
            // One that is connected before it is cancelled goes on to the next step.
            let result = client.call("hello").canceller(&canceller).send().await;
            match step {
                Progress::Waiting => assert_eq!(delivery(result), expected),
                _ => drop(delivery(result)),
            }
            waiter.join().unwrap();
            let result = client.call("hello").canceller(&canceller).send().await;
            assert_eq!(delivery(result), Delivery::NotSent);
            server.join();
        }
    }

    #[tokio::test]
    async fn a_closed_client_waits_and_then_cancels() {
        let server = silent();
        let (hook, reached) = at(Progress::Waiting);
        let client = server.builder().hook(hook).build_async().unwrap();
        let other = client.clone();
        let call = tokio::spawn(async move { other.invoke("hello", "{}").await });
        let reached = tokio::task::spawn_blocking(move || reached.recv().unwrap());
        reached.await.unwrap();
        assert_eq!(client.close(Deadline::after(Duration::from_millis(1))).await, 1);
        assert_eq!(delivery(call.await.unwrap()), Delivery::Unknown);
        assert!(matches!(client.invoke("hello", "{}").await, Err(Error::Closed)));
        assert_eq!(client.close(Deadline::NEVER).await, 0);
        server.join();
    }
}
