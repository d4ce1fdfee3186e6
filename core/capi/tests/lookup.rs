//! Day keys and lookups, beside the core's own.
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "tests that play C")]

mod support;

use std::ffi::CStr;

use scf_invoke_capi::*;
use scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke_core::sign::day_key::DayKey;
use scf_invoke_core::wire::time::Day;
use support::*;

const SIZE: usize = size_of::<DayKeyStorage>();

#[test]
fn a_day_key_goes_out_and_comes_in() {
    let mut backend: DayKeyStorage = zeroed();
    let mut device: DayKeyStorage = zeroed();
    let (secret, id) = (text(SECRET_KEY), text(SECRET_ID));
    let (mut out, mut length, mut end, mut secret_id) = ([0u8; 200], 0, 0, Text::NONE);
    unsafe {
        let derived = scf_day_key_derive(&mut backend, SIZE, secret.data, secret.length, NOW);
        assert_eq!(derived, Status::Ok);
        let exported = scf_day_key_export(
            &backend,
            SIZE,
            id.data,
            id.length,
            out.as_mut_ptr().cast(),
            out.len(),
            &mut length,
        );
        assert_eq!(exported, Status::Ok);
        let day = Day::of_timestamp(NOW).unwrap();
        let mut expected = [0; 200];
        let key = DayKey::derive(SECRET_KEY, day, "scf").unwrap();
        let expected = key.export(SECRET_ID, &mut expected).unwrap();
        assert_eq!(CStr::from_bytes_until_nul(&out).unwrap().to_str(), Ok(expected));
        assert_eq!(length, expected.len());

        let imported =
            scf_day_key_import(&mut device, SIZE, out.as_ptr().cast(), length, &mut secret_id);
        assert_eq!(imported, Status::Ok);
        assert_eq!(read(secret_id).unwrap(), SECRET_ID);
        assert_eq!(scf_day_key_end(&device, SIZE, &mut end), Status::Ok);
        assert_eq!(end, day.first_second() + 86_400);
        assert_eq!(scf_day_key_wipe(&mut backend, SIZE), Status::Ok);
        assert_eq!(backend.opaque.map(|word| word.assume_init()), [0; DAY_KEY_WORDS]);
    }

    // It signs what the secret signs, and only on its day.
    let with_secret = CCall::new(512);
    assert_eq!(with_secret.start(&request("{}")), Status::Ok);
    let by_secret = with_secret.transmit().unwrap();
    let mut who = credential();
    who.secret_key = Text::NONE;
    who.day_key = &raw mut device;
    who.day_key_size = SIZE;
    let call = CCall::new(512);
    assert_eq!(call.start_as(&request("{}"), &who, NOW), Status::Ok);
    assert_eq!(call.transmit().unwrap(), by_secret);
    assert_eq!(call.start_as(&request("{}"), &who, end), Status::DayKeyDay);
    assert_eq!(call.finish().delivery, Delivery::NotSent);
    // Not for another service.
    let other = DayKey::derive(SECRET_KEY, Day::of_timestamp(NOW).unwrap(), "cvm").unwrap();
    let other = other.export(SECRET_ID, &mut out).unwrap();
    let other = text(other);
    unsafe {
        scf_day_key_import(who.day_key, SIZE, other.data, other.length, &mut secret_id);
    }
    assert_eq!(call.start_as(&request("{}"), &who, NOW), Status::DayKeyService);
    unsafe { scf_day_key_wipe(who.day_key, SIZE) };
}

#[test]
fn a_place_for_the_day_key_is_filled_and_renewed() {
    let mut kept: DayKeyStorage = zeroed();
    let kept = &raw mut kept;
    let mut who = credential();
    who.day_key = kept;
    who.day_key_size = SIZE;
    let call = CCall::new(512);
    let mut ends = Vec::new();
    for now in [NOW, NOW + 1, NOW + 86_400] {
        assert_eq!(call.start_as(&request("{}"), &who, now), Status::Ok);
        let mut end = 0;
        assert_eq!(unsafe { scf_day_key_end(kept, SIZE, &mut end) }, Status::Ok);
        ends.push(end);
    }
    assert_eq!((ends[0], ends[0] + 86_400), (ends[1], ends[2]));
    unsafe { scf_day_key_wipe(kept, SIZE) };
}

#[test]
fn error_codes_are_the_cores() {
    for code in ["ResourceNotFound.Function", "InternalError.New", "RequestLimitExceeded", "", "é"]
    {
        let mut info: ErrorInfo = zeroed();
        let key = text(code);
        assert_eq!(unsafe { scf_error_code(key.data, key.length, &mut info) }, Status::Ok);
        assert_eq!(read(info.advice).unwrap(), ErrorCode::advice(code));
        assert_eq!(info.may_have_run == 1, ErrorCode::may_have_run(code));
        assert_eq!(info.retry, Retry::from(ErrorCode::retry(code)));
        assert_eq!(info.known == 1, ErrorCode::parse(code) != ErrorCode::Unknown);
    }
    let code = text("x");
    unsafe {
        assert_eq!(scf_error_code(std::ptr::null(), 1, &mut zeroed()), Status::Null);
        assert_eq!(scf_error_code(code.data, 1, std::ptr::null_mut()), Status::Null);
        let mut meaning = Text::NONE;
        assert_eq!(scf_function_status(433, &mut meaning), Status::Ok);
        assert_eq!(read(meaning).unwrap(), "time limit reached");
        assert_eq!(scf_function_status(-5, &mut meaning), Status::Ok);
        assert_eq!(read(meaning), None);
        assert_eq!(scf_function_status(0, std::ptr::null_mut()), Status::Null);
    }
}

#[test]
fn versions_and_sizes_are_told() {
    assert_eq!(scf_abi(), ABI);
    let version = unsafe { CStr::from_ptr(scf_version()) };
    assert_eq!(version.to_str(), Ok(env!("CARGO_PKG_VERSION")));
    assert_eq!(scf_call_size(), size_of::<CallStorage>());
    assert_eq!(scf_day_key_size(), SIZE);
    assert_eq!(scf_attempts_size(), size_of::<AttemptsStorage>());
}
