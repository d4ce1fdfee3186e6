//! Memory that overlaps other memory of a call is refused, and nothing is
//! written.
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "tests that play C")]

mod support;

use std::ffi::c_char;
use std::ptr::{null, null_mut};

use scf_invoke_capi::*;
use support::*;

const SIZE: usize = size_of::<CallStorage>();
const KEY_SIZE: usize = size_of::<DayKeyStorage>();
const ATTEMPTS_SIZE: usize = size_of::<AttemptsStorage>();

/// Changes one text of a request or of a credential.
type SetText = fn(&mut Request, &mut Credential, Text);

const TEXTS: [(&str, SetText); 13] = [
    ("function_name", |request, _, text| request.function_name = text),
    ("region", |request, _, text| request.region = text),
    ("host", |request, _, text| request.host = text),
    ("event", |request, _, text| request.event = text),
    ("qualifier", |request, _, text| request.qualifier = text),
    ("function_namespace", |request, _, text| request.function_namespace = text),
    ("routing_key", |request, _, text| request.routing_key = text),
    ("path", |request, _, text| request.path = text),
    ("request_client", |request, _, text| request.request_client = text),
    ("trace_id", |request, _, text| request.trace_id = text),
    ("secret_id", |_, credential, text| credential.secret_id = text),
    ("secret_key", |_, credential, text| credential.secret_key = text),
    ("token", |_, credential, text| credential.token = text),
];

/// The last byte of some memory, as a text.
fn last_byte(start: *const u8, length: usize) -> Text {
    Text { data: start.wrapping_add(length - 1).cast(), length: 1 }
}

#[test]
fn each_text_in_the_buffer_is_named() {
    for (name, set) in TEXTS {
        let call = CCall::new(256);
        let (mut request, mut credential) = (request("{}"), credential());
        set(&mut request, &mut credential, last_byte(call.buffer, call.length));
        let status = call.start_as(&request, &credential, NOW);
        assert_eq!(status, Status::OverlapBuffer, "{name}");
        let outcome = call.finish();
        assert_eq!((outcome.status, chars(&outcome.message)), (status, name));
        assert_eq!(outcome.delivery, Delivery::NotSent);
    }
}

#[test]
fn each_text_in_the_storage_is_refused_before_anything_is_written() {
    for (name, set) in TEXTS {
        let call = CCall::new(256);
        let (mut request, mut credential) = (request("{}"), credential());
        set(&mut request, &mut credential, last_byte(call.call.cast(), SIZE));
        let status = call.start_as(&request, &credential, NOW);
        assert_eq!(status, Status::OverlapCall, "{name}");
        let words = unsafe { (*call.call).opaque.map(|word| word.assume_init()) };
        assert_eq!(words, [0; CALL_WORDS], "{name}");
        assert_eq!(call.finish().status, Status::State);
    }
}

#[test]
fn each_text_in_the_day_key_is_named() {
    for (name, set) in TEXTS {
        let mut key: DayKeyStorage = zeroed();
        let place = &raw mut key;
        let call = CCall::new(256);
        let (mut request, mut credential) = (request("{}"), credential());
        credential.day_key = place;
        credential.day_key_size = KEY_SIZE;
        set(&mut request, &mut credential, last_byte(place.cast(), KEY_SIZE));
        let status = call.start_as(&request, &credential, NOW);
        assert_eq!(status, Status::OverlapStorage, "{name}");
        assert_eq!(chars(&call.finish().message), name);
    }
}

#[test]
fn storage_buffer_key_and_structs_are_apart() {
    // In words, for all alignments to be right.
    let mut memory = vec![0u64; 2 * CALL_WORDS + 128];
    let base: *mut u8 = memory.as_mut_ptr().cast();
    let call: *mut CallStorage = base.cast();
    let buffer = base.wrapping_add(SIZE);
    let start = |request: *const Request, credential: *const Credential, buffer, length| unsafe {
        scf_call_start(call, SIZE, request, credential, NOW, buffer, length)
    };
    let message = || {
        let mut outcome: Outcome = zeroed();
        unsafe { scf_call_finish(call, &mut outcome) };
        chars(&outcome.message).to_owned()
    };
    let (request, credential) = (request("{}"), credential());
    assert_eq!(start(&request, &credential, buffer.wrapping_sub(1), 64), Status::OverlapCall);
    unsafe {
        let inside: *mut Request = base.add(SIZE - 8).cast();
        inside.write(request);
        assert_eq!(start(inside, &credential, buffer.add(512), 64), Status::OverlapCall);
        let inside: *mut Credential = base.add(SIZE - 8).cast();
        inside.write(credential);
        assert_eq!(start(&request, inside, buffer.add(512), 64), Status::OverlapCall);
        call.write_bytes(0, 1);

        let inside: *mut Request = buffer.add(56).cast();
        inside.write(request);
        assert_eq!(start(inside, &credential, buffer, 64), Status::OverlapBuffer);
        assert_eq!(message(), "request");
        let inside: *mut Credential = buffer.add(56).cast();
        inside.write(credential);
        assert_eq!(start(&request, inside, buffer, 64), Status::OverlapBuffer);
        assert_eq!(message(), "credential");

        let with_key =
            |key: *mut u8| Credential { day_key: key.cast(), day_key_size: KEY_SIZE, ..credential };
        let key = with_key(base.add(SIZE - 8));
        assert_eq!(start(&request, &key, buffer.add(512), 64), Status::OverlapCall);
        let key = with_key(buffer.add(56));
        assert_eq!(start(&request, &key, buffer, 64), Status::OverlapBuffer);
        assert_eq!(message(), "day_key");
        let inside: *mut Request = buffer.add(64).cast();
        inside.write(request);
        let key = with_key(inside.cast::<u8>().add(size_of::<Request>() - 8));
        assert_eq!(start(inside, &key, buffer, 64), Status::OverlapStorage);
        assert_eq!(message(), "request");
    }
    // Side by side is apart.
    assert_eq!(start(&request, &credential, buffer, 64), Status::Ok);
}

