//! The attempts of an invocation, as a C program makes them.
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "tests that play C")]

mod support;

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use scf_invoke_capi::*;
use support::*;

const SIZE: usize = size_of::<AttemptsStorage>();

fn api_error(code: &str) -> Vec<u8> {
    let error = format!(r#"{{"Code":"{code}","Message":"why"}}"#);
    with_length("200 OK", &format!(r#"{{"Response":{{"Error":{error},"RequestId":"r"}}}}"#))
}

/// Makes an attempt at a local time, with this response.
fn attempt(attempts: &mut CAttempts, local: u64, response: &[u8]) -> (Next, u32) {
    let call = CCall::new(512);
    let now = attempts.time(local);
    assert_eq!(call.start_as(&request("{}"), &credential(), now), Status::Ok);
    call.transmit().unwrap();
    call.receive(response, 23);
    call.next(attempts, false).unwrap()
}

#[test]
fn three_attempts_are_made_unless_another_number_is_said() {
    let limit = api_error("RequestLimitExceeded");
    let mut attempts = CAttempts::start(0);
    assert_eq!(attempt(&mut attempts, NOW, &limit), (Next::AgainAfter, 375));
    assert_eq!(attempt(&mut attempts, NOW, &limit), (Next::AgainAfter, 750));
    assert_eq!(attempt(&mut attempts, NOW, &limit), (Next::GiveUp, 0));

    attempts.restart(2);
    assert_eq!(attempt(&mut attempts, NOW, &limit), (Next::AgainAfter, 375));
    assert_eq!(attempt(&mut attempts, NOW, &limit), (Next::GiveUp, 0));

    attempts.restart(1);
    assert_eq!(attempt(&mut attempts, NOW, &limit), (Next::GiveUp, 0));
    let credentials = api_error("AuthFailure.TokenFailure");
    assert_eq!(attempt(&mut attempts, NOW, &credentials), (Next::GiveUp, 0));
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let body = "slow down";
    let response = format!(
        "HTTP/1.1 429 Told\r\nRetry-After: 7\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut attempts = CAttempts::start(0);
    assert_eq!(attempt(&mut attempts, NOW, response.as_bytes()), (Next::AgainAfter, 7000));
}

#[test]
fn a_wrong_clock_is_corrected_once_and_for_later_invocations() {
    let expired = api_error("AuthFailure.SignatureExpire");
    let mut attempts = CAttempts::start(0);
    assert_eq!(attempts.time(12), 12);
    assert_eq!(attempt(&mut attempts, 12, &expired), (Next::AgainNow, 0));
    assert_eq!(attempts.time(15), NOW + 3);
    assert_eq!(attempt(&mut attempts, 15, &expired), (Next::GiveUp, 0));
    attempts.restart(0);
    assert_eq!(attempts.time(20), NOW + 8);
}

#[test]
fn a_connection_that_the_server_had_closed_is_replaced_at_once() {
    let mut attempts = CAttempts::start(0);
    for expected in [(Next::AgainOnNewConnection, 0), (Next::AgainAfter, 375)] {
        let call = CCall::new(512);
        let now = attempts.time(NOW);
        assert_eq!(call.start_as(&request("{}"), &credential(), now), Status::Ok);
        unsafe { scf_call_send_failed(call.call) };
        assert_eq!(call.next(&mut attempts, true), Ok(expected));
    }
}

#[test]
fn a_request_that_is_wrong_is_not_made_again() {
    let mut attempts = CAttempts::start(0);
    let call = CCall::new(512);
    let now = attempts.time(NOW);
    let status = call.start_as(&request("{"), &credential(), now);
    assert_eq!(status, Status::EventNotJson);
    assert_eq!(call.next(&mut attempts, false), Ok((Next::GiveUp, 0)));
}

/// Counts the bytes that it is given.
unsafe extern "C" fn count(context: *mut c_void, _: i32, _: *const u8, length: usize) -> i32 {
    unsafe { *context.cast::<usize>() += length };
    0
}

#[test]
fn a_sink_is_given_no_result_twice() {
    let body = concat!(
        r#"{"Response":{"Result":{"RetMsg":"{\"errorCode\":-1,\"statusCode\":429}","#,
        r#""InvokeResult":1},"RequestId":"r"}}"#
    );
    let mut taken = 0usize;
    for has_sink in [false, true] {
        let mut attempts = CAttempts::start(0);
        let mut request = request("{}");
        if has_sink {
            request.sink = Sink { write: Some(count), context: (&raw mut taken).cast() };
        }
        let call = CCall::new(512);
        let now = attempts.time(NOW);
        assert_eq!(call.start_as(&request, &credential(), now), Status::Ok);
        call.transmit().unwrap();
        call.receive(&with_length("200 OK", body), 23);
        let (next, _) = call.next(&mut attempts, false).unwrap();
        assert_eq!(next, if has_sink { Next::Done } else { Next::AgainAfter });
    }
    assert!(taken > 0);
}

#[test]
fn attempts_are_asked_for_in_order() {
    let call = CCall::new(512);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    let mut empty = CAttempts(zeroed());
    assert_eq!(call.next(&mut empty, false), Err(Status::State));

    let mut attempts = CAttempts::start(0);
    assert_eq!(call.next(&mut attempts, false), Err(Status::State));
    attempts.time(NOW);
    assert!(call.next(&mut attempts, false).is_ok());
    // Once each.
    assert_eq!(call.next(&mut attempts, false), Err(Status::State));
    attempts.time(NOW);
    call.finish();
    assert_eq!(call.next(&mut attempts, false), Err(Status::State));
}

#[test]
fn storage_and_places_are_checked() {
    let mut storage: [AttemptsStorage; 2] = zeroed();
    let attempts = &raw mut storage[0];
    let call = CCall::new(512);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    let (mut now, mut next, mut wait_ms) = (0, Next::GiveUp, 0);
    let wrong = [
        (null_mut(), SIZE, Status::Null),
        (attempts.wrapping_byte_add(4), SIZE, Status::Misaligned),
        (attempts, SIZE - 1, Status::Storage),
    ];
    unsafe {
        for (storage, size, status) in wrong {
            assert_eq!(scf_attempts_start(storage, size, 0), status);
            assert_eq!(scf_attempts_time(storage, size, 0, &mut now), status);
            let seen = scf_attempts_next(storage, size, call.call, 0, 0, &mut next, &mut wait_ms);
            assert_eq!(seen, status);
        }
        assert_eq!(scf_attempts_time(attempts, SIZE, 0, &mut now), Status::State);
        assert_eq!(scf_attempts_start(attempts, SIZE, 0), Status::Ok);
        assert_eq!(scf_attempts_time(attempts, SIZE, 0, null_mut()), Status::Null);
        assert_eq!(scf_attempts_time(attempts, SIZE, 0, &mut now), Status::Ok);
        for (call, next, wait_ms) in [
            (null_mut(), &raw mut next, &raw mut wait_ms),
            (call.call, null_mut(), &raw mut wait_ms),
            (call.call, &raw mut next, null_mut()),
        ] {
            let status = scf_attempts_next(attempts, SIZE, call, 0, 0, next, wait_ms);
            assert_eq!(status, Status::Null);
        }
    }
    let bytes = null();
    assert_eq!(unsafe { scf_call_push(call.call, bytes, 0) }, Status::More);
}
