//! The one fixed form of the call in one piece of memory.

use std::ffi::c_void;
use std::mem::zeroed;

use scf_invoke_capi::*;

use crate::arena::{Arena, Choices, copy, is_misuse};

const NOW: u64 = 1_700_000_000;
const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 76\r\n\r\n\
    {\"Response\":{\"Result\":{\"RetMsg\":\"hello\",\"InvokeResult\":0},\"RequestId\":\"r1\"}}";

unsafe extern "C" fn send(_: *mut c_void, _: *const u8, length: usize) -> isize {
    length as isize
}

unsafe extern "C" fn receive(context: *mut c_void, bytes: *mut u8, room: usize) -> isize {
    let taken = unsafe { &mut *context.cast::<usize>() };
    let rest = &RESPONSE[*taken..];
    let count = room.min(rest.len());
    unsafe { bytes.copy_from(rest.as_ptr(), count) };
    *taken += count;
    count as isize
}

pub fn lite(choices: &mut Choices<'_>) {
    let mut arena = Arena::new(256);
    let key: *mut DayKeyStorage = arena.place(choices, size_of::<DayKeyStorage>()).cast();
    let place: *mut LiteCall = arena.place(choices, size_of::<LiteCall>()).cast();
    let length = choices.number(600);
    let buffer = arena.place(choices, length);
    let outcome: *mut LiteOutcome = arena.place(choices, size_of::<LiteOutcome>()).cast();
    let mut texts = Vec::new();
    let mut text = |content: &'static str| {
        let text = match choices.number(3) {
            0 => arena.text(choices, content),
            _ => Text { data: content.as_ptr().cast(), length: content.len() },
        };
        texts.push((text, content));
        text
    };
    let mut taken = 0usize;
    let mut call: LiteCall = unsafe { zeroed() };
    call.function_name = text("hello");
    call.region = text("ap-guangzhou");
    call.host = text("scf.tencentcloudapi.com");
    call.event = text(r#"{"name":"world"}"#);
    call.secret_id = text("AKIDEXAMPLE");
    call.secret_key = text("the-secret-key");
    call.send = Some(send);
    call.receive = Some(receive);
    call.context = (&raw mut taken).cast();
    if choices.number(2) == 0 {
        call.day_key = key;
        call.day_key_size = size_of::<DayKeyStorage>();
    }
    unsafe { place.write_unaligned(call) };
    // A text that lies over another one changes it.
    let texts_are_whole = texts.iter().all(|&(text, content)| copy(text) == content.as_bytes());
    let before = arena.bytes();
    let by_key = choices.number(2) == 0;
    let status = unsafe {
        match by_key {
            true => scf_lite_invoke_by_day_key(place, NOW, buffer, length, outcome),
            false => scf_lite_invoke(place, NOW, buffer, length, outcome),
        }
    };
    let written: [(*const u8, usize); 3] = [
        (buffer.cast_const(), length),
        (outcome.cast_const().cast(), size_of::<LiteOutcome>()),
        (key.cast_const().cast(), size_of::<DayKeyStorage>()),
    ];
    let used = if call.day_key.is_null() { 2 } else { 3 };
    // Without a key the outcome is cleared, and that is all.
    let refused = is_misuse(status) && status != Status::State;
    arena.check_unchanged(&before, if refused { &[] } else { &written[..used] });
    if !refused && !by_key && texts_are_whole && length >= 400 {
        assert_eq!(status, Status::Ok);
    }
}
