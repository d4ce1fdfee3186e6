//! wasm-bindgen asks for an allocator. Nothing here allocates.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

struct NoHeap;

// SAFETY: it never gives memory, which is what null says.
unsafe impl GlobalAlloc for NoHeap {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static HEAP: NoHeap = NoHeap;
