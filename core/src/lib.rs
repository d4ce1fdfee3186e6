//! Runs Tencent Cloud SCF functions from places where no SDK fits.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod error_code;
pub mod function_status;
pub mod http;
pub mod json;
pub mod reply;
