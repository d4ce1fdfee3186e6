//! A call in one piece of memory, beside the same call in memory apart.

use std::mem::zeroed;
use std::ptr::{null, null_mut};

use scf_invoke_capi::*;

use crate::arena::{Arena, Choices, copy, is_misuse};

const NOW: u64 = 1_700_000_000;
const WORDS: usize = 768;
const TEXTS: [&str; 13] = [
    "hello",
    "ap-guangzhou",
    "scf.tencentcloudapi.com",
    r#"{"name":"world"}"#,
    "$LATEST",
    "default",
    r#"{"key":"value"}"#,
    "/",
    "fuzz",
    "trace-1",
    "AKIDEXAMPLE",
    "the-secret-key",
    "token",
];

type Texts = [Text; TEXTS.len()];

/// A call, its buffer, and its twin's, whose memory is all its own.
struct Pair {
    arena: Arena,
    call: *mut CallStorage,
    buffer: *mut u8,
    length: usize,
    twin: Box<CallStorage>,
    /// The twin's buffer.
    twin_buffer: Vec<u8>,
}

pub fn call(choices: &mut Choices<'_>) {
    let mut arena = Arena::new(WORDS);
    let call = arena.place(choices, size_of::<CallStorage>()).cast();
    let length = choices.number(1024);
    let buffer = arena.place(choices, length);
    let request_place: *mut Request = arena.place(choices, size_of::<Request>()).cast();
    let credential_place: *mut Credential = arena.place(choices, size_of::<Credential>()).cast();
    let (one, two) = (request_place.addr(), credential_place.addr());
    if one < two + size_of::<Credential>() && two < one + size_of::<Request>() {
        // They cannot both be what they are.
        return;
    }
    let mut texts: Texts = [Text::NONE; TEXTS.len()];
    for (text, &content) in texts.iter_mut().zip(&TEXTS) {
        *text = match choices.number(4) {
            0 => arena.text(choices, content),
            1 if !matches!(content, "hello" | "ap-guangzhou") => Text::NONE,
            _ => Text { data: content.as_ptr().cast(), length: content.len() },
        };
    }
    let key = match choices.number(4) {
        0 => arena.place(choices, size_of::<DayKeyStorage>()).cast(),
        _ => null_mut(),
    };
    let (request, credential) = structs(&texts, key);
    unsafe {
        request_place.write_unaligned(request);
        credential_place.write_unaligned(credential);
    }
    let before = arena.bytes();
    let contents: Vec<_> = texts.iter().map(|&text| copy(text)).collect();
    let status = unsafe {
        let size = size_of::<CallStorage>();
        scf_call_start(call, size, request_place, credential_place, NOW, buffer, length)
    };
    let call_run = (call.cast_const().cast(), size_of::<CallStorage>());
    let mut written = vec![call_run, (buffer.cast_const(), length)];
    if status == Status::Ok {
        written.push((key.cast_const().cast(), size_of::<DayKeyStorage>()));
    }
    arena.check_unchanged(&before, &written);
    if status != Status::Ok {
        return;
    }

    // What was accepted is apart, so the texts are as they were.
    let mut twin_texts = texts;
    for (text, content) in twin_texts.iter_mut().zip(&contents) {
        if !text.data.is_null() {
            text.data = content.as_ptr().cast();
        }
    }
    let (request, credential) = structs(&twin_texts, null_mut());
    let mut twin: Box<CallStorage> = Box::new(unsafe { zeroed() });
    let mut twin_buffer = vec![0; length];
    let twin_status = unsafe {
        let size = size_of::<CallStorage>();
        scf_call_start(
            &mut *twin,
            size,
            &request,
            &credential,
            NOW,
            twin_buffer.as_mut_ptr(),
            length,
        )
    };
    assert_eq!(twin_status, Status::Ok);
    let mut pair = Pair { arena, call, buffer, length, twin, twin_buffer };
    while !choices.is_empty() {
        pair.step(choices);
    }
    pair.finish(choices);
}

/// Returns the structs that point to these texts.
fn structs(texts: &Texts, key: *mut DayKeyStorage) -> (Request, Credential) {
    let mut request: Request = unsafe { zeroed() };
    let mut credential: Credential = unsafe { zeroed() };
    let [
        function_name,
        region,
        host,
        event,
        qualifier,
        function_namespace,
        routing_key,
        path,
        request_client,
        trace_id,
        secret_id,
        secret_key,
        token,
    ] = *texts;
    request.function_name = function_name;
    request.region = region;
    request.host = host;
    request.event = event;
    request.qualifier = qualifier;
    request.function_namespace = function_namespace;
    request.routing_key = routing_key;
    request.path = path;
    request.request_client = request_client;
    request.trace_id = trace_id;
    credential.secret_id = secret_id;
    credential.secret_key = secret_key;
    credential.token = token;
    credential.day_key = key;
    credential.day_key_size = size_of::<DayKeyStorage>();
    (request, credential)
}

