//! The event: its check, its escaped form, and the hash of the body it is in.

use core::slice;

use scf_core::json::{self, Scanner};
use scf_core::tc3::PayloadHash;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::scratch::{self, Scratch};

/// Whether the text goes on as JSON with the piece in the scratch, or begins
/// so, or can end where that is empty: -1, or the offset of the first byte that
/// is wrong.
#[wasm_bindgen]
pub fn check(length: usize, first: bool) -> i32 {
    // SAFETY: nobody else borrows the scratch now.
    let Scratch { window, scanner, table, .. } = unsafe { &mut *scratch::place() };
    if first {
        *scanner = Scanner::new();
    }
    let piece = window.get(..length).unwrap_or_default();
    let good = scanner.check(table, piece).is_ok() && (length > 0 || scanner.finish().is_ok());
    if good { -1 } else { scanner.offset() as i32 }
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
