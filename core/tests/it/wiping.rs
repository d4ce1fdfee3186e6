//! Secrets are wiped where they stood.

#![allow(unsafe_code, reason = "what is dropped cannot be looked at otherwise")]

use std::mem::MaybeUninit;
use std::ptr::{drop_in_place, read_volatile};

use scf_invoke_core::wire::time::Day;
use scf_invoke_core::{DayKey, Signer};

const KEY: [u8; 32] = *b"32 bytes, as a key of a day has.";

fn day_key() -> DayKey {
    DayKey::from_bytes(&KEY, Day::parse("2023-11-14").unwrap(), "scf").unwrap()
}

/// Returns whether `KEY` stands in the memory of a value.
fn holds_key<T>(place: &MaybeUninit<T>) -> bool {
    let start: *const u8 = place.as_ptr().cast();
    // SAFETY: `at` is inside of the value's memory.
    let bytes = (0..size_of::<T>()).map(|at| unsafe { read_volatile(start.add(at)) });
    let bytes: Vec<u8> = bytes.collect();
    bytes.windows(KEY.len()).any(|window| window == KEY)
}

fn is_wiped_when_dropped<T>(value: T) {
    let mut place = Box::new(MaybeUninit::new(value));
    assert!(holds_key(&place), "the test looks in the wrong place");
    // SAFETY: The value is there, and is not used any more.
    unsafe { drop_in_place(place.as_mut_ptr()) };
    assert!(!holds_key(&place));
}

#[test]
fn a_day_key_leaves_nothing_behind() {
    is_wiped_when_dropped(day_key());
    is_wiped_when_dropped(Signer::with_day_key("id", day_key()).unwrap());
}
