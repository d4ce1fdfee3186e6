//! The event: its check, its escaped form, and the hash of the body it is in.

use core::slice;

use scf_invoke_core::sign::tc3::PayloadHash;
use scf_invoke_core::wire::json::{self, ScanError, Scanner};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::scratch::{self, Scratch};

/// Scans the next piece of a text for JSON; an empty piece is the end of the
/// text, and `first` marks its beginning. Returns -1 where the JSON is right so
/// far, -2 where the piece also needs no escaping, or the offset of the first
/// byte that is wrong.
///
/// # Safety
/// The piece is at that address.
#[wasm_bindgen]
pub unsafe fn check(at: *const u8, length: usize, first: bool) -> i32 {
    // SAFETY: the script's promise; nobody else borrows the scratch now.
    let (piece, scratch) = unsafe { (slice::from_raw_parts(at, length), &mut *scratch::place()) };
    if first {
        scratch.scanner = Scanner::new();
    }
    match scan(scratch, piece) {
        Ok(is_plain) if length > 0 || scratch.scanner.finish().is_ok() => -1 - i32::from(is_plain),
        _ => scratch.scanner.offset() as i32,
    }
}

/// Reads on, and returns whether the piece needs no escaping.
#[cfg(feature = "simd")]
fn scan(scratch: &mut Scratch, piece: &[u8]) -> Result<bool, ScanError> {
    scratch.scanner.check(&scratch.table, piece)
}

#[cfg(not(feature = "simd"))]
fn scan(scratch: &mut Scratch, mut piece: &[u8]) -> Result<bool, ScanError> {
    while scratch.scanner.next(&mut piece)?.is_some() {}
    Ok(false)
}

/// Escapes a piece where it is, for the inside of a JSON string, and gives how
/// many bytes it is then: six times as many at most.
///
/// # Safety
/// It is at that address, fits into the scratch, and there is room for them.
#[wasm_bindgen]
pub unsafe fn escape(at: *mut u8, length: usize) -> usize {
    // SAFETY: the script's promise; nobody else borrows the window now.
    let (piece, out) =
        unsafe { (scratch::window(length), slice::from_raw_parts_mut(at, 6 * length)) };
    piece.copy_from_slice(out.get(..length).unwrap_or_default());
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
