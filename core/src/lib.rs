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

pub mod attempt;
pub mod call;
pub mod client;
pub mod error;
pub mod reply;
pub mod request;
pub mod sign;
pub mod transport;
pub mod wire;

#[cfg(feature = "async")]
pub use client::AsyncClient;
pub use client::Client;
pub use error::{Delivery, Error};
pub use reply::Reply;
pub use request::Settings;
pub use request::event::Event;
pub use request::invocation::Invocation;
pub use request::region::Region;
pub use sign::{DayKey, Signer};
pub use transport::Stream;

/// The name of the service in signatures and host names.
pub const SERVICE: &str = "scf";

/// The README's examples, which are compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
