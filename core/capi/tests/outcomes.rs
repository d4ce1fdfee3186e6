//! The outcome and the next step of each end of a call in C: the core's table.
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "tests that play C")]

mod support;
#[path = "../../tests/it/support/table.rs"]
mod table;

use scf_invoke_capi::*;
use support::*;
use table::{Row, Way, rows};

/// A clock that was never set, so that the server's date can correct it.
const LOCAL: u64 = 5;

/// Makes one attempt, and returns its outcome and the next step.
fn call(row: &Row, way: Way) -> (Outcome, Next) {
    let call = CCall::new(512);
    let mut request = request("{}");
    if row.asynchronous {
        request.invocation_type = InvocationType::Event as i32;
    }
    let mut attempts = CAttempts::start(0);
    let now = attempts.time(LOCAL);
    assert_eq!(call.start_as(&request, &credential(), now), Status::Ok);
    call.transmit().unwrap();
    if !way.is_whole() {
        assert_eq!(unsafe { scf_call_send_failed(call.call) }, Status::Ok);
    }
    call.receive(&row.bytes(), 23);
    let (next, wait_ms) = call.next(&mut attempts, way.is_reused()).unwrap();
    assert_eq!(wait_ms > 0, next == Next::AgainAfter, "{next:?} after {wait_ms} ms");
    (call.finish(), next)
}

#[test]
fn each_end_comes_to_its_outcome() {
    for row in rows("Tue, 14 Nov 2023 22:13:20 GMT") {
        for way in Way::ALL {
            let (outcome, next) = call(&row, way);
            let delivery = match outcome.delivery {
                Delivery::NotSent => "not sent",
                Delivery::Refused => "refused",
                Delivery::Unknown => "unknown",
                Delivery::Executed => "executed",
            };
            let in_words = match next {
                Next::Done => "done",
                Next::GiveUp => "give up",
                Next::AgainNow => "again now",
                Next::AgainOnNewConnection => "again on a new connection",
                Next::AgainWithNewCredentials => "again with new credentials",
                Next::AgainAfter => "again after a wait",
            };
            let seen = format!("{delivery}; {in_words}");
            assert_eq!(seen, row.outcome(way), "{way:?} of {row:#?}");
            // The outcome's own advice, which knows of no connection before.
            let retry = match next {
                Next::AgainNow => Retry::AfterClockCorrection,
                Next::AgainWithNewCredentials => Retry::AfterNewCredentials,
                Next::AgainAfter | Next::AgainOnNewConnection => Retry::AfterBackoff,
                Next::Done | Next::GiveUp => Retry::Never,
            };
            assert_eq!(outcome.retry, retry, "{way:?} of {row:#?}");
        }
    }
}
