//! Waits between attempts, and the correction of the clock.

use scf_invoke_core::attempt::{
    AttemptEnd, Attempts, Clock, Delivery, Next, Received, Retry, RetryPolicy,
};
use scf_invoke_core::reply::{Decoder, Output};

#[test]
fn waits_double_up_to_the_cap_and_stay_in_their_upper_half() {
    let policy = RetryPolicy::default().attempts(40).base_ms(100).cap_ms(1000);
    for (attempt, longest) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (39, 1000)] {
        let wait = |random| policy.wait_ms(Retry::AfterBackoff, attempt, random).unwrap();
        assert_eq!(wait(0), longest / 2, "{attempt}");
        assert_eq!(wait(u32::MAX), longest - 1, "{attempt}");
        assert_eq!(wait(1 << 31), longest * 3 / 4, "{attempt}");
    }
    // Before any attempt it is as before the second.
    assert_eq!(policy.wait_ms(Retry::AfterBackoff, 0, 0), Some(50));
}

#[test]
fn only_what_may_help_is_waited_for() {
    let policy = RetryPolicy::default();
    assert!(policy.wait_ms(Retry::AfterBackoff, policy.attempts - 1, 0).is_some());
    assert_eq!(policy.wait_ms(Retry::AfterBackoff, policy.attempts, 0), None);
    assert_eq!(policy.wait_ms(Retry::Never, 1, 0), None);
    assert_eq!(policy.wait_ms(Retry::AfterClockCorrection, 1, 0), None);
    assert_eq!(RetryPolicy::NONE.wait_ms(Retry::AfterBackoff, 1, 0), None);
    let endless = RetryPolicy::NONE.attempts(u32::MAX).base_ms(u32::MAX).cap_ms(u32::MAX);
    assert_eq!(endless.wait_ms(Retry::AfterBackoff, 100, u32::MAX), Some(u32::MAX - 1));
}

/// Corrects a clock by the server's time; returns whether that is worth an
/// attempt, and the clock's time.
fn corrected(local: u64, server: u64) -> (bool, u64) {
    let mut clock = Clock::new();
    (clock.correct(local, local, server), clock.now(local))
}

#[test]
fn more_than_a_minute_is_worth_an_attempt() {
    assert_eq!(corrected(100, 160), (false, 160));
    assert_eq!(corrected(100, 161), (true, 161));
    assert_eq!(corrected(100, 40), (false, 40));
    assert_eq!(corrected(100, 39), (true, 39));
}

#[test]
fn a_clock_that_is_set_follows_by_a_day_at_most() {
    let (year_2026, day) = (1_767_225_600, 86_400);
    assert_eq!(corrected(year_2026, year_2026 + day), (true, year_2026 + day));
    assert_eq!(corrected(year_2026, year_2026 + day + 1), (false, year_2026));
    assert_eq!(corrected(year_2026 + day, year_2026), (true, year_2026));
    assert_eq!(corrected(year_2026 + day + 1, year_2026), (false, year_2026 + day + 1));
    // One that was never set follows anywhere.
    assert_eq!(corrected(year_2026 - 1, year_2026 + day), (true, year_2026 + day));
    assert_eq!(corrected(0, 2 * year_2026), (true, 2 * year_2026));
}

#[test]
fn a_set_clock_cannot_be_led_away_in_steps() {
    let (local, day) = (1_800_000_000, 86_400);
    let mut clock = Clock::new();
    assert!(clock.correct(local, local, local + day));
    assert!(!clock.correct(local, clock.now(local), local + 2 * day));
    assert_eq!(clock.now(local), local + day);
}

#[test]
fn what_another_call_has_learnt_is_worth_an_attempt() {
    let mut clock = Clock::new();
    assert!(clock.correct(5, 5, 1_700_000_000));
    // A request that was signed before that is refused later.
    assert!(clock.correct(5, 5, 1_700_000_000));
    assert!(!clock.correct(5, clock.now(5), 1_700_000_000));
}

#[test]
fn clocks_take_any_time() {
    let mut clock = Clock::new();
    for (local, server) in [(0, u64::MAX), (u64::MAX, u64::MAX), (0, 0), (u64::MAX, 0)] {
        clock.correct(local, local, server);
        let _ = clock.now(u64::MAX);
    }
}

/// Returns an attempt that was refused with this code of the API.
fn refused(code: &str) -> AttemptEnd<'_> {
    AttemptEnd::new(Received::ApiError { code: code.as_bytes(), has_result: false }, true)
}

const LIMITED: &str = "RequestLimitExceeded";

