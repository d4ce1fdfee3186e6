//! Runs Tencent Cloud SCF functions from places where no SDK fits: no
//! allocator, no operating system, no clock that is right.
//!
//! The layers, each of which knows only those below it:
//!
//! ```text
//! client             drives attempts over a transport; blocking and asynchronous
//! attempt            what the end of an attempt means, and what to do next
//! transport          the traits, and HTTP/1.1 over embedded-io streams
//! call               one exchange, without I/O
//! request   reply    values to bytes; bytes to values
//! sign               signatures, day keys, credentials
//! wire               HTTP, JSON, numbers, time: formats, ignorant of SCF
//! ```
//!
//! Start with [`Client`] over a [`Stream`]; with an HTTP client or an event loop
//! of your own, with [`call::Call`] and [`attempt::Attempts`]; where bytes of flash
//! count, with [`lite::invoke`]; with requests of other services, with
//! [`Signer`].
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

#[cfg(target_pointer_width = "16")]
compile_error!("events and bodies have up to 10 MiB: a processor of at least 32 bits is needed");

pub mod attempt;
pub mod call;
pub mod client;
pub mod error;
#[cfg(feature = "defmt")]
mod format;
pub mod lite;
pub mod reply;
pub mod request;
pub mod sign;
pub mod transport;
pub mod wire;

pub use attempt::{Delivery, Retry, RetryPolicy};
#[cfg(feature = "async")]
pub use client::AsyncClient;
pub use client::Client;
pub use error::{ApiError, Error, ProtocolError};
pub use reply::error_code::ErrorCode;
pub use reply::{FunctionError, Reply};
pub use request::Settings;
pub use request::event::Event;
pub use request::invocation::Invocation;
pub use request::region::Region;
pub use sign::{DayKey, DaySigner, Signer};
pub use transport::{Stream, StreamError};

/// The name of the service in signatures and host names.
pub const SERVICE: &str = "scf";

/// The README's examples, which are compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
