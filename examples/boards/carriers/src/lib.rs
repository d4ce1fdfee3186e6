//! What carries a call on a board. None of it knows the board:
//!
//! - [`over_tcp`]: anything with `embedded_nal_async::TcpConnect`, as embassy-net's
//!   `TcpClient` has;
//! - [`HttpClient`]: reqwless, which brings HTTP, DNS and, with a feature, TLS;
//! - [`Modem`]: a modem that ends TLS and HTTP itself and takes AT commands.
#![no_std]
#![allow(
    clippy::result_large_err,
    clippy::large_enum_variant,
    reason = "errors carry the service's words, and there is no heap to put them on"
)]

mod http_client;
mod modem;
mod tcp;

pub use http_client::HttpClient;
pub use modem::{Modem, ModemError};
pub use tcp::{CallError, over_tcp};
