//! The place where the script and the module hand bytes to each other.

use core::cell::UnsafeCell;

use scf_invoke_core::attempt::RetryPolicy;
use scf_invoke_core::reply::Member;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::attempt::Call;

/// The bytes of the window.
pub(crate) const ROOM: usize = 48 << 10;

/// The bytes of a text: those of a response that are taken at a time, and what may
/// complete a character of the time before.
pub(crate) const TEXT: usize = (16 << 10) + 16;

/// The texts of a response: its members from `RetMsg` on.
pub(crate) const TEXTS: usize = 1 + Member::OldCode as usize - Member::RetMsg as usize;

/// All that the module remembers of calls. The window is for what goes in and
/// for what is small; the texts are what comes of a piece of a response.
#[repr(C)]
pub(crate) struct Scratch {
    pub(crate) call: CallPlace,
    pub(crate) window: [u8; ROOM],
    pub(crate) texts: [[u8; TEXT]; TEXTS],
}

/// The bytes in front of the window that a call has.
const CALL: usize = 256;

/// The call that is being made. It stands in front, where addresses are short.
#[repr(align(256))]
pub(crate) struct CallPlace(pub(crate) Call);

const _: () = assert!(size_of::<CallPlace>() == CALL);

/// What one thread alone uses.
pub(crate) struct Shared<T>(pub(crate) UnsafeCell<T>);

// SAFETY: the module has one thread.
unsafe impl<T> Sync for Shared<T> {}

static SCRATCH: Shared<Scratch> = Shared(UnsafeCell::new(Scratch {
    call: CallPlace(Call::new(RetryPolicy::NONE)),
    window: [0; ROOM],
    texts: [[0; TEXT]; TEXTS],
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

/// Returns the place of the window: the call that is being made is in the 256 bytes
/// before it, the texts are behind it.
#[wasm_bindgen]
pub fn scratch() -> usize {
    place().addr() + CALL
}
