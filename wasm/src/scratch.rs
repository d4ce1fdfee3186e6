//! The place where the script and the module hand bytes to each other.

use core::cell::UnsafeCell;

use scf_invoke_core::attempt::RetryPolicy;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::attempt::Call;

/// The bytes of one text.
pub(crate) const ROOM: usize = 48 << 10;

/// The texts of a response: result, log, and the messages of the API and of a
/// function that failed.
pub(crate) const TEXTS: usize = 4;

/// All that the module remembers of calls. The window is for what goes in and
/// for what is small; the texts are what comes of a window of a response, which
/// may complete a character of the window before.
#[repr(C, align(16))]
pub(crate) struct Scratch {
    pub(crate) window: [u8; ROOM],
    pub(crate) texts: [[u8; ROOM]; TEXTS],
    pub(crate) call: Call,
}

/// What one thread alone uses.
pub(crate) struct Shared<T>(pub(crate) UnsafeCell<T>);

// SAFETY: the module has one thread.
unsafe impl<T> Sync for Shared<T> {}

static SCRATCH: Shared<Scratch> = Shared(UnsafeCell::new(Scratch {
    window: [0; ROOM],
    texts: [[0; ROOM]; TEXTS],
    call: Call::new(RetryPolicy::NONE),
}));

/// Returns the scratch, of which an export borrows each part once.
pub(crate) fn place() -> *mut Scratch {
    SCRATCH.0.get()
}

/// Returns the front of the window.
///
/// # Safety
/// Nobody else borrows the window meanwhile.
pub(crate) unsafe fn window(length: usize) -> &'static mut [u8] {
    // SAFETY: the place is valid, and nobody else borrows the window.
    let window = unsafe { &mut (*place()).window };
    window.get_mut(..length).unwrap_or_default()
}

/// Returns the place of the scratch: the window and the texts, and then the
/// call that is being made.
#[wasm_bindgen]
pub fn scratch() -> usize {
    place().addr()
}
