//! [`scf_core`] for JavaScript: the functions that the script calls.
//!
//! All of them take and give plain numbers. Texts and bytes are in the module's
//! memory: what one function needs, in the [`scratch`], which is everybody's
//! and holds nothing from one call to the next; what lasts, in regions that
//! the script has behind it.
#![no_std]
#![cfg(target_family = "wasm")]
#![allow(unsafe_code, reason = "the script hands over addresses")]

mod answer;
mod event;
mod fields;
mod heap;
mod scratch;
mod signature;

pub use answer::{Answer, answer_begin, answer_end, answer_push, wait_ms};
pub use event::{check, escape, hash};
pub use scratch::scratch;
pub use signature::{sign, sign_v1};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
