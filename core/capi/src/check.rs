//! Pointers from C into references, after all checks that can be made.
//!
//! The checks themselves are apart from what makes a reference of a checked
//! pointer: they exist once, and only a status comes back from them.

use core::ffi::c_char;
use core::mem::{align_of, size_of};

use scf_invoke_core::wire::utf8;

use crate::status::Status;
use crate::types::Text;

/// Checks that one value of `T` can be read from or written to a pointer, as
/// far as its bits can tell.
pub(crate) fn place<T>(pointer: *const T) -> Result<(), Status> {
    aligned(pointer.cast(), align_of::<T>(), size_of::<T>())
}

#[inline(never)]
fn aligned(pointer: *const u8, alignment: usize, size: usize) -> Result<(), Status> {
    if pointer.addr() & alignment.wrapping_sub(1) != 0 {
        return Err(Status::Misaligned);
    }
    run(pointer, size)
}

/// Checks opaque storage of `size` bytes.
pub(crate) fn storage<S>(pointer: *const S, size: usize) -> Result<(), Status> {
    if size < size_of::<S>() && !pointer.is_null() {
        return Err(Status::Storage);
    }
    place(pointer)
}

/// Checks a run of bytes: no more than an object of C can have, and none may be
/// null.
#[inline(never)]
pub(crate) fn run(start: *const u8, length: usize) -> Result<(), Status> {
    if length == 0 {
        Ok(())
    } else if start.is_null() {
        Err(Status::Null)
    } else if isize::try_from(length).is_err() || start.addr().checked_add(length).is_none() {
        Err(Status::Length)
    } else {
        Ok(())
    }
}

/// A run of bytes, by the numbers alone.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) start: *const u8,
    pub(crate) length: usize,
}

impl Run {
    /// Returns the run of one value.
    pub(crate) const fn of<T>(place: *const T) -> Self {
        Self { start: place.cast(), length: size_of::<T>() }
    }

    /// Returns the run of a text.
    pub(crate) const fn of_text(text: Text) -> Self {
        Self { start: text.data.cast(), length: text.length }
    }
}

/// Refuses two runs that share a byte; both passed [`run`].
#[inline(never)]
pub(crate) fn apart(one: Run, two: Run, overlap: Status) -> Result<(), Status> {
    let ahead = two.start.addr().wrapping_sub(one.start.addr());
    let shared = one.length != 0
        && two.length != 0
        && (ahead < one.length || ahead.wrapping_neg() < two.length);
    if shared { Err(overlap) } else { Ok(()) }
}

/// Bytes to read; null and 0 are none.
///
/// # Safety
/// Unless null, `data` is valid for reads of `length` bytes, which nobody
/// changes during `'a`.
#[inline(always)]
pub(crate) unsafe fn bytes<'a>(data: *const u8, length: usize) -> Result<&'a [u8], Status> {
    run(data, length)?;
    // SAFETY: the run is not null, the length is a possible one, bytes need no
    // alignment, and the rest is the caller's promise.
    Ok(if length == 0 { &[] } else { unsafe { core::slice::from_raw_parts(data, length) } })
}

/// Bytes to write; null and 0 are none.
///
/// # Safety
/// Unless null, `data` is valid for writes of `length` initialised bytes,
/// which nobody else uses during `'a`.
#[inline(always)]
pub(crate) unsafe fn bytes_mut<'a>(data: *mut u8, length: usize) -> Result<&'a mut [u8], Status> {
    run(data, length)?;
    // SAFETY: as above.
    Ok(if length == 0 { &mut [] } else { unsafe { core::slice::from_raw_parts_mut(data, length) } })
}

/// Returns a text that must be there, if only empty.
///
/// # Safety
/// As for [`bytes`].
#[inline(always)]
pub(crate) unsafe fn text<'a>(data: *const c_char, length: usize) -> Result<&'a str, Status> {
    let text = Text { data, length };
    // SAFETY: the caller's promise is the same, and the text is checked before
    // it is read.
    unsafe {
        texts(&raw const text, 1)?;
        Ok(known(text).unwrap_or_default())
    }
}

/// Checks texts that stand in a row, each of which may be left out.
///
/// # Safety
/// `first` points to `count` texts, and for the data of each the promise of
/// [`bytes`] holds.
#[inline(never)]
pub(crate) unsafe fn texts(first: *const Text, count: usize) -> Result<(), Status> {
    for index in 0..count {
        // SAFETY: the caller's promise is the same.
        let bytes = unsafe {
            let text = first.add(index).read();
            bytes(text.data.cast(), text.length)
        }?;
        if utf8::valid_up_to(bytes) != bytes.len() {
            return Err(Status::Utf8);
        }
    }
    Ok(())
}

/// Returns a text that was checked; `None` where it is left out.
///
/// # Safety
/// [`texts`] had no objection, and its promise still holds, during `'a`.
#[inline(always)]
pub(crate) unsafe fn known<'a>(text: Text) -> Option<&'a str> {
    if text.data.is_null() {
        return None;
    }
    // SAFETY: checked to be a possible run of bytes, of UTF-8; where it is of
    // none, any pointer but null does.
    Some(unsafe {
        let bytes = core::slice::from_raw_parts(text.data.cast(), text.length);
        core::str::from_utf8_unchecked(bytes)
    })
}

/// Sets what a pointer points to.
///
/// # Safety
/// Unless null, `pointer` is valid for writes of a `T`.
#[inline(always)]
pub(crate) unsafe fn write<T>(pointer: *mut T, value: T) -> Result<(), Status> {
    place(pointer)?;
    // SAFETY: not null, aligned, and the rest is the caller's promise.
    unsafe { pointer.write(value) };
    Ok(())
}
