//! Attempts: the bytes of a response in; its texts, what it means and what is
//! to be done next out.
//!
//! The module is in the middle of one call. The script makes many at the same
//! time, and puts the bytes of the one that goes on into the scratch.

use scf_invoke_core::attempt::{AttemptEnd, Attempts, Clock, Next, Received, Retry, RetryPolicy};
use scf_invoke_core::error::ProtocolError;
use scf_invoke_core::reply::{Member, MemberNumbers, MemberReader, MemberSink};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::scratch::{self, CallPlace, Scratch, TEXT, TEXTS};

/// A call that is being made. It points nowhere, so its bytes are all of it.
pub(crate) struct Call {
    attempts: Attempts,
    reader: MemberReader,
}

impl Call {
    pub(crate) const fn new(policy: RetryPolicy) -> Self {
        Self { attempts: Attempts::new(policy), reader: MemberReader::new() }
    }
}

/// Begins a call that makes so many attempts at most, and returns the bytes
/// that one takes.
#[wasm_bindgen]
pub fn call_begin(attempts: u32) -> usize {
    // SAFETY: nobody else borrows the call now.
    unsafe { (*scratch::place()).call.0 = Call::new(RetryPolicy::default().attempts(attempts)) };
    size_of::<Call>()
}

/// Begins the response of an attempt.
#[wasm_bindgen]
pub fn response_begin() {
    // SAFETY: nobody else borrows the call now.
    unsafe { (*scratch::place()).call.0.reader = const { MemberReader::new() } };
}

/// The texts of members in the scratch, and their lengths.
struct Texts<'s> {
    texts: &'s mut [[u8; TEXT]; TEXTS],
    lengths: [u32; TEXTS],
}

impl MemberSink for Texts<'_> {
    fn write(&mut self, member: Member, piece: &[u8]) {
        // The objects stand before the texts.
        let index = (member as usize).wrapping_sub(Member::RetMsg as usize);
        if let (Some(text), Some(length)) = (self.texts.get_mut(index), self.lengths.get_mut(index))
            && let Some(rest) = text.get_mut(*length as usize..)
            && let Some(room) = rest.get_mut(..piece.len())
        {
            room.copy_from_slice(piece);
            *length += piece.len() as u32;
        }
    }
}

/// Takes bytes of the response, which are in the scratch, and puts the lengths
/// of the texts that come of them in their place.
#[wasm_bindgen]
pub fn response_push(length: usize) {
    // SAFETY: nobody else borrows the scratch now.
    let Scratch { call: CallPlace(call), window, texts } = unsafe { &mut *scratch::place() };
    let mut texts = Texts { texts, lengths: [0; TEXTS] };
    call.reader.push(window.get(..length).unwrap_or_default(), &mut texts);
    // SAFETY: the window is aligned and longer than the lengths.
    unsafe { window.as_mut_ptr().cast::<[u32; TEXTS]>().write(texts.lengths) };
}

/// The end of an attempt, as the script knows it. Times are in seconds, and NaN
/// where they are not known.
#[repr(C)]
#[derive(Clone, Copy)]
struct End {
    /// 0 with a response, 1 by a lost connection, 2 by the caller, 3 refused on
    /// the way with that status, 4 with more than the caller takes.
    how: f64,
    status: f64,
    is_sent: f64,
    is_asynchronous: f64,
    /// The seconds by which the clock is ahead of the local one.
    offset: f64,
    local: f64,
    signed: f64,
    server: f64,
    retry_after: f64,
    random: f64,
    /// The status in the result of a function that failed.
    function_status: f64,
    has_figures: f64,
    /// The whole numbers of the members `InvokeResult` and `code`.
    invoke_result: f64,
    old_code: f64,
}

/// The outcome of an attempt.
#[repr(C)]
struct Outcome {
    /// 0 for success, 1 if the function failed, 2 for an error of the API, 3
    /// for what is no response of the API.
    kind: f64,
    delivery: f64,
    is_retryable: f64,
    /// 0 ends the call, 1 tries again after a wait, 2 tries with other credentials.
    next: f64,
    wait_ms: f64,
    offset: f64,
}

/// Takes the end of the attempt from the scratch, in so many bytes, the API's error
/// code behind its numbers, and puts the outcome in its place.
#[wasm_bindgen]
pub fn attempt_end(length: usize) {
    // SAFETY: nobody else borrows the scratch now.
    let Scratch { call: CallPlace(call), window, .. } = unsafe { &mut *scratch::place() };
    // SAFETY: the window is aligned and longer than that.
    let end = unsafe { window.as_ptr().cast::<End>().read() };
    let code = window.get(size_of::<End>()..length).unwrap_or_default();
    let number = |value: f64| (!value.is_nan()).then_some(value as i32);
    let numbers = MemberNumbers {
        invoke_result: number(end.invoke_result),
        old_code: number(end.old_code),
        has_figures: end.has_figures > 0.0,
    };
    // Numbers of 32 bits take one instruction, smaller ones many.
    let status = end.status as i32 as u16;
    let received = match end.how as i32 {
        0 => {
            let function_status = Some(end.function_status as i64);
            let is_asynchronous = end.is_asynchronous > 0.0;
            let reader = &mut call.reader;
            Received::from_members(status, reader, code, &numbers, is_asynchronous, function_status)
        }
        2 => Received::Stopped,
        4 if status == 200 && call.reader.has_content() => Received::Untaken,
        1 | 4 => Received::Lost,
        _ => Received::Foreign { error: ProtocolError::Status(status), has_result: false },
    };
    let kind = match received {
        Received::Success => 0u32,
        Received::FunctionFailed { .. } => 1,
        Received::ApiError { .. } => 2,
        _ => 3,
    };
    let mut clock = Clock::with_offset(end.offset as i64);
    let ended = AttemptEnd {
        local: end.local as u64,
        signed: end.signed as u64,
        server_time: (end.server >= 0.0).then_some(end.server as u64),
        // NaN is 0, which asks for nothing.
        retry_after: Some(end.retry_after as u32),
        ..AttemptEnd::new(received, end.is_sent > 0.0)
    };
    let decided = call.attempts.end(&ended, &mut clock, end.random as u32);
    let (next, wait_ms) = match decided.next {
        Next::Done | Next::GiveUp => (0u32, 0),
        Next::AgainNow | Next::AgainOnNewConnection => (1, 0),
        Next::AgainAfter(wait) => (1, wait),
        Next::AgainWithNewCredentials => (2, 0),
    };
    let retry = received.retry(decided.delivery);
    let outcome = Outcome {
        kind: kind.into(),
        delivery: (decided.delivery as u32).into(),
        is_retryable: u8::from(retry != Retry::Never && retry != Retry::AfterNewCredentials).into(),
        next: next.into(),
        wait_ms: wait_ms.into(),
        offset: clock.offset() as f64,
    };
    // SAFETY: the window is aligned and longer than the numbers.
    unsafe { window.as_mut_ptr().cast::<Outcome>().write(outcome) };
}
