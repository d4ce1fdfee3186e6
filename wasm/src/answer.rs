//! Answers: their bytes in, their texts and what they mean out.
//!
//! The module reads one answer. The script reads many at the same time, and
//! puts the bytes of the one that goes on into the scratch.

use scf_invoke_core::attempt::{Received, Retry, RetryPolicy};
use scf_invoke_core::reply::{Decoder, Output, ReplyError, Sink, SinkError, TextField};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fields::{self, END};
use crate::scratch::{self, Scratch};

/// An answer that is being read. It points nowhere, so its bytes are all of it.
pub(crate) struct Answer {
    decoder: Decoder,
    error: Option<ReplyError>,
}

impl Answer {
    pub(crate) const fn new() -> Self {
        Self { decoder: Decoder::new(), error: None }
    }
}

/// Begins an answer, and gives the bytes that one takes.
#[wasm_bindgen]
pub fn answer_begin() -> usize {
    // SAFETY: nobody else borrows the answer now.
    unsafe { (*scratch::place()).answer = const { Answer::new() } };
    size_of::<Answer>()
}

/// The two texts in the scratch, and their lengths.
struct Texts<'s> {
    texts: [&'s mut [u8]; 2],
    lengths: [usize; 2],
}

impl Sink for Texts<'_> {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        let index = match field {
            TextField::Result => 0,
            TextField::Log => 1,
            _ => return Ok(()),
        };
        let (text, length) = (&mut self.texts[index], &mut self.lengths[index]);
        let room = text.get_mut(*length..).and_then(|rest| rest.get_mut(..piece.len()));
        room.ok_or(SinkError)?.copy_from_slice(piece);
        *length += piece.len();
        Ok(())
    }
}

/// Takes bytes of the answer, which are in the scratch, and gives the lengths
/// of the texts that come of them: of RetMsg, and above it 65536 times that of
/// the log.
#[wasm_bindgen]
pub fn answer_push(length: usize) -> u32 {
    // SAFETY: nobody else borrows the scratch now.
    let Scratch { window, ret_msg, log, answer, .. } = unsafe { &mut *scratch::place() };
    let mut texts = Texts { texts: [ret_msg, log], lengths: [0; 2] };
    if answer.error.is_none() {
        let piece = window.get(..length).unwrap_or_default();
        answer.error = answer.decoder.push(piece, &mut Output::Sink(&mut texts)).err();
    }
    let [ret_msg, log] = texts.lengths;
    (log << 16 | ret_msg) as u32
}

/// What an answer means, before its texts.
#[repr(C)]
struct Meaning {
    /// 0 for success, 1 if the function failed, 2 for an error of the API, 3
    /// for what is no answer of the API.
    kind: f64,
    delivery: f64,
    retry: f64,
    /// NaN where it is not known, as all below.
    duration_ms: f64,
    billed_ms: f64,
    memory: f64,
}

/// Says that the answer has ended, which came with that HTTP status to a call
/// that is asynchronous or not, and whose result tells the function's status (0
/// where it does not). Puts what it means into the scratch: six numbers, then request id, the
/// function's request id, code and message (with "…" where it was cut), each with
/// its mark. Gives the
/// length.
#[wasm_bindgen]
pub fn answer_end(status: u32, asynchronous: bool, function_status: i32) -> usize {
    // SAFETY: nobody else borrows the scratch now.
    let Scratch { window, answer, .. } = unsafe { &mut *scratch::place() };
    let read = match answer.error {
        Some(error) => Err(error),
        None => answer.decoder.finish(),
    };
    let fields = answer.decoder.fields();
    let code = fields.error_code().as_bytes();
    let received = Received::from_response(status as u16, read, fields, asynchronous);
    let received = received.with_status((function_status > 0).then_some(function_status.into()));
    let delivery = received.delivery(true);
    let retry = match received.retry(delivery) {
        // The script knows by itself whether it has other credentials.
        Retry::AfterNewCredentials => Retry::Never,
        retry => retry,
    };
    let kind = match received {
        Received::Success => 0,
        Received::FunctionFailed { .. } => 1,
        Received::ApiError { .. } => 2,
        _ => 3,
    };
    let number = |value: Option<i64>| value.map_or(f64::NAN, |value| value as f64);
    let meaning = Meaning {
        kind: kind.into(),
        delivery: (delivery as u8).into(),
        retry: (retry as u8).into(),
        duration_ms: fields.duration().map_or(f64::NAN, |time| time.as_nanos() as f64 / 1e6),
        billed_ms: number(fields.billed_duration()),
        memory: number(fields.memory_bytes()),
    };
    let mut length = size_of::<Meaning>();
    let [id, run] = [fields.request_id().as_bytes(), fields.function_request_id().as_bytes()];
    let cut = if fields.message().is_truncated() { "…" } else { "" }.as_bytes();
    let (message, end) = (fields.message().as_bytes(), &[END]);
    let pieces = [id, end, run, end, code, end, message, cut, end];
    fields::put(window, &mut length, &pieces);
    // SAFETY: the window is aligned and longer than the numbers.
    unsafe { window.as_mut_ptr().cast::<Meaning>().write(meaning) };
    length
}

/// How long to wait after so many attempts, in milliseconds; -1 gives up.
#[wasm_bindgen]
pub fn wait_ms(made: u32, attempts: u32, random: u32) -> i32 {
    let policy = RetryPolicy::default().attempts(attempts);
    policy.wait_ms(Retry::AfterBackoff, made, random).map_or(-1, |wait| wait as i32)
}
