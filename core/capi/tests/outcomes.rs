//! The outcome of each end of a call in C: the core's table.
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "tests that play C")]

mod support;
#[path = "../../tests/it/support/table.rs"]
mod table;

use scf_invoke_capi::*;
use support::*;
use table::{Row, Way, rows};

/// Returns the next step by the outcome of C, in the table's words.
fn next(outcome: &Outcome) -> &'static str {
    match outcome.retry {
        Retry::AfterBackoff => "again after a wait",
        Retry::AfterClockCorrection => "again now",
        Retry::AfterNewCredentials => "again with new credentials",
        Retry::Never if outcome.status == Status::Ok => "done",
        Retry::Never if outcome.status == Status::FunctionFailed => "done",
        Retry::Never => "give up",
    }
}

fn call(row: &Row, way: Way) -> Outcome {
    let call = CCall::new(512);
    let mut request = request("{}");
    if row.asynchronous {
        request.invocation_type = InvocationType::Event as i32;
    }
    assert_eq!(call.start(&request), Status::Ok);
    call.transmit().unwrap();
    if !way.is_whole() {
        assert_eq!(unsafe { scf_call_send_failed(call.call) }, Status::Ok);
    }
    call.receive(&row.bytes(), 23);
    call.finish()
}

#[test]
fn each_end_comes_to_its_outcome() {
    for row in rows("Tue, 14 Nov 2023 22:13:20 GMT") {
        // C's outcome does not know whether a connection was used before.
        for way in [Way::PartOnNew, Way::Whole] {
            let outcome = call(&row, way);
            let delivery = match outcome.delivery {
                Delivery::NotSent => "not sent",
                Delivery::Refused => "refused",
                Delivery::Unknown => "unknown",
                Delivery::Executed => "executed",
            };
            let next_step = format!("{delivery}; {}", next(&outcome));
            assert_eq!(next_step, row.outcome(way), "{way:?} of {row:#?}");
        }
    }
}