impl Pair {
    /// Calls one function, and for the twin as well if it was accepted.
    fn step(&mut self, choices: &mut Choices<'_>) {
        let before = self.arena.bytes();
        let word = size_of::<usize>();
        let length_place: *mut usize = self.arena.place(choices, word).cast();
        let room = choices.number(1500);
        let out = self.arena.place(choices, room);
        let pointer: *mut *const u8 = out.cast();
        let kind = choices.number(6);
        let call = self.call;
        // A pointer is written where a run of bytes would begin.
        let is_pointer = matches!(kind, 3 | 4) && room >= word;
        let status = unsafe {
            match kind {
                0 => scf_call_measure(call, length_place),
                1 => scf_call_write(call, out, room, length_place),
                2 => scf_call_head(call, out.cast(), room, length_place),
                3 if is_pointer => scf_call_transmit(call, pointer, length_place),
                4 if is_pointer => scf_call_window(call, pointer.cast(), length_place),
                _ => scf_call_push(call, out, room),
            }
        };
        if is_misuse(status) && status != Status::Room {
            self.arena.check_unchanged(&before, &[]);
            return;
        }
        let mut written = vec![self.call_run(), (self.buffer.cast_const(), self.length)];
        if kind < 3 || is_pointer {
            written.push((length_place.cast_const().cast(), word));
        }
        if matches!(kind, 1 | 2) || is_pointer {
            written.push((out.cast_const(), if is_pointer { word } else { room }));
        }
        self.arena.check_unchanged(&before, &written);
        self.step_twin(kind, is_pointer, status, (out, room), length_place);
    }

    fn step_twin(
        &mut self,
        kind: usize,
        is_pointer: bool,
        status: Status,
        (out, room): (*mut u8, usize),
        length_place: *mut usize,
    ) {
        let call = &raw mut *self.twin;
        let (mut length, mut bytes, mut window) = (0, null(), null_mut());
        let mut twin_out = vec![0u8; room];
        let twin_status = unsafe {
            match kind {
                0 => scf_call_measure(call, &mut length),
                1 => scf_call_write(call, twin_out.as_mut_ptr(), room, &mut length),
                2 => scf_call_head(call, twin_out.as_mut_ptr().cast(), room, &mut length),
                3 if is_pointer => scf_call_transmit(call, &mut bytes, &mut length),
                4 if is_pointer => scf_call_window(call, &mut window, &mut length),
                _ => scf_call_push(call, out, room),
            }
        };
        assert_eq!(status, twin_status);
        if !matches!(status, Status::Ok | Status::More) {
            return;
        }
        if kind < 3 || is_pointer {
            assert_eq!(unsafe { length_place.read() }, length);
        }
        let text = |data: *const u8| copy(Text { data: data.cast(), length });
        if matches!(kind, 1 | 2) {
            assert_eq!(text(out), twin_out[..length]);
        } else if kind == 3 && is_pointer {
            assert_eq!(text(unsafe { out.cast::<*const u8>().read() }), text(bytes));
        }
    }

    fn call_run(&self) -> (*const u8, usize) {
        (self.call.cast_const().cast(), size_of::<CallStorage>())
    }

    fn finish(mut self, choices: &mut Choices<'_>) {
        let before = self.arena.bytes();
        let mut outcome: *mut Outcome = self.arena.place(choices, size_of::<Outcome>()).cast();
        let mut elsewhere: Outcome = unsafe { zeroed() };
        let mut status = unsafe { scf_call_finish(self.call, outcome) };
        if is_misuse(status) {
            self.arena.check_unchanged(&before, &[]);
            outcome = &mut elsewhere;
            status = unsafe { scf_call_finish(self.call, outcome) };
        }
        let mut twins: Outcome = unsafe { zeroed() };
        assert_eq!(status, unsafe { scf_call_finish(&mut *self.twin, &mut twins) });
        let outcome = unsafe { &*outcome };
        assert_eq!((outcome.status, outcome.delivery), (twins.status, twins.delivery));
        assert_eq!(outcome.message, twins.message);
        assert_eq!(copy(outcome.result), copy(twins.result));
        drop(self.twin_buffer);
    }
}
