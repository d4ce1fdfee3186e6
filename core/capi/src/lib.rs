//! The C face of [`scf_invoke_core`]: see `include/scf.h`, which is made from this.
//!
//! Rust programs use the core itself; this crate is for everything that can
//! call C, and builds as a static library, a shared library and a WebAssembly
//! module without imports.
//!
//! Every function promises that a null pointer beside a length other than 0, a
//! pointer that is not aligned, storage that is too small, text that is not
//! UTF-8 and storage that holds nothing are each a [`Status`], and nothing is
//! touched. Every caller promises, because nobody can check it, that pointers
//! are valid for their lengths, and that storage was zeroed before its first
//! use.
//!
//! # Where to go on
//!
//! The README has an example in C, how to build each kind of library, and what
//! `scf.h` holds; `examples/c` has a program and a firmware. The features,
//! both default: `std` takes the panic handler from std for Rust's own tests, and
//! is switched off for C; `lite` has scf_lite_invoke(), which a WebAssembly module
//! can leave out.
#![no_std]
#![allow(unsafe_code, reason = "C's pointers arrive here, and nowhere else in the workspace")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the comments become the header's, for C, where all is unsafe; the contract is above"
)]
#![allow(
    clippy::result_large_err,
    reason = "errors carry the service's words, and there is no heap to put them on"
)]

#[cfg(all(feature = "std", not(any(target_os = "none", target_family = "wasm"))))]
extern crate std;

mod attempts;
mod call;
mod check;
mod day_key;
#[cfg(feature = "lite")]
mod lite;
mod lookup;
#[cfg(target_family = "wasm")]
mod memory;
mod outcome;
#[cfg(any(not(feature = "std"), target_os = "none", target_family = "wasm"))]
mod panic;
mod problem;
mod status;
mod types;

pub use attempts::*;
pub use call::*;
pub use day_key::*;
#[cfg(feature = "lite")]
pub use lite::*;
pub use lookup::*;
#[cfg(target_family = "wasm")]
pub use memory::*;
pub use outcome::{Delivery, Outcome, Retry};
pub use status::Status;
pub use types::*;
