//! `scf_invoke_core` for JavaScript: the functions that the script calls.
//!
//! All of them take and give plain numbers; texts and bytes are in the
//! scratch, or behind all that is the module's own, where the script puts
//! bodies. Nothing there lasts beyond what the script does at a stretch.
//!
//! `wasm/pack.mjs` makes two modules of this: one that is loaded with the
//! script, and one with what few calls need.
#![cfg_attr(target_family = "wasm", no_std)]
#![cfg(target_family = "wasm")]
#![allow(unsafe_code, reason = "the script hands over addresses")]

mod attempt;
mod event;
mod fields;
mod heap;
mod scratch;
mod signature;

pub use attempt::{attempt_end, call_begin, response_begin, response_push};
pub use event::{event_begin, event_escape, event_scan};
pub use scratch::scratch;
pub use signature::{hash, sign, sign_v1};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
