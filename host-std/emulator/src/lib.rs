//! A local Tencent Cloud SCF endpoint that verifies every signature and
//! really runs functions: for tests without network, account or cost.
//!
//! ```
//! # fn main() -> Result<(), scf_emulator::StartError> {
//! # let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
//! let emulator = scf_emulator::Emulator::start(dir)?; // each subfolder is a function
//!
//! // Point any client at it, with its development credential.
//! assert!(emulator.url().starts_with("http://127.0.0.1:"));
//! assert_eq!(emulator.credential().secret_id(), scf_emulator::DEVELOPMENT_SECRET_ID);
//! // Dropped, it stops, and so does every process that it started.
//! # Ok(())
//! # }
//! ```
//!
//! # What it checks
//!
//! The signature (TC3-HMAC-SHA256 by GET and POST, also with an unsigned
//! payload; version 1 with HmacSHA1 and HmacSHA256), the time, the token, every
//! parameter of `Invoke` and `InvokeFunction`, and the size limits. A wrong
//! signature is answered with the first line of the canonical request that
//! differs, as expected and as the client signed it. Its code for that is its
//! own: it shares none with a client, so that a mistake is not made twice.
//!
//! # What it runs
//!
//! Folders with Python, Node.js, a custom runtime's `bootstrap` or a web
//! function's `scf_bootstrap`, and Rust closures, see [`Builder::function`].
//! Settings are in a `function.json`, a `serverless.yml` or a `template.yaml`;
//! the crate's README lists them.
//!
//! A function runs as a process of this user, with the cloud's environment and
//! on Linux with a file system of its own. That protects from accidents, not
//! from attacks: run only code that you trust.
//!
//! # What it breaks on purpose
//!
//! [`Emulator::inject`] queues a [`Fault`] for the next request, and
//! [`Emulator::set_clock_offset_secs`] sets the server's clock wrong.
//!
//! # Without a socket
//!
//! [`authorize`] is the whole of parsing and verification as a pure function.

#![deny(missing_docs)]
// Elsewhere there are no processes, and what serves them is not used.
#![cfg_attr(not(unix), allow(dead_code))]

mod access;
mod api;
mod app;
mod builder;
mod changes;
mod clock;
mod control;
mod credential;
mod delivery;
mod effect;
mod emulator;
mod entry;
mod error;
mod events;
mod exchange;
mod fault;
mod faults;
mod front;
mod function;
mod id;
mod journal;
mod log;
mod observe;
mod parameters;
mod query;
mod record;
mod request;
mod response;
mod server;
mod stream;
mod timers;
#[cfg(feature = "tls")]
mod tls;
mod verify;

pub use api::{Action, Authorized, Call, authorize};
pub use builder::Builder;
pub use credential::{Credential, DEVELOPMENT_SECRET_ID, DEVELOPMENT_SECRET_KEY};
pub use emulator::Emulator;
pub use error::{ApiError, StartError};
pub use fault::{Fault, ParseFaultError};
pub use faults::ArmedFault;
pub use function::{Event, FunctionError, Reply};
pub use observe::{Observation, ObservationKind};
pub use query::Query;
pub use record::{Record, RecordState};
pub use request::HttpRequest;
pub use scf_serve::ShutdownHandle;
pub use timers::NextTimer;
pub use verify::{Scheme, Verified, verify};

// Its examples are tested too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
