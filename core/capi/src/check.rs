//! Pointers from C into references, after all checks that can be made.

use core::ffi::c_char;
use core::mem::{align_of, size_of};

use crate::status::Status;
use crate::types::Text;

/// A pointer that one value of `T` can be read from or written to, as far as
/// its bits can tell.
pub(crate) fn place<T>(pointer: *const T) -> Result<(), Status> {
    if pointer.is_null() {
        Err(Status::Null)
    } else if !pointer.addr().is_multiple_of(align_of::<T>()) {
        Err(Status::Misaligned)
    } else {
        range(pointer.addr(), size_of::<T>())
    }
}

/// The same for opaque storage of `size` bytes, which is to hold a `T`.
pub(crate) fn storage<S, T>(pointer: *mut S, size: usize) -> Result<*mut T, Status> {
    if pointer.is_null() {
        return Err(Status::Null);
    }
    if size < size_of::<S>() {
        return Err(Status::Storage);
    }
    place(pointer)?;
    Ok(pointer.cast())
}

/// Bytes that no object of C can have, because they would not fit.
fn range(start: usize, length: usize) -> Result<(), Status> {
    match start.checked_add(length) {
        Some(_) if isize::try_from(length).is_ok() => Ok(()),
        _ => Err(Status::Length),
    }
}

/// Refuses two runs of bytes that share any.
pub(crate) fn apart(
    one: *const u8,
    one_length: usize,
    two: *const u8,
    two_length: usize,
) -> Result<(), Status> {
    let (one, two) = (one.addr(), two.addr());
    range(one, one_length)?;
    range(two, two_length)?;
    let apart = one_length == 0
        || two_length == 0
        || one >= two.saturating_add(two_length)
        || two >= one.saturating_add(one_length);
    if apart { Ok(()) } else { Err(Status::Overlap) }
}

/// Bytes to read; null and 0 are none.
///
/// # Safety
/// Unless null, `data` is valid for reads of `length` bytes, which nobody
/// changes during `'a`.
pub(crate) unsafe fn bytes<'a>(data: *const u8, length: usize) -> Result<&'a [u8], Status> {
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Status::Null);
    }
    range(data.addr(), length)?;
    // SAFETY: not null, the length is a possible one, bytes need no alignment,
    // and the rest is the caller's promise.
    Ok(unsafe { core::slice::from_raw_parts(data, length) })
}

/// Bytes to write; null and 0 are none.
///
/// # Safety
/// Unless null, `data` is valid for writes of `length` initialised bytes,
/// which nobody else uses during `'a`.
pub(crate) unsafe fn bytes_mut<'a>(data: *mut u8, length: usize) -> Result<&'a mut [u8], Status> {
    if length == 0 {
        return Ok(&mut []);
    }
    if data.is_null() {
        return Err(Status::Null);
    }
    range(data.addr(), length)?;
    // SAFETY: as above.
    Ok(unsafe { core::slice::from_raw_parts_mut(data, length) })
}

/// Text that must be there, if only empty.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn text<'a>(data: *const c_char, length: usize) -> Result<&'a str, Status> {
    // SAFETY: the caller's promise is the same.
    let bytes = unsafe { bytes(data.cast(), length) }?;
    core::str::from_utf8(bytes).map_err(|_| Status::Utf8)
}

/// Text that may be left out.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn optional<'a>(text: Text) -> Result<Option<&'a str>, Status> {
    if text.data.is_null() && text.length == 0 {
        return Ok(None);
    }
    // SAFETY: the caller's promise is the same.
    unsafe { self::text(text.data, text.length) }.map(Some)
}

/// The value behind a pointer.
///
/// # Safety
/// Unless null, `pointer` is valid for reads of a `T`.
pub(crate) unsafe fn read<T: Copy>(pointer: *const T) -> Result<T, Status> {
    place(pointer)?;
    // SAFETY: not null, aligned, and the rest is the caller's promise.
    Ok(unsafe { pointer.read() })
}

/// Sets what a pointer points to.
///
/// # Safety
/// Unless null, `pointer` is valid for writes of a `T`.
pub(crate) unsafe fn write<T>(pointer: *mut T, value: T) -> Result<(), Status> {
    place(pointer)?;
    // SAFETY: as above.
    unsafe { pointer.write(value) };
    Ok(())
}
