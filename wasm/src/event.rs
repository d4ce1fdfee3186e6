//! The event: its check, its escaped form, and the hash of the body it is in.

use core::slice;

use scf_core::json::{self, Scanner};
use scf_core::tc3::PayloadHash;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::scratch;

/// Begins the check of a text that comes in pieces.
#[wasm_bindgen]
pub fn check_begin() {
    // SAFETY: nobody else borrows the scanner now.
    unsafe { (*scratch::place()).scanner = Scanner::new() };
}

/// Whether the text goes on as JSON with the piece in the scratch, or can end
/// with it: -1, or the offset of the first byte that is wrong.
#[wasm_bindgen]
pub fn check(length: usize, end: bool) -> i32 {
    // SAFETY: nobody else borrows the two now.
    let (scanner, mut piece) =
        unsafe { (&mut (*scratch::place()).scanner, &*scratch::window(length)) };
    loop {
        match scanner.next(&mut piece) {
            Ok(Some(_)) => {}
            Ok(None) if !end || scanner.finish().is_ok() => return -1,
            _ => return scanner.offset() as i32,
        }
    }
}

/// Escapes the piece in the scratch for the inside of a JSON string, and gives
/// how many bytes it is then: six times as many at most.
///
/// # Safety
/// There is room for them.
#[wasm_bindgen]
pub unsafe fn escape(length: usize, out: *mut u8) -> usize {
    // SAFETY: the script's promise; nobody else borrows the window now.
    let (piece, out) =
        unsafe { (&*scratch::window(length), slice::from_raw_parts_mut(out, 6 * length)) };
    json::escape(piece, out).1
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
