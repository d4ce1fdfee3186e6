//! Look-ups of versions, statuses and error codes.

use core::ffi::c_char;
use core::mem::size_of;

use scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke_core::reply::function_status::status_meaning;

use crate::check::{self, Run};
use crate::outcome::Retry;
use crate::status::Status;
use crate::types::{ABI, Text};
use crate::{AttemptsStorage, CallStorage, DayKeyStorage};

/// Returns the interface that the library has: compare it with SCF_ABI.
#[unsafe(no_mangle)]
pub extern "C" fn scf_abi() -> u32 {
    ABI
}

/// Returns the library's version, such as 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn scf_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// Returns the size of an scf_call, for those who have no header.
#[unsafe(no_mangle)]
pub extern "C" fn scf_call_size() -> usize {
    size_of::<CallStorage>()
}

/// Returns the size of an scf_day_key, for those who have no header.
#[unsafe(no_mangle)]
pub extern "C" fn scf_day_key_size() -> usize {
    size_of::<DayKeyStorage>()
}

/// Returns the size of an scf_attempts, for those who have no header.
#[unsafe(no_mangle)]
pub extern "C" fn scf_attempts_size() -> usize {
    size_of::<AttemptsStorage>()
}

/// Returns the meaning of an scf_status in words; never null.
#[unsafe(no_mangle)]
pub extern "C" fn scf_status_text(status: i32) -> *const c_char {
    crate::status::text(status)
}

/// Facts about an error code of the API.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ErrorInfo {
    /// Advice to the user, in one sentence.
    pub advice: Text,
    /// The change that could make another try succeed.
    pub retry: Retry,
    /// 1 if the function may have run although this code came back.
    pub may_have_run: u8,
    /// 1 if the code itself is known; otherwise its family, the text before
    /// the dot, decides.
    pub known: u8,
}

/// Looks an error code of the API up, such as ResourceNotFound.Function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_error_code(
    code: *const c_char,
    code_length: usize,
    info: *mut ErrorInfo,
) -> Status {
    let read = Run { start: code.cast(), length: code_length };
    let checked = check::run(read.start, read.length)
        .and_then(|()| check::apart(read, Run::of(info), Status::OverlapText))
        // SAFETY: C promises that its pointers are valid for the call.
        .and_then(|()| unsafe { check::text(code, code_length) });
    let code = match checked {
        Ok(code) => code,
        Err(status) => return status,
    };
    let found = ErrorInfo {
        advice: Text::from(ErrorCode::advice(code)),
        retry: ErrorCode::retry(code).into(),
        may_have_run: ErrorCode::may_have_run(code).into(),
        known: (ErrorCode::parse(code) != ErrorCode::Unknown).into(),
    };
    // SAFETY: C promises the same of this one.
    unsafe { check::write(info, found) }.err().unwrap_or(Status::Ok)
}

/// Writes the meaning of the platform's status of a failed function (433: time
/// limit reached) to `meaning`; not set where it is not known.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_function_status(status: i64, meaning: *mut Text) -> Status {
    let text = status_meaning(status).map_or(Text::NONE, Text::from);
    // SAFETY: C promises that the pointer is valid for the call.
    unsafe { check::write(meaning, text) }.err().unwrap_or(Status::Ok)
}

impl Text {
    /// A text that is not set.
    pub const NONE: Self = Self { data: core::ptr::null(), length: 0 };
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), length: text.len() }
    }
}
