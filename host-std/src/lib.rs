//! Run Tencent Cloud SCF functions over TCP and TLS: credentials, timeouts, keep-alive and safe retries.
//!
//! What is specific to SCF is in `scf-core`, which does no I/O. This crate
//! adds what an operating system offers:
//!
//! - [`Credentials`]: found in the usual places, checked, never printed.
//! - [`Endpoint`]: where requests go, read from what a user types.
//! - [`Connector`] and [`Stream`]: a byte stream over TCP or TLS that holds
//!   its [`Timeouts`], with `embedded_io`'s traits.
//!
//! # Features
//! - `tls` (default): https endpoints, by rustls with ring.

mod connection;
pub mod credential;
mod endpoint;
mod timeout;
#[cfg(feature = "tls")]
mod tls;

pub use connection::{Connector, Step, Stream, StreamError, StreamErrorKind};
pub use credential::{CredentialError, Credentials};
pub use endpoint::{Endpoint, EndpointError, Scheme};
pub use timeout::{Deadline, Timeouts};
#[cfg(feature = "tls")]
pub use tls::{CaProblem, Roots, Tls, TlsError, TlsOptions};
