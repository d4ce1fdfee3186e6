//! Answers: their bytes in, their texts and what they mean out.

use scf_core::error::Delivery;
use scf_core::error_code::ErrorCode;
use scf_core::reply::{Decoder, Outcome, Output, ReplyError, Sink, SinkError, TextField};
use scf_core::retry::{Policy, Retry};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fields;
use crate::scratch::{self, TEXT};

/// An answer that is being read, in a region of the script's.
pub struct Answer {
    decoder: Decoder,
    error: Option<ReplyError>,
}

/// The lengths of the texts that a window has given, in the scratch.
#[derive(Default)]
struct Texts {
    ret_msg: usize,
    log: usize,
}

impl Sink for Texts {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        // SAFETY: nobody else borrows the two texts.
        let (text, length): (&mut [u8; TEXT], _) = unsafe {
            match field {
                TextField::RetMsg => (&mut (*scratch::place()).ret_msg, &mut self.ret_msg),
                TextField::Log => (&mut (*scratch::place()).log, &mut self.log),
            }
        };
        let room = text.get_mut(*length..).and_then(|rest| rest.get_mut(..piece.len()));
        room.ok_or(SinkError)?.copy_from_slice(piece);
        *length += piece.len();
        Ok(())
    }
}

/// Begins an answer at an address of the script's, and gives the bytes that it
/// takes there.
///
/// # Safety
/// There is so much room, and the address is a multiple of eight.
#[wasm_bindgen]
pub unsafe fn answer_begin(answer: *mut Answer) -> usize {
    // SAFETY: the script's promise.
    unsafe { answer.write(const { Answer { decoder: Decoder::new(), error: None } }) };
    size_of::<Answer>()
}

/// Takes bytes of the answer, which are in the scratch, and gives the lengths
/// of the texts that come of them: of RetMsg, and above it 65536 times that of
/// the log.
///
/// # Safety
/// An answer has begun at that address.
#[wasm_bindgen]
pub unsafe fn answer_push(answer: *mut Answer, count: usize) -> u32 {
    // SAFETY: the script's promise; nobody else borrows the window now.
    let (answer, window) = unsafe { (&mut *answer, scratch::window(count)) };
    let mut texts = Texts::default();
    if answer.error.is_none() {
        answer.error = answer.decoder.push(window, &mut Output::Sink(&mut texts)).err();
    }
    (texts.log << 16 | texts.ret_msg) as u32
}

/// What an answer means, before its texts.
#[repr(C)]
struct Meaning {
    /// 0 for success, 1 if the function failed, 2 for an error of the API, 3
    /// for what is no answer of the API.
    kind: f64,
    delivery: f64,
    retry: f64,
    has_result: f64,
    has_log: f64,
    /// NaN where it is not known, as all below.
    duration_ms: f64,
    billed_ms: f64,
    memory: f64,
}

/// Says that the answer has ended, which came with that HTTP status, and puts
/// what it means into the scratch: eight numbers, then request id, the
/// function's request id, code and message, each with its mark. Gives the
/// length.
///
/// # Safety
/// An answer has begun at that address.
#[wasm_bindgen]
pub unsafe fn answer_end(answer: *mut Answer, status: u32) -> usize {
    // SAFETY: the script's promise; nobody else borrows the window now.
    let (answer, window) = unsafe { (&mut *answer, scratch::window(scratch::WINDOW)) };
    let number = |value: Option<i64>| value.map_or(f64::NAN, |value| value as f64);
    let bad = answer.error.is_some() || answer.decoder.finish().is_err();
    let (fields, layout) = (answer.decoder.fields(), answer.decoder.layout());
    let code = fields.error_code().as_str();
    // As in the core's own judgement of a call.
    let (kind, delivery, retry) = match fields.outcome() {
        Outcome::ApiError if !bad => {
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
    let meaning = Meaning {
        kind: kind.into(),
        delivery: (delivery as u8).into(),
        retry: (retry as u8).into(),
        has_result: u8::from(layout.has(TextField::RetMsg)).into(),
        has_log: u8::from(layout.has(TextField::Log)).into(),
        duration_ms: fields.duration().map_or(f64::NAN, |time| time.as_nanos() as f64 / 1e6),
        billed_ms: number(fields.bill_duration()),
        memory: number(fields.mem_usage()),
    };
    let mut length = size_of::<Meaning>();
    for text in [
        fields.request_id().as_str(),
        fields.function_request_id().as_str(),
        code,
        fields.message().as_str(),
    ] {
        fields::put(window, &mut length, text);
    }
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