/// Returns the first place from there on that any output could have.
fn aligned(place: *mut u8) -> *mut u8 {
    place.wrapping_add(place.align_offset(8))
}

/// The memory that a started call uses, and the status of overlapping each.
fn used(call: &CCall, texts: &[Text]) -> Vec<(*mut u8, Status)> {
    let storage = call.call.cast::<u8>();
    let mut places = vec![
        (storage, Status::OverlapCall),
        (storage.wrapping_add(SIZE - 8), Status::OverlapCall),
        (aligned(call.buffer), Status::OverlapBuffer),
        (aligned(call.buffer.wrapping_add(call.length - 15)), Status::OverlapBuffer),
    ];
    for text in texts {
        places.push((text.data.cast_mut().cast(), Status::OverlapText));
    }
    places
}

#[test]
fn outputs_are_apart_from_all_that_the_call_uses() {
    let call = CCall::new(256);
    for (name, set) in TEXTS {
        let content = match name {
            "event" | "routing_key" => br#"{"a":""}"#,
            "path" => b"/path/to",
            // Not needed once the call is started.
            "secret_key" => continue,
            _ => b"ap-seoul",
        };
        // A text at an address that an output could have, as wide as one.
        let mut memory = u64::from_ne_bytes(*content);
        let word = Text { data: (&raw mut memory).cast(), length: 8 };
        let (mut request, mut credential) = (request("{}"), credential());
        set(&mut request, &mut credential, word);
        assert_eq!(call.start_as(&request, &credential, NOW), Status::Ok, "{name}");
        let (mut bytes, mut window, mut count) = (null(), null_mut(), 0usize);
        for (place, status) in used(&call, &[word]) {
            let length: *mut usize = place.cast();
            unsafe {
                assert_eq!(scf_call_measure(call.call, length), status);
                assert_eq!(scf_call_write(call.call, place, 8, &mut count), status);
                assert_eq!(scf_call_write(call.call, null_mut(), 0, length), status);
                assert_eq!(scf_call_head(call.call, place.cast(), 1, &mut count), status);
                assert_eq!(scf_call_head(call.call, null_mut(), 0, length), status);
                assert_eq!(scf_call_transmit(call.call, &mut bytes, length), status);
                assert_eq!(scf_call_transmit(call.call, place.cast(), &mut count), status);
                assert_eq!(scf_call_body(call.call, &mut bytes, length), status);
                assert_eq!(scf_call_body(call.call, place.cast(), &mut count), status);
                assert_eq!(scf_call_window(call.call, &mut window, length), status);
                assert_eq!(scf_call_window(call.call, place.cast(), &mut count), status);
                // An outcome is so long that it can overlap more than one.
                let finished = scf_call_finish(call.call, place.cast());
                let overlaps = [Status::OverlapCall, Status::OverlapBuffer, Status::OverlapText];
                assert!(overlaps.contains(&finished), "{finished:?}");
            }
        }
        // None of it harmed the call.
        let sent = call.transmit().unwrap();
        assert!(sent.starts_with(b"POST /"));
        assert_eq!(call.push(&with_length("200 OK", ANSWER)), Status::Ok);
        assert_eq!(call.finish().status, Status::Ok);
    }
}

#[test]
fn outputs_are_apart_from_each_other() {
    let call = CCall::new(256);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    let mut words = [0u64; 4];
    let place: *mut u8 = words.as_mut_ptr().cast();
    let status = Status::OverlapOutput;
    unsafe {
        assert_eq!(scf_call_write(call.call, place, 16, place.add(8).cast()), status);
        assert_eq!(scf_call_head(call.call, place.cast(), 16, place.add(8).cast()), status);
        assert_eq!(scf_call_transmit(call.call, place.cast(), place.cast()), status);
        assert_eq!(scf_call_body(call.call, place.cast(), place.cast()), status);
        assert_eq!(scf_call_window(call.call, place.cast(), place.cast()), status);
    }
}

