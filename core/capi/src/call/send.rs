//! The request on its way out.

use core::ffi::c_char;

use scf_invoke_core::call::Call;
use scf_invoke_core::request::RequestError;

use super::{CallStorage, Entered, with};
use crate::check::{self, Run};
use crate::status::Status;

/// Tells the length of the whole request, before any of it is taken. A source
/// is read for this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_measure(call: *mut CallStorage, length: *mut usize) -> Status {
    let work = |entered: &mut Entered| {
        check::place(length)?;
        entered.unused(Run::of(length))?;
        let measured = measure(entered)?;
        // SAFETY: C promises that its pointers are valid for the call.
        unsafe { check::write(length, measured) }?;
        Ok(Status::Ok)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

fn measure(entered: &mut Entered) -> Result<usize, Status> {
    let call = entered.call()?;
    let mut length = 0usize;
    loop {
        match call.transmit() {
            Ok([]) => break,
            Ok(bytes) => length = length.wrapping_add(bytes.len()),
            Err(error) => return Err(entered.request_failed(&error)),
        }
    }
    call.rewind();
    Ok(length)
}

/// Writes the whole request to `out`.
///
/// `length` gets the request's length; where `room` is less, the status is
/// SCF_STATUS_ROOM, nothing is written, and the call can go on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_write(
    call: *mut CallStorage,
    out: *mut u8,
    room: usize,
    length: *mut usize,
) -> Status {
    let work = |entered: &mut Entered| {
        check::place(length)?;
        entered.both_unused(Run { start: out, length: room }, Run::of(length))?;
        let needed = measure(entered)?;
        // SAFETY: C promises that its pointers are valid for the call.
        unsafe { check::write(length, needed) }?;
        if room < needed {
            return Err(Status::Room);
        }
        let call = entered.call()?;
        let mut written = 0usize;
        loop {
            match call.transmit() {
                Ok([]) => return Ok(Status::Ok),
                Ok(bytes) => {
                    // A source that gives more than it did is stopped before.
                    let end = written.wrapping_add(bytes.len());
                    if end > needed {
                        return Err(Status::Room);
                    }
                    // SAFETY: there is room for so many, apart from the call's
                    // buffer, and C promises that it is valid.
                    unsafe {
                        out.add(written).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())
                    };
                    written = end;
                }
                Err(error) => return Err(entered.request_failed(&error)),
            }
        }
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Gives the next bytes to send, which stay until the next function is called:
/// SCF_STATUS_MORE with at least one, SCF_STATUS_OK with none once all are out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_transmit(
    call: *mut CallStorage,
    bytes: *mut *const u8,
    length: *mut usize,
) -> Status {
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { give(call, bytes, length, |call| call.transmit()) }
}

/// Gives the next bytes of the body alone, for those who have an HTTP client
/// and send scf_call_head() with it. Otherwise as scf_call_transmit().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_body(
    call: *mut CallStorage,
    bytes: *mut *const u8,
    length: *mut usize,
) -> Status {
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { give(call, bytes, length, |call| call.body()) }
}

/// # Safety
/// As for [`scf_call_transmit`].
unsafe fn give(
    call: *mut CallStorage,
    bytes: *mut *const u8,
    length: *mut usize,
    next: for<'a> fn(&'a mut Call<'static>) -> Result<&'a [u8], RequestError>,
) -> Status {
    let work = |entered: &mut Entered| {
        check::place(bytes)?;
        check::place(length)?;
        entered.both_unused(Run::of(bytes), Run::of(length))?;
        // SAFETY: C promises that its pointers are valid for the call.
        let give = |piece: &[u8]| unsafe {
            bytes.write(piece.as_ptr());
            length.write(piece.len());
        };
        give(&[]);
        match next(entered.call()?) {
            Ok([]) => Ok(Status::Ok),
            Ok(piece) => {
                give(piece);
                Ok(Status::More)
            }
            Err(error) => Err(entered.request_failed(&error)),
        }
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Writes request line and header fields to `out`, as they are on the wire,
/// for those who have an HTTP client. A GET is nothing but this. `length` gets
/// their length; where `room` is less, the status is SCF_STATUS_ROOM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_head(
    call: *mut CallStorage,
    out: *mut c_char,
    room: usize,
    length: *mut usize,
) -> Status {
    let work = |entered: &mut Entered| {
        check::place(length)?;
        entered.both_unused(Run { start: out.cast(), length: room }, Run::of(length))?;
        // SAFETY: C promises that its pointers are valid for the call.
        let out = unsafe { check::bytes_mut(out.cast(), room) }?;
        let (needed, status) = match entered.call()?.head(out) {
            Ok(head) => (head.as_bytes().len(), Status::Ok),
            Err(RequestError::Buffer { needed }) => (needed, Status::Room),
            Err(error) => return Err(entered.request_failed(&error)),
        };
        // SAFETY: likewise; the place was checked before.
        unsafe { length.write(needed) };
        Ok(status)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Says that not all of the bytes that the call gave last were sent, so that
/// the request surely is not executed. The server may have answered all the
/// same: to read on is worth a try.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_send_failed(call: *mut CallStorage) -> Status {
    let work = |entered: &mut Entered| {
        entered.call()?.transmit_failed();
        // SAFETY: the state is there, and nobody borrows the field.
        unsafe { (*entered.0).transport_failed = true };
        Ok(Status::Ok)
    };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { with(call, work) }
}