#[test]
fn attempts_are_as_many_as_the_policy_has() {
    let mut attempts = Attempts::new(RetryPolicy::default().attempts(3));
    let mut clock = Clock::new();
    let mut numbers = vec![];
    loop {
        numbers.push(attempts.number());
        match attempts.end(&refused(LIMITED), &mut clock, 0).next {
            Next::AgainAfter(wait) => assert_eq!(wait, 250 << (numbers.len() - 1)),
            next => break assert_eq!(next, Next::GiveUp),
        }
    }
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn a_server_may_ask_for_a_longer_wait_up_to_the_cap() {
    let policy = RetryPolicy::default().cap_ms(7000);
    for (asked, next) in [
        (0, Next::AgainAfter(250)),
        (7, Next::AgainAfter(7000)),
        (8, Next::GiveUp),
        (u32::MAX, Next::GiveUp),
    ] {
        let end = AttemptEnd { retry_after: Some(asked), ..refused(LIMITED) };
        assert_eq!(Attempts::new(policy).end(&end, &mut Clock::new(), 0).next, next, "{asked}");
    }
}

#[test]
fn what_is_repeated_at_once_is_so_only_once_and_does_not_count() {
    let stale = AttemptEnd { reused: true, ..AttemptEnd::new(Received::Lost, false) };
    let expired = AttemptEnd { server_time: Some(1000), ..refused("AuthFailure.SignatureExpire") };
    let renewed = refused("AuthFailure.TokenFailure");
    for (end, first, second) in [
        (stale, Next::AgainOnNewConnection, Next::AgainAfter(250)),
        (expired, Next::AgainNow, Next::GiveUp),
        (renewed, Next::AgainWithNewCredentials, Next::GiveUp),
    ] {
        let mut attempts = Attempts::new(RetryPolicy::default());
        let mut clock = Clock::new();
        assert_eq!(attempts.end(&end, &mut clock, 0).next, first);
        assert_eq!(attempts.number(), 1);
        assert_eq!(attempts.end(&end, &mut clock, 0).next, second);
    }
}

#[test]
fn a_policy_of_no_retries_repeats_nothing_that_was_sent() {
    let expired = AttemptEnd { server_time: Some(1000), ..refused("AuthFailure.SignatureExpire") };
    let mut clock = Clock::new();
    for end in [expired, refused("AuthFailure.TokenFailure"), refused(LIMITED)] {
        let outcome = Attempts::new(RetryPolicy::NONE).end(&end, &mut clock, 0);
        assert_eq!((outcome.delivery, outcome.next), (Delivery::Refused, Next::GiveUp));
    }
    // The next call has the right time.
    assert_eq!(clock.now(0), 1000);
}

#[test]
fn without_a_date_no_clock_is_corrected() {
    let end = refused("AuthFailure.SignatureExpire");
    let next = Attempts::new(RetryPolicy::default()).end(&end, &mut Clock::new(), 0).next;
    assert_eq!(next, Next::GiveUp);
}

#[test]
fn what_the_caller_has_been_given_is_not_asked_for_again() {
    let limited = Received::FunctionFailed { status: Some(432) };
    for (received, last) in [(limited, Next::Done), (Received::Lost, Next::GiveUp)] {
        let end = AttemptEnd { consumed: true, ..AttemptEnd::new(received, false) };
        let next = Attempts::new(RetryPolicy::default()).end(&end, &mut Clock::new(), 0).next;
        assert_eq!(next, last);
    }
}

#[test]
fn what_this_side_has_ended_is_never_repeated() {
    for (sent, delivery) in [(false, Delivery::NotSent), (true, Delivery::Unknown)] {
        let end = AttemptEnd::new(Received::Stopped, sent);
        let outcome = Attempts::new(RetryPolicy::default()).end(&end, &mut Clock::new(), 0);
        assert_eq!((outcome.delivery, outcome.next), (delivery, Next::GiveUp));
    }
}

#[test]
fn a_clock_can_be_kept_and_made_again() {
    let mut clock = Clock::new();
    assert!(clock.correct(5, 5, 1005));
    assert_eq!(clock.offset(), 1000);
    assert_eq!(Clock::with_offset(1000), clock);
}

#[test]
fn a_response_is_classified_without_a_call() {
    let body = r#"{"Response":{"Result":{"RetMsg":"{\"statusCode\":429}","InvokeResult":1}}}"#;
    let mut decoder = Decoder::new();
    let read = decoder.push(body.as_bytes(), &mut Output::Buffer(&mut [0; 64]));
    let read = read.and_then(|()| decoder.finish());
    let received = Received::from_response(200, read, decoder.fields(), false, Some(429));
    assert_eq!(received, Received::FunctionFailed { status: Some(429) });
    assert_eq!(received.delivery(true), Delivery::Refused);
    assert_eq!(received.retry(Delivery::Refused), Retry::AfterBackoff);
    let other = Received::from_response(502, read, decoder.fields(), false, None);
    assert_eq!(
        (other.delivery(true), other.delivery(false)),
        (Delivery::Unknown, Delivery::Unknown)
    );
}
