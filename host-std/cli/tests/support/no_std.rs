//! The program that `tscf code rust-no-std` prints, as a module of a crate without
//! std.
#![no_std]

#[allow(clippy::result_large_err, reason = "the core's error is as it is, without a heap")]
#[path = "../expected/no_std.rs"]
pub mod invoke;
