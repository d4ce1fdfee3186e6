//! The event: its check, its escaped form, and the hash of the body it is in.

use core::slice;

use scf_core::json::{self, Scanner};
use scf_core::tc3::PayloadHash;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::scratch;

/// Whether a text is JSON: -1, or the offset of the first byte that is not.
///
/// # Safety
/// It is at that address.
#[wasm_bindgen]
pub unsafe fn check(at: *const u8, length: usize) -> i32 {
    // SAFETY: the script's promise.
    let mut input = unsafe { slice::from_raw_parts(at, length) };
    let mut scanner = Scanner::new();
    loop {
        match scanner.next(&mut input) {
            Ok(Some(_)) => {}
            Ok(None) if scanner.finish().is_ok() => return -1,
            _ => return scanner.offset() as i32,
        }
    }
}

/// Escapes a text for the inside of a JSON string, and gives how many bytes it
/// is then. All of it was, if six bytes of room are left.
///
/// # Safety
/// Text and room are at their addresses.
#[wasm_bindgen]
pub unsafe fn escape(at: *const u8, length: usize, out: *mut u8, room: usize) -> usize {
    // SAFETY: the script's promise.
    let (input, out) =
        unsafe { (slice::from_raw_parts(at, length), slice::from_raw_parts_mut(out, room)) };
    json::escape(input, out).1
}

/// Puts the SHA-256 of a body to the front of the scratch.
///
/// # Safety
/// It is at that address.
#[wasm_bindgen]
pub unsafe fn hash(at: *const u8, length: usize) {
    // SAFETY: the script's promise; nobody else borrows the window now.
    let (body, out) = unsafe { (slice::from_raw_parts(at, length), scratch::window(32)) };
    if let PayloadHash::Sha256(hash) = PayloadHash::of(body) {
        out.copy_from_slice(&hash);
    }
}
