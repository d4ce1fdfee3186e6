//! The records that the feature `log` writes.

use std::cell::RefCell;
use std::sync::Once;

use scf_invoke_core::attempt::{AttemptEnd, Attempts, Clock, Received};
use scf_invoke_core::{Client, RetryPolicy, Stream};

use crate::support::response::{DOCUMENTED, with_length};
use crate::support::scripted::Scripted;
use crate::support::{HELLO, SECRET_ID, SECRET_KEY, settings, signer};

thread_local! {
    /// The records of the test that runs on this thread.
    static RECORDS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}", record.level(), record.args());
        RECORDS.with_borrow_mut(|records| records.push(line));
    }

    fn flush(&self) {}
}

fn records_of(work: impl FnOnce()) -> Vec<String> {
    static LOGGER: Once = Once::new();
    LOGGER.call_once(|| {
        log::set_logger(&Logger).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
    work();
    RECORDS.take()
}

#[test]
fn a_corrected_clock_and_the_end_of_a_call_are_logged_without_secrets() {
    let expired = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"x"},"RequestId":"1"}}"#;
    let responses = [expired, DOCUMENTED].map(|body| with_length("200 OK", body));
    let records = records_of(|| {
        let stream = Scripted::responding(&responses);
        let mut client = Client::new(Stream::new(stream), settings(), signer());
        assert!(client.invoke(5, &HELLO, "{}", &mut [0; 1024]).is_ok());
        client.invoke(5, &HELLO, "{}", &mut [0; 1024]).unwrap_err();
    });
    assert_eq!(
        records,
        [
            "INFO the clock is corrected by 1699999995 s",
            "DEBUG a call ended with a reply",
            "DEBUG a call ended with error 82: unknown",
        ]
    );
    let text = records.concat();
    assert!(!text.contains(SECRET_KEY) && !text.contains(SECRET_ID));
}

#[test]
fn the_end_of_an_attempt_is_logged_with_what_comes_next() {
    let records = records_of(|| {
        let mut attempts = Attempts::new(RetryPolicy::DEFAULT);
        attempts.end(&AttemptEnd::new(Received::Lost, false), &mut Clock::new(), 0);
    });
    assert_eq!(records, ["DEBUG an attempt ended: not sent; next: AgainAfter(250)"]);
}
