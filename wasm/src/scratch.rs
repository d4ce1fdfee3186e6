//! The place where the script and the module hand texts to each other.

use core::cell::UnsafeCell;

use wasm_bindgen::prelude::wasm_bindgen;

/// The bytes of an answer that are taken at once.
pub(crate) const WINDOW: usize = 16 << 10;

/// The room for a text that was read from a window: it is not longer than
/// that, a few bytes aside that the window before had begun.
pub(crate) const TEXT: usize = WINDOW + 16;

/// A window of an answer and the two texts that come of it. What else changes
/// hands is in the window.
#[repr(C, align(16))]
pub(crate) struct Scratch {
    pub(crate) window: [u8; WINDOW],
    pub(crate) ret_msg: [u8; TEXT],
    pub(crate) log: [u8; TEXT],
}

struct Shared(UnsafeCell<Scratch>);

// SAFETY: the module has one thread.
unsafe impl Sync for Shared {}

static SCRATCH: Shared =
    Shared(UnsafeCell::new(Scratch { window: [0; WINDOW], ret_msg: [0; TEXT], log: [0; TEXT] }));

pub(crate) fn place() -> *mut Scratch {
    SCRATCH.0.get()
}

/// The front of the window.
///
/// # Safety
/// Nobody else borrows the window meanwhile.
pub(crate) unsafe fn window(length: usize) -> &'static mut [u8] {
    // SAFETY: the place is valid, and nobody else borrows the window.
    let window = unsafe { &mut (*place()).window };
    window.get_mut(..length).unwrap_or_default()
}

/// Where it is: 16 KiB of window, then twice 16 KiB and 16 bytes.
#[wasm_bindgen]
pub fn scratch() -> usize {
    place().addr()
}
