//! The one fixed form of the call, as a C program makes it.
#![cfg(feature = "lite")]
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "tests that play C")]

mod support;

use std::ffi::c_void;
use std::ptr::null_mut;

use scf_invoke_capi::*;
use support::*;

/// A connection whose server has this response.
struct Server {
    sent: Vec<u8>,
    response: Vec<u8>,
    /// The number of bytes after which sending fails.
    room: usize,
}

impl Server {
    fn with(body: &str) -> Self {
        Self { sent: Vec::new(), response: with_length("200 OK", body), room: usize::MAX }
    }
}

unsafe extern "C" fn send(context: *mut c_void, bytes: *const u8, length: usize) -> isize {
    let server = unsafe { &mut *context.cast::<Server>() };
    let count = length.min(100).min(server.room - server.sent.len());
    server.sent.extend(unsafe { std::slice::from_raw_parts(bytes, count) });
    count as isize
}

unsafe extern "C" fn receive(context: *mut c_void, bytes: *mut u8, room: usize) -> isize {
    let server = unsafe { &mut *context.cast::<Server>() };
    let count = room.min(30).min(server.response.len());
    unsafe { bytes.copy_from(server.response.as_ptr(), count) };
    server.response.drain(..count);
    count as isize
}

unsafe extern "C" fn claim(_: *mut c_void, _: *mut u8, room: usize) -> isize {
    room as isize + 1
}

fn call(server: &mut Server) -> LiteCall {
    let nothing: LiteCall = zeroed();
    LiteCall {
        function_name: text("hello"),
        region: text("ap-guangzhou"),
        host: text(HOST),
        event: text("{}"),
        secret_id: text(SECRET_ID),
        secret_key: text(SECRET_KEY),
        send: Some(send),
        receive: Some(receive),
        context: (&raw mut *server).cast(),
        ..nothing
    }
}

fn invoke(call: &LiteCall, buffer: &mut [u8]) -> LiteOutcome {
    let mut outcome: LiteOutcome = zeroed();
    let (place, length) = (buffer.as_mut_ptr(), buffer.len());
    let status = unsafe { scf_lite_invoke(call, NOW, place, length, &mut outcome) };
    assert_eq!(status, outcome.status);
    outcome
}

