//! Wrong pointers, lengths and values are answers, not crashes.
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "tests that play C")]

mod support;

use std::ffi::CStr;
use std::ptr::{dangling, null, null_mut};

use scf_invoke_capi::*;
use support::*;

const SIZE: usize = size_of::<CallStorage>();

#[test]
fn storage_is_checked() {
    let mut storage: [CallStorage; 2] = zeroed();
    let call = &raw mut storage[0];
    let buffer = &mut [0u8; 256];
    let start = |call: *mut CallStorage, size| unsafe {
        scf_call_start(
            call,
            size,
            &request("{}"),
            &credential(),
            NOW,
            buffer.as_ptr().cast_mut(),
            0,
        )
    };
    assert_eq!(start(null_mut(), SIZE), Status::Null);
    assert_eq!(start(call, SIZE - 1), Status::Storage);
    assert_eq!(start(call, 0), Status::Storage);
    assert_eq!(start(call.wrapping_byte_add(1), SIZE), Status::Misaligned);
    assert_eq!(start(call.wrapping_byte_add(4), SIZE), Status::Misaligned);
}

#[test]
fn what_was_not_started_is_known() {
    let mut storage: CallStorage = zeroed();
    let call = &raw mut storage;
    let mut outcome: Outcome = zeroed();
    let (mut bytes, mut window, mut count) = (null(), null_mut(), 0);
    unsafe {
        for call in [call, null_mut(), call.wrapping_byte_add(2)] {
            let expected = match call.addr() {
                0 => Status::Null,
                address if address % 8 == 0 => Status::State,
                _ => Status::Misaligned,
            };
            assert_eq!(scf_call_transmit(call, &mut bytes, &mut count), expected);
            assert_eq!(scf_call_body(call, &mut bytes, &mut count), expected);
            assert_eq!(scf_call_head(call, null_mut(), 0, &mut count), expected);
            assert_eq!(scf_call_measure(call, &mut count), expected);
            assert_eq!(scf_call_write(call, null_mut(), 0, &mut count), expected);
            assert_eq!(scf_call_window(call, &mut window, &mut count), expected);
            assert_eq!(scf_call_received(call, 0), expected);
            assert_eq!(scf_call_push(call, null(), 0), expected);
            assert_eq!(scf_call_send_failed(call), expected);
            assert_eq!(scf_call_receive_failed(call), expected);
            assert_eq!(scf_call_response_head(call, 200, null(), 0), expected);
            assert_eq!(scf_call_response_body(call, null(), 0), expected);
            assert_eq!(scf_call_response_end(call), expected);
            assert_eq!(scf_call_finish(call, &mut outcome), expected);
            assert_eq!((outcome.status, outcome.delivery), (expected, Delivery::Unknown));
        }
        assert_eq!(scf_call_finish(call, null_mut()), Status::Null);
        assert_eq!(
            scf_call_finish(call, (&raw mut outcome).wrapping_byte_add(1)),
            Status::Misaligned
        );
    }
    // A copy of a call is none. What was copied is not used on, either: the call
    // has its storage for itself until it is finished.
    let call = CCall::new(256);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    let moved = CCall::new(256);
    unsafe { moved.call.copy_from(call.call, 1) };
    assert_eq!(moved.transmit(), Err(Status::State));
    // A call that is finished is none.
    let call = CCall::new(256);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    assert_eq!(call.finish().status, Status::Transport);
    assert_eq!(call.transmit(), Err(Status::State));
    assert_eq!(call.finish().status, Status::State);
}

#[test]
fn outputs_are_checked() {
    let call = CCall::new(256);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    let (mut bytes, mut window, mut count) = (null(), null_mut(), 0usize);
    let odd = (&raw mut count).wrapping_byte_add(1);
    unsafe {
        for (count, status) in [(null_mut(), Status::Null), (odd, Status::Misaligned)] {
            assert_eq!(scf_call_transmit(call.call, &mut bytes, count), status);
            assert_eq!(scf_call_head(call.call, null_mut(), 0, count), status);
            assert_eq!(scf_call_measure(call.call, count), status);
            assert_eq!(scf_call_write(call.call, null_mut(), 0, count), status);
            assert_eq!(scf_call_window(call.call, &mut window, count), status);
        }
        assert_eq!(scf_call_transmit(call.call, null_mut(), &mut count), Status::Null);
        assert_eq!(scf_call_window(call.call, null_mut(), &mut count), Status::Null);
        assert_eq!(scf_call_write(call.call, null_mut(), 5000, &mut count), Status::Null);
        assert_eq!(scf_call_head(call.call, null_mut(), 5000, &mut count), Status::Null);
        assert_eq!(scf_call_push(call.call, null(), 1), Status::Null);
        assert_eq!(scf_call_push(call.call, dangling(), usize::MAX), Status::Length);
        assert_eq!(scf_call_response_body(call.call, null(), 1), Status::Null);
        assert_eq!(scf_call_response_head(call.call, 200, null(), 1), Status::Null);
        // More than the window has.
        call.transmit().unwrap();
        assert_eq!(scf_call_received(call.call, 257), Status::Count);
        assert_eq!(scf_call_received(call.call, usize::MAX), Status::Count);
    }
    // None of it harmed the call.
    assert_eq!(call.push(&with_length("200 OK", ANSWER)), Status::Ok);
    assert_eq!(call.finish().status, Status::Ok);
}