#[test]
fn bytes_of_the_response_are_apart_from_storage_and_buffer() {
    let call = CCall::new(256);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    for (place, status) in used(&call, &[]) {
        unsafe {
            assert_eq!(scf_call_push(call.call, place, 1), status);
            assert_eq!(scf_call_response_body(call.call, place, 1), status);
            assert_eq!(scf_call_response_head(call.call, 200, place.cast(), 1), status);
        }
    }
    call.transmit().unwrap();
    assert_eq!(call.push(&with_length("200 OK", ANSWER)), Status::Ok);
    assert_eq!(call.finish().status, Status::Ok);
}

#[test]
fn attempts_are_apart_from_what_is_written() {
    let call = CCall::new(256);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    let mut attempts = CAttempts::start(0);
    attempts.time(NOW);
    let storage = &raw mut attempts.0;
    let (mut next, mut wait, mut both) = (Next::Done, 0u32, 0u32);
    unsafe {
        let now = storage.cast::<u64>();
        assert_eq!(
            scf_attempts_time(storage, ATTEMPTS_SIZE, NOW, now.add(ATTEMPTS_WORDS - 1)),
            Status::OverlapStorage
        );
        let decide = |storage, next, wait| {
            scf_attempts_next(storage, ATTEMPTS_SIZE, call.call, 0, 0, next, wait)
        };
        let overlap = Status::OverlapStorage;
        assert_eq!(decide(storage, storage.cast(), &mut wait), overlap);
        assert_eq!(decide(storage, &mut next, storage.cast()), overlap);
        let place = &raw mut both;
        assert_eq!(decide(storage, place.cast(), place), Status::OverlapOutput);
        let storage_of_call = call.call.cast::<u32>();
        assert_eq!(decide(storage, &mut next, storage_of_call), Status::OverlapCall);
        assert_eq!(decide(storage, storage_of_call.cast(), &mut wait), Status::OverlapCall);
        assert_eq!(decide(call.call.cast(), &mut next, &mut wait), Status::State);
        assert_eq!(decide(storage, &mut next, &mut wait), Status::Ok);
    }
}

#[test]
fn day_keys_are_apart_from_texts_and_what_is_written() {
    let mut key: DayKeyStorage = zeroed();
    let place = &raw mut key;
    let inside: *mut c_char = place.cast::<c_char>().wrapping_add(KEY_SIZE - 8);
    let overlap = Status::OverlapStorage;
    let (secret, id) = (text(SECRET_KEY), text(SECRET_ID));
    let (mut length, mut secret_id, mut words) = (0, Text::NONE, [0u64; 32]);
    let out: *mut c_char = words.as_mut_ptr().cast();
    unsafe {
        assert_eq!(scf_day_key_derive(place, KEY_SIZE, inside, 1, NOW), overlap);
        let derived = scf_day_key_derive(place, KEY_SIZE, secret.data, secret.length, NOW);
        assert_eq!(derived, Status::Ok);
        assert_eq!(scf_day_key_end(place, KEY_SIZE, inside.cast()), overlap);
        let export = |id: Text, out, room, length| {
            scf_day_key_export(place, KEY_SIZE, id.data, id.length, out, room, length)
        };
        assert_eq!(export(id, inside, 8, &mut length), overlap);
        assert_eq!(export(id, out, 256, inside.cast()), overlap);
        assert_eq!(export(id, out, 256, out.cast()), Status::OverlapOutput);
        let id_there = Text { data: out.add(8), length: 8 };
        assert_eq!(export(id_there, out, 256, &mut length), Status::OverlapText);
        assert_eq!(export(id_there, null_mut(), 0, out.add(8).cast()), Status::OverlapText);
        assert_eq!(export(id, out, 256, &mut length), Status::Ok);
        let exported = out;
        let import = |text, length, id| scf_day_key_import(place, KEY_SIZE, text, length, id);
        assert_eq!(import(inside, 8, &mut secret_id), overlap);
        assert_eq!(import(exported, length, inside.wrapping_sub(8).cast()), overlap);
        assert_eq!(import(exported, length, exported.cast()), Status::OverlapText);
        assert_eq!(import(exported, length, &mut secret_id), Status::Ok);
    }
}

#[test]
fn an_error_code_is_apart_from_what_is_found() {
    let mut info: ErrorInfo = zeroed();
    let place = &raw mut info;
    assert_eq!(unsafe { scf_error_code(place.cast(), 8, place) }, Status::OverlapText);
}
