//! The place where the script and the module hand bytes to each other.

use core::cell::UnsafeCell;

use scf_invoke_core::wire::json::Scanner;
#[cfg(feature = "simd")]
use scf_invoke_core::wire::json::Table;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::answer::Answer;

/// The bytes of one text. Lengths up to this can be packed by two into 32 bits.
const ROOM: usize = 48 << 10;

/// All that the module remembers. The window is for what goes in and for what
/// is small; the two texts are what comes of a window of an answer, which may
/// complete a character of the window before.
#[repr(C, align(16))]
pub(crate) struct Scratch {
    pub(crate) window: [u8; ROOM],
    pub(crate) ret_msg: [u8; ROOM],
    pub(crate) log: [u8; ROOM],
    pub(crate) answer: Answer,
    pub(crate) scanner: Scanner,
    #[cfg(feature = "simd")]
    pub(crate) table: Table,
}

struct Shared(UnsafeCell<Scratch>);

// SAFETY: the module has one thread.
unsafe impl Sync for Shared {}

static SCRATCH: Shared = Shared(UnsafeCell::new(Scratch {
    window: [0; ROOM],
    ret_msg: [0; ROOM],
    log: [0; ROOM],
    answer: Answer::new(),
    scanner: Scanner::new(),
    #[cfg(feature = "simd")]
    table: Table::empty(),
}));

/// The scratch, of which an export borrows each part once.
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

/// Makes the scratch ready and gives its place: three times 48 KiB, and then
/// the answer that is being read.
#[wasm_bindgen]
pub fn scratch() -> usize {
    // SAFETY: nobody borrows the table yet.
    #[cfg(feature = "simd")]
    unsafe {
        (*place()).table.fill()
    };
    place().addr()
}
