//! Run Tencent Cloud SCF functions over TCP and TLS: credentials, timeouts, keep-alive and safe retries.
//!
//! ```
//! # let emulator = scf_emulator::Emulator::builder()
//! #     .function("hello", |event| {
//! #         Ok(format!("hello {}", event.json()["name"].as_str().unwrap_or_default()))
//! #     })
//! #     .start().unwrap();
//! # let credential = emulator.credential();
//! # let credentials = scf_invoke::Credentials::new(
//! #     credential.secret_id(), credential.secret_key(), None)?;
//! # let client = scf_invoke::Client::builder()
//! #     .region("ap-guangzhou").credentials(credentials).endpoint(emulator.url().parse()?).build()?;
//! # /*
//! let client = scf_invoke::Client::from_env("ap-guangzhou")?;
//! # */
//! let greeting: String = client.invoke("hello", r#"{"name":"world"}"#)?.result()?;
//! assert_eq!(greeting, "hello world");
//! # Ok::<(), scf_invoke::Error>(())
//! ```
//!
//! A [`Client`] is made once and shared by all threads; `AsyncClient` is the
//! same on tokio. A [`Call`] has options of its own. What went wrong is an
//! [`Error`], which knows [whether the function may have
//! run](Error::delivery). Beneath them, and of use by themselves, are:
//!
//! - [`Credentials`]: found in the [usual places](credential), renewed, never
//!   printed.
//! - [`Endpoint`]: where requests go, read from what a user types; [`Proxy`]:
//!   what they go through.
//! - [`Connector`] and [`Stream`]: a byte stream over TCP or TLS that holds
//!   its [`Timeouts`], with `embedded_io`'s traits.
//!
//! Everything specific to SCF is in [`scf_invoke_core`], which does no I/O.
//!
//! # Features
//! - `tls` (default): https endpoints, by rustls with ring.
//! - `tokio`: `AsyncClient`, on tokio; brings `tls`.
//! - `tracing`: a span for each call and attempt, with events, for the crate
//!   `tracing`.
//! - `v1`: signature version 1 (HmacSHA1, HmacSHA256).

mod blocking;
mod connection;
pub mod credential;
mod endpoint;
mod engine;
mod error;
mod reply;
mod timeout;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "tokio")]
pub use self::tokio::{AsyncClient, AsyncMap};
pub use blocking::{Client, Map};
pub use connection::{Connector, Proxy, ProxyError, Step, Stream, StreamError, StreamErrorKind};
pub use credential::{CredentialError, Credentials};
pub use endpoint::{Endpoint, EndpointError, Scheme};
pub use engine::{
    Accepted, Call, CallEvent, CallInfo, Canceller, ClientBuilder, Finished, Hook, MapOptions,
    MapSummary, Progress, Query, RateLimiter,
};
pub use error::{ApiError, ConfigurationError, Error, EventError, RelayError};
pub use reply::{FunctionError, Reply, ResultError};
pub use scf_invoke_core;
pub use scf_invoke_core::attempt::{Delivery, Retry, RetryPolicy};
pub use scf_invoke_core::request::event::Event;
pub use scf_invoke_core::request::invocation::{Action, Invocation, InvocationType, LogType};
pub use scf_invoke_core::request::{Language, Signing};
pub use scf_invoke_core::sign::tc3::Method;
pub use timeout::{Deadline, Timeouts};
#[cfg(feature = "tls")]
pub use tls::{CaFileError, Roots, Tls, TlsError, TlsOptions};

/// The README's examples, which are compiled as tests.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
