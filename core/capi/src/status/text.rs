//! The texts of statuses, packed.

use core::ffi::{CStr, c_char};

use super::Status;

/// Returns the meaning of a status in words that end in NUL.
#[inline(never)]
pub(crate) fn text(status: i32) -> *const c_char {
    // The texts stand one after the other, for pointers to them would take
    // more room than they are worth. To skip `status` of them is cheap enough.
    let (mut left, mut at) = (status as u32, 0usize);
    while left > 0
        && let Some(&byte) = TEXTS.get(at)
    {
        left = left.wrapping_sub((byte == 0).into());
        at = at.wrapping_add(1);
    }
    match TEXTS.get(at..) {
        Some([0, ..] | []) | None => NO_STATUS.as_ptr(),
        Some(text) => text.as_ptr().cast(),
    }
}

const NO_STATUS: &CStr = c"no such status";
const LAST: u32 = Status::Other as u32;

/// The text of every number up to the last, empty where it is no status.
static TEXTS: [u8; LENGTH] = {
    let mut packed = [0; LENGTH];
    let (mut at, mut number, mut index) = (0, 0, 0);
    while index < Status::ALL.len() {
        let (status, text) = Status::ALL[index];
        while number < status as usize {
            number += 1;
            at += 1;
        }
        let text = text.as_bytes();
        let mut byte = 0;
        while byte < text.len() {
            packed[at] = text[byte];
            at += 1;
            byte += 1;
        }
        index += 1;
    }
    packed
};

/// A NUL for every number, and the texts.
const LENGTH: usize = {
    let mut length = LAST as usize + 1;
    let mut index = 0;
    while index < Status::ALL.len() {
        length += Status::ALL[index].1.len();
        index += 1;
    }
    length
};
