//! Answers: their bytes in, their texts and what they mean out.
//!
//! The module reads one answer. The script reads many at the same time, and
//! puts the bytes of the one that goes on into the scratch.

use scf_invoke_core::attempt::retry::{Policy, Retry};
use scf_invoke_core::error::Delivery;
use scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke_core::reply::{Decoder, Outcome, Output, ReplyError, Sink, SinkError, TextField};
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
        let index = usize::from(field == TextField::Log);
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

/// Says that the answer has ended, which came with that HTTP status, and puts
/// what it means into the scratch: six numbers, then request id, the
/// function's request id, code and message (with "…" where it was cut), each with
/// its mark. Gives the
/// length.
#[wasm_bindgen]
pub fn answer_end(status: u32) -> usize {
    // SAFETY: nobody else borrows the scratch now.
    let Scratch { window, answer, .. } = unsafe { &mut *scratch::place() };
    let bad = answer.error.is_some() || answer.decoder.finish().is_err();
    let fields = answer.decoder.fields();
    let code = fields.error_code().as_bytes();
    // As a call of the core is judged.
    let (kind, delivery, retry) = match fields.outcome() {
        Outcome::ApiError if !bad => {
            // SAFETY: the answer is whole, and so are the characters of its texts.
            let code = unsafe { str::from_utf8_unchecked(code) };
            let ran = ErrorCode::may_have_run(code);
            let delivery = if ran { Delivery::Unknown } else { Delivery::Refused };
            (2, delivery, ErrorCode::retry(code))
        }
        _ if status != 200 => {
            // What answers in the API's place with 4xx has not passed it on.
            let refused = matches!(status, 400..500);
            let delivery = if refused { Delivery::Refused } else { Delivery::Unknown };
            (3, delivery, if status == 429 { Retry::AfterBackoff } else { Retry::Never })
        }
        _ if bad => (3, Delivery::Unknown, Retry::Never),
        Outcome::FunctionFailed => (1, Delivery::Executed, Retry::Never),
        _ => (0, Delivery::Executed, Retry::Never),
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
    let policy = Policy { attempts, ..Policy::default() };
    policy.wait_ms(Retry::AfterBackoff, made, random).map_or(-1, |wait| wait as i32)
}
