//! Runs Tencent Cloud SCF functions from places where no SDK fits: no
//! allocator, no operating system, no clock that is right.
//!
//! The layers, each of which knows only those below it:
//!
//! ```text
//! client                      drives calls over a transport
//! transport                   the traits, and HTTP/1.1 over embedded-io streams
//! call                        one exchange, without I/O
//! request      http           a signed request out; a response in
//! invocation   reply          what is asked of the API; what it answers
//! tc3, v1      error_code     signing; what an error means
//! json, time, credential      what the others are made of
//! ```
//!
//! Start with [`client::Client`] over a [`transport::Stream`]; with an HTTP
//! client or an event loop of your own, with [`call::Call`]; with requests of
//! other services, with [`tc3::Signer`].
//!
//! Nothing here panics, allocates or recurses. Every byte from the network is
//! bounded and checked, and every error says whether the function may have
//! run: [`error::Delivery`].
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![allow(
    clippy::result_large_err,
    clippy::large_enum_variant,
    reason = "errors carry the service's words, and there is no heap to put them on"
)]

mod ascii;
mod bytes;
pub mod call;
pub mod client;
pub mod credential;
pub mod day_key;
mod digest;
pub mod error;
pub mod error_code;
mod form;
pub mod function_status;
pub mod http;
pub mod invocation;
pub mod json;
mod lines;
pub mod payload;

mod percent;
pub mod region;
pub mod reply;
pub mod request;
pub mod retry;
mod rows;
pub mod tc3;
pub mod time;
pub mod transport;
mod utf8;
#[cfg(feature = "v1")]
pub mod v1;

/// The name of the service in signatures and host names.
pub const SERVICE: &str = "scf";

/// The README's examples, which are compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
