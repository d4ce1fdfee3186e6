//! How long to wait, and what time it is.

use scf_invoke_core::attempt::retry::{Clock, Policy, Retry};

#[test]
fn waits_double_up_to_the_cap_and_stay_in_their_upper_half() {
    let policy = Policy { attempts: 40, base_ms: 100, cap_ms: 1000 };
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
    let policy = Policy::default();
    assert!(policy.wait_ms(Retry::AfterBackoff, policy.attempts - 1, 0).is_some());
    assert_eq!(policy.wait_ms(Retry::AfterBackoff, policy.attempts, 0), None);
    assert_eq!(policy.wait_ms(Retry::Never, 1, 0), None);
    assert_eq!(policy.wait_ms(Retry::AfterClockCorrection, 1, 0), None);
    assert_eq!(Policy::NONE.wait_ms(Retry::AfterBackoff, 1, 0), None);
    let endless = Policy { attempts: u32::MAX, base_ms: u32::MAX, cap_ms: u32::MAX };
    assert_eq!(endless.wait_ms(Retry::AfterBackoff, 100, u32::MAX), Some(u32::MAX - 1));
}

#[test]
fn clocks_take_any_time() {
    let mut clock = Clock::new();
    assert!(!clock.learn(100, 160), "a minute is no cause of a refusal");
    assert_eq!(clock.now(100), 100);
    assert!(clock.learn(100, 161));
    assert_eq!(clock.now(100), 161);
    assert!(clock.learn(u64::MAX, 0));
    assert!(clock.learn(0, u64::MAX));
    let _ = clock.now(u64::MAX);
}
