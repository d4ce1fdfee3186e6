//! A long event: its check, and its escaped form.

use core::cell::UnsafeCell;
use core::slice;

#[cfg(feature = "simd")]
use scf_invoke_core::wire::json::Table;
use scf_invoke_core::wire::json::{self, ScanError, Scanner};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::scratch::Shared;

/// The most bytes of a piece.
const PIECE: usize = 48 << 10;

/// The event that is being read, and a copy of the piece that is being escaped.
struct Reading {
    piece: [u8; PIECE],
    scanner: Scanner,
    #[cfg(feature = "simd")]
    table: Table,
}

static READING: Shared<Reading> = Shared(UnsafeCell::new(Reading {
    piece: [0; PIECE],
    scanner: Scanner::new(),
    #[cfg(feature = "simd")]
    table: Table::empty(),
}));

/// Begins an event.
#[wasm_bindgen]
pub fn event_begin() {
    // SAFETY: nobody else borrows it now.
    let reading = unsafe { &mut *READING.0.get() };
    reading.scanner = Scanner::new();
    #[cfg(feature = "simd")]
    reading.table.fill();
}

/// Scans the next piece of the event for JSON; an empty piece is its end.
/// Returns -1 where the JSON is right so far, -2 where the piece also needs no
/// escaping, or the offset of the first byte that is wrong.
///
/// # Safety
/// The piece is at that address.
#[wasm_bindgen]
pub unsafe fn event_scan(at: *const u8, length: usize) -> i32 {
    // SAFETY: the script's promise; nobody else borrows it now.
    let (piece, reading) = unsafe { (slice::from_raw_parts(at, length), &mut *READING.0.get()) };
    match scan(reading, piece) {
        Ok(is_plain) if length > 0 || reading.scanner.finish().is_ok() => -1 - i32::from(is_plain),
        _ => reading.scanner.offset() as i32,
    }
}

/// Reads on, and returns whether the piece needs no escaping.
#[cfg(feature = "simd")]
fn scan(reading: &mut Reading, piece: &[u8]) -> Result<bool, ScanError> {
    reading.scanner.check(&reading.table, piece)
}

#[cfg(not(feature = "simd"))]
fn scan(reading: &mut Reading, mut piece: &[u8]) -> Result<bool, ScanError> {
    while reading.scanner.next(&mut piece)?.is_some() {}
    Ok(false)
}

/// Escapes a piece where it is, for the inside of a JSON string, and gives how
/// many bytes it is then: six times as many at most.
///
/// # Safety
/// It is at that address, has no more than 48 KiB, and there is room for them.
#[wasm_bindgen]
pub unsafe fn event_escape(at: *mut u8, length: usize) -> usize {
    // SAFETY: the script's promise; nobody else borrows the copy now.
    let (reading, out) =
        unsafe { (&mut *READING.0.get(), slice::from_raw_parts_mut(at, 6 * length)) };
    let copy = reading.piece.get_mut(..length).unwrap_or_default();
    copy.copy_from_slice(out.get(..copy.len()).unwrap_or_default());
    json::escape(copy, out).1
}
