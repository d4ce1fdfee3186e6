//! `Client::map`: one function, many events, on threads.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use scf_emulator::{Emulator, Fault};
use scf_invoke::scf_invoke_core::request::event::{Source, SourceError};
use scf_invoke::{Client, Credentials, Error, Event, MapOptions, RetryPolicy};

fn emulator() -> Emulator {
    Emulator::builder()
        .function("echo", |event| Ok(event.json()))
        .function("fail", |_| Err::<String, _>(scf_emulator::FunctionError::new("on purpose")))
        .start()
        .unwrap()
}

fn client(emulator: &Emulator) -> Client {
    let credential = emulator.credential();
    let credentials =
        Credentials::new(credential.secret_id(), credential.secret_key(), None).unwrap();
    support::builder(&emulator.url()).credentials(credentials).build().unwrap()
}

fn options() -> MapOptions {
    MapOptions::default().concurrency(4).rate(100_000)
}

#[test]
fn every_result_comes_in_the_order_of_the_events() {
    let emulator = emulator();
    let mut results = client(&emulator).map("echo", (0..100).map(|n| n.to_string()), options());
    for expected in 0..100 {
        let (index, result) = results.next().unwrap();
        assert_eq!(index, expected);
        assert_eq!(result.unwrap().result_text(), expected.to_string());
    }
    assert!(results.next().is_none());
    assert!(results.next().is_none());
    assert_eq!(results.summary().succeeded, 100);
}

#[test]
fn no_event_is_lost_to_the_rate_limit() {
    let emulator = emulator();
    emulator.inject_times(20, &Fault::rate_limited());
    let policy = RetryPolicy::default().attempts(40).base_ms(1).cap_ms(5);
    let options = options().unordered().retry(policy);
    let results = client(&emulator).map("echo", (0..100).map(|n| n.to_string()), options);
    let mut seen: Vec<_> = results.map(|(index, result)| result.map(|_| index).unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..100).collect::<Vec<_>>());
}

#[test]
fn failures_and_events_that_are_none_are_results_too() {
    let emulator = emulator();
    let client = client(&emulator);
    let mut results = client.map("fail", ["1", "{"], options());
    assert!(matches!(results.next(), Some((0, Err(Error::Function(_))))));
    assert!(matches!(results.next(), Some((1, Err(Error::Request(_))))));
    assert!(results.next().is_none());
    assert_eq!((results.summary().failed, results.summary().not_run), (1, 1));
    assert!(client.map("echo", [""; 0], options()).next().is_none());
}

#[test]
fn no_more_events_are_taken_than_may_be_in_progress() {
    let emulator = emulator();
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let events = (0..100).map(move |number| {
        counted.fetch_add(1, Ordering::SeqCst);
        number.to_string()
    });
    let mut results = client(&emulator).map("echo", events, options());
    for given in 0..20 {
        results.next().unwrap().1.unwrap();
        // Those in progress, and as many that wait for one before them.
        assert!(taken.load(Ordering::SeqCst) <= given + 1 + 2 * 4);
    }
}

#[test]
fn an_event_that_panics_does_so_where_the_results_are_taken() {
    struct Panicking;

    impl Source for Panicking {
        fn rewind(&mut self) {
            panic!("in the event");
        }

        fn read(&mut self, _: &mut [u8]) -> Result<usize, SourceError> {
            Ok(0)
        }
    }

    let source: &'static mut Panicking = Box::leak(Box::new(Panicking));
    let mut results = client(&emulator()).map("echo", [Event::source(source)], options());
    let panic = catch_unwind(AssertUnwindSafe(|| results.next())).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"in the event"));
}