/// Returns the status of a start, which finishing returns again, and the
/// outcome.
fn refused(request: &Request, credential: &Credential) -> (Status, Outcome) {
    let call = CCall::new(256);
    let status = call.start_as(request, credential, NOW);
    let outcome = call.finish();
    assert_eq!((outcome.status, outcome.delivery), (status, Delivery::NotSent));
    (status, outcome)
}

#[test]
fn requests_are_checked() {
    let good = request("{}");
    let bad = Text { data: null(), length: 1 };
    let wrong = |change: &dyn Fn(&mut Request)| {
        let mut request = good;
        change(&mut request);
        refused(&request, &credential()).0
    };
    assert_eq!(wrong(&|request| request.function_name = bad), Status::Null);
    assert_eq!(wrong(&|request| request.event = bad), Status::Null);
    assert_eq!(wrong(&|request| request.trace_id = bad), Status::Null);
    assert_eq!(wrong(&|request| request.event.length = usize::MAX), Status::Length);
    let latin = Text { data: [0xe9u8].as_ptr().cast(), length: 1 };
    assert_eq!(wrong(&|request| request.event = latin), Status::Utf8);
    assert_eq!(wrong(&|request| request.qualifier = latin), Status::Utf8);
    for value in [-1, 3, i32::MAX] {
        assert_eq!(wrong(&|request| request.action = value), Status::Choice);
        assert_eq!(wrong(&|request| request.invocation_type = value), Status::Choice);
        assert_eq!(wrong(&|request| request.log_type = value), Status::Choice);
        assert_eq!(wrong(&|request| request.language = value), Status::Choice);
        assert_eq!(wrong(&|request| request.method = value), Status::Choice);
    }
    assert_eq!(wrong(&|request| request.flags = 8), Status::Choice);
    assert_eq!(wrong(&|request| request.function_name = Text::NONE), Status::FunctionNameMissing);
    assert_eq!(wrong(&|request| request.function_name = text("-x")), Status::FunctionName);
    assert_eq!(wrong(&|request| request.region = Text::NONE), Status::Region);
    assert_eq!(wrong(&|request| request.host = text("a b")), Status::Host);
    assert_eq!(wrong(&|request| request.path = text("x")), Status::Path);
    assert_eq!(wrong(&|request| request.request_client = text("?")), Status::RequestClient);
    assert_eq!(wrong(&|request| request.trace_id = text(" ")), Status::TraceId);
    assert_eq!(wrong(&|request| request.qualifier = text("")), Status::ParameterEmpty);
    assert_eq!(wrong(&|request| request.function_namespace = text("\n")), Status::ParameterControl);
    assert_eq!(wrong(&|request| request.routing_key = text("[]")), Status::RoutingKey);
    let long = "k".repeat(1025);
    assert_eq!(wrong(&|request| request.routing_key = text(&long)), Status::RoutingKeyTooLong);

    let mut typed = good;
    typed.event = text(r#"{"a":}"#);
    let (status, outcome) = refused(&typed, &credential());
    assert_eq!((status, outcome.offset), (Status::EventNotJson, 5));
    let mut named = good;
    named.qualifier = text("");
    assert_eq!(chars(&refused(&named, &credential()).1.message), "Qualifier");

    let small = CCall::new(63);
    assert_eq!(small.start(&good), Status::Buffer);
    assert_eq!(small.finish().needed, CALL_BUFFER_MIN);
    let call = CCall::new(64);
    unsafe {
        let (good, who) = (&good, &credential());
        assert_eq!(scf_call_start(call.call, SIZE, good, who, NOW, null_mut(), 64), Status::Null);
        let size = usize::MAX;
        let buffer = call.buffer;
        assert_eq!(scf_call_start(call.call, SIZE, good, who, NOW, buffer, size), Status::Length);
        assert_eq!(scf_call_start(call.call, SIZE, null(), who, NOW, buffer, 64), Status::Null);
        assert_eq!(scf_call_start(call.call, SIZE, good, null(), NOW, buffer, 64), Status::Null);
        let odd = (&raw const *good).wrapping_byte_add(1);
        assert_eq!(scf_call_start(call.call, SIZE, odd, who, NOW, buffer, 64), Status::Misaligned);
        let now = u64::MAX;
        assert_eq!(scf_call_start(call.call, SIZE, good, who, now, buffer, 64), Status::Timestamp);
    }
}

#[test]
fn credentials_are_checked() {
    let wrong = |change: &dyn Fn(&mut Credential)| {
        let mut who = credential();
        change(&mut who);
        refused(&request("{}"), &who)
    };
    let (status, outcome) = wrong(&|who| who.secret_id = Text::NONE);
    assert_eq!((status, chars(&outcome.message)), (Status::CredentialEmpty, "secret id"));
    let (status, outcome) = wrong(&|who| who.secret_key = Text::NONE);
    assert_eq!((status, chars(&outcome.message)), (Status::CredentialEmpty, "secret key"));
    let (status, outcome) = wrong(&|who| who.token = text("a b"));
    assert_eq!((status, chars(&outcome.message)), (Status::CredentialCharacter, "token"));
    assert_eq!(wrong(&|who| who.secret_key = Text { data: null(), length: 3 }).0, Status::Null);
    let mut key: DayKeyStorage = zeroed();
    let place = &raw mut key;
    assert_eq!(wrong(&|who| who.day_key = place).0, Status::Storage);
    let misaligned = |who: &mut Credential| {
        who.day_key = place.wrapping_byte_add(1);
        who.day_key_size = size_of::<DayKeyStorage>();
    };
    assert_eq!(wrong(&misaligned).0, Status::Misaligned);
}

#[test]
fn day_keys_are_checked() {
    let size = size_of::<DayKeyStorage>();
    let mut key: DayKeyStorage = zeroed();
    let place = &raw mut key;
    let (secret, id) = (text(SECRET_KEY), text(SECRET_ID));
    let (mut length, mut end, mut out) = (0, 0, [0u8; 256]);
    let mut secret_id = Text::NONE;
    unsafe {
        let derive = |place, size| scf_day_key_derive(place, size, secret.data, secret.length, NOW);
        assert_eq!(derive(null_mut(), size), Status::Null);
        assert_eq!(derive(place, size - 1), Status::Storage);
        assert_eq!(derive(place.wrapping_byte_add(1), size), Status::Misaligned);
        assert_eq!(scf_day_key_derive(place, size, null(), 0, NOW), Status::CredentialEmpty);
        assert_eq!(scf_day_key_derive(place, size, null(), 1, NOW), Status::Null);
        let late = u64::MAX;
        assert_eq!(scf_day_key_derive(place, size, secret.data, 3, late), Status::Timestamp);
        // Still empty.
        let mut export = |place, room, length: *mut usize| {
            let out = out.as_mut_ptr().cast();
            scf_day_key_export(place, size, id.data, id.length, out, room, length)
        };
        assert_eq!(export(place, 256, &mut length), Status::State);
        assert_eq!(scf_day_key_end(place, size, &mut end), Status::State);
        assert_eq!(scf_day_key_wipe(place, size), Status::Ok);
        assert_eq!(scf_day_key_wipe(null_mut(), size), Status::Null);
        assert_eq!(derive(place, size), Status::Ok);
        assert_eq!(export(place, 91, &mut length), Status::Room);
        assert_eq!(length, SECRET_ID.len() + "scf".len() + 77);
        assert_eq!(export(place, 92, &mut length), Status::Ok);
        assert_eq!(export(place, 256, null_mut()), Status::Null);
        assert_eq!(export(null_mut(), 256, &mut length), Status::Null);
        assert_eq!(scf_day_key_end(place, size, null_mut()), Status::Null);
        for (wrong, status) in [
            ("", Status::ImportForm),
            ("A/B", Status::ImportForm),
            ("A/2019-02-30/scf/0", Status::ImportKey),
        ] {
            let wrong = text(wrong);
            let import = scf_day_key_import(place, size, wrong.data, wrong.length, &mut secret_id);
            assert_eq!(import, status);
        }
        let hex = "0".repeat(64);
        for (wrong, status) in [
            (format!("A/2019-02-30/scf/{hex}"), Status::ImportDate),
            (format!("A/2019-02-28/S/{hex}"), Status::ImportService),
        ] {
            let import =
                scf_day_key_import(place, size, wrong.as_ptr().cast(), wrong.len(), &mut secret_id);
            assert_eq!(import, status);
        }
        assert_eq!(scf_day_key_import(place, size, null(), 4, &mut secret_id), Status::Null);
        assert_eq!(scf_day_key_import(place, size, null(), 0, null_mut()), Status::Null);
    }
}

#[test]
fn every_status_has_its_text() {
    let mut seen = std::collections::HashSet::new();
    for &(status, words) in Status::ALL {
        let text = unsafe { CStr::from_ptr(scf_status_text(status as i32)) };
        assert_eq!(text.to_str(), Ok(words));
        assert!(!words.is_empty());
        assert!(seen.insert((status as i32).to_string()), "{status:?} twice");
        assert!(seen.insert(text.to_str().unwrap().to_owned()), "{status:?} shares its text");
    }
    for number in [-1, 2, 9, 25, 29, 69, 126, 128, i32::MIN, i32::MAX] {
        let text = unsafe { CStr::from_ptr(scf_status_text(number)) };
        assert_eq!(text, c"no such status");
    }
    // None is missing from the list: they have so many lines in the source.
    let source = include_str!("../src/status/mod.rs");
    let lines = source.lines().filter(|line| line.contains(" = ") && line.ends_with(','));
    assert_eq!(lines.count(), Status::ALL.len());
}
