//! Runs Tencent Cloud SCF functions from places where no SDK fits.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![allow(
    clippy::result_large_err,
    clippy::large_enum_variant,
    reason = "errors carry the service's words, and there is no heap to put them on"
)]

mod bytes;
pub mod call;
pub mod client;
pub mod credential;
pub mod day_key;
mod digest;
pub mod error;
pub mod error_code;
pub mod function_status;
pub mod http;
pub mod invocation;
pub mod json;
pub mod payload;
mod percent;
pub mod region;
pub mod reply;
pub mod request;
pub mod retry;
pub mod tc3;
pub mod time;
pub mod transport;
#[cfg(feature = "v1")]
pub mod v1;

/// The name of the service in signatures and host names.
pub const SERVICE: &str = "scf";
