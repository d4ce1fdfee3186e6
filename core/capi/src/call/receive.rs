//! The response on its way in, and how the call ended.

use core::ffi::c_char;

use scf_invoke_core::attempt::{AttemptEnd, Received};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::reply::TextField;

use super::{CallStorage, Entered, with};
use crate::check::{self, Run};
use crate::outcome::{Delivery, Outcome};
use crate::status::Status;
use crate::types::Text;

/// Says that reading failed, or took too long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_receive_failed(call: *mut CallStorage) -> Status {
    let work = |entered: &mut Entered| {
        entered.call()?;
        // SAFETY: the state is there, and nobody borrows the field.
        unsafe { (*entered.0).transport_failed = true };
        Ok(Status::Ok)
    };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { with(call, work) }
}

/// Gives the place to read the next bytes of the response into, which has
/// room for one at least.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_window(
    call: *mut CallStorage,
    window: *mut *mut u8,
    room: *mut usize,
) -> Status {
    let work = |entered: &mut Entered| {
        check::place(window)?;
        check::place(room)?;
        entered.both_unused(Run::of(window), Run::of(room))?;
        let found = entered.call()?.window();
        // SAFETY: C promises that its pointers are valid for the call.
        unsafe {
            window.write(found.as_mut_ptr());
            room.write(found.len());
        }
        Ok(Status::Ok)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Takes the first `count` bytes of the window; 0 says that the peer has
/// closed. SCF_STATUS_MORE while the response goes on, SCF_STATUS_OK once it
/// is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_received(call: *mut CallStorage, count: usize) -> Status {
    let work = |entered: &mut Entered| {
        if count > entered.call()?.window().len() {
            return Err(Status::Count);
        }
        Ok(receive(entered, count))
    };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { with(call, work) }
}

/// Takes bytes of the response. Returns a status and not a result, because
/// `More` comes back as often as `Ok`.
#[inline(never)]
fn receive(entered: &mut Entered, count: usize) -> Status {
    let call = match entered.call() {
        Ok(call) => call,
        Err(status) => return status,
    };
    let received = call.received(count);
    // SAFETY: the state is there, and nobody borrows the fields.
    unsafe {
        match received {
            Ok(true) => {
                (*entered.0).complete = true;
                Status::Ok
            }
            Ok(false) => Status::More,
            Err(error) => {
                (*entered.0).protocol = Some(error);
                (*entered.0).problem.protocol(error)
            }
        }
    }
}

/// Takes bytes of the response from memory of your own, any number of them.
/// Otherwise as scf_call_received(), which also says that the peer has closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_push(
    call: *mut CallStorage,
    bytes: *const u8,
    length: usize,
) -> Status {
    let work = |entered: &mut Entered| {
        entered.call()?;
        entered.apart(Run { start: bytes, length })?;
        // SAFETY: C promises that its pointers are valid for the call.
        let mut rest = unsafe { check::bytes(bytes, length) }?;
        while !rest.is_empty() {
            let window = entered.call()?.window();
            let (piece, after) = rest.split_at(rest.len().min(window.len()));
            for (to, from) in window.iter_mut().zip(piece) {
                *to = *from;
            }
            rest = after;
            let status = receive(entered, piece.len());
            if status != Status::More {
                // SAFETY: the state is there, and nobody borrows the field.
                unsafe { (*entered.0).excess |= !rest.is_empty() };
                return Ok(status);
            }
        }
        Ok(Status::More)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Takes the response's status and its Date header, which may be left out,
/// from an HTTP client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_response_head(
    call: *mut CallStorage,
    http_status: u16,
    date: *const c_char,
    date_length: usize,
) -> Status {
    let work = |entered: &mut Entered| {
        let date = Text { data: date, length: date_length };
        entered.apart(Run::of_text(date))?;
        // SAFETY: C promises that its pointers are valid for the call.
        let date = unsafe {
            check::texts(&raw const date, 1)?;
            check::known(date)
        };
        entered.call()?.response_head(http_status, date);
        Ok(Status::Ok)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Takes bytes of the response's body from an HTTP client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_response_body(
    call: *mut CallStorage,
    bytes: *const u8,
    length: usize,
) -> Status {
    let work = |entered: &mut Entered| {
        entered.apart(Run { start: bytes, length })?;
        // SAFETY: C promises that its pointers are valid for the call.
        let bytes = unsafe { check::bytes(bytes, length) }?;
        entered.call()?.response_body(bytes);
        Ok(Status::More)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Says that the body from an HTTP client has ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_response_end(call: *mut CallStorage) -> Status {
    let work = |entered: &mut Entered| {
        entered.call()?.response_end();
        // SAFETY: the state is there, and nobody borrows the field.
        unsafe { (*entered.0).complete = true };
        Ok(Status::Ok)
    };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { with(call, work) }
}

/// Ends the call, wherever it stands, and tells how it ended; the status is
/// the outcome's. The storage is empty after, and the texts of the outcome are
/// in the buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_finish(call: *mut CallStorage, outcome: *mut Outcome) -> Status {
    let mut checked = check::place(outcome);
    if checked.is_ok() && check::place(call).is_ok() {
        checked = check::apart(Run::of(call), Run::of(outcome), Status::OverlapCall);
    }
    if let Err(status) = checked {
        return status;
    }
    // SAFETY: C promises that its pointers are valid for the call.
    let entered = unsafe { Entered::new(call) };
    if let Ok(entered) = &entered
        && let Err(status) = entered.unused(Run::of(outcome))
    {
        return status;
    }
    // SAFETY: not null, aligned and apart from all that the call uses, and C
    // promises that it is valid; every field has a value of zeroes.
    let outcome = unsafe {
        outcome.write_bytes(0, 1);
        &mut *outcome
    };
    outcome.clear();
    match entered {
        Ok(entered) => finish(&entered, outcome),
        // Nothing is known of a call that is not there.
        Err(status) => {
            outcome.status = status;
            outcome.delivery = Delivery::Unknown;
        }
    }
    outcome.status
}

fn finish(entered: &Entered, outcome: &mut Outcome) {
    let state = entered.0;
    // Whatever follows, this call is over.
    // SAFETY: the state is there, and nobody borrows the field.
    unsafe { (*state).mark = 0 };
    let Some((call, exchange)) = entered.exchange() else {
        // SAFETY: likewise.
        return outcome.problem(unsafe { &(*state).problem });
    };
    // SAFETY: the state is there, C promises that its buffer is valid, and it
    // was checked; the call that has it is over.
    unsafe {
        let length = if (*state).sink.0.write.is_none() { (*state).length } else { 0 };
        let buffer = Run { start: (*state).buffer, length };
        outcome.keep_alive = (call.keep_alive() && !(*state).excess).into();
        outcome.finish(call, exchange, buffer);
    }
}

/// Runs `decide` with the end of an attempt, on a new connection and with clocks
/// unknown, whose call is not finished and uses none of the `outputs`.
///
/// # Safety
/// As for [`Entered::new`].
pub(crate) unsafe fn attempt_end<R>(
    call: *mut CallStorage,
    outputs: [Run; 3],
    decide: impl FnOnce(AttemptEnd<'_>) -> R,
) -> Result<R, Status> {
    // SAFETY: the caller's promise is the same.
    let entered = unsafe { Entered::new(call) }?;
    for output in outputs {
        entered.unused(output)?;
    }
    let end = match entered.exchange() {
        None => AttemptEnd::new(Received::Stopped, false),
        Some((call, exchange)) => {
            // SAFETY: the state is there, and nobody borrows the field.
            let has_sink = unsafe { (*entered.0).sink.0.write.is_some() };
            let layout = call.layout();
            AttemptEnd {
                consumed: has_sink && (layout.has(TextField::Result) || layout.has(TextField::Log)),
                server_time: call.server_time(),
                retry_after: call.retry_after(),
                ..AttemptEnd::new(call.classify(&exchange), call.is_sent())
            }
        }
    };
    Ok(decide(end))
}

impl Entered {
    /// Returns the call and how its exchange has ended, if its request was
    /// whole: otherwise nobody runs anything for it.
    fn exchange(&self) -> Option<(&Call<'static>, Result<(), ExchangeError<()>>)> {
        let state = self.0;
        // SAFETY: the state is there, and nobody borrows these fields.
        let (status, protocol, failed) = unsafe {
            let failed = (*state).transport_failed && !(*state).complete;
            ((*state).problem.status, (*state).protocol, failed)
        };
        let exchange = match protocol {
            Some(error) => Err(ExchangeError::Protocol(error)),
            None if status != Status::Ok => return None,
            None if failed => Err(ExchangeError::Transport(())),
            None => Ok(()),
        };
        // SAFETY: a state without a problem, or with one of the protocol, has a
        // call, and nobody borrows it mutably while `self` is borrowed. It owns
        // nothing that would have to be dropped.
        Some((unsafe { (*state).call.assume_init_ref() }, exchange))
    }
}
