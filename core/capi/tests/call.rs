//! Whole calls as a C program makes them, beside the core's own.
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "tests that play C")]

mod support;

use std::ffi::c_void;
use std::ptr::null_mut;

use scf_invoke_capi::*;
use scf_invoke_core::call::Call;
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::{Invocation, InvocationType, LogType};
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{Settings, SignedRequest};
use scf_invoke_core::sign::tc3::Signer;
use support::*;

/// Returns the request of the core itself.
fn core_request(settings: Settings<'_>, invocation: Invocation<'_>, event: &str) -> Vec<u8> {
    let mut signer = Signer::new(SECRET_ID, SECRET_KEY).unwrap();
    let mut buffer = [0; 300];
    let payload = if event.is_empty() { Event::none() } else { event.into() };
    let mut request =
        SignedRequest::new(&settings, &invocation, payload, &mut signer, NOW, &mut buffer).unwrap();
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    let mut sent = Vec::new();
    while !call.is_sent() {
        sent.extend_from_slice(call.transmit().unwrap());
    }
    sent
}

fn settings() -> Settings<'static> {
    Settings::new(Region::AP_GUANGZHOU, HOST)
}

#[test]
fn requests_are_the_cores_byte_for_byte() {
    let long =
        format!(r#"["{}"]"#, "a long \u{4e2d} text ".repeat(if cfg!(miri) { 3 } else { 900 }));
    for event in [r#"{"name":"w\"orld"}"#, "[1,\n2]", &long] {
        let expected = core_request(settings(), Invocation::new("hello"), event);
        let lengths: &[usize] = if cfg!(miri) { &[64, 512] } else { &[64, 100, 512, 4096] };
        for &length in lengths {
            let call = CCall::new(length);
            assert_eq!(call.start(&request(event)), Status::Ok);
            assert_eq!(call.transmit().unwrap(), expected);
        }
    }
    // Every field of the struct.
    let mut all = request("{}");
    all.qualifier = text("$LATEST");
    all.function_namespace = text("other");
    all.routing_key = text(r#"{"k":"v"}"#);
    all.path = text("/scf");
    all.request_client = text("c-test");
    all.trace_id = text("trace");
    all.invocation_type = InvocationType::RequestResponse as i32;
    let (r#type, log) =
        (scf_invoke_capi::InvocationType::Event as i32, scf_invoke_capi::LogType::Tail as i32);
    all.log_type = log;
    all.language = scf_invoke_capi::Language::EnUs as i32;
    all.method = scf_invoke_capi::Method::Get as i32;
    all.flags = UNSIGNED_ACTION | CLOSE;
    let core_settings = settings()
        .path("/scf")
        .request_client("c-test")
        .trace_id("trace")
        .language(scf_invoke_core::request::Language::EnUs)
        .method(scf_invoke_core::sign::tc3::Method::Get)
        .signing(scf_invoke_core::request::Signing::Tc3 { action: false, payload: true })
        .keep_alive(false);
    let core_invocation = Invocation::new("hello")
        .qualifier("$LATEST")
        .namespace("other")
        .routing_key(r#"{"k":"v"}"#)
        .log_type(LogType::Tail);
    all.invocation_type = 1;
    let call = CCall::new(512);
    assert_eq!(call.start(&all), Status::Ok);
    assert_eq!(
        call.transmit().unwrap(),
        core_request(
            core_settings,
            core_invocation.invocation_type(InvocationType::RequestResponse),
            "{}"
        )
    );
    let mut event = request("");
    event.event = Text::NONE;
    event.invocation_type = r#type;
    assert_eq!(call.start(&event), Status::Ok);
    assert_eq!(
        call.transmit().unwrap(),
        core_request(
            settings(),
            Invocation::new("hello").invocation_type(InvocationType::Event),
            ""
        )
    );
}

#[test]
fn a_request_in_one_go_is_measured_first() {
    let expected = core_request(settings(), Invocation::new("hello"), "{}");
    let call = CCall::new(64);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    let mut length = 0;
    unsafe {
        assert_eq!(scf_call_measure(call.call, &mut length), Status::Ok);
        assert_eq!(length, expected.len());
        let mut out = vec![0u8; length];
        for room in [0, 1, length - 1] {
            let status = scf_call_write(call.call, out.as_mut_ptr(), room, &mut length);
            assert_eq!((status, length), (Status::Room, expected.len()));
        }
        let status = scf_call_write(call.call, null_mut(), 0, &mut length);
        assert_eq!((status, length), (Status::Room, expected.len()));
        let status = scf_call_write(call.call, out.as_mut_ptr(), out.len(), &mut length);
        assert_eq!(status, Status::Ok);
        assert_eq!(out, expected);
    }
    // The answer fits where the request did not.
    assert_eq!(
        call.receive(&with_length("200 OK", r#"{"Response":{"Result":{"RetMsg":""}}}"#), 9),
        Status::Ok
    );
    assert_eq!(call.finish().status, Status::Ok);
}

fn check_answer(outcome: &Outcome) {
    assert_eq!(outcome.status, Status::Ok);
    assert_eq!(outcome.delivery, Delivery::Executed);
    assert_eq!(read(outcome.result).unwrap(), "hello \u{1f600}");
    assert_eq!(read(outcome.log).unwrap(), "a\nlog");
    assert_eq!(chars(&outcome.request_id), "c2af8a64");
    assert_eq!(chars(&outcome.function_request_id), "6add56fa");
    assert_eq!(chars(&outcome.error_code), "");
    assert_eq!(outcome.duration_ns, 826_000);
    assert_eq!((outcome.billed_ms, outcome.memory_bytes), (100, 3_207_168));
    assert_eq!(outcome.keep_alive, 1);
}

#[test]
fn an_answer_is_the_same_however_it_is_split() {
    let response = with_length("200 OK", ANSWER);
    let call = CCall::new(128);
    let pieces: Vec<usize> =
        if cfg!(miri) { vec![1, 50, 1000] } else { (1..=response.len()).collect() };
    for piece in pieces {
        assert_eq!(call.start(&request("{}")), Status::Ok);
        call.transmit().unwrap();
        assert_eq!(call.receive(&response, piece), Status::Ok);
        check_answer(&call.finish());
    }
    let step = if cfg!(miri) { 61 } else { 1 };
    for split in (0..response.len()).step_by(step) {
        assert_eq!(call.start(&request("{}")), Status::Ok);
        call.transmit().unwrap();
        assert_eq!(call.push(&response[..split]), Status::More, "{split}");
        assert_eq!(call.push(&response[split..]), Status::Ok, "{split}");
        check_answer(&call.finish());
    }
    // Bytes that nobody asked for end the connection.
    assert_eq!(call.start(&request("{}")), Status::Ok);
    call.transmit().unwrap();
    assert_eq!(call.push(&[&response[..], &[b'x'; 300]].concat()), Status::Ok);
    assert_eq!(call.finish().keep_alive, 0);
}

#[test]
fn a_response_that_ends_early_leaves_the_delivery_unknown() {
    let response = with_length("200 OK", ANSWER);
    let call = CCall::new(256);
    let step = if cfg!(miri) { 83 } else { 1 };
    for cut in (0..response.len()).step_by(step) {
        assert_eq!(call.start(&request("{}")), Status::Ok);
        call.transmit().unwrap();
        assert_eq!(call.receive(&response[..cut], 1000), Status::Transport);
        // And stays so.
        assert_eq!(call.receive(&response, 1000), Status::Transport);
        let outcome = call.finish();
        assert_eq!((outcome.status, outcome.delivery), (Status::Transport, Delivery::Unknown));
        assert_eq!(outcome.retry, Retry::Never);
    }
}

#[test]
fn every_failure_has_a_delivery() {
    let call = CCall::new(256);
    let outcome = |response: &[u8]| {
        assert_eq!(call.start(&request("{}")), Status::Ok);
        call.transmit().unwrap();
        call.receive(response, 1000);
        call.finish()
    };
    let api = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"late"},"RequestId":"r"}}"#;
    let refused = outcome(&with_length("200 OK", api));
    assert_eq!((refused.status, refused.delivery), (Status::Api, Delivery::Refused));
    assert_eq!(refused.retry, Retry::AfterClockCorrection);
    assert_eq!(refused.server_time, NOW);
    assert_eq!(chars(&refused.error_code), "AuthFailure.SignatureExpire");
    assert_eq!(chars(&refused.message), "late");
    for (length, mark) in [(128, ""), (129, "..."), (400, "...")] {
        let long = api.replace("late", &"l".repeat(length));
        let expected = "l".repeat(128) + mark;
        assert_eq!(chars(&outcome(&with_length("200 OK", &long)).message), expected);
    }

    let failure = r#"{"Response":{"Result":{"RetMsg":"{\"errorMessage\":\"no\",\"statusCode\":430}","InvokeResult":-1},"RequestId":"r"}}"#;
    let failed = outcome(&with_length("200 OK", failure));
    assert_eq!((failed.status, failed.delivery), (Status::FunctionFailed, Delivery::Executed));
    assert_eq!((failed.function_status, chars(&failed.message)), (430, "no"));
    assert!(read(failed.result).unwrap().starts_with('{'));
    assert_eq!((failed.duration_ns, failed.billed_ms, failed.memory_bytes), (-1, -1, -1));
    assert_eq!(read(failed.log), None);

    let page = outcome(&with_length("502 Bad Gateway", "<html>"));
    assert_eq!((page.status, page.delivery), (Status::HttpStatus, Delivery::Unknown));
    assert_eq!((page.http_status, chars(&page.message)), (502, "<html>"));
    let twice = r#"{"Response":{"Result":{},"Result":{}}}"#;
    let twice = outcome(&with_length("200 OK", twice));
    assert_eq!((twice.status, chars(&twice.message)), (Status::ReplyDuplicate, "Result"));
    let nothing = outcome(&with_length("200 OK", r#"{"Response":{"RequestId":"r"}}"#));
    assert_eq!((nothing.status, nothing.delivery), (Status::ReplyNoResult, Delivery::Unknown));
    assert_eq!(outcome(b"SSH-2.0").status, Status::HttpStatusLine);

    let long = ANSWER.replace("hello ", &"h".repeat(400));
    let full = outcome(&with_length("200 OK", &long));
    assert_eq!((full.status, full.delivery), (Status::ResultRoom, Delivery::Executed));
    let larger = CCall::new(full.needed);
    assert_eq!(larger.start(&request("{}")), Status::Ok);
    larger.transmit().unwrap();
    assert_eq!(larger.receive(&with_length("200 OK", &long), 7), Status::Ok);
    assert_eq!(larger.finish().status, Status::Ok);

    // The transport's own failures, before and after the request is whole.
    assert_eq!(call.start(&request("{}")), Status::Ok);
    let none = call.finish();
    assert_eq!((none.status, none.delivery), (Status::Transport, Delivery::NotSent));
    for whole in [false, true] {
        assert_eq!(call.start(&request("{}")), Status::Ok);
        call.transmit().unwrap();
        let failed = if whole { scf_call_receive_failed } else { scf_call_send_failed };
        assert_eq!(unsafe { failed(call.call) }, Status::Ok);
        let outcome = call.finish();
        assert_eq!(outcome.status, Status::Transport);
        assert_eq!(
            (outcome.delivery, outcome.retry),
            match whole {
                true => (Delivery::Unknown, Retry::Never),
                false => (Delivery::NotSent, Retry::AfterBackoff),
            }
        );
    }
    // A refusal that was read after the sending failed says more.
    assert_eq!(call.start(&request("{}")), Status::Ok);
    call.transmit().unwrap();
    assert_eq!(unsafe { scf_call_send_failed(call.call) }, Status::Ok);
    assert_eq!(call.receive(&with_length("200 OK", api), 1000), Status::Ok);
    assert_eq!(call.finish().status, Status::Api);
}

/// A list of numbers, written as it is asked for.
struct Numbers {
    call: *mut CallStorage,
    count: u64,
    reads: u64,
    change: bool,
    fail: bool,
}

unsafe extern "C" fn numbers(
    context: *mut c_void,
    offset: u64,
    out: *mut u8,
    room: usize,
) -> usize {
    let numbers = unsafe { &mut *context.cast::<Numbers>() };
    numbers.reads += u64::from(offset == 0);
    if !numbers.call.is_null() {
        // The call that is being started is not there for others.
        assert_eq!(unsafe { scf_call_received(numbers.call, 0) }, Status::Busy);
    }
    if numbers.fail && offset > 10 {
        return SOURCE_FAILED;
    }
    let length = 1 + 2 * numbers.count;
    let changed = numbers.change && numbers.reads > 1;
    let mut written = 0;
    while written < room && offset + (written as u64) < length {
        let at = offset + written as u64;
        let byte = match at {
            0 => b'[',
            _ if at == length - 1 => b']',
            _ if at.is_multiple_of(2) => b',',
            _ if changed => b'8',
            _ => b'7',
        };
        unsafe { out.add(written).write(byte) };
        written += 1;
    }
    written
}

#[derive(Default)]
struct Texts {
    result: Vec<u8>,
    log: Vec<u8>,
    refuse: bool,
}

unsafe extern "C" fn take(
    context: *mut c_void,
    field: i32,
    bytes: *const u8,
    length: usize,
) -> i32 {
    let texts = unsafe { &mut *context.cast::<Texts>() };
    let piece = unsafe { std::slice::from_raw_parts(bytes, length) };
    match field {
        0 => texts.result.extend(piece),
        _ => texts.log.extend(piece),
    }
    texts.refuse.into()
}

#[test]
fn events_and_results_go_through_callbacks() {
    let count = if cfg!(miri) { 100 } else { 30_000 };
    let mut storage = Numbers { call: null_mut(), count, reads: 0, change: false, fail: false };
    let numbers_of = &raw mut storage;
    let mut storage = Texts::default();
    let texts = &raw mut storage;
    let call = CCall::new(64);
    let mut streamed = request("");
    streamed.event = Text::NONE;
    streamed.source = Source { read: Some(numbers), context: numbers_of.cast() };
    streamed.sink = Sink { write: Some(take), context: texts.cast() };

    let list = format!("[{}7]", "7,".repeat(count as usize - 1));
    let expected = core_request(settings(), Invocation::new("hello"), &list);
    unsafe { (*numbers_of).call = call.call };
    assert_eq!(call.start(&streamed), Status::Ok);
    assert_eq!(call.transmit().unwrap(), expected);
    assert_eq!(call.receive(&with_length("200 OK", ANSWER), 40), Status::Ok);
    let outcome = call.finish();
    assert_eq!(outcome.status, Status::Ok);
    assert_eq!(read(outcome.result).unwrap(), "");
    assert_eq!(unsafe { &(*texts).result }, "hello \u{1f600}".as_bytes());
    assert_eq!(unsafe { &(*texts).log }, b"a\nlog");

    unsafe { (*texts).refuse = true };
    assert_eq!(call.start(&streamed), Status::Ok);
    call.transmit().unwrap();
    assert_eq!(call.receive(&with_length("200 OK", ANSWER), 40), Status::Ok);
    let outcome = call.finish();
    assert_eq!((outcome.status, outcome.delivery), (Status::Sink, Delivery::Executed));

    unsafe { (*numbers_of).reads = 0 };
    unsafe { (*numbers_of).change = true };
    assert_eq!(call.start(&streamed), Status::Ok);
    assert_eq!(call.transmit(), Err(Status::SourceChanged));
    let outcome = call.finish();
    assert_eq!((outcome.status, outcome.delivery), (Status::SourceChanged, Delivery::NotSent));

    unsafe { (*numbers_of).fail = true };
    assert_eq!(call.start(&streamed), Status::SourceFailed);
    assert_eq!(call.finish().status, Status::SourceFailed);
}

#[test]
fn an_http_client_of_the_callers_own_is_enough() {
    let expected = core_request(settings(), Invocation::new("hello"), "{}");
    let call = CCall::new(256);
    assert_eq!(call.start(&request("{}")), Status::Ok);
    let mut length = 0;
    unsafe {
        let status = scf_call_head(call.call, null_mut(), 0, &mut length);
        assert_eq!(status, Status::Room);
        let mut head = vec![0u8; length.max(64)];
        let status = scf_call_head(call.call, head.as_mut_ptr().cast(), head.len(), &mut length);
        assert_eq!(status, Status::Room);
        head.resize(length, 0);
        let status = scf_call_head(call.call, head.as_mut_ptr().cast(), head.len(), &mut length);
        assert_eq!(status, Status::Ok);
        let (mut bytes, mut count) = (std::ptr::null(), 0);
        assert_eq!(scf_call_body(call.call, &mut bytes, &mut count), Status::More);
        head.extend(std::slice::from_raw_parts(bytes, count));
        assert_eq!(head, expected);
        assert_eq!(scf_call_body(call.call, &mut bytes, &mut count), Status::Ok);

        let date = text("Tue, 14 Nov 2023 22:13:20 GMT");
        let status = scf_call_response_head(call.call, 200, date.data, date.length);
        assert_eq!(status, Status::Ok);
        for piece in ANSWER.as_bytes().chunks(10) {
            let status = scf_call_response_body(call.call, piece.as_ptr(), piece.len());
            assert_eq!(status, Status::More);
        }
        assert_eq!(scf_call_response_end(call.call), Status::Ok);
    }
    let outcome = call.finish();
    assert_eq!(outcome.status, Status::Ok);
    assert_eq!(read(outcome.result).unwrap(), "hello \u{1f600}");
}