#[test]
fn a_function_runs() {
    let mut server = Server::with(ANSWER);
    let mut buffer = [0; 512];
    let outcome = invoke(&call(&mut server), &mut buffer);
    assert_eq!((outcome.status, outcome.delivery), (Status::Ok, Delivery::Executed));
    assert_eq!(read(outcome.result).as_deref(), Some("hello \u{1f600}"));
    let sent = String::from_utf8(server.sent).unwrap();
    assert!(sent.ends_with(r#"{"FunctionName":"hello","ClientContext":"{}"}"#), "{sent}");
}

#[test]
fn a_day_key_signs_as_the_secret_does() {
    let mut key: DayKeyStorage = zeroed();
    let place = &raw mut key;
    let size = size_of::<DayKeyStorage>();
    let mut by_secret = Server::with(ANSWER);
    let mut buffer = [0; 512];
    let mut asked = call(&mut by_secret);
    // The key of the day is kept where there is a place for it.
    (asked.day_key, asked.day_key_size) = (place, size);
    assert_eq!(invoke(&asked, &mut buffer).status, Status::Ok);
    let mut by_key = Server::with(ANSWER);
    let mut asked = call(&mut by_key);
    (asked.day_key, asked.day_key_size) = (place, size);
    asked.secret_key = Text::NONE;
    let mut outcome: LiteOutcome = zeroed();
    let mut run = |call: &LiteCall, outcome: *mut LiteOutcome| unsafe {
        scf_lite_invoke_by_day_key(call, NOW, buffer.as_mut_ptr(), buffer.len(), outcome)
    };
    assert_eq!(run(&asked, &mut outcome), Status::Ok);
    assert_eq!(by_key.sent, by_secret.sent);
    // Without a key there is nothing to sign with.
    assert_eq!(unsafe { scf_day_key_wipe(place, size) }, Status::Ok);
    assert_eq!(run(&asked, &mut outcome), Status::State);
    asked.day_key = null_mut();
    assert_eq!(run(&asked, &mut outcome), Status::State);
}

#[test]
fn failures_say_what_became_of_the_request() {
    let mut buffer = [0; 512];
    let failed = r#"{"Response":{"Result":{"RetMsg":"why","InvokeResult":1},"RequestId":"r"}}"#;
    let outcome = invoke(&call(&mut Server::with(failed)), &mut buffer);
    assert_eq!((outcome.status, outcome.delivery), (Status::FunctionFailed, Delivery::Executed));
    assert_eq!(read(outcome.result).as_deref(), Some("why"));

    let error =
        r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":""},"RequestId":""}}"#;
    let outcome = invoke(&call(&mut Server::with(error)), &mut buffer);
    assert_eq!((outcome.status, outcome.delivery), (Status::Api, Delivery::Refused));
    assert_eq!((outcome.retry, outcome.server_time), (Retry::AfterBackoff, NOW));

    let mut server = Server::with(ANSWER);
    server.response.truncate(40);
    let outcome = invoke(&call(&mut server), &mut buffer);
    assert_eq!((outcome.status, outcome.delivery), (Status::Transport, Delivery::Unknown));

    let mut server = Server::with(ANSWER);
    server.room = 50;
    let outcome = invoke(&call(&mut server), &mut buffer);
    assert_eq!((outcome.status, outcome.delivery), (Status::Transport, Delivery::NotSent));

    let mut server = Server::with(ANSWER);
    let mut asked = call(&mut server);
    asked.receive = Some(claim);
    let outcome = invoke(&asked, &mut buffer);
    assert_eq!((outcome.status, outcome.delivery), (Status::Transport, Delivery::Unknown));
    asked.send = None;
    assert_eq!(invoke(&asked, &mut buffer).delivery, Delivery::NotSent);
}

#[test]
fn a_response_that_is_not_the_apis_says_why() {
    let ended = |response: &[u8], length| {
        let mut server = Server::with("");
        server.response = response.to_vec();
        let outcome = invoke(&call(&mut server), &mut vec![0; length]);
        (outcome.status, outcome.delivery)
    };
    let (executed, unknown) = (Delivery::Executed, Delivery::Unknown);
    let no_api = with_length("200 OK", "<html>");
    assert_eq!(ended(&no_api, 512), (Status::ReplyNotApi, unknown));
    let busy = with_length("503 Busy", "busy");
    assert_eq!(ended(&busy, 512), (Status::HttpStatus, unknown));
    assert_eq!(ended(b"SSH-2.0\r\n", 512), (Status::HttpStatusLine, unknown));
    let long = format!(
        r#"{{"Response":{{"Result":{{"RetMsg":"{}","InvokeResult":0}},"RequestId":""}}}}"#,
        "x".repeat(300)
    );
    assert_eq!(ended(&with_length("200 OK", &long), 512), (Status::ResultRoom, executed));
    let mut latin = with_length("200 OK", &long.replace("xxx", "?"));
    for byte in latin.iter_mut().filter(|byte| **byte == b'?') {
        *byte = 0xe9;
    }
    assert_eq!(ended(&latin, 512), (Status::ResultUtf8, executed));
}

#[test]
fn a_time_that_cannot_be_signed_is_refused() {
    let mut server = Server::with(ANSWER);
    let mut buffer = [0; 512];
    let (place, length) = (buffer.as_mut_ptr(), buffer.len());
    let mut outcome: LiteOutcome = zeroed();
    let asked = call(&mut server);
    let status = unsafe { scf_lite_invoke(&asked, u64::MAX, place, length, &mut outcome) };
    assert_eq!((status, outcome.delivery), (Status::Timestamp, Delivery::NotSent));
    assert_eq!(server.sent, b"");
}

#[test]
fn what_is_wrong_with_a_request_is_a_status_and_nothing_is_sent() {
    let refused = |change: &dyn Fn(&mut LiteCall)| {
        let mut server = Server::with(ANSWER);
        let mut asked = call(&mut server);
        change(&mut asked);
        let outcome = invoke(&asked, &mut [0; 512]);
        assert_eq!(outcome.delivery, Delivery::NotSent);
        assert_eq!(server.sent, b"");
        outcome.status
    };
    assert_eq!(refused(&|call| call.function_name = text("a b")), Status::FunctionName);
    assert_eq!(refused(&|call| call.region = Text::NONE), Status::Region);
    assert_eq!(refused(&|call| call.host = text("a b")), Status::Host);
    assert_eq!(refused(&|call| call.event = text("{")), Status::EventNotJson);
    assert_eq!(refused(&|call| call.secret_id = Text::NONE), Status::CredentialEmpty);
    assert_eq!(refused(&|call| call.token = text("a b")), Status::CredentialCharacter);
    let mut server = Server::with(ANSWER);
    assert_eq!(invoke(&call(&mut server), &mut [0; 64]).status, Status::Buffer);
}

#[test]
fn wrong_memory_is_refused_and_left_as_it_was() {
    let mut server = Server::with(ANSWER);
    let good = call(&mut server);
    let mut key: DayKeyStorage = zeroed();
    let (place, size) = (&raw mut key, size_of::<DayKeyStorage>());
    let mut words = [0u64; 64];
    let buffer: *mut u8 = words.as_mut_ptr().cast();
    let mut outcome: LiteOutcome = zeroed();
    let run = |call: *const LiteCall, length, outcome: *mut LiteOutcome| unsafe {
        let by_key = scf_lite_invoke_by_day_key(call, NOW, buffer, length, outcome);
        let status = scf_lite_invoke(call, NOW, buffer, length, outcome);
        assert_eq!(by_key, status);
        status
    };
    let with = |change: &dyn Fn(&mut LiteCall)| {
        let mut asked = good;
        change(&mut asked);
        let mut outcome: LiteOutcome = zeroed();
        run(&asked, 256, &mut outcome)
    };
    assert_eq!(run(std::ptr::null(), 256, &mut outcome), Status::Null);
    assert_eq!(run(&good, 256, null_mut()), Status::Null);
    let odd = (&raw const good).wrapping_byte_add(1);
    assert_eq!(run(odd, 256, &mut outcome), Status::Misaligned);
    assert_eq!(run(&good, usize::MAX, &mut outcome), Status::Length);
    assert_eq!(run(&good, 256, buffer.wrapping_add(248).cast()), Status::OverlapOutput);
    let text_of = |start: *const u8| Text { data: start.cast(), length: 8 };
    let in_buffer = text_of(buffer.wrapping_add(248));
    assert_eq!(with(&|call| call.event = in_buffer), Status::OverlapBuffer);
    assert_eq!(with(&|call| call.token = in_buffer), Status::OverlapBuffer);
    let in_key = text_of(place.cast());
    let keyed = |call: &mut LiteCall| (call.day_key, call.day_key_size) = (place, size);
    let in_its_key = |call: &mut LiteCall| {
        keyed(call);
        call.host = in_key;
    };
    assert_eq!(with(&in_its_key), Status::OverlapStorage);
    let small = |call: &mut LiteCall| (call.day_key, call.day_key_size) = (place, size - 1);
    assert_eq!(with(&small), Status::Storage);
    let latin = Text { data: [0xe9u8].as_ptr().cast(), length: 1 };
    assert_eq!(with(&|call| call.event = latin), Status::Utf8);
    assert_eq!(server.sent, b"");
}
